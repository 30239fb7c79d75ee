//! Flags as a level of the configuration.

use clap::ValueEnum;
use packaging::Origin;

use super::{
    keys::Key,
    layer::{Item, Layer},
};
use crate::{
    args::{
        Cli, Command, CommonArgs, ConfigCommand, DbCommand, EnvironmentArgs, FormatArgs, InquiryArgs, LimitArgs,
        PipelineCommand, QuestionArgs, ResolveArgs, SourceArgs, WalkArgs, WhatArgs,
    },
    prescription::PrescriptionCommand,
    settings::word,
};

/// What the flags of a command line say.
pub(crate) fn layer(cli: &Cli) -> Layer {
    let mut said = Said(Layer::default());
    said.common(&cli.common);
    match &cli.command {
        Command::Advise(args) => said.resolve(args),
        Command::Config(config) => match &config.command {
            Some(ConfigCommand::Show(args)) => said.resolve(args),
            None => said.format(&config.discover.format),
        },
        Command::Check(args) => said.format(&args.format),
        Command::Environments(format) => said.format(format),
        Command::Add(args) => said.format(&args.place.format),
        Command::Remove(args) => said.format(&args.place.format),
        Command::List(args) | Command::Show(args) => {
            said.what(&args.what);
            said.text(Key::RuntimeEnvironment, args.runtime_environment.as_ref());
            said.text(Key::Output, args.look.output.as_ref());
            said.format(&args.look.format);
        }
        Command::Pipeline(PipelineCommand::Show(args)) => {
            said.question(&args.question);
            said.text(Key::Output, args.output.as_ref());
        }
        Command::Tree(args) => said.inquiry(&args.inquiry),
        Command::Why(args) => said.inquiry(&args.inquiry),
        Command::WhyNot(args) => said.inquiry(&args.inquiry),
        Command::Monkey(args) => {
            said.question(&args.question);
            said.choice(Key::LockFormat, args.stacks.lock_format.as_ref());
            said.path(Key::Plot, args.trials.plot.as_deref());
            said.format(&args.stacks.format);
        }
        Command::Scan(args) => {
            said.sources(&args.sources);
            said.environment(&args.environment);
            said.switch(Key::ExitZero, args.exit_zero, false);
        }
        Command::Health(args) => {
            said.sources(&args.sources);
            said.environment(&args.environment);
            said.text(Key::ExcludeNewer, args.exclude_newer.as_ref());
            said.format(&args.format);
        }
        Command::Db(DbCommand::Status(format)) => said.format(format),
        Command::Db(DbCommand::Update(args)) => {
            said.list(Key::Advisories, &args.advisories);
            said.switch(Key::Refresh, args.refresh, false);
            said.format(&args.format);
        }
        Command::Replay(args) => {
            said.text(Key::Output, args.output.as_ref());
            said.limits(&args.limits);
            said.path(Key::Pipeline, args.pipeline.as_deref());
            said.walk(&args.walk);
            said.format(&args.format);
        }
        Command::Prescription(PrescriptionCommand::Check(args)) => said.format(&args.format),
        Command::Prescription(PrescriptionCommand::Match(args)) => {
            said.list(Key::Prescriptions, &args.prescriptions);
            said.environment(&args.environment);
            said.choice(Key::RecommendationType, args.recommendation_type.as_ref());
            said.list(Key::Label, &args.label);
            said.path(Key::ImageRoot, args.image_root.as_deref());
            said.format(&args.format);
        }
        Command::Feedback(args) => {
            said.environment(&args.environment);
            said.format(&args.format);
        }
        Command::Prescription(PrescriptionCommand::New(_)) | Command::Note(_) => {}
        Command::Db(DbCommand::Path | DbCommand::Clear) => {}
    }
    said.0
}

/// The layer under construction; the origin of a value is the flag's long form.
struct Said(Layer);

impl Said {
    fn common(&mut self, args: &CommonArgs) {
        self.count(Key::Quiet, args.quiet);
        self.count(Key::Verbose, args.verbose);
        self.choice(Key::Color, args.color.as_ref());
        self.switch(Key::NoColor, args.no_color, false);
        self.switch(Key::NoProgress, args.no_progress, false);
        self.switch(Key::Offline, args.offline, args.no_offline);
        self.path(Key::CacheDir, args.cache_dir.as_deref());
        self.switch(Key::NoCache, args.no_cache, false);
        self.text(Key::HttpTimeout, args.http_timeout.as_ref());
        self.path(Key::Cert, args.cert.as_deref());
    }

    fn resolve(&mut self, args: &ResolveArgs) {
        self.question(&args.question);
        self.choice(Key::Scan, args.scan.as_ref());
        let output = &args.output;
        self.text(Key::Output, output.output.as_ref());
        self.choice(Key::LockFormat, output.lock_format.as_ref());
        self.format(&output.format);
        self.text(Key::Alternatives, output.alternatives.as_ref());
        self.walk(&output.walk);
        self.path(Key::SaveProblem, output.save_problem.as_deref());
        self.switch(Key::ExitZero, output.exit_zero, output.no_exit_zero);
    }

