//! Walks saved problems with every predictor for some time each, and prints what each reached, a line of JSON each:
//!
//! `cargo run --release -p thoth-operations --example predictors -- SECONDS SEEDS FILE...`
//!
//! Seconds are those of the processor. `scripts/predictors.py` makes the tables of docs/predictors.md of it.

#![expect(clippy::print_stdout, reason = "what it is for")]

use std::{error::Error, path::Path, sync::Arc};

use knowledge::{Access, KnowledgeBase};
use operations::{World, advise::predict::Ground};
use resolution::predict::Kind;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let seconds: f64 = arguments.next().ok_or("how many seconds each?")?.parse()?;
    let seeds: u64 = arguments.next().ok_or("how many seeds each?")?.parse()?;
    let world = World::alone(Arc::new(KnowledgeBase::open(Path::new(""), Access::Temporary)?), 0);
    for file in arguments {
        let ground = Ground::of(Path::new(&file), &world)?;
        let size = ground.world().size();
        for (kind, seed) in Kind::ALL.into_iter().flat_map(|kind| (0..seeds).map(move |seed| (kind, seed))) {
            let reached = ground.walk(kind, seed, seconds);
            let walked = &reached.walked;
            let best = walked.kept.first();
            let history: Vec<_> = walked
                .history
                .iter()
                .map(|one| (one.iteration, one.share, one.score, one.best, one.temperature))
                .collect();
            let line = serde_json::json!({
                "problem": Path::new(&file).file_stem().map(|name| name.to_string_lossy()),
                "packages": size.packages,
                "releases": size.releases,
                "stack": best.map(|best| best.releases.len()),
                "predictor": kind.name(),
                "seed": seed,
                "seconds": reached.seconds,
                "stacks": walked.stacks,
                "iterations": walked.iterations,
                "rejected": walked.rejected,
                "learned": walked.learned,
                "first": walked.first,
                "exhausted": walked.exhausted,
                "score": best.map(|best| best.score),
                "optimum": reached.optimum,
                "optimal": reached.is_optimal,
                "history": history,
            });
            println!("{line}");
        }
    }
    Ok(())
}
