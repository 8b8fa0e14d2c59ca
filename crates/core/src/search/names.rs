//! The runs of a unit: squeezed names, their pinyin, and what the trade types for a model.

use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;

use super::squeeze;
use crate::{api::Category, grades};

struct Brand {
    latin: &'static str,
    zh: &'static str,
    /// Other ways to begin a model's name, and names of its lines.
    more: &'static [&'static str],
}

const fn brand(latin: &'static str, zh: &'static str, more: &'static [&'static str]) -> Brand {
    Brand { latin, zh, more }
}

/// Brands that people call by two names, in Latin letters and in Chinese. A brand not here goes by what it is called.
const BRANDS: [Brand; 30] = [
    brand("apple", "苹果", &["iphone", "ip"]),
    brand("huawei", "华为", &[]),
    brand("honor", "荣耀", &[]),
    brand("xiaomi", "小米", &["mi"]),
    brand("redmi", "红米", &[]),
    brand("samsung", "三星", &["galaxy"]),
    brand("oneplus", "一加", &[]),
    brand("oppo", "欧珀", &[]),
    brand("vivo", "维沃", &[]),
    brand("iqoo", "爱酷", &[]),
    brand("realme", "真我", &[]),
    brand("meizu", "魅族", &[]),
    brand("redmagic", "红魔", &[]),
    brand("nubia", "努比亚", &[]),
    brand("zte", "中兴", &[]),
    brand("motorola", "摩托罗拉", &["moto"]),
    brand("google", "谷歌", &[]),
    brand("lenovo", "联想", &[]),
    brand("microsoft", "微软", &[]),
    brand("dell", "戴尔", &[]),
    brand("hp", "惠普", &[]),
    brand("asus", "华硕", &[]),
    brand("acer", "宏碁", &[]),
    brand("canon", "佳能", &[]),
    brand("nikon", "尼康", &[]),
    brand("sony", "索尼", &[]),
    brand("fujifilm", "富士", &[]),
    brand("panasonic", "松下", &[]),
    brand("dji", "大疆", &[]),
    brand("nintendo", "任天堂", &[]),
];

/// A name people know by heart, as it is squeezed and by its pinyin, initials and whole: `远峰蓝色`, `yfls`,
/// `yuanfenglanse`.
#[must_use]
pub fn phrase(text: &str) -> Vec<String> {
    let mut out = vec![squeeze(text)];
    out.extend(pinyin_runs(text));
    tidy(out)
}

/// A sentence: nobody looks for one by its pinyin.
#[must_use]
pub fn sentence(text: &str) -> Vec<String> {
    tidy(vec![squeeze(text)])
}

/// The names of a grade, and its market aliases.
#[must_use]
pub fn grade(id: &str) -> Vec<String> {
    let Some(g) = grades::by_id(id) else { return Vec::new() };
    let names = [g.zh.as_str(), g.en.as_str()].into_iter().chain(g.aliases_zh.iter().map(String::as_str));
    tidy(names.flat_map(phrase).collect())
}

/// The names of a category.
#[must_use]
pub fn category(category: Category) -> Vec<String> {
    let names = match category {
        Category::Phone => ["手机", "phone"],
        Category::Tablet => ["平板", "tablet"],
        Category::Laptop => ["笔记本电脑", "laptop"],
        Category::Watch => ["手表", "watch"],
        Category::Camera => ["相机", "camera"],
        Category::Other => return Vec::new(),
    };
    names.into_iter().map(squeeze).collect()
}

/// Brand, model and storage as anybody may type them, alone or in one word: `苹果13promax256gb`, `pg13pm256gb`,
/// `hwm60p`, `mi14u`.
///
/// The model's own name is shortened word by word to first letters, with the first word whole (`mate60p`) and not
/// (`m60p`), and set behind every name of the brand.
#[must_use]
pub fn device(brand: &str, model: &str, storage: &str) -> Vec<String> {
    let (maker, size) = (squeeze(brand), squeeze(storage));
    let mut out = vec![maker.clone(), squeeze(model) + &size, size.clone()];
    out.extend(pinyin_runs(brand));
    out.extend(pinyin_runs(model));
    let words = split(model);
    let known = BRANDS.iter().find(|b| b.latin == maker || b.zh == maker).or_else(|| by_model(&words));
    let rest = own(&words, known, &maker);
    let mut forms: Vec<String> = vec![maker];
    if let Some(b) = known {
        forms.extend([b.latin, b.zh].into_iter().chain(b.more.iter().copied()).map(str::to_owned));
        forms.extend(pinyin_runs(b.zh));
    } else {
        forms.extend(pinyin_runs(brand));
    }
    forms.sort_unstable();
    forms.dedup();
    let whole: String = rest.iter().map(|w| w.text.as_str()).collect();
    let kept: String = rest.iter().enumerate().map(|(i, w)| if i == 0 { w.text.clone() } else { w.short() }).collect();
    let short: String = rest.iter().map(Word::short).collect();
    for form in &forms {
        for name in [&whole, &kept, &short] {
            out.push(format!("{form}{name}{size}"));
        }
    }
    tidy(out)
}

