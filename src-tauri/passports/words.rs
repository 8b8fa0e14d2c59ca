//! `stallkeeper verify`: a check on the command line, without a stall and without a window.

use std::{fs, path::PathBuf, process::ExitCode};

use stall_core::datetime;
use stall_passport::{Checked, Fault, fingerprint, verify as look};

use crate::start::say;

/// What a shell is told; of several files the worst.
const WHOLE: u8 = 0;
const ALTERED: u8 = 1;
const NOTHING: u8 = 2;

/// Looks at files and says what they are.
pub fn verify(files: &[PathBuf], key: Option<&str>, chinese: bool) -> ExitCode {
    let mut worst = WHOLE;
    for path in files {
        let (code, text) = match fs::read(path) {
            Ok(bytes) => judged(&look(&bytes), key, chinese),
            Err(e) => (NOTHING, e.to_string()),
        };
        say(&format!("{}: {text}\n", path.display()));
        worst = worst.max(code);
    }
    ExitCode::from(worst)
}

fn judged(checked: &Checked, key: Option<&str>, chinese: bool) -> (u8, String) {
    let pick = |zh: String, en: String| if chinese { zh } else { en };
    let Some(doc) = &checked.document else {
        let text = pick("不是报告，或已面目全非".into(), "no passport, or changed beyond reading".into());
        return (if checked.page { ALTERED } else { NOTHING }, text);
    };
    if !checked.whole() {
        let faults: Vec<String> = checked.faults.iter().map(|f| fault(f, checked, chinese)).collect();
        return (
            ALTERED,
            pick("被改动过：".into(), "ALTERED: ".into()) + &faults.join(if chinese { "；" } else { "; " }),
        );
    }
    let (s, print) = (&doc.seal, fingerprint(&doc.seal.key));
    let plain = |k: &str| k.replace([' ', ':'], "").to_lowercase();
    if let Some(want) = key
        && plain(want) != plain(&print)
        && plain(want) != s.key
    {
        return (
            ALTERED,
            pick(
                format!("没有改动，但签名钥匙是 {print}，不是 {want}"),
                format!("unaltered, but signed with key {print}, not {want}"),
            ),
        );
    }
    let at = datetime::format(stall_core::Ms(s.issued_at));
    let d = &doc.sections;
    let text = pick(
        format!(
            "没有改动。{} 第 {} 版，{} {}，{}，签发 {at}，签名钥匙 {print}",
            s.number, s.version, d.device.model, d.grade.name.zh, d.stall.name
        ),
        format!(
            "unaltered. {} version {}, {} {}, {}, issued {at} UTC+8, key {print}",
            s.number, s.version, d.device.model, d.grade.name.en, d.stall.name
        ),
    );
    (WHOLE, text)
}

fn fault(f: &Fault, checked: &Checked, chinese: bool) -> String {
    let photo = |n: u32| {
        let title = checked
            .document
            .as_ref()
            .and_then(|d| d.sections.photos.get(n as usize))
            .map(|p| p.title.clone())
            .unwrap_or_default();
        if chinese { title.zh } else { title.en }
    };
    let (zh, en) = match f {
        Fault::Signature => (
            "签名与编号、版本、时间或钥匙不符".into(),
            "the signature does not fit number, version, time or key".into(),
        ),
        Fault::Section(name) => (format!("数据 {name}"), format!("section {name}")),
        Fault::Photo(n) => {
            (format!("照片 {}（{}）", n + 1, photo(*n)), format!("photograph {} ({})", n + 1, photo(*n)))
        }
        Fault::PhotoMissing(n) => {
            (format!("缺照片 {}（{}）", n + 1, photo(*n)), format!("photograph {} ({}) is missing", n + 1, photo(*n)))
        }
        Fault::Opening(kind) => (format!("完整串号 {kind}"), format!("full code {kind}")),
        Fault::Page(part) => (format!("页面 {part}"), format!("page {part}")),
        Fault::Form => ("文件写法".into(), "the way the file is written".into()),
        Fault::Number => ("编号的校验码".into(), "the check digit of the number".into()),
    };
    if chinese { zh } else { en }
}
