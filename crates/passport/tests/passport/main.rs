//! Passports from outside: signed, altered, set, looked at.
#![expect(clippy::unwrap_used, reason = "tests")]

mod altered;
mod forms;
mod sample;
mod stranger;
