//! A unit's life: what happened to it and what was changed, newest first.
//!
//! A changed column says `field`, `old`, `new`; a category's or the owner's field is `fields.<id>`. Hidden prices are blanked
//! on their way out by these names (`redact.rs`). What an undo or redo did carries `by_op`.

use std::collections::BTreeMap;

use sqlx::{Row, SqliteConnection};
use stall_core::{AppResult, Id, Ms, api::Event, sync::ReplicaId};

use crate::Op;

/// Events shown at most.
const MOST: usize = 400;

/// Facts and changes of one unit, newest first. Changes of a field carry `field`, `old`, `new`.
pub(super) async fn of_unit(conn: &mut SqliteConnection, unit: Id) -> AppResult<Vec<Event>> {
    let mut events: Vec<(Ms, String, Event)> = Vec::new();
    facts(conn, unit, &mut events).await?;
    changes(conn, unit, &mut events).await?;
    heard(conn, unit, &mut events).await?;
    fields(conn, unit, &mut events).await?;
    photos(conn, unit, &mut events).await?;
    shows(conn, unit, &mut events).await?;
    events.sort_by(|a, b| (b.0, &b.1).cmp(&(a.0, &a.1)));
    events.truncate(MOST);
    Ok(events.into_iter().map(|(.., e)| e).collect())
}

type Events = Vec<(Ms, String, Event)>;

fn args<const N: usize>(pairs: [(&str, Option<String>); N]) -> BTreeMap<String, String> {
    pairs.into_iter().map(|(k, v)| (k.to_owned(), v.unwrap_or_default())).collect()
}

async fn facts(conn: &mut SqliteConnection, unit: Id, events: &mut Events) -> AppResult<()> {
    let rows = sqlx::query!(
        r#"SELECT f.id, f.kind, f.at AS "at: Ms", f.by, o.order_no AS "order_no?",
             f.data ->> '$.carrier' AS "carrier: String", f.data ->> '$.tracking_no' AS "number: String",
             coalesce(f.data ->> '$.reason', f.data ->> '$.note') AS "reason: String", v.kind AS "voided?",
             f.data ->> '$.version' AS "version: String", f.data ->> '$.grade' AS "grade: String",
             coalesce(f.data ->> '$.what', v.data ->> '$.what') AS "item: String", f.data ->> '$.what_en' AS "item_en: String",
             f.data ->> '$.method' AS "method: String"
           FROM facts f LEFT JOIN orders o ON o.id = f.order_id LEFT JOIN facts v ON v.id = f.voids
           WHERE f.unit_id = ?1 OR (f.kind = 'shipped' AND f.order_id IN
             (SELECT a.order_id FROM facts a WHERE a.unit_id = ?1 AND a.kind = 'assigned'))
           ORDER BY f.at DESC LIMIT 200"#,
        unit
    )
    .fetch_all(conn)
    .await?;
    for r in rows {
        let args = args([
            ("order", r.order_no),
            ("carrier", r.carrier),
            ("tracking_no", r.number),
            ("reason", r.reason),
            ("kind", r.voided.clone()),
            ("version", r.version),
            ("grade", r.grade),
            ("item_zh", r.item),
            ("item_en", r.item_en),
            ("method", r.method),
        ]);
        let what = if r.voided.as_deref() == Some("assigned") { "unassigned".to_owned() } else { r.kind };
        events.push((r.at, format!("f{}", r.id), Event { at: r.at, by: r.by, what, args }));
    }
    Ok(())
}

async fn changes(conn: &mut SqliteConnection, unit: Id, events: &mut Events) -> AppResult<()> {
    let rows = sqlx::query!(
        r#"SELECT g.op, g.at AS "at: Ms", g.by, c.rseq AS "rseq!", c.n AS "n!", c.kind, coalesce(c.col, '') AS "col!: String",
             CAST(c.old AS TEXT) AS "old: String", CAST(c.new AS TEXT) AS "new: String"
           FROM change_rows c JOIN change_groups g ON g.rseq = c.rseq
           WHERE c.row_id = ?1 AND c.tbl = 'units' AND c.col IS NOT 'lot_id' ORDER BY c.rseq DESC, c.n LIMIT 400"#,
        unit
    )
    .fetch_all(conn)
    .await?;
    for r in rows {
        // An answer that a row stays touches it and changes nothing; nor does it when a hub is told all that is here.
        if r.kind == "U" && r.old == r.new || told(&r.op) {
            continue;
        }
        let args = match r.kind.as_str() {
            "U" => args([("field", Some(r.col)), ("old", r.old), ("new", r.new)]),
            // The whole row would be noise, and a unit is deleted only by mistake of entry.
            _ => BTreeMap::new(),
        };
        let key = format!("c{:016}.{:08}", r.rseq, r.n);
        events.push((r.at, key, Event { at: r.at, by: r.by, what: r.op, args }));
    }
    Ok(())
}

