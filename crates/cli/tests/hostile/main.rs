//! The binary in a hostile world: servers that lie and stall, broken files, full disks, a knife in the back.
//!
//! Whatever happens, a run ends with the exit code of the contract, says what it met and what helps, leaves no half-written file,
//! and tells nobody a password. That common part is in [`stage`]; each story adds what it wants to read in the message.

mod advisories;
mod index;
mod inputs;
mod knowledge;
mod output;
mod stage;
