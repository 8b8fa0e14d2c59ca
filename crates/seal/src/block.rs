//! A block of a snapshot as bytes: each column by itself, in the way that suits its values.
//!
//! ```text
//! name | rows | columns, then each: name, kind u8, and
//!   0 one value for all
//!   1 up to 256 values, then the index of each row's, u8
//!   2 a tag each | whole numbers, z-delta from the one before | 8 bytes a real | UUIDs byte by byte | lengths | all bytes
//! ```

use std::collections::HashMap;

use stall_core::{
    Id,
    sync::{Hex, Value, snapshot::Block},
};

use crate::{
    Reader, SealError, Writer,
    body::{BLOB, INT, NAME_MAX, NULL, REAL, TEXT, UNPACKED_MAX, uuid},
};

const BAD: SealError = SealError::Malformed;
const ONE: u8 = 0;
const FEW: u8 = 1;
const MANY: u8 = 2;
/// A text that is a UUID.
const UUID: u8 = 5;
/// Rows and columns of a block: what a writer never comes near.
const ROWS_MAX: usize = 1 << 16;
const COLUMNS_MAX: usize = 1 << 10;
/// Values that a byte counts.
const FEW_MAX: usize = 256;

#[derive(PartialEq, Eq, Hash)]
enum Like<'a> {
    Null,
    Int(i64),
    Text(&'a str),
}

pub(crate) fn write(block: &Block, out: &mut Writer) -> Result<(), SealError> {
    if !block.is_even() || block.rows > ROWS_MAX || block.columns.len() > COLUMNS_MAX {
        return Err(BAD);
    }
    named(&block.name, out)?;
    out.count(block.rows);
    out.count(block.columns.len());
    for (name, values) in &block.columns {
        named(name, out)?;
        column(values, out);
    }
    Ok(())
}

fn named(name: &str, out: &mut Writer) -> Result<(), SealError> {
    if name.len() > NAME_MAX {
        return Err(SealError::TooLong);
    }
    out.sized(name.as_bytes());
    Ok(())
}

fn column(values: &[Value], out: &mut Writer) {
    match few(values) {
        Some((distinct, _)) if distinct.len() == 1 => {
            out.byte(ONE);
            many(&distinct, out);
        }
        Some((distinct, index)) if distinct.len() * 2 < values.len() => {
            out.byte(FEW);
            out.count(distinct.len());
            many(&distinct, out);
            out.raw(&index);
        }
        _ => {
            out.byte(MANY);
            many(&values.iter().collect::<Vec<_>>(), out);
        }
    }
}

/// The distinct values and the index of each row's, unless they are too many.
fn few(values: &[Value]) -> Option<(Vec<&Value>, Vec<u8>)> {
    let mut seen = HashMap::new();
    let (mut distinct, mut index) = (Vec::new(), Vec::with_capacity(values.len()));
    for v in values {
        let like = match v {
            Value::Null => Like::Null,
            Value::Int(n) => Like::Int(*n),
            Value::Text(t) => Like::Text(t),
            Value::Real(_) | Value::Blob(_) => return None,
        };
        let next = distinct.len();
        let at = *seen.entry(like).or_insert(next);
        if at == next {
            if next == FEW_MAX {
                return None;
            }
            distinct.push(v);
        }
        index.push(at as u8);
    }
    Some((distinct, index))
}

fn many(values: &[&Value], out: &mut Writer) {
    let [mut tags, mut ints, mut reals, mut lengths, mut bytes] = [const { Writer(Vec::new()) }; 5];
    let mut uuids: Vec<[u8; 16]> = Vec::new();
    let mut last = 0i64;
    for v in values {
        let mut sized = |tag, raw: &[u8]| {
            lengths.count(raw.len());
            bytes.raw(raw);
            tag
        };
        tags.byte(match v {
            Value::Null => NULL,
            Value::Int(n) => {
                ints.signed(n.wrapping_sub(last));
                last = *n;
                INT
            }
            Value::Real(r) => {
                reals.raw(&r.to_bits().to_be_bytes());
                REAL
            }
            Value::Text(t) => match uuid(t) {
                Some(id) => {
                    uuids.push(id);
                    UUID
                }
                None => sized(TEXT, t.as_bytes()),
            },
            Value::Blob(b) => sized(BLOB, b),
        });
    }
    for column in [tags, ints, reals] {
        out.raw(&column.0);
    }
    for plane in 0..16 {
        uuids.iter().for_each(|id| out.byte(id[plane]));
    }
    out.raw(&lengths.0);
    out.raw(&bytes.0);
}

pub(crate) fn read(r: &mut Reader<'_>) -> Result<Block, SealError> {
    let name = name_of(r)?;
    let rows = r.up_to(ROWS_MAX)?;
    let n = r.up_to(COLUMNS_MAX)?;
    // One value may stand for many rows: how many bytes may still be made of them.
    let mut left = UNPACKED_MAX;
    let mut columns = Vec::with_capacity(n.min(64));
    for _ in 0..n {
        let name = name_of(r)?;
        columns.push((name, values(r, rows, &mut left)?));
    }
    Ok(Block { name, rows, columns })
}

fn name_of(r: &mut Reader<'_>) -> Result<String, SealError> {
    let name = r.text()?;
    if name.len() > NAME_MAX { Err(BAD) } else { Ok(name.to_owned()) }
}

