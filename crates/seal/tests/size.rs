//! What a day costs on the wire. Sizes, not timings, so a test may hold them.
#![expect(clippy::print_stderr, reason = "figures of a test")]

mod common;

use common::{edits, envelopes};
use stall_core::sync::Hlc;
use stall_seal::frame::{self, PageWriter};

fn page_of(size: usize) -> (usize, usize) {
    let all = envelopes(&edits(2000), size);
    let mut page = PageWriter::default();
    let mut seq = 40_000;
    for e in &all {
        // Stamps as a hub gives them: corrected by a clock's small error.
        let effs: Vec<Hlc> = e.header.groups.iter().map(|g| g.hlc.moved(-137)).collect();
        let parts = e.parts.iter().map(Vec::as_slice).enumerate();
        assert_eq!(page.add(seq, false, &e.header.encode(), &effs, parts), Ok(()));
        seq += effs.len() as i64;
    }
    (frame::push_all(&all).len(), page.finish(seq).len())
}

#[test]
fn a_day_s_two_thousand_edits_cost_at_most_sixty_kilobytes() {
    let (pushed, pulled) = page_of(2000);
    eprintln!("one envelope: {pushed} bytes pushed, {pulled} pulled: {:.1} a record", pulled as f64 / 2000.0);
    assert!(pushed <= 60_000, "{pushed}");
    assert!(pulled <= 80_000, "{pulled}: more than 40 bytes a record");
}

#[test]
fn smaller_envelopes_cost_what_is_written_in_the_docs() {
    for (size, most) in [(1, 450), (10, 120), (50, 60), (200, 45)] {
        let (pushed, pulled) = page_of(size);
        eprintln!(
            "envelopes of {size}: {:.1} bytes an edit pushed, {:.1} pulled",
            pushed as f64 / 2e3,
            pulled as f64 / 2e3
        );
        assert!(pulled <= most * 2000, "{size}: {pulled}");
    }
}
