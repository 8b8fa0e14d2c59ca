//! What a laptop has open now, told to the stall's others through the hub and kept by nobody.
//!
//! ```text
//! "SKH" 0x01 | key_epoch varint | sealed: 24 + 384 + 16 | signature 64
//! in it: at i64 ms | n u8 | n times: kind u8 | record 16 | editing u8 | who after its length
//!        | where it tells what it holds: 0x01 | sure u8 | seq i64 | lineage 16 | shape u64 | n u8 | n times: scope u8 | sum u128
//!        | zeros up to 384
//! ```
//! Always as long, whatever is open. Sealed under a key made of the goods key, with stall and replica as associated data;
//! signed by the replica, so that one laptop cannot speak as another. Who opens it compares `at` with the hub's clock.

use stall_core::{
    Id, Ms,
    api::{RecordKind, RecordRef},
    sync::{
        Hex, ReplicaId, Scope, StallId,
        audit::{Keys, Sums, Told},
    },
};

use crate::{Reader, ReplicaKey, Ring, ScopeKey, SealError, VerifyKey, Writer, aead};

const MAGIC: [u8; 4] = *b"SKH\x01";
const CONTEXT: &str = "stallkeeper 2026 presence";
const SUMS: &str = "stallkeeper 2026 ledger sums";
/// What is told of sums, as this version writes it. An older one takes it for zeros.
const LEDGER: u8 = 1;
const PLAIN: usize = 384;
const SIGNATURE: usize = 64;
/// Longest a sealed one is.
pub const LONGEST: usize = MAGIC.len() + 5 + 24 + PLAIN + 16 + SIGNATURE;
/// Letters of a name; the rest is left out.
const NAME: usize = 24;
/// Records of one laptop; the rest is left out.
const MOST: usize = 8;

/// One record that is open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opened {
    pub at: RecordRef,
    /// A field of it is being changed.
    pub editing: bool,
    /// Who works there.
    pub who: String,
}

/// What a laptop has open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Here {
    /// By the hub's clock.
    pub at: Ms,
    pub open: Vec<Opened>,
    /// What it holds, where it tells that.
    pub ledger: Option<Told>,
}

/// The keys of sums: of the first epoch, which all who have the scope hold. No key, no sum.
#[must_use]
pub fn sum_keys(ring: &Ring) -> Keys {
    let key = |s: Scope| Some((s, ring.get(s.number(), 1)?.derive(SUMS)));
    Keys(Scope::ALL.into_iter().filter_map(key).collect())
}

fn number(kind: RecordKind) -> u8 {
    match kind {
        RecordKind::Unit => 0,
        RecordKind::Order => 1,
        RecordKind::Show => 2,
        RecordKind::Take => 3,
    }
}

fn kind(number: u8) -> Option<RecordKind> {
    [RecordKind::Unit, RecordKind::Order, RecordKind::Show, RecordKind::Take].get(usize::from(number)).copied()
}

/// Whose it is: part of what is signed and of what the seal is bound to.
fn bound(stall: &StallId, replica: &ReplicaId, head: &[u8]) -> Vec<u8> {
    [head, &stall.0, &replica.0].concat()
}

fn write(here: &Here) -> Result<Vec<u8>, SealError> {
    let mut w = Writer(here.at.0.to_be_bytes().to_vec());
    w.byte(0);
    let ledger = here.ledger.as_ref().map(ledger).unwrap_or_default();
    let mut n = 0;
    for o in here.open.iter().take(MOST) {
        let who: String = o.who.chars().take(NAME).collect();
        // What does not fit is left out: the last said matter least.
        if w.0.len() + 1 + 16 + 1 + 1 + who.len() + ledger.len() > PLAIN {
            break;
        }
        w.byte(number(o.at.kind));
        w.raw(o.at.id.0.as_bytes());
        w.byte(u8::from(o.editing));
        w.sized(who.as_bytes());
        n += 1;
    }
    *w.0.get_mut(8).ok_or(SealError::Malformed)? = n;
    w.raw(&ledger);
    w.0.resize(PLAIN, 0);
    Ok(w.0)
}

fn ledger(told: &Told) -> Vec<u8> {
    let mut w = Writer(vec![LEDGER, u8::from(told.sure)]);
    w.raw(&told.sums.seq.to_be_bytes());
    w.raw(&told.sums.lineage.0);
    w.raw(&told.sums.shape.to_be_bytes());
    w.byte(u8::try_from(told.sums.of.len()).unwrap_or(0));
    for (scope, sum) in &told.sums.of {
        w.byte(scope.number());
        w.raw(&sum.to_be_bytes());
    }
    w.0
}

/// `None` where nothing is told, or by a newer version.
fn read_ledger(r: &mut Reader<'_>) -> Result<Option<Told>, SealError> {
    match r.byte() {
        Ok(LEDGER) => {}
        _ => return Ok(None),
    }
    let sure = r.byte()? == 1;
    let seq = i64::from_be_bytes(r.array()?);
    let lineage = Hex(r.array()?);
    let shape = u64::from_be_bytes(r.array()?);
    let mut of = std::collections::BTreeMap::new();
    for _ in 0..r.byte()? {
        let (scope, sum) = (r.byte()?, u128::from_be_bytes(r.array()?));
        // One of a newer program is not compared.
        of.extend(Scope::of_number(scope).map(|s| (s, sum)));
    }
    Ok(Some(Told { sums: Sums { seq, lineage, shape, of }, sure }))
}

