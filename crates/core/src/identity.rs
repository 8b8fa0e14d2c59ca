//! Codes that name one device: IMEI, MEID, serial number, stock number; and what a scanned code looks like.
//!
//! A passing Luhn check means a number without a typing slip, not a real device.

use crate::api::CodeKind;
use crate::{AppError, ErrorCode};

/// Longest stock number: a host reads it aloud.
pub const STOCK_NO_MAX: usize = 8;

/// `code` without the separators people and scanners add, in capitals.
///
/// Spaces (also full-width and no-break), tabs, hyphens, slashes, dots and colons go; full-width digits become plain.
#[must_use]
pub fn clean(code: &str) -> String {
    code.chars()
        .filter_map(|c| match c {
            '！'..='～' => char::from_u32(c as u32 - 0xFEE0),
            c => Some(c),
        })
        .filter(|c| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(c, '-' | '‐'..='―' | '/' | '.' | ':' | '_' | '\u{feff}' | '\u{200b}'..='\u{200f}')
        })
        .flat_map(char::to_uppercase)
        .collect()
}

/// The check digit that 14 digits of an IMEI ask for; `None` when `body` is not 14 ASCII digits.
#[must_use]
pub fn luhn_digit(body: &str) -> Option<u8> {
    if body.len() != 14 {
        return None;
    }
    let mut sum = 0u32;
    for (i, c) in body.chars().enumerate() {
        let d = c.to_digit(10)?;
        // Counting from the right with the check digit at 0, body digits at odd places are doubled: index 13, 11, …
        sum += if i % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { d };
    }
    u8::try_from((10 - sum % 10) % 10).ok()
}

/// A cleaned IMEI.
///
/// # Errors
/// `ImeiLength {length}` unless 15 digits (an IMEISV of 16 has no check digit and is refused too),
/// `ImeiLuhn {expected}` with the check digit it should end in.
pub fn imei(code: &str) -> Result<String, AppError> {
    let code = clean(code);
    let code = code.strip_prefix("IMEI").map_or(code.as_str(), |s| s.trim_start_matches(['1', '2'])).to_owned();
    if code.len() != 15 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AppError::new(ErrorCode::ImeiLength).arg("length", code.chars().count()));
    }
    match luhn_digit(&code[..14]) {
        Some(d) if code.as_bytes()[14] == b'0' + d => Ok(code),
        Some(d) => Err(AppError::new(ErrorCode::ImeiLuhn).arg("expected", d)),
        None => Err(AppError::new(ErrorCode::ImeiLength).arg("length", code.chars().count())),
    }
}

/// A cleaned MEID: 14 hexadecimal digits whose first two are A0 or above, or 18 decimal digits.
///
/// # Errors
/// `MeidInvalid`.
pub fn meid(code: &str) -> Result<String, AppError> {
    let code = clean(code);
    let code = code.strip_prefix("MEID").unwrap_or(&code).to_owned();
    let hex = code.len() == 14 && code.bytes().all(|b| b.is_ascii_hexdigit()) && code.as_bytes()[0] >= b'A';
    let dec = code.len() == 18 && code.bytes().all(|b| b.is_ascii_digit());
    if hex || dec { Ok(code) } else { Err(AppError::new(ErrorCode::MeidInvalid)) }
}

/// A cleaned serial number: 8 to 20 letters and digits. The S that Apple's box barcode adds is taken off.
///
/// # Errors
/// `SerialInvalid {length}`.
pub fn serial(code: &str) -> Result<String, AppError> {
    let code = clean(code);
    let code = code.strip_prefix("S/N").or_else(|| code.strip_prefix("SN")).map_or(code.as_str(), |rest| {
        // "SN12345678" may be a real serial: a label is only taken off when enough is left for one.
        if rest.len() >= 10 { rest } else { code.as_str() }
    });
    let code = match code.strip_prefix('S') {
        Some(rest) if matches!(code.len(), 11 | 13) => rest,
        _ => code,
    };
    let len = code.chars().count();
    if (8..=20).contains(&len) && code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(code.to_owned())
    } else {
        Err(AppError::new(ErrorCode::SerialInvalid).arg("length", len))
    }
}

/// A normalised stock number: 1 to 8 letters or digits in capitals, leading zeros kept.
///
/// # Errors
/// `StockNoInvalid {max}`.
pub fn stock_no(code: &str) -> Result<String, AppError> {
    let code = clean(code);
    let code = code.trim_start_matches(['#', '№']);
    if (1..=STOCK_NO_MAX).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Ok(code.to_owned())
    } else {
        Err(AppError::new(ErrorCode::StockNoInvalid).arg("max", STOCK_NO_MAX))
    }
}

/// What a scanned or typed code looks like. A guess for the router: nothing is refused by it.
#[must_use]
pub fn kind_of(code: &str) -> CodeKind {
    let raw = code.trim();
    let c = clean(code);
    let digits = !c.is_empty() && c.bytes().all(|b| b.is_ascii_digit());
    let alnum = !c.is_empty() && c.bytes().all(|b| b.is_ascii_alphanumeric());
    // Pinduoduo: 6 digits, a hyphen, 15 digits.
    if let Some((a, b)) = raw.split_once('-')
        && a.len() == 6
        && b.len() >= 12
        && a.bytes().chain(b.bytes()).all(|x| x.is_ascii_digit())
    {
        return CodeKind::OrderNo;
    }
    if imei(&c).is_ok() {
        return CodeKind::Imei;
    }
    if c.len() == 14 && meid(&c).is_ok() {
        return CodeKind::Meid;
    }
    if digits && (16..=22).contains(&c.len()) {
        return CodeKind::OrderNo;
    }
    if crate::carrier::suggest(raw).first().is_some_and(|g| g.strength <= crate::api::GuessStrength::Likely) {
        return CodeKind::Waybill;
    }
    if alnum && c.len() <= STOCK_NO_MAX {
        return CodeKind::StockNo;
    }
    if digits && (11..=15).contains(&c.len()) {
        return CodeKind::Waybill;
    }
    // A serial has letters; 9 and 10 bare digits are nobody's.
    if !digits && serial(&c).is_ok() {
        return CodeKind::Serial;
    }
    CodeKind::Other
}

