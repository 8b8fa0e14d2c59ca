//! Installs what is missing: system packages through apt-get, npm packages by lock file, the UI build, test drivers.

use std::{fs, path::Path, time::SystemTime};

use crate::sh::{Res, cargo, cmd, go, has, npm, root, target};

/// What the window needs to build (TAURI.md), by Debian name.
const BUILD: &[&str] = &[
    "build-essential",
    "cmake",
    "libayatana-appindicator3-dev",
    "libgtk-3-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "nasm",
    "patchelf",
    "pkg-config",
];
/// What the tests need beside that.
const TESTS: &[&str] = &[
    "chromium",
    "fonts-noto-cjk",
    "iproute2",
    "libfaketime",
    "poppler-utils",
    "postgresql",
    "webkit2gtk-driver",
    "xvfb",
];

const TAURI_DRIVER: &str = "2.1.0";

/// All that `run` needs.
pub fn for_run() -> Res {
    tools()?;
    packages(BUILD)?;
    ui()
}

/// All that `test` needs.
pub fn everything() -> Res {
    tools()?;
    packages(BUILD)?;
    packages(TESTS)?;
    ui()?;
    npm_ci("tests/e2e")?;
    driver()
}

fn tools() -> Res {
    for (tool, from) in [("node", "https://nodejs.org (version 20 or newer)"), ("npm", "https://nodejs.org")] {
        if !has(tool) && !has(&format!("{tool}.cmd")) {
            return Err(format!("`{tool}` is missing: install it from {from} and run this again"));
        }
    }
    Ok(())
}

fn packages(names: &[&str]) -> Res {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !has("dpkg-query") {
        eprintln!("not a Debian system: if the build fails, install what these are called here: {}", names.join(" "));
        return Ok(());
    }
    let missing: Vec<&str> = names.iter().copied().filter(|n| !installed(n)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !has("apt-get") {
        return Err(format!("these packages are missing: {}", missing.join(" ")));
    }
    let root_user = crate::sh::read(cmd("id", &["-u"])).is_ok_and(|u| u.trim() == "0");
    let apt = |args: &[&str]| {
        let mut c = if root_user { cmd("apt-get", args) } else { cmd("sudo", &[&["apt-get"], args].concat()) };
        c.env("DEBIAN_FRONTEND", "noninteractive");
        c
    };
    let by_hand = || format!("install these packages and run again: sudo apt-get install {}", missing.join(" "));
    go(apt(&["update", "-qq"])).map_err(|e| format!("{e}\n{}", by_hand()))?;
    let mut args = vec!["install", "-y", "-qq", "--no-install-recommends"];
    args.extend(&missing);
    go(apt(&args)).map_err(|e| format!("{e}\n{}", by_hand()))
}

fn installed(package: &str) -> bool {
    cmd("dpkg-query", &["-W", "-f=${Status}", package])
        .output()
        .is_ok_and(|o| String::from_utf8_lossy(&o.stdout).contains("install ok installed"))
}

/// `npm ci` when the lock file is newer than what is installed.
pub fn npm_ci(folder: &str) -> Res {
    let dir = root().join(folder);
    let lock = modified(&dir.join("package-lock.json"));
    if lock.is_none() || lock > modified(&dir.join("node_modules/.package-lock.json")) {
        go(npm(folder, &["ci", "--no-audit", "--no-fund"]))?;
    }
    Ok(())
}

/// Builds the UI when a source is newer: cargo embeds `ui/dist` as it finds it.
fn ui() -> Res {
    npm_ci("ui")?;
    // The last of both builds: of the console, and of the script in a passport's page.
    let built = modified(&root().join("ui/dist/passport/verify.js"));
    let sources = [
        "ui/src",
        "ui/passport",
        "ui/index.html",
        "ui/phone.html",
        "ui/package-lock.json",
        "ui/vite.config.ts",
        "ui/vite.passport.config.ts",
        "ui/public",
    ];
    if built.is_none() || sources.iter().any(|s| newest(&root().join(s)) > built) {
        go(npm("ui", &["run", "build"]))?;
    }
    Ok(())
}

/// tauri-driver drives the real window in tests.
fn driver() -> Res {
    if !cfg!(target_os = "linux") || crate::e2e::driver().is_file() {
        return Ok(());
    }
    let tools = target().join("tools");
    let tools = tools.to_string_lossy();
    go(cargo(&["install", "tauri-driver", "--version", TAURI_DRIVER, "--locked", "--root", &tools]))
}

fn modified(p: &Path) -> Option<SystemTime> {
    fs::metadata(p).and_then(|m| m.modified()).ok()
}

fn newest(p: &Path) -> Option<SystemTime> {
    let own = modified(p);
    let Ok(entries) = fs::read_dir(p) else { return own };
    entries.flatten().map(|e| newest(&e.path())).max().flatten().max(own)
}
