//! The inbox: what two laptops did without having seen each other, as cards with pictures, and a person's answers.
//!
//! Which questions are open follows from rows and facts (`sync::inbox`). An answer is a fact of kind `resolved` and what it
//! does, in one group: it travels as any other work, and one undo takes it back whole.

mod deletes;
mod numbers;
mod sales;
mod twins;
mod values;

use sqlx::{Row, SqliteConnection};
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms, Role,
    api::{Answered, Inbox, InboxCard, InboxChoice, InboxQuestion, InboxResolve, Told},
    sync::{
        ReplicaId,
        conflicts::{self, Answer, Item, Kind},
    },
};

use crate::{
    Actor, Op, Store, Tx,
    sync::inbox::{self, Shadow, Spoken},
    tables::{
        facts::{self, FactKind, NewFact},
        words,
    },
};

/// Cards shown at a time; the count says how many there are.
const CARDS: usize = 60;

/// What a card is built from.
struct Look<'c> {
    conn: &'c mut SqliteConnection,
    now: Ms,
    role: Role,
    shadows: Vec<Shadow>,
}

/// A card but for its frame.
struct Face {
    at: Ms,
    question: InboxQuestion,
    choices: Vec<InboxChoice>,
}

/// The open questions, as far as a role may decide them.
///
/// # Errors
/// Store errors only.
pub async fn list(store: &Store, role: Role) -> AppResult<Inbox> {
    let now = store.env().now();
    let mut conn = store.read().await?;
    let items = inbox::open(&mut conn).await?;
    let (mut mine, others): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|i| conflicts::may_decide(role, i));
    mine.sort_by_key(|i| urgency(i.kind));
    let spoken = inbox::answers(&mut conn).await?;
    let shadows = if mine.iter().any(|i| i.kind == Kind::Guarded) { inbox::shadows(&mut conn).await? } else { vec![] };
    let mut look = Look { conn: &mut conn, now, role, shadows };
    let mut cards = Vec::new();
    for item in mine.iter().take(CARDS) {
        // What a question is about may be gone by a change of ours that the hub has not ordered yet.
        let Some(face) = look.face(item).await? else { continue };
        let Face { at, question, choices } = face;
        let again = again(item, &spoken);
        cards.push(InboxCard { id: item.id.to_string(), kind: item.kind, at, again, question, choices });
    }
    cards.sort_by_key(|c| (urgency(c.kind), std::cmp::Reverse(c.at)));
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let total = count(cards.len() + mine.len().saturating_sub(CARDS));
    Ok(Inbox { now, cards, total, others: count(others.len()) })
}

/// What holds parcels comes first.
fn urgency(kind: Kind) -> u8 {
    match kind {
        Kind::DeviceDoubleSold => 0,
        Kind::LineTwoDevices => 1,
        Kind::MassDelete => 2,
        Kind::ImeiTwins => 3,
        Kind::StockNoTwins => 4,
        Kind::Guarded => 5,
        Kind::DeleteEdit => 6,
    }
}

/// The answers that opened it again.
fn again(item: &Item, spoken: &[Spoken]) -> Vec<Answered> {
    let answers: Vec<Answer> = match item.kind {
        Kind::StockNoTwins => spoken.iter().map(|s| s.answer.clone()).collect(),
        _ if conflicts::again(item) => Vec::new(),
        _ => return Vec::new(),
    };
    let dealt: Vec<Id> = conflicts::dealt_twice(item, &answers).iter().map(|a| a.fact).collect();
    let named = |s: &&Spoken| dealt.contains(&s.answer.fact) || item.subject.contains(&s.answer.fact.to_string());
    spoken.iter().filter(named).map(|s| Answered { by: s.by.clone(), at: s.at, choice: s.choice }).collect()
}

impl Look<'_> {
    async fn face(&mut self, item: &Item) -> AppResult<Option<Face>> {
        match item.kind {
            Kind::DeviceDoubleSold | Kind::LineTwoDevices => sales::face(self, item).await,
            Kind::ImeiTwins => twins::face(self, item).await,
            Kind::StockNoTwins => numbers::face(self, item).await,
            Kind::Guarded => values::face(self, item).await,
            Kind::DeleteEdit => deletes::face(self, item).await,
            Kind::MassDelete => deletes::many(self, item).await,
        }
    }
}

