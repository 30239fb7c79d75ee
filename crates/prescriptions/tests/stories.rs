//! Prescriptions as they are written, what is read of them, and when they apply.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::collections::{BTreeMap, BTreeSet};

use packaging::{
    Version,
    environment::{Fact, Host, OperatingSystem},
};
use prescriptions::{
    Act, Builder, Candidate, Circumstances, Collection, Key, LibraryUsage, Pipeline, Score, Stop, Unit, Wanted, WhyNot,
    kept::{from_rows, to_bytes},
    lint::lint,
};
use proptest::prelude::*;

fn read(text: &str) -> Collection {
    let mut builder = Builder::new();
    builder.source("here").add("a.yaml", text.as_bytes());
    builder.finish()
}

/// A unit as it is read back after it was kept.
fn kept(unit: &Unit) -> Vec<Unit> {
    from_rows([to_bytes(&[unit]).as_slice()].into_iter(), Wanted::ALL).unwrap()
}

/// The problems as a user sees them.
fn wrong(text: &str) -> Vec<String> {
    read(text).problems.iter().map(ToString::to_string).collect()
}

/// A file with one step; `more` are further lines of it, `condition` is in `should_include`.
fn step(condition: &str, matched: &str, run: &str) -> String {
    format!(
        "units:\n  steps:\n  - name: A\n    type: step\n    should_include: {{adviser_pipeline: true{condition}}}\n    \
         match: {matched}\n    run: {run}\n"
    )
}

fn conditioned(condition: &str) -> Unit {
    let text = step(condition, "{package_version: {name: flask}}", "{score: -0.1}");
    let collection = read(&text);
    assert_eq!(collection.problems, [], "{text}");
    collection.units.into_iter().next().unwrap()
}

fn runtime(condition: &str) -> Unit {
    conditioned(&format!(", runtime_environments: {{{condition}}}"))
}

/// A machine of which everything is known.
fn host() -> Host {
    let version = |text: &str| Fact::Present(text.parse().unwrap());
    Host {
        operating_system: Fact::Present(OperatingSystem { name: "fedora".into(), version: Some("35".into()) }),
        cpu_family: Fact::Present(6),
        cpu_model: Fact::Present(94),
        cpu_flags: Fact::Present(["avx2", "avx512f"].map(String::from).into()),
        gpu_model: Fact::Absent,
        cuda: version("11.2"),
        cudnn: Fact::Absent,
        base_image: Fact::Present("registry.example:5000/base:v1.2".into()),
        ..Host::default()
    }
}

/// A run, as far as conditions ask about it.
struct Here {
    system: Option<Fact<OperatingSystem>>,
    pipeline: Pipeline<'static>,
    labels: BTreeMap<String, String>,
    library_usage: Option<LibraryUsage>,
    host: Host,
}

fn judged(unit: &Unit, change: impl FnOnce(&mut Here)) -> Result<(), WhyNot> {
    let pipeline = Pipeline::Advise("stable");
    let mut here = Here { system: None, pipeline, labels: BTreeMap::new(), library_usage: None, host: host() };
    change(&mut here);
    unit.when.applies(&Circumstances {
        pipeline: here.pipeline,
        authenticated: false,
        labels: &here.labels,
        library_usage: here.library_usage.as_ref(),
        python: &"3.11.7".parse::<Version>().unwrap(),
        platform: "linux-x86_64",
        system: here.system.as_ref().unwrap_or(&here.host.operating_system),
        host: &here.host,
        image: None,
    })
}

fn met(unit: &Unit) -> bool {
    judged(unit, |_| ()).is_ok()
}

#[test]
fn every_part_of_a_step_is_read() {
    let collection = read(&step(
        "",
        "{package_version: {name: Flask_X, version: '<2', index_url: {not: 'https://a.example/'}}, \
         state: {resolved_dependencies: [{name: jinja2}], package_version_from: [{name: app}]}}",
        "{score: -0.125, justification: [{type: WARNING, message: slow, link: why}], multi_package_resolution: true}",
    ));
    assert_eq!(collection.problems, []);
    let unit = &collection.units[0];
    assert_eq!((unit.name.as_str(), unit.place.to_string().as_str()), ("local.A", "a.yaml:3"));
    let Act::Step { effect, state, again: true, .. } = &unit.act else { panic!("{unit:?}") };
    assert_eq!((effect.score, state.with.len(), state.from.len()), (Some(Score(-125)), 1, 1));
    let told = "scores -0.125 for flask-x<2 not from https://a.example/ with jinja2 and app";
    assert_eq!(unit.act.to_string(), told);
    assert_eq!(kept(unit), std::slice::from_ref(unit));
}

