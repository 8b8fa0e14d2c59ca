//! The search finds what a reading of every unit finds, by the rules `stall_core::search` states.

use stall_core::{
    Fen, Id,
    api::{UnitQuery, UnitRow},
    grades, models,
    search::{names, squeeze},
};
use stall_store::tables::units;

use super::{Dice, Stall, head, imei};

const UNITS: u32 = 3_000;
const QUERIES: usize = 400;
const FLAWS: [&str; 6] = ["", "屏幕有细划痕", "碎屏机", "边框磕碰，露底色", "后盖轻微掉漆", "电池换过；配件齐全"];
const BADGES: [&str; 4] = ["", "港版", "换电池", "官换"];

struct Unit {
    row: UnitRow,
    imei: String,
    flaws: String,
    /// Everything a word may be a piece of, by the rules.
    runs: Vec<String>,
}

async fn stall() -> (Stall, Vec<Unit>) {
    let s = Stall::new().await;
    let mut dice = Dice(23);
    let book = models::search("", usize::MAX);
    let mut rows =
        vec![head(&["编号", "品牌", "型号", "容量", "颜色", "IMEI", "成色", "标价", "直播价", "货位", "标签", "瑕疵"])];
    let mut known = std::collections::HashMap::new();
    for n in 1..=UNITS {
        let m = dice.pick(&book);
        let (no, code, flaws) = (format!("{n:04}"), imei(n * 331), *dice.pick(&FLAWS));
        let price =
            |dice: &mut Dice| if dice.roll(6) == 0 { String::new() } else { (dice.roll(90) * 100 + 199).to_string() };
        rows.push(vec![
            no.clone(),
            m.brand.clone(),
            m.model.clone(),
            dice.pick(&m.storages).clone(),
            dice.pick(&m.colours).clone(),
            code.clone(),
            (*dice.pick(&["充新", "99新", "8成新"])).into(),
            price(&mut dice),
            price(&mut dice),
            format!("{}{}-{:02}", dice.pick(&['A', 'B']), dice.roll(9), dice.roll(30)),
            (*dice.pick(&BADGES)).into(),
            flaws.into(),
        ]);
        known.insert(no, (code, flaws));
    }
    let done = s.import(&rows).await;
    assert_eq!(done.refused, 0);
    let all = units::matching(&s.store, &UnitQuery::default()).await.unwrap().rows;
    assert_eq!(all.len(), UNITS as usize);
    let units = all
        .into_iter()
        .map(|row| {
            let (imei, flaws) = known[&row.stock_no].clone();
            Unit { runs: runs(&row, flaws), row, imei, flaws: flaws.to_owned() }
        })
        .collect();
    (s, units)
}

fn runs(r: &UnitRow, flaws: &str) -> Vec<String> {
    let mut runs: Vec<String> = [r.brand.as_str(), &r.model, &r.storage, &r.colour, &r.stock_no, &r.shelf, flaws]
        .into_iter()
        .chain(r.badges.iter().map(String::as_str))
        .map(squeeze)
        .collect();
    runs.extend(names::device(&r.brand, &r.model, &r.storage));
    for text in [&r.colour, &r.shelf].into_iter().chain(&r.badges) {
        runs.extend(names::phrase(text));
    }
    runs.extend(names::category(r.category));
    runs.extend(r.grade.iter().flat_map(|g| names::grade(g)));
    runs
}

/// The rules, applied to one unit and one word without any index.
fn fits(u: &Unit, word: &str) -> bool {
    let r = &u.row;
    let prices = [r.price_list, r.price_live];
    let within = |from: i64, to: i64| prices.iter().flatten().any(|Fen(p)| (from..=to).contains(p));
    if let Some(most) = word.strip_prefix('<') {
        return within(0, most.parse::<i64>().unwrap() * 100 - 1);
    }
    if let Some((a, b)) = word.split_once('-') {
        return within(a.parse::<i64>().unwrap() * 100, b.parse::<i64>().unwrap() * 100);
    }
    let word = squeeze(word);
    let ascii = word.bytes().all(|b| b.is_ascii_alphanumeric());
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let code = (ascii && digits > 0 && word.len() > 3 && u.imei.contains(&word))
        || (digits == word.len() && word.len() == 3 && u.imei.ends_with(&word));
    let price = digits == word.len()
        && (2..=6).contains(&digits)
        && !word.starts_with('0')
        && word.parse::<i64>().is_ok_and(|y| within(y * 100, y * 100));
    code || price || u.runs.iter().any(|run| run.contains(&word))
}

