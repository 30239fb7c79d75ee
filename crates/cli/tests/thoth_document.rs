//! `--format thoth-json`: the shape of the original's advise document, key by key.

mod stage;

use std::path::Path;

use scenarios::Scenario;
use serde_json::{Value, json};
use stage::Stage;

const STORY: &str = r#"
story = "A site with a vulnerable dependency, bounded by a constraint."
[project]
requires = ["site[fast]>=1"]
[packages.site]
"1.0" = { requires = ["web; extra == 'fast'"] }
[packages.web]
"1.0" = {}
[[advisories]]
id = "PYSEC-2024-1"
package = "web"
introduced = "0"
cvss = ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"]
[expect]
stack = { site = "1.0", web = "1.0" }
"#;

/// The document as the reference has it: a word is a kind of value (`?`: or null), `*` stands for any key.
fn shape() -> Value {
    let environment = json!({
        "name": "text?",
        "hardware": { "cpu_family": "number?", "cpu_model": "number?", "gpu_model": "text?" },
        "operating_system": { "name": "text?", "version": "text?" },
        "python_version": "text", "cuda_version": "text?", "cudnn_version": "text?", "mkl_version": "text?",
        "openblas_version": "text?", "openmpi_version": "text?", "base_image": "text?", "platform": "text",
        "labels": { "*": "text" }, "recommendation_type": "text",
    });
    let told = json!([{
        "type": "text", "message": "text", "link": "text", "package_name": "text", "advisory": "text", "cve_id": "text",
        "cve_name": "text", "version_range": "text",
    }]);
    let source = json!([{ "name": "text", "url": "text", "verify_ssl": "truth" }]);
    let requires = json!({ "python_version": "text" });
    let locked = json!({ "*": {
        "version": "text", "hashes": ["text"], "index": "text", "markers": "text", "extras": ["text"], "file": "text",
    }});
    let requirements = json!({
        "packages": { "*": "text or table" }, "dev-packages": { "*": "text or table" }, "source": source,
        "requires": requires,
    });
    let constraints = json!([{ "name": "text", "version": "text", "markers": "text" }]);
    let product = json!({
        "project": {
            "requirements": requirements,
            "requirements_locked": {
                "_meta": { "sources": source, "requires": requires, "hash": { "sha256": "text" }, "pipfile-spec": "number" },
                "default": locked, "develop": locked,
            },
            "runtime_environment": environment,
            "constraints": constraints,
        },
        "dependency_graph": { "nodes": ["text"], "edges": [["number"]] },
        "score": "number",
        "justification": told,
        "advised_runtime_environment": "text?",
        "advised_manifest_changes": [[{}]],
    });
    let units = json!([{ "name": "text", "configuration": { "*": "number" }, "unit_run": "truth" }]);
    let kinds = ["boots", "pseudonyms", "sieves", "steps", "strides", "wraps"];
    let pipeline: Value = kinds.into_iter().map(|kind| (kind.to_string(), units.clone())).collect();
    json!({
        "metadata": {
            "analyzer": "text", "analyzer_version": "text", "arguments": {}, "datetime": "text",
            "distribution": {
                "id": "text", "like": "text", "codename": "text", "version": "text",
                "version_parts": { "major": "text", "minor": "text", "build_number": "text" },
            },
            "document_id": "text", "duration": "number", "hostname": "text", "os_release": {},
            "python": {
                "major": "number", "minor": "number", "micro": "number", "releaselevel": "text", "serial": "number",
                "api_version": "number", "implementation_name": "text",
            },
            "thoth_deployment_name": "text", "timestamp": "number",
        },
        "result": {
            "error": "truth",
            "error_msg": "text?",
            "parameters": {
                "recommendation_type": "text", "labels": { "*": "text" }, "library_usage": "text?", "count": "number",
                "limit": "number?", "seed": "number?", "predictor": "text", "prescriptions": "text?", "dev": "truth",
                "requirements_format": "text",
                "project": {
                    "requirements": requirements, "requirements_locked": "text?", "runtime_environment": environment,
                    "constraints": constraints,
                },
            },
            "report": {
                "pipeline": pipeline, "products": [product], "stack_info": told, "resolver_iterations": "number",
                "accepted_final_states_count": "number", "discarded_final_states_count": "number", "ERROR": "text",
            },
        },
    })
}

/// Keys that an entry may lack.
const OPTIONAL: [&str; 11] = [
    "package_name",
    "advisory",
    "cve_id",
    "cve_name",
    "version_range",
    "index",
    "markers",
    "extras",
    "file",
    "ERROR",
    "version",
];

fn check(shape: &Value, value: &Value, path: &str) {
    match shape {
        Value::String(kind) if kind == "text or table" => {
            assert!(value.is_string() || value.is_object(), "{path}: {value}");
        }
        Value::String(kind) => {
            let (kind, nothing) = kind.strip_suffix('?').map_or((kind.as_str(), false), |kind| (kind, true));
            let fits = match kind {
                "text" => value.is_string(),
                "number" => value.is_number(),
                _ => value.is_boolean(),
            };
            assert!(fits || (nothing && value.is_null()), "{path}: {value} is no {kind}");
        }
        Value::Array(of) => {
            for (at, item) in value.as_array().unwrap_or_else(|| panic!("{path}: {value}")).iter().enumerate() {
                check(&of[0], item, &format!("{path}[{at}]"));
            }
        }
        Value::Object(fields) => {
            let found = value.as_object().unwrap_or_else(|| panic!("{path}: {value}"));
            for (key, item) in found {
                let shape = fields.get(key).or_else(|| fields.get("*"));
                check(shape.unwrap_or_else(|| panic!("{path} has a `{key}`")), item, &format!("{path}.{key}"));
            }
            for key in fields.keys().filter(|key| *key != "*" && !OPTIONAL.contains(&key.as_str())) {
                assert!(found.contains_key(key), "{path} has no `{key}`");
            }
        }
        _ => unreachable!("shapes are words, lists and maps"),
    }
}

