//! Which symbols of libraries a Python file uses: `flask.Flask` where it says `Flask(..)` after `from flask import Flask`.
//!
//! This is what the original's client found out with invectio. A name stands for what the file imports under it, wherever
//! that is; a builtin is `__builtins__.eval`; of `from flask import *` all that is known is `flask.*`. Relative imports are of
//! the project itself. What is imported by a text at run time, or handed on by assignment, is not seen.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use ruff_python_ast::{
    Expr, ExprContext, ModModule, Stmt, StmtImportFrom,
    visitor::source_order::{self, SourceOrderVisitor},
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    analysis::Limits,
    member::Member,
    nesting::{measure, sheltered},
    source::Source,
    syntax,
};

/// The library whose symbols are those of Python itself.
pub const BUILTINS: &str = "__builtins__";
/// No symbol that anybody asks for is longer, bytes.
const LONGEST: usize = 1_000;
/// So many imports under one name are told apart, in the branches of a `try` for example.
const MOST_MEANINGS: usize = 8;

/// Hands each symbol that a file uses to `visit`, as often as it is used.
///
/// # Errors
/// Why the file cannot be read as Python, as a clause.
pub fn symbols(member: &Member<'_>, visit: &mut dyn FnMut(&str)) -> Result<(), String> {
    let limits = Limits::default();
    if member.bytes.len() > limits.bytes {
        return Err(format!("it has more than {} bytes", limits.bytes));
    }
    let source = Source::decode(member.bytes).map_err(|error| error.to_string())?;
    let size = measure(source.text(), limits.tokens, limits.depth);
    if size.tokens > limits.tokens || size.depth > limits.depth {
        return Err("it is too large, or nests too deeply".to_string());
    }
    let read = || {
        let parsed = syntax::parse(&source).map_err(|error| format!("line {}: {error}", error.line))?;
        of_module(parsed.syntax(), visit);
        Ok(())
    };
    sheltered(size.depth, read).unwrap_or_else(|| Err("the parser failed on it".to_string()))
}

/// Names that are looked for in the text of files: what does not mention a name does not use it, and need not be parsed.
#[derive(Debug)]
pub struct Mentions {
    /// None of no names, or of too many.
    names: Option<AhoCorasick>,
    count: usize,
}

impl Mentions {
    /// Looks for these names.
    pub fn of(names: &[&str]) -> Self {
        Self { names: AhoCorasick::new(names).ok(), count: names.len() }
    }

    /// Which of the names a text has as a word, in their order.
    pub fn within(&self, text: &[u8]) -> Vec<bool> {
        let Some(names) = &self.names else { return vec![true; self.count] };
        let mut mentioned = vec![false; self.count];
        let mut missing = self.count;
        let is_part = |at: Option<usize>| {
            at.and_then(|at| text.get(at))
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 128)
        };
        for found in names.find_overlapping_iter(text) {
            let is_word = !is_part(found.start().checked_sub(1)) && !is_part(Some(found.end()));
            if let Some(known) = mentioned.get_mut(found.pattern().as_usize()).filter(|known| is_word && !**known) {
                *known = true;
                missing -= 1;
                if missing == 0 {
                    break;
                }
            }
        }
        mentioned
    }
}

fn of_module(module: &ModModule, visit: &mut dyn FnMut(&str)) {
    let mut imported = Imported::default();
    imported.visit_body(&module.body);
    imported.stars.iter().for_each(|star| visit(star));
    Uses { imported: &imported, visit }.visit_body(&module.body);
}

/// What names stand for, whatever the scope.
#[derive(Default)]
struct Imported<'a> {
    names: FxHashMap<&'a str, Vec<String>>,
    stars: Vec<String>,
}

impl<'a> Imported<'a> {
    fn bind(&mut self, name: &'a str, meaning: String) {
        let meanings = self.names.entry(name).or_default();
        if meaning.len() <= LONGEST && meanings.len() < MOST_MEANINGS && !meanings.contains(&meaning) {
            meanings.push(meaning);
        }
    }

