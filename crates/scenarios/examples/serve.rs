//! Serves one story for a look by hand: `cargo run -p thoth-scenarios --example serve -- STORY.toml FOLDER`.
//!
//! Writes the project to the folder, prints the index and the command line, and serves until standard input ends.

#![allow(clippy::print_stdout, reason = "an example that talks to its user")]

use std::path::Path;

use scenarios::{Scenario, Server};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let story = words.next().ok_or("the path of a story is missing")?;
    let folder = words.next().ok_or("the folder for the project is missing")?;
    let scenario = Scenario::load(Path::new(&story))?;
    let server = Server::start(&scenario)?;
    let written = scenario.write_project(Path::new(&folder), server.universe())?;
    println!("{}", server.index_url(scenarios::universe::DEFAULT_INDEX));
    for (name, value) in &written.variables {
        println!("{name}={value}");
    }
    println!("thoth {}", written.arguments.join(" "));
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    Ok(())
}
