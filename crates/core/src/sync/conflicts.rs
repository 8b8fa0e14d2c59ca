//! What a person decides: a pure function of facts and rows, so that all laptops ask the same with the same ids, and only the
//! answers (facts themselves) travel.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Hex, ReplicaId, merge::Guarded, scope};
use crate::{Id, Ms, Role};

/// What is the matter.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ConflictKind")]
#[ts(export, rename = "ConflictKind")]
pub enum Kind {
    /// One unit in two orders.
    DeviceDoubleSold,
    /// An order line with more units than it has pieces.
    LineTwoDevices,
    /// One IMEI on two units.
    ImeiTwins,
    /// One stock number on two units.
    StockNoTwins,
    /// A guarded cell was written by two who had not seen each other.
    Guarded,
    /// A row was deleted by one and worked on by another.
    DeleteEdit,
    /// A group deletes very many rows.
    MassDelete,
}

impl Kind {
    /// As it is stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeviceDoubleSold => "device_double_sold",
            Self::LineTwoDevices => "line_two_devices",
            Self::ImeiTwins => "imei_twins",
            Self::StockNoTwins => "stock_no_twins",
            Self::Guarded => "guarded",
            Self::DeleteEdit => "delete_edit",
            Self::MassDelete => "mass_delete",
        }
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Item {
    /// Of kind and subject. Another contender makes another subject, so an answer never covers what came after it.
    pub id: Hex<32>,
    pub kind: Kind,
    /// What it is about, then who contends: ids, names of columns, seqs.
    pub subject: Vec<String>,
}

impl Item {
    /// An item with its id.
    #[must_use]
    pub fn new(kind: Kind, subject: Vec<String>) -> Self {
        let mut h = blake3::Hasher::new();
        // A length before each part: ("a", "bc") and ("ab", "c") must differ.
        for part in std::iter::once(kind.as_str()).chain(subject.iter().map(String::as_str)) {
            h.update(&(part.len() as u64).to_be_bytes());
            h.update(part.as_bytes());
        }
        Self { id: Hex(*h.finalize().as_bytes()), kind, subject }
    }
}

/// A live fact of kind `assigned`: one that no void names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assigned {
    pub fact: Id,
    pub unit: Id,
    pub order: Id,
    pub line: Id,
    pub at: Ms,
}

/// The assignments that count: those after the unit was last taken back into stock (`restored`: unit, instant, fact).
#[must_use]
pub fn counting(assigned: &[Assigned], restored: &[(Id, Ms, Id)]) -> Vec<Assigned> {
    let mut last: BTreeMap<Id, (Ms, Id)> = BTreeMap::new();
    for (unit, at, fact) in restored {
        let l = last.entry(*unit).or_insert((*at, *fact));
        *l = (*l).max((*at, *fact));
    }
    assigned.iter().filter(|a| last.get(&a.unit).is_none_or(|r| (a.at, a.fact) > *r)).copied().collect()
}

/// Units sold in two places. Twice into the same line is one sale told twice.
#[must_use]
pub fn device_double_sold(counting: &[Assigned]) -> Vec<Item> {
    groups(counting, |a| a.unit)
        .filter(|(_, of)| of.iter().map(|a| a.line).collect::<BTreeSet<_>>().len() > 1)
        .map(|(unit, of)| item_of(Kind::DeviceDoubleSold, unit, &of))
        .collect()
}

/// Order lines with more units than `pieces` says they have.
#[must_use]
pub fn line_two_devices(counting: &[Assigned], pieces: impl Fn(Id) -> i64) -> Vec<Item> {
    groups(counting, |a| a.line)
        .filter(|(line, of)| {
            let units = of.iter().map(|a| a.unit).collect::<BTreeSet<_>>().len();
            units as i64 > pieces(*line).max(1)
        })
        .map(|(line, of)| item_of(Kind::LineTwoDevices, line, &of))
        .collect()
}

fn groups(all: &[Assigned], by: impl Fn(&Assigned) -> Id) -> impl Iterator<Item = (Id, Vec<Assigned>)> {
    let mut map: BTreeMap<Id, Vec<Assigned>> = BTreeMap::new();
    for a in all {
        map.entry(by(a)).or_default().push(*a);
    }
    map.into_iter()
}

