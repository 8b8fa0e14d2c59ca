//! PDF and long picture of a passport with twelve photographs, warm: `bench_passport [ROUNDS]`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]
#![expect(dead_code, reason = "shared with the tests")]

use std::time::Instant;

use stall_core::api::{PassportCopy, PassportLang};
use stall_passport::{Form, make, verify};

#[path = "../tests/passport/sample.rs"]
mod sample;

fn main() {
    let rounds: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(15);
    let s = sample::sample(1080);
    let go = |form, lang| {
        let from = Instant::now();
        let bytes = make(&s.document, form, lang, PassportCopy::Public, &s.pictures).unwrap();
        (from.elapsed().as_secs_f64() * 1000.0, bytes.len())
    };
    let (cold, _) = go(Form::Pdf, PassportLang::En);
    let (mut both, mut pdf, mut long) = (Vec::new(), Vec::new(), Vec::new());
    let mut sizes = (0, 0);
    for _ in 0..rounds {
        let (a, b) = (go(Form::Pdf, PassportLang::Zh), go(Form::Long, PassportLang::Zh));
        both.push(a.0 + b.0);
        pdf.push(a.0);
        long.push(b.0);
        sizes = (a.1, b.1);
    }
    let file = s.document.bytes().unwrap();
    let from = Instant::now();
    assert!(verify(&file).whole());
    let check = from.elapsed().as_secs_f64() * 1000.0;
    println!("passport: {} photographs of 1080 px, medians of {rounds} rounds, ms", s.document.sections.photos.len());
    println!(
        "  first PDF {cold:.0} · PDF {:.0} ({} KB) · long picture {:.0} ({} KB) · verify {check:.2}",
        median(&mut pdf),
        sizes.0 / 1024,
        median(&mut long),
        sizes.1 / 1024
    );
    println!("  {:<40} {:>8.2}   reach <= 400", "PDF + long picture, warm, ms", median(&mut both));
}

fn median(v: &mut [f64]) -> f64 {
    v.sort_by(f64::total_cmp);
    v[v.len() / 2]
}