#[test]
fn a_list_of_matches_is_several_units_of_one_name() {
    let collection = read(&step("", "[{package_version: {name: a}}, {package_version: {name: b}}]", "{score: 0.1}"));
    let names: Vec<&str> = collection.units.iter().map(|unit| unit.name.as_str()).collect();
    assert_eq!(names, ["local.A", "local.A"]);
    assert_eq!(collection.counts.values().sum::<usize>(), 1);
}

#[test]
fn what_is_wrong_is_told_with_line_and_remedy() {
    assert_eq!(
        wrong(&step("", "{package_version: {name: a, verison: '<1'}}", "{score: -0.1}")),
        [
            "a.yaml:6: `A`: unknown key `verison`: did you mean `version`? (known here: name, version, index_url, develop)"
        ]
    );
    for (text, what) in [
        (
            step("", "{package_version: {name: a, version: 1.10}}", "{score: 0.1}"),
            "`version` must be a text: write it in quotes, and it is the number `1.1`",
        ),
        (step("", "{package_version: {name: 'a b'}}", "{score: 0.1}"), "not the name of a package"),
        (step("", "{package_version: {name: a}}", "{score: 0.0001}"), "at most three decimals"),
        (step("", "{package_version: {name: a}}", "{score: .inf}"), "finite"),
        (step("", "{package_version: {name: a}}", "{score: high}"), "a number between"),
        (step("", "{package_version: {name: a}}", "{not_acceptable: x, eager_stop_pipeline: y}"), "exclude each other"),
        (step(", times: 2", "{package_version: {name: a}}", "{score: 0.1}"), "must be 0"),
        (step(", recommendation_types: [fastest]", "{package_version: {name: a}}", "{score: 0.1}"), "is none of latest"),
        ("units: {steps: [{name: A, type: sieve, should_include: {}}]}".to_string(), "belongs into the list `sieves`"),
        ("units: {steps: [{name: A, type: leap, should_include: {}}]}".to_string(), "is none of step, step.SkipPackage"),
        ("units: {steps: [{name: A, type: step}]}".to_string(), "needs the key `should_include`"),
        ("units: {jumps: []}".to_string(), "unknown key `jumps`"),
        ("units: []".to_string(), "must be a map, and it is a list"),
        ("metadata: {}".to_string(), "no `units`"),
        ("".to_string(), "must be a map"),
        (
            "units: {steps: [{name: A, type: step.Group, should_include: {}, match: {group: [{package_version: {name: a}}]}, run: {score: 0.1}}]}"
                .to_string(),
            "two members or more",
        ),
    ] {
        let problems = wrong(&text);
        assert!(problems.iter().any(|problem| problem.contains(what)), "{what}: {problems:?}");
        assert!(read(&text).units.is_empty(), "{text}");
    }
}

#[test]
fn a_bad_unit_takes_itself_away_and_nothing_else() {
    let mut text = step("", "{package_version: {name: a}}", "{score: 0.1}");
    text.push_str("  - name: B\n    type: step\n    should_include: 1\n  - 7\n");
    let mut builder = Builder::new();
    builder.add("good.yaml", text.as_bytes()).add("bad.yaml", b"units: [\n").add("raw.yaml", b"\xff\xfe");
    let collection = builder.finish();
    assert_eq!(collection.units.len(), 1);
    let places: Vec<String> = collection.problems.iter().map(|problem| problem.place.to_string()).collect();
    assert!(places.contains(&"good.yaml:10".to_string()) && places.contains(&"good.yaml:11".to_string()), "{places:?}");
    assert!(places.iter().any(|place| place.starts_with("bad.yaml:")), "{places:?}");
    assert!(places.contains(&"raw.yaml:1".to_string()), "{places:?}");
}

#[test]
fn a_name_that_comes_twice_counts_once_in_its_namespace() {
    let text = step("", "{package_version: {name: a}}", "{score: 0.1}");
    let mut builder = Builder::new();
    builder.source("one").add("x/_prescription_metadata.yaml", b"prescription: {name: ours, release: '1'}");
    builder.add("x/deep/a.yaml", text.as_bytes()).add("x/b.yaml", text.as_bytes()).add("c.yaml", text.as_bytes());
    builder.source("two").add("x/a.yaml", text.as_bytes());
    let collection = builder.finish();
    let names: Vec<&str> = collection.units.iter().map(|unit| unit.name.as_str()).collect();
    assert_eq!(names, ["local.A", "ours.A"]);
    assert_eq!(collection.errors, 2, "{:?}", collection.problems);
    assert!(collection.problems[0].what.contains("already, at x/b.yaml:3"), "{:?}", collection.problems);
}

