//! Finds tags in HTML, tolerantly: one pass, no tree, so nothing a page contains makes it slow or deep.
//!
//! It follows the tokenizer of the HTML standard where index pages reach: quoted and bare attributes, comments, raw text in
//! scripts, character references. What a tag means is left to [`super::html`].

use std::borrow::Cow;

/// Elements whose content is text up to their own end tag.
const RAW_TEXT: [&str; 6] = ["script", "style", "textarea", "title", "xmp", "iframe"];
/// The most attributes of one tag that are kept.
const MAX_ATTRIBUTES: usize = 64;

/// A start tag.
pub(super) struct Tag<'a> {
    /// Its name, as written.
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// An attribute's value with character references resolved; empty when it has none. The first of several counts.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let (_, value) = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(unescape(value))
    }
}

/// The start tags of a text, in order.
pub(super) struct Tags<'a> {
    rest: &'a str,
}

impl<'a> Tags<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// Steps over everything up to and with `end`, or to the end of the text.
    fn skip_past(&mut self, end: &str) {
        self.rest = self.rest.split_once(end).map_or("", |(_, rest)| rest);
    }

    /// Steps over raw text up to the end tag of `name`.
    fn skip_raw_text(&mut self, name: &str) {
        while let Some((_, rest)) = self.rest.split_once("</") {
            self.rest = rest;
            if rest.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                return;
            }
        }
        self.rest = "";
    }

    fn attributes(&mut self) -> Vec<(&'a str, &'a str)> {
        let mut attributes = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches(|symbol: char| symbol.is_ascii_whitespace() || symbol == '/');
            if self.rest.is_empty() {
                return attributes;
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                return attributes;
            }
            // A leading `=` belongs to the name, says the standard; so every turn consumes something.
            let name = self.take_until(1, |symbol| symbol.is_ascii_whitespace() || matches!(symbol, '=' | '>' | '/'));
            let after = self.rest.trim_ascii_start();
            let value = if let Some(after) = after.strip_prefix('=') {
                self.rest = after.trim_ascii_start();
                self.value()
            } else {
                ""
            };
            if attributes.len() < MAX_ATTRIBUTES {
                attributes.push((name, value));
            }
        }
    }

    fn value(&mut self) -> &'a str {
        for quote in ['"', '\''] {
            if let Some(quoted) = self.rest.strip_prefix(quote) {
                let (value, rest) = quoted.split_once(quote).unwrap_or((quoted, ""));
                self.rest = rest;
                return value;
            }
        }
        self.take_until(0, |symbol| symbol.is_ascii_whitespace() || symbol == '>')
    }

    /// Takes at least `least` characters, then up to the first that ends it.
    fn take_until(&mut self, least: usize, ends: impl Fn(char) -> bool) -> &'a str {
        let end = self
            .rest
            .char_indices()
            .enumerate()
            .find(|(count, (_, symbol))| *count >= least && ends(*symbol))
            .map_or(self.rest.len(), |(_, (place, _))| place);
        let (taken, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let (_, rest) = self.rest.split_once('<')?;
            self.rest = rest;
            if let Some(comment) = rest.strip_prefix("!--") {
                // `<!-->` is a whole comment.
                self.rest = comment.strip_prefix('>').unwrap_or(comment);
                if self.rest.len() == comment.len() {
                    self.skip_past("-->");
                }
            } else if rest.starts_with(['!', '?', '/']) {
                self.skip_past(">");
            } else if rest.starts_with(|symbol: char| symbol.is_ascii_alphabetic()) {
                let name = self.take_until(1, |symbol| symbol.is_ascii_whitespace() || matches!(symbol, '>' | '/'));
                let attributes = self.attributes();
                if RAW_TEXT.iter().any(|raw| raw.eq_ignore_ascii_case(name)) {
                    self.skip_raw_text(name);
                }
                return Some(Tag { name, attributes });
            }
        }
    }
}

/// Resolves the character references that occur in attributes: numeric ones and the few with everyday names.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    /// The longest reference considered, after the ampersand.
    const LONGEST: usize = 10;
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        let end = after.bytes().take(LONGEST).position(|byte| byte == b';');
        let resolved = end.and_then(|end| Some((reference(after.get(..end)?)?, after.get(end..)?.strip_prefix(';')?)));
        rest = if let Some((symbol, after)) = resolved {
            plain.push(symbol);
            after
        } else {
            plain.push('&');
            after
        };
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" | "AMP" => Some('&'),
        "lt" | "LT" => Some('<'),
        "gt" | "GT" => Some('>'),
        "quot" | "QUOT" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "plus" => Some('+'),
        "num" => Some('#'),
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => digits.parse(),
            };
            code.ok().and_then(char::from_u32)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hrefs(text: &str) -> Vec<String> {
        Tags::new(text)
            .filter(|tag| tag.is("a"))
            .map(|tag| tag.attribute("href").unwrap_or_default().into_owned())
            .collect()
    }

    #[test]
    fn attributes_come_in_every_spelling() {
        assert_eq!(
            hrefs(
                r#"<a href="1"><A HREF='2'/><a class=x href=3 ><a href = "4" ><a data-yanked href=5><a
                href="6&amp;&gt;&#x2b;&#43;&unknown;&"><abbr href=7>"#
            ),
            ["1", "2", "3", "4", "5", "6&>++&unknown;&"]
        );
    }

    #[test]
    fn comments_and_scripts_hold_no_links() {
        let text =
            "<!-- <a href=1> --><script>'<a href=2>'</SCRIPT><!doctype html><a href=3><!--><a href=4><!-- <a href=5>";
        assert_eq!(hrefs(text), ["3", "4"]);
    }

    #[test]
    fn broken_markup_ends_without_a_panic() {
        for text in
            ["<", "<a", "<a ", "<a href", "<a href=", "<a href=\"", "<a href='x", "<a =x>", "<a / / >", "<é>", "<aé=é>"]
        {
            hrefs(text);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in r#"[<>/!\-a="' &;#xé\n]{0,80}"#) {
            hrefs(&text);
            unescape(&text);
        }
    }
}
