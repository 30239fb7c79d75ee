//! Settings as rows of text: what `thoth config show` prints.

use std::fmt::Display;

use clap::ValueEnum;
use operations::request::Walk;
use packaging::{Origin, project::FormatControl};

use crate::settings::{IndexRole, Output, Selected, Setting, Settings, Store, Upgrade, word};

/// One setting as shown; credentials are masked.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Row {
    /// The word of the setting, as in `thoth.toml`.
    pub key: &'static str,
    /// Its value.
    pub value: String,
    /// Who said it; empty where several did.
    pub origin: String,
}

/// Every setting in effect, in the order in which the help tells of them. A list gives a row each; an empty one gives none.
pub fn rows(settings: &Settings) -> Vec<Row> {
    let mut rows = Rows(Vec::new());
    rows.each("requirements", &settings.requirements);
    rows.each("constraints", &settings.constraints);
    rows.each("override", &settings.overrides);
    rows.selected("extra", "all-extras", &settings.extras);
    rows.selected("group", "all-groups", &settings.groups);
    sources(&mut rows, settings);
    if let Some(chosen) = &settings.environments.chosen {
        rows.add("runtime-environment", &chosen.name, &chosen.origin);
    }
    let environment = &settings.environment;
    rows.each("python", &environment.python);
    rows.each("python-version", &environment.python_version);
    rows.each("python-platform", &environment.platform);
    rows.each("implementation", &environment.implementation);
    decision(&mut rows, settings);
    match &settings.output.value {
        Output::Unsaid => {}
        Output::Stdout => rows.add("output", "-", &settings.output.origin),
        Output::File(path) => rows.add("output", path.display(), &settings.output.origin),
    }
    settings.lock_format.iter().for_each(|format| rows.choice("lock-format", format));
    rows.choice("format", &settings.format);
    if let Some(walk @ Setting { value: Some(said), .. }) = &settings.walk {
        let Walk { predictor, seed, limit, beam_width, latest_versions, .. } = said;
        rows.add("predictor", predictor, &walk.origin);
        let numbers = [("seed", *seed), ("limit", *limit)];
        numbers.into_iter().for_each(|(key, number)| rows.add(key, number, &walk.origin));
        rows.add("beam-width", beam_width, &walk.origin);
        rows.add("limit-latest-versions", latest_versions, &walk.origin);
    }
    settings.image_root.iter().for_each(|place| rows.add("image-root", place.value.display(), &place.origin));
    settings.pipeline.iter().for_each(|file| rows.add("pipeline", file.value.display(), &file.origin));
    settings.plot.iter().for_each(|file| rows.add("plot", file.value.display(), &file.origin));
    settings.save_problem.iter().for_each(|file| rows.add("save-problem", file.value.display(), &file.origin));
    rows.each("exit-zero", [&settings.exit_zero]);
    rows.each("alternatives", [&settings.alternatives]);
    rows.each("count", &settings.count);
    rows.each("offline", [&settings.offline]);
    match &settings.store.value {
        Store::Folder(folder) => rows.add("cache-dir", folder.display(), &settings.store.origin),
        Store::Temporary => rows.add("no-cache", true, &settings.store.origin),
    }
    rows.add("http-timeout", settings.http_timeout.value.as_secs_f64(), &settings.http_timeout.origin);
    rows.choice("color", &settings.color);
    rows.add("no-progress", !settings.progress.value, &settings.progress.origin);
    rows.0
}

fn sources(rows: &mut Rows, settings: &Settings) {
    for index in &settings.indexes {
        let key = match index.role {
            IndexRole::Default => "index-url",
            IndexRole::Extra => "extra-index-url",
            IndexRole::Named { .. } => "index",
            IndexRole::FindLinks => "find-links",
        };
        let explicit = if index.role == (IndexRole::Named { explicit: true }) { " (explicit)" } else { "" };
        let name = index.name.as_ref().map(|name| format!("{name}=")).unwrap_or_default();
        rows.add(key, format!("{name}{}{explicit}", index.url), &index.origin);
    }
    rows.each("no-index", [&settings.no_index]);
    for (package, index) in &settings.pins {
        rows.add("index-pin", format!("{package}={}", index.value), &index.origin);
    }
    rows.choice("index-strategy", &settings.index_strategy);
    rows.each("trusted-host", &settings.trusted_hosts);
    rows.choice("keyring-provider", &settings.keyring);
    settings.cert.iter().for_each(|cert| rows.add("cert", cert.value.display(), &cert.origin));
    rows.each("advisories", &settings.advisories);
    rows.each("prescriptions", &settings.prescriptions);
    rows.each("health", &settings.health);
    if settings.no_experience.value {
        rows.add("no-experience", true, &settings.no_experience.origin);
    }
    rows.choice("scan", &settings.scan);
    rows.each("refresh", [&settings.refresh]);
}

fn decision(rows: &mut Rows, settings: &Settings) {
    rows.choice("recommendation-type", &settings.recommendation);
    for ignore in &settings.ignores {
        let reason = ignore.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        let until = ignore.until.map(|until| format!(" until {until}")).unwrap_or_default();
        rows.add("ignore", format!("{}{until}{reason}", ignore.id), &ignore.origin);
    }
    for (name, value) in &settings.labels {
        rows.add("label", format!("{name}={}", value.value), &value.origin);
    }
    if let Some(limit) = &settings.exclude_newer {
        rows.add("exclude-newer", format!("{} ({})", limit.value.before, limit.value.written), &limit.origin);
    }
    rows.choice("prerelease", &settings.prerelease);
    rows.choice("resolution", &settings.resolution);
    settings.timeout.iter().for_each(|limit| rows.add("timeout", limit.value.as_secs_f64(), &limit.origin));
    rows.each("memory-limit", &settings.memory_limit);
    rows.formats("only-binary", &settings.only_binary);
    rows.formats("no-binary", &settings.no_binary);
    match &settings.upgrade {
        Upgrade::Keep => {}
        Upgrade::All(origin) => rows.add("upgrade", true, origin),
        Upgrade::Packages(packages) => rows.each("upgrade-package", packages),
    }
}

struct Rows(Vec<Row>);

impl Rows {
    fn add(&mut self, key: &'static str, value: impl Display, origin: &Origin) {
        self.0.push(Row { key, value: value.to_string(), origin: origin.to_string() });
    }

    fn each<'a, T: Display + 'a>(&mut self, key: &'static str, settings: impl IntoIterator<Item = &'a Setting<T>>) {
        for setting in settings {
            self.add(key, &setting.value, &setting.origin);
        }
    }

    fn choice<T: ValueEnum>(&mut self, key: &'static str, setting: &Setting<T>) {
        self.add(key, word(&setting.value), &setting.origin);
    }

    fn selected<T: Display>(&mut self, some: &'static str, all: &'static str, selected: &Selected<T>) {
        match selected {
            Selected::All(origin) => self.add(all, true, origin),
            Selected::Named(names) => self.each(some, names),
        }
    }

    fn formats(&mut self, key: &'static str, control: &FormatControl) {
        let all = control.all.then(|| ":all:".to_owned());
        for word in all.into_iter().chain(control.packages.iter().map(ToString::to_string)) {
            self.0.push(Row { key, value: word, origin: String::new() });
        }
    }
}
