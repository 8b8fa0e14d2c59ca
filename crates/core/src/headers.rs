//! Column headers: comparing them, finding the row they stand in, knowing a platform's file by them.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use crate::spreadsheet::Table;
use crate::{AppError, ErrorCode};

/// Field name -> header as the file writes it.
pub type Mapping = BTreeMap<String, String>;

/// Rows above the header that may hold a title.
const TITLE_ROWS: usize = 10;

/// A header as it is compared: NFKC, without white space, `(元)`, colons and quotes, in lower case.
#[must_use]
pub fn fold(header: &str) -> String {
    let plain: String = header
        .nfkc()
        .filter(|c| {
            !c.is_whitespace()
                && !c.is_control()
                && !matches!(c, ':' | '\u{feff}' | '\u{200b}' | '\'' | '"' | '=' | '*')
        })
        .flat_map(char::to_lowercase)
        .collect();
    plain.replace("(元)", "")
}

/// Where the header stands and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderRow {
    /// Index into the table's rows.
    pub row: usize,
    /// Trimmed, in column order; blank where the column has no header.
    pub names: Vec<String>,
}

impl HeaderRow {
    /// The column of a header, compared folded.
    #[must_use]
    pub fn column(&self, header: &str) -> Option<usize> {
        let want = fold(header);
        self.names.iter().position(|n| !want.is_empty() && fold(n) == want)
    }
}

/// Finds the header among the first rows by counting known names (folded); a sheet of unknown names is taken
/// to begin with its header when that row is text.
///
/// # Errors
/// `SheetNoRows` for an empty table or nothing below the header, `SheetNoHeader` when no row looks like one.
pub fn locate(table: &Table, known: impl Fn(&str) -> bool) -> Result<HeaderRow, AppError> {
    if table.is_empty() {
        return Err(ErrorCode::SheetNoRows.into());
    }
    let names = |row: usize| -> Vec<String> { table.cells(row).map(|c| trim(&c.display()).to_owned()).collect() };
    let score = |row: usize| table.cells(row).filter_map(|c| c.text()).filter(|t| known(&fold(t))).count();
    let best = (0..table.len().min(TITLE_ROWS)).max_by_key(|r| (score(*r), std::cmp::Reverse(*r))).unwrap_or(0);
    let row = if score(best) > 0 { best } else { 0 };
    let found = HeaderRow { row, names: names(row) };
    if score(row) == 0 {
        let filled = table.cells(row).filter(|c| !c.is_blank()).count();
        let texts = table.cells(row).filter(|c| !c.is_blank()).filter_map(|c| c.text());
        let wordy = texts.filter(|t| t.chars().any(char::is_alphabetic)).count();
        // Data rows have words too, but mostly numbers beside them.
        if filled < 2 || wordy * 4 < filled * 3 {
            return Err(ErrorCode::SheetNoHeader.into());
        }
    }
    if row + 1 >= table.len() {
        return Err(ErrorCode::SheetNoRows.into());
    }
    Ok(found)
}

/// Maps fields to headers: for each field its first alternative that the sheet has. A header serves one field only.
#[must_use]
pub fn guess<'a, A>(header: &HeaderRow, fields: impl IntoIterator<Item = (&'a str, A)>) -> Mapping
where
    A: IntoIterator<Item = &'a str>,
{
    let folded: Vec<String> = header.names.iter().map(|n| fold(n)).collect();
    let mut used = vec![false; folded.len()];
    let mut mapping = Mapping::new();
    for (field, alternatives) in fields {
        for alternative in alternatives {
            let want = fold(alternative);
            if let Some(i) = folded.iter().enumerate().position(|(i, f)| !used[i] && !f.is_empty() && *f == want) {
                used[i] = true;
                mapping.insert(field.to_owned(), header.names[i].clone());
                break;
            }
        }
    }
    mapping
}

