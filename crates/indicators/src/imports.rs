//! What a module has imported so far, and what names in it stand for.
//!
//! As in Bandit, there is one namespace a file, filled in the order of the walk: a name that a function imports is known
//! below it everywhere, and nobody notices when it is assigned anew.

use std::{borrow::Cow, cell::RefCell};

use ruff_python_ast::{Alias, Expr};
use rustc_hash::{FxHashMap, FxHashSet};

/// No name is longer that a rule could know; longer ones are not remembered, because calls repeat them.
const LONGEST_NAME: usize = 1_000;

/// Names and modules imported so far.
#[derive(Debug, Default)]
pub(crate) struct Imports<'a> {
    aliases: FxHashMap<&'a str, Cow<'a, str>>,
    modules: FxHashSet<Cow<'a, str>>,
    in_order: Vec<Cow<'a, str>>,
    mentions: RefCell<Vec<Mention>>,
}

/// What is known of one part of names, so that every module is looked at once for it.
#[derive(Debug)]
struct Mention {
    part: &'static str,
    looked_at: usize,
    found: bool,
}

impl<'a> Imports<'a> {
    /// Takes in `import names`, or `from . import names`.
    pub(crate) fn import(&mut self, names: &'a [Alias]) {
        for alias in names.iter().filter(|alias| alias.name.len() <= LONGEST_NAME) {
            if let Some(new) = &alias.asname {
                self.aliases.insert(new.as_str(), Cow::Borrowed(alias.name.as_str()));
            }
            self.remember(Cow::Borrowed(alias.name.as_str()));
        }
    }

    /// Takes in `from module import names`.
    pub(crate) fn import_from(&mut self, module: &str, names: &'a [Alias]) {
        for alias in names.iter().filter(|alias| module.len() + alias.name.len() <= LONGEST_NAME) {
            let qualified = format!("{module}.{}", alias.name.as_str());
            let known_as = alias.asname.as_ref().unwrap_or(&alias.name);
            self.aliases.insert(known_as.as_str(), Cow::Owned(qualified.clone()));
            self.remember(Cow::Owned(qualified));
        }
    }

    fn remember(&mut self, module: Cow<'a, str>) {
        if self.modules.insert(module.clone()) {
            self.in_order.push(module);
        }
    }

    /// Whether exactly this was imported: `a.b` by `import a.b` or `from a import b`.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.modules.contains(name)
    }

    /// Whether `part` occurs anywhere in the name of anything imported.
    pub(crate) fn mention(&self, part: &'static str) -> bool {
        let mut mentions = self.mentions.borrow_mut();
        let at = mentions.iter().position(|mention| mention.part == part).unwrap_or_else(|| {
            mentions.push(Mention { part, looked_at: 0, found: false });
            mentions.len() - 1
        });
        let Some(mention) = mentions.get_mut(at) else { return false };
        if !mention.found {
            let unseen = self.in_order.get(mention.looked_at..).unwrap_or_default();
            mention.found = unseen.iter().any(|module| module.contains(part));
            mention.looked_at = self.in_order.len();
        }
        mention.found
    }

    /// What an expression of names and dots stands for. What is neither gives an empty root: `f().g` is `.g`.
    pub(crate) fn qualify<'s>(&'s self, expression: &'s Expr) -> Cow<'s, str> {
        match expression {
            Expr::Name(name) => self.resolve(name.id.as_str()),
            Expr::Attribute(_) => Cow::Owned(self.dotted(expression)),
            _ => Cow::Borrowed(""),
        }
    }

    /// What a plain name stands for.
    pub(crate) fn resolve<'s>(&'s self, name: &'s str) -> Cow<'s, str> {
        self.aliases.get(name).map_or(Cow::Borrowed(name), |qualified| Cow::Borrowed(qualified))
    }

    fn dotted(&self, expression: &Expr) -> String {
        let mut attributes = Vec::new();
        let mut root = expression;
        while let Expr::Attribute(attribute) = root {
            attributes.push(attribute.attr.as_str());
            root = &attribute.value;
        }
        let mut name = match root {
            Expr::Name(root) => self.resolve(root.id.as_str()).into_owned(),
            _ => String::new(),
        };
        for attribute in attributes.iter().rev() {
            name.push('.');
            name.push_str(attribute);
        }
        name
    }
}

/// The part of a name behind its last dot.
pub(crate) fn last(name: &str) -> &str {
    let dot = name.as_bytes().iter().rposition(|byte| *byte == b'.');
    dot.and_then(|dot| name.get(dot + 1..)).unwrap_or(name)
}
