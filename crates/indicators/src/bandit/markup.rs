//! B704: text that is called markup.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::is_constant,
};

pub(super) static RULES: &[Rule] = &[rule("B704", "markupsafe_markup_xss", 79, Check::Call(markup))];

fn markup(call: &Call<'_, '_>) -> Option<Hit> {
    if !matches!(call.qualified, "markupsafe.Markup" | "flask.Markup")
        || call.arguments().first().is_none_or(is_constant)
    {
        return None;
    }
    let message = format!("`{}` has this text put into pages as it is", call.qualified);
    Some(Hit::new(Severity::Medium, Confidence::High, message))
}
