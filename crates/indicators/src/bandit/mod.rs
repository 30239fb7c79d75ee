//! The rules of Bandit 1.9, with its ids, severities, confidences and weaknesses, written anew after what they do.
//!
//! Where Bandit's outcome rests on an accident of Python's syntax tree, that is followed as well, because a count that
//! differs from Bandit's must mean something. What differs all the same is told in `docs/scan.md`.

mod asserts;
mod called;
mod django_sql;
mod exec;
mod flask;
mod handlers;
mod hashes;
mod huggingface;
mod imported;
mod keys;
mod literals;
mod logging;
mod mark_safe;
mod markup;
mod paramiko;
mod passwords;
mod permissions;
mod pytorch;
mod requests;
mod shell;
mod snmp;
mod sql;
mod tarfile;
mod templates;
mod tls;
mod trojan;
mod wildcard;
mod yaml;

use crate::rule::{Check, Family, Rule};

/// A rule of this family.
const fn rule(id: &'static str, name: &'static str, cwe: u16, check: Check) -> Rule {
    Rule { id, name, family: Family::Bandit, cwe: Some(cwe), check }
}

/// Whether a text may hold one of these words in any case: a quick look that spares nearly all texts the slower one.
fn mentions(text: &str, words: &[&str]) -> bool {
    let holds =
        |word: &&str| text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
    !text.is_ascii() || words.iter().any(holds)
}

/// All of them, in the order of Bandit's ids.
pub(crate) fn rules() -> impl Iterator<Item = &'static Rule> {
    let files: [&'static [Rule]; 28] = [
        asserts::RULES,
        exec::RULES,
        permissions::RULES,
        literals::RULES,
        passwords::RULES,
        handlers::RULES,
        requests::RULES,
        flask::RULES,
        tarfile::RULES,
        called::RULES,
        hashes::RULES,
        imported::RULES,
        tls::RULES,
        keys::RULES,
        yaml::RULES,
        paramiko::RULES,
        snmp::RULES,
        shell::RULES,
        sql::RULES,
        wildcard::RULES,
        django_sql::RULES,
        logging::RULES,
        trojan::RULES,
        pytorch::RULES,
        huggingface::RULES,
        templates::RULES,
        mark_safe::RULES,
        markup::RULES,
    ];
    let mut all: Vec<&'static Rule> = files.into_iter().flatten().collect();
    all.sort_by_key(|rule| rule.id);
    all.into_iter()
}
