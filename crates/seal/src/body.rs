//! The body of a part before it is sealed: records by column, then zstd. Columns of like things compress, rows do not.
//!
//! ```text
//! version 1
//! | strings: n, then each: length, text                     names of operations and people (goods)
//! | names: n, then each: table, column ('' for the row itself)
//! | row ids: n, a tag each (0 UUID, 1 text), the UUIDs byte by byte (all first bytes, all second, …), the texts
//! | per group, a column each: said u8; op, by (indices); at less the stamp's ms (z); args; how many records
//! | per record, a column each: kind u8; row (z-delta of the index); name (index; for Insert that of the row)
//! | per Insert: how many cells; per cell: name
//! | per value (Set and cells, in their order), a column each: tag u8; whole numbers (z); 8 bytes a real; lengths; all bytes
//! ```
//! Names that are not known here are kept: they are data of a newer program.

use std::collections::HashMap;

use stall_core::{
    Ms,
    sync::{Change, Record, Said, Value},
};

use crate::{GroupHead, SealError, Writer};

#[path = "body_read.rs"]
mod read;
pub use read::decode;

pub(crate) const VERSION: u8 = 1;
/// Longest name of a table, a column or an operation.
pub(crate) const NAME_MAX: usize = 200;
/// Longest row id.
pub(crate) const ROW_MAX: usize = 1000;
/// A body unpacked, in bytes.
pub(crate) const UNPACKED_MAX: usize = 64 << 20;
const LEVEL: i32 = 9;

pub(crate) const INSERT: u8 = 0;
pub(crate) const SET: u8 = 1;
pub(crate) const DELETE: u8 = 2;
pub(crate) const TOUCH: u8 = 3;

pub(crate) const NULL: u8 = 0;
pub(crate) const INT: u8 = 1;
pub(crate) const REAL: u8 = 2;
pub(crate) const TEXT: u8 = 3;
pub(crate) const BLOB: u8 = 4;

/// What a part says of one group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartGroup {
    /// In goods only.
    pub said: Option<Said>,
    pub records: Vec<Record>,
}

/// Things in the order in which they are first met.
struct Dict<'a, K> {
    index: HashMap<K, usize>,
    list: Vec<K>,
    _of: std::marker::PhantomData<&'a ()>,
}

impl<K: std::hash::Hash + Eq + Copy> Dict<'_, K> {
    fn new() -> Self {
        Self { index: HashMap::new(), list: Vec::new(), _of: std::marker::PhantomData }
    }
    fn of(&mut self, k: K) -> u64 {
        let next = self.list.len();
        let i = *self.index.entry(k).or_insert(next);
        if i == next {
            self.list.push(k);
        }
        i as u64
    }
}

/// A UUID that is written as a UUID is written, so that it comes back letter for letter.
pub(crate) fn uuid(row: &str) -> Option<[u8; 16]> {
    let id: stall_core::Id = row.parse().ok()?;
    (id.to_string() == row).then(|| id.0.into_bytes())
}

#[derive(Default)]
struct Values {
    tags: Writer,
    ints: Writer,
    reals: Writer,
    lengths: Writer,
    bytes: Writer,
}

impl Values {
    fn add(&mut self, v: &Value) {
        let mut sized = |tag, bytes: &[u8]| {
            self.lengths.count(bytes.len());
            self.bytes.raw(bytes);
            tag
        };
        let tag = match v {
            Value::Null => NULL,
            Value::Int(n) => {
                self.ints.signed(*n);
                INT
            }
            Value::Real(r) => {
                self.reals.raw(&r.to_bits().to_be_bytes());
                REAL
            }
            Value::Text(t) => sized(TEXT, t.as_bytes()),
            Value::Blob(b) => sized(BLOB, b),
        };
        self.tags.byte(tag);
    }
}

