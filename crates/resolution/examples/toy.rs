//! How soon predictors find a first stack in a toy, and how new it is: packages with so many versions each that require nothing
//! of each other and cost nothing, where each choice turns out invalid with some likelihood. It is the toy on which the
//! predictors of the original Thoth were measured.
//!
//! `cargo run --release -p thoth-resolution --example toy` prints a line for each toy and predictor: the choice that
//! completed the first stack, the mean number of the releases in it, the newest being 0, and the stacks found; over five seeds.

#![expect(clippy::print_stdout, reason = "what it is for")]
#![expect(clippy::unwrap_used, reason = "names and versions made here are well formed")]

use std::collections::BTreeMap;

use packaging::{Origin, PackageName, VersionSpecifiers, index::ProjectStatus};
use resolution::{
    Direction, Objective, Problem, Recommendation, Search,
    catalogue::{Candidate, Package, Requires, Want},
    cost::Cost,
    predict::{Action, Chance, Kind, Options, Random, State, Step, Transition, World},
    rule::Rules,
};

/// Packages, versions of each, how likely a choice is invalid, and the most choices.
const TOYS: [(usize, usize, f64, u64); 5] =
    [(5, 20, 0.0, 5_000), (15, 40, 0.0, 5_000), (15, 40, 0.02, 20_000), (15, 40, 0.1, 20_000), (15, 40, 0.3, 20_000)];
const SEEDS: u64 = 5;

fn main() {
    println!("toy invalid choices predictor first mean stacks");
    for (packages, versions, invalid, most) in TOYS {
        let world = world(packages, versions);
        for kind in Kind::ALL {
            let runs: Vec<Run> = (0..SEEDS).map(|seed| run(&world, kind, seed, invalid, most)).collect();
            let firsts = spread(runs.iter().filter_map(|run| run.first.map(|first| first as f64)), 0);
            let means = spread(runs.iter().filter_map(|run| run.mean), 1);
            let stacks = spread(runs.iter().map(|run| run.stacks as f64), 0);
            println!("{packages}x{versions} {invalid} {most} {kind} {firsts} {means} {stacks}");
        }
    }
}

/// The least and the most of some numbers.
fn spread(numbers: impl Iterator<Item = f64> + Clone, decimals: usize) -> String {
    let (least, most) = (numbers.clone().fold(f64::INFINITY, f64::min), numbers.fold(f64::NEG_INFINITY, f64::max));
    let (least, most) = (format!("{least:.decimals$}"), format!("{most:.decimals$}"));
    if least == most { least } else { format!("{least}..{most}") }
}

/// What a predictor found.
#[derive(Default)]
struct Run {
    /// The choice that completed the first stack.
    first: Option<u64>,
    /// The mean number of the releases in it, the newest being 0.
    mean: Option<f64>,
    stacks: u64,
}

/// Walks with a predictor; each choice is invalid, from there, with a likelihood.
fn run(world: &World, kind: Kind, seed: u64, invalid: f64, most: u64) -> Run {
    let combinations = (0..3).map(|package| world.name(package).clone()).collect();
    let mut predictor = kind.predictor(world, &Options { combinations, ..Options::default() });
    let mut chance = Chance { random: Random::new(seed), temperature: 0.0, share: 0.0 };
    let mut luck = Random::new(seed + 1_000);
    let mut state = State::new(world);
    let mut run = Run::default();
    let mut choices = 0;
    while choices < most && !state.is_exhausted() {
        choices += 1;
        let action = predictor.choose(&state, &mut chance);
        let mut transition = state.resolve(action);
        if transition != Transition::Invalid && luck.unit() < invalid {
            let together: Vec<Action> = state.decisions().to_vec();
            state.forbid(&together);
            transition = Transition::Invalid;
        }
        predictor.learn(&Step { state: &state, action, transition, reward: 0.0 });
        if !state.is_final() {
            continue;
        }
        run.stacks += 1;
        if run.first.is_none() {
            let sum: f64 = state.stack().map(|action| f64::from(action.release)).sum();
            run.first = Some(choices);
            run.mean = Some(sum / world.size().packages as f64);
        }
        let ruled_out = predictor.done(&state, 0.0, &mut chance);
        chance.share = choices as f64 / most as f64;
        if !ruled_out.is_empty() {
            state.forbid(&ruled_out);
        }
        state.restart();
    }
    run
}

fn world(packages: usize, versions: usize) -> World {
    let name = |number: usize| -> PackageName { format!("p{number}").parse().unwrap() };
    let want = |number| Want {
        package: name(number),
        extras: Vec::new(),
        specifiers: VersionSpecifiers::empty(),
        origin: Origin::file("toy"),
        text: String::new(),
        archive: false,
    };
    let mut search = Search::new(Problem {
        wants: (0..packages).map(want).collect(),
        constraints: Vec::new(),
        overrides: BTreeMap::new(),
        objective: Objective::new(Recommendation::Stable, Direction::Highest),
        rules: Rules::default(),
    });
    for number in 0..packages {
        let candidate = |version: usize| Candidate {
            version: format!("{version}").parse().unwrap(),
            cost: Cost::ZERO,
            yanked: None,
            vulnerabilities: Vec::new(),
            listed: Vec::new(),
            url: None,
        };
        let candidates: Vec<Candidate> = (1..=versions).rev().map(candidate).collect();
        let released: Vec<_> = candidates.iter().map(|one| one.version.clone()).collect();
        search.add_package(Package {
            name: name(number),
            candidates,
            excluded: Vec::new(),
            pages: Vec::new(),
            status: ProjectStatus::Active,
            advisories: None,
        });
        for version in released {
            search.add_release(&name(number), &version, Ok(Requires::default()));
        }
    }
    World::new(search.problem(), search.catalogue())
}
