//! The number that is read aloud: `2611-0387-8` is month, stock number and a check digit after Damm, who catches every single
//! wrong digit and every swap of neighbours. The hyphens are for the ear and count for nothing.

use crate::{Ms, datetime};

/// Damm's quasigroup of order 10 (H. M. Damm, 2004): totally anti-symmetric, zero on the diagonal.
const TABLE: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];
/// Digits of a stock number at least.
const WIDTH: usize = 4;
const WIDTH_MAX: usize = 9;

fn interim(digits: impl Iterator<Item = u8>) -> u8 {
    digits.fold(0, |at, d| TABLE[usize::from(at)][usize::from(d % 10)])
}

fn digits(text: &str) -> impl Iterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0')
}

/// The number of a unit's passports: the month (Asia/Shanghai) the first was issued in and the digits of the stock number. `None`
/// for a stock number without digits or with more than nine.
#[must_use]
pub fn number(first: Ms, stock_no: &str) -> Option<String> {
    let day = datetime::format_day(first);
    let month = format!("{}{}", day.get(2..4)?, day.get(5..7)?);
    let no: String = stock_no.chars().filter(char::is_ascii_digit).collect();
    if no.is_empty() || no.len() > WIDTH_MAX {
        return None;
    }
    let no = format!("{no:0>WIDTH$}");
    let check = interim(digits(&month).chain(digits(&no)));
    Some(format!("{month}-{no}-{check}"))
}

/// Whether a number as written has the right shape and its check digit fits.
#[must_use]
pub fn fits(number: &str) -> bool {
    let parts: Vec<&str> = number.split('-').collect();
    let [month, no, check] = parts.as_slice() else { return false };
    let plain =
        |s: &&str, from: usize, to: usize| (from..=to).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    plain(month, 4, 4) && plain(no, WIDTH, WIDTH_MAX) && plain(check, 1, 1) && interim(digits(number)) == 0
}

/// What a person types or says (`2611 0387 8`, `261103878`) as it is written, when the check digit fits.
#[must_use]
pub fn read(text: &str) -> Option<String> {
    let all: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '－' | '–' | '—' | '.' | '·'))
        .map(|c| match c {
            '０'..='９' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        })
        .collect();
    if !(4 + WIDTH + 1..=4 + WIDTH_MAX + 1).contains(&all.len()) || !all.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let written = format!("{}-{}-{}", &all[..4], &all[4..all.len() - 1], &all[all.len() - 1..]);
    fits(&written).then_some(written)
}

/// The number in a scanned code: the QR of a passport (`STALLKEEPER/1/2611-0387-8/2/…`) or the number itself.
#[must_use]
pub fn of_code(code: &str) -> Option<String> {
    let code = code.trim();
    match code.to_uppercase().strip_prefix("STALLKEEPER/1/") {
        Some(rest) => rest.split('/').next().filter(|n| fits(n)).map(str::to_owned),
        None => read(code),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// 2026-11-24 10:42 in Shanghai.
    const AT: Ms = Ms(1_795_488_120_000);

    #[test]
    fn the_number_is_month_stock_number_and_check_digit() {
        assert_eq!(number(AT, "0387").unwrap(), "2611-0387-8");
        assert_eq!(number(AT, "A-7").unwrap(), format!("2611-0007-{}", interim(digits("26110007"))));
        assert_eq!(number(AT, "123456").unwrap().len(), "2611-123456-0".len());
        assert_eq!(number(AT, "样机"), None);
        // Damm's own example.
        assert_eq!(interim(digits("572")), 4);
        assert_eq!(interim(digits("5724")), 0);
    }

    #[test]
    fn any_one_wrong_digit_and_any_swap_of_neighbours_is_caught() {
        for no in ["0387", "0000", "9081", "123456", "55555"] {
            let right = number(AT, no).unwrap();
            assert!(fits(&right));
            let plain: Vec<u8> = digits(&right).collect();
            for at in 0..plain.len() {
                for other in (0..10).filter(|d| *d != plain[at]) {
                    let mut wrong = plain.clone();
                    wrong[at] = other;
                    assert_ne!(interim(wrong.into_iter()), 0, "{right} digit {at} as {other}");
                }
                if at > 0 && plain[at] != plain[at - 1] {
                    let mut wrong = plain.clone();
                    wrong.swap(at, at - 1);
                    assert_ne!(interim(wrong.into_iter()), 0, "{right} swapped at {at}");
                }
            }
        }
    }

    #[test]
    fn what_people_type_is_read_and_what_does_not_fit_is_not() {
        for text in ["2611-0387-8", "2611 0387 8", "261103878", "２６１１－０３８７－８"] {
            assert_eq!(read(text).as_deref(), Some("2611-0387-8"), "{text}");
        }
        for text in ["2611-0387-2", "2611-0378-8", "", "hello", "8"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_square_of_a_passport_names_its_number() {
        let code = "STALLKEEPER/1/2611-0387-8/2/0123456789ABCDEF0123456789ABCDEF/0123456789ABCDEF";
        assert_eq!(of_code(code).as_deref(), Some("2611-0387-8"));
        assert_eq!(of_code(&code.to_lowercase()).as_deref(), Some("2611-0387-8"));
        assert_eq!(of_code(" 2611 0387 8 ").as_deref(), Some("2611-0387-8"));
        assert_eq!(of_code("STALLKEEPER/1/2611-0387-2/2/0/0"), None);
        assert_eq!(of_code("STALLKEEPER/1/"), None);
    }
}
