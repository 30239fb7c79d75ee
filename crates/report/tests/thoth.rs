//! The document of the original's advisers, as far as its clients act on it.

mod samples;

use packaging::{
    Origin,
    lock::{Format, read},
};
use resolution::outcome::{ChosenRelease, Decision, Verdict};
use samples::{SEPTEMBER, outcome, release};
use serde_json::{Value, json};

/// The original's client writes the file anew from the document: what it loses is lost.
const PIPFILE: &str = r#"
[[source]]
name = "ours"
url = "https://user:secret@index.example/simple/"
verify_ssl = true

[packages]
Site = {version = ">=1", extras = ["fast"]}
elsewhere = {version = "*", markers = "sys_platform == 'win32'"}

[dev-packages]
tests = {version = "*"}

[requires]
python_version = "3.12"

[scripts]
serve = "site serve"
"#;

const LOCK: &str = r#"{
    "_meta": {"hash": {"sha256": ""}, "pipfile-spec": 6, "requires": {}, "sources": []},
    "default": {"site": {"version": "==1.0", "hashes": ["sha256:11"]}, "web": {"version": "==1.0", "hashes": ["sha256:22"]}},
    "develop": {"tests": {"version": "==1.0", "hashes": ["sha256:33"]}, "web": {"version": "==1.0", "hashes": ["sha256:22"]}}
}"#;

fn required(text: &str, part: &str) -> ChosenRelease {
    let origins = vec![Origin { part: Some(part.to_string()), ..Origin::line("Pipfile", 8) }];
    ChosenRelease { direct: true, origins, ..release(text, None, &[]) }
}

fn document(outcome: &resolution::outcome::Outcome) -> Value {
    let lock = read(Format::PipfileLock, LOCK, "Pipfile.lock").expect("a lock").lock;
    let text = report::thoth_json(outcome, Some(&lock), &[], SEPTEMBER, "0.1.0");
    assert!(!text.contains("secret"), "{text}");
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_pipfile_comes_back_whole_with_the_hash_that_a_client_computes_of_it() {
    let releases = vec![
        required("site 1.0", "packages.site"),
        required("tests 1.0", "dev-packages.tests"),
        release("web 1.0", None, &["site", "tests"]),
    ];
    let mut outcome = outcome(Verdict::Stack(Decision { releases, ..Decision::default() }));
    outcome.required.pipfile = Some(PIPFILE.to_string());
    let document = document(&outcome);
    let project = &document["result"]["report"]["products"][0]["project"];
    assert_eq!(
        project["requirements"],
        json!({
            "packages": {
                "site": { "version": ">=1", "extras": ["fast"] },
                "elsewhere": { "version": "*", "markers": "sys_platform == 'win32'" },
            },
            "dev-packages": { "tests": "*" },
            "source": [{ "name": "ours", "url": "https://index.example/simple", "verify_ssl": true }],
            "requires": { "python_version": "3.12" },
        })
    );
    let locked = &project["requirements_locked"];
    let names = |section: &str| locked[section].as_object().map(|all| all.keys().cloned().collect::<Vec<_>>());
    assert_eq!(names("default").expect("packages"), ["site", "web"]);
    assert_eq!(names("develop").expect("packages"), ["tests"], "what the project needs anyway is not for development");
    assert_eq!(locked["default"]["web"]["index"], "ours");
    // By thoth-python 0.17.0: `Pipfile.from_dict(requirements).hash()`.
    assert_eq!(locked["_meta"]["hash"]["sha256"], "3203647ee627eb768a9be8a8b83a2d443dc6951b7431fd5a95616edb2a80567d");
    assert_eq!(document["result"]["parameters"]["dev"], true);
    let nodes = &document["result"]["report"]["products"][0]["dependency_graph"]["nodes"];
    assert_eq!(*nodes, json!(["site", "tests", "web", "elsewhere"]), "a client draws all that is required");
}

#[test]
fn without_a_pipfile_requirements_that_apply_make_one_and_indexes_are_named_after_their_addresses() {
    let releases = vec![
        release("site 1.0", Some(1), &[]),
        ChosenRelease { index: Some("https://index.example/more/".to_string()), ..release("web 1.0", None, &["site"]) },
    ];
    let mut outcome = outcome(Verdict::Stack(Decision { releases, ..Decision::default() }));
    outcome.required.requirements = vec!["site[fast]>=1,<2".to_string(), "web ; python_version < '4'".to_string()];
    outcome.required.constraints = vec!["web<3".to_string()];
    let document = document(&outcome);
    let project = &document["result"]["report"]["products"][0]["project"];
    assert_eq!(
        project["requirements"]["packages"],
        json!({
            "site": { "version": ">=1,<2", "extras": ["fast"] },
            "web": { "version": "*", "markers": "python_full_version < '4'" },
        })
    );
    assert_eq!(
        project["requirements"]["source"],
        json!([
            { "name": "index-example-simple", "url": "https://index.example/simple", "verify_ssl": true },
            { "name": "index-example-more", "url": "https://index.example/more", "verify_ssl": true },
        ])
    );
    assert_eq!(project["requirements_locked"]["default"]["web"]["index"], "index-example-more");
    assert_eq!(project["constraints"], json!([{ "name": "web", "version": "<3", "markers": "" }]));
}

#[test]
fn what_is_not_known_never_reads_as_clean_and_texts_do_not_stop_a_client() {
    let mut outcome = outcome(Verdict::Stack(Decision {
        releases: vec![ChosenRelease {
            yanked: Some(Some("use [/b] instead".to_string())),
            ..release("web 1.0", Some(1), &[])
        }],
        ..Decision::default()
    }));
    outcome.evidence = resolution::outcome::EvidenceUsed::default();
    let document = document(&outcome);
    let told = &document["result"]["report"]["products"][0]["justification"];
    let texts: Vec<&str> = told.as_array().expect("a list").iter().filter_map(|one| one["message"].as_str()).collect();
    assert_eq!(
        texts,
        [
            "Nothing is known about vulnerabilities",
            "web 1.0 was yanked (use [ /b] instead); it is here because it is pinned.",
        ]
    );
    let links = told.as_array().expect("a list").iter().all(|one| one["link"].is_string());
    assert!(links, "a client looks into the link of each: {told}");
}