fn read(plain: &[u8]) -> Result<Here, SealError> {
    let mut r = Reader::new(plain);
    let at = Ms(i64::from_be_bytes(r.array()?));
    let n = r.byte()?;
    let mut open = Vec::new();
    for _ in 0..n {
        let kind = kind(r.byte()?);
        let id = Id::from(Hex(r.array()?));
        let editing = r.byte()? == 1;
        let who = r.text()?.to_owned();
        // A kind of a newer program is not shown.
        if let Some(kind) = kind {
            open.push(Opened { at: RecordRef { kind, id }, editing, who });
        }
    }
    let ledger = read_ledger(&mut r)?;
    Ok(Here { at, open, ledger })
}

/// Seals and signs it.
///
/// # Errors
/// `NoKey` without a key of goods; `NoRandom`.
pub fn seal(
    stall: &StallId,
    replica: &ReplicaId,
    ring: &Ring,
    key: &ReplicaKey,
    here: &Here,
) -> Result<Vec<u8>, SealError> {
    let (epoch, scope) = ring.newest(Scope::Goods).ok_or(SealError::NoKey)?;
    let mut w = Writer(MAGIC.to_vec());
    w.varint(u64::from(epoch));
    let sealed = aead::seal(&own(scope), &bound(stall, replica, &w.0), &write(here)?)?;
    w.raw(&sealed);
    let signature = key.sign(&bound(stall, replica, &w.0));
    w.raw(&signature);
    Ok(w.0)
}

fn own(scope: &ScopeKey) -> [u8; 32] {
    scope.derive(CONTEXT)
}

