//! End-to-end runs: the browser door under Chromium, the real window under Xvfb, and the pictures.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use crate::{
    setup,
    sh::{Res, app, cargo, cmd, go, go_within, has, root, target},
};

/// A program serving the browser door, ended when dropped.
pub struct Served {
    child: Child,
    /// `http://127.0.0.1:<port>`
    pub origin: String,
    pub token: String,
}

impl Served {
    /// Starts the built program on a fresh folder and waits for its address line.
    pub fn start(data: &Path, extra: &[&str]) -> Res<Self> {
        std::fs::remove_dir_all(data).ok();
        let mut c = Command::new(app());
        c.args(["serve", "--no-open", "--port", "0", "--data"]).arg(data).args(extra).stdout(Stdio::piped());
        let mut child = c.spawn().map_err(|e| format!("cannot start {}: {e}", app().display()))?;
        let out = child.stdout.take().ok_or("no standard output")?;
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if let Some((origin, token)) = line.split_once("/?token=")
                && let Some(at) = origin.find("http://")
            {
                return Ok(Self { child, origin: origin[at..].to_owned(), token: token.trim().to_owned() });
            }
        }
        child.kill().ok();
        Err("the program ended without printing its address".into())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Where `cargo install` put tauri-driver.
pub fn driver() -> PathBuf {
    target().join("tools/bin").join(format!("tauri-driver{}", std::env::consts::EXE_SUFFIX))
}

fn node(script: &str) -> Command {
    let mut c = cmd("node", &["--test", "--test-reporter=spec", script]);
    c.current_dir(root().join("tests/e2e")).env("STALL_APP", app()).env("STALL_OUT", target().join("e2e"));
    c
}

/// The whole path in Chromium.
pub fn browser() -> Res {
    go_within(node("browser/"), 20)
}

/// A shorter path in the real window, through WebDriver.
pub fn window() -> Res {
    if !cfg!(target_os = "linux") {
        eprintln!("the window test needs WebKitWebDriver: Linux only");
        return Ok(());
    }
    let mut c = if has("xvfb-run") {
        let mut c = cmd(
            "xvfb-run",
            &["-a", "-s", "-screen 0 1366x768x24", "node", "--test", "--test-reporter=spec", "window/"],
        );
        c.current_dir(root().join("tests/e2e")).env("STALL_APP", app()).env("STALL_OUT", target().join("e2e"));
        c
    } else {
        node("window/")
    };
    c.env("TAURI_DRIVER", driver());
    go_within(c, 10)
}

/// Pictures of every screen, zh/en and light/dark, from the sample stall.
pub fn shots() -> Res {
    setup::everything()?;
    go(cargo(&["build", "--quiet", "--package", "stallkeeper"]))?;
    let mut c = cmd("node", &["shots.mjs"]);
    c.current_dir(root().join("tests/e2e")).env("STALL_APP", app()).env("STALL_OUT", target().join("shots"));
    go(c)
}
