//! Fields beyond the columns every unit has: the templates' under the owner's changes, the owner's own, and their values.

use std::collections::{BTreeMap, HashMap};

use serde_json::json;
use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{FieldDef, FieldKind, FieldSave, Fields, FieldsOrder},
    fields::{self, Change, NAME_MAX, OPTIONS_MAX, OWN_MAX},
};

use super::words;
use crate::{Actor, Op, Store, Tx};

/// Every field in order, hidden ones too.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store) -> AppResult<Fields> {
    let mut conn = store.read().await?;
    Ok(Fields { fields: defs(&mut conn).await? })
}

/// Every field in order, hidden ones too: what an import can map to and an export can write.
///
/// # Errors
/// Store errors only.
pub async fn defs(conn: &mut SqliteConnection) -> AppResult<Vec<FieldDef>> {
    let rows = sqlx::query!(
        r#"SELECT id, name, kind, unit, options, categories, pos, hidden AS "hidden: bool" FROM fields ORDER BY id"#
    )
    .fetch_all(conn)
    .await?;
    let damaged = |e: serde_json::Error| AppError::new(ErrorCode::StallDamaged).detail(e);
    let mut changes = Vec::with_capacity(rows.len());
    for r in rows {
        changes.push(Change {
            id: r.id,
            name: r.name,
            kind: r.kind.map(|k| words::parse(&k)).transpose()?,
            unit: r.unit,
            options: r.options.map(|o| serde_json::from_str(&o)).transpose().map_err(damaged)?,
            categories: r.categories.map(|c| serde_json::from_str(&c)).transpose().map_err(damaged)?,
            pos: r.pos,
            hidden: r.hidden,
        });
    }
    Ok(fields::merged(changes))
}

/// Makes a field, or changes one.
///
/// # Errors
/// `NameMissing` for a new one without a name, `FieldTooLong`, `BadInput {field}`, `NotFound`.
pub async fn save(store: &Store, actor: &Actor, input: &FieldSave) -> AppResult<FieldDef> {
    let name = input.name.as_ref().map(|n| words::limited("name", NAME_MAX, n)).transpose()?;
    let unit = input.unit.as_ref().map(|u| words::limited("unit", 8, u)).transpose()?;
    let options = input.options.as_ref().map(|o| checked(o)).transpose()?;
    let out = store
        .transact(Op::SaveField, actor, async |tx: &mut Tx<'_>| {
            let all = defs(tx.conn()).await?;
            let id = match &input.id {
                Some(id) => {
                    let known = all.iter().find(|d| d.id == *id).ok_or(ErrorCode::NotFound)?;
                    if name.as_deref() == Some("") && !known.builtin {
                        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "name"));
                    }
                    id.clone()
                }
                None => {
                    if name.as_deref().unwrap_or("").is_empty() {
                        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "name"));
                    }
                    if all.iter().filter(|d| !d.builtin).count() >= OWN_MAX {
                        return Err(AppError::new(ErrorCode::BadInput).arg("field", "fields"));
                    }
                    let id = tx.new_id()?.to_string();
                    let (kind, last) = (words::name(&input.kind.unwrap_or(FieldKind::Text)), last_place(tx.conn()).await?);
                    sqlx::query!("INSERT INTO fields(id,kind,pos) VALUES(?1,?2,?3)", id, kind, last)
                        .execute(tx.conn())
                        .await?;
                    id
                }
            };
            let options = options.as_ref().map(words::json);
            let categories = input.categories.as_ref().map(words::json);
            // A value not said stays; a row over a template is made when first needed.
            sqlx::query!(
                "INSERT INTO fields(id,name,unit,options,categories,hidden) VALUES(?1,?2,?3,?4,?5,coalesce(?6,0))
                 ON CONFLICT(id) DO UPDATE SET name = coalesce(?2, name), unit = coalesce(?3, unit),
                   options = coalesce(?4, options), categories = coalesce(?5, categories), hidden = coalesce(?6, hidden)",
                id,
                name,
                unit,
                options,
                categories,
                input.hidden
            )
            .execute(tx.conn())
            .await?;
            let def = defs(tx.conn()).await?.into_iter().find(|d| d.id == id).ok_or(ErrorCode::NotFound)?;
            tx.say("what", &def.zh);
            Ok(def)
        })
        .await?;
    Ok(out.value)
}

fn checked(options: &[String]) -> AppResult<Vec<String>> {
    let mut out: Vec<String> = Vec::new();
    for o in options {
        let o = words::limited("options", 40, o)?;
        if !o.is_empty() && !out.contains(&o) {
            out.push(o);
        }
    }
    if out.len() > OPTIONS_MAX {
        return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", "options").arg("max", OPTIONS_MAX));
    }
    Ok(out)
}

/// A place behind every field.
async fn last_place(conn: &mut SqliteConnection) -> AppResult<i64> {
    let own = sqlx::query_scalar!(r#"SELECT coalesce(max(pos), 0) AS "n!: i64" FROM fields"#).fetch_one(conn).await?;
    let built = i64::try_from(fields::templates().len()).unwrap_or(0) * fields::STRIDE;
    Ok(own.max(built) + fields::STRIDE)
}

/// Puts the fields named in this order, at the places they hold together.
///
/// # Errors
/// `NotFound` for a field there is not.
pub async fn order(store: &Store, actor: &Actor, input: &FieldsOrder) -> AppResult<Fields> {
    let out = store
        .transact(Op::OrderFields, actor, async |tx: &mut Tx<'_>| {
            let all = defs(tx.conn()).await?;
            let mut named = input.ids.iter();
            if !input.ids.iter().all(|id| all.iter().any(|d| d.id == *id)) {
                return Err(ErrorCode::NotFound.into());
            }
            for (place, def) in (1_i64..).zip(&all) {
                let id = if input.ids.contains(&def.id) { named.next().unwrap_or(&def.id) } else { &def.id };
                let pos = place * fields::STRIDE;
                sqlx::query!(
                    "INSERT INTO fields(id,pos) VALUES(?1,?2) ON CONFLICT(id) DO UPDATE SET pos = excluded.pos",
                    id,
                    pos
                )
                .execute(tx.conn())
                .await?;
            }
            Ok(Fields { fields: defs(tx.conn()).await? })
        })
        .await?;
    Ok(out.value)
}

