//! Typed reading of one row's cells, with errors that name row, column and value.

use crate::spreadsheet::{Cell, Table, number_text};
use crate::{AppError, ErrorCode, Fen, datetime, headers, money_text};

use super::Layout;

pub(super) struct Row<'a> {
    pub table: &'a Table,
    pub row: usize,
    pub layout: &'a Layout,
}

impl<'a> Row<'a> {
    pub fn number(&self) -> u32 {
        self.table.row_number(self.row)
    }

    fn cell(&self, field: &str) -> Cell<'a> {
        self.layout.columns.get(field).map_or(Cell::Empty, |c| self.table.cell(self.row, *c))
    }

    pub fn error(&self, code: ErrorCode, field: &str, value: &str) -> AppError {
        let column = self.layout.mapping.get(field).map_or(field, String::as_str);
        AppError::new(code).arg("row", self.number()).arg("column", column).arg("value", value)
    }

    /// Free text; empty words (`-`, `/`, `null`) and error cells are blank.
    pub fn text(&self, field: &str) -> String {
        match self.cell(field) {
            Cell::Text(t) => {
                let t = headers::trim(t);
                if money_text::is_empty_word(t) { String::new() } else { t.to_owned() }
            }
            Cell::Number(n) => number_text(n),
            _ => String::new(),
        }
    }

    /// A code whose every digit counts.
    pub fn ident(&self, field: &str) -> Result<String, AppError> {
        let lost = if field == "order_no" { ErrorCode::OrderNoFloat } else { ErrorCode::IdentifierFloat };
        match self.cell(field) {
            // A double keeps 15 digits; of a longer number the last ones are already wrong.
            Cell::Number(n) if n.fract() != 0.0 || !(0.0..1e15).contains(&n) => {
                Err(self.error(lost, field, &format!("{n:E}")))
            }
            Cell::Number(n) => Ok(number_text(n)),
            Cell::Error(e) => Err(self.error(lost, field, e)),
            _ => {
                let text = self.text(field);
                if is_scientific(&text) { Err(self.error(lost, field, &text)) } else { Ok(text) }
            }
        }
    }

    pub fn amount(&self, field: &str) -> Result<Option<Fen>, AppError> {
        let bad = |value: &str| self.error(ErrorCode::AmountInvalid, field, value);
        match self.cell(field) {
            Cell::Number(n) => money_text::from_number(n).map(Some).map_err(|_| bad(&number_text(n))),
            Cell::Error(e) => Err(bad(e)),
            Cell::Text(t) => {
                let t = headers::trim(t);
                money_text::parse(t).map_err(|_| bad(t))
            }
            _ => Ok(None),
        }
    }

    /// An instant, and whether it had a time of day.
    pub fn time(&self, field: &str) -> Result<Option<datetime::LocalTime>, AppError> {
        let bad = |value: &str| self.error(ErrorCode::DateInvalid, field, value);
        match self.cell(field) {
            Cell::Number(n) => datetime::from_serial(n).map(Some).ok_or_else(|| bad(&number_text(n))),
            Cell::Error(e) => Err(bad(e)),
            Cell::Text(_) => {
                let t = self.text(field);
                if t.is_empty() {
                    return Ok(None);
                }
                let serial = || t.parse::<f64>().ok().and_then(datetime::from_serial);
                datetime::parse(&t).or_else(serial).map(Some).ok_or_else(|| bad(&t))
            }
            _ => Ok(None),
        }
    }

    /// A count from 1 to 9999; blank is 1.
    pub fn quantity(&self, field: &str) -> Result<u32, AppError> {
        quantity(&self.text(field)).ok_or_else(|| self.error(ErrorCode::QuantityInvalid, field, &self.text(field)))
    }
}

/// `1`, `1.0`, `2件`, `x2`; `None` when it is no count.
pub(super) fn quantity(text: &str) -> Option<u32> {
    if text.is_empty() {
        return Some(1);
    }
    let t = text.trim_start_matches(['x', 'X', '×', '*']).trim_end_matches(['件', '台', '个', '部']).trim();
    let t = t.split_once('.').map_or(t, |(whole, part)| if part.bytes().all(|b| b == b'0') { whole } else { t });
    t.parse().ok().filter(|n| (1..=9_999).contains(n))
}

/// `6.9179E+18`: what Excel leaves of a long number.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let Some(exponent) = exponent.strip_prefix('+') else { return false };
    !exponent.is_empty()
        && exponent.bytes().all(|b| b.is_ascii_digit())
        && mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scientific_notation_is_seen() {
        for s in ["6.9179E+18", "7E+15", "1.0e+10"] {
            assert!(is_scientific(s), "{s}");
        }
        for s in ["6917926768823643751", "E+1", "A1E+5", "1E5", "", "SE+1"] {
            assert!(!is_scientific(s), "{s}");
        }
    }

    #[test]
    fn a_count_is_whole_and_positive() {
        for (s, n) in [
            ("", Some(1)),
            ("2", Some(2)),
            ("1.0", Some(1)),
            ("x3", Some(3)),
            ("2件", Some(2)),
            ("0", None),
            ("-1", None),
            ("1.5", None),
            ("多", None),
        ] {
            assert_eq!(quantity(s), n, "{s}");
        }
    }
}
