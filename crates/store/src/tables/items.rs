//! Items of a run sheet: units and segments in order.

use std::collections::HashSet;

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Fen, Id,
    api::{ByIds, ItemPatch, ItemsAdd, ItemsEdit, ItemsMove, NewItem, ShowSheet, Touched, UnitStatus},
    rank, segments,
};

use super::{
    erasures, shows,
    words::{self, limited},
};
use crate::{Actor, Op, Store, Tx};

const MINUTES_MAX: u32 = 600;
/// More rows than a day has minutes are a slip.
const ITEMS_MAX: usize = 1_000;
const TEXT: usize = 2_000;

fn bad(field: &str) -> AppError {
    AppError::new(ErrorCode::BadInput).arg("field", field)
}

fn minutes(m: u32) -> AppResult<u32> {
    if m <= MINUTES_MAX {
        Ok(m)
    } else {
        Err(AppError::new(ErrorCode::ShowMinutes).arg("min", 0).arg("max", MINUTES_MAX))
    }
}

fn segment(id: &str) -> AppResult<String> {
    let id = if id.is_empty() { segments::SINGLE } else { id };
    segments::by_id(id).map(|s| s.id.clone()).ok_or_else(|| bad("segment"))
}

/// Ids and ranks of a show's items in order.
async fn order(conn: &mut SqliteConnection, show: Id) -> AppResult<Vec<(Id, String)>> {
    let rows = sqlx::query!(r#"SELECT id AS "id: Id", pos FROM show_items WHERE show_id = ?1 ORDER BY pos, id"#, show)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|r| (r.id, r.pos)).collect())
}

/// `n` ranks behind the item at `place - 1`; `None` when two neighbours have grown the same rank and all must be
/// ranked anew.
fn ranks(order: &[(Id, String)], place: usize, n: usize) -> Option<Vec<String>> {
    let before = place.checked_sub(1).and_then(|i| order.get(i)).map(|(_, p)| p.as_str());
    let behind = order.get(place).map(|(_, p)| p.as_str());
    match (before, behind) {
        (Some(a), Some(b)) if a >= b => None,
        _ => Some(rank::n_between(before, behind, n)),
    }
}

async fn rerank(conn: &mut SqliteConnection, ids: &[Id]) -> AppResult<Vec<(Id, String)>> {
    let mut out = Vec::with_capacity(ids.len());
    for (id, pos) in ids.iter().zip(rank::n_between(None, None, ids.len())) {
        sqlx::query!("UPDATE show_items SET pos = ?2 WHERE id = ?1", id, pos).execute(&mut *conn).await?;
        out.push((*id, pos));
    }
    Ok(out)
}

/// The place behind `after` in an order.
fn place_behind(order: &[(Id, String)], after: Id) -> AppResult<usize> {
    order.iter().position(|(id, _)| *id == after).map(|i| i + 1).ok_or_else(|| ErrorCode::NotFound.into())
}

/// Inserts units or segments behind an item or at the end.
///
/// # Errors
/// `NotFound`, `UnitNotInStock {stock_no}`, `UnitBlocked`, `UnitTwiceInShow {stock_no}`, `ShowMinutes {min, max}`, `FieldTooLong`,
/// `BadInput`.
pub async fn add(store: &Store, actor: &Actor, input: &ItemsAdd) -> AppResult<ShowSheet> {
    if input.items.is_empty() || input.items.len() > ITEMS_MAX {
        return Err(bad("items"));
    }
    store
        .transact(Op::AddItems, actor, async |tx: &mut Tx<'_>| {
            let title = sqlx::query_scalar!("SELECT title FROM shows WHERE id = ?1", input.show_id)
                .fetch_one(tx.conn())
                .await?;
            let mut now = order(tx.conn(), input.show_id).await?;
            if now.len() + input.items.len() > ITEMS_MAX {
                return Err(bad("items"));
            }
            let place = match input.after {
                Some(after) => place_behind(&now, after)?,
                None => now.len(),
            };
            let pos = match ranks(&now, place, input.items.len()) {
                Some(pos) => pos,
                None => {
                    let ids: Vec<Id> = now.iter().map(|(id, _)| *id).collect();
                    now = rerank(tx.conn(), &ids).await?;
                    ranks(&now, place, input.items.len()).ok_or(ErrorCode::Internal)?
                }
            };
            let mut names = Vec::new();
            for (item, pos) in input.items.iter().zip(pos) {
                names.push(insert(tx, input.show_id, item, &pos).await?);
            }
            names.truncate(3);
            tx.say("what", names.join(" "));
            tx.say("n", input.items.len());
            tx.say("show", title);
            Ok(())
        })
        .await?;
    shows::get(store, input.show_id).await
}

