//! The two things wanted from EXIF: which way is up, and when it was taken.

use exif::{DateTime, Exif, In, Reader, Tag, Value};
use stall_core::Ms;
use stall_core::time::{DAY, HOUR, SHANGHAI_OFFSET};

use crate::orient::Orientation;

/// What a camera wrote about a photograph.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub orientation: Orientation,
    pub taken_at: Option<Ms>,
}

/// Reads a TIFF block (EXIF without its `Exif\0\0`). What is broken in it is passed over: EXIF never spoils a photograph.
pub(crate) fn read(tiff: &[u8]) -> Said {
    let mut reader = Reader::new();
    reader.continue_on_error(true);
    let parsed = reader.read_raw(tiff.to_vec()).or_else(|error| error.distill_partial_result(|_| {}));
    let Ok(exif) = parsed else { return Said::default() };
    let orientation = exif
        .get_field(Tag::Orientation, In::PRIMARY)
        .and_then(|field| field.value.get_uint(0))
        .map_or(Orientation::default(), Orientation::from_exif);
    Said { orientation, taken_at: taken_at(&exif) }
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(lines) => lines.first().map(Vec::as_slice),
        _ => None,
    }
}

/// Cameras write local time; without an offset tag it is taken as Asia/Shanghai.
fn taken_at(exif: &Exif) -> Option<Ms> {
    let mut at = DateTime::from_ascii(ascii(exif, Tag::DateTimeOriginal)?).ok()?;
    if let Some(offset) = ascii(exif, Tag::OffsetTimeOriginal) {
        at.parse_offset(offset).ok();
    }
    if let Some(part) = ascii(exif, Tag::SubSecTimeOriginal) {
        at.parse_subsec(part).ok();
    }
    let real = (1990..2200).contains(&at.year)
        && (1..=12).contains(&at.month)
        && (1..=31).contains(&at.day)
        && at.hour < 24
        && at.minute < 60
        && at.second <= 60;
    if !real {
        return None;
    }
    let seconds = i64::from(at.hour) * 3_600 + i64::from(at.minute) * 60 + i64::from(at.second);
    let ms = seconds * 1_000 + i64::from(at.nanosecond.unwrap_or(0) / 1_000_000);
    let offset = at.offset.map_or(SHANGHAI_OFFSET, |minutes| i64::from(minutes) * (HOUR / 60));
    Some(Ms(days_from_civil(i64::from(at.year), i64::from(at.month), i64::from(at.day)) * DAY + ms - offset))
}

/// Days from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_1970_over_leap_years() {
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(days_from_civil(2000, 3, 1), 11_017);
        assert_eq!(days_from_civil(2024, 2, 29), 19_782);
        assert_eq!(days_from_civil(2026, 11, 24), 20_781);
    }

    #[test]
    fn a_block_that_is_not_exif_says_nothing() {
        assert_eq!(read(b"not exif at all"), Said::default());
        assert_eq!(read(&[]), Said::default());
    }
}
