//! B608: SQL that is put together from text.

use ruff_python_ast::{AnyNodeRef, Expr, ExprBinOp, ExprStringLiteral};

use super::{mentions, rule};
use crate::{
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    text::{Form, Text},
    work::Work,
};

pub(super) static RULES: &[Rule] = &[rule("B608", "hardcoded_sql_expressions", 89, Check::Text(built))];

fn built(text: &Text<'_, '_>) -> Option<Hit> {
    let query = Query::of(text)?;
    if !is_sql(&query.statement) {
        return None;
    }
    let runs = matches!(query.around, Some(AnyNodeRef::ExprCall(call)) if match &*call.func {
        Expr::Attribute(attribute) => is_execute(attribute.attr.as_str()),
        Expr::Name(name) => is_execute(name.id.as_str()),
        _ => false,
    });
    let confidence = if runs && !query.replaced { Confidence::Medium } else { Confidence::Low };
    let message = "SQL is put together from text; parameters keep values apart from it";
    Some(Hit::new(Severity::Medium, confidence, message))
}

fn is_execute(name: &str) -> bool {
    matches!(name, "execute" | "executemany")
}

/// Whether a text looks like a statement, in any case: `select … from`, `delete from`, `insert into … values`, `update … set`.
fn is_sql(statement: &str) -> bool {
    if !mentions(statement, &["select", "delete", "insert", "update"]) {
        return false;
    }
    let text = statement.to_ascii_lowercase();
    let later = |start: Option<&str>, word: &str| start.and_then(|rest| after(rest, word)).is_some();
    later(after(&text, "select"), "from")
        || later(after(&text, "update"), "set")
        || text.match_indices("delete").any(|(at, word)| follows(&text, at + word.len(), "from").is_some())
        || text
            .match_indices("insert")
            .find_map(|(at, word)| follows(&text, at + word.len(), "into"))
            .is_some_and(|rest| rest.match_indices("values").any(|(at, word)| opens(rest, at + word.len())))
}

/// What follows the first occurrence of a word with white space behind it.
fn after<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    text.match_indices(word).find_map(|(at, _)| text.get(at + word.len()..)?.strip_prefix(is_space))
}

/// What follows a word and white space, when white space and that word are what comes at a place.
fn follows<'t>(text: &'t str, at: usize, word: &str) -> Option<&'t str> {
    let behind = text.get(at..)?;
    let next = behind.trim_start_matches(is_space);
    if next.len() == behind.len() { None } else { next.strip_prefix(word)?.strip_prefix(is_space) }
}

fn opens(text: &str, at: usize) -> bool {
    text.get(at..).is_some_and(|rest| rest.starts_with(|c| c == '(' || is_space(c)))
}

/// White space as Python's expressions have it.
fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// A text that may be SQL, and what it is handed to.
struct Query<'a> {
    statement: String,
    around: Option<AnyNodeRef<'a>>,
    /// Whether parts of it are replaced.
    replaced: bool,
}

impl<'a> Query<'a> {
    /// The query a string is part of, when it is put together by an operator, a method or an f-string.
    fn of(text: &Text<'_, 'a>) -> Option<Self> {
        match (text.form, text.view.above(0)?) {
            (Form::Whole(node), AnyNodeRef::ExprBinOp(parent)) => Self::of_operators(text, node, parent),
            (Form::Whole(_), AnyNodeRef::ExprAttribute(attribute)) => {
                let method = attribute.attr.as_str();
                matches!(method, "format" | "replace").then(|| Self {
                    statement: text.value.to_owned(),
                    around: text.view.above(2),
                    replaced: method == "replace",
                })
            }
            (Form::Piece { first: true, joined }, _) => {
                Some(Self { statement: joined.to_owned(), around: text.view.above(1), replaced: false })
            }
            _ => None,
        }
    }

    /// Joins the strings of a whole tree of operators. As in Bandit, the string at hand comes first, and what stands
    /// beside it under the same operator is left out.
    fn of_operators(text: &Text<'_, 'a>, node: &'a ExprStringLiteral, parent: &'a ExprBinOp) -> Option<Self> {
        let mut up = 0;
        let mut root = parent;
        while let Some(AnyNodeRef::ExprBinOp(operator)) = text.view.above(up) {
            root = operator;
            up += 1;
            if !text.view.work.spend(1) {
                return None;
            }
        }
        let mut strings = vec![node.value.to_str()];
        gather(root, parent, &mut strings, text.view.work)?;
        Some(Self { statement: strings.join(" "), around: text.view.above(up), replaced: false })
    }
}

/// Looking through this much text is taken for as much work as looking at a node.
const BYTES_A_STEP: u64 = 32;

/// Adds the strings under `operator`, but not those under `stop`; nothing when that costs too much.
fn gather<'a>(operator: &'a ExprBinOp, stop: &'a ExprBinOp, strings: &mut Vec<&'a str>, work: &Work) -> Option<()> {
    if std::ptr::eq(operator, stop) {
        return Some(());
    }
    for side in [&*operator.left, &*operator.right] {
        match side {
            Expr::BinOp(inner) => gather(inner, stop, strings, work)?,
            Expr::StringLiteral(string) => {
                let text = string.value.to_str();
                if !work.spend(text.len() as u64 / BYTES_A_STEP) {
                    return None;
                }
                strings.push(text);
            }
            _ => {}
        }
    }
    work.spend(1).then_some(())
}

#[cfg(test)]
mod tests {
    use super::is_sql;

    #[test]
    fn statements_are_known_by_their_words() {
        for text in [
            "SELECT a FROM b ",
            "select\na\nfrom\tb",
            "xselect from from y",
            "Delete  From b",
            "delete delete from b",
            "INSERT INTO b VALUES(",
            "insert  into b values c",
            "update b set c",
            "update\u{a0}b set\u{1c}",
        ] {
            assert!(is_sql(text), "{text}");
        }
        for text in [
            "",
            "select from",
            "selected a from b",
            "from a select b",
            "deletefrom b ",
            "delete a from b",
            "insert into b value (",
            "values insert into b ",
            "insertinto b values (",
            "update b reset",
            "set a update ",
        ] {
            assert!(!is_sql(text), "{text}");
        }
    }
}
