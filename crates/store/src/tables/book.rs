//! The owner's changes over the model book, and own models.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{BookRow, ModelBook, ModelEntry, ModelQuery},
    models::{self, Book},
    units_import::TEXT_MAX,
};

use super::words;
use crate::{Actor, Op, Store, Tx, derive::text};

/// Rows of one answer.
const MOST: usize = 400;
/// Words in one list of an entry.
const LIST_MAX: usize = 40;

/// The book as the owner has it.
pub(super) async fn book(conn: &mut SqliteConnection) -> AppResult<Book> {
    Ok(Book::with(&changes(conn).await?))
}

async fn changes(conn: &mut SqliteConnection) -> AppResult<Vec<ModelEntry>> {
    let rows = sqlx::query!(
        r#"SELECT id, category, brand, model, storages, colours, aliases, hidden AS "hidden: bool" FROM models ORDER BY id"#
    )
    .fetch_all(conn)
    .await?;
    let list = |json: &str| serde_json::from_str(json).unwrap_or_default();
    rows.into_iter()
        .map(|r| {
            Ok(ModelEntry {
                category: words::parse(&r.category)?,
                id: r.id,
                brand: r.brand,
                model: r.model,
                storages: list(&r.storages),
                colours: list(&r.colours),
                aliases: list(&r.aliases),
                hidden: r.hidden,
            })
        })
        .collect()
}

/// Entries whose names hold every word of the text, own and changed ones first.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store, q: &ModelQuery) -> AppResult<ModelBook> {
    let mut conn = store.read().await?;
    let mut over: HashMap<String, ModelEntry> =
        changes(&mut conn).await?.into_iter().map(|e| (e.id.clone(), e)).collect();
    let mut rows: Vec<BookRow> = Vec::new();
    for entry in models::entries() {
        let changed = over.remove(&entry.id);
        let own = changed.is_some();
        rows.push(BookRow { entry: changed.unwrap_or(entry), own, builtin: true, units: 0 });
    }
    rows.extend(over.into_values().map(|entry| BookRow { entry, own: true, builtin: false, units: 0 }));
    let terms = text::terms(&q.text);
    rows.retain(|r| {
        let e = &r.entry;
        let name = text::squeeze(&format!("{}{}{}", e.brand, e.model, e.aliases.concat()));
        terms.iter().all(|t| name.contains(t.as_str()))
    });
    rows.sort_by(|a, b| (a.builtin, !a.own).cmp(&(b.builtin, !b.own)).then_with(|| a.entry.brand.cmp(&b.entry.brand)));
    rows.truncate(usize::try_from(q.limit).unwrap_or(MOST).clamp(1, MOST));
    let names = words::json(&rows.iter().map(|r| r.entry.model.as_str()).collect::<Vec<_>>());
    let counts = sqlx::query!(
        r#"SELECT model, count(*) AS "n!: u32" FROM units WHERE model IN (SELECT value FROM json_each(?1)) GROUP BY model"#,
        names
    )
    .fetch_all(&mut *conn)
    .await?;
    let counts: HashMap<String, u32> = counts.into_iter().map(|c| (c.model, c.n)).collect();
    for r in &mut rows {
        r.units = counts.get(&r.entry.model).copied().unwrap_or(0);
    }
    Ok(ModelBook { rows })
}

fn checked(e: &ModelEntry) -> AppResult<ModelEntry> {
    let words_of = |field: &str, list: &[String]| -> AppResult<Vec<String>> {
        let mut out: Vec<String> = Vec::new();
        for w in list {
            let w = words::limited(field, TEXT_MAX, w)?;
            if !w.is_empty() && !out.contains(&w) {
                out.push(w);
            }
        }
        if out.len() > LIST_MAX {
            return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", field).arg("max", LIST_MAX));
        }
        Ok(out)
    };
    let model = words::limited("model", TEXT_MAX, &e.model)?;
    if model.is_empty() {
        return Err(AppError::new(ErrorCode::NameMissing).arg("field", "model"));
    }
    Ok(ModelEntry {
        id: e.id.clone(),
        category: e.category,
        brand: words::limited("brand", TEXT_MAX, &e.brand)?,
        model,
        storages: words_of("storages", &e.storages)?,
        colours: words_of("colours", &e.colours)?,
        aliases: words_of("aliases", &e.aliases)?,
        hidden: e.hidden,
    })
}

/// Adds a model (empty id) or changes one. Units keep the name they have.
///
/// # Errors
/// `NameMissing`, `FieldTooLong`, `NotFound`.
pub async fn save(store: &Store, actor: &Actor, entry: &ModelEntry) -> AppResult<ModelEntry> {
    let mut e = checked(entry)?;
    let out = store
        .transact(Op::SaveModel, actor, async |tx: &mut Tx<'_>| {
            if e.id.is_empty() {
                e.id = tx.new_id()?.to_string();
            } else if !models::entries().iter().any(|b| b.id == e.id)
                && !changes(tx.conn()).await?.iter().any(|c| c.id == e.id)
            {
                return Err(ErrorCode::NotFound.into());
            }
            let category = words::name(&e.category);
            let (storages, colours, aliases) =
                (words::json(&e.storages), words::json(&e.colours), words::json(&e.aliases));
            sqlx::query!(
                "INSERT INTO models(id,category,brand,model,storages,colours,aliases,hidden) VALUES(?1,?2,?3,?4,?5,?6,?7,?8)
                 ON CONFLICT(id) DO UPDATE SET category=excluded.category, brand=excluded.brand, model=excluded.model,
                   storages=excluded.storages, colours=excluded.colours, aliases=excluded.aliases, hidden=excluded.hidden",
                e.id,
                category,
                e.brand,
                e.model,
                storages,
                colours,
                aliases,
                e.hidden
            )
            .execute(tx.conn())
            .await?;
            tx.say("what", &e.model);
            Ok(e.clone())
        })
        .await?;
    Ok(out.value)
}

/// Removes an own model, or the owner's changes to one of the book.
///
/// # Errors
/// `NotFound`.
pub async fn remove(store: &Store, actor: &Actor, id: &str) -> AppResult<()> {
    store
        .transact(Op::RemoveModel, actor, async |tx: &mut Tx<'_>| {
            let name = sqlx::query_scalar!("SELECT model FROM models WHERE id = ?1", id)
                .fetch_optional(tx.conn())
                .await?
                .ok_or(ErrorCode::NotFound)?;
            sqlx::query!("DELETE FROM models WHERE id = ?1", id).execute(tx.conn()).await?;
            tx.say("what", name);
            Ok(())
        })
        .await?;
    Ok(())
}
