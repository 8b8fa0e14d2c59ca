//! A verifier in Python that was written from `docs/passport.md` alone. It needs two packages: where they can not be had (no
//! network, no Python) this test says so and passes; `cargo xtask test` brings them where it can, and then insists.

use std::{fs, path::Path, process::Command};

use stall_core::api::{PassportCopy, PassportLang};
use stall_passport::html;

use crate::sample::sample;

#[test]
#[expect(clippy::print_stderr, reason = "says that it is left out")]
fn a_stranger_passes_our_files_and_refuses_changed_ones() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let Some(python) = python(&root) else {
        assert!(std::env::var("STALL_PYTHON").is_err(), "STALL_PYTHON lacks `cryptography` or `blake3`");
        eprintln!("no Python with `cryptography` and `blake3`: skipped");
        return;
    };
    let s = sample(60);
    let dir = tempfile::tempdir().unwrap();
    let page = |name: &str, lang, copy, doc| {
        fs::write(dir.path().join(name), html(&s.key, doc, lang, copy, &s.pictures, "let a = '</script>';").unwrap())
            .unwrap();
    };
    let buyer = s.buyer();
    page("public.html", PassportLang::Zh, PassportCopy::Public, &s.document);
    page("buyer.html", PassportLang::En, PassportCopy::Buyer, &buyer);
    fs::write(dir.path().join("public.json"), s.document.bytes().unwrap()).unwrap();
    fs::write(dir.path().join("buyer.json"), buyer.bytes().unwrap()).unwrap();
    let out = Command::new(python)
        .arg(root.join("tests/passport/verify.py"))
        .args(["--mutate", "1000", "public.html", "buyer.html", "public.json", "buyer.json"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
}

/// A Python that has what the verifier needs: one named by `STALL_PYTHON`, the system's, or the one `xtask` made.
fn python(root: &Path) -> Option<String> {
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root.join("target"), Into::into);
    let made = target.join("passport-venv").join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let named = std::env::var("STALL_PYTHON").ok();
    let has = |p: &String| {
        Command::new(p).args(["-c", "import blake3, cryptography"]).output().is_ok_and(|o| o.status.success())
    };
    named.into_iter().chain([made.to_string_lossy().into_owned(), "python3".into()]).find(has)
}