#[test]
fn of_two_sources_with_one_name_the_first_one_counts_and_both_are_told() {
    let file = |package: &str| step("", &format!("{{package_version: {{name: {package}}}}}"), "{score: 0.1}");
    let read = |sources: [&str; 2]| {
        let mut builder = Builder::new();
        for source in sources {
            builder.source(source).add("a.yaml", file(source).as_bytes());
        }
        builder.finish()
    };
    for (sources, told) in [(["zebra", "ant"], "scores +0.1 for zebra"), (["ant", "zebra"], "scores +0.1 for ant")] {
        let collection = read(sources);
        let acts: Vec<String> = collection.units.iter().map(|unit| unit.act.to_string()).collect();
        assert_eq!(acts, [told]);
        let problem = &collection.problems[0];
        assert_eq!(problem.source, sources[1]);
        let what = format!("there is a unit of this name in `steps` already, at a.yaml:3 of {}", sources[0]);
        assert_eq!(problem.what, what);
    }
    assert_eq!(read(["zebra", "ant"]).id, read(["ant", "zebra"]).id);
}

#[test]
fn a_list_that_is_none_takes_only_itself_away() {
    let text = step("", "{package_version: {name: a}}", "{score: 0.1}") + "  boots:\n";
    let collection = read(&text);
    assert_eq!((collection.units.len(), collection.errors), (1, 1));
    assert_eq!(collection.problems[0].to_string(), "a.yaml:8: `boots` must be a list, and it is nothing (`null`)");
}

#[test]
fn the_line_of_a_unit_is_that_of_its_own_name() {
    let text = "\
units:
  sieves:
  - name: first
    type: sieve
    should_include: {adviser_pipeline: true}
    match: {package_version: {name: flask}}
  - type: sieve
    should_include: {adviser_pipeline: true}
    match:
      package_version:
        name: flask
    name: flask
  - {type: sieve, name: flow, should_include: {}, match: {package_version: {name: a}}}
";
    let lines: Vec<Option<u32>> = read(text).units.iter().map(|unit| unit.place.line).collect();
    assert_eq!(lines, [Some(3), Some(12), Some(13)]);
}

#[test]
fn what_repeats_without_end_is_refused_and_what_is_wrong_everywhere_is_told_at_once() {
    let matches: Vec<String> = (0..3_000).map(|number| format!("{{package_version: {{name: p{number}}}}}")).collect();
    let labels: Vec<String> = (0..3_000).map(|number| format!("l{number}: v")).collect();
    let text =
        step(&format!(", labels: {{{}}}", labels.join(", ")), &format!("[{}]", matches.join(", ")), "{score: 0.1}");
    let collection = read(&text);
    assert!(collection.units.is_empty());
    assert!(collection.problems[0].what.contains("make several units of it"), "{:?}", collection.problems);
    assert_eq!(read(&step("", &format!("[{}]", matches.join(", ")), "{score: 0.1}")).units.len(), 3_000);

    let mut text = "units:\n  steps:\n".to_string();
    for number in 0..4_000 {
        text.push_str(&format!("  - name: A{number}\n    type: stop\n    should_include: {{}}\n    match: {{}}\n"));
    }
    let collection = read(&text);
    assert_eq!(collection.errors, 4_000);
    assert_eq!(collection.problems[0].place.line, Some(4), "the line of what is wrong");
    let last = collection.problems.last().unwrap();
    assert_eq!(last.place.line, Some(3 + 4 * 3_999), "or of the unit, when the file was read again often enough");
}

#[test]
fn a_location_is_an_expression_of_its_own() {
    let location = |text: &str| {
        wrong(&step(
            &format!(", runtime_environments: {{python_packages: [{{name: a, location: '{text}'}}]}}"),
            "{package_version: {name: a}}",
            "{score: 0.1}",
        ))
    };
    assert_eq!(location("^/opt/.*"), [""; 0]);
    for text in ["a)|(b", "[", "(a{1000}){1000}"] {
        assert!(location(text)[0].ends_with("is not a regular expression, or too large a one"), "{text}");
    }
}

