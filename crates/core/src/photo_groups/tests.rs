use std::cmp::Ordering;

use proptest::prelude::*;

use super::*;

fn unit(no: &str) -> Id {
    Id::of_order("unit", "", no)
}

fn known(nos: &[&str]) -> Known {
    nos.iter().map(|no| ((*no).to_owned(), unit(no))).collect()
}

fn shot(name: &str, second: i64) -> Shot {
    Shot { name: name.to_owned(), at: Some(Ms(second * 1000)), ..Shot::default() }
}

fn with(mut s: Shot, code: &str) -> Shot {
    s.codes.push(code.to_owned());
    s
}

fn within(mut s: Shot, folder: &str) -> Shot {
    s.folder = folder.to_owned();
    s
}

/// Unit, how, pictures.
fn told(g: &Grouping) -> Vec<(Option<Id>, FoundBy, Vec<usize>)> {
    g.groups.iter().map(|g| (g.unit, g.by, g.shots.clone())).collect()
}

fn by_rule(shots: &[Shot], nos: &[&str]) -> Grouping {
    group(shots, &known(nos), &BatchRules::default(), None)
}

#[test]
fn pictures_after_a_label_belong_to_its_unit_until_the_next_label() {
    let shots = [
        with(shot("IMG_1.jpg", 0), "0387"),
        shot("IMG_2.jpg", 5),
        shot("IMG_3.jpg", 200),
        with(shot("IMG_4.jpg", 210), "#0391"),
        shot("IMG_5.jpg", 215),
    ];
    let g = by_rule(&shots, &["0387", "0391"]);
    assert_eq!(
        told(&g),
        [(Some(unit("0387")), FoundBy::Label, vec![0, 1, 2]), (Some(unit("0391")), FoundBy::Label, vec![3, 4])]
    );
    assert_eq!(g.labels, [0, 3]);
    // A pause of more than three minutes within a device is worth a look.
    assert_eq!((g.groups[0].sure, g.groups[1].sure), (Sure::Likely, Sure::Sure));
}

#[test]
fn an_imei_on_the_box_names_the_unit_and_the_imei_page_of_the_phone_stays_a_picture() {
    let imei = "490154203237518";
    let book: Known = [(imei.to_owned(), unit("0387")), ("0387".to_owned(), unit("0387"))].into();
    let shots = [
        with(shot("a.jpg", 0), "IMEI1: 490154203237518\nSN: ABCDEF12"),
        with(shot("b.jpg", 3), "0387"),
        shot("c.jpg", 6),
        with(shot("d.jpg", 9), imei),
    ];
    let g = group(&shots, &book, &BatchRules::default(), None);
    assert_eq!(told(&g), [(Some(unit("0387")), FoundBy::Label, vec![0, 1, 2, 3])]);
    assert_eq!(g.labels, [0, 1], "the label once more before the device is a label, the page is not");
}

#[test]
fn a_label_that_nobody_knows_begins_a_group_of_its_own_and_says_its_code() {
    let shots = [
        with(shot("1.jpg", 0), "0387"),
        shot("2.jpg", 2),
        with(shot("3.jpg", 4), "0999"),
        shot("4.jpg", 6),
        with(shot("5.jpg", 8), "https://example.com/0387"),
        with(shot("6.jpg", 9), "SF1234567890123"),
    ];
    let g = by_rule(&shots, &["0387"]);
    assert_eq!(told(&g), [(Some(unit("0387")), FoundBy::Label, vec![0, 1]), (None, FoundBy::Label, vec![2, 3, 4, 5])]);
    assert_eq!((g.groups[1].code.as_deref(), g.groups[1].sure), (Some("0999"), Sure::Guess));
}

#[test]
fn a_file_says_its_unit_by_a_number_that_stands_first_or_is_marked() {
    let imei = "490154203237518";
    let mut book = known(&["0387", "A12", "F2LXK0ABCD12"]);
    book.insert(imei.to_owned(), unit("0387"));
    for (name, no) in [
        ("0387-2.jpg", "0387"),
        ("0387_front.jpg", "0387"),
        ("0387 (3).JPG", "0387"),
        ("#0387.png", "0387"),
        ("0387正面.jpg", "0387"),
        ("苹果13【0387】背面.jpg", "0387"),
        ("a12.back.jpeg", "A12"),
        ("490154203237518_1.jpg", "0387"),
        ("机器 490154203237518.heic", "0387"),
        ("front F2LXK0ABCD12.jpg", "F2LXK0ABCD12"),
    ] {
        let g = group(&[shot(name, 0)], &book, &BatchRules::default(), None);
        assert_eq!(told(&g), [(Some(unit(no)), FoundBy::Name, vec![0])], "{name}");
        assert!(g.labels.is_empty());
    }
    assert_eq!(group(&[shot("0387.jpg", 0)], &book, &BatchRules::default(), None).groups[0].sure, Sure::Likely);
    assert_eq!(group(&[shot("0387_1.jpg", 0)], &book, &BatchRules::default(), None).groups[0].sure, Sure::Sure);
}

