//! Counts beside the stock list, in one pass.

use std::collections::HashMap;

use stall_core::{
    AppResult,
    api::{Facet, UnitFacets},
    grades,
    time::DAY,
};

use super::{settings, unit_query::STATUSES, words};
use crate::Store;

/// Counts by status of all units; the rest of units in stock.
///
/// # Errors
/// Store errors only.
pub async fn facets(store: &Store) -> AppResult<UnitFacets> {
    let now = store.env().now();
    let mut conn = store.read().await?;
    let days = settings::read(&mut conn).await?.ageing_days;
    let old = now.plus(-i64::from(days) * DAY);
    let rows = sqlx::query!(
        r#"SELECT status, '' AS "category!: String", NULL AS "grade: String", '' AS "brand!: String", count(*) AS "n!: u32",
             0 AS "bare!: u32", 0 AS "planned!: u32", 0 AS "ageing!: u32"
           FROM unit_state WHERE status <> 'in_stock' GROUP BY status
           UNION ALL
           SELECT 'in_stock', category, grade, brand, count(*), sum(photos = 0), sum(coalesce(show_until, 0) > ?1),
             sum(taken_in <= ?2)
           FROM unit_state WHERE status = 'in_stock' GROUP BY category, grade, brand"#,
        now,
        old
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut f = UnitFacets {
        status: Vec::new(),
        category: Vec::new(),
        grade: Vec::new(),
        brand: Vec::new(),
        no_photos: 0,
        no_grade: 0,
        in_show: 0,
        ageing: 0,
    };
    let (mut status, mut category, mut grade, mut brand) =
        (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
    for r in rows {
        *status.entry(r.status.clone()).or_insert(0) += r.n;
        if r.status != "in_stock" {
            continue;
        }
        *category.entry(r.category).or_insert(0) += r.n;
        match r.grade {
            Some(g) => *grade.entry(g).or_insert(0) += r.n,
            None => f.no_grade += r.n,
        }
        if !r.brand.is_empty() {
            *brand.entry(r.brand).or_insert(0) += r.n;
        }
        f.no_photos += r.bare;
        f.in_show += r.planned;
        f.ageing += r.ageing;
    }
    let count =
        |m: &HashMap<String, u32>, k: &str| Facet { value: k.to_owned(), count: m.get(k).copied().unwrap_or(0) };
    f.status = STATUSES.iter().map(|s| count(&status, &words::name(s))).collect();
    f.grade = grades::all().iter().map(|g| count(&grade, &g.id)).filter(|f| f.count > 0).collect();
    f.category = by_count(category);
    f.brand = by_count(brand);
    Ok(f)
}

/// Most first; names settle ties.
fn by_count(counts: HashMap<String, u32>) -> Vec<Facet> {
    let mut out: Vec<Facet> = counts.into_iter().map(|(value, count)| Facet { value, count }).collect();
    out.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    out
}
