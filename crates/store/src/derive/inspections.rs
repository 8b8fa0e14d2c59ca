//! `unit_inspections`: the last report that counts, its blockers that stand, the draft, and whether the data are erased.

use sqlx::SqliteConnection;
use stall_core::AppResult;

/// Brings the rows of `touched_units` up to date.
///
/// A device that came back from a buyer holds that buyer's data: erasures before its return count for nothing.
pub async fn refresh(conn: &mut SqliteConnection) -> AppResult<()> {
    sqlx::raw_sql(
        "DELETE FROM unit_inspections WHERE unit_id IN (SELECT id FROM touched_units);
         INSERT INTO unit_inspections(unit_id, report, version, at, grade, badges, blocked, draft, erasure)
         WITH live(id, unit_id, kind, at, data) AS (
           SELECT f.id, f.unit_id, f.kind, f.at, f.data FROM touched_units t CROSS JOIN facts f ON f.unit_id = t.id
           WHERE f.kind IN ('inspected','cleared','erased','erasure_verified','restored')
             AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)),
         here AS (
           SELECT u.id, u.category,
             (SELECT l.data ->> '$.report' FROM live l WHERE l.unit_id = u.id AND l.kind = 'inspected'
              ORDER BY l.at DESC, l.data ->> '$.version' DESC, l.id DESC LIMIT 1) AS report,
             EXISTS (SELECT 1 FROM inspections i WHERE i.unit_id = u.id) AS draft,
             coalesce((SELECT max(l.at) FROM live l WHERE l.unit_id = u.id AND l.kind = 'restored'), 0) AS since,
             (SELECT max(l.at) FROM live l WHERE l.unit_id = u.id AND l.kind = 'erased') AS erased_at,
             (SELECT max(l.at) FROM live l WHERE l.unit_id = u.id AND l.kind = 'erasure_verified') AS verified_at
           FROM touched_units t CROSS JOIN units u ON u.id = t.id),
         x AS (
           SELECT h.*, r.version, r.at AS told, r.grade, r.grade_cleared, r.badges, r.erased,
             (SELECT json_group_array(json(j.value)) FROM json_each(r.blockers) j WHERE NOT EXISTS
               (SELECT 1 FROM live c WHERE c.unit_id = h.id AND c.kind = 'cleared' AND c.data ->> '$.report' = r.id
                  AND c.data ->> '$.item' = j.value ->> '$.item_id')) AS blocked
           FROM here h LEFT JOIN inspection_reports r ON r.id = h.report)
         SELECT id, report, version, told, iif(blocked = '[]', coalesce(grade, grade_cleared), NULL),
           coalesce(badges, '[]'), iif(version IS NULL, '[]', blocked), draft,
           CASE WHEN category NOT IN ('phone','tablet','laptop','watch') THEN 'not_needed'
             WHEN erased = 'no' AND told >= since AND told > coalesce(erased_at, 0) THEN 'not_erased'
             WHEN erased_at >= since AND verified_at >= erased_at THEN 'verified'
             WHEN erased_at >= since THEN 'erased'
             ELSE 'unknown' END
         FROM x WHERE version IS NOT NULL OR draft OR erased_at IS NOT NULL;",
    )
    .execute(conn)
    .await?;
    Ok(())
}
