//! `unit_text`: what a person may look for, as overlapping pairs of characters.
//!
//! Each field is squeezed to one run of letters and digits and stored as pairs plus its last character
//! (`屏幕有` -> `屏幕 幕有 有`), so a phrase of pairs finds any substring and never crosses two fields.

use pinyin::ToPinyin;
use serde_json::Value;
use sqlx::SqliteConnection;
use stall_core::{AppError, AppResult, ErrorCode};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::tables::words;

/// Units handled by one statement.
const BATCH: i64 = 8_000;
/// What FTS5 gathers in memory, bytes: as it comes, and where the text of many units is written.
const HASH: i64 = 1 << 20;
const HASH_MANY: i64 = 16 << 20;
/// Columns of a unit that say what it is found by.
pub const WORDS: [&str; 11] =
    ["brand", "model", "storage", "colour", "stock_no", "shelf", "note", "flaws", "badges", "box", "holder"];
/// Characters of one field that are searched.
const LONGEST: usize = 2_000;

/// Chinese names of brands whose Latin name the stock carries, so that both and their initials find them.
const BRANDS: [(&str, &str); 14] = [
    ("apple", "苹果"),
    ("huawei", "华为"),
    ("honor", "荣耀"),
    ("xiaomi", "小米"),
    ("redmi", "红米"),
    ("samsung", "三星"),
    ("oneplus", "一加"),
    ("meizu", "魅族"),
    ("realme", "真我"),
    ("lenovo", "联想"),
    ("canon", "佳能"),
    ("nikon", "尼康"),
    ("sony", "索尼"),
    ("microsoft", "微软"),
];

/// Letters and digits of `text`, lower-case, nothing else.
#[must_use]
pub fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(LONGEST).collect()
}

/// The terms of a query: runs of letters and digits, lower-case. All must be found.
#[must_use]
pub fn terms(query: &str) -> Vec<String> {
    let lower = query.to_lowercase();
    let mut out: Vec<String> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|t| !t.is_empty()).map(str::to_owned).collect();
    out.dedup();
    out.truncate(12);
    out
}

/// The FTS5 expression that finds one term of [`terms`] anywhere in a field.
#[must_use]
pub fn phrase(term: &str) -> String {
    let chars: Vec<char> = term.chars().collect();
    match chars.as_slice() {
        // Terms hold letters and digits only, so nothing in them can end the quotes.
        [one] => format!("\"{one}\"*"),
        many => {
            let pairs: Vec<String> = many.windows(2).map(|w| w.iter().collect()).collect();
            format!("\"{}\"", pairs.join(" "))
        }
    }
}

/// Every run a unit is found by. `fields`: brand, model, storage, colour, stock no., shelf, note, flaws; `badges` apart.
#[must_use]
pub fn runs(fields: &[&str; 8], badges: &[String]) -> Vec<String> {
    let [brand, model, ..] = fields;
    let chinese = BRANDS.iter().find(|(latin, _)| brand.trim().eq_ignore_ascii_case(latin)).map_or("", |(_, zh)| zh);
    let mut out: Vec<String> = fields.iter().copied().chain(badges.iter().map(String::as_str)).map(squeeze).collect();
    // Nobody looks for a note by its initials, and each would double its share of the index.
    let spoken = [*brand, *model, fields[2], fields[3], fields[5]];
    for text in spoken.into_iter().chain(badges.iter().map(String::as_str)) {
        out.extend(initials(text));
    }
    out.push(chinese.to_owned());
    out.push(shorthand(if chinese.is_empty() { brand } else { chinese }, model));
    out.retain(|r| !r.is_empty());
    out
}

/// Pinyin initials of each run of Chinese characters of two or more: `远峰蓝色` -> `yfls`.
fn initials(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    for c in text.chars().take(LONGEST) {
        match (c.to_pinyin(), out.last_mut()) {
            (Some(p), Some(run)) => run.push_str(p.first_letter()),
            (None, Some(run)) if !run.is_empty() => out.push(String::new()),
            _ => {}
        }
    }
    out.retain(|r| r.len() > 1);
    out
}

