//! Where a release says it is from, and by whom: its links and the names of its authors and maintainers.
//!
//! Which of the links is that of its source repository is decided in `evidence::health`.

use serde::{Deserialize, Serialize};

use crate::text::one_line;

/// The most links that are kept; real releases have up to twenty.
const MOST_LINKS: usize = 40;
/// The most people that are kept.
const MOST_PEOPLE: usize = 20;
/// The longest address that is kept, bytes.
const LONGEST: usize = 500;
/// The longest label or name that is kept, characters.
const WORD: usize = 100;

/// Where a release says it is from, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contacts {
    /// `Project-URL`, `Home-page` and `Download-URL`: label and address as they are written, in order.
    pub links: Vec<(String, String)>,
    /// `Author` and `Maintainer`, with those that only have an address: each name once, in order.
    pub people: Vec<String>,
}

/// A label of a link as labels are compared: without punctuation, blanks and case (PEP 753).
pub fn folded(label: &str) -> String {
    label.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_lowercase()).collect()
}

impl Contacts {
    /// Takes a link in under its label.
    pub fn link(&mut self, label: &str, address: &str) {
        let address = address.trim();
        let is_plain = !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_graphic());
        if is_plain && address.len() <= LONGEST && self.links.len() < MOST_LINKS {
            self.links.push((one_line(label, WORD), address.to_string()));
        }
    }

    /// Takes one name in.
    pub fn person(&mut self, name: &str) {
        let name = one_line(name.trim().trim_matches('"'), WORD);
        let is_known = self.people.iter().any(|known| known.eq_ignore_ascii_case(&name));
        if !name.is_empty() && !name.eq_ignore_ascii_case("unknown") && !is_known && self.people.len() < MOST_PEOPLE {
            self.people.push(name);
        }
    }

    /// Takes a list of mail addresses in, by the names that stand before them. One without a name is taken as it is where nobody is named
    /// yet: else it most likely is that of somebody who is.
    pub fn people(&mut self, addresses: &str) {
        for one in addresses.split(',').take(MOST_PEOPLE) {
            match one.split_once('<') {
                Some((name, _)) if !name.trim().is_empty() => self.person(name),
                Some((_, address)) => self.address(address.trim_end().trim_end_matches('>')),
                // A comma within a name in quotes leaves a half without an address.
                None if one.contains('@') => self.address(one),
                None => {}
            }
        }
    }

    fn address(&mut self, address: &str) {
        if self.people.iter().all(|known| known.contains('@')) {
            self.person(address);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::metadata::{Contacts, CoreMetadata};

    #[test]
    fn a_release_says_where_it_is_from_and_by_whom() {
        let text = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nHome-page: https://demo.example/\n\
                    Project-URL: Source Code, https://github.com/demo/demo\nDownload-URL: https://demo.example/get\n\
                    Author: Ada Lovelace\nAuthor-email: Ada Lovelace <ada@demo.example>, bob@demo.example\n\
                    Maintainer: UNKNOWN\nMaintainer-email: \"Carol\" <carol@demo.example>, <dan@demo.example>\n\n";
        let contacts = CoreMetadata::parse(text.as_bytes()).unwrap().about.contacts.unwrap();
        let links: Vec<String> = contacts.links.iter().map(|(label, address)| format!("{label} {address}")).collect();
        assert_eq!(
            links,
            [
                "Homepage https://demo.example/",
                "Source Code https://github.com/demo/demo",
                "Download https://demo.example/get"
            ]
        );
        assert_eq!(contacts.people, ["Ada Lovelace", "Carol"]);
    }

    #[test]
    fn an_address_stands_for_somebody_where_nobody_is_named() {
        let mut contacts = Contacts::default();
        contacts.people("ada@demo.example, <bob@demo.example>");
        assert_eq!(contacts.people, ["ada@demo.example", "bob@demo.example"]);
    }

    #[test]
    fn what_is_too_much_or_acts_on_a_terminal_is_not_kept() {
        let many = "Project-URL: Home, https://demo.example/\nAuthor: a\n".repeat(1000);
        let text = format!(
            "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nAuthor: \u{1b}[31mred\nHome-page: https://a b/\n\
             Project-URL: Home, https://demo.example/{}\n{many}",
            "x".repeat(600)
        );
        let contacts = CoreMetadata::parse(text.as_bytes()).unwrap().about.contacts.unwrap();
        assert_eq!((contacts.links.len(), contacts.people), (40, vec!["[31mred".to_string(), "a".to_string()]));
    }
}
