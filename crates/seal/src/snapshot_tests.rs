#![expect(clippy::unwrap_used, reason = "tests")]
use stall_core::sync::{Hex, Value};

use super::*;

fn ring() -> Ring {
    let mut ring = Ring::default();
    ring.add(Scope::Goods, 1, ScopeKey::from_bytes([1; 32]));
    ring.add(Scope::Goods, 2, ScopeKey::from_bytes([2; 32]));
    ring.add(Scope::Money, 1, ScopeKey::from_bytes([3; 32]));
    ring
}

fn header() -> SnapshotHeader {
    SnapshotHeader::new(Hex([7; 16]), Hex([8; 16]), 900, 10).unwrap()
}

fn block(n: i64) -> Block {
    Block { name: "units".into(), rows: 2, columns: vec![("cost".into(), vec![Value::Int(n), Value::Null])] }
}

/// The pieces of a part of three blocks.
fn pieces(header: &SnapshotHeader, scope: Scope) -> Vec<Vec<u8>> {
    let (_, mut writer) = header.writer(scope, &ring()).unwrap();
    let mut out: Vec<Vec<u8>> = (0..3).map(|n| writer.block(n, &block(n as i64)).unwrap()).collect();
    out.push(writer.end().unwrap());
    out
}

fn opened(header: &SnapshotHeader, scope: Scope, pieces: &[Vec<u8>]) -> Result<Vec<Block>, SealError> {
    let mut reader = header.reader(scope, &ring())?;
    let mut out = Vec::new();
    for piece in pieces {
        let (first, sealed) = piece.split_first_chunk::<4>().unwrap();
        assert_eq!(reader.length(*first)?, sealed.len());
        match reader.open(sealed)? {
            Some((_, block)) => out.push(block),
            None => return Ok(out),
        }
    }
    Err(SealError::Malformed)
}

fn with_parts(mut header: SnapshotHeader, key: &ReplicaKey) -> SnapshotHeader {
    for (scope, key_epoch) in [(Scope::Money, 1), (Scope::Goods, 2)] {
        header.parts.push(SealedPart { scope, key_epoch, length: 9, hash: [4; 32] });
    }
    header.sign(key);
    header
}

#[test]
fn what_was_sealed_is_opened_by_who_holds_the_key_and_signed_by_who_made_it() {
    let key = ReplicaKey::from_bytes(&[5; 32]);
    let header = with_parts(header(), &key);
    let bytes = header.encode();
    assert!(bytes.len() <= HEADER_MAX);
    let read = SnapshotHeader::read(&mut Reader::new(&bytes)).unwrap();
    assert_eq!(read, header);
    read.verify(&VerifyKey::from_bytes(&key.public()).unwrap()).unwrap();
    for scope in [Scope::Goods, Scope::Money] {
        assert_eq!(opened(&read, scope, &pieces(&header, scope)).unwrap(), [block(0), block(1), block(2)]);
    }
    assert_eq!(read.reader(Scope::Floor, &ring()).unwrap_err(), SealError::Malformed);
    assert_eq!(read.reader(Scope::Money, &Ring::default()).unwrap_err(), SealError::NoKey);
}

#[test]
fn no_byte_of_a_header_can_be_another() {
    let key = ReplicaKey::from_bytes(&[5; 32]);
    let public = VerifyKey::from_bytes(&key.public()).unwrap();
    let bytes = with_parts(header(), &key).encode();
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1;
        let read = SnapshotHeader::read(&mut Reader::new(&other));
        assert!(read.and_then(|h| h.verify(&public)).is_err(), "byte {at}");
        assert!(SnapshotHeader::read(&mut Reader::new(&bytes[..at])).is_err());
    }
}

#[test]
fn pieces_dropped_swapped_cut_or_of_another_part_are_noticed() {
    let header = with_parts(header(), &ReplicaKey::from_bytes(&[5; 32]));
    let goods = pieces(&header, Scope::Goods);
    let refused = |pieces: &[Vec<u8>]| opened(&header, Scope::Goods, pieces).unwrap_err();
    assert_eq!(refused(&goods[..3]), SealError::Malformed, "the end is missing");
    assert_eq!(refused(&[goods[0].clone(), goods[2].clone()]), SealError::NotGenuine);
    assert_eq!(refused(&[goods[1].clone(), goods[0].clone()]), SealError::NotGenuine);
    assert_eq!(refused(&[goods[0].clone(), goods[3].clone()]), SealError::NotGenuine, "ended early");
    assert_eq!(refused(&pieces(&header, Scope::Money)), SealError::NotGenuine);
    let other = SnapshotHeader { seq: 901, ..header.clone() };
    assert_eq!(refused(&pieces(&other, Scope::Goods)), SealError::NotGenuine, "another seq, another key");
    let salted = SnapshotHeader { salt: [0; 32], ..header.clone() };
    assert_eq!(refused(&pieces(&salted, Scope::Goods)), SealError::NotGenuine);
}