#[test]
fn what_a_decision_over_whole_stacks_cannot_honour_is_told() {
    let flask = "package_version: {name: flask}";
    let state = "state: {resolved_dependencies: [{name: jinja2}]}";
    let file = |kind: &str, matched: &str, run: &str| {
        step("", &format!("{{{matched}}}"), run).replace("type: step", &format!("type: {kind}"))
    };
    for (kind, matched, run, why) in [
        ("step", flask, "{eager_stop_pipeline: x}", "a proof looks at every stack"),
        ("step", "package_version: {name: flask, develop: false}", "{score: 0.1}", "for development only"),
        (
            "step",
            "package_version: {name: a, develop: true}",
            "{justification: [{type: INFO, message: x}]}",
            "for development only",
        ),
        ("step", &format!("package_version: {{version: '<1'}}, {state}"), "{score: 0.1}", "together with others"),
        ("step.SkipPackage", &format!("{flask}, {state}"), "{}", "not for what else is in the stack"),
        ("step.SkipPackage", "package_version: {name: flask, version: '<1'}", "{}", "not some of its releases"),
        ("step.SkipPackage", "package_version: {version: '<1'}", "{}", "any package"),
        ("step.AddPackage", &format!("{flask}, {state}"), "{package_version: {name: a}}", "not for what else"),
    ] {
        let collection = read(&file(kind, matched, run));
        assert_eq!(collection.problems, [], "{kind} {matched}");
        let told: Vec<String> = lint(&collection).into_iter().map(|problem| problem.what).collect();
        assert!(told.iter().any(|what| what.starts_with("it is not used: ") && what.contains(why)), "{why}: {told:?}");
    }
    for (kind, matched, run) in [
        ("step", "package_version: {index_url: 'https://a.example'}", "{score: 0.1}"),
        ("step", "package_version: {name: a, develop: false}", "{justification: [{type: INFO, message: x}]}"),
        ("step.SkipPackage", flask, "{}"),
        ("step.AddPackage", flask, "{package_version: {name: a}}"),
    ] {
        assert_eq!(lint(&read(&file(kind, matched, run))), [], "{kind} {matched}");
    }
}

#[test]
fn a_unit_that_waits_for_itself_is_told() {
    let needs = |name: &str, other: &str| {
        format!(
            "  - name: {name}\n    type: step\n    should_include: {{adviser_pipeline: true, dependencies: {{steps: [{other}]}}}}\n    match: {{package_version: {{name: a}}}}\n    run: {{score: 0.1}}\n"
        )
    };
    let told = lint(&read(&format!("units:\n  steps:\n{}{}", needs("A", "B"), needs("B", "A"))));
    assert!(!told.is_empty() && told.iter().all(|one| one.what.ends_with("or cannot take part itself")), "{told:?}");
}

#[test]
fn the_identity_is_of_what_the_files_say() {
    let (one, two) = (step("", "{package_version: {name: a}}", "{score: 0.1}"), "units: {}".to_string());
    let id = |files: &[(&str, &String)]| {
        let mut builder = Builder::new();
        for (name, text) in files {
            builder.add(name, text.as_bytes());
        }
        builder.finish().id
    };
    assert_eq!(id(&[("a.yaml", &one), ("b.yaml", &two)]), id(&[("x/b.yaml", &two), ("x/a.yaml", &one)]));
    assert_ne!(id(&[("a.yaml", &one)]), id(&[("a.yaml", &one), ("b.yaml", &two)]));
}

#[test]
fn a_unit_takes_part_where_it_is_meant_to() {
    assert!(met(&conditioned("")));
    assert_eq!(judged(&conditioned(", times: 0"), |_| ()), Err(WhyNot::Off));
    let monkey = |one: &mut Here| one.pipeline = Pipeline::Monkey("random");
    assert_eq!(judged(&conditioned(""), monkey), Err(WhyNot::Pipeline("dependency_monkey_pipeline")));
    let both =
        conditioned(", dependency_monkey_pipeline: true, decision_types: [all], recommendation_types: {not: [latest]}");
    assert!(judged(&both, monkey).is_err() && met(&both), "decision types are asked of monkey only");
    assert!(judged(&both, |one| one.pipeline = Pipeline::Advise("latest")).is_err());
    assert!(!met(&conditioned(", authenticated: true")) && met(&conditioned(", authenticated: false")));
}

#[test]
fn one_label_is_enough() {
    let unit = conditioned(", labels: {team: core, site: north}");
    assert!(!met(&unit));
    for (key, value, yes) in [("team", "core", true), ("site", "north", true), ("team", "north", false)] {
        let labels = BTreeMap::from([(key.to_string(), value.to_string())]);
        assert_eq!(judged(&unit, |one| one.labels = labels).is_ok(), yes, "{key}={value}");
    }
}