/// Removes an own field with its values, or gives a template's field its first shape back.
///
/// # Errors
/// `NotFound`.
pub async fn remove(store: &Store, actor: &Actor, id: &str) -> AppResult<()> {
    store
        .transact(Op::RemoveField, actor, async |tx: &mut Tx<'_>| {
            let all = defs(tx.conn()).await?;
            let def = all.iter().find(|d| d.id == id).ok_or(ErrorCode::NotFound)?;
            tx.say("what", &def.zh);
            if !def.builtin {
                sqlx::query!("DELETE FROM unit_fields WHERE field_id = ?1", id).execute(tx.conn()).await?;
            }
            sqlx::query!("DELETE FROM fields WHERE id = ?1", id).execute(tx.conn()).await?;
            Ok(())
        })
        .await?;
    Ok(())
}

/// Values of one unit by field id.
pub(super) async fn of_unit(conn: &mut SqliteConnection, unit: Id) -> AppResult<BTreeMap<String, String>> {
    let rows = sqlx::query!("SELECT field_id, value FROM unit_fields WHERE unit_id = ?1", unit).fetch_all(conn).await?;
    Ok(rows.into_iter().map(|r| (r.field_id, r.value)).collect())
}

/// Values of these units by unit and field id; units without any are absent. With [`defs`], all an export needs.
///
/// # Errors
/// Store errors only.
pub async fn of_units(conn: &mut SqliteConnection, units: &[Id]) -> AppResult<HashMap<Id, BTreeMap<String, String>>> {
    let list = words::json_ids(units);
    let rows = sqlx::query!(
        r#"SELECT f.unit_id AS "unit_id: Id", f.field_id, f.value FROM json_each(?1) j
           JOIN unit_fields f ON f.unit_id = j.value"#,
        list
    )
    .fetch_all(conn)
    .await?;
    let mut out: HashMap<Id, BTreeMap<String, String>> = HashMap::new();
    for r in rows {
        out.entry(r.unit_id).or_default().insert(r.field_id, r.value);
    }
    Ok(out)
}

/// Writes values of fields to units; an empty value clears. For the form, bulk edits and imports alike.
///
/// # Errors
/// What [`fields::clean`] finds, `BadInput {field}` for a field there is not.
pub async fn write(tx: &mut Tx<'_>, units: &[Id], values: &BTreeMap<String, String>) -> AppResult<()> {
    if values.is_empty() {
        return Ok(());
    }
    let all = defs(tx.conn()).await?;
    let list = words::json_ids(units);
    for (id, text) in values {
        let value = fields::clean(known(&all, id)?, text)?;
        if value.is_empty() {
            sqlx::query!(
                "DELETE FROM unit_fields WHERE id IN (SELECT value || ':' || ?2 FROM json_each(?1))",
                list,
                id
            )
            .execute(tx.conn())
            .await?;
        } else {
            sqlx::query!(
                "INSERT INTO unit_fields(id,unit_id,field_id,value)
                 SELECT value || ':' || ?2, value, ?2, ?3 FROM json_each(?1) WHERE true
                 ON CONFLICT(id) DO UPDATE SET value = excluded.value",
                list,
                id,
                value
            )
            .execute(tx.conn())
            .await?;
        }
    }
    Ok(())
}

fn known<'a>(all: &'a [FieldDef], id: &str) -> AppResult<&'a FieldDef> {
    let def = all.iter().find(|d| d.id == id);
    def.ok_or_else(|| AppError::new(ErrorCode::BadInput).arg("field", format!("fields.{id}")))
}

/// As [`write`], each unit its own values: many units in few statements.
///
/// # Errors
/// As [`write`].
pub(super) async fn write_each(tx: &mut Tx<'_>, units: &[(Id, &BTreeMap<String, String>)]) -> AppResult<()> {
    if units.iter().all(|(_, values)| values.is_empty()) {
        return Ok(());
    }
    let all = defs(tx.conn()).await?;
    let (mut set, mut clear) = (Vec::new(), Vec::new());
    for (unit, values) in units {
        for (id, text) in *values {
            let value = fields::clean(known(&all, id)?, text)?;
            if value.is_empty() { clear.push(json!([unit, id])) } else { set.push(json!([unit, id, value])) }
        }
    }
    let (set, clear) = (words::json(&set), words::json(&clear));
    sqlx::query!(
        "DELETE FROM unit_fields WHERE id IN (SELECT (value->>0) || ':' || (value->>1) FROM json_each(?1))",
        clear
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "INSERT INTO unit_fields(id,unit_id,field_id,value)
         SELECT (value->>0) || ':' || (value->>1), value->>0, value->>1, value->>2 FROM json_each(?1) WHERE true
         ON CONFLICT(id) DO UPDATE SET value = excluded.value",
        set
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
