//! Questions that only a person can answer: what two laptops did without having seen each other.

use serde::{Deserialize, Serialize};

use super::{OrderRow, UnitRow};
use crate::{Id, Ms, sync::conflicts::Kind};

/// The open questions.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Inbox {
    pub now: Ms,
    /// Those the caller may decide, what holds a parcel first, then the newest; at most 60.
    pub cards: Vec<InboxCard>,
    /// How many there are of them.
    pub total: u32,
    /// Questions that somebody else must decide.
    pub others: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct InboxCard {
    /// The same on every laptop; 64 hex digits.
    pub id: String,
    pub kind: Kind,
    /// When the last of the sides was told.
    pub at: Ms,
    /// Two laptops have answered it, and their answers took from each other.
    pub again: Vec<Answered>,
    pub question: InboxQuestion,
    /// What the caller may choose.
    pub choices: Vec<InboxChoice>,
}

/// An answer that did not stand.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Answered {
    pub by: String,
    pub at: Ms,
    pub choice: InboxChoice,
}

/// What is asked, as data: the screen makes the words.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(tag = "about", rename_all = "snake_case")]
#[ts(export)]
pub enum InboxQuestion {
    /// One unit in several orders. None had seen another, or the store would have refused it. No parcel of them leaves.
    Sale {
        unit: UnitRow,
        sides: Vec<SaleSide>,
        /// Units in stock like it (model, storage, colour; grade no worse), the nearest first.
        likes: Vec<UnitRow>,
    },
    /// Several units for one order line of so many `pieces`.
    Line { order: OrderRow, title: String, pieces: u32, sides: Vec<SaleSide> },
    /// One code on several units that are here.
    Twins { code: String, sides: Vec<TwinSide> },
    /// One stock number on several units that are here. The first of them is the one to keep it, and `why`.
    Numbers {
        number: String,
        sides: Vec<NumberSide>,
        why: NumberReason,
        /// What the others get, in their order, if nothing is taken in meanwhile.
        next: Vec<String>,
    },
    /// One value written by several; the first stands.
    Value { unit: UnitRow, field: String, sides: Vec<ValueSide> },
    /// Deleted by one, worked on by another; it stands.
    Deleted {
        table: String,
        /// The row's own words: a title, a number; empty where it has none.
        name: String,
        unit: Option<UnitRow>,
        deleted: Told,
        worked: Option<Told>,
        /// Columns the other worked on.
        columns: Vec<String>,
    },
    /// So many rows of a table, at one blow; they stand.
    Many { table: String, rows: u32, names: Vec<String>, deleted: Told },
}

/// Who told something, and when.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct Told {
    /// Empty where it came before this laptop kept names.
    pub by: String,
    pub at: Ms,
    /// At this laptop.
    pub here: bool,
}

/// One of the sales.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct SaleSide {
    /// The fact that gave the unit to the line: what a choice names.
    pub fact: Id,
    pub told: Told,
    pub unit: UnitRow,
    pub order: OrderRow,
    pub line_id: Id,
    pub title: String,
    /// In a parcel that is packed.
    pub packed: bool,
    /// The parcel is away: it cannot lose its unit any more.
    pub left: bool,
}

/// One of the units with the same code.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct TwinSide {
    pub unit: UnitRow,
    pub told: Told,
    /// The order it is sold in.
    pub order_no: Option<String>,
}

/// One of the units with the same stock number.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct NumberSide {
    pub unit: UnitRow,
    pub told: Told,
    /// The order it is sold in.
    pub order_no: Option<String>,
    /// The number on its last printed label.
    pub label: Option<String>,
    /// It is on a run sheet: a host reads, or has read, the number aloud.
    pub sheet: bool,
    /// It has a passport, which has the number in its own.
    pub passport: bool,
}

/// What puts one unit before the others that wear its number; the earlier outweighs the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum NumberReason {
    /// It is sold, or nearer to leaving.
    Sold,
    Passport,
    Sheet,
    /// Its label has the number.
    Label,
    /// It was taken in first.
    First,
}

/// One of the values.
#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct ValueSide {
    /// Said with each value, so that a hidden one can be blanked.
    pub field: String,
    /// The group that brought it: what a choice names.
    #[ts(type = "number")]
    pub seq: i64,
    /// Money in fen; `null`: no value.
    pub value: Option<String>,
    pub told: Option<Told>,
    /// It is the one shown.
    pub stands: bool,
}

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
#[ts(export)]
pub enum InboxChoice {
    /// This sale keeps the unit (or this unit the line); the others wait for one again.
    Keep { keep: Id },
    /// The same, and the order of `other` gets this unit.
    Substitute { keep: Id, other: Id, unit_id: Id },
    /// The same, and the order of `other` is closed with a refund entry.
    Cancel { keep: Id, other: Id },
    /// All of them wait for a unit again.
    Neither,
    /// They are one device: this one stays, the others leave the stock and hand their orders over.
    Merge { unit_id: Id },
    /// This unit keeps the stock number, the others get the next free ones.
    KeepNumber { unit_id: Id },
    /// This value stands from now on.
    Take {
        #[ts(type = "number")]
        seq: i64,
    },
    /// The value shown is right.
    Dismiss,
    /// The row stays.
    Restore,
    /// The row goes.
    Delete,
    /// All of the rows go.
    Confirm,
    /// All of the rows stay.
    Refuse,
}

impl InboxChoice {
    /// Who gets it, where somebody does: the fact of a sale, the unit of twins.
    #[must_use]
    pub fn kept(&self) -> Option<Id> {
        match self {
            Self::Keep { keep } | Self::Substitute { keep, .. } | Self::Cancel { keep, .. } => Some(*keep),
            Self::Merge { unit_id } | Self::KeepNumber { unit_id } => Some(*unit_id),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema)]
#[ts(export)]
pub struct InboxResolve {
    pub id: String,
    pub choice: InboxChoice,
}
