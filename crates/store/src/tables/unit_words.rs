//! Finding units by words, numbers and tails: rare words give the units themselves, common ones a condition.

use std::collections::HashSet;

use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};
use stall_core::{AppError, AppResult, ErrorCode};

use crate::derive::text;

/// A word that finds this many units or more is common: the list is then walked in its order and each row asked.
pub const PROBE: i64 = 2_001;

/// A query's words after the probe.
#[derive(Debug, Default)]
pub struct Words {
    /// `unit_state.n` of the units that can match, where some word is rare.
    pub ids: Option<Vec<i64>>,
    /// Words still to be asked of each row.
    asked: Vec<Term>,
}

#[derive(Debug)]
struct Term {
    phrase: String,
    /// The range of reversed codes that end in the term.
    tail: Option<(String, String)>,
}

impl Term {
    fn new(term: &str) -> Self {
        // Three digits end an IMEI; with letters among them it takes more to look like a serial number's end than like
        // a model's name (k70, x100).
        let digits = term.bytes().filter(u8::is_ascii_digit).count();
        let code = term.bytes().all(|b| b.is_ascii_alphanumeric())
            && if digits == term.len() { digits >= 3 } else { digits > 0 && term.len() >= 5 };
        Self { phrase: text::phrase(term), tail: code.then(|| tail_range(term)) }
    }
}

/// All texts that begin with the reversed term: `[from, to)`. The term is ASCII.
#[must_use]
pub fn tail_range(term: &str) -> (String, String) {
    let from: String = term.to_ascii_uppercase().chars().rev().collect();
    let mut to = from.clone();
    if let Some(last) = to.pop() {
        to.push(char::from_u32(u32::from(last) + 1).unwrap_or(last));
    }
    (from, to)
}

impl Words {
    /// Keeps only these units, `None` keeps all.
    pub fn narrow(&mut self, to: Option<Vec<i64>>) {
        let Some(to) = to else { return };
        self.ids = Some(match self.ids.take() {
            None => to,
            Some(mine) => {
                let to: HashSet<i64> = to.into_iter().collect();
                mine.into_iter().filter(|n| to.contains(n)).collect()
            }
        });
    }

    /// Whether each row has to be asked.
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.asked.is_empty()
    }

    /// The phrase of the only word there is to ask, and whether its own list is the whole answer (tails may add to it).
    #[must_use]
    pub fn alone(&self) -> Option<(&str, bool)> {
        match self.asked.as_slice() {
            [Term { phrase, tail }] if self.ids.is_none() => Some((phrase, tail.is_none())),
            _ => None,
        }
    }

    /// Adds the conditions of the words that are not settled by `ids`; the row is `s`.
    pub fn push(&self, qb: &mut QueryBuilder<Sqlite>) {
        for term in &self.asked {
            // One look-up of the word's whole list, kept for the statement: asking the index for each row walked costs
            // a quarter of a millisecond each time (measured at 200,000 units).
            qb.push(" AND (s.n IN (SELECT rowid FROM unit_text WHERE unit_text MATCH ");
            qb.push_bind(term.phrase.clone()).push(")");
            if let Some((from, to)) = &term.tail {
                for col in ["imei_rev", "imei2_rev", "serial_rev"] {
                    qb.push(format!(" OR (s.{col} >= ")).push_bind(from.clone());
                    qb.push(format!(" AND s.{col} < ")).push_bind(to.clone()).push(")");
                }
            }
            qb.push(")");
        }
    }
}

/// Looks every word up, stopping at [`PROBE`] finds each. `brand` narrows by a brand's name where it is rare.
pub async fn probe(conn: &mut SqliteConnection, query: &str, brand: Option<&str>) -> AppResult<Words> {
    let mut words = Words::default();
    let terms: Vec<Term> = text::terms(query).iter().map(|t| Term::new(t)).collect();
    // Words that only the index knows are put to it together: it intersects them itself.
    let (tails, plain): (Vec<Term>, Vec<Term>) = terms.into_iter().partition(|t| t.tail.is_some());
    if !plain.is_empty() {
        let phrase = plain.iter().map(|t| t.phrase.as_str()).collect::<Vec<_>>().join(" AND ");
        let term = Term { phrase, tail: None };
        match find(conn, &term).await? {
            None => words.asked.push(term),
            found => words.narrow(found),
        }
    }
    for term in tails {
        match find(conn, &term).await? {
            None => words.asked.push(term),
            found => words.narrow(found),
        }
    }
    if let Some(brand) = brand.map(text::squeeze).filter(|b| b.chars().count() > 1) {
        let term = Term { phrase: text::phrase(&brand), tail: None };
        words.narrow(find(conn, &term).await?);
    }
    Ok(words)
}

/// The units a term finds; `None` when they are many.
async fn find(conn: &mut SqliteConnection, term: &Term) -> AppResult<Option<Vec<i64>>> {
    let row = sqlx::query(
        "SELECT json_group_array(rowid), count(*) FROM (SELECT rowid FROM unit_text WHERE unit_text MATCH ?1 LIMIT ?2)",
    )
    .bind(&term.phrase)
    .bind(PROBE)
    .fetch_one(&mut *conn)
    .await?;
    if row.get::<i64, _>(1) >= PROBE {
        return Ok(None);
    }
    let mut ids: Vec<i64> =
        serde_json::from_str(row.get(0)).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
    if let Some((from, to)) = &term.tail {
        let tails = sqlx::query_scalar!(
            r#"SELECT n AS "n!: i64" FROM (
                 SELECT n FROM unit_state WHERE imei_rev >= ?1 AND imei_rev < ?2
                 UNION SELECT n FROM unit_state WHERE imei2_rev >= ?1 AND imei2_rev < ?2
                 UNION SELECT n FROM unit_state WHERE serial_rev >= ?1 AND serial_rev < ?2) LIMIT ?3"#,
            from,
            to,
            PROBE
        )
        .fetch_all(conn)
        .await?;
        if i64::try_from(tails.len()).unwrap_or(PROBE) >= PROBE {
            return Ok(None);
        }
        let known: HashSet<i64> = ids.iter().copied().collect();
        ids.extend(tails.into_iter().filter(|n| !known.contains(n)));
    }
    Ok(Some(ids))
}