/// Writes the groups of a part; one for each of the header's.
///
/// # Errors
/// `Malformed` when their number differs; `TooLong` for a name or row id that is too long.
pub fn encode(heads: &[GroupHead], groups: &[PartGroup]) -> Result<Vec<u8>, SealError> {
    if heads.len() != groups.len() {
        return Err(SealError::Malformed);
    }
    let (mut strings, mut names, mut rows) = (Dict::new(), Dict::new(), Dict::new());
    let [mut said, mut ops, mut bys, mut ats, mut args, mut counts] = [const { Writer(Vec::new()) }; 6];
    let [mut kinds, mut row_ids, mut row_names, mut cells, mut cell_names] = [const { Writer(Vec::new()) }; 5];
    let mut values = Values::default();
    let mut last_row = 0i64;
    for (head, g) in heads.iter().zip(groups) {
        said.byte(u8::from(g.said.is_some()));
        if let Some(s) = &g.said {
            ops.varint(strings.of(s.op.as_str()));
            bys.varint(strings.of(s.by.as_str()));
            ats.signed(s.at.0.wrapping_sub(head.hlc.ms().0));
            args.sized(s.args.as_bytes());
        }
        counts.count(g.records.len());
        for r in &g.records {
            let row = rows.of(r.row.as_str()) as i64;
            row_ids.signed(row - last_row);
            last_row = row;
            let (kind, column) = match &r.change {
                Change::Insert(all) => {
                    cells.count(all.len());
                    (INSERT, "")
                }
                Change::Set(column, _) => (SET, column.as_str()),
                Change::Delete => (DELETE, ""),
                Change::Touch => (TOUCH, ""),
            };
            kinds.byte(kind);
            row_names.varint(names.of((r.table.as_str(), column)));
            match &r.change {
                Change::Insert(all) => {
                    for (column, v) in all {
                        cell_names.varint(names.of((r.table.as_str(), column.as_str())));
                        values.add(v);
                    }
                }
                Change::Set(_, v) => values.add(v),
                Change::Delete | Change::Touch => {}
            }
        }
    }
    let mut out = Writer(vec![VERSION]);
    write_dicts(&mut out, &strings.list, &names.list, &rows.list)?;
    for column in [said, ops, bys, ats, args, counts, kinds, row_ids, row_names, cells, cell_names] {
        out.raw(&column.0);
    }
    for column in [values.tags, values.ints, values.reals, values.lengths, values.bytes] {
        out.raw(&column.0);
    }
    Ok(out.0)
}

fn write_dicts(out: &mut Writer, strings: &[&str], names: &[(&str, &str)], rows: &[&str]) -> Result<(), SealError> {
    let too_long = |s: &&str| s.len() > NAME_MAX;
    let names_flat = || names.iter().flat_map(|(t, c)| [*t, *c]);
    if strings.iter().any(too_long) || names_flat().any(|s| too_long(&s)) || rows.iter().any(|r| r.len() > ROW_MAX) {
        return Err(SealError::TooLong);
    }
    out.count(strings.len());
    strings.iter().for_each(|s| out.sized(s.as_bytes()));
    out.count(names.len());
    names_flat().for_each(|s| out.sized(s.as_bytes()));
    out.count(rows.len());
    let ids: Vec<Option<[u8; 16]>> = rows.iter().map(|r| uuid(r)).collect();
    ids.iter().for_each(|id| out.byte(u8::from(id.is_none())));
    for plane in 0..16 {
        ids.iter().flatten().for_each(|id| out.byte(id[plane]));
    }
    rows.iter().zip(&ids).filter(|(_, id)| id.is_none()).for_each(|(r, _)| out.sized(r.as_bytes()));
    Ok(())
}

/// Encodes and compresses.
///
/// # Errors
/// As [`encode`]; `TooLong` for more than 64 MiB.
pub fn pack(heads: &[GroupHead], groups: &[PartGroup]) -> Result<Vec<u8>, SealError> {
    let body = encode(heads, groups)?;
    if body.len() > UNPACKED_MAX {
        return Err(SealError::TooLong);
    }
    zstd::bulk::compress(&body, LEVEL).map_err(|_| SealError::Malformed)
}

/// Decompresses and decodes.
///
/// # Errors
/// As [`decode`]; `TooLong` for more than 64 MiB.
pub fn unpack(heads: &[GroupHead], packed: &[u8]) -> Result<Vec<PartGroup>, SealError> {
    decode(heads, &inflate(packed, UNPACKED_MAX)?)
}

/// Memory grows with what comes out, never by what the frame says will.
pub(crate) fn inflate(packed: &[u8], max: usize) -> Result<Vec<u8>, SealError> {
    use std::io::Read;
    let bad = |_| SealError::Malformed;
    let mut d = zstd::stream::read::Decoder::with_buffer(packed).map_err(bad)?.single_frame();
    d.window_log_max(WINDOW_LOG).map_err(bad)?;
    let mut out = Vec::new();
    let n = (&mut d).take(max as u64 + 1).read_to_end(&mut out).map_err(bad)?;
    if n > max {
        return Err(SealError::TooLong);
    }
    if d.finish().is_empty() { Ok(out) } else { Err(SealError::Malformed) }
}

/// What level 9 of zstd may use.
const WINDOW_LOG: u32 = 23;

impl PartGroup {
    /// When it was said, from the stamp's own instant.
    pub(crate) fn at(head: &GroupHead, less: i64) -> Ms {
        Ms(head.hlc.ms().0.wrapping_add(less))
    }
}
