//! The command that makes the same lock again, for the header of a requirements lock.
//!
//! What variables and files say is there the next time too, so only flags are repeated; where indexes are is left out, as other
//! tools do, since it is often nobody else's business.

use std::fmt::Display;

use clap::ValueEnum;
use operations::request::Walk;
use packaging::{lock::scrubbed, project::FormatControl};

use crate::args::WhereArgs;
use crate::settings::{LockFormat, Output, Selected, Setting, Settings, word};

/// The command line as a POSIX shell reads it, without credentials.
pub(crate) fn again(settings: &Settings) -> String {
    again_as("advise", settings)
}

/// The same for another verb, with flags of its own.
pub(crate) fn again_as(verb: &str, settings: &Settings) -> String {
    let mut words = Words(vec!["thoth".to_string(), verb.to_string()]);
    settings.requirements.iter().for_each(|file| words.add("-r", &file.value));
    settings.constraints.iter().for_each(|file| words.add("-c", &file.value));
    settings.overrides.iter().for_each(|file| words.add("--override", &file.value));
    words.selected("--extra", "--all-extras", &settings.extras);
    words.selected("--group", "--all-groups", &settings.groups);
    words.choice("--index-strategy", &settings.index_strategy);
    words.each("--advisories", &settings.advisories);
    words.each("--prescriptions", &settings.prescriptions);
    words.each("--health", &settings.health);
    if settings.no_experience.value && by_flag(&settings.no_experience.origin.file) {
        words.0.push("--no-experience".to_string());
    }
    words.choice("--scan", &settings.scan);
    let environment = &settings.environment;
    if let Some(chosen) = settings.environments.chosen.as_ref().filter(|_| settings.environments.read.entries.len() > 1)
    {
        words.add("-e", &chosen.name);
    }
    words.each("--python", &environment.python);
    words.each("--python-version", &environment.python_version);
    words.each("--python-platform", &environment.platform);
    words.each("--implementation", &environment.implementation);
    words.choice("-t", &settings.recommendation);
    settings
        .ignores
        .iter()
        .filter(|ignore| by_flag(&ignore.origin.file))
        .for_each(|one| words.add("--ignore", &one.id));
    settings
        .labels
        .iter()
        .filter(|(_, value)| by_flag(&value.origin.file))
        .for_each(|(name, value)| words.add("--label", format!("{name}={}", value.value)));
    if let Some(newer) = settings.exclude_newer.as_ref().filter(|newer| by_flag(&newer.origin.file)) {
        words.add("--exclude-newer", &newer.value.written);
    }
    if let Some(place) = settings.image_root.as_ref().filter(|place| by_flag(&place.origin.file)) {
        words.add("--image-root", place.value.display());
    }
    if let Some(file) = settings.pipeline.as_ref().filter(|file| by_flag(&file.origin.file)) {
        words.add("--pipeline", file.value.display());
    }
    words.choice("--prerelease", &settings.prerelease);
    words.choice("--resolution", &settings.resolution);
    words.formats("--only-binary", &settings.only_binary);
    words.formats("--no-binary", &settings.no_binary);
    let by_flag = settings.walk.as_ref().filter(|walk| by_flag(&walk.origin.file));
    if let Some(walk) = by_flag.and_then(|walk| walk.value.as_ref()) {
        let usual = Walk::new(walk.predictor);
        words.add("--predictor", walk.predictor);
        let numbers = [
            ("--seed", walk.seed, usual.seed),
            ("--limit", walk.limit, usual.limit),
            ("--beam-width", walk.beam_width as u64, usual.beam_width as u64),
            ("--limit-latest-versions", walk.latest_versions as u64, usual.latest_versions as u64),
        ];
        numbers.iter().filter(|(_, said, usual)| said != usual).for_each(|(flag, said, _)| words.add(flag, said));
        walk.combinations.iter().for_each(|package| words.add("--combination", package));
    }
    if let Output::File(path) = &settings.output.value {
        words.add("-o", path.display());
    }
    // The name of the output may have told the format instead.
    if let Some(format) = settings.lock_format.as_ref().filter(|format| format.origin.file == "--lock-format") {
        words.choice::<LockFormat>("--lock-format", format);
    }
    words.0.join(" ")
}

