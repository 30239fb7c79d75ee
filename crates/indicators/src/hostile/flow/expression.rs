//! What expressions are worth.

use std::{borrow::Cow, rc::Rc};

use ruff_python_ast::{
    Comprehension, Expr, ExprAttribute, ExprBinOp, ExprFString, ExprName, ExprSubscript, FStringPart,
    InterpolatedStringElement, Number, Operator,
};
use ruff_text_size::{Ranged, TextSize};

use super::{
    super::{
        acts::{self, Act},
        signs,
        traits::Traits,
    },
    Engine, MOST_NAME, MOST_TEXT, Mention, Sum, Worth, cut, extend,
    text::computed,
};

/// Syntax is gone through by recursion; when less than this is left of the stack, there is a new one.
const LEAST_STACK: usize = 128 << 10;
/// The new one, in bytes.
const MORE_STACK: usize = 4 << 20;

impl<'a> Engine<'a, '_> {
    /// What an expression is worth.
    pub(super) fn value(&mut self, expression: &'a Expr) -> Worth {
        if !self.work.spend(1) {
            return Worth::default();
        }
        match expression {
            Expr::Name(name) => self.name(name),
            Expr::StringLiteral(string) => self.literal(string.start(), || string.value.to_str().into()),
            Expr::BytesLiteral(bytes) => self.literal(bytes.start(), || {
                let bytes: Vec<u8> = bytes.value.bytes().collect();
                String::from_utf8_lossy(&bytes).into_owned().into()
            }),
            Expr::NumberLiteral(_) => Worth { text: digit(expression), ..Worth::default() },
            _ => self.nested(expression),
        }
    }

    fn nested(&mut self, expression: &'a Expr) -> Worth {
        stacker::maybe_grow(LEAST_STACK, MORE_STACK, || match expression {
            Expr::Attribute(attribute) => self.attribute(attribute),
            Expr::Call(call) => self.call(call),
            Expr::BinOp(operation) => self.operation(operation),
            Expr::Subscript(part) => self.subscript(part),
            Expr::FString(string) => self.format_string(string),
            Expr::List(list) => self.values(&list.elts),
            Expr::Tuple(tuple) => self.values(&tuple.elts),
            Expr::Set(set) => self.values(&set.elts),
            Expr::Dict(dict) => {
                let mut all = Sum::default();
                for item in &dict.items {
                    if let Some(key) = &item.key {
                        all.add(&self.value(key));
                    }
                    all.add(&self.value(&item.value));
                }
                all.worth()
            }
            other => self.rarer(other),
        })
    }

    fn rarer(&mut self, expression: &'a Expr) -> Worth {
        match expression {
            Expr::BoolOp(part) => self.alternatives(&part.values),
            Expr::Compare(part) => {
                let compared = self.value(&part.left).traits | self.values(&part.comparators).traits;
                self.compared |= compared;
                Worth::default()
            }
            Expr::UnaryOp(part) => {
                self.value(&part.operand);
                Worth::default()
            }
            Expr::If(part) => {
                self.value(&part.test);
                self.value(&part.body).either(self.value(&part.orelse))
            }
            Expr::Named(part) => {
                let value = self.value(&part.value);
                self.bind(&part.target, &value);
                value
            }
            Expr::Lambda(part) => Worth::of(self.value(&part.body).traits),
            Expr::ListComp(part) => self.comprehension(&part.generators, [Some(&*part.elt), None]),
            Expr::SetComp(part) => self.comprehension(&part.generators, [Some(&*part.elt), None]),
            Expr::Generator(part) => self.comprehension(&part.generators, [Some(&*part.elt), None]),
            Expr::DictComp(part) => self.comprehension(&part.generators, [part.key.as_deref(), Some(&*part.value)]),
            Expr::Await(part) => self.value(&part.value),
            Expr::Yield(part) => part.value.as_deref().map(|value| self.value(value)).unwrap_or_default(),
            Expr::YieldFrom(part) => self.value(&part.value),
            Expr::Starred(part) => self.value(&part.value),
            _ => Worth::default(),
        }
    }

    /// All of several values.
    pub(super) fn values(&mut self, expressions: &'a [Expr]) -> Worth {
        let mut all = Sum::default();
        for expression in expressions {
            all.add(&self.value(expression));
        }
        if expressions.len() >= 8 && expressions.iter().all(Expr::is_number_literal_expr) {
            all.traits |= Traits::LITERAL;
        }
        all.worth()
    }

    fn alternatives(&mut self, expressions: &'a [Expr]) -> Worth {
        expressions.iter().fold(Worth::default(), |one, other| one.either(self.value(other)))
    }

    fn literal(&mut self, at: TextSize, text: impl FnOnce() -> Cow<'a, str>) -> Worth {
        let (said, text) = self.literals.entry(at).or_insert_with(|| {
            let text = text();
            (signs::of(&text), cut(&text, MOST_TEXT).into())
        });
        if !said.is_none() {
            self.mentions.push(Mention { traits: *said, at });
        }
        Worth { traits: Traits::LITERAL | *said, text: Some(Rc::clone(text)), ..Worth::default() }
    }

    /// A text that was made of others. What it says may be more than what its parts say.
    pub(super) fn made(&mut self, text: String, of: Traits, at: TextSize) -> Worth {
        let said = self.said(&text);
        if !said.without(of).is_none() {
            self.mentions.push(Mention { traits: said, at });
        }
        Worth { traits: of | said, text: Some(text.into()), ..Worth::default() }
    }

    /// What a text says, as far as the work allows that is left.
    pub(super) fn said(&self, text: &str) -> Traits {
        if self.work.spend(text.len() as u64 / 8) { signs::of(text) } else { Traits::NONE }
    }

    fn name(&mut self, name: &'a ExprName) -> Worth {
        let id = name.id.as_str();
        let held = self.locals.as_ref().and_then(|locals| locals.get(id)).or_else(|| self.globals.get(id));
        let mut worth = held.cloned().unwrap_or_default();
        let shadows = held.is_some() && !matches!(id, "self" | "cls") && !self.imports.has(id);
        if worth.means.is_none() {
            // What a parameter or variable holds is not the module of that name.
            let shadowed = shadows && self.imports.resolve(id) == id;
            worth.means = Some(if shadowed { self.word_of(&["~", id]) } else { self.resolved(id) });
        }
        let id = self.word(id);
        self.known_by(worth, &id)
    }

    /// What a name stands for.
    fn resolved(&mut self, id: &str) -> Rc<str> {
        let known = self.words.get(&*self.imports.resolve(id)).map(Rc::clone);
        known.unwrap_or_else(|| {
            let means = self.imports.resolve(id).into_owned();
            self.word(&means)
        })
    }

    fn attribute(&mut self, attribute: &'a ExprAttribute) -> Worth {
        let base = self.value(&attribute.value);
        let Some(root) = &base.means else { return Worth { text: None, receiver: base.text, ..base } };
        if root.len() + attribute.attr.as_str().len() > MOST_NAME {
            return Worth::of(base.traits);
        }
        let key = self.word_of(&[root, ".", attribute.attr.as_str()]);
        let held = self.globals.get(&key).cloned().unwrap_or_default();
        let worth = Worth {
            traits: held.traits | base.traits,
            text: held.text,
            means: held.means.or_else(|| Some(Rc::clone(&key))),
            origin: held.origin.or(base.origin),
            receiver: base.text,
        };
        self.known_by(worth, &key)
    }

    /// Adds what the name tells of the value that it holds.
    fn known_by(&self, mut worth: Worth, name: &Rc<str>) -> Worth {
        worth.traits |= worth.means.as_deref().map_or(Traits::NONE, acts::value);
        if acts::is_key(name) {
            worth.traits |= Traits::KEY;
        }
        let origin = worth.origin.get_or_insert_with(|| Rc::clone(name));
        if !self.dropped.is_empty()
            && let Some(dropped) = self.dropped.get(origin).or_else(|| self.dropped.get(name))
        {
            worth.traits |= *dropped;
        }
        worth
    }

    fn operation(&mut self, operation: &'a ExprBinOp) -> Worth {
        let left = self.value(&operation.left);
        let right = self.value(&operation.right);
        let traits = left.traits | right.traits;
        let between = match operation.op {
            Operator::Add => "",
            Operator::Div => "/",
            Operator::Mod => " ",
            Operator::BitXor => return Worth::of(traits | Traits::DECODED),
            // What is repeated fills something up.
            Operator::Mult => return Worth::of(traits.without(Traits::LITERAL)),
            _ => return Worth::of(traits),
        };
        let pieces = left.text.is_some() && right.text.is_some();
        let mut text = left.text.as_deref().unwrap_or_default().to_owned();
        extend(&mut text, between);
        extend(&mut text, right.text.as_deref().unwrap_or_default());
        let built = if pieces && between.is_empty() { Traits::BUILT } else { Traits::NONE };
        let means = left.means.filter(|_| between == "/");
        Worth { means, ..self.made(text, traits | built, operation.start()) }
    }

    fn subscript(&mut self, part: &'a ExprSubscript) -> Worth {
        let base = self.value(&part.value);
        if let Expr::Slice(slice) = &*part.slice {
            let backwards = slice.step.as_deref().is_some_and(is_minus_one);
            let Some(text) = base.text.filter(|_| backwards) else { return Worth { text: None, ..base } };
            let turned: String = text.chars().rev().collect();
            return self.made(turned, base.traits | Traits::BUILT, part.start());
        }
        let index = self.value(&part.slice);
        let root = base.means.as_deref().unwrap_or_default();
        if root == "os.environ" {
            return Worth::of(Traits::VARIABLE | (index.traits & Traits::SAID));
        }
        let namespace = match root {
            "globals()" | "locals()" | "vars()" | "sys.modules" | "__builtins__" | "builtins" => Some(""),
            _ => root.strip_suffix(".__dict__"),
        };
        if let (Some(module), Some(text)) = (namespace, &index.text) {
            let means = if module.is_empty() { Rc::clone(text) } else { format!("{module}.{text}").into() };
            self.push(Act::Attribute, "[]", &index, part.start());
            return Worth { traits: base.traits, means: Some(means), ..Worth::default() };
        }
        Worth { text: None, means: None, ..base }
    }

    fn format_string(&mut self, string: &'a ExprFString) -> Worth {
        let mut text = String::new();
        let mut traits = Traits::LITERAL;
        for part in &string.value {
            match part {
                FStringPart::Literal(literal) => extend(&mut text, literal.as_str()),
                FStringPart::FString(format) => {
                    for element in &format.elements {
                        match element {
                            InterpolatedStringElement::Literal(literal) => extend(&mut text, &literal.value),
                            InterpolatedStringElement::Interpolation(inner) => {
                                let worth = self.value(&inner.expression);
                                traits |= worth.traits;
                                extend(&mut text, worth.text.as_deref().unwrap_or("\u{2026}"));
                            }
                        }
                    }
                }
            }
        }
        self.made(text, traits, string.start())
    }

    fn comprehension(&mut self, generators: &'a [Comprehension], elements: [Option<&'a Expr>; 2]) -> Worth {
        for generator in generators {
            let iterated = self.value(&generator.iter);
            self.bind(&generator.target, &Worth::of(iterated.traits));
            for test in &generator.ifs {
                self.value(test);
            }
        }
        let spelled = spelled_by_number(generators, elements);
        let mut all = Sum::default();
        for element in elements.into_iter().flatten() {
            all.add(&self.value(element));
        }
        if let [Some(Expr::Call(call)), None] = elements
            && matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "chr")
        {
            all.traits |= computed(all.traits);
        }
        if let (Some(text), [first, ..]) = (spelled, generators) {
            return self.made(text, all.traits | Traits::BUILT, first.start());
        }
        Worth::of(all.traits)
    }

    /// The pieces of a list of texts, where the list is spelled out.
    pub(super) fn pieces(&mut self, list: &'a Expr, between: &str) -> Option<String> {
        let elements: &'a [Expr] = match list {
            Expr::List(list) => &list.elts,
            Expr::Tuple(tuple) => &tuple.elts,
            _ => return None,
        };
        let mut text = String::new();
        if !elements.iter().all(is_plain) {
            return None;
        }
        for (at, element) in elements.iter().enumerate() {
            if at > 0 {
                extend(&mut text, between);
            }
            extend(&mut text, &self.value(element).text?);
            if text.len() >= MOST_TEXT {
                break;
            }
        }
        Some(text)
    }
}

