//! The owner's changes over the house's checklists.

use std::collections::HashMap;

use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{Category, Checklist, ChecklistReset, ChecklistSave, Checklists},
    inspection::{
        lists,
        overlay::{self, ItemChange, OWN_MAX},
    },
};

use super::words;
use crate::{Actor, Op, Store, Tx};

/// Where it is kept that a category's inspections need their photographs: a setting of its own.
fn photos_key(category: Category) -> String {
    format!("photos_needed:{}", lists::category_name(category))
}

/// The changes of a category, own items in the order they were made.
async fn changes(conn: &mut SqliteConnection, category: Category) -> AppResult<Vec<ItemChange>> {
    let name = lists::category_name(category);
    let rows = sqlx::query!(
        r#"SELECT item_id, zh, en, how_zh, how_en, required AS "required: bool", evidence, hidden AS "hidden: bool", choices, own
           FROM checklist_items WHERE category = ?1 ORDER BY at, id"#,
        name
    )
    .fetch_all(conn)
    .await?;
    let read = |text: &str| AppError::new(ErrorCode::StallDamaged).detail(text);
    rows.into_iter()
        .map(|r| {
            Ok(ItemChange {
                id: r.item_id,
                zh: r.zh,
                en: r.en,
                how_zh: r.how_zh,
                how_en: r.how_en,
                required: r.required,
                evidence: r.evidence.map(|e| words::parse(&e)).transpose()?,
                hidden: r.hidden,
                values: r.choices.map(|v| serde_json::from_str(&v)).transpose().map_err(|e| read(&e.to_string()))?,
                own: r.own.map(|v| serde_json::from_str(&v)).transpose().map_err(|e| read(&e.to_string()))?,
            })
        })
        .collect()
}

/// The list of a category as it is asked now.
pub(super) async fn of(conn: &mut SqliteConnection, category: Category) -> AppResult<Checklist> {
    let changes = changes(&mut *conn, category).await?;
    let key = photos_key(category);
    let needed = sqlx::query_scalar!("SELECT value FROM settings WHERE id = ?1", key).fetch_optional(conn).await?;
    Ok(overlay::apply(lists::of(category), &changes, needed.as_deref() == Some("true")))
}

/// Every list, hidden items with them.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store) -> AppResult<Checklists> {
    let mut conn = store.read().await?;
    let mut out = Vec::new();
    for category in lists::CATEGORIES {
        out.push(of(&mut conn, category).await?);
    }
    Ok(Checklists { lists: out })
}

/// Changes items, or adds own ones, as one step.
///
/// # Errors
/// As [`overlay::merge`]; `BadInput {field}` for more own items than anybody answers.
pub async fn save(store: &Store, actor: &Actor, input: &ChecklistSave) -> AppResult<Checklist> {
    let (category, template) = (input.category, lists::of(input.category));
    let out = store
        .transact(Op::SaveChecklist, actor, async |tx: &mut Tx<'_>| {
            let mut known: HashMap<String, ItemChange> =
                changes(tx.conn(), category).await?.into_iter().map(|c| (c.id.clone(), c)).collect();
            let mut name = String::new();
            for save in &input.items {
                let id = match &save.id {
                    Some(id) => id.clone(),
                    None => format!("own-{}", tx.new_id()?),
                };
                let change = overlay::merge(template, known.remove(&id), &id, save)?;
                if name.is_empty() {
                    let house = lists::find(template, &id).map(|i| i.zh.clone());
                    name = change.zh.clone().or(house).unwrap_or_default();
                }
                write(tx, category, &change).await?;
                known.insert(id, change);
            }
            if known.values().filter(|c| c.own.is_some()).count() > OWN_MAX {
                return Err(AppError::new(ErrorCode::BadInput).arg("field", "items"));
            }
            if let Some(needed) = input.photos_needed {
                let (key, value) = (photos_key(category), needed.to_string());
                sqlx::query!(
                    "INSERT INTO settings(id,value) VALUES(?1,?2) ON CONFLICT(id) DO UPDATE SET value = excluded.value",
                    key,
                    value
                )
                .execute(tx.conn())
                .await?;
            }
            tx.say("what", name);
            tx.say("n", input.items.len());
            of(tx.conn(), category).await
        })
        .await?;
    Ok(out.value)
}

async fn write(tx: &mut Tx<'_>, category: Category, c: &ItemChange) -> AppResult<()> {
    let name = lists::category_name(category);
    let (id, now) = (format!("{name}:{}", c.id), tx.now);
    let evidence = c.evidence.as_ref().map(words::name);
    let (choices, own) = (c.values.as_ref().map(words::json), c.own.as_ref().map(words::json));
    sqlx::query!(
        "INSERT INTO checklist_items(id,category,item_id,zh,en,how_zh,how_en,required,evidence,hidden,choices,own,at)
         VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)
         ON CONFLICT(id) DO UPDATE SET zh = excluded.zh, en = excluded.en, how_zh = excluded.how_zh,
           how_en = excluded.how_en, required = excluded.required, evidence = excluded.evidence,
           hidden = excluded.hidden, choices = excluded.choices, own = excluded.own",
        id,
        name,
        c.id,
        c.zh,
        c.en,
        c.how_zh,
        c.how_en,
        c.required,
        evidence,
        c.hidden,
        choices,
        own,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives an item, or the whole list, its first shape back; own items go. Drafts keep their answers; what is not asked is
/// not counted.
///
/// # Errors
/// `NotFound` for an item that was not changed.
pub async fn reset(store: &Store, actor: &Actor, input: &ChecklistReset) -> AppResult<Checklist> {
    let name = lists::category_name(input.category);
    let out = store
        .transact(Op::ResetChecklist, actor, async |tx: &mut Tx<'_>| {
            let done = sqlx::query!(
                "DELETE FROM checklist_items WHERE category = ?1 AND (?2 IS NULL OR item_id = ?2)",
                name,
                input.item_id
            )
            .execute(tx.conn())
            .await?;
            if done.rows_affected() == 0 && input.item_id.is_some() {
                return Err(ErrorCode::NotFound.into());
            }
            let house = input.item_id.as_ref().and_then(|id| lists::find(lists::of(input.category), id));
            tx.say("what", house.map_or("", |i| i.zh.as_str()));
            of(tx.conn(), input.category).await
        })
        .await?;
    Ok(out.value)
}
