//! Dates of exports. All local times are Asia/Shanghai, UTC+8 without summer time.

use crate::Ms;
use crate::time::{DAY, SHANGHAI_OFFSET};

/// A local instant read from a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    pub at: Ms,
    /// False for a date alone; `at` is then the day's start.
    pub has_time: bool,
}

/// Reads `yyyy-MM-dd HH:mm[:ss[.fff]]`, `yyyy/M/d H:mm`, `yyyy.M.d`, `yyyy年M月d日`, or a date alone; `None` when it is none of these.
#[must_use]
pub fn parse(text: &str) -> Option<LocalTime> {
    let text = text.trim();
    let mut numbers = [0i64; 6];
    let mut count = 0;
    let mut rest = text;
    let seps: [&[char]; 6] = [
        &['-', '/', '.', '年'],
        &['-', '/', '.', '月'],
        &[' ', 'T', '日', '\u{3000}'],
        &[':', '：', '时'],
        &[':', '：', '分'],
        &['.', '秒'],
    ];
    while count < 6 && !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if end == 0 || end > 4 {
            return None;
        }
        if (count == 0 && end != 4) || (count > 0 && end > 2) {
            return None;
        }
        numbers[count] = rest[..end].parse().ok()?;
        rest = &rest[end..];
        if let Some(c) = rest.chars().next() {
            if !seps[count].contains(&c) {
                return None;
            }
            rest = rest[c.len_utf8()..].trim_start_matches([' ', '\u{3000}']);
        }
        count += 1;
    }
    // Fractions of a second, and a Z or offset, would need guessing about zones: only digits may be left.
    if !rest.bytes().all(|b| b.is_ascii_digit()) || !(count == 3 || count >= 5) {
        return None;
    }
    let [y, mo, d, h, mi, s] = numbers;
    if !(2000..=2199).contains(&y)
        || !(1..=12).contains(&mo)
        || d < 1
        || d > days_in(y, mo)
        || h > 23
        || mi > 59
        || s > 59
    {
        return None;
    }
    let local = days_from_civil(y, mo, d) * DAY + (h * 3600 + mi * 60 + s) * 1000;
    Some(LocalTime { at: Ms(local - SHANGHAI_OFFSET), has_time: count >= 5 })
}

/// Reads what [`format_exact`] writes, or any date of [`parse`]; thousandths of a second count.
#[must_use]
pub fn parse_exact(text: &str) -> Option<Ms> {
    let text = text.trim();
    let at = parse(text)?.at;
    let part = text.rsplit_once(':').and_then(|(_, seconds)| seconds.split_once('.')).map(|(_, part)| part);
    let ms = match part {
        Some(part) => format!("{part:0<3}").get(..3)?.parse().ok()?,
        None => 0,
    };
    Some(Ms(at.0 + ms))
}

/// `2026-11-24 17:00:05.123` in local time: nothing is lost.
#[must_use]
pub fn format_exact(at: Ms) -> String {
    match at.0.rem_euclid(1000) {
        0 => format(at),
        ms => format!("{}.{ms:03}", format(at)),
    }
}

/// An Excel serial (days since 1899-12-30, local time), rounded to the second; `None` outside the years 2000 to 2199.
#[must_use]
pub fn from_serial(serial: f64) -> Option<LocalTime> {
    // 2000-01-01 is 36526, 2200-01-01 is 109575.
    if !(36_526.0..109_575.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "in range by the check above")]
    let seconds = (serial * 86_400.0).round() as i64;
    let local = seconds * 1000 - 25_569 * DAY;
    Some(LocalTime { at: Ms(local - SHANGHAI_OFFSET), has_time: seconds % 86_400 != 0 })
}

/// The start of the local day `at` lies in.
#[must_use]
pub fn day_start(at: Ms) -> Ms {
    Ms((at.0 + SHANGHAI_OFFSET).div_euclid(DAY) * DAY - SHANGHAI_OFFSET)
}

/// `2026-11-24 17:00:05` in local time, for sheets.
#[must_use]
pub fn format(at: Ms) -> String {
    let local = at.0.saturating_add(SHANGHAI_OFFSET);
    let (y, m, d) = civil_from_days(local.div_euclid(DAY));
    let s = local.rem_euclid(DAY) / 1000;
    format!("{y:04}-{m:02}-{d:02} {:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}

/// `2026-11-24` in local time.
#[must_use]
pub fn format_day(at: Ms) -> String {
    let (y, m, d) = civil_from_days(at.0.saturating_add(SHANGHAI_OFFSET).div_euclid(DAY));
    format!("{y:04}-{m:02}-{d:02}")
}

fn leap(y: i64) -> bool {
    y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)
}

fn days_in(y: i64, m: i64) -> i64 {
    match m {
        4 | 6 | 9 | 11 => 30,
        2 if leap(y) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a Gregorian date (Hinnant's algorithm).
fn days_from_civil(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let doy = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    (yoe + era * 400 + i64::from(m <= 2), m, doy - (153 * mp + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_form_of_a_date_is_the_same_instant() {
        // 2026-11-24T09:05:00Z
        let want = Ms(1_795_511_100_000);
        for s in [
            "2026-11-24 17:05",
            "2026-11-24 17:05:00",
            "2026/11/24 17:05",
            "2026.11.24 17:05",
            "2026年11月24日 17:05",
            "2026-11-24T17:05:00",
            " 2026-11-24  17:05:00.000 ",
        ] {
            assert_eq!(parse(s), Some(LocalTime { at: want, has_time: true }), "{s}");
        }
        assert_eq!(from_serial(46350.0 + 17.0 / 24.0 + 5.0 / 1440.0).unwrap().at, want);
        assert_eq!(format(want), "2026-11-24 17:05:00");
        assert_eq!(format_day(want), "2026-11-24");
    }

    #[test]
    fn a_date_alone_is_the_start_of_its_day() {
        let d = parse("2026/1/5").unwrap();
        assert!(!d.has_time);
        assert_eq!(format(d.at), "2026-01-05 00:00:00");
        assert_eq!(day_start(Ms(d.at.0 + 5)), d.at);
        assert_eq!(day_start(Ms(d.at.0 - 1)), Ms(d.at.0 - DAY));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for s in [
            "",
            "2026-13-01",
            "2026-02-29",
            "2026-02-30 10:00",
            "24/11/2026",
            "2026-11-24 25:00",
            "昨天",
            "2026-11",
            "2026-11-24 17",
            "1970-01-01 08:00",
            "20261124",
            "2026-11-24 17:05:00Z",
        ] {
            assert_eq!(parse(s), None, "{s}");
        }
        assert!(parse("2028-02-29").is_some());
        assert_eq!(from_serial(1.0), None);
        assert_eq!(from_serial(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(s in 946_656_000i64..7_258_000_000) {
            let at = Ms(s * 1000);
            prop_assert_eq!(parse(&format(at)).unwrap().at, at);
        }
        #[test]
        fn no_text_makes_it_panic(s in ".*") {
            let _ = parse(&s);
        }
    }
}
