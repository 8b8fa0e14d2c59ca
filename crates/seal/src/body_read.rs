//! Reading a body. Nothing is believed: indices are checked, and no list is made longer than the bytes that fill it.

use stall_core::sync::{Change, Record, Said, Value};

use super::{
    BLOB, DELETE, INSERT, INT, NAME_MAX, NULL, PartGroup, REAL, ROW_MAX, SET, TEXT, TOUCH, UNPACKED_MAX, VERSION,
};
use crate::{GroupHead, Reader, SealError};

const BAD: SealError = SealError::Malformed;

/// Reads a body of as many groups as the header has.
///
/// # Errors
/// `Malformed`, `Newer`; `TooLong` where names repeated would fill more than 64 MiB.
pub fn decode(heads: &[GroupHead], body: &[u8]) -> Result<Vec<PartGroup>, SealError> {
    let mut r = Reader::new(body);
    if r.byte()? != VERSION {
        return Err(SealError::Newer);
    }
    let mut names = Names::read(&mut r)?;
    let mut out = groups(&mut r, heads, &names)?;
    let counts = list(&mut r, heads.len(), Reader::varint)?;
    let total = counts.iter().try_fold(0u64, |a, n| a.checked_add(*n)).ok_or(BAD)?;
    let total = usize::try_from(total).map_err(|_| BAD)?;
    let kinds = r.take(total)?;
    let rows = list(&mut r, total, Reader::signed)?;
    let tables = list(&mut r, total, Reader::varint)?;
    let inserts = kinds.iter().filter(|k| **k == INSERT).count();
    let cells = list(&mut r, inserts, Reader::varint)?;
    let all_cells = cells.iter().try_fold(0u64, |a, n| a.checked_add(*n)).ok_or(BAD)?;
    let all_cells = usize::try_from(all_cells).map_err(|_| BAD)?;
    let cell_names = list(&mut r, all_cells, Reader::varint)?;
    let sets = kinds.iter().filter(|k| **k == SET).count();
    let mut values = values(&mut r, all_cells + sets)?.into_iter();
    r.end()?;

    let mut row = 0i64;
    let mut rec = kinds.iter().zip(rows).zip(tables);
    let (mut cells, mut cell_names) = (cells.into_iter(), cell_names.into_iter());
    for (g, n) in out.iter_mut().zip(counts) {
        for _ in 0..n {
            let ((kind, row_delta), name) = rec.next().ok_or(BAD)?;
            row = row.checked_add(row_delta).ok_or(BAD)?;
            let (table, column) = names.name(name)?;
            let change = match *kind {
                INSERT if column.is_empty() => {
                    let n = cells.next().ok_or(BAD)?;
                    let mut all = Vec::new();
                    for _ in 0..n {
                        let (t, c) = names.name(cell_names.next().ok_or(BAD)?)?;
                        if t != table {
                            return Err(BAD);
                        }
                        all.push((c, values.next().ok_or(BAD)?));
                    }
                    Change::Insert(all)
                }
                SET if !column.is_empty() => Change::Set(column, values.next().ok_or(BAD)?),
                DELETE if column.is_empty() => Change::Delete,
                TOUCH if column.is_empty() => Change::Touch,
                _ => return Err(BAD),
            };
            g.records.push(Record { table, row: names.row(row)?, change });
        }
    }
    Ok(out)
}

/// `n` things of at least a byte each.
fn list<'a, T>(
    r: &mut Reader<'a>,
    n: usize,
    each: impl Fn(&mut Reader<'a>) -> Result<T, SealError>,
) -> Result<Vec<T>, SealError> {
    if n > r.rest().len() {
        return Err(BAD);
    }
    (0..n).map(|_| each(r)).collect()
}

struct Names<'a> {
    strings: Vec<&'a str>,
    names: Vec<(&'a str, &'a str)>,
    rows: Vec<String>,
    /// Names are said once and meant often: how many bytes may still be made of them.
    left: usize,
}

fn short<'a>(r: &mut Reader<'a>, max: usize) -> Result<&'a str, SealError> {
    let s = r.text()?;
    if s.len() > max { Err(BAD) } else { Ok(s) }
}

