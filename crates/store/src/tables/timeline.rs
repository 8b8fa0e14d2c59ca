//! A unit's life: what happened to it and what was changed, newest first.

use std::collections::BTreeMap;

use sqlx::SqliteConnection;
use stall_core::{AppResult, Id, Ms, api::Event};

/// Events shown at most.
const MOST: usize = 200;

/// Facts and changes of one unit, newest first. Changes of a field carry `field`, `old`, `new`.
pub(super) async fn of_unit(conn: &mut SqliteConnection, unit: Id) -> AppResult<Vec<Event>> {
    let mut events: Vec<(Ms, String, Event)> = Vec::new();
    facts(conn, unit, &mut events).await?;
    changes(conn, unit, &mut events).await?;
    others(conn, unit, &mut events).await?;
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
             f.data ->> '$.reason' AS "reason: String", v.kind AS "voided?"
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
           WHERE c.row_id = ?1 AND c.tbl = 'units' ORDER BY c.rseq DESC, c.n LIMIT 400"#,
        unit
    )
    .fetch_all(conn)
    .await?;
    for r in rows {
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

/// Photographs and shows: one event an action.
async fn others(conn: &mut SqliteConnection, unit: Id, events: &mut Events) -> AppResult<()> {
    let rows = sqlx::query!(
        r#"SELECT g.op AS "op!", g.at AS "at!: Ms", g.by AS "by!", g.rseq AS "rseq!", count(DISTINCT c.row_id) AS "n!: i64",
             max(x.title) AS "title: String"
           FROM (SELECT p.id, NULL AS title FROM photos p WHERE p.unit_id = ?1
                 UNION ALL SELECT i.id, w.title FROM show_items i JOIN shows w ON w.id = i.show_id WHERE i.unit_id = ?1) x
           JOIN change_rows c ON c.row_id = x.id AND (c.kind = 'I' OR c.tbl = 'photos')
           JOIN change_groups g ON g.rseq = c.rseq
           GROUP BY g.rseq ORDER BY g.rseq DESC LIMIT 100"#,
        unit
    )
    .fetch_all(conn)
    .await?;
    for r in rows {
        let args = args([("n", Some(r.n.to_string())), ("show", r.title)]);
        events.push((r.at, format!("c{:016}", r.rseq), Event { at: r.at, by: r.by, what: r.op, args }));
    }
    Ok(())
}
