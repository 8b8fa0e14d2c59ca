//! About 120 units, taken in over the last eleven weeks.

use stall_core::{
    AppResult, Fen, Id,
    api::{Category, UnitPatch},
    identity,
    time::{DAY, HOUR},
};
use stall_store::tables::{photos, units};

use super::{build::Builder, photos::Design};

/// How many.
pub const COUNT: usize = 120;
/// The last ones have no photographs yet.
const BARE: usize = 5;

/// Yuan asked for the smallest storage in grade A1.
const PRICES: [(&str, i64); 24] = [
    ("iPhone 11", 1250),
    ("iPhone 12", 1650),
    ("iPhone 12 Pro Max", 2750),
    ("iPhone 13", 2350),
    ("iPhone 13 Pro Max", 3450),
    ("iPhone 14", 2850),
    ("iPhone 14 Pro", 3950),
    ("iPhone 15", 3550),
    ("iPhone 15 Pro", 4850),
    ("iPhone 15 Pro Max", 5750),
    ("iPhone 16", 4450),
    ("iPhone 16 Pro Max", 7350),
    ("Mate 60 Pro", 3850),
    ("P60 Pro", 2650),
    ("小米 14", 2450),
    ("小米 13 Ultra", 2750),
    ("Redmi K70", 1650),
    ("Find X7", 2350),
    ("X100", 2350),
    ("Galaxy S24 Ultra", 5250),
    ("Apple Watch Series 9", 1450),
    ("iPad Air 5", 2650),
    ("MacBook Air M2", 4950),
    ("X-T30 II", 4350),
];
/// Grade and percent of the price.
const GRADES: [(&str, i64); 7] = [("S", 106), ("A1", 100), ("A1", 100), ("A2", 95), ("B1", 88), ("B2", 80), ("C", 70)];
const FLAWS: [&str; 6] = [
    "边框有细微使用痕迹",
    "屏幕右下角一道浅划痕,亮屏不显\n边框磕点一处",
    "后盖有一处磕碰",
    "充电口周围掉漆",
    "后摄镜片外圈有划痕",
    "换过电池,电池为第三方",
];

/// A unit made.
#[derive(Debug, Clone)]
pub struct Made {
    pub id: Id,
    pub stock_no: String,
    /// As a platform's title would write it.
    pub title: String,
    pub live: i64,
}

/// Takes them in, oldest first, with their photographs.
///
/// # Errors
/// What the store answers.
pub async fn add(b: &mut Builder<'_>, designs: &[Design]) -> AppResult<Vec<Made>> {
    // The thin catalogue of watches and cameras comes once in a while, phones all the time.
    let phones: Vec<&Design> = designs.iter().filter(|d| d.category == Category::Phone).collect();
    let others: Vec<&Design> = designs.iter().filter(|d| d.category != Category::Phone).collect();
    let mut made = Vec::with_capacity(COUNT);
    for i in 0..COUNT {
        let design = if i % 9 == 4 { others[i / 9 % others.len()] } else { phones[(i * 7 + i / 20) % phones.len()] };
        // Slow at first, more lately.
        let age = (COUNT - i) as i64;
        let taken_in = b.now.plus(-(age * age * 75 * DAY / (COUNT * COUNT) as i64) - 2 * HOUR - age * 60_000);
        b.at(taken_in);
        let (patch, flawed) = patch(b, design, i);
        let (title, live) = (title(&patch), patch.price_live.flatten().map_or(0, |f| f.0));
        let unit = units::add(&b.store, &b.actor, &patch).await?;
        if i < COUNT - BARE {
            b.at(taken_in.plus(20 * 60_000));
            let photos = design.photos_of(flawed);
            photos::add(&b.store, &b.actor, unit.row.id, photos, None).await?;
        }
        made.push(Made { id: unit.row.id, stock_no: unit.row.stock_no, title, live });
        if i % 10 == 0 {
            b.step(42 + u32::try_from(i * 22 / COUNT).unwrap_or(0))?;
        }
    }
    Ok(made)
}

fn patch(b: &mut Builder<'_>, d: &Design, i: usize) -> (UnitPatch, bool) {
    let rng = &mut b.rng;
    let (grade, percent) = GRADES[usize::try_from(rng.below(7)).unwrap_or(0)];
    let size = usize::try_from(rng.below(d.storage.len() as u64)).unwrap_or(0);
    let base = PRICES.iter().find(|(m, _)| *m == d.model).map_or(2000, |(_, p)| *p);
    let list = (base * percent / 100 * (100 + 9 * size as i64) / 100) / 50 * 50 - 1;
    let live = list - 50 - 50 * i64::try_from(rng.below(3)).unwrap_or(0);
    let flawed = percent < 95;
    let imei = matches!(d.category, Category::Phone).then(|| imei(&format!("35{}", rng.digits(12))));
    let serial = (d.category != Category::Phone).then(|| format!("C0{}Q{}", rng.digits(5), rng.digits(4)));
    let fen = |yuan: i64| Some(Some(Fen(yuan * 100)));
    let patch = UnitPatch {
        stock_no: Some(format!("{:04}", 201 + i)),
        category: Some(d.category),
        brand: Some(d.brand.clone()),
        model: Some(d.model.clone()),
        storage: Some(d.storage[size].clone()),
        colour: Some(d.colour.clone()),
        imei,
        serial,
        // Some of the last ones wait for the technician.
        grade: (i < 112 || i.is_multiple_of(2)).then(|| grade.to_owned()),
        battery: (d.category != Category::Camera).then(|| Some(battery(grade, rng.below(25)))),
        badges: Some(badges(rng.below(9))),
        price_list: fen(list),
        price_live: fen(live),
        price_floor: fen(live * 95 / 100),
        cost: fen(live * (78 + i64::try_from(rng.below(9)).unwrap_or(0)) / 100),
        shelf: Some(format!("{}-{:02}", rng.pick(&["A", "B", "C"]), 1 + rng.below(12))),
        source: Some((*rng.pick(&["门店回收", "同行调货", "以旧换新", "线上回收"])).to_owned()),
        flaws: flawed.then(|| (*rng.pick(&FLAWS)).to_owned()),
        ..UnitPatch::default()
    };
    (patch, flawed)
}

/// A health that goes with the grade.
fn battery(grade: &str, n: u64) -> u8 {
    let (low, span) = match grade {
        "S" => (95, 5),
        "A1" => (90, 9),
        "A2" => (85, 11),
        "B1" => (80, 12),
        _ => (76, 14),
    };
    low + u8::try_from(n * span / 24).unwrap_or(0)
}

fn badges(n: u64) -> Vec<String> {
    let words: &[&str] = match n {
        0 => &["港版"],
        1 => &["换电池"],
        2 => &["在保"],
        3 => &["国行", "箱说全"],
        _ => &["国行"],
    };
    words.iter().map(|w| (*w).to_owned()).collect()
}

/// An IMEI with its check digit.
pub fn imei(body: &str) -> String {
    format!("{body}{}", identity::luhn_digit(body).unwrap_or(0))
}

fn title(p: &UnitPatch) -> String {
    let words = [&p.brand, &p.model, &p.storage, &p.colour].map(|w| w.as_deref().unwrap_or_default());
    format!("二手 {}", words.join(" "))
}
