//! Opaque places in a keyset-paged list. A place carries the list's total, so only the first page counts.

use std::fmt;

use stall_core::{AppError, AppResult, ErrorCode};

/// Rows a page may have at most.
const PAGE_MAX: u32 = 200;

/// Checks the size of a page.
///
/// # Errors
/// `BadInput` outside 1 to 200.
pub fn check_limit(limit: u32) -> AppResult<()> {
    if (1..=PAGE_MAX).contains(&limit) {
        return Ok(());
    }
    Err(AppError::new(ErrorCode::BadInput).arg("field", "limit").detail("limit is 1 to 200"))
}

/// The sort key of the last row seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    Int(i64),
    Text(String),
}

/// The last row of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub key: Key,
    /// Settles ties.
    pub n: i64,
    pub total: u32,
    pub capped: bool,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}.", self.n, self.total, u8::from(self.capped))?;
        match &self.key {
            Key::Int(k) => write!(f, "{k}"),
            Key::Text(k) => f.write_str(k),
        }
    }
}

impl Cursor {
    /// Reads what [`fmt::Display`] wrote.
    ///
    /// # Errors
    /// `BadInput`.
    pub fn parse(text: &str, text_key: bool) -> AppResult<Self> {
        let bad = || AppError::new(ErrorCode::BadInput).arg("field", "after");
        let mut parts = text.splitn(4, '.');
        let mut next = || parts.next().ok_or_else(bad);
        let n = next()?.parse().map_err(|_| bad())?;
        let total = next()?.parse().map_err(|_| bad())?;
        let capped = next()? == "1";
        let key = next()?;
        let key = if text_key { Key::Text(key.to_owned()) } else { Key::Int(key.parse().map_err(|_| bad())?) };
        Ok(Self { key, n, total, capped })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back_as_it_was_written() {
        for key in [Key::Int(-1), Key::Text("a.b..c".into())] {
            let c = Cursor { key, n: 7, total: 9, capped: true };
            assert_eq!(Cursor::parse(&c.to_string(), matches!(c.key, Key::Text(_))), Ok(c));
        }
    }

    #[test]
    fn a_foreign_place_is_bad_input() {
        for text in ["", "x", "1.2", "1.2.0.x", "9999999999999999999999.1.1.1"] {
            assert_eq!(Cursor::parse(text, false).map_err(|e| e.code), Err(ErrorCode::BadInput), "{text}");
        }
    }
}
