//! From a staged spreadsheet to its cells, and what the mapping step shows of them.

use std::{collections::BTreeMap, sync::Arc};

use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    headers::{HeaderRow, Mapping},
    spreadsheet::Table,
};
use stall_sheets::Workbook;

use crate::{
    ctx::Ctx,
    units_zip::{self, PhotoZip},
};

/// Values shown of a column.
const SAMPLES: usize = 3;
/// Characters shown of a value.
const SAMPLE_LEN: usize = 60;
/// Fields that hold a buyer's data, and words of headers that may.
const PRIVATE_FIELDS: [&str; 8] =
    ["receiver_name", "receiver_phone", "receiver_tel", "province", "city", "district", "town", "address"];
const PRIVATE_WORDS: [&str; 11] =
    ["收件", "收货", "收貨", "姓名", "电话", "手机号", "联系", "地址", "phone", "address", "receiver"];

/// A spreadsheet read.
pub struct Sheet {
    pub file_name: String,
    pub book: Workbook,
    /// Photographs that came with it in one zip.
    pub photos: Option<Arc<PhotoZip>>,
}

/// Reads a staged file away from the async threads.
///
/// # Errors
/// As `stall_sheets::read` and `units_zip::open`; `FileMissing`.
pub async fn read(ctx: &Ctx, file: Id, sheet: Option<String>) -> AppResult<Arc<Sheet>> {
    let ctx = ctx.clone();
    let work = move || {
        let staged = ctx.staging().get(file)?;
        let (file, bytes, photos) = match units_zip::open(&staged)? {
            Some((zip, bytes)) => (staged.file, bytes, Some(Arc::new(zip))),
            None => {
                let (file, bytes) = ctx.staging().read(file)?;
                (file, bytes, None)
            }
        };
        let book = stall_sheets::read(&bytes, &file.name, sheet.as_deref())?;
        Ok(Arc::new(Sheet { file_name: file.name, book, photos }))
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?
}

/// The headers a person can map, in file order.
pub fn headers(header: &HeaderRow) -> Vec<String> {
    header.names.iter().filter(|n| !n.is_empty()).cloned().collect()
}

/// The first values of each column, without columns that hold a buyer's data.
pub fn samples(table: &Table, header: &HeaderRow, mapping: &Mapping) -> BTreeMap<String, Vec<String>> {
    let private = |name: &str| {
        let lower = name.to_lowercase();
        PRIVATE_WORDS.iter().any(|w| lower.contains(w))
            || PRIVATE_FIELDS.iter().any(|f| mapping.get(*f).is_some_and(|h| h == name))
    };
    let columns = header.names.iter().enumerate().filter(|(_, n)| !n.is_empty() && !private(n));
    columns
        .map(|(column, name)| {
            let cells = (header.row + 1..table.len()).map(|row| table.cell(row, column)).filter(|c| !c.is_blank());
            let values = cells.take(SAMPLES).map(|c| c.display().trim().chars().take(SAMPLE_LEN).collect());
            (name.clone(), values.collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_leave_out_what_a_buyer_would_not_want_shown() {
        let table = Table::from_texts(&[["订单号", "收货人姓名", "机主"], ["1", "张三", "李四"]]);
        let names = ["订单号", "收货人姓名", "机主"].map(str::to_owned).to_vec();
        let header = HeaderRow { row: 0, names };
        let mapping = Mapping::from([("receiver_name".to_owned(), "机主".to_owned())]);
        let seen = samples(&table, &header, &mapping);
        assert_eq!(seen, BTreeMap::from([("订单号".to_owned(), vec!["1".to_owned()])]));
    }
}
