//! Files that rows name: what a laptop needs beside its rows, in the order in which a person misses them.

use sqlx::Row as _;
use stall_core::{
    AppResult,
    sync::{Scope, scope},
};

use crate::Store;

/// What a row names by a BLAKE3 of 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamedAs {
    /// A photograph: the original and both copies made of it.
    Photo,
    /// Both copies of an edited photograph; there is no original of the name.
    Edited,
    /// A picture made for a document, as small as a copy.
    Picture,
    /// A file of any size without copies.
    File,
}

/// A file that a row names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedFile {
    pub blob: String,
    pub what: NamedAs,
    /// It stands for its unit in lists.
    pub cover: bool,
    /// Who may not read the column that names it may not read the file.
    pub scope: Scope,
}

/// (table, column that names, what, query of name and whether it is a cover, newest first). What an edit shows comes of its
/// original, so both are named by the photograph.
const NAMES: [(&str, &str, NamedAs, &str); 9] = [
    (
        "photos",
        "blob",
        NamedAs::Photo,
        "SELECT blob, edits IS NULL AND unit_id IS NOT NULL
           AND row_number() OVER (PARTITION BY unit_id ORDER BY pos, id) = 1 FROM photos ORDER BY added_at DESC, id",
    ),
    (
        "photos",
        "shown",
        NamedAs::Edited,
        "SELECT shown, first FROM (SELECT id, shown, edits, added_at, unit_id IS NOT NULL
           AND row_number() OVER (PARTITION BY unit_id ORDER BY pos, id) = 1 AS first FROM photos)
         WHERE edits IS NOT NULL ORDER BY added_at DESC, id",
    ),
    (
        "passports",
        "document",
        NamedAs::Picture,
        "SELECT x.value ->> '$.copy', 0 FROM passports p, json_each(p.document, '$.sections.photos') x ORDER BY p.at DESC, 1",
    ),
    (
        "passports",
        "document",
        NamedAs::File,
        "SELECT x.value ->> '$.original', 0 FROM passports p, json_each(p.document, '$.sections.photos') x
         ORDER BY p.at DESC, 1",
    ),
    (
        "inspection_reports",
        "body",
        NamedAs::Photo,
        "SELECT x.value ->> '$.blob', 0 FROM inspection_reports r, json_each(r.body, '$.photos') x ORDER BY r.at DESC, 1",
    ),
    (
        "inspection_reports",
        "body",
        NamedAs::Edited,
        "SELECT x.value ->> '$.shown', 0 FROM inspection_reports r, json_each(r.body, '$.photos') x
         WHERE x.value ->> '$.shown' <> x.value ->> '$.blob' ORDER BY r.at DESC, 1",
    ),
    (
        "facts",
        "data",
        NamedAs::Photo,
        "SELECT x.value ->> '$.blob', 0 FROM facts f, json_each(f.data, '$.photos') x WHERE f.kind = 'erased'
         ORDER BY f.at DESC, 1",
    ),
    (
        "facts",
        "data",
        NamedAs::Edited,
        "SELECT x.value ->> '$.shown', 0 FROM facts f, json_each(f.data, '$.photos') x
         WHERE f.kind = 'erased' AND x.value ->> '$.shown' <> x.value ->> '$.blob' ORDER BY f.at DESC, 1",
    ),
    (
        "third_party_reports",
        "blob",
        NamedAs::File,
        "SELECT blob, 0 FROM third_party_reports WHERE blob IS NOT NULL ORDER BY at DESC, id",
    ),
];

/// Every file that a row names. One that several rows name is there several times.
///
/// # Errors
/// Store errors only.
pub async fn all(store: &Store) -> AppResult<Vec<NamedFile>> {
    let mut conn = store.read().await?;
    let mut out = Vec::new();
    for (table, column, what, sql) in NAMES {
        let scope = scope::of_column(table, column);
        for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
            // A row of a newer program may name nothing where this one looks.
            let Some(blob) = row.get::<Option<String>, _>(0) else { continue };
            out.push(NamedFile { blob, what, cover: row.get(1), scope });
        }
    }
    Ok(out)
}
