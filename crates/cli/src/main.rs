//! The one binary, `thoth`.

use std::process::ExitCode;

/// A run makes many small values on several threads and ends soon after: this allocator keeps what was freed near at hand, where
/// the system's gives pages back and faults them in again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::run_process(std::env::args_os()).into()
}