    fn import_from(&mut self, import: &'a StmtImportFrom) {
        let Some(module) = import.module.as_ref().filter(|_| import.level == 0) else { return };
        for alias in &import.names {
            let symbol = format!("{module}.{}", alias.name);
            match alias.name.as_str() {
                "*" if symbol.len() <= LONGEST => self.stars.push(symbol),
                name => self.bind(alias.asname.as_ref().map_or(name, |new| new.as_str()), symbol),
            }
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Imported<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let module = alias.name.as_str();
                    // `import a.b` makes `a` known, `import a.b as c` makes `c` known for `a.b`.
                    let first = module.split('.').next().unwrap_or(module);
                    let (name, meaning) = alias.asname.as_ref().map_or((first, first), |new| (new.as_str(), module));
                    self.bind(name, meaning.to_string());
                }
            }
            Stmt::ImportFrom(import) => self.import_from(import),
            other => source_order::walk_stmt(self, other),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// What is made of names.
struct Uses<'u, 'a> {
    imported: &'u Imported<'a>,
    visit: &'u mut dyn FnMut(&str),
}

impl Uses<'_, '_> {
    /// A name, and what is asked of it: `flask`, `.Flask`.
    fn name(&mut self, root: &str, rest: &str) {
        let mut tell = |symbol: &str| {
            if symbol.len() <= LONGEST {
                (self.visit)(symbol);
            }
        };
        match self.imported.names.get(root) {
            Some(meanings) => {
                for meaning in meanings {
                    let symbol = format!("{meaning}{rest}");
                    if let Some(builtin) = symbol.strip_prefix("builtins.") {
                        tell(&format!("{BUILTINS}.{builtin}"));
                    }
                    tell(&symbol);
                }
            }
            None if root == BUILTINS => tell(&format!("{root}{rest}")),
            None if NAMES.contains(root) => tell(&format!("{BUILTINS}.{root}")),
            None => {}
        }
    }
}

impl<'a> SourceOrderVisitor<'a> for Uses<'_, '_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        let mut attributes = Vec::new();
        let mut root = expression;
        while let Expr::Attribute(attribute) = root {
            attributes.push(attribute.attr.as_str());
            root = &attribute.value;
        }
        match root {
            Expr::Name(name) if name.ctx == ExprContext::Load => {
                let mut rest = String::new();
                for attribute in attributes.iter().rev() {
                    rest.push('.');
                    rest.push_str(attribute);
                }
                self.name(name.id.as_str(), &rest);
            }
            other => source_order::walk_expr(self, other),
        }
    }
}

