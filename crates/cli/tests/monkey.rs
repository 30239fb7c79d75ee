//! `thoth monkey` as a shell sees it.

mod stage;

#[cfg(unix)]
use std::process::{Child, Stdio};
use std::{collections::BTreeSet, fs, path::Path, process::Command};

use scenarios::Scenario;
use serde_json::Value;

use crate::stage::{Ended, Stage, pins};

/// A template engine whose releases need releases of another package.
const STORY: &str = r#"
    story = "Stacks of two packages are drawn and tried."
    [project]
    requires = ["pages"]
    [packages.pages]
    "1.0" = { requires = ["safe<2"] }
    "1.1" = { requires = ["safe"] }
    "2.0" = { requires = ["safe>=2"] }
    [packages.safe]
    "1.0" = {}
    "1.1" = {}
    "2.0" = {}
    "2.1" = {}
    [expect]
    stack = { pages = "2.0", safe = "2.1" }
"#;

fn stage() -> Stage {
    Stage::set(&Scenario::parse(Path::new("monkey.toml"), STORY).expect("the story parses"))
}

/// Runs `thoth monkey` for the environment of the story.
fn monkey(stage: &Stage, more: &[&str]) -> Ended {
    let mut told = stage.written.arguments.iter().map(String::as_str).skip(1);
    let mut arguments = vec!["monkey"];
    while let Some(word) = told.next() {
        // Where `advise` writes its lock is nothing to `monkey`.
        if word == "-o" {
            told.next();
        } else {
            arguments.push(word);
        }
    }
    stage.thoth(&[&arguments, more].concat())
}

/// The same for the environment of this machine's Python; `None`, and said so, where there is none that can be used.
fn tried(stage: &Stage, more: &[&str]) -> Option<Command> {
    let path = std::env::var_os("PATH")?;
    let has = |module: &str| {
        let asked = Command::new("python3").args(["-m", module, "--help"]).output();
        asked.is_ok_and(|answer| answer.status.success())
    };
    if !has("venv") || !has("pip") {
        #[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
        {
            eprintln!("SKIPPED: there is no python3 with venv and pip to try stacks with");
        }
        return None;
    }
    let mut told = stage.written.arguments.iter().map(String::as_str).skip(1);
    let mut arguments = vec!["monkey"];
    while let Some(word) = told.next() {
        match word {
            "-o" | "--python-version" | "--python-platform" | "--implementation" => drop(told.next()),
            _ => arguments.push(word),
        }
    }
    let mut command = stage.command(&[&arguments, more].concat());
    command.env("PATH", path);
    Some(command)
}

/// The stacks of a JSON answer, each as `pages` and `safe`.
fn stacks(ended: &Ended) -> Vec<(String, String)> {
    let answer: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|why| panic!("{why}: {ended:?}"));
    let stacks = answer["stacks"].as_array().expect("stacks");
    let version = |stack: &Value, name: &str| stack["releases"][name].as_str().unwrap_or("-").to_string();
    stacks.iter().map(|stack| (version(stack, "pages"), version(stack, "safe"))).collect()
}

