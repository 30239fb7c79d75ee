//! Files that calls write, and code that they run: what becomes of both.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::{
    super::{acts::Act, traits::Traits},
    Engine, MOST_DROPPED, MOST_NAME, Worth, append,
    call::Given,
};

impl<'a> Engine<'a, '_> {
    /// Looks into what is run as Python; what is written to a file may be run as Python later.
    pub(super) fn look_into_argument(&mut self, call: &'a ExprCall, given: &Given<'a>) {
        let whole: Option<Rc<str>> = match call.arguments.args.first() {
            Some(Expr::StringLiteral(string)) => Some(string.value.to_str().into()),
            _ => given.positional.first().and_then(|first| first.text.clone()),
        };
        if let Some(text) = whole {
            self.look_into(&text, call.start());
        }
    }

    /// Looks into Python on a command line.
    pub(super) fn inline(&mut self, worth: &Worth, call: &'a ExprCall) {
        let text = worth.text.as_deref().unwrap_or_default();
        if let Some((_, code)) = text.split_once("-c ") {
            let code = code.trim().trim_matches(['"', '\'']).to_owned();
            self.look_into(&code, call.start());
        }
    }

    pub(super) fn written(&mut self, call: &'a ExprCall, name: &str, act: Act, callee: &Worth, given: &Given<'a>) {
        let mut worth = given.all();
        worth.traits |= callee.traits.without(Traits::DROPPED);
        let data = given.traits & (Traits::NETWORK | Traits::DECODED | Traits::PACKED);
        let data = data | (callee.traits & (Traits::PERSISTENT | Traits::INLINE));
        if act == Act::Copy || name == "shutil.copyfileobj" {
            self.drop_at(given.positional.get(1), data);
        } else {
            self.look_into_argument(call, given);
            self.drop_at(Some(callee), data);
        }
        if let Some(origin) = &callee.origin {
            let mut text = worth.text.as_deref().unwrap_or_default().to_owned();
            append(&mut text, origin);
            worth.text = Some(text.into());
        }
        self.push(act, name, &worth, call.start());
    }

    /// Remembers a file that was written.
    pub(super) fn drop_at(&mut self, file: Option<&Worth>, data: Traits) {
        let Some(key) = file.and_then(|file| file.origin.clone().or_else(|| file.text.clone())) else { return };
        if self.dropped.len() >= MOST_DROPPED || key.len() > MOST_NAME {
            return;
        }
        *self.dropped.entry(key).or_default() |= data | Traits::DROPPED;
    }

    /// What is known of files that a command line speaks of.
    pub(super) fn dropped_in(&self, text: &str) -> Traits {
        let speaks = |key: &str| key.len() >= 5 && key.contains(['/', '\\', '.']) && text.contains(key);
        let of = self.dropped.iter().filter(|(key, _)| speaks(key));
        of.fold(Traits::NONE, |all, (_, traits)| all | *traits)
    }
}
