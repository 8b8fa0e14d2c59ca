//! Amounts as people and platforms write them.

use crate::Fen;
use crate::number::MAX_SAFE;

/// Why a text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnAmount;

/// The words of an empty cell: blank, `-`, `--`, `—`, `/`, `null`.
#[must_use]
pub fn is_empty_word(text: &str) -> bool {
    let t = text.trim();
    matches!(t, "" | "-" | "--" | "—" | "——" | "/" | "无")
        || t.eq_ignore_ascii_case("null")
        || t.eq_ignore_ascii_case("n/a")
}

/// `¥1,299.90`, `￥0`, `30.0`, `1299元`, `CNY 12` in fen; `None` for an empty cell.
///
/// # Errors
/// Negative, more than two decimals that are not zero (never rounded), not a number, or above 2^53 fen.
pub fn parse(text: &str) -> Result<Option<Fen>, NotAnAmount> {
    if is_empty_word(text) {
        return Ok(None);
    }
    let plain: String = text
        .chars()
        .filter_map(|c| match c {
            '０'..='９' => char::from_u32(c as u32 - 0xFEE0),
            '．' => Some('.'),
            '，' | ',' => Some(','),
            c if c.is_whitespace() || c.is_control() || c == '\u{feff}' => None,
            c => Some(c),
        })
        .collect();
    let body = plain.trim_start_matches(['¥', '￥', '+']);
    let body = body.strip_prefix("CNY").or_else(|| body.strip_prefix("RMB")).unwrap_or(body);
    let body = body.strip_suffix('元').or_else(|| body.strip_suffix('块')).unwrap_or(body);
    let (whole, part) = body.split_once('.').unwrap_or((body, ""));
    let whole = thousands(whole).ok_or(NotAnAmount)?;
    if (whole.is_empty() && part.is_empty()) || !part.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NotAnAmount);
    }
    let cents = part.get(..2).unwrap_or(part);
    if part.get(2..).is_some_and(|rest| rest.bytes().any(|b| b != b'0')) {
        return Err(NotAnAmount);
    }
    let yuan: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| NotAnAmount)? };
    let cents: i64 = format!("{cents:0<2}").parse().map_err(|_| NotAnAmount)?;
    let fen = yuan.checked_mul(100).and_then(|f| f.checked_add(cents)).filter(|f| *f <= MAX_SAFE).ok_or(NotAnAmount)?;
    Ok(Some(Fen(fen)))
}

/// Digits with commas where thousands stand; a comma elsewhere may be a decimal comma and is refused.
fn thousands(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if !digits(first) || rest.iter().any(|g| g.len() != 3 || !digits(g)) {
        return None;
    }
    if !rest.is_empty() && !(1..=3).contains(&first.len()) {
        return None;
    }
    Some(first.to_owned() + &rest.concat())
}

/// The amount of a number cell.
///
/// # Errors
/// As `parse`; binary noise below 1/1000 fen is not an error.
pub fn from_number(yuan: f64) -> Result<Fen, NotAnAmount> {
    let fen = yuan * 100.0;
    let whole = fen.round();
    if !fen.is_finite() || !(0.0..=9.0e13).contains(&whole) || (fen - whole).abs() > 1e-3 {
        return Err(NotAnAmount);
    }
    // In range and whole by the check above.
    #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and below 2^53")]
    Ok(Fen(whole as i64))
}

/// Yuan for a sheet: `1299.90`, `30` when whole.
#[must_use]
pub fn plain(fen: Fen) -> String {
    let (sign, abs) = (if fen.0 < 0 { "-" } else { "" }, fen.0.unsigned_abs());
    if abs.is_multiple_of(100) {
        format!("{sign}{}", abs / 100)
    } else {
        format!("{sign}{}.{:02}", abs / 100, abs % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_as_platforms_write_them() {
        for (s, fen) in [
            ("¥1,299.90", 129_990),
            ("￥0", 0),
            ("30.0", 3_000),
            ("1299元", 129_900),
            (" 2 599.5 ", 259_950),
            ("1,234,567.89", 123_456_789),
            (".5", 50),
            ("12.300", 1_230),
            ("１２．５", 1_250),
            ("\t88", 8_800),
        ] {
            assert_eq!(parse(s), Ok(Some(Fen(fen))), "{s}");
        }
    }

    #[test]
    fn empty_words_are_no_amount() {
        for s in ["", "-", "--", "—", "/", "null", "  ", "\t"] {
            assert_eq!(parse(s), Ok(None), "{s:?}");
        }
    }

    #[test]
    fn what_would_need_guessing_is_refused() {
        for s in ["-5", "12.345", "1,29", "12,99.5", "abc", "12%", "1e3", "¥", ".", "1.2.3", "99999999999999999999"] {
            assert_eq!(parse(s), Err(NotAnAmount), "{s}");
        }
    }

    #[test]
    fn number_cells_survive_binary_noise_only() {
        assert_eq!(from_number(1299.9), Ok(Fen(129_990)));
        assert_eq!(from_number(0.1 + 0.2), Ok(Fen(30)));
        assert_eq!(from_number(0.0), Ok(Fen(0)));
        for n in [-1.0, 0.005, f64::NAN, f64::INFINITY, 1e18] {
            assert!(from_number(n).is_err(), "{n}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(fen in 0i64..MAX_SAFE) {
            prop_assert_eq!(parse(&plain(Fen(fen))), Ok(Some(Fen(fen))));
        }
        #[test]
        fn no_text_makes_it_panic(s in ".*") {
            let _ = parse(&s);
        }
        #[test]
        fn a_number_cell_gives_the_same_as_its_text(fen in 0i64..1_000_000_000) {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let n = fen as f64 / 100.0;
            prop_assert_eq!(from_number(n), Ok(Fen(fen)));
        }
    }
}