/// Prices, cost, grade and codes that other laptops wrote: our log has our own changes only. `value_lost` is one that did not
/// take the cell, because a later one held it. `laptop` is the one that wrote it; empty for this one.
async fn heard(conn: &mut SqliteConnection, unit: Id, events: &mut Events) -> AppResult<()> {
    let rows = sqlx::query(
        "SELECT g.eff >> 16, coalesce(b.name, ''), c.name, x.won, x.value ->> '$', x.seq, a.name,
           (SELECT replica_id FROM replica) FROM sync_values x
         JOIN sync_names t ON t.n = x.tbl AND t.name = 'units' JOIN sync_names c ON c.n = x.col
         JOIN sync_groups g ON g.seq = x.seq JOIN sync_names a ON a.n = g.replica LEFT JOIN sync_names b ON b.n = g.by
         WHERE x.row = ?1 ORDER BY x.seq DESC LIMIT 200",
    )
    .bind(unit)
    .fetch_all(conn)
    .await?;
    for r in rows {
        let (at, me): (Ms, ReplicaId) = (Ms(r.get(0)), r.get::<Id, _>(7).into());
        let (won, ours) = (r.get::<bool, _>(3), r.get::<&str, _>(6) == me.to_string());
        if ours && won {
            continue;
        }
        let what = if won { "value_heard" } else { "value_lost" };
        let value: Option<String> =
            r.try_get::<Option<i64>, _>(4).map_or_else(|_| r.get(4), |n| n.map(|n| n.to_string()));
        let laptop = (!ours).then(|| r.get(6));
        let args = args([("field", Some(r.get(2))), ("old", None), ("new", value), ("laptop", laptop)]);
        events.push((
            at,
            format!("s{:016}", r.get::<i64, _>(5)),
            Event { at, by: r.get(1), what: what.to_owned(), args },
        ));
    }
    Ok(())
}

/// A hub was told all that is here (`Store::sync_tell`): nothing happened.
fn told(op: &str) -> bool {
    op == Op::Sync.name()
}

/// Undo and redo do what another action would: the event says what, and that it was one of them.
fn by_op(op: &str) -> Option<String> {
    matches!(op, "undo" | "redo").then(|| op.to_owned())
}

/// Values of the category's and the owner's fields.
async fn fields(conn: &mut SqliteConnection, unit: Id, events: &mut Events) -> AppResult<()> {
    let (from, to) = (format!("{unit}:"), format!("{unit};"));
    let rows = sqlx::query!(
        r#"SELECT g.op, g.at AS "at: Ms", g.by, c.rseq AS "rseq!", c.n AS "n!", c.row_id,
             CAST(CASE c.kind WHEN 'D' THEN json_extract(c.old, '$.value') ELSE iif(c.kind = 'U', c.old, NULL) END AS TEXT) AS "old: String",
             CAST(CASE c.kind WHEN 'I' THEN json_extract(c.new, '$.value') ELSE iif(c.kind = 'U', c.new, NULL) END AS TEXT) AS "new: String"
           FROM change_rows c JOIN change_groups g ON g.rseq = c.rseq
           WHERE c.row_id >= ?1 AND c.row_id < ?2 AND c.tbl = 'unit_fields' ORDER BY c.rseq DESC, c.n LIMIT 400"#,
        from,
        to
    )
    .fetch_all(conn)
    .await?;
    for r in rows.into_iter().filter(|r| !told(&r.op)) {
        let field = r.row_id.split_once(':').map_or("", |(_, f)| f);
        let args = args([("field", Some(format!("fields.{field}"))), ("old", r.old), ("new", r.new)]);
        let key = format!("c{:016}.{:08}", r.rseq, r.n);
        events.push((r.at, key, Event { at: r.at, by: r.by, what: r.op, args }));
    }
    Ok(())
}

