//! B615: models and data sets taken in whatever revision they are in today.

use super::rule;
use crate::{
    call::Call,
    finding::{Confidence, Severity},
    rule::{Check, Hit, Rule},
    value::{Value, is_constant},
};

pub(super) static RULES: &[Rule] = &[rule("B615", "huggingface_unsafe_download", 494, Check::Call(unpinned))];

/// The fewest hexadecimal digits that name a commit.
const SHORTEST_COMMIT: usize = 7;

fn unpinned(call: &Call<'_, '_>) -> Option<Hit> {
    let module = match call.name {
        "from_pretrained" => "transformers",
        "load_dataset" => "datasets",
        "hf_hub_download" | "snapshot_download" | "repository_id" => "huggingface_hub",
        _ => return None,
    };
    let imports = call.view.imports;
    let imported = ["transformers", "datasets", "huggingface_hub"].iter().any(|one| imports.mention(one));
    if !imported || !call.has_part(module) || is_pinned(call) || is_local(call) {
        return None;
    }
    let message = format!("`{}` takes whatever revision there is today; name a commit", call.name);
    Some(Hit::new(Severity::Medium, Confidence::High, message))
}

/// What is computed counts as pinned.
fn is_pinned(call: &Call<'_, '_>) -> bool {
    let revisions = ["revision", "commit_id"];
    if revisions.iter().filter_map(|name| call.keyword_value(name)).any(|value| !is_constant(value)) {
        return true;
    }
    let revision = revisions.iter().find_map(|name| call.value(name).or_nothing());
    revision.and_then(Value::text).is_some_and(|revision| {
        let revision = revision.trim_matches(['"', '\'']);
        revision.len() >= SHORTEST_COMMIT && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn is_local(call: &Call<'_, '_>) -> bool {
    let path = call.argument_value(0).text().unwrap_or_default();
    ["./", "/", "../"].iter().any(|start| path.starts_with(start))
}