    fn walk(&mut self, args: &WalkArgs) {
        self.text(Key::Predictor, args.predictor.as_ref());
        self.text(Key::Seed, args.seed.as_ref());
        self.text(Key::Limit, args.limit.as_ref());
        self.text(Key::Count, args.count.as_ref());
        self.text(Key::BeamWidth, args.beam_width.as_ref());
        self.text(Key::LimitLatestVersions, args.limit_latest_versions.as_ref());
        self.list(Key::Combination, &args.combination);
        self.switch(Key::KeepPolicy, args.keep_policy, false);
        self.path(Key::Plot, args.plot.as_deref());
    }

    fn inquiry(&mut self, args: &InquiryArgs) {
        self.question(&args.question);
        self.text(Key::Output, args.look.output.as_ref());
        self.format(&args.look.format);
    }

    fn question(&mut self, args: &QuestionArgs) {
        let QuestionArgs { what, sources, environment, decision } = args;
        self.what(what);
        self.sources(sources);
        self.environment(environment);
        self.choice(Key::RecommendationType, decision.recommendation_type.as_ref());
        self.limits(&decision.limits);
        self.path(Key::Pipeline, decision.pipeline.as_deref());
        self.list(Key::Ignore, &decision.ignore);
        self.list(Key::Label, &decision.label);
        self.path(Key::ImageRoot, decision.image_root.as_deref());
        self.text(Key::ExcludeNewer, decision.exclude_newer.as_ref());
        self.choice(Key::Prerelease, decision.prerelease.as_ref());
        self.switch(Key::Pre, decision.pre, false);
        self.choice(Key::Resolution, decision.resolution.as_ref());
        self.list(Key::OnlyBinary, &decision.only_binary);
        self.list(Key::NoBinary, &decision.no_binary);
        self.switch(Key::Upgrade, decision.upgrade, decision.no_upgrade);
        self.list(Key::UpgradePackage, &decision.upgrade_package);
    }

    fn what(&mut self, what: &WhatArgs) {
        self.list(Key::Requirements, what.files.iter().chain(&what.requirements));
        self.list(Key::Constraints, &what.constraints);
        self.list(Key::Override, &what.overrides);
        self.list(Key::Extra, &what.extra);
        self.switch(Key::AllExtras, what.all_extras, !what.extra.is_empty());
        self.list(Key::Group, &what.group);
        self.switch(Key::AllGroups, what.all_groups, !what.group.is_empty());
    }

    fn environment(&mut self, args: &EnvironmentArgs) {
        self.text(Key::RuntimeEnvironment, args.runtime_environment.as_ref());
        self.text(Key::Python, args.python.as_ref());
        self.text(Key::PythonVersion, args.python_version.as_ref());
        self.text(Key::PythonPlatform, args.python_platform.as_ref());
        self.text(Key::Implementation, args.implementation.as_ref());
    }

    fn sources(&mut self, args: &SourceArgs) {
        self.text(Key::IndexUrl, args.index_url.as_ref());
        self.list(Key::ExtraIndexUrl, &args.extra_index_url);
        self.list(Key::Index, &args.index);
        self.list(Key::IndexPin, &args.index_pin);
        self.choice(Key::IndexStrategy, args.index_strategy.as_ref());
        self.list(Key::FindLinks, &args.find_links);
        self.switch(Key::NoIndex, args.no_index, false);
        self.choice(Key::KeyringProvider, args.keyring_provider.as_ref());
        self.list(Key::TrustedHost, &args.trusted_host);
        self.list(Key::Advisories, &args.advisories);
        self.list(Key::Prescriptions, &args.prescriptions);
        self.list(Key::Health, &args.health);
        self.switch(Key::NoExperience, args.no_experience, args.experience);
        self.switch(Key::Refresh, args.refresh, args.no_refresh);
    }

    fn limits(&mut self, args: &LimitArgs) {
        self.text(Key::Timeout, args.timeout.as_ref());
        self.text(Key::MemoryLimit, args.memory_limit.as_ref());
    }

    fn format(&mut self, args: &FormatArgs) {
        self.choice(Key::Format, args.format.as_ref());
    }

    fn text(&mut self, key: Key, text: Option<&String>) {
        if let Some(text) = text {
            self.0.add(key, Item::text(text, origin(key)));
        }
    }

    fn path(&mut self, key: Key, path: Option<&std::path::Path>) {
        self.text(key, path.map(|path| path.to_string_lossy().into_owned()).as_ref());
    }

    fn list<'a>(&mut self, key: Key, texts: impl IntoIterator<Item = &'a String>) {
        for text in texts {
            self.0.add(key, Item::text(text, origin(key)));
        }
    }

    fn choice<T: ValueEnum>(&mut self, key: Key, choice: Option<&T>) {
        self.text(key, choice.map(word).as_ref());
    }

    fn switch(&mut self, key: Key, yes: bool, no: bool) {
        if yes || no {
            let said = if yes { "true" } else { "false" };
            self.0.add(key, Item::text(said, origin(key)));
        }
    }

    fn count(&mut self, key: Key, times: u8) {
        if times > 0 {
            self.0.add(key, Item::text(times.to_string(), origin(key)));
        }
    }
}

fn origin(key: Key) -> Origin {
    Origin::file(format!("--{}", key.word()))
}
