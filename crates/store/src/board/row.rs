//! One unit of the board, and how it is read from the tables.

use std::borrow::Cow;

use serde::Deserialize;
use sqlx::{Row as _, SqliteConnection};
use stall_core::{AppError, AppResult, ErrorCode, Id};

use super::codes::Span;
use crate::tables::words;

/// A price there is not.
pub const NONE: i32 = -1;
/// Units read at a time: rows cost more on their way through the driver than JSON does here.
const BATCH: i64 = 2_000;

/// What the list filters, sorts and counts by. Texts are numbers of the board's dictionaries.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: Id,
    /// `unit_state.n`; settles ties. 0: the unit is gone.
    pub n: i64,
    pub taken_in: i64,
    /// When the last show it is planned in ends, 0 for none.
    pub show_until: i64,
    pub no_key: i64,
    pub codes: Span,
    pub device: u32,
    pub brand: u32,
    pub model: u32,
    pub colour: u32,
    pub shelf: u32,
    pub badges: u32,
    pub flaws: u32,
    pub note: u32,
    /// Box, holder, and what the category's and the owner's fields say.
    pub more: u32,
    pub grade: u32,
    /// The list price, else the live price.
    pub price: i32,
    pub list: i32,
    pub live: i32,
    pub cost: i32,
    pub battery: i8,
    pub status: u8,
    pub category: u8,
    pub photos: u8,
    pub coded: bool,
    /// Place in `InspectionState::ALL`.
    pub inspection: u8,
}

impl Row {
    /// A place no unit has.
    pub const EMPTY: Self = Self {
        id: Id(uuid::Uuid::nil()),
        n: 0,
        taken_in: 0,
        show_until: 0,
        no_key: 0,
        codes: Span::EMPTY,
        device: 0,
        brand: 0,
        model: 0,
        colour: 0,
        shelf: 0,
        badges: 0,
        flaws: 0,
        note: 0,
        more: 0,
        grade: 0,
        price: NONE,
        list: NONE,
        live: NONE,
        cost: NONE,
        battery: -1,
        status: 0,
        category: 0,
        photos: 0,
        coded: false,
        inspection: 3,
    };
}

/// A unit as the tables have it, in the order of [`COLUMNS`].
#[derive(Debug, Deserialize)]
pub struct Read<'a>(
    pub i64,
    pub Id,
    #[serde(borrow)] pub Cow<'a, str>,
    #[serde(borrow)] pub Cow<'a, str>,
    #[serde(borrow)] pub Cow<'a, str>,
    #[serde(borrow)] pub Cow<'a, str>,
    #[serde(borrow)] pub Cow<'a, str>,
    #[serde(borrow)] pub Cow<'a, str>,
    #[serde(borrow)] pub Cow<'a, str>,
    /// IMEI, IMEI2, MEID, serial number.
    pub [Option<Box<str>>; 4],
    pub Option<Box<str>>,
    pub Option<i8>,
    #[serde(borrow)] pub Cow<'a, str>,
    /// List, live, cost.
    pub [Option<i64>; 3],
    #[serde(borrow)] pub Cow<'a, str>,
    #[serde(borrow)] pub Cow<'a, str>,
    #[serde(borrow)] pub Cow<'a, str>,
    pub u32,
    pub Option<i64>,
    pub i64,
    /// Box, holder.
    pub [Option<Box<str>>; 2],
    /// Id and value of each field.
    pub Vec<(Box<str>, Box<str>)>,
    /// How far its inspection is: a place in `InspectionState::ALL`.
    pub u8,
);

impl Read<'_> {
    /// The same, on its own.
    pub fn owned(self) -> Read<'static> {
        let own = |t: Cow<'_, str>| Cow::Owned(t.into_owned());
        Read(
            self.0,
            self.1,
            own(self.2),
            own(self.3),
            own(self.4),
            own(self.5),
            own(self.6),
            own(self.7),
            own(self.8),
            self.9,
            self.10,
            self.11,
            own(self.12),
            self.13,
            own(self.14),
            own(self.15),
            own(self.16),
            self.17,
            self.18,
            self.19,
            self.20,
            self.21,
            self.22,
        )
    }
}