#[test]
fn every_library_has_to_be_used_by_one_of_its_symbols() {
    let unit = conditioned(", library_usage: {tf: [tf.keras.*, tf.nn.relu], os: [os.fork]}");
    let usage = |symbols: &[(&str, &[&str])]| -> LibraryUsage {
        let set = |symbols: &[&str]| symbols.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        symbols.iter().map(|(library, symbols)| ((*library).to_string(), set(symbols))).collect()
    };
    assert!(matches!(judged(&unit, |_| ()), Err(WhyNot::Unknown { .. })));
    for (used, yes) in [
        (usage(&[("tf", &["tf.abs", "tf.keras.Model"]), ("os", &["os.fork"])]), true),
        (usage(&[("tf", &["tf.nn.relu"]), ("os", &["os.fork", "os.path"])]), true),
        (usage(&[("tf", &["tf.kerasx", "tf.abs"]), ("os", &["os.fork"])]), false),
        (usage(&[("tf", &["tf.keras.Model"])]), false),
    ] {
        assert_eq!(judged(&unit, |one| one.library_usage = Some(used.clone())).is_ok(), yes, "{used:?}");
    }
}

#[test]
fn conditions_on_the_machine_are_judged_by_what_it_is() {
    for (condition, yes) in [
        ("operating_systems: [{name: rhel}, {name: fedora, version: '35'}]", true),
        ("operating_systems: [{name: fedora, version: '34'}]", false),
        ("hardware: [{cpu_families: [7]}, {cpu_families: [6], cpu_models: [94], cpu_flags: [avx2, avx512]}]", true),
        ("hardware: [{cpu_families: [6], cpu_flags: [amx]}]", false),
        ("hardware: [{cpu_flags: {not: [avx2]}}]", false),
        ("hardware: [{gpu_models: [null]}]", true),
        ("hardware: [{gpu_models: {not: [null]}}]", false),
        ("python_version: '>=3.11,<=3.11'", true),
        ("python_version: '<3.11'", false),
        ("cuda_version: '>=11,<12'", true),
        ("cuda_version: null", false),
        ("cudnn_version: null", true),
        ("cudnn_version: '>=8'", false),
        ("platforms: [linux-x86_64]", true),
        ("platforms: {not: [linux-x86_64]}", false),
        ("base_images: ['registry.example:5000/base:v1.2']", true),
        ("base_images: ['registry.example:5000/base:v1*']", true),
        ("base_images: ['registry.example:5000/base']", true),
        ("base_images: ['registry.example:5000/base:v1']", false),
        ("base_images: [null]", false),
        ("base_images: {not: [null]}", true),
    ] {
        assert_eq!(met(&runtime(condition)), yes, "{condition}");
    }
}

#[test]
fn a_system_is_meant_by_the_name_it_was_stated_with_and_by_the_one_that_rules_know() {
    let system =
        |name: &str, version: &str| Fact::Present(OperatingSystem { name: name.into(), version: Some(version.into()) });
    let meets = |condition: &str| {
        judged(&runtime(&format!("operating_systems: [{condition}]")), |here| {
            here.system = Some(system("ubi", "8.2"));
            here.host.operating_system = system("rhel", "8");
        })
    };
    for condition in
        ["{name: ubi, version: '8.2'}", "{name: rhel, version: '8'}", "{name: rhel, version: '8.2'}", "{name: ubi}"]
    {
        assert_eq!(meets(condition), Ok(()), "{condition}");
    }
    let why = meets("{name: rhel, version: '9'}").unwrap_err().to_string();
    assert_eq!(why, "the operating system must be rhel 9, and is ubi 8.2");
}

#[test]
fn what_is_not_known_meets_no_condition() {
    for condition in [
        "cuda_version: null",
        "mkl_version: '>=1'",
        "operating_systems: [{name: fedora}]",
        "hardware: [{cpu_flags: {not: [avx2]}}]",
        "hardware: [{gpu_models: {not: [x]}}]",
        "base_images: {not: ['a:b']}",
        "abi: {not: [GLIBC_2.34]}",
        "rpm_packages: {not: [{package_name: git}]}",
        "python_packages: [{name: numpy, version: '<1', location: '^/opt/.*'}]",
    ] {
        let why = judged(&runtime(condition), |one| one.host = Host::default()).unwrap_err();
        assert!(matches!(why, WhyNot::Unknown { .. }), "{condition}: {why}");
        assert!(why.to_string().ends_with("and is not known"), "{why}");
    }
}

