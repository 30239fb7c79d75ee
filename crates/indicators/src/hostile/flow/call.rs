//! What calls do with what they are given.

use std::borrow::Cow;

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::{
    super::{
        acts::{self, Act},
        traits::Traits,
    },
    Engine, MOST_NAME, Sum, Worth,
    expression::characters,
    text::computed,
};
use crate::imports;

/// Calls whose result says nothing of their arguments.
const FORGETFUL: [&str; 10] =
    ["len", "isinstance", "issubclass", "hasattr", "print", "type", "id", "callable", "super", "bool"];
/// Methods that put what they are given into what they belong to.
const FILLERS: [&str; 7] = ["append", "extend", "add", "update", "insert", "write", "appendleft"];
/// Calls that call what they are given.
const STARTERS: [&str; 12] = [
    "Thread",
    "Process",
    "Timer",
    "submit",
    "start_new_thread",
    "create_task",
    "run",
    "map",
    "gather",
    "apply_async",
    "call_soon",
    "run_until_complete",
];

/// What a call is given.
pub(super) struct Given<'a> {
    pub(super) positional: Vec<Worth>,
    /// By name; what stands behind two stars has none.
    keywords: Vec<(&'a str, Worth)>,
    /// The traits of all of it.
    pub(super) traits: Traits,
}

impl Given<'_> {
    /// All of it.
    pub(super) fn all(&self) -> Worth {
        let mut sum = Sum::default();
        self.positional.iter().chain(self.keywords.iter().map(|(_, worth)| worth)).for_each(|worth| sum.add(worth));
        sum.worth()
    }
}

