//! Tells every story to a peer: `cargo run -p thoth-scenarios --example against_uv -- UV [FOLDER]`.
//!
//! Runs `uv pip compile` on each story against the fixture index and prints where it answers differently. A difference is no
//! error: uv knows no advisories, keeps another order of preference and restricts some inputs. It is to be understood, once.

#![allow(clippy::print_stdout, reason = "an example that prints what it found")]

use std::{collections::BTreeMap, path::Path, process::Command};

use packaging::{PackageName, Version};
use scenarios::{Outcome, Scenario, Server, load_all};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let uv = words.next().ok_or("the path of uv is missing")?;
    let folder = words.next().unwrap_or_else(|| "tests/scenarios".to_string());
    let (mut same, mut other, mut left_out) = (0, 0, 0);
    for (path, scenario) in load_all(Path::new(&folder))? {
        let (Outcome::Stack(_) | Outcome::Impossible) = scenario.outcome() else {
            left_out += 1;
            continue;
        };
        let (stack, error) = ask(&uv, &scenario)?;
        let expected = match scenario.outcome() {
            Outcome::Stack(stack) => Some(stack),
            _ => None,
        };
        if stack == expected {
            same += 1;
        } else {
            other += 1;
            println!("{}: {}", path.display(), scenario.story);
            println!("    expected {}", shown(expected.as_ref()));
            println!("    uv says  {}", shown(stack.as_ref()));
            let advised = if scenario.advisories.is_empty() { "" } else { " (with advisories)" };
            println!("   {advised} {}", error.lines().take(4).collect::<Vec<_>>().join("\n     "));
        }
    }
    println!("{same} the same, {other} different, {left_out} about errors left out");
    Ok(())
}

fn shown(stack: Option<&BTreeMap<PackageName, Version>>) -> String {
    stack.map_or_else(
        || "no stack".to_string(),
        |stack| stack.iter().map(|(name, version)| format!("{name} {version}")).collect::<Vec<_>>().join(", "),
    )
}

type Answer = (Option<BTreeMap<PackageName, Version>>, String);

fn ask(uv: &str, scenario: &Scenario) -> Result<Answer, Box<dyn std::error::Error>> {
    let server = Server::start(scenario)?;
    let folder = std::env::temp_dir().join(format!("against-uv-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let written = scenario.write_project(&folder, server.universe())?;
    let mut command = Command::new(uv);
    command.current_dir(&folder).args(["pip", "compile", "--no-header", "--no-annotate", "--no-cache", "--no-config"]);
    command.envs(&written.variables);
    let mut arguments = written.arguments.iter().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().cloned().unwrap_or_default();
        match argument.as_str() {
            "-r" => drop(command.arg(value())),
            "--advisories" | "--implementation" | "--recommendation-type" | "--ignore" | "--index-pin" => drop(value()),
            "--exit-zero" => {}
            flag if flag.starts_with('-') && flag != "--upgrade" => drop(command.arg(flag).arg(value())),
            flag => drop(command.arg(flag)),
        }
    }
    let output = command.output()?;
    let _ = std::fs::remove_dir_all(&folder);
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let stack = output.status.success().then(|| text.lines().filter_map(pinned).collect());
    Ok((stack, error))
}

/// `name==version ; marker` or `name @ url`.
fn pinned(line: &str) -> Option<(PackageName, Version)> {
    if let Some((name, url)) = line.split_once(" @ ") {
        let filename = url.split('#').next()?.rsplit('/').next()?;
        return Some((name.parse().ok()?, filename.split('-').nth(1)?.trim_end_matches(".tar.gz").parse().ok()?));
    }
    let (name, version) = line.split_once("==")?;
    Some((name.trim().parse().ok()?, version.split([' ', ';', '\\']).next()?.parse().ok()?))
}