#[test]
fn the_counter_and_the_date_of_a_camera_are_no_stock_number() {
    let nos = ["0387", "2026", "20261126", "11", "1"];
    for name in [
        "IMG_0387.jpg",
        "DSC0387.JPG",
        "PXL_20261126_103000.jpg",
        "20261126_103000.jpg",
        "2026-11-26 10.30.00.jpg",
        "2026_11_26.jpg",
        "微信图片_20261126.jpg",
        "mmexport1732600000000.jpg",
        "(1).jpg",
    ] {
        let found = by_rule(&[shot(name, 0)], &nos).groups[0].by;
        let wanted = if name == "(1).jpg" { FoundBy::Name } else { FoundBy::Gap };
        assert_eq!(found, wanted, "{name}");
    }
}

#[test]
fn a_folder_named_after_a_unit_holds_its_pictures() {
    let shots = [
        within(shot("IMG_2.jpg", 9), "0387"),
        within(with(shot("IMG_1.jpg", 5), "0387"), "0387"),
        within(shot("IMG_7.jpg", 6), "0391 小米14"),
        within(shot("0387_flaw.jpg", 7), "0391 小米14"),
        within(shot("IMG_8.jpg", 8), "100APPLE"),
    ];
    let g = by_rule(&shots, &["0387", "0391", "100"]);
    assert_eq!(
        told(&g),
        [
            (None, FoundBy::Gap, vec![4]),
            (Some(unit("0387")), FoundBy::Folder, vec![1, 0, 3]),
            (Some(unit("0391")), FoundBy::Folder, vec![2]),
        ]
    );
    assert_eq!(g.labels, [1]);
}

#[test]
fn what_nothing_names_is_parted_by_pauses() {
    let shots = [shot("c.jpg", 100), shot("a.jpg", 0), shot("b.jpg", 40), shot("d.jpg", 139), shot("e.jpg", 180)];
    let g = by_rule(&shots, &[]);
    assert_eq!(
        told(&g),
        [(None, FoundBy::Gap, vec![1, 2]), (None, FoundBy::Gap, vec![0, 3]), (None, FoundBy::Gap, vec![4])]
    );
    assert_eq!(g.groups.iter().map(|g| g.gap).collect::<Vec<_>>(), [None, Some(60_000), Some(41_000)]);
}

#[test]
fn without_pauses_as_a_rule_what_nothing_names_is_left_over() {
    let rules = BatchRules { gap_s: 0, ..BatchRules::default() };
    let shots = [shot("b.jpg", 5), shot("a.jpg", 0), with(shot("c.jpg", 9), "0387"), shot("d.jpg", 12)];
    let g = group(&shots, &known(&["0387"]), &rules, None);
    assert_eq!(told(&g), [(Some(unit("0387")), FoundBy::Label, vec![2, 3])]);
    assert_eq!(g.left, [1, 0]);
}

#[test]
fn a_label_holds_no_longer_than_a_quarter_of_an_hour() {
    let shots = [with(shot("1.jpg", 0), "0387"), shot("2.jpg", 5), shot("3.jpg", 5 + 16 * 60)];
    let g = by_rule(&shots, &["0387"]);
    assert_eq!(told(&g), [(Some(unit("0387")), FoundBy::Label, vec![0, 1]), (None, FoundBy::Gap, vec![2])]);
    assert_eq!(g.groups[1].gap, Some(16 * 60_000));
}

#[test]
fn what_the_picture_shows_outweighs_the_name_of_the_file() {
    let g = by_rule(&[with(shot("0391-1.jpg", 0), "0387")], &["0387", "0391"]);
    assert_eq!(told(&g), [(Some(unit("0387")), FoundBy::Label, vec![0])]);
}

#[test]
fn labels_and_names_count_only_where_the_rules_say_so() {
    let shots = [with(shot("0391-1.jpg", 0), "0387"), shot("x.jpg", 1)];
    let off = BatchRules { labels: false, names: false, ..BatchRules::default() };
    let g = group(&shots, &known(&["0387", "0391"]), &off, None);
    assert_eq!(told(&g), [(None, FoundBy::Gap, vec![0, 1])]);
}

