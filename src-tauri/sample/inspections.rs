//! Two thirds of the stock inspected, two drafts begun, two devices that a lock keeps from sale.

use stall_core::{
    AppResult, Id, Role,
    api::{AnswerInput, AnswerValue, AnswersInput, Category, FinishInput, Inspection, InspectionOpen, UnitDetail},
    inspection::grade::clean_answers,
    time::HOUR,
};
use stall_store::{
    Actor,
    tables::{inspection_finish, inspections, units},
};

use super::{build::Builder, orders, units::Made};
use crate::rng::Rng;

/// Items that carry the marks of a grade, by category.
fn marks(category: Category) -> [&'static str; 3] {
    match category {
        Category::Laptop => ["lid", "palmrest", "base"],
        Category::Camera => ["body", "screen_glass", "ports_buttons_look"],
        _ => ["frame", "back", "screen_glass"],
    }
}

/// Inspects what has come in. Before the shows: what is locked does not get into one.
///
/// # Errors
/// What the store answers.
pub async fn add(b: &Builder<'_>, made: &[Made]) -> AppResult<()> {
    // A sequence of its own: shows and orders stay what they were.
    let mut rng = Rng(20_261_126);
    let technician = Actor::new("刘师傅", Role::Technician);
    let owner = b.actor.clone();
    let free: Vec<usize> = (0..made.len()).rev().filter(|i| !orders::sold(*i)).collect();
    let place = |n: usize| free.get(n).copied();
    let locked = [(place(0), "account_lock", "locked"), (place(2), "mdm", "present")];
    for (i, unit) in made.iter().enumerate() {
        let actor = if i % 5 == 0 { &owner } else { &technician };
        let lock = locked.iter().find(|(at, ..)| *at == Some(i));
        let draft = place(1) == Some(i) || place(6) == Some(i);
        // The newest wait; so do those whose badge and grade do not go together.
        if lock.is_none() && !draft && (i % 4 == 3 || i >= 108) {
            continue;
        }
        let detail = units::get(&b.store, unit.id).await?;
        let Some(grade) =
            detail.row.grade.clone().or_else(|| lock.map(|_| "A1".to_owned())).or(draft.then(|| "A1".into()))
        else {
            continue;
        };
        if lock.is_none() && detail.row.badges.iter().any(|x| x == "换电池") && matches!(grade.as_str(), "S" | "A1")
        {
            continue;
        }
        b.at(stall_core::Ms(detail.row.taken_in.0).plus(HOUR + 60_000 * i64::try_from(i % 40).unwrap_or(0)));
        let begun = inspections::open(&b.store, actor, InspectionOpen { unit_id: unit.id, again: false }).await?;
        let mut answers = answers(&mut rng, &begun, &detail, &grade);
        if let Some((_, item, value)) = lock {
            // Behind a lock there is little to test.
            answers.retain(|a| {
                a.item_id != "erased"
                    && begun.checklist.groups.iter().take(3).flat_map(|g| &g.items).any(|i| i.id == a.item_id)
            });
            answers.push(given(item, AnswerValue::Text((*value).to_owned()), "抹掉后仍要原主的密码"));
        } else if draft {
            answers.truncate(18);
        }
        let worked = 150_000 + u32::try_from(rng.below(200_000)).unwrap_or(0);
        let input = AnswersInput { inspection_id: begun.id, answers, worked_ms: Some(worked) };
        inspections::answer(&b.store, actor, &input).await?;
        if !draft {
            finish(b, actor, begun.id, worked).await?;
        }
    }
    Ok(())
}

async fn finish(b: &Builder<'_>, actor: &Actor, id: Id, worked_ms: u32) -> AppResult<()> {
    let input = FinishInput { inspection_id: id, worked_ms, without_photos: true, take_codes: false };
    inspection_finish::finish(&b.store, actor, &input).await.map(|_| ())
}

fn given(item: &str, value: AnswerValue, note: &str) -> AnswerInput {
    AnswerInput { item_id: item.to_owned(), value: Some(value), note: Some(note.to_owned()) }
}

/// Answers that come to the grade the unit was taken in with.
fn answers(rng: &mut Rng, draft: &Inspection, unit: &UnitDetail, grade: &str) -> Vec<AnswerInput> {
    let mut all = clean_answers(&draft.checklist);
    let text = |t: &str| AnswerValue::Text(t.to_owned());
    let mut set = |item: &str, value: AnswerValue| {
        if all.contains_key(item) {
            all.insert(item.to_owned(), value);
        }
    };
    let [first, second, third] = marks(draft.checklist.category);
    let found: &[(&str, &str)] = match grade {
        "S" => &[],
        "A1" => &[(first, "hairline"), (third, "hairline")],
        "A2" => &[(first, "light"), (second, "hairline")],
        "B1" => &[(first, "obvious"), (third, "light")],
        "B2" => &[(first, "obvious"), (second, "obvious"), (third, "light")],
        _ => &[(first, "heavy"), (second, "obvious"), (third, "light")],
    };
    for (item, value) in found {
        set(item, text(value));
    }
    if let Some(battery) = unit.row.battery {
        set("battery_health", AnswerValue::Number(i32::from(battery)));
        set("battery_cycles", AnswerValue::Number(1500 - 14 * i32::from(battery)));
    }
    let has = |badge: &str| unit.row.badges.iter().any(|x| x == badge);
    if has("换电池") {
        set("battery_origin", text("third"));
        set("opened", text("parts"));
    }
    if has("港版") {
        set("region", text("hk"));
    }
    // Phones were taken in by their IMEI: what a second one read off must not be the first one's.
    set("serial", text(&format!("F2L{}Q{}", rng.digits(5), rng.digits(4))));
    set("warranty", text(if has("在保") { "in" } else { "out" }));
    set("erased", text("verified"));
    set("shutter_count", AnswerValue::Number(3000 + i32::try_from(rng.below(22_000)).unwrap_or(0)));
    set("cpu", text("Apple M2"));
    set("ram_gb", text("8"));
    let model = if unit.row.brand == "Apple" {
        format!("M{}{}CH/A", rng.pick(&["LT", "NG", "Q8", "PU", "U7"]), rng.pick(&["D3", "K3", "E3", "73"]))
    } else {
        format!("{}{}C", rng.pick(&["V2", "23", "PJ", "AL"]), rng.digits(4))
    };
    set("model_no", text(&model));
    all.insert("imei_match".to_owned(), text(if has("箱说全") { "all" } else { "no_box" }));
    // What the unit knows of itself stands already.
    let known = |id: &str| draft.answers.iter().any(|a| a.item_id == id && a.value.is_some());
    let asked = |id: &str| {
        draft.checklist.groups.iter().flat_map(|g| &g.items).any(|i| i.id == id)
            && !draft.not_applicable.iter().any(|n| n == id)
    };
    let order = draft.checklist.groups.iter().flat_map(|g| &g.items);
    order
        .filter(|i| asked(&i.id) && !known(&i.id))
        .filter_map(|i| Some(given(&i.id, all.get(&i.id)?.clone(), "")))
        .collect()
}