#[test]
fn a_unit_that_depends_on_another_needs_its_conditions_too() {
    let text = "units:\n  boots:\n  - {name: Base, type: boot, should_include: {adviser_pipeline: true, recommendation_types: [latest]}, run: {log: {message: x, type: INFO}}}\n  \
        steps:\n  - {name: A, type: step, should_include: {adviser_pipeline: true, dependencies: {boots: [local.Base]}}, match: {package_version: {name: a}}, run: {score: 0.1}}\n  \
        - {name: B, type: step, should_include: {adviser_pipeline: true, dependencies: {steps: [B]}}, match: {package_version: {name: a}}, run: {score: 0.1}}\n";
    let collection = read(text);
    assert_eq!(collection.problems, []);
    let [_, a, b] = collection.units.as_slice() else { panic!("{collection:?}") };
    assert_eq!(judged(a, |_| ()), Err(WhyNot::Dependency("local.Base".into())));
    assert!(judged(a, |one| one.pipeline = Pipeline::Advise("latest")).is_ok());
    let _ = judged(b, |_| ());
}

#[test]
fn units_are_found_by_what_they_are_about() {
    let image = "base_images: ['r.example:5000/a:1', 'r.example:5000/a:2', 'b:3']";
    let text = format!(
        "units:\n  boots:\n  - name: I\n    type: boot\n    should_include: {{adviser_pipeline: true, runtime_environments: {{{image}}}}}\n    run: {{log: {{message: x, type: INFO}}}}\n"
    );
    let keys: Vec<String> = read(&text).units[0].keys().iter().map(ToString::to_string).collect();
    assert_eq!(keys, ["image b", "image r.example:5000/a"]);
    let any = step("", "{package_version: {index_url: 'https://a.example'}}", "{score: 0.1}");
    assert_eq!(read(&any).units[0].keys(), [Key::General].into(), "any run looks at it");
    assert_eq!(Key::image("r.example:5000/a:9@sha256:0"), Key::Image("r.example:5000/a".into()));
    for key in [Key::General, Key::Deciding, Key::image("a:b"), Key::Package("a".parse().unwrap())] {
        assert_eq!(key.to_string().parse::<Key>(), Ok(key));
    }
}

#[test]
fn a_group_fits_when_all_its_members_are_there() {
    let text = "units: {steps: [{name: G, type: step.Group, should_include: {adviser_pipeline: true}, \
        match: {group: [{package_version: {name: a, version: '<2'}}, {package_version: {name: b}}]}, run: {not_acceptable: they crash}}]}";
    let unit = read(text).units.remove(0);
    let Act::Group { effect, .. } = &unit.act else { panic!("{unit:?}") };
    assert_eq!(effect.stop, Some(Stop::NotAcceptable("they crash".into())));
    let release = |name: &str, version: &str| Candidate {
        name: name.parse().unwrap(),
        version: version.parse().unwrap(),
        index: "https://index.example/simple".into(),
    };
    assert!(unit.act.fits(&[release("a", "1"), release("b", "9")]).is_ok());
    assert_eq!(unit.act.fits(&[release("a", "1")]).unwrap_err().to_string(), "it is about b as well");
    assert!(unit.act.fits(&[release("a", "2"), release("b", "9")]).unwrap_err().to_string().contains("not a==2"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_end_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut builder = Builder::new();
        builder.add("a.yaml", &bytes);
        let collection = builder.finish();
        prop_assert!(collection.units.is_empty() || collection.problems.is_empty());
    }

    #[test]
    fn no_change_of_a_good_file_ends_the_reader(at in 0..600_usize, insert in "[\\[\\]{}&*<:,'\"!|>\\-\\n 0-9a-z~#%@`]{0,4}", cut in 0..6_usize) {
        let mut text = step(
            ", runtime_environments: {cuda_version: null, hardware: [{cpu_flags: [avx2]}]}",
            "{package_version: {name: a, version: '<1', index_url: {not: 'https://a.example'}}, state: {resolved_dependencies: [{name: b}]}}",
            "{score: -0.1, justification: [{type: INFO, message: m, link: l, package_name: a}]}",
        );
        let at = at % text.len();
        text.replace_range(at..(at + cut).min(text.len()), &insert);
        let collection = read(&text);
        for unit in &collection.units {
            let _ = met(unit);
            prop_assert_eq!(kept(unit), std::slice::from_ref(unit));
        }
    }
}
