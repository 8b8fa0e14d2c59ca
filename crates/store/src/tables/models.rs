//! Model names for the form: the book's and the stall's own.

use stall_core::{
    AppResult,
    api::{ModelHint, ModelHints, ModelQuery},
};

use super::{book, words};
use crate::{Store, derive::text};

/// Model names that fit the text: what the stall has had comes first, then the book.
///
/// # Errors
/// Store errors only.
pub async fn models(store: &Store, q: &ModelQuery) -> AppResult<ModelHints> {
    let limit = q.limit.clamp(1, 50);
    let size = usize::try_from(limit).unwrap_or(50);
    let mut own: Vec<ModelHint> = Vec::new();
    let wanted = text::terms(&q.text);
    let mut conn = store.read().await?;
    let all = book::book(&mut conn).await?;
    let mut book = all.search(&q.text, size);
    let rows = sqlx::query!(
        "SELECT category, brand, model FROM (SELECT category, brand, model FROM units WHERE model <> '' ORDER BY id DESC LIMIT 5000)
         GROUP BY category, brand, model ORDER BY count(*) DESC, model LIMIT 500"
    )
    .fetch_all(&mut *conn)
    .await?;
    for r in rows {
        let name = text::squeeze(&format!("{}{}", r.brand, r.model));
        let known = book.iter().any(|b| b.brand == r.brand && b.model == r.model);
        if !known && wanted.iter().all(|t| name.contains(t.as_str())) {
            let hint = all.by_name(&r.model);
            let (storages, colours) = hint.map(|h| (h.storages, h.colours)).unwrap_or_default();
            let category = words::parse(&r.category)?;
            own.push(ModelHint { category, brand: r.brand, model: r.model, storages, colours });
        }
    }
    own.truncate(size / 2 + 1);
    own.append(&mut book);
    own.truncate(size);
    Ok(ModelHints { models: own })
}