/// The brand a model's name begins with, where the brand was left empty.
fn by_model(words: &[Word]) -> Option<&'static Brand> {
    let first = words.first()?.text.as_str();
    if matches!(first, "iphone" | "ipad" | "macbook" | "airpods") {
        return BRANDS.first();
    }
    BRANDS.iter().find(|b| first == b.latin || first.starts_with(b.zh))
}

/// The model's words without the brand's and the line's names at their head.
fn own(words: &[Word], known: Option<&Brand>, maker: &str) -> Vec<Word> {
    let mut rest = words.to_vec();
    while rest.len() > 1 {
        let head = rest[0].text.clone();
        let named =
            head == maker || known.is_some_and(|b| head == b.latin || head == b.zh || b.more.contains(&head.as_str()));
        if !named {
            break;
        }
        rest.remove(0);
    }
    // Written together: 华为畅享60.
    if let (Some(b), Some(first)) = (known, rest.first_mut())
        && let Some(tail) = first.text.strip_prefix(b.zh).filter(|t| !t.is_empty())
    {
        first.text = tail.to_owned();
    }
    rest
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Han,
    Digit,
    Letter,
}

#[derive(Debug, Clone)]
struct Word {
    kind: Kind,
    text: String,
}

impl Word {
    /// The first letter of a word, the initials of Chinese; numbers and words of two letters (`gt`, `xs`, `se`) stay.
    fn short(&self) -> String {
        match self.kind {
            Kind::Digit => self.text.clone(),
            Kind::Letter if self.text.len() <= 2 => self.text.clone(),
            Kind::Letter => self.text.chars().take(1).collect(),
            Kind::Han => self.text.chars().filter_map(|c| c.to_pinyin()).map(|p| p.first_letter()).collect(),
        }
    }
}

/// A model's words: runs of Chinese, digits and letters. A plus sign is the word, and `第二代` its number.
fn split(model: &str) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    let mut open = false;
    for c in model.nfkc().flat_map(char::to_lowercase) {
        if c == '+' {
            out.push(Word { kind: Kind::Letter, text: "plus".into() });
            open = false;
            continue;
        }
        let kind = if c.to_pinyin().is_some() {
            Kind::Han
        } else if c.is_numeric() {
            Kind::Digit
        } else if c.is_alphabetic() {
            Kind::Letter
        } else {
            open = false;
            continue;
        };
        match out.last_mut() {
            Some(last) if open && last.kind == kind => last.text.push(c),
            _ => out.push(Word { kind, text: c.to_string() }),
        }
        open = true;
    }
    for word in &mut out {
        let number = word.text.strip_prefix('第').and_then(|t| t.strip_suffix('代'));
        let place = number.and_then(|n| "一二三四五六七八九".chars().position(|c| n == c.to_string()));
        if let Some(n) = place {
            *word = Word { kind: Kind::Digit, text: (n + 1).to_string() };
        }
    }
    out
}

/// Initials and whole pinyin of every run of two Chinese characters or more.
fn pinyin_runs(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let (mut initials, mut whole) = (String::new(), String::new());
    let mut close = |initials: &mut String, whole: &mut String| {
        if initials.len() > 1 {
            out.push(std::mem::take(initials));
            out.push(std::mem::take(whole));
        }
        initials.clear();
        whole.clear();
    };
    for c in text.chars() {
        match c.to_pinyin() {
            Some(p) => {
                initials.push_str(p.first_letter());
                whole.push_str(&p.plain().replace('ü', "v"));
            }
            None => close(&mut initials, &mut whole),
        }
    }
    close(&mut initials, &mut whole);
    out
}

