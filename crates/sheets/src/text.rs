//! csv and tsv: which encoding, which delimiter, then rows with the numbers a spreadsheet shows.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use stall_core::spreadsheet::{Cell, Table};
use stall_core::{AppError, AppResult, ErrorCode};

use crate::{MAX_COLUMNS, MAX_ROWS, too_many_rows};

/// More line breaks than this in one cell mean an unclosed quote that swallowed the rest.
const CELL_LINES: usize = 60;

pub fn read(bytes: &[u8]) -> AppResult<Table> {
    let text = decode(bytes)?;
    let (text, delimiter) = delimiter(&text);
    rows(text, delimiter)
}

/// UTF-16 and UTF-8 by BOM, else UTF-8 strictly, else GB18030 strictly.
fn decode(bytes: &[u8]) -> AppResult<Cow<'_, str>> {
    if let Some((encoding, bom)) = Encoding::for_bom(bytes) {
        let body = &bytes[bom..];
        if encoding == UTF_8 {
            return std::str::from_utf8(body).map(Cow::Borrowed).map_err(|e| broken(body, e.valid_up_to()));
        }
        return strictly(if encoding == UTF_16BE { UTF_16BE } else { UTF_16LE }, body).map(Cow::Owned);
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(e) => e,
    };
    if is_broken_utf8(bytes) {
        return Err(broken(bytes, error.valid_up_to()));
    }
    strictly(GB18030, bytes).map(Cow::Owned)
}

/// GB18030 decodes nearly anything, also UTF-8 with one bad byte, to nonsense: such a file must be told apart.
fn is_broken_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| *c as u32 >= 0x800).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 4
}

fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> AppResult<String> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(0));
    let mut at = 0;
    loop {
        let (result, read) = decoder.decode_to_string_without_replacement(&bytes[at..], &mut text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => text.reserve(bytes.len() - at + 64),
            DecoderResult::Malformed(..) => {
                let row = text.matches('\n').count() + 1;
                return Err(AppError::new(ErrorCode::FileEncoding).arg("row", row));
            }
        }
    }
}

fn broken(bytes: &[u8], at: usize) -> AppError {
    let row = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
    AppError::new(ErrorCode::FileEncoding).arg("row", row)
}

/// The delimiter that the first lines have most of, outside quotes; `sep=;` of Excel says it outright.
fn delimiter(text: &str) -> (&str, u8) {
    if let Some(rest) = text.strip_prefix("sep=")
        && let Some(d) = rest.bytes().next().filter(|d| matches!(d, b',' | b';' | b'\t'))
        && let Some(end) = rest.find('\n')
    {
        return (&rest[end + 1..], d);
    }
    let mut counts = [0usize; 3];
    let (mut quoted, mut lines) = (false, 0);
    for b in text.bytes().take(256 * 1024) {
        match b {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => lines += 1,
            b',' if !quoted => counts[0] += 1,
            b'\t' if !quoted => counts[1] += 1,
            b';' if !quoted => counts[2] += 1,
            _ => {}
        }
        if lines > 20 {
            break;
        }
    }
    let best = if counts[1] > counts[0] && counts[1] >= counts[2] {
        b'\t'
    } else if counts[2] > counts[0] {
        b';'
    } else {
        b','
    };
    (text, best)
}

