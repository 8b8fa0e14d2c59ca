//! One show tonight, one in three days, with a few things left to put right.

use stall_core::{
    AppResult, Fen, Id, Ms,
    api::{ItemPatch, ItemsAdd, ItemsEdit, NewItem, ShowInput},
    datetime::day_start,
    time::{DAY, HOUR},
};
use stall_store::tables::{items, shows};

use super::{build::Builder, units::Made};

const MINUTE: i64 = 60_000;
/// Segments before, between and after the units; a number takes that many units.
const TONIGHT: [(&str, usize); 14] = [
    ("pre_check", 0),
    ("opening", 0),
    ("warmup", 0),
    ("traffic", 2),
    ("flaw_first", 1),
    ("main", 5),
    ("guess", 1),
    ("profit", 2),
    ("live_inspect", 1),
    ("qa", 0),
    ("single", 4),
    ("lottery", 0),
    ("main", 3),
    ("closing", 0),
];
const LATER: [(&str, usize); 5] = [("opening", 0), ("main", 4), ("compare", 2), ("qa", 0), ("closing", 0)];

/// Plans both.
///
/// # Errors
/// What the store answers.
pub async fn add(b: &mut Builder<'_>, made: &[Made]) -> AppResult<()> {
    b.at(b.now.plus(-26 * HOUR));
    let evening = |days: i64| day_start(b.now).plus(days * DAY + 20 * HOUR);
    // Made at night, eight o'clock has passed: then it begins on a half hour soon.
    let tonight = if evening(0).0 - b.now.0 > HOUR { evening(0) } else { half_hour(b.now.plus(90 * MINUTE)) };
    let free: Vec<&Made> =
        made.iter().enumerate().filter(|(i, _)| !super::orders::sold(*i)).map(|(_, m)| m).rev().collect();
    // The newest have no photographs or grade, which the sheet says.
    let mut units = free.iter().skip(3);
    let first = show(b, "今晚清仓专场", tonight, 180, "小雅", &TONIGHT, &mut units).await?;
    let sold = made.iter().enumerate().rfind(|(i, _)| super::orders::sold(*i)).map(|(_, m)| m.id);
    let both = free.get(6).map(|m| m.id);
    show(b, "数码好物捡漏场", evening(3), 120, "阿杰", &LATER, &mut units).await.map(|_| ())?;
    // One that is sold before the show, and one priced below its floor.
    let extra = sold.into_iter().map(|id| item("main", Some(id))).collect();
    let sheet = items::add(&b.store, &b.actor, &ItemsAdd { show_id: first, after: None, items: extra }).await?;
    if let Some(item) = sheet.items.iter().find(|i| i.unit.as_ref().map(|u| u.id) == both) {
        let patch = ItemPatch { price: Some(Some(Fen(99_900))), ..ItemPatch::default() };
        items::edit(&b.store, &b.actor, &ItemsEdit { ids: vec![item.id], patch, more: Vec::new() }).await?;
    }
    Ok(())
}

/// The next half hour.
fn half_hour(at: Ms) -> Ms {
    Ms((at.0 + 30 * MINUTE - 1).div_euclid(30 * MINUTE) * 30 * MINUTE)
}

fn item(segment: &str, unit_id: Option<Id>) -> NewItem {
    NewItem { segment: segment.to_owned(), unit_id, title: String::new(), minutes: None }
}

async fn show<'m>(
    b: &Builder<'_>,
    title: &str,
    starts_at: Ms,
    planned_minutes: u32,
    host: &str,
    plan: &[(&str, usize)],
    units: &mut (impl Iterator<Item = &'m &'m Made> + Send),
) -> AppResult<Id> {
    let input =
        ShowInput { title: title.to_owned(), starts_at, planned_minutes, host: host.to_owned(), note: String::new() };
    let show = shows::add(&b.store, &b.actor, &input).await?;
    let mut all = Vec::new();
    for (segment, count) in plan {
        if *count == 0 {
            all.push(item(segment, None));
        }
        all.extend(units.take(*count).map(|m| item(segment, Some(m.id))));
    }
    items::add(&b.store, &b.actor, &ItemsAdd { show_id: show.id, after: None, items: all }).await?;
    Ok(show.id)
}
