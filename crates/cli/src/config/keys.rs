//! The words of the configuration: one table that flags, variables and files share.

/// A setting as it is named in a file, a variable and (with dashes before it) a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Advisories,
    AllExtras,
    AllGroups,
    Alternatives,
    BeamWidth,
    CacheDir,
    Cert,
    Color,
    Combination,
    Constraints,
    Count,
    Environments,
    ExcludeNewer,
    ExitZero,
    Extra,
    ExtraIndexUrl,
    FindLinks,
    Format,
    Group,
    Health,
    HttpTimeout,
    Ignore,
    ImageRoot,
    Implementation,
    Index,
    IndexPin,
    IndexStrategy,
    IndexUrl,
    KeepPolicy,
    KeyringProvider,
    Label,
    Limit,
    LimitLatestVersions,
    LockFormat,
    MemoryLimit,
    NoBinary,
    NoCache,
    NoColor,
    NoExperience,
    NoIndex,
    NoProgress,
    Offline,
    OnlyBinary,
    Output,
    OverlaysDir,
    Override,
    Pipeline,
    Plot,
    Pre,
    Predictor,
    Prerelease,
    Prescriptions,
    Python,
    PythonPlatform,
    PythonVersion,
    Quiet,
    RecommendationType,
    Refresh,
    Requirements,
    Resolution,
    RuntimeEnvironment,
    SaveProblem,
    Scan,
    Seed,
    Timeout,
    TrustedHost,
    Upgrade,
    UpgradePackage,
    Verbose,
}

/// What a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Yes or no.
    Flag,
    /// One text.
    Text,
    /// One path, relative to the file that says it.
    Path,
    /// A number that is not negative; a text of one will do.
    Number,
    /// Names; commas and spaces separate.
    Names,
    /// Files, folders and URLs; spaces separate, in variables only.
    Places,
    /// `[[index]]` tables, or texts `NAME=URL`.
    Indexes,
    /// Ids, or tables with `id`, `reason` and `until`.
    Ignores,
    /// A table `package = "index"`, or texts `PACKAGE=NAME`.
    Pins,
    /// A table `name = "value"`, or texts `NAME=VALUE`; semicolons separate.
    Labels,
    /// `[[environments]]` tables, each as JSON.
    Environments,
}

/// Every key, its word and what it takes, in the order of the words.
pub(crate) const KEYS: &[(Key, &str, Kind)] = &[
    (Key::Advisories, "advisories", Kind::Places),
    (Key::AllExtras, "all-extras", Kind::Flag),
    (Key::AllGroups, "all-groups", Kind::Flag),
    (Key::Alternatives, "alternatives", Kind::Number),
    (Key::BeamWidth, "beam-width", Kind::Number),
    (Key::CacheDir, "cache-dir", Kind::Path),
    (Key::Cert, "cert", Kind::Path),
    (Key::Color, "color", Kind::Text),
    (Key::Combination, "combination", Kind::Names),
    (Key::Constraints, "constraints", Kind::Places),
    (Key::Count, "count", Kind::Number),
    (Key::Environments, "environments", Kind::Environments),
    (Key::ExcludeNewer, "exclude-newer", Kind::Text),
    (Key::ExitZero, "exit-zero", Kind::Flag),
    (Key::Extra, "extra", Kind::Names),
    (Key::ExtraIndexUrl, "extra-index-url", Kind::Places),
    (Key::FindLinks, "find-links", Kind::Places),
    (Key::Format, "format", Kind::Text),
    (Key::Group, "group", Kind::Names),
    (Key::Health, "health", Kind::Places),
    (Key::HttpTimeout, "http-timeout", Kind::Number),
    (Key::Ignore, "ignore", Kind::Ignores),
    (Key::ImageRoot, "image-root", Kind::Path),
    (Key::Implementation, "implementation", Kind::Text),
    (Key::Index, "index", Kind::Indexes),
    (Key::IndexPin, "index-pin", Kind::Pins),
    (Key::IndexStrategy, "index-strategy", Kind::Text),
    (Key::IndexUrl, "index-url", Kind::Text),
    (Key::KeepPolicy, "keep-policy", Kind::Flag),
    (Key::KeyringProvider, "keyring-provider", Kind::Text),
    (Key::Label, "label", Kind::Labels),
    (Key::Limit, "limit", Kind::Number),
    (Key::LimitLatestVersions, "limit-latest-versions", Kind::Number),
    (Key::LockFormat, "lock-format", Kind::Text),
    (Key::MemoryLimit, "memory-limit", Kind::Text),
    (Key::NoBinary, "no-binary", Kind::Names),
    (Key::NoCache, "no-cache", Kind::Flag),
    (Key::NoColor, "no-color", Kind::Flag),
    (Key::NoExperience, "no-experience", Kind::Flag),
    (Key::NoIndex, "no-index", Kind::Flag),
    (Key::NoProgress, "no-progress", Kind::Flag),
    (Key::Offline, "offline", Kind::Flag),
    (Key::OnlyBinary, "only-binary", Kind::Names),
    (Key::Output, "output", Kind::Path),
    (Key::OverlaysDir, "overlays-dir", Kind::Text),
    (Key::Override, "override", Kind::Places),
    (Key::Pipeline, "pipeline", Kind::Path),
    (Key::Plot, "plot", Kind::Path),
    (Key::Pre, "pre", Kind::Flag),
    (Key::Predictor, "predictor", Kind::Text),
    (Key::Prerelease, "prerelease", Kind::Text),
    (Key::Prescriptions, "prescriptions", Kind::Places),
    (Key::Python, "python", Kind::Text),
    (Key::PythonPlatform, "python-platform", Kind::Text),
    (Key::PythonVersion, "python-version", Kind::Text),
    (Key::Quiet, "quiet", Kind::Number),
    (Key::RecommendationType, "recommendation-type", Kind::Text),
    (Key::Refresh, "refresh", Kind::Flag),
    (Key::Requirements, "requirements", Kind::Places),
    (Key::Resolution, "resolution", Kind::Text),
    (Key::RuntimeEnvironment, "runtime-environment", Kind::Text),
    (Key::SaveProblem, "save-problem", Kind::Path),
    (Key::Scan, "scan", Kind::Text),
    (Key::Seed, "seed", Kind::Number),
    (Key::Timeout, "timeout", Kind::Number),
    (Key::TrustedHost, "trusted-host", Kind::Names),
    (Key::Upgrade, "upgrade", Kind::Flag),
    (Key::UpgradePackage, "upgrade-package", Kind::Names),
    (Key::Verbose, "verbose", Kind::Number),
];