fn item_of(kind: Kind, about: Id, of: &[Assigned]) -> Item {
    let mut facts: Vec<String> = of.iter().map(|a| a.fact.to_string()).collect();
    facts.sort_unstable();
    facts.insert(0, about.to_string());
    Item::new(kind, facts)
}

/// Codes that more than one unit has. Give the codes (`imei`, `imei2`, `meid`) of the units that have not left the stall: a
/// phone that was sold and bought back is catalogued twice with reason.
#[must_use]
pub fn imei_twins<'c>(codes: impl IntoIterator<Item = (Id, &'c str)>) -> Vec<Item> {
    let mut by_code: BTreeMap<&str, BTreeSet<Id>> = BTreeMap::new();
    for (unit, code) in codes {
        if !code.is_empty() {
            by_code.entry(code).or_default().insert(unit);
        }
    }
    // Two units that share both their IMEIs are one question.
    let mut asked: BTreeMap<Vec<Id>, &str> = BTreeMap::new();
    for (code, units) in by_code.into_iter().filter(|(_, u)| u.len() > 1) {
        asked.entry(units.into_iter().collect()).or_insert(code);
    }
    asked
        .into_iter()
        .map(|(units, code)| {
            let subject = std::iter::once(code.to_owned()).chain(units.iter().map(Id::to_string)).collect();
            Item::new(Kind::ImeiTwins, subject)
        })
        .collect()
}

/// Stock numbers that more than one unit wears. Give those of the units that have not left the stall: the label of one that
/// was sold left with it. A number on two records of what may be one device waits until that is answered (`imei`).
#[must_use]
pub fn stock_no_twins<'n>(numbers: impl IntoIterator<Item = (Id, &'n str)>, imei: &[Item]) -> Vec<Item> {
    let mut by_number: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (unit, number) in numbers {
        if !number.is_empty() {
            by_number.entry(number).or_default().insert(unit.to_string());
        }
    }
    let one_device = |units: &BTreeSet<String>| {
        imei.iter().any(|i| contenders(&i.subject).iter().skip(1).filter(|u| units.contains(*u)).count() > 1)
    };
    by_number
        .into_iter()
        .filter(|(_, units)| units.len() > 1 && !one_device(units))
        .map(|(number, units)| Item::new(Kind::StockNoTwins, std::iter::once(number.to_owned()).chain(units).collect()))
        .collect()
}

/// A guarded cell with losing values.
#[must_use]
pub fn guarded<V: PartialEq>(table: &str, row: &str, column: &str, cell: &Guarded<V>) -> Option<Item> {
    let holder = cell.holder.as_ref()?;
    let mut lost = cell.contended().map(|s| s.write.seq.to_string()).peekable();
    lost.peek()?;
    let mut subject = vec![table.to_owned(), row.to_owned(), column.to_owned(), holder.write.seq.to_string()];
    subject.extend(lost);
    Some(Item::new(Kind::Guarded, subject))
}

/// A row that stands although it was deleted at `seq` (`rows::Standing::Disputed`).
#[must_use]
pub fn delete_edit(table: &str, row: &str, seq: i64) -> Item {
    Item::new(Kind::DeleteEdit, vec![table.to_owned(), row.to_owned(), seq.to_string()])
}

/// A proposal to delete. The author knows its id too, before the hub has given it a place: an owner's own delete brings its
/// confirmation in the same group.
#[must_use]
pub fn mass_delete(replica: ReplicaId, rseq: i64, table: &str) -> Item {
    Item::new(Kind::MassDelete, vec![replica.to_string(), rseq.to_string(), table.to_owned()])
}

/// An answer somebody gave: a live fact of kind `resolved`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub fact: Id,
    pub item: Hex<32>,
    pub kind: Kind,
    /// Of the item.
    pub subject: Vec<String>,
    /// Who gets it: the fact of a sale, the unit of twins; `None`: nobody.
    pub kept: Option<Id>,
    /// Stock numbers it dealt.
    pub dealt: Vec<String>,
}