/// Photographs it has or once had: one event for what an action did to them. Those that are gone are only in the log.
async fn photos(conn: &mut SqliteConnection, unit: Id, events: &mut Events) -> AppResult<()> {
    let rows = sqlx::query!(
        r#"WITH mine(id) AS (
             SELECT row_id FROM change_rows WHERE kind IN ('I','D') AND tbl IN ('photos','show_items')
               AND json_extract(coalesce(new, old), '$.unit_id') = ?1 AND tbl = 'photos'
             UNION SELECT row_id FROM change_rows WHERE kind = 'U' AND tbl = 'photos' AND col = 'unit_id' AND new = ?1)
           SELECT what AS "what!: String", op AS "op!: String", at AS "at!: Ms", by AS "by!: String", rseq AS "rseq!: i64",
             count(DISTINCT row_id) AS "n!: i64"
           FROM (SELECT c.row_id, g.op, g.at, g.by, g.rseq, CASE
               WHEN c.kind = 'I' OR (c.col = 'unit_id' AND c.new = ?1) THEN 'photos_added'
               WHEN c.kind = 'D' OR (c.col = 'unit_id' AND c.old = ?1) THEN 'photos_removed'
               WHEN c.col IN ('edits','shown') THEN 'photos_edited'
               WHEN c.col = 'pos' THEN 'photos_ordered'
               WHEN c.col = 'shot' THEN 'photos_named' END AS what
             FROM mine m JOIN change_rows c ON c.row_id = m.id JOIN change_groups g ON g.rseq = c.rseq)
           WHERE what IS NOT NULL GROUP BY rseq, what ORDER BY rseq DESC LIMIT 150"#,
        unit
    )
    .fetch_all(conn)
    .await?;
    for r in rows.into_iter().filter(|r| !told(&r.op)) {
        let args = args([("n", Some(r.n.to_string())), ("by_op", by_op(&r.op))]);
        events.push((r.at, format!("c{:016}", r.rseq), Event { at: r.at, by: r.by, what: r.what, args }));
    }
    Ok(())
}

/// Shows it was put into and taken out of, and its price there.
async fn shows(conn: &mut SqliteConnection, unit: Id, events: &mut Events) -> AppResult<()> {
    let rows = sqlx::query!(
        r#"WITH mine(id, show) AS (
             SELECT row_id, max(json_extract(coalesce(new, old), '$.show_id')) FROM change_rows
             WHERE kind IN ('I','D') AND tbl IN ('photos','show_items')
               AND json_extract(coalesce(new, old), '$.unit_id') = ?1 AND tbl = 'show_items' GROUP BY row_id)
           SELECT CASE c.kind WHEN 'I' THEN 'item_added' WHEN 'D' THEN 'item_removed' ELSE 'item_price' END AS "what!: String",
             g.op, g.at AS "at: Ms", g.by, g.rseq AS "rseq!", c.n AS "n!", w.title AS "title?",
             CAST(c.old AS TEXT) AS "old: String", CAST(c.new AS TEXT) AS "new: String"
           FROM mine m JOIN change_rows c ON c.row_id = m.id JOIN change_groups g ON g.rseq = c.rseq
             LEFT JOIN shows w ON w.id = m.show
           WHERE c.kind IN ('I','D') OR c.col = 'price' ORDER BY c.rseq DESC, c.n LIMIT 150"#,
        unit
    )
    .fetch_all(conn)
    .await?;
    for r in rows.into_iter().filter(|r| !told(&r.op)) {
        let price = r.what == "item_price";
        let (old, new) = if price { (r.old, r.new) } else { (None, None) };
        let args = args([("show", r.title), ("from", old), ("to", new), ("by_op", by_op(&r.op))]);
        events.push((r.at, format!("c{:016}.{:08}", r.rseq, r.n), Event { at: r.at, by: r.by, what: r.what, args }));
    }
    Ok(())
}