fn piece(dice: &mut Dice, text: &str, longest: usize) -> String {
    let chars: Vec<char> = squeeze(text).chars().collect();
    let len = (1 + dice.roll(longest)).min(chars.len());
    let at = dice.roll(chars.len() - len + 1);
    chars[at..at + len].iter().collect()
}

fn word(dice: &mut Dice, units: &[Unit]) -> String {
    let u = dice.pick(units);
    match dice.roll(9) {
        0 => piece(dice, &u.row.model, 4),
        1 => piece(dice, &u.row.colour, 3),
        2 if !u.flaws.is_empty() => piece(dice, &u.flaws, 4),
        3 => u.imei[15 - 3 - dice.roll(5)..].to_owned(),
        4 => u.imei[4..8 + dice.roll(5)].to_owned(),
        5 => u.row.price_list.map_or("1999".into(), |p| (p.0 / 100).to_string()),
        6 => ["3000-3500", "<2000", "500-900"][dice.roll(3)].to_owned(),
        7 => {
            let runs = names::device(&u.row.brand, &u.row.model, "");
            dice.pick(&runs).clone()
        }
        _ => u.row.stock_no.clone(),
    }
}

#[tokio::test]
async fn random_queries_find_exactly_what_a_full_scan_finds() {
    let (s, all) = stall().await;
    let mut dice = Dice(77);
    for _ in 0..QUERIES {
        let words: Vec<String> = (0..1 + dice.roll(3) / 2).map(|_| word(&mut dice, &all)).collect();
        let text = words.join(" ");
        let found = units::matching(&s.store, &UnitQuery { text: text.clone(), ..UnitQuery::default() }).await.unwrap();
        let mut got: Vec<Id> = found.rows.iter().map(|u| u.id).collect();
        let mut want: Vec<Id> = all.iter().filter(|u| words.iter().all(|w| fits(u, w))).map(|u| u.row.id).collect();
        got.sort();
        want.sort();
        assert_eq!(got, want, "{text}");
        assert_eq!(found.total as usize, want.len(), "{text}");
    }
}

#[tokio::test]
async fn what_people_type_finds_the_phone_they_mean() {
    let s = Stall::new().await;
    let row = |no: &str, brand: &str, model: &str, colour: &str, price: &str, flaws: &str| -> Vec<String> {
        [no, brand, model, colour, price, flaws].map(str::to_owned).to_vec()
    };
    s.import(&[
        head(&["编号", "品牌", "型号", "颜色", "标价", "瑕疵"]),
        row("1", "Apple", "iPhone 13 Pro Max", "远峰蓝色", "4299", ""),
        row("2", "Huawei", "华为 P50 Pro", "可可茶金", "2999", "碎屏机"),
        row("3", "Xiaomi", "小米14 Ultra", "黑色", "3599", ""),
        row("4", "Samsung", "三星 Galaxy S23 Ultra", "绿色", "3150", ""),
        row("5", "Redmi", "Redmi K70", "墨羽", "1560", ""),
    ])
    .await;
    for (text, want) in [
        ("13pm", "1"),
        ("１３ＰＭ　蓝", "1"),
        ("pg13pm", "1"),
        ("pingguo", "1"),
        ("yfl", "1"),
        ("p50p", "2"),
        ("hwp50p", "2"),
        ("屏", "2"),
        ("2999", "2"),
        ("小米14u", "3"),
        ("mi14u", "3"),
        ("s23u", "4"),
        ("k70", "5"),
        ("hmk70", "5"),
        ("<2000", "5"),
        ("3000-3500", "4"),
        ("3500以上 蓝", "1"),
        ("金 碎屏 华为", "2"),
    ] {
        let found = units::matching(&s.store, &UnitQuery { text: text.into(), ..UnitQuery::default() }).await.unwrap();
        assert_eq!(found.rows.iter().map(|u| u.stock_no.as_str()).collect::<Vec<_>>(), [want], "{text}");
    }
    assert_eq!(grades::all().len(), 8);
}
