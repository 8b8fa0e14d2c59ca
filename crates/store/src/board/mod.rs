//! The stock in memory, as the list filters, sorts and counts it.
//!
//! At 200,000 units SQLite can walk one index in order, but not sort by anything, count ten facets with the others
//! applied, and look for a piece of a word in eight fields, all while a person types. In memory each is one pass: texts
//! that many units share are kept once (`dict`), so that a term is looked for in some thousand texts and not in a
//! million fields; numbers and codes lie in one arena (`codes`); the rest are small numbers in a row (`row`).
//!
//! It is made from the tables when first asked for and kept up by every commit ([`Keeper::follow`]) before the writer
//! hears of its success, so that who writes and then lists sees what was written. `tests/stock` holds it against the
//! tables after random actions.

mod codes;
mod counts;
mod dict;
mod filter;
mod keeper;
mod page;
mod row;
mod words;

use std::collections::HashMap;

pub use self::{keeper::Keeper, page::Place};
use stall_core::{
    Id,
    api::{Category, UnitStatus},
    grades,
    search::{names, squeeze},
};

use self::{
    codes::Codes,
    dict::Dict,
    row::{NONE, Read, Row},
};
use crate::tables::words as names_in_db;

/// Every status, in the order shown.
pub const STATUSES: [UnitStatus; 5] =
    [UnitStatus::InStock, UnitStatus::Sold, UnitStatus::Packed, UnitStatus::Shipped, UnitStatus::Withdrawn];
/// Every category, in the order shown.
pub const CATEGORIES: [Category; 6] =
    [Category::Phone, Category::Tablet, Category::Laptop, Category::Watch, Category::Camera, Category::Other];

/// All units.
#[derive(Debug)]
pub struct Board {
    rows: Vec<Row>,
    slots: HashMap<Id, u32>,
    gone: usize,
    codes: Codes,
    /// Brand, model and storage together: what the trade's shorthand names.
    devices: Dict,
    brands: Dict,
    models: Dict,
    colours: Dict,
    shelves: Dict,
    badges: Dict,
    /// Flaws and notes.
    texts: Dict,
    grades: Dict,
}

/// Between the parts of a device's name.
const PART: char = '\u{1}';

impl Board {
    fn new() -> Self {
        let mut grades = Dict::new(true);
        // Numbered best first, so that the number is the sort key.
        for g in grades::all() {
            grades.intern(&g.id, || names::grade(&g.id));
        }
        Self {
            rows: Vec::new(),
            slots: HashMap::new(),
            gone: 0,
            codes: Codes::default(),
            devices: Dict::new(true),
            brands: Dict::new(true),
            models: Dict::new(true),
            colours: Dict::new(false),
            shelves: Dict::new(true),
            badges: Dict::new(false),
            texts: Dict::new(false),
            grades,
        }
    }

    /// Takes units in or writes them over.
    fn put(&mut self, units: Vec<Read<'_>>) {
        for unit in units {
            self.put_one(&unit);
        }
    }

    fn put_one(&mut self, u: &Read<'_>) {
        let Read(
            n,
            id,
            status,
            category,
            brand,
            model,
            storage,
            colour,
            stock_no,
            codes,
            grade,
            battery,
            badges,
            prices,
            shelf,
            flaws,
            note,
            photos,
            show_until,
            taken_in,
            places,
            fields,
            inspection,
        ) = u;
        let next = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let slot = *self.slots.entry(*id).or_insert(next);
        let old = self.rows.get(slot as usize).map(|r| r.codes);
        if old.is_none() {
            self.rows.push(Row::EMPTY);
        }
        let codes: Vec<&str> = codes.iter().flatten().map(|c| &**c).filter(|c| !c.is_empty()).collect();
        let device = format!("{model}{PART}{storage}{PART}{brand}");
        let [list, live, cost] = prices.map(|p| p.and_then(|p| i32::try_from(p).ok()).unwrap_or(NONE));
        let own = fields.iter().flat_map(|(id, value)| stall_core::fields::words(id, value));
        let own = own.chain(places.iter().flatten().map(|p| p.to_string()));
        let own: Vec<String> = own.map(|w| squeeze(&w)).filter(|w| !w.is_empty()).collect();
        let more = own.join("\u{1}");
        let row = Row {
            id: *id,
            n: *n,
            taken_in: *taken_in,
            show_until: show_until.unwrap_or(0),
            no_key: row::no_key(stock_no),
            codes: self.codes.write(slot, old, stock_no, &codes),
            device: self.devices.intern(&device, || names::device(brand, model, storage)),
            brand: self.brands.intern(brand, Vec::new),
            model: self.models.intern(model, Vec::new),
            colour: self.colours.intern(colour, || names::phrase(colour)),
            shelf: self.shelves.intern(shelf, || names::phrase(shelf)),
            badges: self.badges.intern(if badges == "[]" { "" } else { badges.as_ref() }, || badge_runs(badges)),
            flaws: self.texts.intern(flaws, || vec![squeeze(flaws)]),
            note: self.texts.intern(note, || vec![squeeze(note)]),
            more: self.texts.intern(&more, || own),
            grade: grade.as_deref().map_or(0, |g| self.grades.intern(g, || names::grade(g))),
            price: if list == NONE { live } else { list },
            list,
            live,
            cost,
            battery: battery.unwrap_or(-1),
            status: place(&STATUSES, status),
            category: place(&CATEGORIES, category),
            photos: u8::try_from(*photos).unwrap_or(u8::MAX),
            coded: !codes.is_empty(),
            inspection: *inspection,
        };
        self.rows[slot as usize] = row;
    }

    /// Takes units off.
    fn drop_unit(&mut self, id: Id) {
        if let Some(slot) = self.slots.remove(&id) {
            self.rows[slot as usize] = Row::EMPTY;
            self.codes.forget();
            self.gone += 1;
        }
    }

    /// Puts names in order after units were taken in.
    fn settle(&mut self) {
        for dict in [&mut self.devices, &mut self.brands, &mut self.models, &mut self.shelves] {
            dict.settle();
        }
    }

    /// Whether so much of it is of units as they were that it is better made anew.
    fn worn(&self) -> bool {
        self.gone + self.codes.stale() > 1_000 + self.slots.len()
    }
}

fn badge_runs(json: &str) -> Vec<String> {
    let badges: Vec<String> = serde_json::from_str(json).unwrap_or_default();
    badges.iter().flat_map(|b| names::phrase(b)).collect()
}

fn place<T: serde::Serialize>(all: &[T], word: &str) -> u8 {
    let at = all.iter().position(|v| names_in_db::name(v) == word).unwrap_or(all.len() - 1);
    u8::try_from(at).unwrap_or(0)
}