/// Answers a question.
///
/// # Errors
/// `InboxGone` when it is not open any more, `NotAllowed`, `BadInput {field: choice}` for what cannot be chosen,
/// `AlreadyShipped {order_no}` when the unit that is to be given back has left, `OrderClosed`, and for a substitute what
/// [`crate::tables::orders::assign`] refuses.
pub async fn resolve(store: &Store, actor: &Actor, input: &InboxResolve) -> AppResult<Inbox> {
    store
        .transact(Op::ResolveConflict, actor, async |tx: &mut Tx<'_>| {
            let items = inbox::open(tx.conn()).await?;
            let item = items.into_iter().find(|i| i.id.to_string() == input.id).ok_or(ErrorCode::InboxGone)?;
            if !conflicts::may_decide(tx.actor.role, &item) {
                return Err(ErrorCode::NotAllowed.into());
            }
            let mut dealt = Vec::new();
            let what = match item.kind {
                Kind::DeviceDoubleSold | Kind::LineTwoDevices => sales::answer(tx, &item, input.choice).await?,
                Kind::ImeiTwins => twins::answer(tx, &item, input.choice).await?,
                Kind::StockNoTwins => numbers::answer(tx, &item, input.choice, &mut dealt).await?,
                Kind::Guarded => values::answer(tx, &item, input.choice).await?,
                Kind::DeleteEdit => deletes::answer(tx, &item, input.choice).await?,
                Kind::MassDelete => deletes::answer_many(tx, &item, input.choice).await?,
            };
            // Names no row of its own: an answer must not keep a unit that somebody deletes later.
            let mut told = NewFact::of(FactKind::Resolved)
                .with("item", item.id.to_string())
                .with("kind", item.kind.as_str())
                .with("subject", item.subject.clone())
                .with("choice", serde_json::to_value(input.choice).unwrap_or_default());
            if !dealt.is_empty() {
                told = told.with("dealt", dealt);
            }
            facts::add(tx, told).await?;
            tx.say("what", what);
            tx.say("kind", item.kind.as_str());
            Ok(())
        })
        .await?;
    list(store, actor.role).await
}

/// The choice is none of this question's.
fn no_choice() -> AppError {
    AppError::new(ErrorCode::BadInput).arg("field", "choice")
}

/// A part of the item's subject as an id.
fn id_of(item: &Item, n: usize) -> AppResult<Id> {
    let text = item.subject.get(n).map_or("", String::as_str);
    text.parse().map_err(|_| AppError::new(ErrorCode::StallDamaged).detail("subject"))
}

/// Who worked in a group of the hub's.
async fn told(conn: &mut SqliteConnection, seq: i64) -> AppResult<Option<Told>> {
    let row = sqlx::query(
        "SELECT g.eff >> 16, coalesce(b.name, ''), a.name, (SELECT replica_id FROM replica) FROM sync_groups g
         JOIN sync_names a ON a.n = g.replica LEFT JOIN sync_names b ON b.n = g.by WHERE g.seq = ?1",
    )
    .bind(seq)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| {
        let me: ReplicaId = r.get::<Id, _>(3).into();
        Told { at: Ms(r.get(0)), by: r.get(1), here: r.get::<&str, _>(2) == me.to_string() }
    }))
}

/// Live facts that gave units to lines and packed them, by a filter on `f`; `?1` is `about`, `?2` is `and`.
async fn live_facts(conn: &mut SqliteConnection, filter: &str, about: Id, and: Option<Id>) -> AppResult<Vec<Id>> {
    let sql = format!(
        "SELECT f.id FROM facts f WHERE {filter} AND f.kind IN ('assigned','packed')
           AND NOT EXISTS (SELECT 1 FROM facts v WHERE v.voids = f.id) ORDER BY f.at, f.id"
    );
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(about).bind(and).fetch_all(conn).await?)
}

async fn stock_no(conn: &mut SqliteConnection, unit: Id) -> AppResult<String> {
    let no = sqlx::query_scalar("SELECT stock_no FROM units WHERE id = ?1").bind(unit).fetch_optional(conn).await?;
    no.ok_or_else(|| ErrorCode::InboxGone.into())
}

/// The ids of a JSON array.
fn json_texts(texts: &[String]) -> String {
    words::json(&texts)
}
