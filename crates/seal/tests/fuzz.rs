//! A decoder meets bytes of anybody: it says no, and neither panics nor asks for much memory. `STALL_FUZZ=10000000` for a soak.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "tests")]

mod common;

use common::{Rng, edits, envelopes, ring};
use stall_seal::{Envelope, GroupHead, body, frame};

#[global_allocator]
static MEMORY: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// Changes, cuts, doubles, or makes the numbers great.
fn mutate(rng: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..1 + rng.below(4) {
        let at = rng.below(bytes.len());
        match rng.below(6) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, rng.next() as u8),
            2 => {
                let to = bytes.len().min(at + 10);
                bytes[at..to].fill(0xff);
            }
            3 => {
                let some = bytes[at..bytes.len().min(at + 20)].to_vec();
                bytes.extend(some);
            }
            _ => bytes[at] = rng.next() as u8,
        }
        if bytes.is_empty() {
            bytes.push(1);
        }
    }
}

#[test]
fn no_bytes_make_a_decoder_panic_or_take_much_memory() {
    let groups = edits(12);
    let heads: Vec<GroupHead> = groups.iter().map(|g| GroupHead { base_seq: g.base_seq, hlc: g.hlc }).collect();
    let parts: Vec<body::PartGroup> =
        groups.iter().map(|g| body::PartGroup { said: Some(g.said.clone()), records: g.records.clone() }).collect();
    let plain = body::encode(&heads, &parts).unwrap();
    let packed = body::pack(&heads, &parts).unwrap();
    let sealed = envelopes(&groups, 12).remove(0);
    let envelope = sealed.encode();
    let mut page = frame::PageWriter::default();
    let effs: Vec<_> = heads.iter().map(|h| h.hlc).collect();
    page.add(1, false, &sealed.header.encode(), &effs, sealed.parts.iter().map(Vec::as_slice).enumerate()).unwrap();
    let page = page.finish(12);

    let n: usize = std::env::var("STALL_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(200_000);
    let mut rng = Rng(7);
    let (before, mut read) = (MEMORY.current_usage(), 0);
    MEMORY.reset_peak_usage();
    for i in 0..n {
        let which = i % 5;
        let mut bytes = match which {
            0 | 1 => plain.clone(),
            2 => packed.clone(),
            3 => envelope.clone(),
            _ => page.clone(),
        };
        if i % 50 < 5 {
            bytes = (0..rng.below(300) + 1).map(|_| rng.next() as u8).collect();
            bytes[0] = plain[0];
        } else {
            mutate(&mut rng, &mut bytes);
        }
        read += usize::from(match which {
            0 | 1 => body::decode(&heads, &bytes).is_ok(),
            2 => body::unpack(&heads, &bytes).is_ok(),
            3 => Envelope::decode(&bytes).is_ok_and(|e| {
                stall_seal::open(&e.header, e.parts.iter().map(Vec::as_slice).enumerate(), &ring()).is_ok()
            }),
            _ => frame::page(&bytes).is_ok(),
        });
    }
    let most = MEMORY.peak_usage() - before;
    eprintln!("{n} inputs, {read} readable, at most {most} bytes at a time");
    // An input is of 3 kB at the most. zstd's own window, 8 MiB at the most, is C's and not in the figure.
    assert!(most < 4 << 20, "{most} bytes");
}
