//! The rule, held to its table and its promises.

use proptest::prelude::*;

use super::{
    answer::{self, Answers},
    grade::{self, clean_answers, grade, rank},
    lists,
};
use crate::Ms;
use crate::api::{AnswerValue, Category, CheckItem, CheckKind, Checklist, GradeResult, ManualGrade};

fn text(t: &str) -> AnswerValue {
    AnswerValue::Text(t.to_owned())
}

fn phone(changes: &[(&str, &str)], battery: i32) -> GradeResult {
    let list = lists::of(Category::Phone);
    let mut answers = clean_answers(list);
    answers.insert("battery_health".into(), AnswerValue::Number(battery));
    answers.extend(changes.iter().map(|(i, v)| ((*i).to_owned(), text(v))));
    grade(list, &answers, None)
}

fn of(changes: &[(&str, &str)], battery: i32) -> String {
    phone(changes, battery).computed.unwrap_or_else(|| "none".to_owned())
}

#[test]
fn the_cases_of_the_table_grade_as_it_says() {
    for (what, changes, battery, want) in [
        ("clean", &[][..], 100, "S"),
        ("3 hairlines", &[("screen_glass", "hairline"), ("frame", "hairline"), ("back", "hairline")], 92, "A1"),
        ("2 light", &[("frame", "light"), ("back", "light")], 100, "A2"),
        ("3 light", &[("frame", "light"), ("back", "light"), ("screen_glass", "light")], 100, "B1"),
        ("3 obvious", &[("frame", "obvious"), ("back", "obvious"), ("screen_glass", "obvious")], 100, "B2"),
        ("1 heavy", &[("frame", "heavy")], 100, "C"),
        ("cracked", &[("screen_glass", "crack")], 100, "D"),
        ("touch dead", &[("touch", "fail")], 100, "E"),
        ("no network", &[("cellular", "fail")], 100, "E"),
    ] {
        assert_eq!(of(changes, battery), want, "{what}");
    }
    for (battery, want) in
        [(95, "S"), (94, "A1"), (90, "A1"), (89, "A2"), (85, "A2"), (84, "B1"), (80, "B1"), (79, "B2"), (1, "B2")]
    {
        assert_eq!(of(&[], battery), want, "battery {battery}");
    }
}

#[test]
fn each_cap_holds_and_says_so() {
    for (item, value, cap) in [
        ("battery_origin", "third", "A2"),
        ("battery_origin", "unknown_part", "A2"),
        ("opened", "parts", "A2"),
        ("screen_origin", "oem_swap", "A2"),
        ("screen_origin", "third", "B1"),
        ("screen_origin", "unknown_part", "B1"),
        ("polish", "reshelled", "B1"),
        ("board", "minor", "B1"),
        ("storage_origin", "expanded", "B1"),
        ("region", "mod", "B1"),
        ("liquid", "indicator", "B1"),
        ("system_state", "root", "B1"),
        ("network_lock", "card", "B2"),
        ("network_lock", "locked", "B2"),
        ("board", "major", "C"),
        ("board", "swapped", "C"),
        ("liquid", "corrosion", "C"),
    ] {
        let r = phone(&[(item, value)], 100);
        assert_eq!(r.computed.as_deref(), Some(cap), "{item} {value}");
        assert!(r.caps.iter().any(|c| c.item_id == item && c.cap == cap), "{item}");
        assert!(r.would_be.iter().any(|w| w.item_id == item && w.grade == "S"), "{item}: {:?}", r.would_be);
    }
    let both = phone(&[("opened", "parts"), ("liquid", "corrosion")], 100);
    assert_eq!(both.computed.as_deref(), Some("C"), "the lowest of several");
}

#[test]
fn a_battery_that_cannot_be_read_is_never_above_b1() {
    assert_eq!(of(&[("battery_health", "unreadable")], 100), "B1");
    assert_eq!(of(&[("battery_health", "unreadable"), ("frame", "heavy")], 100), "C");
}

#[test]
fn a_blocker_and_an_open_item_leave_no_grade_and_are_named() {
    let r = phone(&[("account_lock", "locked")], 100);
    assert_eq!((r.computed.as_deref(), r.last.as_deref(), r.so_far.as_str()), (None, None, "S"));
    assert_eq!(r.blockers[0].zh, "账号锁：有账号锁");
    assert_eq!(grade::once_cleared(&r), Some("S"));
    assert!(r.badges.iter().any(|b| b.zh == "ID锁"));
    let list = lists::of(Category::Phone);
    let mut answers = clean_answers(list);
    answers.remove("touch");
    let r = grade(list, &answers, None);
    assert_eq!((r.computed.as_deref(), r.missing.as_slice()), (None, &["touch".to_owned()][..]));
}

fn by_hand(changes: &[(&str, &str)], to: &str, reason: &str) -> GradeResult {
    let list = lists::of(Category::Phone);
    let mut answers = clean_answers(list);
    answers.extend(changes.iter().map(|(i, v)| ((*i).to_owned(), text(v))));
    let manual = ManualGrade { grade: to.into(), reason: reason.into(), at: Ms(1), by: "王".into() };
    grade(list, &answers, Some(&manual))
}