/// Checks that `replica` said it, and opens it. Whether it is fresh is for the caller to say.
///
/// # Errors
/// `NoKey` for an epoch that is not here; `NotGenuine`, `Malformed`, `Newer`, `TooLong`.
pub fn open(
    stall: &StallId,
    replica: &ReplicaId,
    ring: &Ring,
    key: &VerifyKey,
    bytes: &[u8],
) -> Result<Here, SealError> {
    if bytes.len() > LONGEST {
        return Err(SealError::TooLong);
    }
    let (said, signature) = bytes.split_last_chunk::<SIGNATURE>().ok_or(SealError::Malformed)?;
    key.check(&bound(stall, replica, said), signature)?;
    let mut r = Reader::new(said);
    let magic = r.array::<4>()?;
    if magic[..3] != MAGIC[..3] {
        return Err(SealError::Malformed);
    }
    if magic[3] != MAGIC[3] {
        return Err(SealError::Newer);
    }
    let epoch = u32::try_from(r.varint()?).map_err(|_| SealError::Malformed)?;
    let scope = ring.get(Scope::Goods.number(), epoch).ok_or(SealError::NoKey)?;
    let (head, sealed) = said.split_at_checked(r.at()).ok_or(SealError::Malformed)?;
    read(&aead::open(&own(scope), &bound(stall, replica, head), sealed)?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const STALL: StallId = Hex([1; 16]);
    const ME: ReplicaId = Hex([2; 16]);

    fn ring(epochs: u32) -> Ring {
        let mut ring = Ring::default();
        (1..=epochs).for_each(|e| ring.add(Scope::Goods, e, ScopeKey::from_bytes([e as u8; 32])));
        ring
    }

    fn me() -> ReplicaKey {
        ReplicaKey::from_bytes(&[7; 32])
    }

    fn check(key: &ReplicaKey) -> VerifyKey {
        VerifyKey::from_bytes(&key.public()).unwrap()
    }

    fn opened(n: u8, who: &str) -> Opened {
        let at = RecordRef { kind: RecordKind::Unit, id: Id::v7(Ms(5), [n; 10]) };
        Opened { at, editing: n % 2 == 1, who: who.to_owned() }
    }

    #[test]
    fn it_comes_back_and_is_always_as_long() {
        let mut lengths = std::collections::BTreeSet::new();
        for open in [vec![], vec![opened(1, "小李")], (0..4).map(|n| opened(n, "Xiao Li")).collect()] {
            let here = Here { at: Ms(1_795_651_200_000), open, ledger: None };
            let bytes = seal(&STALL, &ME, &ring(1), &me(), &here).unwrap();
            assert_eq!(super::open(&STALL, &ME, &ring(1), &check(&me()), &bytes).unwrap(), here);
            lengths.insert(bytes.len());
        }
        assert_eq!(lengths.len(), 1);
        assert!(lengths.into_iter().all(|n| n <= LONGEST));
    }

    #[test]
    fn long_names_are_cut_and_what_does_not_fit_is_left_out() {
        let open: Vec<Opened> = (0..20).map(|n| opened(n, &"🙂".repeat(100))).collect();
        let bytes = seal(&STALL, &ME, &ring(1), &me(), &Here { at: Ms(0), open: open.clone(), ledger: None }).unwrap();
        let read = super::open(&STALL, &ME, &ring(1), &check(&me()), &bytes).unwrap().open;
        assert_eq!(read.len(), 3);
        assert!(read.iter().zip(&open).all(|(r, o)| r.at == o.at && r.who == "🙂".repeat(NAME)));
    }

    #[test]
    fn what_it_holds_is_told_in_the_same_length_and_records_give_way() {
        let of = Scope::ALL.into_iter().map(|s| (s, u128::MAX - u128::from(s.number()))).collect();
        let sums = Sums { seq: 9_000_000_000, lineage: Hex([5; 16]), shape: u64::MAX, of };
        let open: Vec<Opened> = (0..20).map(|n| opened(n, &"🙂".repeat(NAME))).collect();
        for sure in [false, true] {
            let ledger = Some(Told { sums: sums.clone(), sure });
            let here = Here { at: Ms(7), open: open.clone(), ledger: ledger.clone() };
            let bytes = seal(&STALL, &ME, &ring(1), &me(), &here).unwrap();
            assert_eq!(bytes.len(), seal(&STALL, &ME, &ring(1), &me(), &Here { ledger: None, ..here }).unwrap().len());
            let read = super::open(&STALL, &ME, &ring(1), &check(&me()), &bytes).unwrap();
            assert_eq!((read.ledger, read.open.len()), (ledger, 2));
        }
    }

    #[test]
    fn what_a_newer_program_tells_is_nothing_and_a_scope_it_has_more_is_left_out() {
        let newer = [vec![0; 9], vec![2], vec![9; PLAIN - 10]].concat();
        assert_eq!(read(&newer).unwrap().ledger, None);
        let more = [vec![0; 9], vec![LEDGER, 0], vec![0; 32], vec![1, 99], vec![7; 16], vec![0; 100]].concat();
        assert!(read(&more).unwrap().ledger.unwrap().sums.of.is_empty());
        let cut = [vec![0; 9], vec![LEDGER, 0, 1]].concat();
        assert_eq!(read(&cut), Err(SealError::Malformed));
    }

    #[test]
    fn keys_of_sums_are_those_of_the_scopes_at_hand_and_no_new_epoch_changes_them() {
        let mut more = ring(3);
        assert_eq!(sum_keys(&more), sum_keys(&ring(1)));
        assert_eq!(sum_keys(&more).0.len(), 1);
        more.add(Scope::Money, 2, ScopeKey::from_bytes([9; 32]));
        assert_eq!(sum_keys(&more).0.len(), 1, "it lacks the first");
        more.add(Scope::Money, 1, ScopeKey::from_bytes([1; 32]));
        let keys = sum_keys(&more);
        assert_eq!(keys.0.len(), 2);
        assert_ne!(keys.0[&Scope::Goods], [1; 32]);
    }

    #[test]
    fn another_laptop_stall_or_key_is_not_believed() {
        let here = Here { at: Ms(9), open: vec![opened(1, "小李")], ledger: None };
        let bytes = seal(&STALL, &ME, &ring(2), &me(), &here).unwrap();
        let open =
            |stall, replica, ring: &Ring, key: &ReplicaKey| super::open(stall, replica, ring, &check(key), &bytes);
        let other = ReplicaKey::from_bytes(&[8; 32]);
        assert_eq!(open(&Hex([9; 16]), &ME, &ring(2), &me()), Err(SealError::NotGenuine));
        assert_eq!(open(&STALL, &Hex([9; 16]), &ring(2), &me()), Err(SealError::NotGenuine));
        assert_eq!(open(&STALL, &ME, &ring(2), &other), Err(SealError::NotGenuine));
        // Taken out of the stall: the next epoch is not given to it.
        assert_eq!(open(&STALL, &ME, &ring(1), &me()), Err(SealError::NoKey));
        // A helper with the goods key and its own signature speaks as itself only.
        let forged = seal(&STALL, &ME, &ring(2), &other, &here).unwrap();
        assert_eq!(super::open(&STALL, &ME, &ring(2), &check(&me()), &forged), Err(SealError::NotGenuine));
    }

    #[test]
    fn every_changed_byte_is_noticed_and_no_length_panics() {
        let here = Here { at: Ms(9), open: vec![opened(1, "小李")], ledger: None };
        let bytes = seal(&STALL, &ME, &ring(1), &me(), &here).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(super::open(&STALL, &ME, &ring(1), &check(&me()), &changed).is_err(), "{at}");
            assert!(super::open(&STALL, &ME, &ring(1), &check(&me()), &bytes[..at]).is_err(), "{at}");
        }
        // One who holds the keys and writes nonsense.
        for junk in [vec![0xff; PLAIN], vec![0; 3], [vec![0; 8], vec![200], vec![1; PLAIN - 9]].concat()] {
            let said = read(&junk);
            assert!(said.as_ref().is_err_and(|e| *e == SealError::Malformed), "{said:?}");
        }
    }
}
