//! `test`: every ring at its everyday size. `soak`: the long ones.

use std::{path::Path, process::Command};

use crate::{
    e2e, setup,
    sh::{Res, cargo, cmd, go, npm, read, target},
};

/// Sets up and runs every test.
pub fn test() -> Res {
    setup::everything()?;
    let mut all = cargo(&["test", "--workspace", "--quiet"]);
    apart(&mut all);
    match stranger() {
        Ok(python) => {
            all.env("STALL_PYTHON", python);
        }
        Err(e) => println!("the passport's verifier in Python: not tested here ({e})"),
    }
    go(all)?;
    full_disks()?;
    go(npm("ui", &["run", "test"]))?;
    // The program under test is the one cargo built for the door's tests.
    e2e::browser()?;
    e2e::window()
}

/// Photographs on a full disk: needs the right to mount a small tmpfs, so it stands apart and says when it is left out.
fn full_disks() -> Res {
    if !linux_root() {
        println!("photographs on a full disk: not tested here (needs Linux and root)");
        return Ok(());
    }
    // Chosen by name, not by package: a part of the workspace has other features, and its dependencies would be built again.
    go(cargo(&["test", "--workspace", "--quiet", "--", "--ignored", "disk::"]))
}

fn linux_root() -> bool {
    cfg!(target_os = "linux") && read(cmd("id", &["-u"])).is_ok_and(|u| u.trim() == "0")
}

/// The process ring's programs in network namespaces, with clocks that are shifted: a must where that is allowed.
fn apart(ring: &mut Command) {
    if linux_root() {
        ring.env("STALL_RING_NAMESPACES", "must");
    } else {
        println!("the process ring: without network namespaces and shifted clocks here (they need Linux and root)");
    }
}

/// 200 kills in the middle of writes, more random histories, ten million of the sync model (a quarter of an hour), 2,000
/// histories with everything real but the processes (half an hour), half an hour of the process ring, and a property-based
/// fuzz of the HTTP door. What only computes is built for release.
pub fn soak() -> Res {
    setup::everything()?;
    let mut torture = cargo(&["test", "--package", "stall-store", "--test", "torture", "--", "--nocapture"]);
    torture.env("STALL_KILL_ROUNDS", "200");
    go(torture)?;
    for property in ["undo_property", "sync"] {
        let mut histories = cargo(&["test", "--package", "stall-store", "--test", property]);
        histories.env("STALL_CASES", "2000");
        go(histories)?;
    }
    let mut model = cargo(&["test", "--release", "--package", "stall-core", "--test", "sync_model"]);
    model.env("STALL_HISTORIES", "10000000");
    go(model)?;
    let mut faults =
        cargo(&["test", "--release", "--package", "stall-sync", "--test", "sync", "histories", "--", "--nocapture"]);
    faults.env("STALL_HISTORIES", "2000");
    go(faults)?;
    // Of the workspace, so that the hub's program is built beside the laptops'.
    let mut ring = cargo(&["test", "--workspace", "--test", "ring", "--", "--nocapture"]);
    ring.env("STALL_RING_SECONDS", "1800");
    apart(&mut ring);
    go(ring)?;
    go(cargo(&["build", "--quiet", "--package", "stallkeeper"]))?;
    fuzz()
}

/// A Python for the verifier that a stranger could have written, with its packages from PyPI in an environment of its own.
fn stranger() -> Res<String> {
    let venv = target().join("passport-venv");
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let python = python.to_string_lossy().into_owned();
    let whole = "import cryptography, blake3";
    if !Path::new(&python).exists() || go(cmd(&python, &["-c", whole])).is_err() {
        go(cmd(if cfg!(windows) { "python" } else { "python3" }, &["-m", "venv", &venv.to_string_lossy()]))?;
        go(cmd(&python, &["-m", "pip", "install", "--quiet", "cryptography>=42", "blake3>=1"]))?;
    }
    Ok(python)
}

/// schemathesis (PyPI) in a virtual environment of its own, against a served sample stall.
fn fuzz() -> Res {
    let venv = target().join("fuzz-venv");
    let bin = venv.join(if cfg!(windows) { "Scripts" } else { "bin" });
    if !bin.join("schemathesis").exists() && !bin.join("schemathesis.exe").exists() {
        let python = if cfg!(windows) { "python" } else { "python3" };
        go(cmd(python, &["-m", "venv", &venv.to_string_lossy()]))?;
        go(cmd(&bin.join("pip").to_string_lossy(), &["install", "--quiet", "schemathesis>=4,<5"]))?;
    }
    let data = target().join("fuzz-stall");
    let served = e2e::Served::start(&data, &["--sample"])?;
    let mut c = cmd(&bin.join("schemathesis").to_string_lossy(), &["run"]);
    c.arg(format!("{}/api/openapi.json", served.origin))
        .arg("--header")
        .arg(format!("authorization: Bearer {}", served.token))
        .args([
            "--checks",
            "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        ])
        .args(["--max-examples", "60", "--exclude-path-regex", "sample|files.pick|files.save|events"])
        .args(["--continue-on-failure"]);
    let result = go(c);
    drop(served);
    result
}
