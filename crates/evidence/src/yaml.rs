//! YAML that cannot explode: nesting and aliases are counted out before anything is built from them.

use std::fmt;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

/// The deepest nesting of brackets; an advisory has four. The parser's time grows with the square of it.
pub(crate) const MAX_BRACKETS: usize = 500;

/// Whether the document, with every alias written out, stays within ten times its size; an error says where it does not.
///
/// Documents without anything that looks like an alias, which is nearly all of them, are not read for this.
pub(crate) fn check_expansion(text: &str) -> Result<(), serde_yaml_ng::Error> {
    if !may_have_aliases(text.as_bytes()) {
        return Ok(());
    }
    let mut budget = text.len().saturating_mul(10).saturating_add(10_000);
    Weigh(&mut budget).deserialize(serde_yaml_ng::Deserializer::from_str(text))
}

fn may_have_aliases(text: &[u8]) -> bool {
    text.contains(&b'&')
        && text.windows(2).enumerate().any(|(at, pair)| {
            let before = at.checked_sub(1).and_then(|before| text.get(before));
            let starts = before.is_none_or(|byte| byte.is_ascii_whitespace() || b"[{,:-?".contains(byte));
            matches!(pair, [b'*', after] if starts && !after.is_ascii_whitespace())
        })
}

struct Weigh<'a>(&'a mut usize);

impl Weigh<'_> {
    fn spend<E: Error>(&mut self, amount: usize) -> Result<(), E> {
        *self.0 = self.0.checked_sub(amount.saturating_add(1)).ok_or_else(|| {
            E::custom("its aliases (`*name`) repeat too much: write the record without anchors and aliases")
        })?;
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Weigh<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Weigh<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_bool<E: Error>(mut self, _: bool) -> Result<(), E> {
        self.spend(1)
    }

    fn visit_i64<E: Error>(mut self, _: i64) -> Result<(), E> {
        self.spend(8)
    }

    fn visit_u64<E: Error>(mut self, _: u64) -> Result<(), E> {
        self.spend(8)
    }

    fn visit_f64<E: Error>(mut self, _: f64) -> Result<(), E> {
        self.spend(8)
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.spend(1)
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        self.spend(text.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        self.spend(1)?;
        while list.next_element_seed(Weigh(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        self.spend(1)?;
        while map.next_key_seed(Weigh(self.0))?.is_some() {
            map.next_value_seed(Weigh(self.0))?;
        }
        Ok(())
    }

    fn visit_enum<A: serde::de::EnumAccess<'de>>(mut self, _: A) -> Result<(), A::Error> {
        self.spend(1)?;
        Err(A::Error::custom("tags (`!name`) are not part of an advisory"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let parts = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{parts}]\n"));
        }
        let error = check_expansion(&bomb).unwrap_err().to_string();
        assert!(error.contains("repeat"), "{error}");
        let wide = format!("a: &a {}\nversions: [{}]\n", "x".repeat(10_000), vec!["*a"; 10_000].join(","));
        assert!(check_expansion(&wide).is_err());
    }

    #[test]
    fn an_alias_or_two_are_welcome_and_text_is_no_alias() {
        assert!(check_expansion("a: &a [1, 2]\nb: *a\n").is_ok());
        assert!(check_expansion("details: 'we *really* mean R&D'\n").is_ok());
    }
}
