use super::*;
use crate::sync::{
    Hlc,
    merge::{Held, Write},
};

fn id(n: u8) -> Id {
    Id::v7(Ms(1), [n; 10])
}
fn sold(fact: u8, unit: u8, line: u8, at: i64) -> Assigned {
    Assigned { fact: id(fact), unit: id(unit), order: id(line + 100), line: id(line), at: Ms(at) }
}

#[test]
fn one_unit_in_two_orders_is_asked_about_with_the_same_id_on_every_laptop() {
    let (a, b, c) = (sold(1, 9, 1, 5), sold(2, 9, 2, 6), sold(3, 8, 3, 7));
    let here = device_double_sold(&[a, b, c]);
    assert_eq!(here, device_double_sold(&[c, b, a]));
    assert_eq!(here.len(), 1);
    assert_eq!(here[0].subject[0], id(9).to_string());
    assert!(device_double_sold(&[a, c]).is_empty(), "one was voided");
    assert!(device_double_sold(&[a, sold(4, 9, 1, 8)]).is_empty(), "the same sale told twice");
    let third = device_double_sold(&[a, b, sold(5, 9, 4, 9)]);
    assert_ne!(third[0].id, here[0].id, "an answer does not cover what came after it");
}

#[test]
fn a_unit_taken_back_and_sold_again_is_sold_once() {
    let all = [sold(1, 9, 1, 5), sold(2, 9, 2, 20)];
    assert_eq!(counting(&all, &[(id(9), Ms(10), id(7))]), [all[1]]);
    assert_eq!(counting(&all, &[(id(8), Ms(10), id(7))]), all);
}

#[test]
fn a_line_of_two_pieces_takes_two_units_and_not_three() {
    let all = [sold(1, 7, 1, 5), sold(2, 8, 1, 6)];
    assert_eq!(line_two_devices(&all, |_| 1).len(), 1);
    assert!(line_two_devices(&all, |_| 2).is_empty());
    assert_eq!(line_two_devices(&all, |_| 0).len(), 1);
}

#[test]
fn two_units_with_the_same_imeis_are_one_question() {
    let twins = imei_twins([(id(1), "35"), (id(1), "36"), (id(2), "36"), (id(2), "35"), (id(3), "37"), (id(4), "")]);
    assert_eq!(twins.len(), 1);
    assert_eq!(twins[0].subject, ["35".to_owned(), id(1).to_string(), id(2).to_string()]);
    assert!(imei_twins([(id(1), "35"), (id(1), "35")]).is_empty());
}

#[test]
fn one_stock_number_on_units_that_are_here_is_one_question_of_all_of_them() {
    let all = [(id(3), "0388"), (id(1), "0388"), (id(2), "0388"), (id(4), "0389"), (id(5), ""), (id(6), "")];
    let asked = stock_no_twins(all, &[]);
    let mut back = all;
    back.reverse();
    assert_eq!(asked, stock_no_twins(back, &[]), "the same on every laptop");
    let units: Vec<String> = [1, 2, 3].map(|n| id(n).to_string()).to_vec();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].subject, [vec!["0388".to_owned()], units].concat());
    let two = stock_no_twins(all.into_iter().skip(1), &[]);
    assert_ne!(two[0].id, asked[0].id, "a third is another question");
    assert!(stock_no_twins([(id(1), "0388"), (id(1), "0388")], &[]).is_empty());
}

#[test]
fn whether_two_records_are_one_device_is_asked_before_who_keeps_their_number() {
    let numbers = [(id(1), "0388"), (id(2), "0388"), (id(3), "0389"), (id(4), "0389")];
    let imei = imei_twins([(id(1), "35"), (id(2), "35"), (id(3), "36"), (id(9), "36")]);
    assert_eq!(imei.len(), 2);
    let asked = stock_no_twins(numbers, &imei);
    assert_eq!(asked.iter().map(|i| i.subject[0].as_str()).collect::<Vec<_>>(), ["0389"]);
}