#[test]
fn all_stacks_are_drawn_the_best_first() {
    let stage = stage();
    let drawn = monkey(&stage, &["--format", "json", "--count", "20"]);
    let stacks = stacks(&drawn);
    assert_eq!(drawn.exit, Some(0));
    assert_eq!(stacks.len(), 2 + 4 + 2, "{stacks:?}");
    assert_eq!(stacks.iter().collect::<BTreeSet<_>>().len(), 8, "each once");
    assert_eq!(stacks[0], ("2.0".to_string(), "2.1".to_string()));
    let told = monkey(&stage, &["--count", "3"]);
    insta::assert_snapshot!(told.stdout, @r"
    3 stacks (`all`), drawn from 7 releases of 2 packages.

      stack  pages  safe
      best   2.0    2.1
      1      2.0    2.1
      2      2.0    2.0
      3      1.1    2.1
    ");
}

#[test]
fn prescriptions_for_the_monkey_alone_bear_on_what_is_drawn_and_not_on_what_is_best() {
    let stage = stage();
    let unit = |name: &str, version: &str, decision: &str| {
        format!(
            "  - {{name: {name}, type: sieve, should_include: {{dependency_monkey_pipeline: true, decision_types: [{decision}]}}, \
             match: {{package_version: {{name: safe, version: '{version}'}}}}}}\n"
        )
    };
    let text = format!("units:\n  sieves:\n{}{}", unit("NotNow", "==2.1", "all"), unit("NotAtAll", "<3", "random"));
    fs::write(stage.project().join("units.yaml"), text).expect("a file");
    let drawn = monkey(&stage, &["--format", "json", "--count", "20", "--prescriptions", "units.yaml"]);
    assert_eq!(drawn.exit, Some(0), "{drawn:?}");
    let stacks = stacks(&drawn);
    assert_eq!(stacks.len(), 1 + 3 + 2, "{stacks:?}");
    assert!(stacks.iter().all(|(_, safe)| safe != "2.1"), "{stacks:?}");
    let answer: Value = serde_json::from_str(&drawn.stdout).expect("JSON");
    assert_eq!(answer["best"]["safe"], "2.1", "what `advise` would lock");
    let combined = monkey(&stage, &["--combine", "pages", "--prescriptions", "units.yaml", "--format", "json"]);
    assert_eq!(combined.exit, Some(0), "decision types are those of the run: {combined:?}");
}

#[test]
fn each_stack_is_written_as_a_lock_in_a_folder_of_its_own() {
    let stage = stage();
    let told = monkey(&stage, &["--decision", "learn", "--count", "3", "-o", "stacks"]);
    assert_eq!(told.exit, Some(0), "{told:?}");
    assert!(told.stdout.ends_with("Written to stacks/1 to stacks/3, each as requirements.txt.\n"), "{}", told.stdout);
    for number in 1..=3 {
        let lock = stage.project().join("stacks").join(number.to_string()).join("requirements.txt");
        let text = fs::read_to_string(lock).expect("the lock is there");
        assert_eq!(pins(packaging::lock::Format::Requirements, &text, stage.server.universe()).len(), 2);
        assert!(text.contains("--hash=sha256:"), "{text}");
    }
    monkey(&stage, &["--lock-format", "pylock", "--count", "1", "-o", "stacks"]);
    assert!(stage.project().join("stacks").join("4").join("pylock.toml").is_file(), "after those that are there");
}

#[test]
fn named_packages_are_combined_and_the_seed_decides_what_is_drawn_at_random() {
    let stage = stage();
    let combined = stacks(&monkey(&stage, &["--combine", "pages", "--format", "json"]));
    assert_eq!(combined, [("2.0", "2.1"), ("1.1", "2.1"), ("1.0", "1.1")].map(|(one, two)| (one.into(), two.into())));
    let random = |seed: u64| {
        let told = ["--decision", "random", "--count", "4", "--format", "json", "--seed"];
        stacks(&monkey(&stage, &[&told[..], &[&seed.to_string()]].concat()))
    };
    assert_eq!(random(1), random(1));
    assert!((2..9).any(|seed| random(seed) != random(1)));
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let stage = stage();
    for (arguments, why) in [
        (&["--decision", "combinations"][..], "--combine PACKAGE"),
        (&["--decision", "all", "--combine", "safe"], "not for `all`"),
        (&["--combine", "numpy"], "no stack of this project has `numpy`"),
        (&["--count", "0"], "--count: 0 is not"),
        (&["--limit-latest-versions", "65"], "from 1 to 64"),
    ] {
        let ended = monkey(&stage, arguments);
        assert!(ended.exit == Some(2) && ended.stderr.contains(why), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn each_stack_is_tried_and_what_happened_is_kept() {
    let stage = stage();
    let script = "import pages, safe; print('{\"name\": \"speed\", \"rate\": 2.5}'); assert pages.__version__ != '2.0', 'pages 2.0'";
    fs::write(stage.project().join("check.py"), script).expect("the script is written");
    // What is of the project has no say in how things get installed.
    for module in ["venv.py", "pip.py"] {
        fs::write(stage.project().join(module), "raise SystemExit(9)").expect("written");
    }
    let arguments = "--combine pages --jobs 2 --format json --plot map.svg --write-prescriptions rules.yaml --exec";
    let arguments: Vec<&str> = arguments.split(' ').chain(["python check.py"]).collect();
    let Some(mut command) = tried(&stage, &arguments) else { return };
    let ended = Ended::of(command.output().expect("the binary was built"));
    assert_eq!(ended.exit, Some(1), "one fails: {ended:?}");
    let answer: Value = serde_json::from_str(&ended.stdout).expect("JSON");
    let of = |version: &str| {
        let stacks = answer["stacks"].as_array().expect("stacks");
        stacks.iter().find(|stack| stack["releases"]["pages"] == version).expect("the stack").clone()
    };
    let good = of("1.1");
    assert_eq!(
        (&good["attempt"]["outcome"], &good["attempt"]["figures"][0]["rate"]),
        (&"ok".into(), &2.5.into()),
        "{answer:#}"
    );
    let bad = of("2.0");
    assert_eq!((&bad["attempt"]["cause"], &bad["attempt"]["stage"]), (&"exit 1".into(), &"test".into()));
    assert!(bad["attempt"]["output"].as_str().is_some_and(|output| output.contains("AssertionError: pages 2.0")));
    assert_eq!(answer["learned"]["releases"]["pages"]["1.1"]["passed"], 1, "{answer:#}");
    assert_eq!(answer["learned"]["blame"][0]["releases"]["pages"], "2.0");
    let folder = stage.project().join(".thoth").join("monkey").join(bad["number"].to_string());
    let lock = fs::read_to_string(folder.join("requirements.txt")).expect("the lock is there");
    assert!(lock.contains("#    thoth monkey --decision combinations --combine pages"), "{lock}");
    assert!(fs::read_to_string(folder.join("output.txt")).is_ok_and(|text| text.contains("pages 2.0")));
    let kept = stage.thoth(&["feedback", "--export", "-"]);
    assert_eq!(kept.stdout.lines().filter(|line| line.contains(r#""source":"monkey""#)).count(), 3, "{kept:?}");
    let map = fs::read_to_string(stage.project().join("map.svg")).expect("the map is drawn");
    assert!(map.contains("python check.py: 2 of 3 stacks passed"), "{map}");
    honoured(&stage, "rules.yaml");
}

/// What trials taught is right as a prescription, and counts where it is told of.
fn honoured(stage: &Stage, rules: &str) {
    let checked = stage.thoth(&["prescription", "check", rules]);
    assert_eq!(checked.exit, Some(0), "{checked:?}");
    let pages = |more: &[&str]| {
        // What was observed is not to count here as well.
        let advised = stage.advise(&[&["--upgrade", "--no-cache"], more].concat());
        assert_eq!(advised.exit, Some(0), "{advised:?}");
        stage.pins().get(&"pages".parse().expect("a name")).map(ToString::to_string)
    };
    assert_eq!(pages(&[]).as_deref(), Some("2.0"));
    let text = fs::read_to_string(stage.project().join(rules)).expect("the rules are written");
    let here = text.contains("==3.11.*");
    assert!(here || text.contains("python_version: \"==3."), "it is for the Python it was seen with: {text}");
    if here {
        assert_eq!(pages(&["--prescriptions", rules]).as_deref(), Some("1.1"), "{text}");
    }
}

#[test]
#[cfg(unix)]
fn ctrl_c_ends_what_is_tried_and_leaves_nothing_half_written() {
    ended_by("-INT");
}

#[test]
#[cfg(unix)]
fn a_service_that_is_told_to_stop_stops_what_it_tries() {
    ended_by("-TERM");
}

#[test]
#[cfg(unix)]
fn a_bisection_that_is_interrupted_tells_what_was_tried() {
    let stage = Stage::set(&Scenario::parse(Path::new("chain.toml"), CHAIN).expect("the story parses"));
    write_lock(&stage, "good.txt", &[("app", "1.0"), ("lib", "1.0")]);
    write_lock(&stage, "bad.txt", &[("app", "2.0"), ("lib", "2.0")]);
    let script = "python -c \"import app; assert app.__version__ != '1.0'\" || exit 0; touch started; sleep 100000";
    let Some(command) = tried(&stage, &["--bisect", "--good", "good.txt", "--bad", "bad.txt", "--exec", script]) else {
        return;
    };
    let child = started(&stage, command);
    let ended = signalled("-INT", child);
    assert_eq!(ended.exit, Some(130), "{ended:?}");
    let told = ended.stdout.contains("none (good.txt)  passed") && !ended.stdout.contains("all 2");
    assert!(told && ended.stdout.contains("It is not known yet what is to blame.\nNot all was tried: "), "{ended:?}");
}

/// Starts a run whose command makes a file, and waits for that.
#[cfg(unix)]
fn started(stage: &Stage, mut command: Command) -> Child {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("the binary was built");
    while !stage.project().join("started").exists() {
        assert!(child.try_wait().expect("the child can be asked").is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    child
}

/// What becomes of a run that gets a signal.
#[cfg(unix)]
fn signalled(signal: &str, child: Child) -> Ended {
    let signalled = Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(signalled.is_ok_and(|status| status.success()));
    Ended::of(child.wait_with_output().expect("it ends"))
}

/// Tries a command without end, and ends the run by a signal.
#[cfg(unix)]
fn ended_by(signal: &str) {
    let stage = stage();
    let pipe = stage.project().join("alive");
    assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success()));
    let script = "touch started; sleep 100000 > alive & sleep 100000";
    let Some(command) = tried(&stage, &["--count", "2", "--exec", script, "-o", "stacks"]) else { return };
    let child = started(&stage, command);
    // Opened by both, or by neither.
    let mut alive = fs::File::open(&pipe).expect("the pipe is there");
    let ended = signalled(signal, child);
    assert_eq!(ended.exit, Some(130), "{ended:?}");
    assert!(ended.stdout.contains("0 stacks tried") && ended.stdout.contains("not tried"), "{ended:?}");
    assert_eq!(fs::read_dir(stage.project().join("stacks")).expect("the folder").count(), 0, "nothing half-written");
    let left = fs::read_dir(stage.folder.path()).expect("the stage");
    let left =
        left.filter_map(Result::ok).filter(|entry| entry.file_name().to_string_lossy().starts_with("thoth-monkey"));
    assert_eq!(left.count(), 0, "and no environment is left");
    let mut nothing = Vec::new();
    // It ends when nobody holds the other end any more.
    std::io::Read::read_to_end(&mut alive, &mut nothing).expect("the pipe can be read");
}

/// A lock of these releases, written to a file of the project.
fn write_lock(stage: &Stage, file: &str, releases: &[(&str, &str)]) {
    let universe = stage.server.universe();
    let line = |(name, version): &(&str, &str)| {
        let file = universe.files().find(|file| file.filename.starts_with(&format!("{name}-{version}-")));
        format!("{name}=={version} --hash=sha256:{}\n", file.expect("the file is there").sha256)
    };
    fs::write(stage.project().join(file), releases.iter().map(line).collect::<String>()).expect("the lock is written");
}

#[test]
fn what_is_no_fault_of_a_stack_ends_the_run_and_is_no_observation() {
    let stage = stage();
    let refused = |more: &[&str], why: &str| {
        let Some(mut command) = tried(&stage, &[&["--count", "1", "--exec", "true"], more].concat()) else { return };
        let ended = Ended::of(command.output().expect("the binary was built"));
        assert!(ended.exit == Some(2) && ended.stderr.contains(why), "{more:?}: {ended:?}");
    };
    refused(&["--memory-each", "1MB"], "not even Python starts with that");
    refused(&["--timeout-each", "0.001"], "make a virtual environment to try stacks in: timeout");
    refused(&["--offline"], "this run is offline");
    assert_eq!(stage.thoth(&["feedback", "--export", "-"]).stdout, "");
}

#[test]
fn what_has_to_be_built_is_tried_only_where_that_is_allowed() {
    let story = r#"
        story = "The newest release has no wheel."
        [project]
        requires = ["pages"]
        [packages.pages]
        "1.0" = {}
        "2.0" = { wheels = [], sdist = "static" }
        [expect]
        stack = { pages = "2.0" }
    "#;
    let stage = Stage::set(&Scenario::parse(Path::new("sdist.toml"), story).expect("the story parses"));
    let exec = |more: &[&str]| {
        let mut command = tried(&stage, &[&["--exec", "true", "--format", "json"], more].concat())?;
        let ended = Ended::of(command.output().expect("the binary was built"));
        let told: Value = serde_json::from_str(&ended.stdout).unwrap_or_else(|why| panic!("{why}: {ended:?}"));
        Some((ended.exit, told))
    };
    let Some((exit, told)) = exec(&[]) else { return };
    assert_eq!((exit, told["stacks"].as_array().map(Vec::len)), (Some(0), Some(1)), "{told:#}");
    assert_eq!(told["stacks"][0]["releases"]["pages"], "1.0");
    // There is nothing on this index to build it with.
    let Some((exit, told)) = exec(&["--allow-builds", "--count", "1"]) else { return };
    let attempt = &told["stacks"][0]["attempt"];
    assert_eq!(
        (exit, &attempt["stage"], &attempt["outcome"]),
        (Some(1), &"install".into(), &"failed".into()),
        "{told:#}"
    );
    let kept = stage.thoth(&["feedback", "--export", "-"]).stdout;
    assert!(kept.contains(r#"{"stack":{"pages":"2.0"},"stage":"install","outcome":"failed""#), "{kept}");
}

/// Three packages, of which one needs another.
const CHAIN: &str = r#"
    story = "One of many changes breaks what worked."
    [project]
    requires = ["app"]
    [packages.app]
    "1.0" = { requires = ["lib"] }
    "1.1" = { requires = ["lib"] }
    "1.2" = { requires = ["lib", "stranger"] }
    "1.3" = { requires = ["lib"] }
    "1.4" = { requires = ["lib"], yanked = true }
    "2.0rc1" = { requires = ["lib"] }
    "2.0" = { requires = ["lib>=2"] }
    [packages.stranger]
    "1.0" = {}
    [packages.lib]
    "1.0" = { yanked = true }
    "2.0" = {}
    [packages.other]
    "1.0" = {}
    [expect]
    stack = { app = "2.0", lib = "2.0" }
"#;

#[test]
fn the_release_that_breaks_is_found_between_two_locks() {
    let stage = Stage::set(&Scenario::parse(Path::new("chain.toml"), CHAIN).expect("the story parses"));
    write_lock(&stage, "good.txt", &[("app", "1.0"), ("lib", "1.0"), ("other", "1.0")]);
    write_lock(&stage, "bad.txt", &[("app", "2.0"), ("lib", "2.0"), ("other", "1.0")]);
    let command = "python -c \"import app; assert app.__version__ < '1.2'\"";
    let bisect =
        ["--bisect", "--good", "good.txt", "--bad", "bad.txt", "--write-prescriptions", "r.yaml", "--exec", command];
    let Some(mut thoth) = tried(&stage, &bisect) else { return };
    let told = Ended::of(thoth.output().expect("the binary was built"));
    assert_eq!(told.exit, Some(0), "{told:?}");
    let blamed = "To blame: app 1.0 → 2.0.\n  It comes with lib 1.0 → 2.0: there is no stack without that.\n";
    assert!(told.stdout.contains(blamed) && told.stdout.contains("none (good.txt)"), "{}", told.stdout);
    // What neither lock has was not there, so nobody knows of 1.2.
    let begins = "  app 1.1 works and 1.3 fails; 1.2 between them is unclear.\n";
    assert!(told.stdout.contains(begins) && told.stdout.contains("app 1.0 → 1.3"), "{}", told.stdout);
    let rules = fs::read_to_string(stage.project().join("r.yaml")).expect("the rules are written");
    assert!(
        rules.contains("\">=1.3,<=2.0\"") && rules.contains("fails with app 1.3 to 2.0 together with lib 2.0"),
        "{rules}"
    );
}

#[test]
fn what_cannot_be_bisected_is_refused() {
    let stage = Stage::set(&Scenario::parse(Path::new("chain.toml"), CHAIN).expect("the story parses"));
    write_lock(&stage, "good.txt", &[("app", "1.0")]);
    fs::write(stage.project().join("gone.txt"), "app==3.0 --hash=sha256:".to_string() + &"0".repeat(64))
        .expect("written");
    for (bad, why) in [
        ("good.txt", "have the same releases"),
        ("gone.txt", "app 3.0, which a lock has, cannot be had for this environment: its index does not have it"),
        ("none.txt", "none.txt"),
    ] {
        let arguments = ["--bisect", "--good", "good.txt", "--bad", bad, "--exec", "true"];
        let ended = monkey(&stage, &arguments);
        assert!(ended.exit == Some(2) && ended.stderr.contains(why), "{bad}: {ended:?}");
    }
    assert_eq!(monkey(&stage, &["--bisect", "--good", "good.txt"]).exit, Some(2));
}
