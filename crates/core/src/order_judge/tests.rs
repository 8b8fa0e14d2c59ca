use std::sync::Arc;

use super::*;
use crate::api::{Aftersale, LineKind};

fn order(fields: &[&'static str]) -> OrderDraft {
    let mut o = OrderDraft::blank("kuaishou", "", "1");
    o.from.has = Arc::new(fields.iter().copied().collect());
    o.from.row = 7;
    o.lines.push(line(&o, 0, "iPhone 13"));
    o
}
fn line(o: &OrderDraft, n: u32, title: &str) -> LineDraft {
    LineDraft { title: title.to_owned(), ..LineDraft::blank(o.line_id(n), n) }
}
fn fields(j: &Judged) -> Vec<&str> {
    j.changes.iter().map(|c| c.field.as_str()).collect()
}

#[test]
fn an_unknown_order_is_new_and_the_same_again_is_the_same() {
    let o = order(&["status"]);
    assert_eq!(judge(None, &o).verdict, Verdict::New);
    let j = judge(Some(&o), &o);
    assert_eq!((j.verdict, j.merged == o), (Verdict::Same, true));
}

#[test]
fn a_never_paid_order_is_refused_unless_it_was_known() {
    let mut o = order(&["status"]);
    o.status = OrderStatus::Closed;
    o.from.never_paid = true;
    let j = judge(None, &o);
    let e = j.error.as_ref();
    assert_eq!((j.verdict, e.map(|e| e.code)), (Verdict::Refused, Some(ErrorCode::NeverPaid)));
    assert_eq!(e.map(|e| e.args["row"].as_str()), Some("7"));
    let mut unpaid = order(&[]);
    unpaid.status = OrderStatus::Unpaid;
    assert_eq!(judge(Some(&unpaid), &o).merged.status, OrderStatus::Closed);
}

#[test]
fn a_status_never_moves_backwards_and_says_so() {
    let mut old = order(&["status"]);
    old.status = OrderStatus::Shipped;
    let mut new = order(&["status"]);
    new.status = OrderStatus::ToShip;
    let j = judge(Some(&old), &new);
    assert_eq!(
        (j.verdict, j.merged.status, j.notes[0].key.as_str()),
        (Verdict::Same, OrderStatus::Shipped, "status_backwards")
    );
    assert_eq!((j.notes[0].args["from"].as_str(), j.notes[0].args["to"].as_str()), ("shipped", "to_ship"));
    new.status = OrderStatus::Completed;
    let j = judge(Some(&old), &new);
    assert_eq!((j.merged.status, fields(&j)), (OrderStatus::Completed, vec!["status"]));
    assert!(j.notes.is_empty());
}

#[test]
fn a_file_without_the_column_changes_nothing_of_it() {
    let mut old = order(&[]);
    (old.status, old.aftersale) = (OrderStatus::ToShip, Aftersale::Processing);
    old.seller_note = "编号0371".to_owned();
    let mut new = order(&[]);
    new.status = OrderStatus::Shipped;
    assert_eq!(judge(Some(&old), &new).verdict, Verdict::Same);
    let new = order(&["seller_note", "aftersale_status"]);
    let j = judge(Some(&old), &new);
    assert_eq!(fields(&j), ["aftersale", "seller_note"]);
    assert_eq!(j.merged.seller_note, "");
}

#[test]
fn a_receiver_known_in_full_is_not_lost_to_stars_or_blanks() {
    let mut old = order(&[]);
    (old.receiver_name, old.receiver_phone) = ("张三丰".to_owned(), "13812343318".to_owned());
    for (name, phone) in [("张**", "138****3318"), ("##x", "$$y"), ("", "")] {
        let mut new = order(&["receiver_name", "receiver_phone"]);
        (new.receiver_name, new.receiver_phone) = (name.to_owned(), phone.to_owned());
        let j = judge(Some(&old), &new);
        assert_eq!((j.verdict, j.merged.receiver_phone.as_str()), (Verdict::Same, "13812343318"));
    }
    let mut hidden = order(&[]);
    hidden.receiver_name = "张**".to_owned();
    assert_eq!(judge(Some(&hidden), &old).merged.receiver_name, "张三丰");
}

#[test]
fn a_buyers_values_are_masked_in_the_changes() {
    let mut old = order(&[]);
    (old.receiver_name, old.receiver_phone, old.address) = ("李四".into(), "13900001111".into(), "珞喻路1号".into());
    let mut new = order(&["buyer_note"]);
    (new.receiver_name, new.receiver_phone, new.address) = ("张三丰".into(), "13812343318".into(), "珞喻路2号".into());
    new.buyer_note = "电话 13812343318".into();
    let j = judge(Some(&old), &new);
    assert_eq!(fields(&j), ["buyer_note", "receiver_name", "receiver_phone", "address"]);
    let shown: String = j.changes.iter().flat_map(|c| [c.old.as_str(), c.new.as_str()]).collect();
    for secret in ["三丰", "1234", "0000", "珞喻路"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn lines_keep_their_ids_when_the_file_is_sorted_otherwise() {
    let mut old = order(&[]);
    old.lines.push(line(&old, 1, "小米14"));
    let mut new = order(&[]);
    new.lines = vec![line(&new, 0, "小米14"), line(&new, 1, "iPhone 13")];
    let j = judge(Some(&old), &new);
    assert_eq!(j.verdict, Verdict::Same);
    assert_eq!((j.merged.lines[0].id, j.merged.lines[1].id), (old.lines[1].id, old.lines[0].id));
}

#[test]
fn a_new_line_gets_a_free_id_and_a_missing_one_stays() {
    let mut old = order(&[]);
    old.lines.push(line(&old, 1, "小米14"));
    let mut new = order(&[]);
    new.lines = vec![line(&new, 0, "数据线"), line(&new, 1, "iPhone 13")];
    let j = judge(Some(&old), &new);
    // One unlike line stands at the place of another: the place is taken for a renamed title, so nothing is lost.
    let mut ids: Vec<_> = j.merged.lines.iter().map(|l| l.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), j.merged.lines.len());
    assert!(old.lines.iter().all(|l| ids.contains(&l.id)));
    assert_eq!(j.verdict, Verdict::Changed);
}

#[test]
fn a_numbered_line_is_only_itself() {
    let old = order(&[]);
    let mut new = order(&[]);
    let other = LineDraft { numbered: true, ..LineDraft::blank(crate::Id::of_line("kuaishou", "", "1", "sub2"), 0) };
    new.lines = vec![LineDraft { title: "iPhone 13".to_owned(), ..other }];
    let j = judge(Some(&old), &new);
    assert_eq!((j.merged.lines.len(), fields(&j)), (2, vec!["line"]));
}

#[test]
fn what_a_person_said_of_a_line_stays() {
    let mut old = order(&[]);
    old.lines[0].kind = LineKind::Accessory;
    assert_eq!(judge(Some(&old), &order(&[])).merged.lines[0].kind, LineKind::Accessory);
}