/// Parts a subject from the answers that contradict each other about it.
const ANSWERS: &str = "answers";

/// What an item is about and who contends, without the answers that opened it again.
#[must_use]
pub fn contenders(subject: &[String]) -> &[String] {
    let end = subject.iter().position(|s| s == ANSWERS).unwrap_or(subject.len());
    subject.get(..end).unwrap_or_default()
}

/// Whether the item was opened again by answers that contradict each other.
#[must_use]
pub fn again(item: &Item) -> bool {
    contenders(&item.subject).len() < item.subject.len()
}

/// Questions that laptops answered differently while apart, so that nobody has it now (`lost`): each took from the one what
/// the other gave it. They are asked anew. Other differing answers agree well enough: who waits and who is cancelled do.
#[must_use]
pub fn contested(answers: &[Answer], lost: impl Fn(&Answer) -> bool) -> Vec<Item> {
    let mut by_item: BTreeMap<Hex<32>, Vec<&Answer>> = BTreeMap::new();
    for a in
        answers.iter().filter(|a| matches!(a.kind, Kind::DeviceDoubleSold | Kind::LineTwoDevices | Kind::ImeiTwins))
    {
        by_item.entry(a.item).or_default().push(a);
    }
    by_item
        .into_values()
        .filter(|of| of.iter().map(|a| a.kept).collect::<BTreeSet<_>>().len() > 1)
        .filter_map(|of| {
            let first = of.iter().find(|a| lost(a))?;
            let facts: BTreeSet<String> = of.iter().map(|a| a.fact.to_string()).collect();
            let subject = contenders(&first.subject).iter().cloned().chain([ANSWERS.to_owned()]).chain(facts);
            Some(Item::new(first.kind, subject.collect()))
        })
        .collect()
}

/// The answers that made this question: laptops that each let another unit keep a number deal the same next one, so that
/// nobody has the old and two have the new.
#[must_use]
pub fn dealt_twice<'a>(item: &Item, answers: &'a [Answer]) -> Vec<&'a Answer> {
    let (Kind::StockNoTwins, Some(number)) = (item.kind, item.subject.first()) else { return Vec::new() };
    let dealt: Vec<&Answer> = answers.iter().filter(|a| a.dealt.contains(number)).collect();
    let crossed = |a: &&Answer| dealt.iter().any(|b| b.item == a.item && b.kept != a.kept);
    dealt.iter().copied().filter(crossed).collect()
}

/// Who may decide: whose work it is, and nobody over a value that is hidden from them.
#[must_use]
pub fn may_decide(role: Role, item: &Item) -> bool {
    use Role as R;
    let subject = |n: usize| item.subject.get(n).map_or("", String::as_str);
    let stock = matches!(role, R::Owner | R::Control | R::Photographer | R::Technician);
    match item.kind {
        Kind::DeviceDoubleSold | Kind::LineTwoDevices => matches!(role, R::Owner | R::Control | R::Packer),
        Kind::ImeiTwins | Kind::StockNoTwins => stock,
        Kind::Guarded => stock && scope::of_column(subject(0), subject(2)).of_role(role),
        Kind::DeleteEdit => match subject(0) {
            "shows" | "show_items" => matches!(role, R::Owner | R::Control | R::Host),
            "orders" | "order_lines" => matches!(role, R::Owner | R::Control | R::Packer),
            "units"
            | "photos"
            | "unit_fields"
            | "inspections"
            | "inspection_answers"
            | "inspection_photos"
            | "third_party_reports"
            | "views"
            | "lots"
            | "stock_takes"
            | "take_scans" => stock,
            _ => role == R::Owner,
        },
        Kind::MassDelete => role == R::Owner,
    }
}

/// The items nobody has answered, in the order of their ids.
#[must_use]
pub fn open(mut items: Vec<Item>, answered: &BTreeSet<Hex<32>>) -> Vec<Item> {
    items.retain(|i| !answered.contains(&i.id));
    items.sort_unstable();
    items.dedup();
    items
}

#[cfg(test)]
#[path = "conflicts_tests.rs"]
mod tests;