/// Without runs that are pieces of another: they find nothing more.
fn tidy(mut runs: Vec<String>) -> Vec<String> {
    runs.retain(|r| !r.is_empty());
    runs.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    let mut out: Vec<String> = Vec::with_capacity(runs.len());
    for run in runs {
        if !out.iter().any(|o| o.contains(&run)) {
            out.push(run);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(brand: &str, model: &str, term: &str) -> bool {
        device(brand, model, "256GB").iter().any(|r| r.contains(term))
    }

    #[test]
    fn a_model_is_found_by_what_the_trade_types() {
        for (brand, model, terms) in [
            ("Apple", "iPhone 13 Pro Max", "13pm pg13pm 苹果13pm ip13pm iphone13pm pingguo 13promax 13pm256 max pg"),
            ("苹果", "iPhone 13 Pro Max", "apple13pm pg13pm apple"),
            ("", "iPhone 13 Pro Max", "pg13pm 苹果13"),
            ("Apple", "iPhone SE (第二代)", "se2 pgse2 第二代"),
            ("Apple", "iPhone 13 mini", "13mini pg13m"),
            ("Huawei", "华为 P50 Pro", "p50p hwp50p 华为p50p p50pro huaweip50"),
            ("华为", "Mate 60 Pro", "m60p mate60p hwm60p hwmate60 mate60pro"),
            ("Huawei", "华为畅享60", "cx60 hwcx60 畅享60 华为畅享"),
            ("Xiaomi", "小米14 Ultra", "小米14u 14u mi14u xm14u xiaomi14u xiaomi14ultra"),
            ("Xiaomi", "Xiaomi Mi 9", "小米9 mi9 xm9"),
            ("Redmi", "Redmi K70 Pro+", "k70 红米k70 hmk70 k70pp k70proplus redmik70"),
            ("Samsung", "三星 Galaxy S23 Ultra", "s23u sxs23u 三星s23u galaxys23u samsungs23ultra"),
            ("OnePlus", "一加 Ace 3", "ace3 yjace3 一加ace3"),
            ("realme", "真我GT5 Pro", "gt5p zwgt5p 真我gt5"),
            ("OPPO", "OPPO Find X7 Ultra", "x7u findx7u fx7u oppofindx7"),
            ("诺基亚", "诺基亚 3310", "njy3310 nuojiya 诺基亚3310"),
        ] {
            for term in terms.split(' ') {
                assert!(found(brand, model, term), "{term} finds {model}: {:?}", device(brand, model, "256GB"));
            }
        }
        assert!(!found("Apple", "iPhone 13 Pro", "13pm"));
        assert!(!found("Xiaomi", "小米14", "14u"));
    }

    /// Every model of the book by its name's pieces, by brand and name together, and by its shorthand.
    #[test]
    fn every_model_of_the_book_is_found_by_its_names_its_initials_and_any_piece() {
        let book = crate::models::search("", usize::MAX);
        assert_eq!(book.len(), 128);
        for m in book {
            let runs = device(&m.brand, &m.model, &m.storages[0]);
            let finds = |term: &str| runs.iter().any(|r| r.contains(term));
            let name: Vec<char> = squeeze(&m.model).chars().collect();
            for from in 0..name.len() {
                for to in from + 1..=name.len() {
                    let piece: String = name[from..to].iter().collect();
                    assert!(finds(&piece), "{piece} of {}", m.model);
                }
            }
            // The shorthand written by hand from the English words: brand's initials, then first letters and numbers.
            let own = split(&m.model);
            let known = BRANDS.iter().find(|b| b.latin == squeeze(&m.brand));
            let zh = known.map_or(String::new(), |b| b.zh.to_owned());
            let initials: String = zh.chars().filter_map(|c| c.to_pinyin()).map(|p| p.first_letter()).collect();
            assert!(finds(&squeeze(&m.brand)) && finds(&zh) && finds(&initials), "{} of {}", m.brand, m.model);
            let last = own.iter().rfind(|w| w.kind == Kind::Digit).map(|w| w.text.clone()).unwrap_or_default();
            assert!(finds(&last), "{last} of {}", m.model);
        }
    }

    #[test]
    fn names_are_found_by_pinyin_and_sentences_are_not() {
        assert_eq!(phrase("远峰蓝色"), ["yuanfenglanse", "远峰蓝色", "yfls"]);
        assert_eq!(phrase("128GB"), ["128gb"]);
        assert_eq!(sentence("屏幕有划痕"), ["屏幕有划痕"]);
        assert!(grade("A1").contains(&"99新".to_owned()) && grade("A1").iter().any(|r| r == "靓机"));
        assert!(grade("nonsense").is_empty());
        assert!(category(Category::Other).is_empty());
    }
}
