use super::*;
use crate::sync::{Hex, Hlc};

fn w(seq: i64, replica: u8, base_seq: i64) -> Write {
    Write { seq, eff: Hlc(seq), replica: Hex([replica; 16]), base_seq }
}
fn made() -> Life {
    let mut life = Life::default();
    life.insert(&w(1, 1, 0));
    life
}
fn alone(life: &Life) -> Standing {
    life.standing(Kept::default())
}

#[test]
fn a_delete_by_one_who_had_seen_everything_stands() {
    let mut life = made();
    life.touch(&w(2, 2, 1));
    life.delete(&w(3, 1, 2), false);
    assert_eq!(alone(&life), Standing::Gone);
}

#[test]
fn work_that_the_deleter_had_not_seen_keeps_the_row_and_asks() {
    let mut life = made();
    life.touch(&w(2, 2, 1));
    life.touch(&w(3, 1, 1));
    life.delete(&w(4, 1, 1), false);
    assert_eq!(alone(&life), Standing::Disputed(4), "before it");
    let mut life = made();
    life.delete(&w(2, 1, 1), false);
    life.touch(&w(3, 2, 1));
    assert_eq!(alone(&life), Standing::Disputed(2), "after it");
}

#[test]
fn an_undone_delete_asks_nobody() {
    let mut life = made();
    life.delete(&w(2, 1, 1), false);
    life.insert(&w(3, 1, 1));
    assert_eq!(alone(&life), Standing::Seen);
    life.delete(&w(4, 1, 1), false);
    assert_eq!(alone(&life), Standing::Gone);
    life.insert(&w(5, 2, 4));
    assert_eq!(alone(&life), Standing::Seen);
}

#[test]
fn an_order_imported_again_by_one_who_did_not_know_of_the_delete_is_disputed() {
    let mut life = made();
    life.delete(&w(2, 1, 1), false);
    life.insert(&w(3, 2, 0));
    assert_eq!(alone(&life), Standing::Disputed(2));
    life.delete(&w(4, 3, 3), false);
    assert_eq!((alone(&life), life.tombs.len()), (Standing::Gone, 1));
}

#[test]
fn a_row_with_live_facts_is_seen_and_one_with_a_living_child_is_seen_and_asked_about() {
    let mut life = made();
    life.delete(&w(2, 1, 1), false);
    assert_eq!(life.standing(Kept { fact: true, child: false }), Standing::Seen);
    assert_eq!(life.standing(Kept { fact: false, child: true }), Standing::Disputed(2));
}

#[test]
fn a_proposal_hides_nothing_until_it_is_confirmed_and_what_was_worked_on_meanwhile_stays() {
    let mut life = made();
    life.delete(&w(2, 1, 1), true);
    assert_eq!(alone(&life), Standing::Seen);
    let mut worked = life.clone();
    worked.touch(&w(3, 1, 2));
    worked.confirm(2);
    assert_eq!(alone(&worked), Standing::Disputed(2));
    life.confirm(2);
    assert_eq!(alone(&life), Standing::Gone);
}

#[test]
fn the_last_work_of_anybody_else_is_known() {
    let mut t = Touches::default();
    let id = |n: u8| Hex([n; 16]);
    assert_eq!(t.by_others(id(1)), 0);
    for (seq, r) in [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 2)] {
        t.add(seq, id(r));
    }
    assert_eq!((t.by_others(id(2)), t.by_others(id(3)), t.by_others(id(1))), (5, 6, 6));
}

#[test]
fn more_than_two_hundred_or_a_twentieth_is_a_proposal_and_a_handful_is_not() {
    assert!(mass_delete(201, 1_000_000));
    assert!(!mass_delete(200, 10_000));
    assert!(mass_delete(21, 400));
    assert!(!mass_delete(20, 20));
    assert!(!mass_delete(21, 420));
}