impl<'a> Names<'a> {
    fn read(r: &mut Reader<'a>) -> Result<Self, SealError> {
        let n = r.count(1)?;
        let strings = list(r, n, |r| short(r, NAME_MAX))?;
        let n = r.count(2)?;
        let names = list(r, n, |r| Ok((short(r, NAME_MAX)?, short(r, NAME_MAX)?)))?;
        let n = r.count(2)?;
        let tags = r.take(n)?;
        let uuids = tags.iter().filter(|t| **t == 0).count();
        let planes = r.take(uuids.checked_mul(16).ok_or(BAD)?)?;
        let mut i = 0;
        let mut rows = Vec::with_capacity(n);
        for tag in tags {
            rows.push(match tag {
                0 => {
                    let bytes = std::array::from_fn(|p| planes.get(p * uuids + i).copied().unwrap_or(0));
                    i += 1;
                    stall_core::Id::from(stall_core::sync::Hex::<16>(bytes)).to_string()
                }
                1 => short(r, ROW_MAX)?.to_owned(),
                _ => return Err(BAD),
            });
        }
        Ok(Self { strings, names, rows, left: UNPACKED_MAX })
    }

    fn own(&mut self, s: &str) -> Result<String, SealError> {
        self.left = self.left.checked_sub(s.len()).ok_or(SealError::TooLong)?;
        Ok(s.to_owned())
    }

    fn name(&mut self, i: u64) -> Result<(String, String), SealError> {
        let (t, c) = *usize::try_from(i).ok().and_then(|i| self.names.get(i)).ok_or(BAD)?;
        Ok((self.own(t)?, self.own(c)?))
    }

    fn row(&mut self, i: i64) -> Result<String, SealError> {
        let row = usize::try_from(i).ok().and_then(|i| self.rows.get(i)).ok_or(BAD)?.clone();
        self.left = self.left.checked_sub(row.len()).ok_or(SealError::TooLong)?;
        Ok(row)
    }

    fn string(&self, i: u64) -> Result<String, SealError> {
        let s = usize::try_from(i).ok().and_then(|i| self.strings.get(i)).ok_or(BAD)?;
        Ok((*s).to_owned())
    }
}

fn groups(r: &mut Reader<'_>, heads: &[GroupHead], names: &Names<'_>) -> Result<Vec<PartGroup>, SealError> {
    let flags = r.take(heads.len())?;
    if flags.iter().any(|f| *f > 1) {
        return Err(BAD);
    }
    let n = flags.iter().filter(|f| **f == 1).count();
    let ops = list(r, n, Reader::varint)?;
    let bys = list(r, n, Reader::varint)?;
    let ats = list(r, n, Reader::signed)?;
    let args = list(r, n, Reader::text)?;
    let mut said = ops.iter().zip(bys).zip(ats).zip(args);
    heads
        .iter()
        .zip(flags)
        .map(|(head, flag)| {
            if *flag == 0 {
                return Ok(PartGroup::default());
            }
            let (((op, by), at), args) = said.next().ok_or(BAD)?;
            let (op, by) = (names.string(*op)?, names.string(by)?);
            let said = Said { op, by, at: PartGroup::at(head, at), args: args.to_owned() };
            Ok(PartGroup { said: Some(said), records: Vec::new() })
        })
        .collect()
}

fn values(r: &mut Reader<'_>, n: usize) -> Result<Vec<Value>, SealError> {
    let tags = r.take(n)?;
    let of = |tag| tags.iter().filter(|t| **t == tag).count();
    let mut ints = list(r, of(INT), Reader::signed)?.into_iter();
    let reals = of(REAL);
    let mut reals = list(r, reals, Reader::array::<8>)?.into_iter();
    let lengths = list(r, of(TEXT) + of(BLOB), Reader::varint)?;
    let mut lengths = lengths.into_iter();
    let mut bytes = |r: &mut Reader<'_>| {
        let n = lengths.next().and_then(|n| usize::try_from(n).ok()).ok_or(BAD)?;
        Ok(r.take(n)?.to_vec())
    };
    tags.iter()
        .map(|tag| {
            Ok(match *tag {
                NULL => Value::Null,
                INT => Value::Int(ints.next().ok_or(BAD)?),
                REAL => Value::Real(f64::from_bits(u64::from_be_bytes(reals.next().ok_or(BAD)?))),
                TEXT => Value::Text(String::from_utf8(bytes(r)?).map_err(|_| BAD)?),
                BLOB => Value::Blob(bytes(r)?),
                _ => return Err(BAD),
            })
        })
        .collect()
}
