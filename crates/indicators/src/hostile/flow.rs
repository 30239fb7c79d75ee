//! A small flow of data through one file: what each call that matters gets, and when it runs.
//!
//! Nothing is run. Statements are gone through in order, functions after the code around them; what a function returns
//! and is given is known after the first round, so there are further ones where something may come of it. Branches are
//! not told apart, and objects only by the name that they are held by: what follows from that is more traits, not fewer.

mod call;
mod expression;
mod file;
mod statement;
mod text;
mod worth;

use std::{
    hash::{BuildHasher as _, Hash},
    rc::Rc,
};

use ruff_python_ast::{ModModule, PySourceType, Stmt, StmtFunctionDef};
use ruff_python_parser::parse_unchecked_source;
use ruff_text_size::TextSize;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use self::worth::{MOST_TEXT, Sum, Worth, append, cut, extend};
use super::{acts::Act, traits::Traits};
use crate::{
    imports::Imports,
    module::Module,
    moment::{self, Moment},
    nesting::measure,
    rule::Place,
    work::Work,
};

/// No more calls are kept of a file.
const MOST_EVENTS: usize = 20_000;
/// No more characters of it are kept with a call.
const MOST_SHOWN: usize = 256;
/// Longer names are of nothing that is known.
const MOST_NAME: usize = 300;
/// No more files are remembered that were written.
const MOST_DROPPED: usize = 256;
/// Code in texts of code is looked at down to here.
const MOST_INNER: u32 = 2;
/// Tokens and nesting of code in a text.
const INNER_SIZE: (usize, usize) = (100_000, 100);

/// A call that matters.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// What it does.
    pub(super) act: Act,
    /// Who is called.
    pub(super) name: String,
    /// The traits of all that it gets.
    pub(super) traits: Traits,
    /// The texts it gets as far as they are known, joined by blanks.
    pub(super) text: String,
    /// What must be so for it to run.
    pub(super) guard: Traits,
    /// Where it stands.
    pub(super) at: TextSize,
    /// When it runs.
    pub(super) moment: Moment,
    scope: usize,
}

impl Event {
    /// Whether it runs without anybody asking for it.
    pub(super) fn by_itself(&self) -> bool {
        self.moment != Moment::Later
    }

    /// Whether another round may tell more of it: not of a file that is opened and of which nothing comes, nor of an attribute
    /// whose name is spelled out.
    fn may_be_more(&self) -> bool {
        self.act != Act::Open && !(self.act == Act::Attribute && self.traits == Traits::LITERAL)
    }

    /// Where a hit about it is.
    pub(super) fn place(&self) -> Place {
        Place::Offset(self.at)
    }

    /// Whether something leaves the machine by it, or comes from elsewhere.
    pub(super) fn is_network(&self) -> bool {
        matches!(self.act, Act::Fetch | Act::Send)
    }
}

/// A text that says something by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mention {
    pub(super) traits: Traits,
    pub(super) at: TextSize,
}

/// What happens in a file.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    pub(super) events: Vec<Event>,
    pub(super) mentions: Vec<Mention>,
}

impl Flow {
    /// The flow through a file.
    pub(crate) fn of(module: &Module<'_>) -> Self {
        let moment = moment::of_path(module.path);
        let mut engine = Engine::new(module.work, moment, 0);
        engine.rounds(module.syntax);
        engine.finish()
    }

    /// The flow through code that is no file of its own; nothing where it is no Python.
    pub(super) fn of_text(text: &str, moment: Moment, work: &Work) -> Self {
        inner(text, moment, work, 0).unwrap_or_default()
    }

    /// What all texts of the file say together.
    pub(super) fn said(&self) -> Traits {
        self.mentions.iter().fold(Traits::NONE, |all, one| all | one.traits)
    }

    /// The first text that says any of these.
    pub(super) fn mention(&self, of: Traits) -> Option<&Mention> {
        self.mentions.iter().find(|one| one.traits.any(of))
    }

    /// The calls that do one of these.
    pub(super) fn acts<'f>(&'f self, acts: &'f [Act]) -> impl Iterator<Item = &'f Event> {
        self.events.iter().filter(|event| acts.contains(&event.act))
    }
}

