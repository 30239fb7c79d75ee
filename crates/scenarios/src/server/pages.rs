//! The page of a project in JSON (PEP 691, 700, 714, 740, 792) and in HTML (PEP 503, 592, 629).

use packaging::index::{FileKind, ProjectStatus, Yanked};
use serde_json::{Map, Value, json};

use super::Behaviour;
use crate::universe::{File, Project, hex};

/// What a wrong hash looks like: well-formed, and of nothing.
const WRONG: &str = "00000000000000000000000000000000000000000000000000000000000bad00";

pub(super) fn json(project: &Project, behaviour: &Behaviour) -> Vec<u8> {
    let files: Vec<Value> = project.files.iter().map(|file| json_file(file, behaviour)).collect();
    let mut versions: Vec<&str> = project.files.iter().map(|file| file.version.as_str()).collect();
    versions.dedup();
    let mut page = json!({
        "meta": {"api-version": "1.4"},
        "name": project.name,
        "versions": versions,
        "files": files,
    });
    if project.status != ProjectStatus::Active
        && let Some(page) = page.as_object_mut()
    {
        page.insert("project-status".to_string(), json!({"status": project.status.to_string()}));
    }
    page.to_string().into_bytes()
}

fn json_file(file: &File, behaviour: &Behaviour) -> Value {
    let mut entry = Map::new();
    let mut say = |key: &str, value: Value| entry.insert(key.to_string(), value);
    say("filename", json!(file.filename));
    say("url", json!(file.url));
    say("hashes", json!({"sha256": stated(&file.sha256, behaviour)}));
    say("size", json!(file.bytes.len()));
    if let Some(provenance) = file.provenance() {
        say("provenance", json!(provenance));
    }
    if let Some(python) = &file.requires_python {
        say("requires-python", json!(python));
    }
    if let (Some(time), false) = (&file.upload_time, behaviour.no_upload_time) {
        say("upload-time", json!(time));
    }
    say(
        "yanked",
        match &file.yanked {
            Yanked::No => json!(false),
            Yanked::Yes(None) => json!(true),
            Yanked::Yes(Some(reason)) => json!(reason),
        },
    );
    if file.kind == FileKind::Wheel && !behaviour.no_sidecar {
        say("core-metadata", json!({"sha256": stated(&hex(file.metadata.as_bytes()), behaviour)}));
    }
    Value::Object(entry)
}

/// Who published a file (PEP 740), with no attestation to check.
pub(super) fn provenance(publisher: &str) -> Vec<u8> {
    let publisher =
        json!({"kind": "GitHub", "repository": publisher, "workflow": "release.yml", "environment": "index"});
    json!({"version": 1, "attestation_bundles": [{"publisher": publisher, "attestations": []}]})
        .to_string()
        .into_bytes()
}

pub(super) fn html(project: &Project, behaviour: &Behaviour) -> Vec<u8> {
    let mut page = String::from("<!DOCTYPE html>\n<html><head>\n");
    page.push_str("<meta name=\"pypi:repository-version\" content=\"1.4\">\n");
    if project.status != ProjectStatus::Active {
        page.push_str(&format!("<meta name=\"pypi:project-status\" content=\"{}\">\n", project.status));
    }
    page.push_str("</head><body>\n");
    for file in &project.files {
        page.push_str(&anchor(file, behaviour));
    }
    page.push_str("</body></html>\n");
    page.into_bytes()
}

fn anchor(file: &File, behaviour: &Behaviour) -> String {
    let mut attributes = format!("href=\"{}#sha256={}\"", escaped(&file.url), stated(&file.sha256, behaviour));
    if let Some(python) = &file.requires_python {
        attributes.push_str(&format!(" data-requires-python=\"{}\"", escaped(python)));
    }
    if let Some(provenance) = file.provenance() {
        attributes.push_str(&format!(" data-provenance=\"{}\"", escaped(&provenance)));
    }
    if let Yanked::Yes(reason) = &file.yanked {
        attributes.push_str(&format!(" data-yanked=\"{}\"", escaped(reason.as_deref().unwrap_or_default())));
    }
    if file.kind == FileKind::Wheel && !behaviour.no_sidecar {
        let hash = hex(file.metadata.as_bytes());
        attributes.push_str(&format!(" data-core-metadata=\"sha256={}\"", stated(&hash, behaviour)));
    }
    format!("<a {attributes}>{}</a><br>\n", escaped(&file.filename))
}

fn stated<'a>(hash: &'a str, behaviour: &Behaviour) -> &'a str {
    if behaviour.wrong_hash { WRONG } else { hash }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