fn document(more: &[&str]) -> Value {
    let stage = Stage::set(&Scenario::parse(Path::new("document.toml"), STORY).expect("a story"));
    std::fs::write(stage.project().join("limits.txt"), "web<2\n").expect("a file");
    std::fs::write(stage.project().join("none.txt"), "web>2\n").expect("a file");
    let ended = stage.advise(&[&["--format", "thoth-json"], more].concat());
    serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.said()))
}

#[test]
fn the_document_of_a_stack_has_the_shape_of_the_originals() {
    let document = document(&["--constraint", "limits.txt", "--label", "team=web"]);
    check(&shape(), &document, "document");
    let project = &document["result"]["report"]["products"][0]["project"];
    assert_eq!(project["requirements"]["packages"]["site"], json!({ "version": ">=1", "extras": ["fast"] }));
    assert_eq!(project["constraints"], json!([{ "name": "web", "version": "<2", "markers": "" }]));
    let hash = project["requirements_locked"]["_meta"]["hash"]["sha256"].as_str().unwrap_or_default();
    assert!(hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hash}");
    let product = &document["result"]["report"]["products"][0];
    assert_eq!((&product["score"], &product["justification"][0]["cve_id"]), (&json!(-0.2), &json!("PYSEC-2024-1")));
    let id = document["metadata"]["document_id"].as_str().unwrap_or_default();
    assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), ["adviser".len(), 12, 16], "{id}");
}

/// The story with three releases to choose from.
fn choice() -> Stage {
    let story = STORY.replace("\"1.0\" = {}", "\"1.0\" = {}\n\"1.1\" = {}\n\"1.2\" = {}");
    Stage::set(&Scenario::parse(Path::new("document.toml"), &story).expect("a story"))
}

#[test]
fn the_next_best_stacks_of_a_predictor_are_further_products() {
    let stage = choice();
    let flags =
        ["--format", "thoth-json", "--predictor", "random-walk", "--limit", "200", "--count", "3", "--lock-format"];
    let ended = stage.advise(&[&flags[..], &["pylock"]].concat());
    let document: Value =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.said()));
    check(&shape(), &document, "document");
    let products = document["result"]["report"]["products"].as_array().expect("products");
    let webs = products.iter().map(|one| &one["project"]["requirements_locked"]["default"]["web"]);
    let mut versions: Vec<&str> = webs.clone().filter_map(|web| web["version"].as_str()).collect();
    versions.sort_unstable();
    assert_eq!(versions, ["==1.0", "==1.1", "==1.2"], "{document:#}");
    assert!(webs.clone().all(|web| web["hashes"][0].is_string()), "each can be installed");
    let scores: Vec<f64> = products.iter().filter_map(|one| one["score"].as_f64()).collect();
    assert_eq!(scores, [-0.2; 3]);
    assert_eq!(document["result"]["parameters"]["predictor"], "random-walk");
}

#[test]
fn the_next_best_stacks_are_proved_one_after_the_other() {
    let stage = choice();
    for (count, expected) in [("2", &["==1.2", "==1.1"][..]), ("9", &["==1.2", "==1.1", "==1.0"])] {
        let ended = stage.advise(&["--format", "thoth-json", "--count", count, "--lock-format", "pylock"]);
        let document: Value =
            serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.said()));
        check(&shape(), &document, "document");
        let products = document["result"]["report"]["products"].as_array().expect("products");
        let webs: Vec<&Value> =
            products.iter().map(|one| &one["project"]["requirements_locked"]["default"]["web"]).collect();
        let versions: Vec<&str> = webs.iter().filter_map(|web| web["version"].as_str()).collect();
        assert_eq!(versions, expected);
        assert!(webs.iter().all(|web| web["hashes"][0].is_string()), "each can be installed");
    }
    let told = stage.advise(&["--count", "2", "--save-problem", "whole.thoth"]);
    let expected =
        "Next best, each proved to be that\n  2. web 1.1: freshness of transitive dependencies 1 instead of 0";
    assert!(told.stdout.contains(expected), "{}", told.said());
    let again = stage.thoth(&["replay", "whole.thoth"]);
    assert!(again.stdout.contains(expected), "{}", again.said());
}

#[test]
fn what_was_not_saved_of_the_next_best_stacks_is_said() {
    let stage = choice();
    assert_eq!(stage.advise(&["--save-problem", "best.thoth"]).exit, Some(0));
    let told = stage.thoth(&["replay", "best.thoth", "--count", "2"]);
    assert_eq!(told.exit, Some(0), "{}", told.said());
    assert!(told.stdout.contains("There may be more of the next best stacks"), "{}", told.said());
    assert!(!told.stdout.contains("Next best"), "{}", told.said());
}

#[test]
fn the_document_of_a_conflict_has_the_shape_of_the_originals() {
    let document = document(&["--constraint", "none.txt"]);
    check(&shape(), &document, "document");
    assert_eq!(document["result"]["report"]["products"], json!([]));
    assert_eq!(document["result"]["error"], true);
}
