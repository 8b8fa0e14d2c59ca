//! What happened: append-only rows, taken back only by a fact of kind `void`.

use serde::Serialize;
use serde_json::Value;
use stall_core::{AppResult, Id};

use super::words;
use crate::Tx;

/// What a fact says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    Assigned,
    Packed,
    Shipped,
    Withdrawn,
    Restored,
    /// An inspection was finished: data.report, version, grade.
    Inspected,
    /// A blocker of the report was lifted: data.report, item, note, and its words.
    Cleared,
    /// The data were erased: data.method, note, photos.
    Erased,
    ErasureVerified,
    /// The unit is another one catalogued twice: data.to, stock_no. It leaves the stock.
    Aliased,
    /// The order's money went back before anything left: data.amount (fen). It is closed.
    Refunded,
    /// A person's answer to a question of two laptops: data.item, kind, subject, choice.
    Resolved,
    Void,
}

/// A fact about to be written; the store adds its id, the instant and the person.
#[derive(Debug, Clone, Serialize)]
pub struct NewFact {
    pub kind: FactKind,
    pub unit_id: Option<Id>,
    pub order_id: Option<Id>,
    pub line_id: Option<Id>,
    pub voids: Option<Id>,
    /// An object: carrier, tracking_no, reason, how.
    pub data: Value,
}

impl NewFact {
    /// A fact that names nothing yet.
    #[must_use]
    pub fn of(kind: FactKind) -> Self {
        let data = Value::Object(serde_json::Map::new());
        Self { kind, unit_id: None, order_id: None, line_id: None, voids: None, data }
    }

    #[must_use]
    pub fn unit(mut self, id: Id) -> Self {
        self.unit_id = Some(id);
        self
    }

    #[must_use]
    pub fn order(mut self, id: Id) -> Self {
        self.order_id = Some(id);
        self
    }

    #[must_use]
    pub fn line(mut self, id: Id) -> Self {
        self.line_id = Some(id);
        self
    }

    /// Adds a value to `data`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        if let Value::Object(map) = &mut self.data {
            map.insert(name.to_owned(), value.into());
        }
        self
    }
}

/// Writes one fact.
///
/// # Errors
/// Store errors only.
pub async fn add(tx: &mut Tx<'_>, fact: NewFact) -> AppResult<()> {
    add_many(tx, &[fact]).await
}

/// Writes facts in bulk, in the order given.
///
/// # Errors
/// Store errors only.
pub async fn add_many(tx: &mut Tx<'_>, facts: &[NewFact]) -> AppResult<()> {
    #[derive(Serialize)]
    struct Row<'a> {
        id: Id,
        #[serde(flatten)]
        fact: &'a NewFact,
    }
    for chunk in facts.chunks(CHUNK) {
        let mut rows = Vec::with_capacity(chunk.len());
        for fact in chunk {
            rows.push(Row { id: tx.new_id()?, fact });
        }
        let rows = words::json(&rows);
        let (at, by) = (tx.now, tx.actor.name.as_str());
        sqlx::query!(
            "WITH r(v) AS MATERIALIZED (SELECT value FROM json_each(?1))
         INSERT INTO facts(id,kind,at,by,unit_id,order_id,line_id,voids,data)
             SELECT v->>'$.id', v->>'$.kind', ?2, ?3, v->>'$.unit_id', v->>'$.order_id',
                    v->>'$.line_id', v->>'$.voids', v->'$.data'
             FROM r",
            rows,
            at,
            by,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Takes live facts back. Facts already void are left alone.
///
/// # Errors
/// Store errors only.
pub async fn void_many(tx: &mut Tx<'_>, facts: &[Id]) -> AppResult<()> {
    for chunk in facts.chunks(CHUNK) {
        let mut pairs = Vec::with_capacity(chunk.len());
        for fact in chunk {
            pairs.push((tx.new_id()?, fact));
        }
        let pairs = words::json(&pairs);
        let (at, by) = (tx.now, tx.actor.name.as_str());
        sqlx::query!(
            "INSERT INTO facts(id,kind,at,by,unit_id,order_id,line_id,voids)
             SELECT j.value ->> 0, 'void', ?2, ?3, f.unit_id, f.order_id, f.line_id, f.id
             FROM json_each(?1) j JOIN facts f ON f.id = j.value ->> 1
             WHERE NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id)",
            pairs,
            at,
            by,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Takes one fact back.
///
/// # Errors
/// Store errors only.
pub async fn void(tx: &mut Tx<'_>, fact: Id) -> AppResult<()> {
    void_many(tx, &[fact]).await
}

/// Rows handed to SQLite in one JSON text.
const CHUNK: usize = 1000;