fn values(r: &mut Reader<'_>, rows: usize, left: &mut usize) -> Result<Vec<Value>, SealError> {
    let mut pay = |v: &Value| {
        let bytes = size_of::<Value>() + if let Value::Text(t) = v { t.len() } else { 0 };
        *left = left.checked_sub(bytes).ok_or(SealError::TooLong)?;
        Ok::<_, SealError>(v.clone())
    };
    match r.byte()? {
        ONE => {
            let one = read_many(r, 1)?.pop().ok_or(BAD)?;
            (0..rows).map(|_| pay(&one)).collect()
        }
        FEW => {
            let n = r.up_to(FEW_MAX)?;
            let distinct = read_many(r, n)?;
            r.take(rows)?.iter().map(|i| pay(distinct.get(usize::from(*i)).ok_or(BAD)?)).collect()
        }
        MANY => read_many(r, rows),
        _ => Err(BAD),
    }
}

fn read_many(r: &mut Reader<'_>, n: usize) -> Result<Vec<Value>, SealError> {
    let tags = r.take(n)?;
    let of = |tag| tags.iter().filter(|t| **t == tag).count();
    let mut last = 0i64;
    let ints: Result<Vec<i64>, _> = (0..of(INT))
        .map(|_| {
            last = last.wrapping_add(r.signed()?);
            Ok::<_, SealError>(last)
        })
        .collect();
    let mut ints = ints?.into_iter();
    let mut reals = r.take(of(REAL) * 8)?.chunks_exact(8);
    let uuids = of(UUID);
    let planes = r.take(uuids * 16)?;
    let lengths: Result<Vec<usize>, _> = (0..of(TEXT) + of(BLOB)).map(|_| r.up_to(usize::MAX)).collect();
    let mut lengths = lengths?.into_iter();
    let mut sized = |r: &mut Reader<'_>| Ok::<_, SealError>(r.take(lengths.next().ok_or(BAD)?)?.to_vec());
    let mut id = 0;
    tags.iter()
        .map(|tag| {
            Ok(match *tag {
                NULL => Value::Null,
                INT => Value::Int(ints.next().ok_or(BAD)?),
                REAL => {
                    let bits = reals.next().and_then(|b| b.try_into().ok()).ok_or(BAD)?;
                    Value::Real(f64::from_bits(u64::from_be_bytes(bits)))
                }
                TEXT => Value::Text(String::from_utf8(sized(r)?).map_err(|_| BAD)?),
                BLOB => Value::Blob(sized(r)?),
                UUID => {
                    let bytes = std::array::from_fn(|p| planes.get(p * uuids + id).copied().unwrap_or(0));
                    id += 1;
                    Value::Text(Id::from(Hex::<16>(bytes)).to_string())
                }
                _ => return Err(BAD),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use proptest::prelude::*;

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Int),
            (0i64..3).prop_map(Value::Int),
            any::<u64>().prop_map(|b| Value::Real(f64::from_bits(b))),
            ".{0,9}".prop_map(Value::Text),
            any::<[u8; 16]>().prop_map(|b| Value::Text(Id::from(Hex::<16>(b)).to_string())),
            prop::collection::vec(any::<u8>(), 0..9).prop_map(Value::Blob),
        ]
    }

    fn block(values: Vec<Value>, few: Vec<u8>) -> Block {
        let rows = values.len().min(few.len());
        let columns = vec![
            ("a".to_owned(), values[..rows].to_vec()),
            ("few".to_owned(), few[..rows].iter().map(|n| Value::Text(format!("型号{}", n % 3))).collect()),
            ("one".to_owned(), vec![Value::Text("Apple".to_owned()); rows]),
        ];
        Block { name: "units".to_owned(), rows, columns }
    }

    proptest! {
        #[test]
        fn values_of_every_kind_come_back(values in prop::collection::vec(value(), 0..40), few: [u8; 32]) {
            let block = block(values, few.to_vec());
            let mut w = Writer::default();
            write(&block, &mut w).unwrap();
            let mut r = Reader::new(&w.0);
            prop_assert_eq!(read(&mut r), Ok(block));
            prop_assert_eq!(r.end(), Ok(()));
        }

        #[test]
        fn bytes_of_anybody_are_no_panic(values in prop::collection::vec(value(), 1..20), at: prop::sample::Index, to: u8) {
            let mut w = Writer::default();
            write(&block(values, vec![1; 32]), &mut w).unwrap();
            let at = at.index(w.0.len());
            w.0[at] = to;
            let _ = read(&mut Reader::new(&w.0));
            w.0.truncate(at);
            prop_assert!(read(&mut Reader::new(&w.0)).is_err());
        }
    }

    #[test]
    fn one_value_that_stands_for_too_much_is_refused() {
        let long = Value::Text("x".repeat(1 << 20));
        let columns = vec![("a".to_owned(), vec![long; 65])];
        let mut w = Writer::default();
        write(&Block { name: "t".to_owned(), rows: 65, columns }, &mut w).unwrap();
        assert!(w.0.len() < 2 << 20);
        assert_eq!(read(&mut Reader::new(&w.0)), Err(SealError::TooLong));
    }
}