/// The command that locks what was changed at a place.
pub(crate) fn locking(place: &WhereArgs) -> String {
    let mut words = Words(vec!["thoth".to_string(), "advise".to_string()]);
    let group = place.dev.then(|| "dev".to_string()).or_else(|| place.group.clone());
    for (flag, value) in
        [("-r", &place.requirements), ("-e", &place.environment), ("--group", &group), ("--extra", &place.extra)]
    {
        value.iter().for_each(|value| words.add(flag, value));
    }
    words.0.join(" ")
}

fn by_flag(origin: &str) -> bool {
    origin.starts_with("--")
}

struct Words(Vec<String>);

impl Words {
    fn add(&mut self, flag: &str, value: impl Display) {
        self.0.push(flag.to_string());
        self.0.push(quoted(&scrubbed(&value.to_string())));
    }

    /// Those that flags say.
    fn each<'a, T: Display + 'a>(&mut self, flag: &str, settings: impl IntoIterator<Item = &'a Setting<T>>) {
        let said = settings.into_iter().filter(|setting| by_flag(&setting.origin.file));
        said.for_each(|setting| self.add(flag, &setting.value));
    }

    fn choice<T: ValueEnum>(&mut self, flag: &str, setting: &Setting<T>) {
        if by_flag(&setting.origin.file) {
            self.add(flag, word(&setting.value));
        }
    }

    fn selected<T: Display>(&mut self, some: &str, all: &str, selected: &Selected<T>) {
        match selected {
            Selected::All(origin) if by_flag(&origin.file) => self.0.push(all.to_string()),
            Selected::All(_) => {}
            Selected::Named(names) => self.each(some, names),
        }
    }

    /// Who said these is not known any more; to say them again changes nothing.
    fn formats(&mut self, flag: &str, control: &FormatControl) {
        if control.all {
            self.add(flag, ":all:");
        }
        control.packages.iter().for_each(|package| self.add(flag, package));
    }
}

/// A word as a POSIX shell reads it; in single quotes where it would not be one word as it is.
fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=,@%+".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::world;

    fn again_of(flags: &str) -> String {
        again(&world().settle(flags))
    }

    #[test]
    fn a_command_without_flags_stays_short() {
        assert_eq!(again_of(""), "thoth advise");
    }

    #[test]
    fn flags_are_repeated_as_they_were_written() {
        let flags = "-r in.txt -c limits.txt --extra web --group dev --index-strategy unsafe-best-match --advisories osv --no-experience \
            --python-version 3.12 --python-platform linux --implementation cpython -t security --ignore CVE-2024-1 --label team=core \
            --exclude-newer 7d --prerelease allow --resolution lowest --only-binary :all: --no-binary numpy \
            -o locked.txt --lock-format requirements";
        let flags: Vec<&str> = flags.split_whitespace().collect();
        assert_eq!(again_of(&flags.join(" ")), format!("thoth advise {}", flags.join(" ")));
    }

    #[test]
    fn what_variables_and_files_say_is_not_repeated() {
        let world = world().file("thoth.toml", "recommendation-type = 'security'\nextra = ['web']\nall-groups = true");
        assert_eq!(again(&world.settle("--all-extras")), "thoth advise --all-extras");
    }

    #[test]
    fn a_command_tells_no_password() {
        let told =
            again_of("-r https://ada:s3cret@files.example/in.txt --advisories https://ada:s3cret@feed.example/all.zip");
        assert!(told.contains("files.example/in.txt") && told.contains("feed.example/all.zip"), "{told}");
        assert!(!told.contains("s3cret") && !told.contains("ada"), "{told}");
    }

    #[test]
    fn a_shell_reads_every_word_as_it_was() {
        for (word, read) in [
            ("a.txt", "a.txt"),
            ("my app.txt", "'my app.txt'"),
            ("it's", r"'it'\''s'"),
            ("$HOME", "'$HOME'"),
            ("~/a", "'~/a'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(word), read);
        }
    }
}
