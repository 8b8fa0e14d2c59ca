//! A made-up passport with the photographs of the sample stall.

use std::{fs, path::Path, sync::Arc};

use stall_passport::{
    Document, Place, StallKey,
    canon::hash,
    closed,
    doc::{
        Badge, ByHand, Check, CheckGroup, Checks, Device, Erasure, Flaw, Grade, History, OpenCode, Photo, Reason,
        Repair, Row, Say, Sections, Stall, Terms,
    },
    form::Pictures,
    issue,
};

/// 2026-11-24 10:42 in Shanghai.
pub const AT: i64 = 1_795_488_120_000;
pub const IMEI: &str = "350000000004182";
pub const SALT: &str = "000102030405060708090a0b0c0d0e0f";

pub struct Sample {
    pub key: StallKey,
    pub document: Document,
    pub pictures: Pictures,
}

impl Sample {
    pub fn buyer(&self) -> Document {
        self.document.opened(SALT, vec![OpenCode { kind: "imei".into(), code: IMEI.into() }])
    }
}

const SHOTS: [(&str, &str, &str); 9] = [
    ("back", "背面", "Back"),
    ("front", "正面亮屏", "Front lit"),
    ("left", "左侧", "Left side"),
    ("right", "右侧", "Right side"),
    ("bottom", "底部", "Bottom"),
    ("battery", "电池页", "Battery page"),
    ("imei", "串号页", "IMEI page"),
    ("flaw1", "瑕疵", "Flaw"),
    ("flaw2", "瑕疵", "Flaw"),
];

fn check(key: &str, zh: &str, en: &str, answer: (&str, &str), severity: Option<u8>, main: bool) -> Check {
    Check {
        key: key.into(),
        label: Say::new(zh, en),
        answer: Say::new(answer.0, answer.1),
        severity,
        checked: true,
        note: String::new(),
        main,
        photos: Vec::new(),
    }
}

/// Photographs with their longer side at most so many pixels.
pub fn sample(side: u32) -> Sample {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/sample/photos");
    let mut pictures = Pictures::new();
    let mut photos = Vec::new();
    let mut names: Vec<(String, (&str, &str, &str))> =
        SHOTS.iter().map(|s| (format!("ip15p-natural-{}.jpg", s.0), *s)).collect();
    // Twelve: the parts page and two more, of another phone.
    names.push(("ip13pm-sierra-battery.jpg".into(), ("parts", "零件页", "Parts page")));
    names.push(("ip15pm-bluetitan-bottom.jpg".into(), ("top", "顶部", "Top")));
    names.push(("ip14p-deeppurple-front.jpg".into(), ("front_off", "正面熄屏", "Front dark")));
    for (file, (shot, zh, en)) in names {
        let original = fs::read(folder.join(&file)).unwrap();
        let picture = image::load_from_memory(&original).unwrap();
        let small = picture.resize(side, side, image::imageops::FilterType::Triangle).into_rgb8();
        let mut jpeg = Vec::new();
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 85).encode_image(&small).unwrap();
        let copy = hash(&jpeg);
        pictures.insert(copy.clone(), Arc::new(jpeg));
        photos.push(Photo {
            shot: shot.trim_end_matches(['1', '2']).to_owned(),
            title: Say::new(zh, en),
            original: hash(&original),
            copy,
            width: small.width(),
            height: small.height(),
            edited: false,
            taken_at: Some(AT - 86_400_000),
            private: shot == "imei",
        });
    }
    let key = StallKey::from_bytes(&[7; 32]);
    let place = Place { number: "2611-0387-8".into(), version: 2, issued_at: AT, previous: Some(hash(b"version 1")) };
    let document = issue(&key, place, sections(photos)).unwrap();
    Sample { key, document, pictures }
}