impl<'a> Engine<'a, '_> {
    pub(super) fn call(&mut self, call: &'a ExprCall) -> Worth {
        let callee = self.value(&call.func);
        let name = plain(callee.means.as_deref().unwrap_or_default());
        let given = self.given(call, name);
        self.enter(name, &given);
        let mut result = match acts::of(name) {
            Some(effect) => self.act(call, name, effect, &callee, &given),
            None => self.other(call, name, &callee, &given),
        };
        if result.means.is_none() && !name.is_empty() && name.len() < MOST_NAME {
            result.means = Some(self.word_of(&[name, "()"]));
        }
        result
    }

    /// Evaluates the arguments, and tells functions of this file what they get.
    fn given(&mut self, call: &'a ExprCall, name: &str) -> Given<'a> {
        let function = imports::last(name);
        let is_ours = self.known.contains_key(function);
        let shift = usize::from(function.len() < name.len());
        let (arguments, named) = (&call.arguments.args, &call.arguments.keywords);
        let mut given = Given {
            positional: Vec::with_capacity(arguments.len()),
            keywords: Vec::with_capacity(named.len()),
            traits: Traits::NONE,
        };
        for (at, argument) in arguments.iter().enumerate() {
            let worth = self.value(argument);
            given.traits |= worth.traits;
            if is_ours {
                self.tell((function.to_owned(), at + shift), &worth);
            }
            given.positional.push(worth);
        }
        for keyword in named {
            let worth = self.value(&keyword.value);
            given.traits |= worth.traits;
            let parameter = keyword.arg.as_ref().map_or("", |parameter| parameter.as_str());
            if is_ours && keyword.arg.is_some() {
                self.tell((format!("{function}.{parameter}"), usize::MAX), &worth);
            }
            given.keywords.push((parameter, worth));
        }
        given
    }

    fn tell(&mut self, key: (String, usize), worth: &Worth) {
        let before = self.given.remove(&key).unwrap_or_default();
        self.given.insert(key, before.either(self.kept(worth)));
    }

    /// Notes which functions of this file run when this one does.
    fn enter(&mut self, name: &str, given: &Given<'a>) {
        self.enters_by(name);
        let last = imports::last(name);
        if STARTERS.contains(&last) || name == "atexit.register" {
            let targets = given.keywords.iter().filter(|(name, _)| ["target", "func", "function"].contains(name));
            let values = given.positional.iter().chain(targets.map(|(_, worth)| worth));
            values
                .filter_map(|worth| worth.means.as_deref())
                .for_each(|means| self.enters_by(means.trim_end_matches("()")));
        }
    }

    /// Notes that what runs now calls something of that name.
    fn enters_by(&mut self, name: &str) {
        let name = self.of_class(name);
        let names = self.enters.entry(self.scope).or_default();
        if !names.contains(&*name) {
            names.insert(name.into_owned());
        }
    }

    /// `self.run` in a class `A`, and `A().run`, are `A.run`.
    fn of_class<'n>(&self, name: &'n str) -> Cow<'n, str> {
        match (name.split_once('.'), self.class) {
            (Some(("self" | "cls" | "super()", method)), Some((class, _))) => format!("{class}.{method}").into(),
            _ if name.contains("().") => name.replacen("().", ".", 1).into(),
            _ => name.into(),
        }
    }

    fn act(
        &mut self,
        call: &'a ExprCall,
        name: &str,
        effect: acts::Effect,
        callee: &Worth,
        given: &Given<'a>,
    ) -> Worth {
        let receiver = callee.traits.without(Traits::SOCKET);
        let mut worth = given.all();
        let at = call.start();
        match effect.act {
            Act::Run => {
                self.look_into_argument(call, given);
                self.push(Act::Run, name, &worth, at);
                Worth::default()
            }
            Act::Import => {
                self.push(Act::Import, name, &worth, at);
                let means = given.positional.first().and_then(|first| first.text.clone());
                Worth { means, ..Worth::default() }
            }
            Act::Attribute => self.taken(call, name, given),
            Act::Process => {
                let command = worth.text.clone().unwrap_or_else(|| "".into());
                worth.traits |= self.dropped_in(&command) | self.said(&command);
                self.inline(&worth, call);
                self.push(Act::Process, name, &worth, at);
                Worth::of(effect.gives | told_by_command(worth.traits))
            }
            Act::Fetch | Act::Send => {
                worth.traits |= receiver;
                self.push(effect.act, name, &worth, at);
                if name.ends_with("retrieve") || name.ends_with("download") {
                    self.drop_at(given.positional.get(1), Traits::NETWORK);
                }
                Worth::of(effect.gives | told_by_network(worth.traits))
            }
            // Whoever holds the password of an account can read what is sent to it.
            Act::Login => {
                let spelled = |one: &Worth| one.traits == Traits::LITERAL && one.text.is_some();
                if given.positional.len() == 2 && given.positional.iter().all(spelled) {
                    worth.traits |= Traits::CHANNEL | Traits::CHANNEL_TOKEN;
                    self.push(Act::Login, name, &worth, at);
                }
                Worth::default()
            }
            Act::Write | Act::Copy => {
                self.written(call, name, effect.act, callee, given);
                Worth::default()
            }
            Act::Open => {
                self.push(Act::Open, name, &worth, at);
                let origin =
                    given.positional.first().and_then(|first| first.origin.clone().or_else(|| first.text.clone()));
                Worth {
                    traits: worth.traits | receiver,
                    text: None,
                    origin: origin.or_else(|| callee.origin.clone()),
                    ..Worth::default()
                }
            }
            Act::Decode => self.decoded(call, name, given),
            Act::Load => {
                worth.traits |= self.dropped_in(worth.text.as_deref().unwrap_or_default());
                self.push(Act::Load, name, &worth, at);
                Worth::of(worth.traits)
            }
            Act::Tell => self.told(name, effect, given, at),
            other => {
                worth.traits |= callee.traits;
                self.push(other, name, &worth, at);
                Worth::of(effect.gives)
            }
        }
    }

    fn told(&mut self, name: &str, effect: acts::Effect, given: &Given<'a>, at: ruff_text_size::TextSize) -> Worth {
        if effect.gives.any(Traits::WATCHED | Traits::SECRET) {
            self.push(Act::Tell, name, &Worth { traits: given.traits | effect.gives, ..given.all() }, at);
        }
        let said = given.traits & Traits::SAID;
        match effect.gives {
            gives if gives == Traits::HOME => Worth {
                traits: gives | given.traits,
                text: given.all().text,
                means: (name == "pathlib.Path.home").then(|| "pathlib.Path()".into()),
                ..Worth::default()
            },
            gives if gives == Traits::ENCODED => Worth::of(gives | given.traits),
            gives => Worth::of(gives | said),
        }
    }

    /// A call of which nothing is known, or of a function of this file.
    fn other(&mut self, call: &'a ExprCall, name: &str, callee: &Worth, given: &Given<'a>) -> Worth {
        if FORGETFUL.contains(&name) {
            return Worth::default();
        }
        let last = imports::last(name);
        if let Some(returned) = self.returns.get(last).filter(|_| self.known.contains_key(last)) {
            let traits = returned.traits | given.traits;
            return Worth { traits, ..returned.clone() };
        }
        if let Expr::Attribute(attribute) = &*call.func
            && FILLERS.contains(&attribute.attr.as_str())
        {
            self.fill(&attribute.value, given.traits);
        }
        if let Expr::Attribute(attribute) = &*call.func
            && let Some(worth) = self.method(call, attribute, callee, given)
        {
            return worth;
        }
        let mut traits = callee.traits | given.traits;
        // A lambda that decodes says so of what it is given.
        if callee.traits.any(Traits::DECODED) && call.func.is_name_expr() && given.traits.any(Traits::LITERAL) {
            traits |= Traits::UNPACKED;
        }
        match last {
            "map" if given.positional.first().is_some_and(|first| first.means.as_deref() == Some("chr")) => {
                Worth::of(traits | computed(traits))
            }
            "bytes" | "bytearray" => {
                let text = call.arguments.args.first().and_then(characters);
                match text {
                    Some(text) => {
                        self.made(text, traits | Traits::BUILT | Traits::DECODED | Traits::LITERAL, call.start())
                    }
                    None => Worth { traits, text: given.all().text, ..Worth::default() },
                }
            }
            "str" | "dict" | "list" | "tuple" | "dumps" | "quote" | "escape" | "abspath" | "realpath"
            | "expandvars" => Worth { traits, text: given.all().text, ..Worth::default() },
            "Path" | "PurePath" | "PosixPath" => {
                let origin =
                    given.positional.first().and_then(|first| first.origin.clone().or_else(|| first.text.clone()));
                Worth {
                    traits,
                    text: given.all().text,
                    means: Some("pathlib.Path()".into()),
                    origin,
                    ..Worth::default()
                }
            }
            "join" => {
                let text = joined_path(&given.positional);
                self.made(text, traits, call.start())
            }
            // A request that is made now and sent later speaks of its address and its data.
            _ if last.starts_with("Request") => Worth { traits, text: given.all().text, ..Worth::default() },
            _ => Worth::of(traits),
        }
    }

    /// The attribute that a call takes by name.
    fn taken(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Worth {
        let [of, attribute, ..] = given.positional.as_slice() else { return Worth::default() };
        self.push(Act::Attribute, name, attribute, call.start());
        let means = match (&of.means, &attribute.text) {
            (Some(root), Some(text)) => Some(format!("{root}.{text}").into()),
            _ => None,
        };
        Worth { traits: of.traits, means, ..Worth::default() }
    }
}

/// A name without where built-in functions live.
fn plain(name: &str) -> &str {
    let name =
        ["builtins.", "__builtins__.", "__builtin__."].iter().find_map(|root| name.strip_prefix(root)).unwrap_or(name);
    name.strip_suffix(".__call__").unwrap_or(name)
}

fn joined_path(parts: &[Worth]) -> String {
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() && !text.ends_with('/') {
            super::extend(&mut text, "/");
        }
        super::extend(&mut text, part.text.as_deref().unwrap_or("\u{2026}"));
    }
    text
}

fn told_by_command(traits: Traits) -> Traits {
    let mut told = traits & Traits::STORES;
    if traits.any(Traits::ASKS_MACHINE) {
        told |= Traits::MACHINE;
    }
    if traits.any(Traits::ASKS_ENVIRONMENT) {
        told |= Traits::ENVIRONMENT;
    }
    told
}

fn told_by_network(traits: Traits) -> Traits {
    let mut told = Traits::NONE;
    if traits.any(Traits::METADATA) {
        told |= Traits::SECRET;
    }
    if traits.any(Traits::OWN_ADDRESS) {
        told |= Traits::MACHINE;
    }
    told
}
