//! What a store holds, as text: two that heard the same hold the same.

use stall_core::Role;
use stall_store::{Actor, Op, Store, Tx};

/// Every row of every table that travels, and what is derived of them.
pub async fn rows(store: &Store) -> Vec<String> {
    let mut conn = store.read().await.unwrap();
    let mut out = Vec::new();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sync_%' AND name NOT LIKE 'sqlite_%'
           AND name NOT LIKE '_sqlx%' AND name NOT LIKE 'unit_text%' AND name NOT LIKE 'change_%' AND name NOT LIKE 'undo_%'
           AND name NOT IN ('replica', 'device_tokens', 'photo_receipts') ORDER BY name",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    assert!(tables.len() > 25, "{tables:?}");
    for table in tables {
        let cols: Vec<String> =
            sqlx::query_scalar("SELECT '\"' || name || '\"' FROM pragma_table_info(?1) WHERE name <> 'n' ORDER BY cid")
                .bind(&table)
                .fetch_all(&mut *conn)
                .await
                .unwrap();
        let sql = format!("SELECT json_array('{table}', {}) AS j FROM {table} ORDER BY j", cols.join(","));
        out.extend(sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql)).fetch_all(&mut *conn).await.unwrap());
    }
    for clock in [
        "SELECT json_array('row', n.name, row, made, last, other, tombs, parts) FROM sync_rows r JOIN sync_names n ON n.n = r.tbl ORDER BY row, n.name",
        // A cell as old as its row, by that number or by 0, is the same as one that is not written down.
        "SELECT json_array('cell', t.name, c.name, x.row, seq, hidden) FROM sync_cells x JOIN sync_names t ON t.n = x.tbl
           JOIN sync_names c ON c.n = x.col JOIN sync_rows r ON r.row = x.row AND r.tbl = x.tbl
         WHERE seq NOT IN (0, made) OR hidden IS NOT NULL ORDER BY x.row, t.name, c.name",
        "SELECT json_array('shadow', t.name, c.name, row, seq, value) FROM sync_shadows x JOIN sync_names t ON t.n = x.tbl
           JOIN sync_names c ON c.n = x.col ORDER BY x.row, t.name, c.name, seq",
        // The index holds no text, but how much of it each unit has.
        "SELECT json_array('words', s.unit_id, hex(d.sz)) FROM unit_text_docsize d JOIN unit_state s ON s.n = d.id ORDER BY s.unit_id",
    ] {
        out.extend(sqlx::query_scalar::<_, String>(clock).fetch_all(&mut *conn).await.unwrap());
    }
    out
}

/// Compares two laptops and names only what differs.
pub fn same(a: &[String], b: &[String]) {
    let more: Vec<_> = a.iter().filter(|r| !b.contains(r)).take(12).collect();
    let less: Vec<_> = b.iter().filter(|r| !a.contains(r)).take(12).collect();
    assert!(more.is_empty() && less.is_empty() && a == b, "one has {more:#?}, the other {less:#?}");
}

/// As after 200 more actions: what was done before the last few cannot be undone any more.
pub async fn ends_undo(store: &Store) {
    let forget = async |tx: &mut Tx<'_>| {
        let sql = "DELETE FROM undo_steps WHERE id <= (SELECT max(id) FROM undo_steps) - 3";
        sqlx::query(sql).execute(tx.conn()).await?;
        Ok(())
    };
    store.transact(Op::EditUnits, &Actor::new("", Role::Owner), forget).await.unwrap();
}