/// Column numbers of a mapping.
///
/// # Errors
/// `SheetColumnMissing {column}` naming every header the sheet does not have, or every required field left out.
pub fn columns(
    header: &HeaderRow,
    mapping: &Mapping,
    required: &[(&str, &str)],
) -> Result<BTreeMap<String, usize>, AppError> {
    let mut missing: Vec<&str> = Vec::new();
    let mut found = BTreeMap::new();
    for (field, name) in mapping.iter().filter(|(_, n)| !n.trim().is_empty()) {
        match header.column(name) {
            Some(i) => {
                found.insert(field.clone(), i);
            }
            None => missing.push(name),
        }
    }
    missing.extend(required.iter().filter(|(f, _)| !mapping.contains_key(*f)).map(|(_, shown)| *shown));
    if missing.is_empty() {
        Ok(found)
    } else {
        Err(AppError::new(ErrorCode::SheetColumnMissing).arg("column", missing.join("、")))
    }
}

/// A cell's text as importers see it: trimmed of every kind of space, `="…"` and a leading apostrophe unwrapped.
#[must_use]
pub fn trim(text: &str) -> &str {
    let blank = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '\u{feff}' | '\u{200b}');
    let mut t = text.trim_matches(blank);
    if let Some(inner) = t.strip_prefix("=\"").and_then(|s| s.strip_suffix('"')) {
        t = inner;
    }
    t = t.strip_prefix('\'').or_else(|| t.strip_prefix('’')).unwrap_or(t);
    t.trim_matches(blank)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn known(name: &str) -> bool {
        ["订单号", "订单状态", "实付款"].contains(&name)
    }

    #[test]
    fn headers_compare_without_width_spaces_units_and_colons() {
        for h in [
            "商品总价(元)",
            "商品总价（元）",
            " 商品总价 ",
            "商品总价：",
            "\u{feff}商品总价",
            "商品\u{3000}总价",
            "'商品总价",
        ] {
            assert_eq!(fold(h), "商品总价", "{h}");
        }
        assert_eq!(fold("ＳＫＵ编码"), fold("sku编码"));
        assert_eq!(fold("CPS达人ID"), fold("cps达人id"));
    }

    #[test]
    fn a_header_under_title_rows_is_found() {
        let t = Table::from_texts(&[
            vec!["十一月订单"],
            vec!["制表：小王"],
            vec!["订单号", "订单状态", "实付款"],
            vec!["1", "待发货", "5"],
        ]);
        let h = locate(&t, known).unwrap();
        assert_eq!((h.row, h.names.len()), (2, 3));
    }

    #[test]
    fn a_sheet_without_header_or_rows_says_so() {
        let code = |rows: &[Vec<&str>]| locate(&Table::from_texts(rows), known).unwrap_err().code;
        assert_eq!(code(&[]), ErrorCode::SheetNoRows);
        assert_eq!(code(&[vec!["订单号", "实付款"]]), ErrorCode::SheetNoRows);
        assert_eq!(code(&[vec!["2611", "12.5", "3"], vec!["2612", "13.5", "3"]]), ErrorCode::SheetNoHeader);
        assert!(locate(&Table::from_texts(&[vec!["甲", "乙"], vec!["1", "2"]]), known).is_ok());
    }

    #[test]
    fn a_mapping_names_every_column_that_is_missing() {
        let t = Table::from_texts(&[vec!["订单号", "实付款"], vec!["1", "2"]]);
        let h = locate(&t, known).unwrap();
        let m = guess(&h, [("order_no", vec!["订单编号", "订单号"]), ("paid", vec!["实付款"]), ("note", vec!["备注"])]);
        assert_eq!(m["order_no"], "订单号");
        assert!(!m.contains_key("note"));
        assert_eq!(columns(&h, &m, &[("order_no", "订单号")]).unwrap()["paid"], 1);
        let bad = Mapping::from([("a".to_owned(), "甲".to_owned()), ("b".to_owned(), "乙".to_owned())]);
        let e = columns(&h, &bad, &[("order_no", "订单号")]).unwrap_err();
        assert_eq!((e.code, e.args["column"].as_str()), (ErrorCode::SheetColumnMissing, "甲、乙、订单号"));
    }

    #[test]
    fn cells_are_unwrapped() {
        for s in [
            "\t6917926768823643751",
            "=\"6917926768823643751\"",
            "'6917926768823643751",
            " 6917926768823643751\u{a0}",
            "\u{3000}6917926768823643751",
        ] {
            assert_eq!(trim(s), "6917926768823643751", "{s:?}");
        }
    }
}
