//! `thoth tree`: the stack as a tree.

use report::TreeView;

use crate::{
    RunError, args::TreeArgs, config::Surroundings, exit::Exit, inquiry, settings::Settings, terminal::Terminal,
};

/// Runs `thoth tree` and prints its answer.
///
/// # Errors
/// When nothing could be decided, or the answer cannot be written.
pub(crate) fn answer(
    args: &TreeArgs,
    settings: &Settings,
    around: &Surroundings,
    terminal: &Terminal,
) -> Result<Exit, RunError> {
    let mut packages = Vec::new();
    for text in &args.package {
        packages.push(inquiry::package("--package", text)?);
    }
    if let Some(Some(text)) = &args.invert {
        packages.push(inquiry::package("--invert", text)?);
    }
    let view = TreeView { packages, invert: args.invert.is_some(), depth: args.depth, dedupe: !args.no_dedupe };
    inquiry::answer(
        (settings, around, terminal),
        operations::tree,
        |graph| view.packages.iter().all(|package| graph.position(package).is_some()),
        |answer, graph, style| report::tree(&answer.outcome, graph, &view, style),
        |answer, exit| report::tree_json(&answer.outcome, answer.told.as_ref(), exit),
    )
}