/// The names that Python 3 knows without an import.
static NAMES: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    "ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError \
     BrokenPipeError BufferError BytesWarning ChildProcessError ConnectionAbortedError ConnectionError \
     ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis EncodingWarning \
     EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError \
     FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError \
     IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError None \
     NotADirectoryError NotImplemented NotImplementedError OSError OverflowError PendingDeprecationWarning \
     PermissionError ProcessLookupError PythonFinalizationError RecursionError ReferenceError ResourceWarning \
     RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit \
     TabError TimeoutError True TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError \
     UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError __build_class__ \
     __debug__ __doc__ __import__ __loader__ __name__ __package__ __spec__ abs aiter all anext any ascii bin bool \
     breakpoint bytearray bytes callable chr classmethod compile complex copyright credits delattr dict dir divmod \
     enumerate eval exec exit filter float format frozenset getattr globals hasattr hash help hex id input int \
     isinstance issubclass iter len license list locals map max memoryview min next object oct open ord pow print \
     property quit range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars \
     zip"
    .split_whitespace()
    .collect()
});

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn used(text: &str) -> Vec<String> {
        let mut found = BTreeSet::new();
        let member = Member { path: "app.py", bytes: text.as_bytes() };
        symbols(&member, &mut |symbol| found.extend([symbol.to_string()])).unwrap();
        found.into_iter().collect()
    }

    #[test]
    fn a_symbol_is_told_by_the_name_of_its_library() {
        assert_eq!(used("from flask import Flask\napp = Flask(__name__)\n"), ["__builtins__.__name__", "flask.Flask"]);
        assert_eq!(used("import tensorflow as tf\ntf.keras.layers.Dense(3)\n"), ["tensorflow.keras.layers.Dense"]);
        assert_eq!(
            used("import xml.etree.ElementTree\nxml.etree.ElementTree.parse(f)\n"),
            ["xml.etree.ElementTree.parse"]
        );
        assert_eq!(
            used("from tensorflow import keras as k\n@k.f\ndef g(a: k.T): ...\n"),
            ["tensorflow.keras.T", "tensorflow.keras.f"]
        );
        assert_eq!(used("def f():\n    return random.random()\nimport random\n"), ["random.random"]);
        assert_eq!(used("import a\nx = a.b().c.d\ny = [a.e for z in a.f]\n"), ["a.b", "a.e", "a.f"]);
    }

    #[test]
    fn what_is_only_imported_or_of_the_project_is_no_use() {
        assert_eq!(
            used("import pickle\nfrom . import random\nfrom .os import popen\nrandom.a()\npopen()\n"),
            [] as [&str; 0]
        );
        assert_eq!(used("model.eval()\nself.exec = 1\n"), [] as [&str; 0]);
    }

    #[test]
    fn a_name_may_stand_for_one_of_several_libraries() {
        let text = "try:\n    import simplejson as json\nexcept ImportError:\n    import json\njson.loads(a)\n";
        assert_eq!(used(text), ["__builtins__.ImportError", "json.loads", "simplejson.loads"]);
    }

    #[test]
    fn builtins_are_told_as_such_unless_they_are_something_else() {
        assert_eq!(used("eval('1')\n__builtins__.exec(a)\n"), ["__builtins__.eval", "__builtins__.exec"]);
        assert_eq!(used("import builtins\nbuiltins.exec(a)\n"), ["__builtins__.exec", "builtins.exec"]);
        assert_eq!(used("from ours import eval\neval(1)\n"), ["ours.eval"]);
    }

    #[test]
    fn a_name_is_mentioned_where_it_is_a_word() {
        let mentions = Mentions::of(&["os", "popen", "close", "eval"]);
        assert_eq!(mentions.within(b"import os\nos.popen('close')"), [true, true, true, false]);
        assert_eq!(mentions.within(b"f.closed # most popen2, medieval, _eval"), [false; 4]);
        assert_eq!(mentions.within("évalua".as_bytes()), [false; 4]);
        assert_eq!(Mentions::of(&[]).within(b"x"), [] as [bool; 0]);
    }

    #[test]
    fn of_a_star_nothing_more_is_known() {
        assert_eq!(used("from numpy.random import *\nrand(3)\n"), ["numpy.random.*"]);
    }

    #[test]
    fn what_is_no_python_says_why() {
        let why = |bytes: &[u8]| symbols(&Member { path: "a.py", bytes }, &mut |_| ()).unwrap_err();
        assert!(why(b"print 'a'\n").starts_with("line 1: "), "{}", why(b"print 'a'\n"));
        assert!(why(b"a\0").contains("zero byte"));
        assert!(why(&[b"x = ".as_slice(), &b"(".repeat(50_000)].concat()).contains("nests too deeply"));
    }

    #[test]
    fn long_names_and_many_do_no_harm() {
        let long = format!("import {0} as a\na.b\n{1}.c\n", "m".repeat(5_000), "a.".repeat(3_000) + "b");
        assert_eq!(used(&long), [] as [&str; 0]);
        let deep = format!("import a\n{}a.b{}\n", "f(".repeat(1_500), ")".repeat(1_500));
        assert_eq!(used(&deep), ["a.b"]);
    }
}
