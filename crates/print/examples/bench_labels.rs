//! `cargo xtask bench`: 100 labels as a PDF and as bits for a printer.
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::Instant;

use stall_core::{
    AppResult,
    api::{LabelBars, LabelLanguage, LabelShow, PrinterLanguage},
    labels,
};
use stall_print::{Bits, Fonts, Laid, dots_per_mm, lay_out, pages, pdf, raw};

const N: usize = 100;

fn main() -> AppResult<()> {
    let show = LabelShow { qr: true, bars: LabelBars::Device, grade: true, battery: true, price: true, shelf: true };
    let words: Vec<_> = (0..N)
        .map(|i| {
            let mut facts = labels::example(LabelLanguage::Zh);
            facts.stock_no = format!("{i:04}");
            labels::unit_words(&facts, &show, LabelLanguage::Zh)
        })
        .collect();
    println!("labels: {N} units, 40x30 mm; reach: PDF or bits <= 2 s");
    for (paper, dpi) in [("40x30", 203), ("a4-3x7", 600)] {
        let (paper, mm) = (labels::paper(paper)?, dots_per_mm(dpi));
        let started = Instant::now();
        let fonts = Fonts::open()?;
        let all: Vec<Laid> = words.iter().map(|w| lay_out(&fonts, paper, w, mm)).collect::<AppResult<_>>()?;
        let laid = started.elapsed();
        let file = pdf(&fonts, &pages(paper, all, 0), "labels")?;
        println!(
            "  {} pdf    {:>6.0} ms of it layout {:.0} ms, {} KB",
            paper.id,
            ms(started),
            laid.as_secs_f64() * 1e3,
            file.len() / 1024
        );
    }
    let paper = labels::paper("40x30")?;
    for dpi in labels::DPIS {
        let started = Instant::now();
        let (fonts, mm) = (Fonts::open()?, dots_per_mm(dpi));
        let mut bytes = 0;
        for w in &words {
            let label = lay_out(&fonts, paper, w, mm)?;
            let roll = raw::Roll {
                language: PrinterLanguage::Tspl,
                width: paper.width,
                height: paper.height,
                gap: paper.gap,
                dots_per_mm: mm,
                darkness: 8,
                copies: 1,
            };
            bytes += raw::label(&Bits::of(&fonts, &label), &roll).len();
        }
        println!("  40x30 tspl {dpi} dpi {:>6.0} ms, {} KB", ms(started), bytes / 1024);
    }
    Ok(())
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