fn inner(text: &str, moment: Moment, work: &Work, depth: u32) -> Option<Flow> {
    if depth > MOST_INNER || text.len() > 1 << 20 {
        return None;
    }
    let size = measure(text, INNER_SIZE.0, INNER_SIZE.1);
    if size.tokens > INNER_SIZE.0 || size.depth > INNER_SIZE.1 {
        return None;
    }
    let parsed = parse_unchecked_source(text, PySourceType::Python);
    if !parsed.errors().is_empty() {
        return None;
    }
    let mut engine = Engine::new(work, moment, depth);
    engine.rounds(parsed.syntax());
    Some(engine.finish())
}

/// What runs when an object is made, or a thread that is a class.
const MAKERS: [&str; 5] = ["__init__", "__new__", "__post_init__", "__call__", "run"];
/// The code around functions is the first scope.
const OUTSIDE: usize = 0;
/// What only runs when the file is the program.
const MAIN: usize = 1;

struct Function<'a> {
    name: &'a str,
    class: Option<&'a str>,
    node: &'a StmtFunctionDef,
    /// Whether an installer calls it.
    command: bool,
}

/// A flow under way.
struct Engine<'a, 'w> {
    work: &'w Work,
    moment: Moment,
    depth: u32,
    imports: Imports<'a>,
    globals: FxHashMap<Rc<str>, Worth>,
    locals: Option<FxHashMap<Rc<str>, Worth>>,
    shared: FxHashSet<&'a str>,
    functions: Vec<Function<'a>>,
    known: FxHashMap<&'a str, Vec<usize>>,
    returns: FxHashMap<String, Worth>,
    given: FxHashMap<(String, usize), Worth>,
    dropped: FxHashMap<Rc<str>, Traits>,
    enters: FxHashMap<usize, FxHashSet<String>>,
    scope: usize,
    class: Option<(&'a str, bool)>,
    branches: u32,
    guard: Traits,
    compared: Traits,
    events: Vec<Event>,
    mentions: Vec<Mention>,
    inner: Vec<(usize, TextSize, Flow)>,
    /// What literals say, by where they begin: the same in each round.
    literals: FxHashMap<TextSize, (Traits, Rc<str>)>,
    /// Names, each once.
    words: FxHashSet<Rc<str>>,
    /// What a name is put together in.
    scratch: String,
    seen_inner: u32,
}

impl<'a, 'w> Engine<'a, 'w> {
    fn new(work: &'w Work, moment: Moment, depth: u32) -> Self {
        Self {
            work,
            moment,
            depth,
            imports: Imports::default(),
            globals: FxHashMap::default(),
            locals: None,
            shared: FxHashSet::default(),
            functions: Vec::new(),
            known: FxHashMap::default(),
            returns: FxHashMap::default(),
            given: FxHashMap::default(),
            dropped: FxHashMap::default(),
            enters: FxHashMap::default(),
            scope: OUTSIDE,
            class: None,
            branches: 0,
            guard: Traits::NONE,
            compared: Traits::NONE,
            events: Vec::new(),
            mentions: Vec::new(),
            inner: Vec::new(),
            literals: FxHashMap::default(),
            words: FxHashSet::default(),
            scratch: String::new(),
            seen_inner: 0,
        }
    }

    fn rounds(&mut self, module: &'a ModModule) {
        self.round(&module.body);
        if self.events.iter().any(Event::may_be_more) && !self.functions.is_empty() {
            let left = self.left();
            self.round(&module.body);
            // What begins with the same ends with the same.
            if self.left() != left {
                self.round(&module.body);
            }
        }
    }

    /// What a round leaves to the next, in a number. Imports are the same after each.
    fn left(&self) -> u64 {
        fn sum(entries: impl Iterator<Item = impl Hash>) -> u64 {
            entries.map(|entry| FxBuildHasher.hash_one(entry)).fold(0, u64::wrapping_add)
        }
        let kept =
            [sum(self.globals.iter()), sum(self.returns.iter()), sum(self.given.iter()), sum(self.dropped.iter())];
        FxBuildHasher.hash_one(kept)
    }

    fn round(&mut self, body: &'a [Stmt]) {
        self.events.clear();
        self.mentions.clear();
        self.inner.clear();
        self.seen_inner = 0;
        self.functions.clear();
        self.known.clear();
        self.enters.clear();
        (self.scope, self.class, self.branches, self.guard) = (OUTSIDE, None, 0, Traits::NONE);
        self.body(body);
        let mut at = 0;
        while at < self.functions.len() {
            self.function(at);
            at += 1;
        }
        self.locals = None;
    }