/// Writes one item; gives the word for the sentence.
async fn insert(tx: &mut Tx<'_>, show: Id, item: &NewItem, pos: &str) -> AppResult<String> {
    let segment = segment(&item.segment)?;
    let title = limited("title", 200, &item.title)?;
    let minutes = minutes(item.minutes.unwrap_or_else(|| segments::default_minutes(&segment)))?;
    let (mut price, mut flaws): (Option<Fen>, String) = (None, String::new());
    let mut name = if title.is_empty() {
        segments::by_id(&segment).map_or_else(String::new, |s| s.zh.clone())
    } else {
        title.clone()
    };
    if let Some(unit) = item.unit_id {
        let u = sqlx::query!(
            r#"SELECT u.stock_no, s.status, coalesce(u.price_live, u.price_list) AS "price: Fen", u.flaws,
                 EXISTS (SELECT 1 FROM show_items i WHERE i.show_id = ?2 AND i.unit_id = u.id) AS "here!: bool"
               FROM units u JOIN unit_state s ON s.unit_id = u.id WHERE u.id = ?1"#,
            unit,
            show
        )
        .fetch_one(tx.conn())
        .await?;
        if words::parse::<UnitStatus>(&u.status)? != UnitStatus::InStock {
            return Err(AppError::new(ErrorCode::UnitNotInStock).arg("stock_no", u.stock_no));
        }
        if let Some(error) = erasures::hold(tx.conn(), unit).await? {
            return Err(error);
        }
        if u.here {
            return Err(AppError::new(ErrorCode::UnitTwiceInShow).arg("stock_no", u.stock_no));
        }
        (price, flaws, name) = (u.price, u.flaws, u.stock_no);
    }
    let id = tx.new_id()?;
    sqlx::query!(
        "INSERT INTO show_items(id,show_id,pos,segment,unit_id,title,minutes,price,flaws) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)",
        id,
        show,
        pos,
        segment,
        item.unit_id,
        title,
        minutes,
        price,
        flaws
    )
    .execute(tx.conn())
    .await?;
    Ok(name)
}

