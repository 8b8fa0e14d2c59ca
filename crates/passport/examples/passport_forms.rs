//! Every form of a made-up passport into a folder, to be looked at: `passport_forms DIR VERIFY.JS`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for looking")]

use std::{fs, path::PathBuf};

use stall_core::api::{PassportCopy, PassportLang};
use stall_passport::{Form, html, make};

#[path = "../tests/passport/sample.rs"]
mod sample;

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = PathBuf::from(args.next().unwrap());
    let script = args.next().map(|p| fs::read_to_string(p).unwrap()).unwrap_or_default();
    fs::create_dir_all(&dir).unwrap();
    let s = sample::sample(1080);
    let put = |name: String, bytes: Vec<u8>| {
        println!("{name}: {} bytes", bytes.len());
        fs::write(dir.join(name), bytes).unwrap();
    };
    put("passport.json".into(), s.document.bytes().unwrap());
    for (lang, tag) in [(PassportLang::Zh, "zh"), (PassportLang::En, "en")] {
        for (form, name) in
            [(Form::Pdf, "a4.pdf"), (Form::Card, "card.pdf"), (Form::Long, "long.jpg"), (Form::Short, "short.jpg")]
        {
            put(format!("{tag}-{name}"), make(&s.document, form, lang, PassportCopy::Public, &s.pictures).unwrap());
        }
        put(
            format!("{tag}-public.html"),
            html(&s.key, &s.document, lang, PassportCopy::Public, &s.pictures, &script).unwrap(),
        );
        put(
            format!("{tag}-buyer.html"),
            html(&s.key, &s.buyer(), lang, PassportCopy::Buyer, &s.pictures, &script).unwrap(),
        );
    }
}
