//! The one binary, `thoth`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run_process(std::env::args_os()).into()
}
