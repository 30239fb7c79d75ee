//! Texts that calls make of others: methods of texts, and what decodes.

use std::rc::Rc;

use base64::Engine as _;
use ruff_python_ast::{ExprAttribute, ExprCall};
use ruff_text_size::Ranged;

use super::{super::traits::Traits, Engine, MOST_TEXT, Worth, append, call::Given, expression::character};
use crate::imports;

impl<'a> Engine<'a, '_> {
    /// Methods of texts.
    pub(super) fn method(
        &mut self,
        call: &'a ExprCall,
        attribute: &'a ExprAttribute,
        callee: &Worth,
        given: &Given<'a>,
    ) -> Option<Worth> {
        let traits = callee.traits | given.traits;
        // What is told how is not what it is told: the name of a codec, a separator, the word that something is found under.
        let same = callee.traits | given.traits.without(Traits::LITERAL);
        let first = given.positional.first().and_then(|first| first.text.as_deref());
        let receiver = callee.receiver.clone();
        let method = attribute.attr.as_str();
        match method {
            "decode" => {
                let decodes = first.is_some_and(is_disguise);
                let more = if decodes { Traits::DECODED | Traits::UNPACKED } else { Traits::NONE };
                Some(Worth { traits: same | more, text: receiver.filter(|_| !decodes), ..Worth::default() })
            }
            "encode" | "strip" | "lower" | "upper" | "rstrip" | "lstrip" | "expanduser" | "resolve" => {
                let means = callee.means.as_deref().and_then(|means| means.strip_suffix(&format!(".{method}")));
                let means = means.filter(|means| means.contains("()")).map(Rc::from);
                Some(Worth { traits: same, text: receiver, means, origin: callee.origin.clone(), ..Worth::default() })
            }
            "format" => {
                let mut text = receiver?.to_string();
                append(&mut text, given.all().text.as_deref().unwrap_or_default());
                Some(self.made(text, traits, call.start()))
            }
            "replace" => {
                let [from, to] = given.positional.get(..2)? else { return None };
                let text = receiver?.replace(from.text.as_deref()?, to.text.as_deref()?);
                Some(self.made(text.chars().take(MOST_TEXT).collect(), traits | Traits::BUILT, call.start()))
            }
            "join" if attribute.value.is_string_literal_expr() || attribute.value.is_bytes_literal_expr() => {
                let between = receiver?;
                let list = call.arguments.args.first()?;
                let text = self.pieces(list, &between).or_else(|| first.map(str::to_owned))?;
                Some(self.made(text, traits | Traits::BUILT, call.start()))
            }
            "getpeername" | "getsockname" => Some(Worth::of(same.without(Traits::SOCKET))),
            "get" | "get_header" | "getheader" | "partition" | "pop" | "rsplit" | "split" => Some(Worth::of(same)),
            "read_text" | "read_bytes" | "read" | "readlines" => Some(Worth::of(traits)),
            _ => None,
        }
    }

    /// Decodes what is spelled out, so that it can be looked at.
    pub(super) fn decoded(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Worth {
        let first = given.positional.first().map_or(Traits::NONE, |first| first.traits);
        let known = given.positional.first().and_then(|first| first.text.as_deref());
        let text = known.unwrap_or_default();
        let codec = given.positional.get(1).and_then(|codec| codec.text.as_deref()).unwrap_or_default();
        if name == "codecs.decode" && !is_disguise(codec) {
            return Worth::of(first);
        }
        let holds = first != Traits::LITERAL || known.is_none_or(|text| text.len() >= SHORTEST);
        let spelled = if first.any(Traits::LITERAL) && holds { Traits::UNPACKED } else { Traits::NONE };
        let traits = first.without(Traits::PACKED) | Traits::DECODED | spelled;
        if name == "chr" {
            return match call.arguments.args.first().and_then(character) {
                Some(c) => self.made(c.to_string(), traits | Traits::LITERAL | Traits::BUILT, call.start()),
                None => Worth::of(first | Traits::BUILT),
            };
        }
        let bytes = match imports::last(name) {
            "b64decode" | "urlsafe_b64decode" | "standard_b64decode" | "decodebytes" | "a2b_base64" => {
                let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                let plain = text.replace('-', "+").replace('_', "/");
                base64::engine::general_purpose::STANDARD_NO_PAD.decode(plain.trim_end_matches('=')).ok()
            }
            "unhexlify" | "fromhex" | "a2b_hex" => hexadecimal(text),
            _ => None,
        };
        match bytes.and_then(|bytes| String::from_utf8(bytes).ok()).filter(|text| !text.is_empty()) {
            Some(text) => self.made(text, traits, call.start()),
            None => Worth::of(traits),
        }
    }
}

/// A literal of fewer bytes hides nothing: often it is a place that somebody fills in later.
const SHORTEST: usize = 4;

/// Whether a codec turns text into other text, and not characters into bytes.
fn is_disguise(codec: &str) -> bool {
    ["rot", "base64", "hex", "zlib", "bz2", "uu"].iter().any(|name| codec.starts_with(name))
}

/// What a text is that was computed character by character from values with these traits.
pub(super) fn computed(traits: Traits) -> Traits {
    let spelled = if traits.any(Traits::LITERAL) { Traits::UNPACKED } else { Traits::NONE };
    Traits::DECODED | Traits::BUILT | spelled
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> =
        text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    pairs.collect()
}