#[test]
fn a_hand_may_lower_freely_and_raise_only_with_a_reason_which_is_printed() {
    assert_eq!(by_hand(&[], "B1", "").last.as_deref(), Some("B1"));
    let bare = by_hand(&[("frame", "light")], "A1", " ");
    assert_eq!((bare.last.as_deref(), bare.reason_wanted), (Some("A2"), true));
    let told = by_hand(&[("frame", "light")], "A1", "只在侧光下可见");
    assert_eq!((told.last.as_deref(), told.computed.as_deref()), (Some("A1"), Some("A2")));
    assert!(told.explain_zh.contains("只在侧光下可见"));
    assert_eq!(by_hand(&[("mdm", "present")], "A1", "x").last, None, "a hand lifts no blocker");
}

#[test]
fn the_sentence_says_why() {
    let r = phone(&[("frame", "light"), ("back", "light"), ("screen_origin", "third")], 88);
    assert_eq!(
        r.explain_zh,
        "9成新：2 处轻微，功能正常，电池 88%；屏幕是否原装：后压、组装、国产屏，最高9成新。"
            .replace("后压、组装、国产屏", "后压/组装/国产屏")
    );
    assert_eq!(
        r.explain_en,
        "Good: 2 light marks, everything works, battery 88%; capped at Good by Screen originality: re-laminated or third-party."
    );
}

/// A set of answers, each item a random choice of what it takes.
fn answers(list: &'static Checklist) -> impl Strategy<Value = Answers> {
    let picks = prop::collection::vec(any::<prop::sample::Index>(), lists::items(list).count());
    (picks, 0..=100_i32).prop_map(move |(picks, battery)| {
        let mut out = clean_answers(list);
        for (item, pick) in lists::items(list).zip(picks) {
            let harmless: Vec<_> = item.values.iter().filter(|v| !v.blocks_sale).collect();
            if item.kind == CheckKind::Enum && item.id != lists::NETWORK_TYPE && !harmless.is_empty() {
                out.insert(item.id.clone(), text(&harmless[pick.index(harmless.len())].value));
            }
        }
        if out.contains_key(grade::BATTERY) {
            out.insert(grade::BATTERY.into(), AnswerValue::Number(battery));
        }
        out
    })
}

fn choices(list: &'static Checklist) -> Vec<&'static CheckItem> {
    lists::items(list).filter(|i| i.kind == CheckKind::Enum).collect()
}

fn category() -> impl Strategy<Value = &'static Checklist> {
    prop::sample::select(lists::CATEGORIES.to_vec()).prop_map(lists::of)
}

proptest! {
    #[test]
    fn a_worse_answer_never_raises_the_grade(
        (list, before) in category().prop_flat_map(|l| (Just(l), answers(l))),
        which in any::<prop::sample::Index>(), worse in any::<prop::sample::Index>(), drop in 1..30_i32,
    ) {
        let now = grade(list, &before, None);
        let all = choices(list);
        let item = all[which.index(all.len())];
        let severity = before.get(&item.id).and_then(|v| answer::severity(item, v)).unwrap_or(0);
        let worse_ones: Vec<_> = item.values.iter().filter(|v| !v.blocks_sale && v.severity > Some(severity)).collect();
        if item.id != lists::NETWORK_TYPE && !worse_ones.is_empty() {
            let mut after = before.clone();
            after.insert(item.id.clone(), text(&worse_ones[worse.index(worse_ones.len())].value));
            let then = grade(list, &after, None);
            prop_assert!(rank(&then.so_far) >= rank(&now.so_far), "{} {:?} -> {:?}", item.id, before.get(&item.id), after.get(&item.id));
        }
        if let Some(AnswerValue::Number(b)) = before.get(grade::BATTERY) {
            let mut after = before.clone();
            after.insert(grade::BATTERY.into(), AnswerValue::Number((b - drop).max(0)));
            prop_assert!(rank(&grade(list, &after, None).so_far) >= rank(&now.so_far));
        }
    }

    #[test]
    fn the_order_in_which_answers_are_given_does_not_matter(
        (list, all) in category().prop_flat_map(|l| (Just(l), answers(l))), seed in any::<usize>(),
    ) {
        let mut pairs: Vec<_> = all.clone().into_iter().collect();
        let by = seed % pairs.len();
        pairs.rotate_left(by);
        pairs.reverse();
        let mut other = Answers::new();
        other.extend(pairs);
        prop_assert_eq!(grade(list, &all, None), grade(list, &other, None));
    }

    #[test]
    fn a_raise_without_a_reason_never_stands_and_a_lowering_always_does(
        (list, all) in category().prop_flat_map(|l| (Just(l), answers(l))), to in 0..8_usize,
    ) {
        let to = crate::grades::all()[to].id.clone();
        let manual = ManualGrade { grade: to.clone(), reason: String::new(), at: Ms(1), by: String::new() };
        let r = grade(list, &all, Some(&manual));
        if let Some(computed) = &r.computed {
            let want = if rank(&to) < rank(computed) { computed } else { &to };
            prop_assert_eq!(r.last.as_ref(), Some(want));
            prop_assert_eq!(r.reason_wanted, rank(&to) < rank(computed));
        }
    }

    #[test]
    fn an_open_item_taken_as_in_order_is_the_best_that_can_come(
        (list, all) in category().prop_flat_map(|l| (Just(l), answers(l))), which in any::<prop::sample::Index>(),
    ) {
        let mut fewer = all.clone();
        let keys: Vec<String> = all.keys().filter(|k| *k != lists::NETWORK_TYPE).cloned().collect();
        fewer.remove(&keys[which.index(keys.len())]);
        prop_assert!(rank(&grade(list, &fewer, None).so_far) <= rank(&grade(list, &all, None).so_far));
    }
}
