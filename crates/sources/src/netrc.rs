//! The netrc file: logins by host (the format of `ftp`, as curl, pip and uv read it).
//!
//! Finding and reading the file is the caller's.

use crate::credentials::Credentials;

/// The most entries that are kept.
const ENTRIES: usize = 10_000;

/// What a netrc file says.
#[derive(Clone, Debug, Default)]
pub struct Netrc {
    machines: Vec<(String, Credentials)>,
    default: Option<Credentials>,
}

impl Netrc {
    /// Reads the text of a netrc file. What is not understood is skipped: the file belongs to other programs too.
    pub fn parse(text: &str) -> Self {
        let mut netrc = Self::default();
        let mut entry: Option<Entry> = None;
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if line.trim_start().starts_with('#') {
                continue;
            }
            let mut words = Words(line);
            while let Some(word) = words.next() {
                match word.as_str() {
                    "machine" => {
                        netrc.keep(entry.take());
                        entry = words.next().map(|host| Entry { host: Some(host), ..Entry::default() });
                    }
                    "default" => {
                        netrc.keep(entry.take());
                        entry = Some(Entry::default());
                    }
                    // A macro lasts until an empty line.
                    "macdef" => {
                        lines.by_ref().take_while(|line| !line.trim().is_empty()).for_each(drop);
                        break;
                    }
                    "login" | "user" => set(entry.as_mut().map(|entry| &mut entry.login), words.next()),
                    "password" => set(entry.as_mut().map(|entry| &mut entry.password), words.next()),
                    "account" => drop(words.next()),
                    _ => {}
                }
            }
        }
        netrc.keep(entry);
        netrc
    }

    /// The login for `host`, from its own entry.
    pub fn machine(&self, host: &str) -> Option<&Credentials> {
        self.machines.iter().find(|(name, _)| name.eq_ignore_ascii_case(host)).map(|(_, credentials)| credentials)
    }

    /// The login for every other host.
    pub fn fallback(&self) -> Option<&Credentials> {
        self.default.as_ref()
    }

    fn keep(&mut self, entry: Option<Entry>) {
        let Some(Entry { host, login, password }) = entry else { return };
        if login.is_none() && password.is_none() {
            return;
        }
        let credentials = Credentials::new(login.unwrap_or_default(), password);
        match host {
            Some(host) if self.machines.len() < ENTRIES => self.machines.push((host, credentials)),
            Some(_) => {}
            None => self.default = self.default.take().or(Some(credentials)),
        }
    }
}

#[derive(Default)]
struct Entry {
    host: Option<String>,
    login: Option<String>,
    password: Option<String>,
}

fn set(place: Option<&mut Option<String>>, word: Option<String>) {
    if let (Some(place), Some(word)) = (place, word) {
        *place = Some(word);
    }
}

/// The words of a line: separated by white space, quoted with `"` where they hold some, up to a lone `#`.
struct Words<'a>(&'a str);

impl Words<'_> {
    fn next(&mut self) -> Option<String> {
        let rest = self.0.trim_start();
        // A password may begin with `#`, so only one that stands alone begins a comment within a line.
        if rest.is_empty() || rest.starts_with("# ") || rest == "#" {
            self.0 = "";
            return None;
        }
        let mut word = String::new();
        let mut chars = rest.char_indices().peekable();
        let quoted = chars.next_if(|(_, c)| *c == '"').is_some();
        let mut end = rest.len();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' if quoted => {
                    end = at + 1;
                    break;
                }
                c if !quoted && c.is_whitespace() => {
                    end = at;
                    break;
                }
                '\\' => word.extend(chars.next().map(|(_, c)| c)),
                c => word.push(c),
            }
        }
        self.0 = rest.get(end..).unwrap_or_default();
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_read_by_host_with_a_default_and_macros_skipped() {
        let netrc = Netrc::parse(
            "#machine a.example login no password no\nmachine index.example login me password s3cret#1\n\
             macdef init\nmachine not.a.machine login no password no\n\n\
             machine other.example\n  login you\n  account x\n  password \"with space \\\" quote\"\n\
             default login anonymous password guest\n",
        );
        assert_eq!(netrc.machine("INDEX.example"), Some(&Credentials::new("me", Some("s3cret#1".into()))));
        assert_eq!(netrc.machine("other.example"), Some(&Credentials::new("you", Some("with space \" quote".into()))));
        assert_eq!(netrc.machine("not.a.machine"), None);
        assert_eq!(netrc.fallback(), Some(&Credentials::new("anonymous", Some("guest".into()))));
    }

    #[test]
    fn broken_netrc_files_are_read_as_far_as_they_go() {
        for text in
            ["", "machine", "login x password y", "machine a login", "default", "\"", "machine \"a", "\\", "macdef x"]
        {
            let netrc = Netrc::parse(text);
            assert!(netrc.machine("a").is_none() && netrc.fallback().is_none(), "{text}");
        }
    }
}