/// Other words for the same, as pip and uv have them.
const ALIASES: [(&str, Key); 13] = [
    ("allow-insecure-host", Key::TrustedHost),
    ("constraint", Key::Constraints),
    ("default-index", Key::IndexUrl),
    ("extras", Key::Extra),
    ("groups", Key::Group),
    ("ignore-vuln", Key::Ignore),
    ("index-pins", Key::IndexPin),
    ("labels", Key::Label),
    ("no-cache-dir", Key::NoCache),
    ("output-file", Key::Output),
    ("output-format", Key::Format),
    ("overrides", Key::Override),
    ("requirement", Key::Requirements),
];

impl Key {
    /// The key a word names.
    pub(crate) fn named(word: &str) -> Option<Self> {
        let main = KEYS.iter().find(|(_, known, _)| *known == word).map(|(key, ..)| *key);
        main.or_else(|| ALIASES.iter().find(|(known, _)| *known == word).map(|(_, key)| *key))
    }

    /// Its word.
    pub(crate) fn word(self) -> &'static str {
        KEYS.iter().find(|(key, ..)| *key == self).map_or("", |(_, word, _)| word)
    }

    /// What it takes.
    pub(crate) fn kind(self) -> Kind {
        KEYS.iter().find(|(key, ..)| *key == self).map_or(Kind::Text, |(.., kind)| *kind)
    }
}

/// The known word most like `word`, when one is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: String = word.chars().take(64).map(|letter| if letter == '_' { '-' } else { letter }).collect();
    let limit = (word.chars().count() / 3).max(1);
    let ranked = known.into_iter().map(|candidate| (distance(&word, candidate), candidate));
    ranked.filter(|(distance, _)| *distance <= limit).min().map(|(_, candidate)| candidate)
}

/// The words [`nearest`] chooses from for a top-level key.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|(_, word, _)| *word).chain(ALIASES.iter().map(|(word, _)| *word))
}

/// How many letters must be inserted, removed or replaced (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, letter) in from.chars().enumerate() {
        let mut next = vec![above + 1];
        for ((other, diagonal), up) in to.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or_default();
            next.push((diagonal + usize::from(*other != letter)).min(up + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_one_word_and_finds_itself() {
        assert!(KEYS.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1), "sorted and distinct");
        assert!(KEYS.iter().all(|(key, word, _)| Key::named(word) == Some(*key)));
        assert!(ALIASES.iter().all(|(word, key)| Key::named(word) == Some(*key)));
    }

    #[test]
    fn a_misspelt_key_finds_its_neighbour() {
        for (word, meant) in
            [("index_url", "index-url"), ("exlude-newer", "exclude-newer"), ("find-link", "find-links")]
        {
            assert_eq!(nearest(word, words()), Some(meant));
        }
        assert_eq!(nearest("something-else", words()), None);
    }
}
