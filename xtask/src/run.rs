//! `run` and `seed`: the program itself.

use crate::{
    setup,
    sh::{Res, cargo, go},
};

/// Opens the console: the window where there is a display, else the browser door.
pub fn run(args: &[String]) -> Res {
    setup::for_run()?;
    let mut pass: Vec<&str> = vec!["run", "--quiet", "--package", "stallkeeper", "--"];
    if display() {
        pass.extend(args.iter().map(String::as_str));
    } else {
        eprintln!("No display here: serving the same console to a browser on this machine instead.");
        if !args.iter().any(|a| a == "serve") {
            pass.push("serve");
        }
        pass.extend(args.iter().map(String::as_str));
    }
    go(cargo(&pass))
}

/// Fills a stall with made-up goods: `seed --units N --orders N [--data DIR]`.
pub fn seed(args: &[String]) -> Res {
    setup::for_run()?;
    let mut pass: Vec<&str> = vec!["run", "--quiet", "--package", "stallkeeper", "--", "seed"];
    pass.extend(args.iter().map(String::as_str));
    go(cargo(&pass))
}

fn display() -> bool {
    if cfg!(target_os = "linux") {
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|v| std::env::var_os(v).is_some_and(|s| !s.is_empty()))
    } else {
        true
    }
}
