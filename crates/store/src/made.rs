//! Made-up goods and orders as tables, always the same for the same numbers: for `seed`, benchmarks and tests.

use stall_core::{
    Ms, datetime, identity,
    spreadsheet::Table,
    time::{DAY, HOUR},
};

const MODELS: [(&str, &str, u32); 12] = [
    ("Apple", "iPhone 13", 2299),
    ("Apple", "iPhone 14 Pro Max", 4350),
    ("Apple", "iPhone 15", 3460),
    ("Apple", "iPhone 16 Pro", 6280),
    ("华为", "Mate 60 Pro", 3980),
    ("华为", "P60 Pro", 2590),
    ("小米", "小米14 Ultra", 3860),
    ("Redmi", "K70", 1560),
    ("OPPO", "Find X6", 1720),
    ("vivo", "X100", 2380),
    ("三星", "Galaxy S23 Ultra", 3150),
    ("荣耀", "Magic6", 2680),
];
const STORAGES: [&str; 4] = ["128GB", "256GB", "512GB", "1TB"];
const COLOURS: [&str; 8] = ["星光色", "午夜色", "远峰蓝色", "暗紫色", "雅川青", "岩石青", "原色钛金属", "粉色"];
const GRADES: [&str; 5] = ["充新", "99新", "95新", "9成新", "85新"];
const FLAWS: [&str; 6] =
    ["", "边框右下磕碰，露底色", "屏幕有细划痕，侧光可见", "后盖轻微掉漆", "电池换过，配件齐全", "扬声器网罩有灰"];

/// Headers of [`units`].
pub const UNIT_HEADERS: [&str; 12] =
    ["编号", "品牌", "型号", "容量", "颜色", "IMEI", "成色", "电池", "标价", "底价", "货位", "瑕疵"];

/// A number mixed so that neighbours look unrelated (splitmix64).
fn mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn pick<T: Copy>(list: &[T], r: u64) -> T {
    list[usize::try_from(r % list.len() as u64).unwrap_or(0)]
}

/// A valid IMEI of its own for each `n` below 10 million.
#[must_use]
pub fn imei(n: u32) -> String {
    let body = format!("3569{:03}{n:07}", n % 89);
    let digit = identity::luhn_digit(&body).unwrap_or(0);
    format!("{body}{digit}")
}

/// Units numbered `from..to`, with a header row.
#[must_use]
pub fn units(from: u32, to: u32) -> Table {
    let mut rows: Vec<Vec<String>> = vec![UNIT_HEADERS.map(str::to_owned).to_vec()];
    for n in from..to {
        let r = mix(u64::from(n));
        let (brand, model, price) = pick(&MODELS, r);
        let price = price - price / 20 * u32::try_from(r >> 40 & 7).unwrap_or(0);
        rows.push(vec![
            format!("{n:04}"),
            brand.into(),
            model.into(),
            pick(&STORAGES, r >> 8).into(),
            pick(&COLOURS, r >> 16).into(),
            imei(n),
            pick(&GRADES, r >> 24).into(),
            format!("{}%", 78 + (r >> 32) % 23),
            price.to_string(),
            (price * 9 / 10).to_string(),
            format!("{}{}-{:02}", pick(&['A', 'B', 'C'], r >> 36), 1 + (r >> 44) % 9, (r >> 48) % 40),
            pick(&FLAWS, r >> 56).into(),
        ]);
    }
    Table::from_texts(&rows)
}

/// Headers of [`orders`]: the columns of a Kuaishou export that matter, enough of them to be recognised.
pub const ORDER_HEADERS: [&str; 16] = [
    "订单号",
    "订单创建时间",
    "订单支付时间",
    "订单状态",
    "实付款",
    "快递费",
    "成交数量",
    "订单备注",
    "售后状态",
    "CPS达人ID",
    "商品名称",
    "SKU编码",
    "收货人姓名",
    "收货人电话",
    "收货地址-省",
    "收货地址",
];

/// Orders numbered `from..to` before `now`: most completed, the latest waiting; order n names unit n.
#[must_use]
pub fn orders(from: u32, to: u32, now: Ms) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = vec![ORDER_HEADERS.map(str::to_owned).to_vec()];
    for n in from..to {
        let r = mix(u64::from(n) << 20);
        let (_, model, price) = pick(&MODELS, mix(u64::from(n)));
        let age = if n % 200 == 0 { i64::from(n % 40) * HOUR } else { 3 * DAY + i64::from(n) * 60_000 };
        let paid = now.plus(-age);
        let status = if n % 200 == 0 {
            "待发货"
        } else {
            pick(&["交易成功", "交易成功", "已收货", "已发货"], r)
        };
        rows.push(vec![
            format!("2611{n:015}"),
            datetime::format(paid.plus(-60_000)),
            datetime::format(paid),
            status.into(),
            format!("¥{price}.00"),
            "￥0".into(),
            "1".into(),
            String::new(),
            "-".into(),
            String::new(),
            format!("{model} 孤品【{n:04}】"),
            format!("{n:04}"),
            pick(&["张小凡", "李大明", "王芳", "赵一", "欧阳晴"], r >> 8).into(),
            format!("13{:09}", r % 1_000_000_000),
            pick(&["广东省", "浙江省", "四川省", "河南省"], r >> 16).into(),
            format!("幸福路 {} 号", r % 300),
        ]);
    }
    rows
}