const COLUMNS: &str = "json_array(s.n, u.id, s.status, u.category, u.brand, u.model, u.storage, u.colour, u.stock_no,
    json_array(u.imei, u.imei2, u.meid, u.serial), u.grade, u.battery, u.badges,
    json_array(u.price_list, u.price_live, u.cost), u.shelf, u.flaws, u.note, s.photos, s.show_until, u.taken_in,
    json_array(u.box, u.holder), json((SELECT json_group_array(json_array(f.field_id, f.value))
      FROM (SELECT field_id, value FROM unit_fields WHERE unit_id = u.id ORDER BY field_id) f)),
    coalesce((SELECT CASE WHEN x.blocked <> '[]' THEN 0 WHEN x.report IS NOT NULL THEN 1 WHEN x.draft THEN 2 ELSE 3 END
      FROM unit_inspections x WHERE x.unit_id = u.id), 3))";

/// Reads every unit, handing each batch to `each`.
pub async fn all(conn: &mut SqliteConnection, mut each: impl FnMut(Vec<Read<'_>>)) -> AppResult<()> {
    let sql = format!(
        "SELECT json_group_array(json(v)), coalesce(max(n), 0), count(*) FROM (
           SELECT s.n AS n, {COLUMNS} AS v FROM unit_state s CROSS JOIN units u ON u.id = s.unit_id
           WHERE s.n > ?1 ORDER BY s.n LIMIT ?2)"
    );
    let mut after = 0_i64;
    loop {
        let row = sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).bind(after).bind(BATCH).fetch_one(&mut *conn).await?;
        each(parse(row.get(0))?);
        if row.get::<i64, _>(2) < BATCH {
            return Ok(());
        }
        after = row.get(1);
    }
}

/// Reads the units of these ids that there are.
pub async fn some(conn: &mut SqliteConnection, ids: &[Id], mut each: impl FnMut(Vec<Read<'_>>)) -> AppResult<()> {
    let sql = format!(
        "SELECT json_group_array(json(v)) FROM (
           SELECT {COLUMNS} AS v FROM json_each(?1) j CROSS JOIN unit_state s ON s.unit_id = j.value
           CROSS JOIN units u ON u.id = s.unit_id)"
    );
    for ids in ids.chunks(usize::try_from(BATCH).unwrap_or(1)) {
        let sql = sqlx::AssertSqlSafe(sql.as_str());
        let json: String = sqlx::query_scalar(sql).bind(words::json_ids(ids)).fetch_one(&mut *conn).await?;
        each(parse(&json)?);
    }
    Ok(())
}

fn parse(json: &str) -> AppResult<Vec<Read<'_>>> {
    serde_json::from_str(json).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))
}

/// A number that orders stock numbers as people do: letters at the head, then the number, then what follows.
pub fn no_key(stock_no: &str) -> i64 {
    let bytes = stock_no.as_bytes();
    let code = |b: Option<&u8>| b.map_or(0, |b| i64::from(b.to_ascii_lowercase() & 0x7f));
    let letters = bytes.iter().take_while(|b| !b.is_ascii_digit()).count().min(3);
    let head = (0..3).fold(0, |k, i| k << 7 | if i < letters { code(bytes.get(i)) } else { 0 });
    let digits = bytes[letters..].iter().take_while(|b| b.is_ascii_digit()).take(8);
    let number = digits.clone().fold(0, |n, d| n * 10 + i64::from(d - b'0'));
    let rest = letters + digits.count();
    (head << 27 | number) << 14 | code(bytes.get(rest)) << 7 | code(bytes.get(rest + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_numbers_stand_by_letters_then_by_size() {
        let mut nos = ["A10", "10000", "A9", "0387", "9999", "B1", "0387A", "99999999"];
        nos.sort_by_key(|n| no_key(n));
        assert_eq!(nos, ["0387", "0387A", "9999", "10000", "99999999", "A9", "A10", "B1"]);
    }
}