/// What the trade types for a model: `苹果` + `iPhone 13 Pro Max` -> `pg13pm`, `华为` + `Mate 60 Pro` -> `hwm60p`.
fn shorthand(brand: &str, model: &str) -> String {
    let mut out = String::new();
    let mut word = false;
    for c in brand.chars().chain([' ']).chain(model.replace("iPhone", "").chars()) {
        if let Some(p) = c.to_pinyin() {
            out.push_str(p.first_letter());
            word = false;
        } else if c.is_ascii_digit() {
            out.push(c);
            word = false;
        } else if c.is_alphabetic() {
            if !word {
                out.extend(c.to_lowercase());
            }
            word = true;
        } else {
            word = false;
        }
    }
    out
}

/// The stored form of a run: its pairs and its last character.
fn pairs(run: &str, out: &mut String) {
    let mut before: Option<char> = None;
    for c in run.chars() {
        if let Some(b) = before.replace(c) {
            out.push(b);
            out.push(c);
            out.push(' ');
        }
    }
    if let Some(last) = before {
        out.push(last);
        out.push(' ');
    }
}

/// Brings the text of units up to date whose words changed in this transaction.
pub async fn refresh(conn: &mut SqliteConnection) -> AppResult<()> {
    // A unit that is only inserted has no older text: looking for one costs half as much as writing it.
    sqlx::raw_sql(
        "DELETE FROM touched_texts;
         INSERT INTO touched_texts SELECT s.n FROM touched_words w CROSS JOIN unit_state s ON s.unit_id = w.id WHERE NOT w.fresh;
         DELETE FROM unit_text WHERE rowid IN (SELECT t.n FROM touched_texts t CROSS JOIN unit_text_docsize d ON d.id = t.n);
         INSERT INTO touched_texts SELECT s.n FROM touched_words w CROSS JOIN unit_state s ON s.unit_id = w.id WHERE w.fresh",
    )
    .execute(&mut *conn)
    .await?;
    fill(conn).await
}

/// Writes the text of every unit into an emptied index.
pub async fn rebuild(conn: &mut SqliteConnection) -> AppResult<()> {
    sqlx::raw_sql("DELETE FROM touched_texts; INSERT INTO touched_texts SELECT n FROM unit_state")
        .execute(&mut *conn)
        .await?;
    fill(conn).await
}

/// Writes the text of `touched_texts`, which have none. While one batch is written, the next is made into text.
async fn fill(conn: &mut SqliteConnection) -> AppResult<()> {
    let (mut after, mut many, mut coming) = (0_i64, false, None::<JoinHandle<AppResult<String>>>);
    loop {
        let (last, n, units) = read(conn, after).await?;
        if n == BATCH && !many {
            many = true;
            hash_size(conn, HASH_MANY).await?;
        }
        let next = (n > 0).then(|| spawn_blocking(move || texts_of(&units)));
        if let Some(texts) = std::mem::replace(&mut coming, next) {
            write(conn, texts).await?;
        }
        if n < BATCH {
            break;
        }
        after = last;
    }
    if let Some(texts) = coming {
        write(conn, texts).await?;
    }
    if many {
        hash_size(conn, HASH).await?;
    }
    Ok(())
}

/// How much FTS5 gathers before it writes a segment, which it must then merge with others. Kept in the table.
async fn hash_size(conn: &mut SqliteConnection, bytes: i64) -> AppResult<()> {
    sqlx::query("INSERT INTO unit_text(unit_text, rank) VALUES('hashsize', ?1)").bind(bytes).execute(conn).await?;
    Ok(())
}

