//! What a person typed of a unit, checked and made into column values.

use sqlx::{QueryBuilder, Sqlite};
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id,
    api::UnitPatch,
    grades, identity,
    units_import::{LONG_MAX as TEXT, TEXT_MAX as NAME},
};

use super::words::{self, limited};
use crate::Tx;

const BADGES: usize = 12;
const BADGE: usize = 12;
/// A unit dearer than a million yuan is a slip of the keyboard.
pub const PRICE_MAX: i64 = 100_000_000;

/// The patch with codes cleaned and every field checked.
///
/// # Errors
/// `StockNoInvalid`, `ImeiLength`, `ImeiLuhn`, `MeidInvalid`, `SerialInvalid`, `FieldTooLong {field, max}`,
/// `PriceInvalid {field}`, `NameMissing` for an empty model, `BadInput {field}` for a grade or battery that cannot be.
pub fn clean(p: &UnitPatch) -> AppResult<UnitPatch> {
    let mut p = p.clone();
    if let Some(v) = &mut p.stock_no {
        *v = identity::stock_no(v)?;
    }
    code(&mut p.imei, identity::imei)?;
    code(&mut p.imei2, identity::imei)?;
    code(&mut p.meid, identity::meid)?;
    code(&mut p.serial, identity::serial)?;
    let texts = [
        ("brand", NAME, &mut p.brand),
        ("model", NAME, &mut p.model),
        ("storage", NAME, &mut p.storage),
        ("colour", NAME, &mut p.colour),
        ("shelf", NAME, &mut p.shelf),
        ("box", NAME, &mut p.in_box),
        ("holder", NAME, &mut p.holder),
        ("source", NAME, &mut p.source),
        ("flaws", TEXT, &mut p.flaws),
        ("note", TEXT, &mut p.note),
    ];
    for (field, max, value) in texts {
        if let Some(v) = value {
            *v = limited(field, max, v)?;
        }
    }
    if p.model.as_deref() == Some("") {
        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "model"));
    }
    let bad = |field| AppError::new(ErrorCode::BadInput).arg("field", field);
    if let Some(g) = &mut p.grade {
        let word = g.trim().to_owned();
        if !word.is_empty() {
            let id = grades::by_id(&word).map(|g| g.id.as_str()).or_else(|| grades::by_word(&word));
            *g = id.ok_or_else(|| bad("grade"))?.to_owned();
        } else {
            g.clear();
        }
    }
    if p.battery.flatten().is_some_and(|b| b > 100) {
        return Err(bad("battery"));
    }
    for (field, value) in
        [("price_list", p.price_list), ("price_live", p.price_live), ("price_floor", p.price_floor), ("cost", p.cost)]
    {
        if value.flatten().is_some_and(|Fen(v)| !(0..=PRICE_MAX).contains(&v)) {
            return Err(AppError::new(ErrorCode::PriceInvalid).arg("field", field));
        }
    }
    if let Some(badges) = &mut p.badges {
        let mut out: Vec<String> = Vec::new();
        for b in badges.iter() {
            let b = limited("badges", BADGE, b)?;
            if !b.is_empty() && !out.contains(&b) {
                out.push(b);
            }
        }
        if out.len() > BADGES {
            return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", "badges").arg("max", BADGES));
        }
        *badges = out;
    }
    Ok(p)
}

fn code(value: &mut Option<String>, check: fn(&str) -> Result<String, AppError>) -> AppResult<()> {
    if let Some(v) = value {
        *v = if v.trim().is_empty() { String::new() } else { check(v)? };
    }
    Ok(())
}

/// Whether the patch names one device: such a patch cannot go to several units.
#[must_use]
pub fn names_one(p: &UnitPatch) -> bool {
    p.stock_no.is_some() || p.imei.is_some() || p.imei2.is_some() || p.meid.is_some() || p.serial.is_some()
}

/// Writes the patch to these units.
pub async fn write(tx: &mut Tx<'_>, ids: &[Id], p: &UnitPatch) -> AppResult<()> {
    if let Some(values) = &p.fields {
        super::fields::write(tx, ids, values).await?;
    }
    let mut qb: QueryBuilder<Sqlite> = QueryBuilder::new("UPDATE units SET ");
    let mut any = false;
    let mut col = |qb: &mut QueryBuilder<Sqlite>, name: &str| {
        qb.push(if any { ", " } else { "" }).push(name).push(" = ");
        any = true;
    };
    let plain = [
        ("stock_no", &p.stock_no),
        ("brand", &p.brand),
        ("model", &p.model),
        ("storage", &p.storage),
        ("colour", &p.colour),
        ("shelf", &p.shelf),
        ("box", &p.in_box),
        ("holder", &p.holder),
        ("source", &p.source),
        ("flaws", &p.flaws),
        ("note", &p.note),
    ];
    for (name, value) in plain {
        if let Some(v) = value {
            col(&mut qb, name);
            qb.push_bind(v.clone());
        }
    }
    let nullable =
        [("imei", &p.imei), ("imei2", &p.imei2), ("meid", &p.meid), ("serial", &p.serial), ("grade", &p.grade)];
    for (name, value) in nullable {
        if let Some(v) = value {
            col(&mut qb, name);
            qb.push_bind(Some(v.clone()).filter(|v| !v.is_empty()));
        }
    }
    if let Some(c) = &p.category {
        col(&mut qb, "category");
        qb.push_bind(words::name(c));
    }
    if let Some(b) = &p.badges {
        col(&mut qb, "badges");
        qb.push_bind(words::json(b));
    }
    if let Some(b) = p.battery {
        col(&mut qb, "battery");
        qb.push_bind(b);
    }
    let prices =
        [("price_list", p.price_list), ("price_live", p.price_live), ("price_floor", p.price_floor), ("cost", p.cost)];
    for (name, value) in prices {
        if let Some(v) = value {
            col(&mut qb, name);
            qb.push_bind(v);
        }
    }
    if !any {
        return Ok(());
    }
    qb.push(" WHERE id IN (SELECT value FROM json_each(").push_bind(words::json_ids(ids)).push("))");
    qb.build().execute(tx.conn()).await?;
    Ok(())
}
