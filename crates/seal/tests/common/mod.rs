//! A day at a stall, as groups.
#![allow(dead_code, clippy::unwrap_used, clippy::allow_attributes, reason = "each test takes what it needs")]

use stall_core::{
    Id, Ms,
    sync::{Change, Group, Hex, Hlc, Record, Said, Scope, Value},
};
use stall_seal::{Envelope, Place, ReplicaKey, Ring, ScopeKey, VerifyKey};

/// SplitMix64.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }
    fn ten(&mut self) -> [u8; 10] {
        std::array::from_fn(|_| self.next() as u8)
    }
}

/// 25 November 2026.
const NOON: i64 = 1_795_579_200_000;

/// `n` single edits over ten hours, of 1,500 units taken in during three months: prices, notes, shelves, grades.
pub fn edits(n: usize) -> Vec<Group> {
    let mut rng = Rng(11);
    let units: Vec<(String, String)> = (0..1500)
        .map(|i| {
            let at = NOON - rng.below(90 * 86_400_000) as i64;
            (Id::v7(Ms(at), rng.ten()).to_string(), format!("2611-{i:04}"))
        })
        .collect();
    let (mut now, mut base, mut hlc) = (NOON - 18_000_000, 40_000, Hlc::ZERO);
    (1..=n as i64)
        .map(|rseq| {
            now += 1 + rng.below(2 * 36_000_000 / n) as i64;
            base += i64::from(rng.below(20) == 0);
            hlc = hlc.tick(Ms(now));
            let (unit, no) = &units[rng.below(units.len())];
            let text = |t: &str| Value::Text(t.to_owned());
            let (column, value) = match rng.below(10) {
                0..4 => ("price_live", Value::Int(100 * (500 + rng.below(6000) as i64))),
                4 => ("price_floor", Value::Int(100 * (400 + rng.below(6000) as i64))),
                5 => ("cost", Value::Int(100 * (300 + rng.below(5000) as i64))),
                6 => ("grade", text(["A", "A-", "B", "B+", "C"][rng.below(5)])),
                7 => ("shelf", text(["A1", "A2", "B7", "C3", "D12"][rng.below(5)])),
                8 => ("battery", Value::Int(75 + rng.below(25) as i64)),
                _ => ("note", text(["屏幕有轻微划痕", "边框磕碰", "电池已换", "面容正常", "充电口松"][rng.below(5)])),
            };
            let said = Said {
                op: "edit_units".into(),
                by: ["阿强", "小丽"][rng.below(2)].into(),
                at: Ms(now),
                args: format!(r#"{{"n":"1","stock_no":"{no}"}}"#),
            };
            let change = Change::Set(column.into(), value);
            let records = vec![Record { table: "units".into(), row: unit.clone(), change }];
            Group { rseq, base_seq: base, hlc, said, records }
        })
        .collect()
}

pub fn ring() -> Ring {
    let mut ring = Ring::default();
    for (i, scope) in Scope::ALL.into_iter().enumerate() {
        ring.add(scope, 1, ScopeKey::from_bytes([i as u8 + 1; 32]));
    }
    ring
}

pub fn key() -> ReplicaKey {
    ReplicaKey::from_bytes(&[9; 32])
}

pub fn check() -> VerifyKey {
    VerifyKey::from_bytes(&key().public()).unwrap()
}

/// Envelopes of `size` groups each, chained.
pub fn envelopes(groups: &[Group], size: usize) -> Vec<Envelope> {
    let mut prev = [0; 32];
    groups
        .chunks(size)
        .map(|some| {
            let place = Place { stall: Hex([1; 16]), replica: Hex([2; 16]), prev };
            let e = stall_seal::seal(place, some, &ring(), &key()).unwrap();
            prev = e.header.id();
            e
        })
        .collect()
}
