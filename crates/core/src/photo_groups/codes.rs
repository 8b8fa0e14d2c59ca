//! Codes of units in names of files and in barcodes.

use super::{Known, Shot};
use crate::api::{FoundBy, Sure};
use crate::identity;
use crate::match_unit::{imeis, marked};

/// A barcode longer than this is no label of a device.
const LONGEST: usize = 300;

/// A unit named by a file or its folder.
pub(super) struct Named {
    pub unit: crate::Id,
    pub by: FoundBy,
    pub sure: Sure,
    pub code: String,
}

/// A label in the picture; its code may name no unit.
pub(super) struct Label {
    pub unit: Option<crate::Id>,
    pub code: String,
}

/// Every code worth looking up: in names, folders and barcodes, without repeats.
#[must_use]
pub fn candidates(shots: &[Shot]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for s in shots {
        all.extend(in_name(stem(&s.name)).into_iter().map(|(code, _)| code));
        all.extend(in_name(&s.folder).into_iter().map(|(code, _)| code));
        all.extend(s.codes.iter().flat_map(|c| in_barcode(c)));
    }
    all.sort_unstable();
    all.dedup();
    all
}

pub(super) fn named(shot: &Shot, known: &Known) -> Option<Named> {
    let find = |text: &str, by: FoundBy| {
        in_name(text).into_iter().find_map(|(code, sure)| Some(Named { unit: *known.get(&code)?, by, sure, code }))
    };
    find(stem(&shot.name), FoundBy::Name).or_else(|| find(&shot.folder, FoundBy::Folder))
}

/// The label a picture shows: a code that names a unit, else one that looks like a device's.
pub(super) fn label(shot: &Shot, known: &Known) -> Option<Label> {
    let codes: Vec<String> = shot.codes.iter().flat_map(|c| in_barcode(c)).collect();
    if let Some(code) = codes.iter().find(|c| known.contains_key(*c)) {
        return Some(Label { unit: known.get(code).copied(), code: code.clone() });
    }
    let whole = |c: &String| identity::clean(c);
    let strange = shot.codes.iter().map(whole).find(|c| identity::imei(c).is_ok() || looks_like_ours(c))?;
    Some(Label { unit: None, code: identity::imei(&strange).unwrap_or(strange) })
}

/// Shaped like a stock number of a label: short, with digits.
fn looks_like_ours(code: &str) -> bool {
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    (3..=identity::STOCK_NO_MAX).contains(&code.len()) && digits >= 3 && code.bytes().all(|b| b.is_ascii_alphanumeric())
}

fn stem(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && (1..=5).contains(&ending.len()) => stem,
        _ => name,
    }
}

/// Codes a name may hold, the best first. A stock number stands first (`0387-2`, `0387_front`) or is marked (`【0387】`): the
/// number of `IMG_0387` is the camera's.
fn in_name(text: &str) -> Vec<(String, Sure)> {
    let mut found: Vec<(String, Sure)> = imeis(text).into_iter().map(|c| (c, Sure::Sure)).collect();
    found.extend(marked(text).into_iter().map(|c| (c, Sure::Sure)));
    let text = text.trim().trim_start_matches(['#', '№']);
    let tokens: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|t| !t.is_empty()).collect();
    let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    if let Some(first) = tokens.first().filter(|t| starts && has_digit(t) && !is_date(&tokens))
        && let Ok(no) = identity::stock_no(first)
    {
        // A bare number may also be the counter of whatever wrote the file.
        found.push((no, if text == *first { Sure::Likely } else { Sure::Sure }));
    }
    for token in tokens.iter().filter(|t| has_digit(t) && t.bytes().any(|b| b.is_ascii_alphabetic())) {
        if let Ok(serial) = identity::serial(token) {
            found.push((serial, Sure::Sure));
        }
    }
    found
}

fn has_digit(token: &str) -> bool {
    token.bytes().any(|b| b.is_ascii_digit())
}

/// `20261126…`, `2026-11-26 …`: the name begins with a day.
fn is_date(tokens: &[&str]) -> bool {
    let number = |s: &str| if s.bytes().all(|b| b.is_ascii_digit()) { s.parse::<u32>().ok() } else { None };
    let day = |y: Option<u32>, m: Option<u32>, d: Option<u32>| {
        y.is_some_and(|y| (1990..2100).contains(&y))
            && m.is_some_and(|m| (1..=12).contains(&m))
            && d.is_some_and(|d| (1..=31).contains(&d))
    };
    match tokens {
        [one, ..] if one.len() == 8 => {
            day(one.get(..4).and_then(number), one.get(4..6).and_then(number), one.get(6..).and_then(number))
        }
        [y, m, d, ..] if y.len() == 4 && m.len() <= 2 && d.len() <= 2 => day(number(y), number(m), number(d)),
        _ => false,
    }
}

/// Codes a barcode may hold: all of it, an IMEI in it, or a part of it when it has several (`SN:…`, lines of a box label).
fn in_barcode(text: &str) -> Vec<String> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut add = |code: String| {
        if !found.contains(&code) {
            found.push(code);
        }
    };
    for code in [identity::stock_no(text), identity::imei(text), identity::meid(text), identity::serial(text)] {
        code.into_iter().for_each(&mut add);
    }
    imeis(text).into_iter().for_each(&mut add);
    marked(text).into_iter().for_each(&mut add);
    // The parts of an address are anything but a stock number.
    let parts = if text.contains("://") { "" } else { text };
    for part in
        parts.split(['\n', '\r', '\t', ',', ';', '|', ' ', '=', '&', '/', ':']).filter(|p| has_digit(p)).take(12)
    {
        for code in [identity::imei(part), identity::stock_no(part), identity::serial(part)] {
            code.into_iter().for_each(&mut add);
        }
    }
    found
}