/// Says which items an action is about. Every id must name one.
async fn say(tx: &mut Tx<'_>, ids: &[Id]) -> AppResult<u32> {
    if ids.is_empty() || ids.len() > ITEMS_MAX {
        return Err(bad("ids"));
    }
    let list = words::json_ids(ids);
    let rows = sqlx::query!(
        r#"SELECT DISTINCT i.id AS "id: Id", i.segment, i.title, u.stock_no AS "stock_no?"
           FROM json_each(?1) j JOIN show_items i ON i.id = j.value LEFT JOIN units u ON u.id = i.unit_id"#,
        list
    )
    .fetch_all(tx.conn())
    .await?;
    if rows.len() != ids.iter().collect::<HashSet<_>>().len() {
        return Err(ErrorCode::NotFound.into());
    }
    let name = |r: &_| -> String {
        let r: &(Option<String>, String, String) = r;
        r.0.clone().unwrap_or_else(|| {
            if r.1.is_empty() { segments::by_id(&r.2).map_or_else(String::new, |s| s.zh.clone()) } else { r.1.clone() }
        })
    };
    let n = rows.len();
    let names: Vec<String> = rows.into_iter().take(3).map(|r| name(&(r.stock_no, r.title, r.segment))).collect();
    tx.say("what", names.join(" "));
    tx.say("n", n);
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Values of an edit, checked and trimmed.
struct Fill {
    ids: Vec<Id>,
    texts: [(&'static str, Option<String>); 4],
    minutes: Option<u32>,
    price: Option<Option<Fen>>,
}

fn checked(ids: &[Id], p: &ItemPatch) -> AppResult<Fill> {
    let text = |name, max, t: &Option<String>| t.as_deref().map(|t| limited(name, max, t)).transpose();
    if p.price.flatten().is_some_and(|Fen(v)| !(0..=100_000_000).contains(&v)) {
        return Err(AppError::new(ErrorCode::PriceInvalid).arg("field", "price"));
    }
    Ok(Fill {
        ids: ids.to_vec(),
        texts: [
            ("segment", p.segment.as_deref().map(segment).transpose()?),
            ("title", text("title", 200, &p.title)?),
            ("talk", text("talk", TEXT, &p.talk)?),
            ("flaws", text("flaws", TEXT, &p.flaws)?),
        ],
        minutes: p.minutes.map(minutes).transpose()?,
        price: p.price,
    })
}

/// Edits one or many items, each group with its own values, as one step.
///
/// # Errors
/// `NotFound`, `ShowMinutes`, `PriceInvalid`, `FieldTooLong`, `BadInput`.
pub async fn edit(store: &Store, actor: &Actor, input: &ItemsEdit) -> AppResult<Touched> {
    let mut fills = vec![checked(&input.ids, &input.patch)?];
    for f in &input.more {
        fills.push(checked(&f.ids, &f.patch)?);
    }
    let ids: Vec<Id> = fills.iter().flat_map(|f| f.ids.iter().copied()).collect();
    let out = store
        .transact(Op::EditItems, actor, async |tx: &mut Tx<'_>| {
            let n = say(tx, &ids).await?;
            for fill in &fills {
                update(tx.conn(), fill).await?;
            }
            Ok(n)
        })
        .await?;
    Ok(Touched { count: out.value })
}

async fn update(conn: &mut SqliteConnection, f: &Fill) -> AppResult<()> {
    // Setting the id to itself changes nothing and saves asking which column comes first.
    let mut qb: QueryBuilder<Sqlite> = QueryBuilder::new("UPDATE show_items SET id = id");
    for (name, value) in &f.texts {
        if let Some(v) = value {
            qb.push(format!(", {name} = ")).push_bind(v.clone());
        }
    }
    if let Some(m) = f.minutes {
        qb.push(", minutes = ").push_bind(m);
    }
    if let Some(price) = f.price {
        qb.push(", price = ").push_bind(price);
    }
    qb.push(" WHERE id IN (SELECT value FROM json_each(").push_bind(words::json_ids(&f.ids)).push("))");
    qb.build().execute(conn).await?;
    Ok(())
}

/// Moves items behind another of the same show, kept in the order given.
///
/// # Errors
/// `NotFound` for an item of another show, `BadInput` when `after` is itself moved.
pub async fn move_(store: &Store, actor: &Actor, input: &ItemsMove) -> AppResult<ShowSheet> {
    store
        .transact(Op::MoveItems, actor, async |tx: &mut Tx<'_>| {
            say(tx, &input.ids).await?;
            let all = order(tx.conn(), input.show_id).await?;
            let moved: HashSet<Id> = input.ids.iter().copied().collect();
            if moved.len() != input.ids.len() || input.after.is_some_and(|a| moved.contains(&a)) {
                return Err(bad("ids"));
            }
            let (mine, rest): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|(id, _)| moved.contains(id));
            if mine.len() != moved.len() {
                return Err(ErrorCode::NotFound.into());
            }
            let place = match input.after {
                Some(after) => place_behind(&rest, after)?,
                None => 0,
            };
            let mut wanted: Vec<Id> = rest.iter().map(|(id, _)| *id).collect();
            wanted.splice(place..place, input.ids.iter().copied());
            if wanted.iter().eq(all.iter().map(|(id, _)| id)) {
                return Ok(());
            }
            match ranks(&rest, place, input.ids.len()) {
                Some(pos) => {
                    for (id, pos) in input.ids.iter().zip(pos) {
                        sqlx::query!("UPDATE show_items SET pos = ?2 WHERE id = ?1", id, pos)
                            .execute(tx.conn())
                            .await?;
                    }
                }
                None => {
                    rerank(tx.conn(), &wanted).await?;
                }
            }
            Ok(())
        })
        .await?;
    shows::get(store, input.show_id).await
}

/// Takes items off their sheets.
///
/// # Errors
/// `NotFound`.
pub async fn delete(store: &Store, actor: &Actor, input: &ByIds) -> AppResult<Touched> {
    let out = store
        .transact(Op::DeleteItems, actor, async |tx: &mut Tx<'_>| {
            let n = say(tx, &input.ids).await?;
            let list = words::json_ids(&input.ids);
            sqlx::query!("DELETE FROM show_items WHERE id IN (SELECT value FROM json_each(?1))", list)
                .execute(tx.conn())
                .await?;
            Ok(n)
        })
        .await?;
    Ok(Touched { count: out.value })
}
