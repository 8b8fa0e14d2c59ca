//! Spreadsheets: read and judge, look at rows, write.
use std::sync::Mutex;

use stall_core::{
    AppResult, Id,
    api::{ImportApply, ImportDone, ImportFile, ImportPreview, ImportRows, ImportRowsInput},
};

use super::pending;
use crate::ctx::{Caller, Ctx};

#[derive(Debug, Default)]
pub struct Previews(Mutex<Vec<Id>>);

pub async fn units_import_preview(_: &Ctx, _: &Caller, _: ImportFile) -> AppResult<ImportPreview> {
    pending()
}
pub async fn units_import_apply(_: &Ctx, _: &Caller, _: ImportApply) -> AppResult<ImportDone> {
    pending()
}
pub async fn imports_rows(_: &Ctx, _: &Caller, _: ImportRowsInput) -> AppResult<ImportRows> {
    pending()
}
pub async fn orders_import_preview(_: &Ctx, _: &Caller, _: ImportFile) -> AppResult<ImportPreview> {
    pending()
}
pub async fn orders_import_apply(_: &Ctx, _: &Caller, _: ImportApply) -> AppResult<ImportDone> {
    pending()
}
