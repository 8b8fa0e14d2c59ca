//! `check`: everything that must hold of the tree without running the program.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    setup,
    sh::{Res, cargo, cmd, go, has, npm, read, root, target},
    sqlx_prepare,
};

/// Lines a file may have at most; generated ones excepted.
const HARD_STOP: usize = 600;

/// Runs every check; the first that fails is named.
pub fn check() -> Res {
    setup::for_run()?;
    go(cargo(&["fmt", "--all", "--check"]))?;
    go(cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]))?;
    sqlx_prepare::verify()?;
    bindings_fresh()?;
    // svelte-check and the dictionaries.
    go(npm("ui", &["run", "check"]))?;
    go(npm("ui", &["run", "lint"]))?;
    sizes()?;
    ops_have_sentences()?;
    licences()
}

/// Writes the TypeScript of every type and command.
pub fn bindings() -> Res {
    let dir = root().join("ui/src/ipc/gen");
    fs::remove_dir_all(&dir).ok();
    // Of the whole workspace, as `test` builds it: one package alone would build its dependencies again.
    go(cargo(&["test", "--workspace", "--quiet", "--", "export_bindings"]))
}

fn bindings_fresh() -> Res {
    bindings()?;
    let changed = read(cmd("git", &["status", "--porcelain", "--", "ui/src/ipc/gen"]))?;
    if changed.trim().is_empty() { Ok(()) } else { Err(format!("bindings were out of date; commit these:\n{changed}")) }
}

fn tracked() -> Res<Vec<String>> {
    Ok(read(cmd("git", &["ls-files", "*.rs", "*.ts", "*.mjs", "*.svelte", "*.css"]))?
        .lines()
        .map(str::to_owned)
        .collect())
}

/// Prints the sizes of our files and refuses one over the hard stop.
fn sizes() -> Res {
    let mut sizes: Vec<(usize, String)> = Vec::new();
    for f in tracked()?.into_iter().filter(|f| !f.contains("/gen/")) {
        if let Ok(text) = fs::read_to_string(root().join(&f)) {
            sizes.push((text.lines().count(), f));
        }
    }
    sizes.sort_unstable();
    let at = |share: usize| sizes.get((sizes.len().saturating_sub(1)) * share / 100).map_or(0, |s| s.0);
    println!("files {} · median {} lines · p90 {} · longest {}", sizes.len(), at(50), at(90), at(100));
    let over: Vec<String> = sizes.iter().filter(|s| s.0 > HARD_STOP).map(|(n, f)| format!("  {n} {f}")).collect();
    if over.is_empty() { Ok(()) } else { Err(format!("files over {HARD_STOP} lines:\n{}", over.join("\n"))) }
}

/// Every user action of the store has its sentence in both dictionaries.
fn ops_have_sentences() -> Res {
    let ops = fs::read_to_string(root().join("crates/store/src/op.rs")).map_err(|e| e.to_string())?;
    let names: BTreeSet<&str> =
        ops.lines().filter_map(|l| l.split_once("=> \"").and_then(|(_, r)| r.split('"').next())).collect();
    if names.is_empty() {
        return Err("no action names found in crates/store/src/op.rs".into());
    }
    for lang in ["zh", "en"] {
        let file = Path::new("ui/src/i18n").join(lang).join("op.ts");
        let text = fs::read_to_string(root().join(&file)).map_err(|e| format!("{}: {e}", file.display()))?;
        let missing: Vec<&&str> = names.iter().filter(|n| !text.contains(&format!("op.{n}"))).collect();
        if !missing.is_empty() {
            return Err(format!("{} lacks {missing:?}", file.display()));
        }
    }
    Ok(())
}

/// cargo-deny: licences and sources always; advisories where its database is at hand (it cannot be fetched offline).
fn licences() -> Res {
    let own = target().join("tools/bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    let program = if has("cargo-deny") {
        "cargo-deny".to_owned()
    } else {
        if !own.is_file() {
            let tools = target().join("tools");
            go(cargo(&[
                "install",
                "cargo-deny",
                "--version",
                "^0.20",
                "--locked",
                "--root",
                &tools.to_string_lossy(),
            ]))?;
        }
        own.to_string_lossy().into_owned()
    };
    go(cmd(&program, &["check", "--hide-inclusion-graph", "licenses", "bans", "sources"]))?;
    let home = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|h| h.join(".cargo")));
    if home.is_some_and(|h| h.join("advisory-dbs").is_dir()) {
        go(cmd(&program, &["check", "--disable-fetch", "advisories"]))
    } else {
        println!("advisories: no database on this machine, skipped");
        Ok(())
    }
}