/// Whether it can be evaluated once more without much ado.
fn is_plain(element: &Expr) -> bool {
    match element {
        Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::Name(_) => true,
        Expr::Call(call) => matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "chr"),
        _ => false,
    }
}

/// The text of `chr(c) for c in [104, 105]`.
fn spelled_by_number(generators: &[Comprehension], elements: [Option<&Expr>; 2]) -> Option<String> {
    let ([generator], [Some(Expr::Call(call)), None]) = (generators, elements) else { return None };
    let makes_character = matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "chr");
    makes_character.then(|| characters(&generator.iter)).flatten()
}

/// The text whose characters have the numbers of a list.
pub(super) fn characters(list: &Expr) -> Option<String> {
    let elements: &[Expr] = match list {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => return None,
    };
    if elements.is_empty() {
        return None;
    }
    elements.iter().take(MOST_TEXT).map(character).collect()
}

/// The character of a number that is spelled out.
pub(super) fn character(expression: &Expr) -> Option<char> {
    let Expr::NumberLiteral(number) = expression else { return None };
    let Number::Int(whole) = &number.value else { return None };
    whole.as_i64().and_then(|number| u32::try_from(number).ok()).and_then(char::from_u32)
}

/// The text of a number of one digit.
fn digit(expression: &Expr) -> Option<Rc<str>> {
    let number = character(expression).map(u32::from)?;
    (number < 10).then(|| number.to_string().into())
}

fn is_minus_one(expression: &Expr) -> bool {
    matches!(expression, Expr::UnaryOp(part) if matches!(character(&part.operand), Some('\u{1}')))
}
