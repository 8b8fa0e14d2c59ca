//! Words and tails find exactly what a reading of every unit would.

use stall_core::api::{UnitQuery, UnitSort, UnitStatus};

use super::{Dice, Stall, head, imei};

const CHINESE: &str = "屏幕有划痕边框磕碰电池换过后盖碎裂原装国行充电口松动摄像头进灰";
const WORDS: [&str; 6] = ["Vertu", "Sigma", "X50 Neo", "V-7 Ultra", "Q3", "Zeta99"];

struct Text {
    no: String,
    fields: Vec<String>,
    imei: String,
}

async fn random(n: u32) -> (Stall, Vec<Text>) {
    let s = Stall::new().await;
    let mut dice = Dice(11);
    let chars: Vec<char> = CHINESE.chars().collect();
    let mut rows = vec![head(&["编号", "型号", "颜色", "备注", "瑕疵", "imei"])];
    let mut texts = Vec::new();
    for i in 0..n {
        let mut words = |len: usize| (0..len).map(|_| *dice.pick(&chars)).collect::<String>();
        let (colour, note, flaws) = (words(3), words(8), words(6));
        let model = format!("诺机 {} {}", dice.pick(&WORDS), dice.roll(90));
        let (no, imei) = (format!("{:05}", i + 1), imei(i * 37));
        rows.push(vec![no.clone(), model.clone(), colour.clone(), note.clone(), flaws.clone(), imei.clone()]);
        texts.push(Text { fields: vec![no.clone(), model, colour, note, flaws], no, imei });
    }
    s.import(&rows).await;
    (s, texts)
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Every term stands in some field, or is a piece of the IMEI.
fn fits(t: &Text, query: &str) -> bool {
    query.split_whitespace().map(squeezed).all(|term| {
        let digits = term.bytes().all(|b| b.is_ascii_digit());
        t.fields.iter().any(|f| squeezed(f).contains(&term))
            || (digits && term.len() == 3 && t.imei.ends_with(&term))
            || (digits && term.len() > 3 && t.imei.contains(&term))
    })
}

async fn found(s: &Stall, text: &str, sort: UnitSort) -> Vec<String> {
    let rows = s.all(&UnitQuery { text: text.into(), sort, limit: 200, ..UnitQuery::default() }).await;
    let mut nos: Vec<String> = rows.into_iter().map(|r| r.stock_no).collect();
    nos.sort();
    nos
}

#[tokio::test]
async fn any_piece_of_one_to_four_characters_finds_what_a_full_scan_finds() {
    let (s, texts) = random(400).await;
    let mut dice = Dice(5);
    for round in 0..160 {
        let field = dice.pick(&texts).fields[1 + round % 4].clone();
        let chars: Vec<char> = squeezed(&field).chars().filter(|c| !c.is_ascii_alphabetic()).collect();
        let len = (1 + dice.roll(4)).min(chars.len());
        let at = dice.roll(chars.len() - len + 1);
        let piece: String = chars[at..at + len].iter().collect();
        let want: Vec<String> = texts.iter().filter(|t| fits(t, &piece)).map(|t| t.no.clone()).collect();
        assert_eq!(found(&s, &piece, UnitSort::StockNo).await, want, "{piece}");
    }
}

#[tokio::test]
async fn common_and_rare_words_are_found_under_every_sort_and_counted() {
    let (s, texts) = random(2_300).await;
    for q in ["诺机", "诺机 Vertu", "诺", "诺机 屏幕", "诺机 7", "x50 neo 磕", "v7ultra"] {
        let mut want: Vec<String> = texts.iter().filter(|t| fits(t, q)).map(|t| t.no.clone()).collect();
        want.sort();
        for sort in [UnitSort::Newest, UnitSort::PriceUp, UnitSort::StockNo] {
            assert_eq!(found(&s, q, sort).await, want, "{q}");
            let one = UnitQuery { text: q.into(), sort, status: vec![UnitStatus::InStock], ..UnitQuery::default() };
            let page = stall_store::tables::units::list(&s.store, &one).await.unwrap();
            assert_eq!(page.total as usize, want.len(), "{q}");
        }
    }
    let common = UnitQuery { text: "诺机".into(), ..UnitQuery::default() };
    let page = stall_store::tables::units::list(&s.store, &common).await.unwrap();
    assert_eq!((page.total, page.total_capped), (2_300, false));
}

#[tokio::test]
async fn the_tail_of_an_imei_of_three_digits_or_more_finds_its_unit() {
    let (s, texts) = random(300).await;
    for t in texts.iter().step_by(40) {
        for len in [4, 6, 15] {
            let tail = &t.imei[15 - len..];
            assert!(found(&s, tail, UnitSort::Newest).await.contains(&t.no), "{tail}");
        }
        assert_eq!(found(&s, &t.imei, UnitSort::Newest).await, std::slice::from_ref(&t.no));
    }
}

#[tokio::test]
async fn signs_of_sql_and_of_the_word_index_are_harmless() {
    let (s, texts) = random(20).await;
    for q in ["\"", "'", "%", "_", "*", "\" OR \"a", "NEAR(", "a:b", "-", "(", "^诺", "诺机\"*", "{}", "\\"] {
        let rows = s.all(&UnitQuery { text: q.into(), limit: 50, ..UnitQuery::default() }).await;
        assert!(rows.len() <= texts.len(), "{q}");
    }
    assert_eq!(found(&s, "诺机\"* -", UnitSort::Newest).await.len(), 20);
}

#[tokio::test]
async fn pinyin_initials_and_the_trades_shorthand_find_a_phone() {
    let s = Stall::new().await;
    s.import(&[
        head(&["编号", "品牌", "型号", "颜色"]),
        vec!["1".into(), "Apple".into(), "iPhone 13 Pro Max".into(), "远峰蓝色".into()],
        vec!["2".into(), "Huawei".into(), "Mate 60 Pro".into(), "雅川青".into()],
    ])
    .await;
    for (q, no) in [
        ("pg13pm", "1"),
        ("苹果", "1"),
        ("yfl", "1"),
        ("13promax", "1"),
        ("hwm60p", "2"),
        ("ycq", "2"),
        ("mate 60", "2"),
    ] {
        assert_eq!(found(&s, q, UnitSort::Newest).await, [no], "{q}");
    }
}