fn sections(photos: Vec<Photo>) -> Sections {
    let ok = ("正常", "Works");
    let groups = vec![
        CheckGroup {
            key: "locks".into(),
            title: Say::new("账号与数据", "Accounts and data"),
            checks: vec![
                check(
                    "account_lock",
                    "账号锁(Apple ID/激活锁)",
                    "Account lock (Apple ID)",
                    ("已退出", "Signed out"),
                    Some(0),
                    true,
                ),
                check("mdm", "监管锁/MDM 描述文件", "Supervision / MDM", ("无", "None"), Some(0), true),
                check("erased", "数据清除", "Data erased", ("系统抹除，已验证", "Erased and verified"), Some(0), true),
                check("imei", "IMEI 1", "IMEI 1", ("•••4182", "•••4182"), None, false),
                check(
                    "imei_match",
                    "机身/系统/包装串号一致",
                    "IMEI matches body and box",
                    ("一致", "Matches"),
                    Some(0),
                    true,
                ),
            ],
        },
        CheckGroup {
            key: "spec".into(),
            title: Say::new("配置与电池", "Specification and battery"),
            checks: vec![
                check(
                    "storage_origin",
                    "容量是否原装",
                    "Storage original",
                    ("256GB 原容量", "256 GB, original"),
                    Some(0),
                    true,
                ),
                check("region", "版本", "Region", ("国行零售机", "Mainland retail"), Some(0), true),
                check("battery_health", "电池健康度", "Battery health", ("89%", "89%"), Some(1), true),
                check("battery_origin", "电池是否原装", "Battery original", ("原装", "Original"), Some(0), true),
            ],
        },
        CheckGroup {
            key: "appearance".into(),
            title: Say::new("外观", "Appearance"),
            checks: vec![
                check("screen_glass", "屏幕外观", "Screen glass", ("无划痕", "No marks"), Some(0), false),
                check("frame", "边框", "Frame", ("轻微磕碰", "Light dent"), Some(2), true),
                check("back", "后盖", "Back", ("细微划痕", "Hairline"), Some(1), true),
            ],
        },
        CheckGroup {
            key: "function".into(),
            title: Say::new("功能", "Function"),
            checks: vec![
                check("face_id", "面容/指纹", "Face ID", ok, Some(0), true),
                check("rear_camera", "后置摄像头(含各焦段/防抖)", "Rear cameras (all lenses)", ok, Some(0), true),
                check("speaker", "扬声器", "Speaker", ok, Some(0), true),
                check(
                    "cellular",
                    "通话与移动网络(插卡拨号)",
                    "Calls and network",
                    ("三网正常", "Works on all three networks"),
                    Some(0),
                    true,
                ),
                check("charge_wireless", "无线充电", "Wireless charging", ok, Some(0), false),
                Check {
                    checked: false,
                    severity: None,
                    ..check("gps_nfc", "定位/NFC", "GPS/NFC", ("", ""), None, false)
                },
            ],
        },
        CheckGroup {
            key: "repair".into(),
            title: Say::new("拆修与进水", "Repairs and liquid"),
            checks: vec![
                check("opened", "是否拆机", "Opened", ("换过电池", "Battery replaced"), Some(1), true),
                check("liquid", "进水", "Liquid", ("试纸未变色", "Indicator white"), Some(0), true),
            ],
        },
    ];
    let a2 = Say::new("95新", "Excellent");
    Sections {
        device: Device {
            stock_no: "0387".into(),
            category: "phone".into(),
            category_name: Say::new("手机", "Phone"),
            brand: "Apple".into(),
            model: "iPhone 15 Pro".into(),
            spec: vec![
                Row { key: "storage".into(), label: Say::new("容量", "Storage"), value: Say::both("256GB") },
                Row {
                    key: "colour".into(),
                    label: Say::new("颜色", "Colour"),
                    value: Say::new("原色钛金属", "Natural titanium"),
                },
                Row {
                    key: "region".into(),
                    label: Say::new("版本", "Region"),
                    value: Say::new("国行", "Mainland China"),
                },
            ],
            codes: vec![closed("imei", IMEI, SALT)],
        },
        grade: Grade {
            id: "A2".into(),
            name: a2.clone(),
            computed: "A2".into(),
            computed_name: a2.clone(),
            rule: Say::new("店铺成色规则 v1.0", "Stall grading rule v1.0"),
            rule_version: "1.0".into(),
            checked: 60,
            open: 1,
            reasons: vec![
                Reason { text: Say::new("边框：轻微磕碰", "Frame: light dent"), allows: a2.clone() },
                Reason { text: Say::new("电池健康 89%", "Battery health 89%"), allows: a2 },
                Reason {
                    text: Say::new("后盖：细微划痕，侧光可见", "Back: hairline, seen in side light"),
                    allows: Say::new("99新", "Near mint"),
                },
                Reason {
                    text: Say::new("屏幕与功能 21 项全部正常", "Screen and function: all 21 in order"),
                    allows: Say::default(),
                },
            ],
            explain: Say::new("95新：1 处轻微痕迹，电池 89%。", "Excellent: 1 light mark, battery 89%."),
            by_hand: None::<ByHand>,
        },
        flaws: vec![
            Flaw {
                title: Say::new("边框右下磕碰，轻微", "Light dent, frame lower right"),
                detail: Say::new("约 2 mm，露底色，不影响使用", "About 2 mm, bare metal, does not affect use"),
                photo: Some(7),
            },
            Flaw {
                title: Say::new("后盖细划痕，侧光可见", "Hairline on the back, seen in side light"),
                detail: Say::new("约 9 mm，手摸不到", "About 9 mm, cannot be felt"),
                photo: Some(8),
            },
        ],
        badges: vec![Badge { key: "battery_replaced".into(), name: Say::new("换过电池", "Battery replaced") }],
        checks: Checks { checklist: "1.0".into(), groups },
        photos,
        history: History {
            repairs: vec![Repair {
                at: Some(AT - 5 * 86_400_000),
                text: Say::new("更换电池（品牌电芯）", "Battery replaced (branded cell)"),
            }],
            erasure: Some(Erasure {
                method: Say::new("系统抹除", "Factory reset with erased keys"),
                at: AT - 4 * 86_400_000,
                by: "李师傅".into(),
                verified_at: Some(AT - 3 * 86_400_000),
                verified_by: "周敏".into(),
            }),
        },
        terms: Terms {
            warranty_days: 90,
            returns: Say::new("签收七天内，串号与防拆标一致可退", "Within seven days, when codes and seal match"),
        },
        stall: Stall {
            name: "老周数码".into(),
            address: "华强北远望 2 楼 C18".into(),
            signer: "周敏".into(),
            inspector: "李师傅".into(),
            inspected_at: AT - 3 * 86_400_000,
            report_version: 2,
        },
    }
}
