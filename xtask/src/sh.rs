//! Running other programs, saying what is run.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The result of a job: an error is a sentence for the person.
pub type Res<T = ()> = Result<T, String>;

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The desktop program built by `cargo build`.
pub fn app() -> PathBuf {
    target().join("debug").join(format!("stallkeeper{}", std::env::consts::EXE_SUFFIX))
}

/// A command in the root folder.
pub fn cmd(program: &str, args: &[&str]) -> Command {
    // npm is a script on Windows, which only a shell finds.
    let mut c = if cfg!(windows) && program == "npm" { Command::new("npm.cmd") } else { Command::new(program) };
    c.args(args).current_dir(root());
    c
}

/// Runs it, showing the line; an error names the line that failed.
pub fn go(mut c: Command) -> Res {
    let line = shown(&c);
    eprintln!("\u{25b8} {line}");
    let from = Instant::now();
    let status = c.status().map_err(|e| format!("cannot start `{line}`: {e}"))?;
    took(from);
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed ({status})")) }
}

/// Says how long a step took when that was long: the budget of `test` is in minutes.
fn took(from: Instant) {
    let s = from.elapsed().as_secs();
    if s >= 10 {
        eprintln!("  took {} min {:02} s", s / 60, s % 60);
    }
}

/// The same for what may hang: after so many minutes it is ended and that is the error.
pub fn go_within(mut c: Command, minutes: u64) -> Res {
    let line = shown(&c);
    eprintln!("\u{25b8} {line}");
    let mut child = c.spawn().map_err(|e| format!("cannot start `{line}`: {e}"))?;
    let from = Instant::now();
    let until = from + Duration::from_secs(minutes * 60);
    loop {
        match child.try_wait().map_err(|e| format!("cannot wait for `{line}`: {e}"))? {
            Some(status) if status.success() => {
                took(from);
                return Ok(());
            }
            Some(status) => return Err(format!("`{line}` failed ({status})")),
            None if Instant::now() > until => {
                child.kill().ok();
                child.wait().ok();
                return Err(format!("`{line}` had not ended after {minutes} minutes"));
            }
            None => thread::sleep(Duration::from_millis(100)),
        }
    }
}

/// Runs and returns what it prints on standard output.
pub fn read(mut c: Command) -> Res<String> {
    let line = shown(&c);
    let out = c.stderr(Stdio::inherit()).output().map_err(|e| format!("cannot start `{line}`: {e}"))?;
    if !out.status.success() {
        return Err(format!("`{line}` failed ({})", out.status));
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Whether the program can be started at all.
pub fn has(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|p| {
        std::env::split_paths(&p).any(|d| {
            d.join(program).is_file() || d.join(format!("{program}{}", std::env::consts::EXE_SUFFIX)).is_file()
        })
    })
}

fn shown(c: &Command) -> String {
    let mut s = c.get_program().to_string_lossy().into_owned();
    for a in c.get_args() {
        s.push(' ');
        s += &a.to_string_lossy();
    }
    s
}

/// Cargo as this xtask was started with.
pub fn cargo(args: &[&str]) -> Command {
    cmd(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()), args)
}

/// npm in a folder of the repository.
pub fn npm(folder: &str, args: &[&str]) -> Command {
    let mut c = cmd("npm", args);
    c.current_dir(root().join(folder));
    c
}
