//! Tables and columns as this version knows them, and the short numbers of names.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use sqlx::{Row, SqliteConnection};
use stall_core::{AppResult, sync::scope};

use crate::capture;

/// A table that travels.
#[derive(Debug)]
pub(super) struct Table {
    pub columns: Vec<String>,
    /// Columns that must name a row: (column, table). From the foreign keys.
    pub needs: Vec<(String, String)>,
}

/// Everything this version's schema has to say.
#[derive(Debug)]
pub(super) struct Names {
    tables: BTreeMap<String, Arc<Table>>,
    numbers: HashMap<String, i64>,
    texts: HashMap<i64, String>,
}

impl Names {
    /// Reads the schema and the numbers given so far.
    pub async fn load(conn: &mut SqliteConnection) -> AppResult<Self> {
        let mut tables = BTreeMap::new();
        for name in capture::all() {
            let columns = capture::columns(conn, name).await?;
            if columns.is_empty() {
                continue;
            }
            let keys = sqlx::query("SELECT \"from\", \"table\" FROM pragma_foreign_key_list(?1)")
                .bind(name)
                .fetch_all(&mut *conn)
                .await?;
            let needs = keys.iter().map(|k| (k.get(0), k.get(1))).collect();
            tables.insert(name.to_owned(), Arc::new(Table { columns, needs }));
        }
        let mut names = Self { tables, numbers: HashMap::new(), texts: HashMap::new() };
        for row in sqlx::query("SELECT n, name FROM sync_names").fetch_all(&mut *conn).await? {
            names.learn(row.get(0), row.get(1));
        }
        Ok(names)
    }

    fn learn(&mut self, n: i64, name: String) {
        self.texts.insert(n, name.clone());
        self.numbers.insert(name, n);
    }

    /// The number of a name, given on first use.
    pub async fn number(&mut self, conn: &mut SqliteConnection, name: &str) -> AppResult<i64> {
        if let Some(n) = self.numbers.get(name) {
            return Ok(*n);
        }
        let n = sqlx::query_scalar("INSERT INTO sync_names(name) VALUES(?1) RETURNING n")
            .bind(name)
            .fetch_one(conn)
            .await?;
        self.learn(n, name.to_owned());
        Ok(n)
    }

    /// The name of a number.
    pub fn text(&self, n: i64) -> &str {
        self.texts.get(&n).map_or("", String::as_str)
    }

    pub fn table(&self, name: &str) -> Option<&Arc<Table>> {
        self.tables.get(name)
    }

    /// How many parents a table's rows may hang under: children go first and come last.
    pub fn depth(table: &str) -> usize {
        scope::PARENTS
            .iter()
            .filter(|(child, ..)| *child == table)
            .map(|(.., parent)| 1 + Self::depth(parent))
            .max()
            .unwrap_or(0)
    }
}