fn rows(text: &str, delimiter: u8) -> AppResult<Table> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut table = Table::default();
    let mut record = csv::StringRecord::new();
    let mut number = 0usize;
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let more = reader
            .read_record(&mut record)
            .map_err(|e| AppError::new(ErrorCode::FileDamaged).arg("row", number + 1).detail(e))?;
        if !more {
            return Ok(table);
        }
        // The reader skips blank lines; a spreadsheet counts them. Of CRLF it leaves the LF for the next record.
        let skipped = &text.as_bytes()[start..];
        let half = start > 0 && text.as_bytes()[start - 1] == b'\r';
        let skipped = skipped.strip_prefix(b"\n").filter(|_| half).unwrap_or(skipped);
        let blank = skipped.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count();
        number += 1 + blank;
        for cell in record.iter().take(MAX_COLUMNS) {
            if cell.len() > CELL_LINES && cell.bytes().filter(|b| *b == b'\n').count() > CELL_LINES {
                return Err(AppError::new(ErrorCode::FileDamaged).arg("row", number).detail("unclosed quote"));
            }
            table.push(Cell::Text(cell));
        }
        table.end_row(u32::try_from(number).unwrap_or(u32::MAX));
        if table.len() > MAX_ROWS {
            return Err(too_many_rows());
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn of(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        let t = read(bytes).unwrap();
        (0..t.len()).map(|r| (t.row_number(r), t.cells(r).map(Cell::display).collect())).collect()
    }
    fn row(n: u32, cells: &[&str]) -> (u32, Vec<String>) {
        (n, cells.iter().map(|c| (*c).to_owned()).collect())
    }

    #[test]
    fn utf8_gb18030_and_utf16_read_the_same() {
        let text = "订单号,备注\r\n1,掌柜\u{3000}好\r\n";
        let want = [row(1, &["订单号", "备注"]), row(2, &["1", "掌柜\u{3000}好"])];
        assert_eq!(of(text.as_bytes()), want);
        assert_eq!(of(format!("\u{feff}{text}").as_bytes()), want);
        assert_eq!(of(&GB18030.encode(text).0), want);
        let le: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(of(&le), want);
        let be: Vec<u8> = [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(of(&be), want);
    }

    #[test]
    fn a_broken_byte_names_its_row() {
        let mut gb = GB18030.encode("订单号,备注\n1,好\n2,坏").0.into_owned();
        gb.push(0xFF);
        let e = read(&gb).unwrap_err();
        assert_eq!((e.code, e.args["row"].as_str()), (ErrorCode::FileEncoding, "3"));
        let mut utf = "订单号,备注,状态\n1,好好好好,待发货\n2,".as_bytes().to_vec();
        utf.extend([0xE5, 0xA5]);
        utf.extend("\n3,待发货".as_bytes());
        let e = read(&utf).unwrap_err();
        assert_eq!((e.code, e.args["row"].as_str()), (ErrorCode::FileEncoding, "3"));
        let bom = [b"\xEF\xBB\xBFa,b\n1,".to_vec(), vec![0xC4, 0xE3], b"\n".to_vec()].concat();
        assert_eq!(read(&bom).unwrap_err().code, ErrorCode::FileEncoding);
    }

    #[test]
    fn the_delimiter_is_found() {
        assert_eq!(of(b"a\tb\n1,5\t2"), [row(1, &["a", "b"]), row(2, &["1,5", "2"])]);
        assert_eq!(of(b"a;b\n1;2"), [row(1, &["a", "b"]), row(2, &["1", "2"])]);
        assert_eq!(of(b"a,b\n\"x;y;z;;;\",2"), [row(1, &["a", "b"]), row(2, &["x;y;z;;;", "2"])]);
        assert_eq!(of(b"sep=;\r\na;b"), [row(1, &["a", "b"])]);
    }

    #[test]
    fn row_numbers_count_blank_lines_and_not_lines_in_cells() {
        let want = [row(1, &["a", "b"]), row(4, &["x\ny", "2"]), row(5, &["3", "4"]), row(7, &["5", "6"])];
        assert_eq!(of(b"a,b\n\n\n\"x\ny\",2\n3,4\n\n5,6\n"), want);
        let want = [row(1, &["a", "b"]), row(4, &["x\r\ny", "2"]), row(5, &["3", "4"]), row(7, &["5", "6"])];
        assert_eq!(of(b"a,b\r\n\r\n\r\n\"x\r\ny\",2\r\n3,4\r\n\r\n5,6\r\n"), want);
        assert_eq!(of(b"\n\na,b\n"), [row(3, &["a", "b"])]);
    }

    #[test]
    fn an_unclosed_quote_does_not_swallow_the_file() {
        let text = format!("a,b\n1,\"oops\n{}", "2,3\n".repeat(200));
        let e = read(text.as_bytes()).unwrap_err();
        assert_eq!((e.code, e.args["row"].as_str()), (ErrorCode::FileDamaged, "2"));
    }

    #[test]
    fn a_quoted_tab_before_a_number_is_kept_for_the_importer() {
        assert_eq!(of(b"a,b\n\"\t6917926768823643751\",2")[1].1[0], "\t6917926768823643751");
    }
}
