//! The program: see `stallkeeper::run`.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    stallkeeper::run(std::env::args().skip(1))
}