    fn finish(mut self) -> Flow {
        let alone = self.runs_alone();
        let moment = self.moment;
        let when = |scope: usize| if alone.contains(&scope) { moment } else { Moment::Later };
        self.events.iter_mut().for_each(|event| event.moment = when(event.scope));
        for (scope, at, flow) in self.inner {
            let outer = when(scope);
            self.events.extend(flow.events.into_iter().map(|event| Event {
                at,
                moment: event.moment.min(outer),
                ..event
            }));
            self.mentions.extend(flow.mentions.into_iter().map(|mention| Mention { at, ..mention }));
        }
        Flow { events: self.events, mentions: self.mentions }
    }

    /// The scopes that are entered without anybody asking for it.
    fn runs_alone(&self) -> FxHashSet<usize> {
        let installs = self.moment == Moment::Install;
        let mut found: FxHashSet<usize> = FxHashSet::default();
        let mut open = vec![OUTSIDE];
        if installs || self.depth > 0 {
            open.push(MAIN);
        }
        if installs {
            open.extend(self.functions.iter().zip(MAIN + 1..).filter(|(one, _)| one.command).map(|(_, scope)| scope));
        }
        let index = self.index();
        let mut followed: FxHashSet<&str> = FxHashSet::default();
        while let Some(scope) = open.pop() {
            if !found.insert(scope) {
                continue;
            }
            for name in self.enters.get(&scope).into_iter().flatten() {
                if followed.insert(name) {
                    open.extend(index.get(name.as_str()).into_iter().flatten());
                }
            }
        }
        found
    }

    /// The scopes that a call of each name enters: a function, a method, or what makes an object of a class.
    fn index(&self) -> FxHashMap<String, Vec<usize>> {
        let mut index: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (function, scope) in self.functions.iter().zip(MAIN + 1..) {
            let name = match function.class {
                Some(class) if MAKERS.contains(&function.name) => class.to_owned(),
                Some(class) if class.len() + function.name.len() > MOST_NAME => continue,
                Some(class) => format!("{class}.{}", function.name),
                None => function.name.to_owned(),
            };
            index.entry(name).or_default().push(scope);
            if let Some(class) = function.class.filter(|_| function.name == "run") {
                index.entry(format!("{class}.run")).or_default().push(scope);
            }
        }
        index
    }

    /// A value that is kept under a name, without its text when too much is kept already.
    fn kept(&self, value: &Worth) -> Worth {
        let length = value.text.as_ref().map_or(0, |text| text.len());
        let text = if self.work.spend(length as u64) { value.text.clone() } else { None };
        Worth { text, means: value.means.clone(), origin: value.origin.clone(), ..Worth::of(value.traits) }
    }

    /// A name, as all hold it who hold it.
    fn word(&mut self, name: &str) -> Rc<str> {
        match self.words.get(name) {
            Some(word) => Rc::clone(word),
            None => {
                let word: Rc<str> = name.into();
                self.words.insert(Rc::clone(&word));
                word
            }
        }
    }

    /// A name of parts.
    fn word_of(&mut self, parts: &[&str]) -> Rc<str> {
        let mut name = std::mem::take(&mut self.scratch);
        name.clear();
        parts.iter().for_each(|part| name.push_str(part));
        let word = self.word(&name);
        self.scratch = name;
        word
    }

    fn push(&mut self, act: Act, name: &str, worth: &Worth, at: TextSize) {
        if self.events.len() < MOST_EVENTS {
            self.events.push(Event {
                act,
                name: name.to_owned(),
                traits: worth.traits,
                text: worth.text.as_deref().unwrap_or_default().chars().take(MOST_SHOWN).collect(),
                guard: self.guard,
                at,
                moment: Moment::Later,
                scope: self.scope,
            });
        }
    }

    /// Looks into a text that is run as Python.
    fn look_into(&mut self, text: &str, at: TextSize) {
        let looks = |word: &str| text.contains(word);
        let any = ["import", "exec", "eval", "open", "(", "lambda"].into_iter().any(looks);
        if !any || self.seen_inner >= 64 || !self.work.spend(text.len() as u64) {
            return;
        }
        self.seen_inner += 1;
        if let Some(flow) = inner(text, Moment::Start, self.work, self.depth + 1) {
            self.inner.push((self.scope, at, flow));
        }
    }
}
