//! `label_wants`: units in stock that were never labelled, or whose label says what is no longer so.

use sqlx::SqliteConnection;
use stall_core::AppResult;

/// Brings the rows of `touched_units` up to date. After `units`, whose states it reads.
pub async fn refresh(conn: &mut SqliteConnection) -> AppResult<()> {
    // Only what the label shows is compared; a name that a newer program wrote and this one does not know is no change.
    sqlx::raw_sql(
        "DELETE FROM label_wants WHERE unit_id IN (SELECT id FROM touched_units);
         INSERT INTO label_wants(unit_id, changed)
         SELECT u.id, p.states IS NOT NULL
         FROM touched_units t
         CROSS JOIN unit_state s ON s.unit_id = t.id AND s.status = 'in_stock'
         CROSS JOIN units u ON u.id = t.id
         LEFT JOIN label_prints p ON p.id =
           (SELECT x.id FROM label_prints x WHERE x.unit_id = t.id ORDER BY x.at DESC, x.id DESC LIMIT 1)
         WHERE p.states IS NULL OR EXISTS (
           SELECT 1 FROM json_each(p.states) j WHERE j.value IS NOT CASE j.key
             WHEN 'stock_no' THEN u.stock_no WHEN 'model' THEN u.model WHEN 'storage' THEN u.storage
             WHEN 'colour' THEN u.colour WHEN 'grade' THEN u.grade WHEN 'battery' THEN u.battery
             WHEN 'price_list' THEN u.price_list WHEN 'shelf' THEN u.shelf
             WHEN 'code' THEN coalesce(nullif(u.imei,''), nullif(u.serial,''), nullif(u.meid,''), '')
             ELSE j.value END);",
    )
    .execute(conn)
    .await?;
    Ok(())
}