#[test]
fn answers_that_dealt_one_number_twice_are_named_with_the_question_they_made() {
    let item = stock_no_twins([(id(1), "0388"), (id(2), "0388")], &[]).remove(0);
    let next = stock_no_twins([(id(1), "0389"), (id(2), "0389")], &[]).remove(0);
    let dealt = |fact, kept, no: &str| Answer { dealt: vec![no.to_owned()], ..answer(fact, &item, Some(kept)) };
    let (a, b) = (dealt(21, 1, "0389"), dealt(22, 2, "0389"));
    let all = [a.clone(), b.clone()];
    assert_eq!(dealt_twice(&next, &all), [&a, &b]);
    assert!(dealt_twice(&item, &all).is_empty(), "they took its number away");
    assert!(
        dealt_twice(&next, std::slice::from_ref(&a)).is_empty(),
        "a number that a unit taken in elsewhere has got, too"
    );
    assert!(dealt_twice(&next, &[a, dealt(23, 1, "0389")]).is_empty(), "they let the same keep it");
}

#[test]
fn a_guarded_cell_is_asked_about_only_while_a_losing_value_is_kept() {
    let held = |seq, eff, value| Held {
        write: Write { seq, eff: Hlc(eff), replica: Hex([seq as u8; 16]), base_seq: 0 },
        value,
    };
    let mut cell = Guarded::default();
    cell.write(held(1, 5, 100));
    assert_eq!(guarded("units", "u", "price_live", &cell), None);
    cell.write(held(2, 4, 200));
    let subject = guarded("units", "u", "price_live", &cell).map(|i| i.subject);
    assert_eq!(subject, Some(["units", "u", "price_live", "1", "2"].map(str::to_owned).to_vec()));
}

#[test]
fn an_answered_item_is_gone() {
    let items = vec![delete_edit("units", "a", 3), mass_delete(Hex([1; 16]), 4, "units")];
    let answered = BTreeSet::from([items[0].id]);
    assert_eq!(open(items.clone(), &answered), [items[1].clone()]);
}

fn answer(fact: u8, item: &Item, kept: Option<u8>) -> Answer {
    let (kind, subject, kept) = (item.kind, item.subject.clone(), kept.map(id));
    Answer { fact: id(fact), item: item.id, kind, subject, kept, dealt: Vec::new() }
}

#[test]
fn answers_that_contradict_each_other_open_the_question_again_and_a_third_answer_closes_it() {
    let item = device_double_sold(&[sold(1, 9, 1, 5), sold(2, 9, 2, 6)]).remove(0);
    let (a, b) = (answer(21, &item, Some(1)), answer(22, &item, Some(2)));
    let nobody = |_: &Answer| true;
    let asked = contested(&[b.clone(), a.clone()], nobody);
    assert_eq!(asked, contested(&[a.clone(), b.clone()], nobody), "the same on every laptop");
    assert!(again(&asked[0]) && asked[0].id != item.id);
    assert_eq!(contenders(&asked[0].subject), item.subject);
    assert!(contested(&[a.clone(), b.clone()], |_| false).is_empty(), "somebody has it");
    assert!(contested(&[a.clone(), answer(23, &item, Some(1))], nobody).is_empty(), "they say the same");
    // Answered differently once more: the first time is answered, and the second is asked.
    let (c, d) = (answer(24, &asked[0], Some(1)), answer(25, &asked[0], Some(2)));
    let all = contested(&[a, b, c, d], nobody);
    assert_eq!(open(all, &BTreeSet::from([item.id, asked[0].id])).len(), 1);
}

#[test]
fn nobody_decides_over_what_is_hidden_from_them() {
    let about = |column: &str| Item::new(Kind::Guarded, ["units", "u", column, "1", "2"].map(str::to_owned).to_vec());
    assert!(may_decide(Role::Photographer, &about("price_list")) && !may_decide(Role::Photographer, &about("cost")));
    assert!(may_decide(Role::Control, &about("price_floor")) && !may_decide(Role::Control, &about("cost")));
    assert!(may_decide(Role::Owner, &about("cost")) && !may_decide(Role::Packer, &about("price_list")));
    let number = stock_no_twins([(id(1), "0388"), (id(2), "0388")], &[]).remove(0);
    assert!(may_decide(Role::Technician, &number) && !may_decide(Role::Packer, &number));
    assert!(!may_decide(Role::Control, &mass_delete(Hex([1; 16]), 4, "units")));
    assert!(
        may_decide(Role::Host, &delete_edit("shows", "a", 3)) && !may_decide(Role::Host, &delete_edit("units", "a", 3))
    );
}
