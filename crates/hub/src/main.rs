//! The program: see `stall_hub::program`.

fn main() -> std::process::ExitCode {
    stall_hub::program::run(std::env::args().skip(1))
}
