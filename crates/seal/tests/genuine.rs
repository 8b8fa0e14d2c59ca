//! What a hub, or whoever rents out its disk, could try.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{Rng, check, edits, envelopes, ring};
use stall_core::sync::{Group, Hlc};
use stall_seal::{
    Chains, Envelope, SealError,
    frame::{self, PageWriter},
    open,
};

/// All that a client does with an envelope.
fn read(bytes: &[u8]) -> Result<Vec<Group>, SealError> {
    let e = Envelope::decode(bytes)?;
    e.header.verify(&check())?;
    open(&e.header, e.parts.iter().map(Vec::as_slice).enumerate(), &ring())
}

#[test]
fn every_changed_byte_is_refused() {
    let bytes = envelopes(&edits(60), 60).remove(0).encode();
    assert!(read(&bytes).is_ok());
    let mut rng = Rng(1);
    for n in 0..1000 {
        let mut changed = bytes.clone();
        // Every byte of the header, then places anywhere.
        let at = if n < 600 { n } else { rng.below(bytes.len()) };
        changed[at] ^= 1 + rng.below(255) as u8;
        assert!(read(&changed).is_err(), "byte {at} of {}", bytes.len());
    }
}

#[test]
fn a_cut_or_lengthened_envelope_is_refused() {
    let bytes = envelopes(&edits(3), 3).remove(0).encode();
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "{end}");
    }
    assert!(read(&[&bytes[..], &[0]].concat()).is_err());
}

#[test]
fn a_dropped_swapped_repeated_or_forged_envelope_is_noticed() {
    let all = envelopes(&edits(40), 10);
    let takes = |order: &[usize]| {
        let mut chains = Chains::default();
        order.iter().try_for_each(|i| chains.take(&all[*i].header))
    };
    assert_eq!(takes(&[0, 1, 2, 3]), Ok(()));
    for bad in [&[1][..], &[0, 2], &[0, 1, 3], &[1, 0], &[0, 0], &[0, 2, 1]] {
        assert_eq!(takes(bad), Err(SealError::Chain), "{bad:?}");
    }
    let mut forged = all[0].clone();
    forged.header.sign(&stall_seal::ReplicaKey::from_bytes(&[1; 32]));
    assert_eq!(read(&forged.encode()), Err(SealError::NotGenuine));
}

fn page(own: bool) -> (Vec<Envelope>, Vec<u8>) {
    let all = envelopes(&edits(30), 10);
    let mut w = PageWriter::default();
    let mut seq = 5;
    for e in &all {
        let effs: Vec<Hlc> = e.header.groups.iter().map(|g| g.hlc.moved(1000)).collect();
        let parts = e.parts.iter().map(Vec::as_slice).enumerate().filter(|_| !own);
        w.add(seq, own, &e.header.encode(), &effs, parts).unwrap();
        seq += effs.len() as i64;
    }
    (all, w.finish(99))
}

#[test]
fn a_page_gives_its_envelopes_back_and_an_own_one_gives_headers_only() {
    let (all, body) = page(false);
    let (pulled, end) = frame::page(&body).unwrap();
    assert_eq!((pulled.len(), end.head, pulled[1].seq0), (3, 99, 15));
    for (p, e) in pulled.iter().zip(&all) {
        assert_eq!((&p.header, p.header.id()), (&e.header, e.header.id()));
        assert_eq!(p.parts.iter().map(|(_, b)| b).collect::<Vec<_>>(), e.parts.iter().collect::<Vec<_>>());
        assert_eq!(p.effs[3], e.header.groups[3].hlc.moved(1000));
    }
    let (own, _) = frame::page(&page(true).1).unwrap();
    assert!(own.iter().all(|p| p.own && p.parts.is_empty()));
    assert_eq!(frame::page(&PageWriter::default().finish(7)).unwrap().0, []);
}

#[test]
fn a_cut_page_is_refused() {
    let body = page(false).1;
    for end in (0..body.len()).step_by(7) {
        assert!(frame::page(&body[..end]).is_err(), "{end}");
    }
}

#[test]
fn a_push_body_gives_its_envelopes_back() {
    let all = envelopes(&edits(30), 10);
    let body = frame::push_all(&all);
    let back: Vec<Envelope> = frame::pushed(&body).map(|b| Envelope::decode(b.unwrap()).unwrap()).collect();
    assert_eq!(back, all);
    assert!(frame::pushed(&body[..body.len() - 1]).any(|b| b.is_err()));
}

#[test]
fn a_small_part_that_unpacks_to_very_much_is_refused() {
    let bomb = zstd::bulk::compress(&vec![0u8; 65 << 20], 9).unwrap();
    assert!(bomb.len() < 10_000);
    assert_eq!(stall_seal::body::unpack(&[], &bomb), Err(SealError::TooLong));
}
