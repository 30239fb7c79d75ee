//! B105, B106, B107: passwords that stand in the source.

use ruff_python_ast::{AnyNodeRef, Expr, Stmt};

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    text::{Form, Text},
    value::{is_constant, literal},
    view::View,
};

pub(super) static RULES: &[Rule] = &[
    rule("B105", "hardcoded_password_string", 259, Check::Text(string)),
    rule("B106", "hardcoded_password_funcarg", 259, Check::Call(argument)),
    rule("B107", "hardcoded_password_default", 259, Check::Statement(default)),
];

/// No more characters of a value are told.
const MOST_SHOWN: usize = 60;

/// Whether a name is one that people give to passwords: one of the words, alone or between underscores.
fn is_secret(name: &str) -> bool {
    name.strip_suffix('\n').unwrap_or(name).split('_').any(is_secret_word)
}

fn is_secret_word(word: &str) -> bool {
    const WORDS: [&str; 6] = ["pass", "passphrase", "pwd", "token", "secret", "secrete"];
    word.len() >= 3 && (WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)) || is_password(word))
}

/// `password` as it is abbreviated, and misspelt: `passwd`, `paswrd`, `passsword`.
fn is_password(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let Some(rest) = word.strip_prefix("pas") else { return false };
    let Some(rest) = rest.trim_start_matches('s').strip_prefix('w') else { return false };
    matches!(rest, "d" | "od" | "rd" | "ord")
}

fn report(value: &str) -> Hit {
    let shown: String = value.chars().take(MOST_SHOWN).flat_map(char::escape_debug).collect();
    Hit::new(Severity::Low, Confidence::Medium, format!("This may be a password: '{shown}'"))
}

/// The name that is assigned or compared, where it is one.
fn named(target: &Expr) -> Option<&str> {
    match target {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

fn string(text: &Text<'_, '_>) -> Option<Hit> {
    let Form::Whole(node) = text.form else { return None };
    match text.view.above(0)? {
        AnyNodeRef::StmtAssign(assign) => {
            assign.targets.iter().filter_map(named).any(is_secret).then(|| report(text.value))
        }
        AnyNodeRef::ExprDict(dict) => {
            let is_this = |key: &Expr| matches!(key, Expr::StringLiteral(key) if std::ptr::eq(key, node));
            if !is_secret(text.value) {
                return None;
            }
            let item = dict.items.iter().find(|item| item.key.as_ref().is_some_and(is_this))?;
            is_constant(&item.value).then(|| report(literal(&item.value).unwrap_or("no text")))
        }
        AnyNodeRef::ExprSubscript(_) => {
            let AnyNodeRef::StmtAssign(assign) = text.view.above(1)? else { return None };
            literal(&assign.value).filter(|_| is_secret(text.value)).map(report)
        }
        AnyNodeRef::ExprCompare(compare) => {
            named(&compare.left).filter(|name| is_secret(name))?;
            literal(compare.comparators.first()?).map(report)
        }
        _ => None,
    }
}

fn argument(call: &Call<'_, '_>) -> Option<Hit> {
    call.keywords().iter().find_map(|keyword| {
        let value = literal(&keyword.value)?;
        is_secret(keyword.arg.as_ref()?.as_str()).then(|| report(value).at(&keyword.value))
    })
}

/// As in Bandit, defaults are matched to the parameters that are not positional-only, counted from the last.
fn default(statement: &Stmt, _: &View<'_, '_>) -> Option<Hit> {
    let Stmt::FunctionDef(function) = statement else { return None };
    if function.is_async {
        return None;
    }
    let parameters = &function.parameters;
    let defaults: Vec<&Expr> =
        parameters.posonlyargs.iter().chain(&parameters.args).filter_map(|one| one.default.as_deref()).collect();
    let before = parameters.args.len().saturating_sub(defaults.len());
    parameters.args.iter().skip(before).zip(defaults).find_map(|(parameter, default)| {
        let value = literal(default)?;
        is_secret(parameter.parameter.name.as_str()).then(|| report(value))
    })
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn names_of_secrets_are_words_between_underscores() {
        for name in [
            "password",
            "PASSWD",
            "db_pwd",
            "pass_",
            "_token",
            "a_secrete_b",
            "pasword",
            "passswrd",
            "x_passphrase",
            "pass\n",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "passwords",
            "mypassword",
            "tokens",
            "pas",
            "paword",
            "secret1",
            "passphrases",
            "word",
            "",
            "_",
            "pass\n\n",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