/// The last four characters of a code, for labels and lists; all of it when shorter.
#[must_use]
pub fn tail(code: &str) -> &str {
    code.char_indices().rev().nth(3).map_or(code, |(i, _)| &code[i..])
}

/// The type allocation code: the first 8 digits of an IMEI; `None` when there are not 15 digits.
#[must_use]
pub fn tac(imei: &str) -> Option<&str> {
    (imei.len() == 15 && imei.bytes().all(|b| b.is_ascii_digit())).then(|| &imei[..8])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_valid_imei_is_taken_with_or_without_separators() {
        for s in [
            "490154203237518",
            "49-015420-323751-8",
            " 4901 5420 3237 518\t",
            "４９０１５４２０３２３７５１８",
            "IMEI: 490154203237518",
        ] {
            assert_eq!(imei(s).unwrap(), "490154203237518", "{s}");
        }
    }

    #[test]
    fn a_wrong_check_digit_says_which_it_should_be() {
        let e = imei("352099081234563").unwrap_err();
        assert_eq!(e.code, ErrorCode::ImeiLuhn);
        assert_eq!(e.args["expected"], "5");
    }

    #[test]
    fn an_imei_of_another_length_says_its_length() {
        for (s, n) in [
            ("4901542032375", "13"),
            ("4901542032375180", "16"),
            ("", "0"),
            ("49015420323751X", "15"),
            ("机机机机机", "5"),
        ] {
            let e = imei(s).unwrap_err();
            assert_eq!((e.code, e.args["length"].as_str()), (ErrorCode::ImeiLength, n), "{s}");
        }
    }

    #[test]
    fn a_meid_is_fourteen_hex_from_a0_or_eighteen_decimal() {
        assert_eq!(meid("a0 0000 0012 3456").unwrap(), "A0000000123456");
        assert_eq!(meid("270113180212345678").unwrap(), "270113180212345678");
        assert!(meid("90000000123456").is_err());
        assert!(meid("A000000012345G").is_err());
        assert!(meid("").is_err());
    }

    #[test]
    fn the_leading_s_of_an_apple_box_scan_is_taken_off() {
        assert_eq!(serial("SF2LXK0ABCD12").unwrap(), "F2LXK0ABCD12");
        assert_eq!(serial("SHQ4KTN9XQ2").unwrap(), "HQ4KTN9XQ2");
        assert_eq!(serial("F2LXK0ABCD12").unwrap(), "F2LXK0ABCD12");
        assert_eq!(serial("SERIAL12").unwrap(), "SERIAL12");
        assert!(serial("ABC").is_err());
        assert!(serial("序列号12345678").is_err());
    }

    #[test]
    fn a_stock_number_keeps_its_zeros_and_loses_its_hash() {
        assert_eq!(stock_no(" #0371 ").unwrap(), "0371");
        assert_eq!(stock_no("a12").unwrap(), "A12");
        assert!(stock_no("").is_err());
        assert!(stock_no("123456789").is_err());
        assert!(stock_no("编号1").is_err());
    }

    #[test]
    fn a_scanned_code_is_told_apart() {
        use CodeKind as K;
        for (s, k) in [
            ("490154203237518", K::Imei),
            ("A0000000123456", K::Meid),
            ("0371", K::StockNo),
            ("SF1234567890123", K::Waybill),
            ("YT1234567890123", K::Waybill),
            ("773123456789012", K::Waybill),
            ("2530900012345678901", K::OrderNo),
            ("241124-123456789012345", K::OrderNo),
            ("SF2LXK0ABCD12", K::Serial),
            ("F2LXK0ABCD12", K::Serial),
            ("https://x.cn/?a=1", K::Other),
            ("", K::Other),
        ] {
            assert_eq!(kind_of(s), k, "{s}");
        }
    }

    #[test]
    fn a_tail_is_four_characters() {
        assert_eq!(tail("490154203237518"), "7518");
        assert_eq!(tail("71"), "71");
        assert_eq!(tail(""), "");
        assert_eq!(tac("490154203237518"), Some("49015420"));
        assert_eq!(tac("49015420"), None);
    }

    proptest! {
        #[test]
        fn the_check_digit_makes_any_body_valid_and_no_other_does(body in "[0-9]{14}", other in 0u8..10) {
            let d = luhn_digit(&body).unwrap();
            let whole = format!("{body}{d}");
            prop_assert_eq!(imei(&whole).unwrap(), whole);
            let with_other = format!("{body}{other}");
            prop_assert_eq!(imei(&with_other).is_ok(), other == d);
        }

        #[test]
        fn no_text_makes_a_check_panic(s in ".*") {
            let _ = (imei(&s), meid(&s), serial(&s), stock_no(&s), kind_of(&s), tail(&s).len());
        }

        #[test]
        fn one_changed_digit_is_always_noticed(body in "[0-9]{14}", at in 0usize..15, add in 1u8..10) {
            let mut s = format!("{body}{}", luhn_digit(&body).unwrap()).into_bytes();
            s[at] = b'0' + (s[at] - b'0' + add) % 10;
            prop_assert!(imei(std::str::from_utf8(&s).unwrap()).is_err());
        }
    }
}