#[test]
fn pictures_without_a_time_stand_in_the_order_of_their_names() {
    let mut shots = [shot("IMG_10.jpg", 3), shot("IMG_9.jpg", 900), shot("IMG_11.jpg", 1)];
    shots[2].at = None;
    assert_eq!(told(&by_rule(&shots, &[]))[0].2, [1, 0, 2]);
    assert_eq!(order::order(&shots), [1, 0, 2]);
    assert_eq!(natural("a01", "a1"), Ordering::Less);
    assert_eq!(natural("a2b", "a10a"), Ordering::Less);
    assert_eq!(natural("0387", "0387"), Ordering::Equal);
}

#[test]
fn pictures_that_come_one_by_one_go_on_with_the_device_before() {
    let book = known(&["0387"]);
    let rules = BatchRules::default();
    let first = group(&[with(shot("1.jpg", 0), "0387")], &book, &rules, None);
    let second = group(&[shot("2.jpg", 10)], &book, &rules, first.open.as_ref());
    assert_eq!(told(&second), [(Some(unit("0387")), FoundBy::Label, vec![0])]);
    assert!(second.groups[0].goes_on && second.labels.is_empty());
    let later = group(&[shot("3.jpg", 10 + 3600)], &book, &rules, second.open.as_ref());
    assert_eq!(told(&later), [(None, FoundBy::Gap, vec![0])]);
    assert!(!later.groups[0].goes_on);
    let soon = group(&[shot("4.jpg", 20 + 3600)], &book, &rules, later.open.as_ref());
    assert!(soon.groups[0].goes_on && soon.groups[0].unit.is_none());
}

#[test]
fn every_code_of_names_folders_and_barcodes_is_looked_up_once() {
    let shots = [within(with(shot("0387_1.jpg", 0), "#0391"), "0387"), shot("IMG_1.jpg", 0)];
    assert_eq!(candidates(&shots), ["0387", "0391"]);
}

fn any_shot() -> impl Strategy<Value = Shot> {
    let name = prop_oneof!["(0387|0391|IMG|x)[-_ ][0-9]{1,3}\\.jpg", ".{0,12}"];
    let codes = prop::collection::vec(prop_oneof![Just("0387"), Just("0391"), Just("0777"), Just("hello")], 0..2);
    (name, "(|0387|b)", prop::option::of(0i64..4_000_000), codes).prop_map(|(name, folder, at, codes)| Shot {
        name,
        folder,
        at: at.map(Ms),
        codes: codes.into_iter().map(str::to_owned).collect(),
    })
}

proptest! {
    #[test]
    fn no_picture_is_lost_or_in_two_groups_and_order_is_kept(
        shots in prop::collection::vec(any_shot(), 0..40),
        labels: bool, names: bool, gap_s in prop_oneof![Just(0u32), 1u32..120],
    ) {
        let rules = BatchRules { labels, names, gap_s, keep_labels: false };
        let g = group(&shots, &known(&["0387", "0391"]), &rules, None);
        let mut all: Vec<usize> = g.groups.iter().flat_map(|g| g.shots.iter().copied()).chain(g.left.iter().copied()).collect();
        all.sort_unstable();
        prop_assert_eq!(all, (0..shots.len()).collect::<Vec<_>>());
        let order = order::order(&shots);
        let rank = |i: &usize| order.iter().position(|o| o == i);
        for list in g.groups.iter().map(|g| &g.shots).chain([&g.left]) {
            prop_assert!(list.windows(2).all(|w| rank(&w[0]) < rank(&w[1])));
        }
        prop_assert!(g.groups.iter().all(|g| !g.shots.is_empty()));
        let mut units: Vec<Id> = g.groups.iter().filter_map(|g| g.unit).collect();
        let n = units.len();
        units.sort_unstable();
        units.dedup();
        prop_assert_eq!(units.len(), n, "a unit has one group");
        for l in &g.labels {
            prop_assert!(!shots[*l].codes.is_empty());
        }
    }

    #[test]
    fn the_order_of_names_is_an_order(a in ".{0,8}", b in ".{0,8}", c in ".{0,8}") {
        prop_assert_eq!(natural(&a, &b), natural(&b, &a).reverse());
        if natural(&a, &b).is_le() && natural(&b, &c).is_le() {
            prop_assert!(natural(&a, &c).is_le());
        }
        prop_assert_eq!(natural(&a, &b) == Ordering::Equal, a == b);
    }

    #[test]
    fn no_text_makes_it_panic(shots in prop::collection::vec((".{0,30}", ".{0,20}", ".{0,40}"), 0..6)) {
        let shots: Vec<Shot> = shots.into_iter().map(|(name, folder, code)| Shot { name, folder, at: None, codes: vec![code] }).collect();
        let _ = (candidates(&shots), group(&shots, &Known::new(), &BatchRules::default(), None));
    }
}
