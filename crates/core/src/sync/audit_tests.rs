use super::*;

const HERE: ReplicaId = Hex([1; 16]);
const THERE: ReplicaId = Hex([2; 16]);
const HELPER: ReplicaId = Hex([3; 16]);

fn sums(seq: i64, goods: u128) -> Sums {
    Sums { seq, lineage: Hex([9; 16]), shape: 7, of: BTreeMap::from([(Scope::Goods, goods)]) }
}

fn told(seq: i64, goods: u128, sure: bool) -> Told {
    Told { sums: sums(seq, goods), sure }
}

/// Tells what is owed, once.
fn speak(from: &mut Ledger, who: ReplicaId, to: &mut Ledger, now: i64) -> bool {
    let said = from.say();
    let spoke = said.is_some();
    if let Some(said) = said {
        to.hear(who, "x", said, Ms(now));
    }
    spoke
}

#[test]
fn what_is_of_another_place_order_or_program_is_not_compared() {
    let mine = sums(64, 5);
    assert_eq!((mine.same(&sums(64, 5)), mine.same(&sums(64, 6))), (Some(true), Some(false)));
    assert_eq!(mine.same(&sums(65, 6)), None);
    assert_eq!(mine.same(&Sums { lineage: Hex([8; 16]), ..sums(64, 6) }), None);
    assert_eq!(mine.same(&Sums { shape: 8, ..sums(64, 6) }), None);
    assert_eq!(mine.same(&Sums { of: BTreeMap::from([(Scope::Money, 6)]), ..sums(64, 6) }), None);
}

#[test]
fn a_helper_is_compared_in_what_it_may_see() {
    let mut owner = sums(64, 5);
    owner.of.insert(Scope::Money, 11);
    let mut other = owner.clone();
    other.of.insert(Scope::Money, 12);
    assert_eq!((owner.same(&sums(64, 5)), owner.same(&other)), (Some(true), Some(false)));
}

#[test]
fn every_laptop_cuts_at_the_same_places_however_long_envelopes_are() {
    let cuts: Vec<i64> = [(1, 10), (11, 63), (64, 64), (65, 127), (128, 300), (301, 319), (320, 320)]
        .into_iter()
        .filter(|(first, last)| is_cut(*first, *last))
        .map(|(_, last)| last)
        .collect();
    assert_eq!(cuts, [64, 300, 320]);
}

#[test]
fn two_that_hold_the_same_say_so_and_fall_silent() {
    let (mut a, mut b) = (Ledger::default(), Ledger::default());
    a.take(sums(64, 5), Ms(0));
    assert!(speak(&mut a, HERE, &mut b, 1));
    assert!(b.wants(64, Hex([9; 16])) && !b.wants(65, Hex([9; 16])));
    b.take(sums(64, 5), Ms(2));
    let mut said = 0;
    for now in 3..20 {
        said += i32::from(speak(&mut b, THERE, &mut a, now)) + i32::from(speak(&mut a, HERE, &mut b, now));
    }
    assert!(said <= 3, "{said}");
    for ledger in [&a, &b] {
        assert_eq!((ledger.standing(Ms(20)).same, ledger.standing(Ms(20)).differ), (1, 0));
        assert!(!ledger.in_doubt(Ms(20)));
    }
}

#[test]
fn who_is_wrong_makes_sure_once_a_day_and_then_agrees() {
    let (mut a, mut b) = (Ledger::default(), Ledger::default());
    a.take(sums(64, 5), Ms(0));
    b.take(sums(64, 6), Ms(0));
    speak(&mut a, HERE, &mut b, 1);
    speak(&mut b, THERE, &mut a, 1);
    assert!(a.in_doubt(Ms(2)) && b.in_doubt(Ms(2)));
    b.tries(Ms(3));
    assert!(!b.in_doubt(Ms(4)) && b.in_doubt(Ms(3 + 3_600_000)), "what could not be done is tried again");
    // It was wrong, and is not any more.
    b.made_sure(Ms(5));
    b.take(sums(64, 5), Ms(6));
    speak(&mut b, THERE, &mut a, 7);
    assert!(!a.in_doubt(Ms(8)) && !b.in_doubt(Ms(8)));
    assert_eq!((a.standing(Ms(8)).same, b.standing(Ms(8)).same), (1, 1));
}

#[test]
fn when_both_made_sure_and_still_differ_both_say_so_and_nobody_goes_on() {
    let (mut a, mut b) = (Ledger::default(), Ledger::default());
    for (ledger, goods) in [(&mut a, 5), (&mut b, 6)] {
        ledger.take(sums(64, goods), Ms(0));
        ledger.made_sure(Ms(1));
        ledger.take(sums(64, goods), Ms(2));
    }
    speak(&mut a, HERE, &mut b, 3);
    speak(&mut b, THERE, &mut a, 3);
    for ledger in [&a, &b] {
        assert_eq!((ledger.stuck().len(), ledger.standing(Ms(4)).stuck), (1, 1));
        assert!(!ledger.in_doubt(Ms(4)), "no loop");
    }
    let day = 24 * 3_600_000;
    assert_eq!(a.standing(Ms(5 + day)).differ, 0, "one that is not heard of for a day may be gone");
}

#[test]
fn who_made_sure_waits_for_who_did_not() {
    let mut a = Ledger::new(Some(Ms(0)));
    a.take(sums(64, 5), Ms(1));
    a.hear(THERE, "阿强", told(64, 6, false), Ms(2));
    a.hear(HELPER, "打包台", told(64, 5, false), Ms(2));
    assert!(!a.in_doubt(Ms(3)) && a.stuck().is_empty());
    assert_eq!((a.standing(Ms(3)).same, a.standing(Ms(3)).differ), (1, 1));
    a.hear(THERE, "阿强", told(64, 6, true), Ms(4));
    assert_eq!(a.stuck(), ["阿强"]);
}
