//! Record types that cross between the store, the doors and the UI. Shapes only; no rules here.

mod app;
mod batch;
mod bench;
mod catalogue;
mod checklists;
mod erasures;
mod exchange;
mod fields;
mod imports;
mod inbox;
mod inspections;
mod labels;
mod lan;
mod ledger;
mod list;
mod lots;
mod orders;
mod passports;
mod photos;
mod presence;
mod reports;
mod shoot;
mod shows;
mod sync;
mod today;
mod units;
mod watch;

pub use app::*;
pub use batch::*;
pub use bench::*;
pub use catalogue::*;
pub use checklists::*;
pub use erasures::*;
pub use exchange::*;
pub use fields::*;
pub use imports::*;
pub use inbox::*;
pub use inspections::*;
pub use labels::*;
pub use lan::*;
pub use ledger::*;
pub use list::*;
pub use lots::*;
pub use orders::*;
pub use passports::*;
pub use photos::*;
pub use presence::*;
pub use reports::*;
pub use shoot::*;
pub use shows::*;
pub use sync::*;
pub use today::*;
pub use units::*;
pub use watch::*;

use serde::{Deserialize, Serialize};

use crate::{Id, Ms};

/// One page of a keyset-paged list.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Opaque; pass back as `after` for the next page. `null` on the last.
    pub next: Option<String>,
    /// How many rows the query has in all, counted up to `TOTAL_CAP`.
    pub total: u32,
    /// True when there are more than `total`.
    pub total_capped: bool,
}

/// Rows counted at most for a list's total: counting 200,000 rows costs more than the page.
pub const TOTAL_CAP: u32 = 10_000;

/// An empty input or answer.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export, type = "Record<string, never>")]
pub struct Empty {}

/// Names one row.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ById {
    pub id: Id,
}

/// Names several rows.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ByIds {
    pub ids: Vec<Id>,
}

/// How many rows an action touched.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Touched {
    pub count: u32,
}

/// Something that happened, for a timeline. `what` is an op or fact kind the dictionaries know (`event.<what>`).
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Event {
    pub at: Ms,
    pub by: String,
    pub what: String,
    pub args: std::collections::BTreeMap<String, String>,
}