/// The last of the next units, how many they are, and they, as JSON.
async fn read(conn: &mut SqliteConnection, after: i64) -> AppResult<(i64, i64, String)> {
    Ok(sqlx::query_as(
        "SELECT coalesce(max(n), 0), count(*),
           json_group_array(json_array(n, brand, model, storage, colour, stock_no, shelf, note, flaws, badges, box, holder, more))
         FROM (SELECT t.n, u.*, '' || (SELECT json_group_array(json_array(f.field_id, f.value))
                 FROM (SELECT field_id, value FROM unit_fields WHERE unit_id = u.id ORDER BY field_id) f) AS more
               FROM touched_texts t CROSS JOIN unit_state s ON s.n = t.n CROSS JOIN units u ON u.id = s.unit_id
               WHERE t.n > ?1 ORDER BY t.n LIMIT ?2)",
    )
    .bind(after)
    .bind(BATCH)
    .fetch_one(conn)
    .await?)
}

fn texts_of(units: &str) -> AppResult<String> {
    let units: Vec<Vec<Value>> =
        serde_json::from_str(units).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
    Ok(words::json(&units.iter().map(|u| text_of(u)).collect::<Vec<_>>()))
}

async fn write(conn: &mut SqliteConnection, texts: JoinHandle<AppResult<String>>) -> AppResult<()> {
    let texts = texts.await.map_err(|e| AppError::new(ErrorCode::Internal).detail(e))??;
    sqlx::query(
        "WITH r(v) AS MATERIALIZED (SELECT value FROM json_each(?1))
         INSERT INTO unit_text(rowid, t) SELECT v->>0, v->>1 FROM r",
    )
    .bind(texts)
    .execute(conn)
    .await?;
    Ok(())
}

fn text_of(unit: &[Value]) -> (i64, String) {
    let field = |i: usize| unit.get(i).and_then(Value::as_str).unwrap_or("");
    let fields: [&str; 8] = std::array::from_fn(|i| field(i + 1));
    let badges: Vec<String> = serde_json::from_str(field(9)).unwrap_or_default();
    let mut text = String::new();
    for run in runs(&fields, &badges) {
        pairs(&run, &mut text);
    }
    // Where it lies, and what the category's and the owner's fields say.
    let more: Vec<(String, String)> = serde_json::from_str(field(12)).unwrap_or_default();
    let more = more.iter().flat_map(|(id, value)| stall_core::fields::words(id, value));
    for run in more.chain([field(10).to_owned(), field(11).to_owned()]).map(|w| squeeze(&w)) {
        pairs(&run, &mut text);
    }
    (unit.first().and_then(Value::as_i64).unwrap_or(0), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_stored_as_pairs_and_its_last_character() {
        let mut out = String::new();
        pairs("屏幕有", &mut out);
        assert_eq!(out, "屏幕 幕有 有 ");
    }

    #[test]
    fn a_term_becomes_a_phrase_of_pairs_and_one_character_a_prefix() {
        assert_eq!(phrase("屏幕有"), "\"屏幕 幕有\"");
        assert_eq!(phrase("屏"), "\"屏\"*");
    }

    #[test]
    fn quotes_stars_and_operators_of_a_query_are_only_separators() {
        assert_eq!(terms("a\"b* OR (c) -d:%_"), ["a", "b", "or", "c", "d"]);
        assert!(terms(" \" ' * ").is_empty());
    }

    #[test]
    fn a_model_is_found_by_what_the_trade_types() {
        let of = |b, m| runs(&[b, m, "256GB", "远峰蓝色", "0387", "A-01", "", ""], &[]);
        let iphone = of("Apple", "iPhone 13 Pro Max");
        for run in ["pg13pm", "iphone13promax", "yfls", "苹果", "a01"] {
            assert!(iphone.iter().any(|r| r == run), "{run} in {iphone:?}");
        }
        assert!(of("Huawei", "Mate 60 Pro").contains(&"hwm60p".to_owned()));
    }
}
