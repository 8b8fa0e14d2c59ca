//! The model book: names, storages and colours to suggest while a unit is taken in. Suggestions only, never a refusal.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use crate::api::{Category, ModelEntry, ModelHint};

#[derive(Debug, Clone)]
struct Model {
    /// `book:<brand>/<name in the book>`, or the owner's own id.
    id: String,
    hint: ModelHint,
    en: String,
    year: u16,
    /// Folded names to search: Chinese, English, brand names, initials.
    keys: Vec<String>,
}

static BOOK: LazyLock<Vec<Model>> =
    LazyLock::new(|| read(include_str!("../../../assets/data/device_models_sample.csv")).unwrap_or_default());

fn read(text: &str) -> Result<Vec<Model>, csv::Error> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers()?.clone();
    let at = |name: &str| head.iter().position(|h| h == name).unwrap_or(usize::MAX);
    let (brand, zh, en, year) = (at("brand"), at("model_zh"), at("model_en"), at("year"));
    let (storages, colours) = (at("storages"), at("colours_zh"));
    let mut book = Vec::new();
    for row in reader.records() {
        let row = row?;
        let get = |i: usize| row.get(i).unwrap_or("").to_owned();
        let list = |i: usize| get(i).split('|').filter(|s| !s.is_empty()).map(str::to_owned).collect();
        let hint = ModelHint {
            category: category(&get(zh), &get(en)),
            brand: get(brand),
            model: get(zh),
            storages: list(storages),
            colours: list(colours),
        };
        let keys = keys(&hint, &get(en));
        let id = format!("book:{}/{}", hint.brand, hint.model);
        book.push(Model { id, en: get(en), year: get(year).parse().unwrap_or(0), keys, hint });
    }
    Ok(book)
}

fn category(zh: &str, en: &str) -> Category {
    let has = |words: &[&str]| words.iter().any(|w| zh.contains(w) || en.contains(w));
    if has(&["iPad", "Pad", "平板", "Tab"]) {
        Category::Tablet
    } else if has(&["Watch", "手表", "手环"]) {
        Category::Watch
    } else if has(&["MacBook", "笔记本", "Laptop"]) {
        Category::Laptop
    } else {
        Category::Phone
    }
}

/// Names people type for a brand.
fn brand_words(brand: &str) -> &'static [&'static str] {
    match brand {
        "Apple" => &["苹果", "apple", "pg", "pingguo"],
        "Huawei" => &["华为", "huawei", "hw"],
        "Honor" => &["荣耀", "honor", "ry"],
        "Xiaomi" => &["小米", "xiaomi", "mi", "xm"],
        "Redmi" => &["红米", "redmi", "hm"],
        "OPPO" => &["oppo", "欧珀"],
        "vivo" => &["vivo", "维沃"],
        "iQOO" => &["iqoo", "爱酷"],
        "OnePlus" => &["一加", "oneplus", "1+", "yj"],
        "realme" => &["真我", "realme", "zw"],
        "Samsung" => &["三星", "samsung", "sx"],
        "RedMagic" => &["红魔", "redmagic", "nubia"],
        _ => &[],
    }
}

fn keys(hint: &ModelHint, en: &str) -> Vec<String> {
    let mut keys = vec![fold(&hint.model), fold(en)];
    // `苹果13`, `pg13pm`: the brand's word and what is left of the name without the brand and the line.
    let mut rest = fold(en);
    for word in
        ["apple", "iphone", "huawei", "honor", "xiaomi", "oneplus", "samsung", "galaxy", "realme", "redmagic", "redmi"]
    {
        rest = rest.strip_prefix(word).map_or(rest.clone(), str::to_owned);
    }
    let short = rest.replace("promax", "pm").replace("plus", "p").replace("pro", "p").replace("ultra", "u");
    for brand in brand_words(&hint.brand) {
        keys.push(format!("{brand}{rest}"));
        if short != rest {
            keys.push(format!("{brand}{short}"));
        }
    }
    if hint.brand == "Apple" {
        for line in ["iphone", "ip", ""] {
            keys.push(format!("{line}{short}"));
        }
    }
    keys.push(rest);
    keys.sort();
    keys.dedup();
    keys
}

fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '/')).flat_map(char::to_lowercase).collect()
}

/// The book as the owner has it: the built-in one with the owner's changes and own models over it.
#[derive(Debug)]
pub struct Book(Cow<'static, [Model]>);

impl Book {
    /// The built-in book under these changes.
    #[must_use]
    pub fn with(changes: &[ModelEntry]) -> Self {
        if changes.is_empty() {
            return Self(Cow::Borrowed(&BOOK));
        }
        let by_id: HashMap<&str, &ModelEntry> = changes.iter().map(|c| (c.id.as_str(), c)).collect();
        let mut all: Vec<Model> = Vec::with_capacity(BOOK.len() + changes.len());
        // The owner's own come first: among equals they are meant.
        let own = changes.iter().filter(|c| !c.hidden && !c.id.starts_with("book:"));
        all.extend(own.map(|c| made(c, &c.model, u16::MAX)));
        for m in BOOK.iter() {
            match by_id.get(m.id.as_str()) {
                None => all.push(m.clone()),
                Some(c) if c.hidden => {}
                Some(c) => {
                    let en = if c.model == m.hint.model { &m.en } else { &c.model };
                    all.push(made(c, en, m.year));
                }
            }
        }
        Self(Cow::Owned(all))
    }

    /// See [`search`].
    #[must_use]
    pub fn search(&self, text: &str, limit: usize) -> Vec<ModelHint> {
        search_in(&self.0, text, limit)
    }

    /// The model of exactly this name.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<ModelHint> {
        match &self.0 {
            Cow::Borrowed(_) => by_name(name),
            Cow::Owned(all) => {
                let want = fold(name);
                all.iter().find(|m| fold(&m.hint.model) == want || fold(&m.en) == want).map(|m| m.hint.clone())
            }
        }
    }
}

fn made(c: &ModelEntry, en: &str, year: u16) -> Model {
    let hint = ModelHint {
        category: c.category,
        brand: c.brand.clone(),
        model: c.model.clone(),
        storages: c.storages.clone(),
        colours: c.colours.clone(),
    };
    let mut keys = keys(&hint, en);
    keys.extend(c.aliases.iter().map(|a| fold(a)).filter(|a| !a.is_empty()));
    Model { id: c.id.clone(), keys, en: en.to_owned(), year, hint }
}

/// Every model of the built-in book as an entry the owner can change.
#[must_use]
pub fn entries() -> Vec<ModelEntry> {
    BOOK.iter()
        .map(|m| ModelEntry {
            id: m.id.clone(),
            category: m.hint.category,
            brand: m.hint.brand.clone(),
            model: m.hint.model.clone(),
            storages: m.hint.storages.clone(),
            colours: m.hint.colours.clone(),
            aliases: Vec::new(),
            hidden: false,
        })
        .collect()
}

/// Models whose names fit the text, best first: the exact name, a beginning, then every word somewhere; newer models first.
#[must_use]
pub fn search(text: &str, limit: usize) -> Vec<ModelHint> {
    search_in(&BOOK, text, limit)
}

fn search_in(book: &[Model], text: &str, limit: usize) -> Vec<ModelHint> {
    let whole = fold(text);
    let words: Vec<String> = text.split_whitespace().map(fold).filter(|w| !w.is_empty()).collect();
    let mut hits: Vec<(u8, u16, usize)> = Vec::new();
    for (i, m) in book.iter().enumerate() {
        let score = if whole.is_empty() {
            Some(3)
        } else if m.keys.contains(&whole) {
            Some(0)
        } else if m.keys.iter().any(|k| k.starts_with(&whole)) {
            Some(1)
        } else if words.iter().all(|w| m.keys.iter().any(|k| k.contains(w.as_str()))) {
            Some(2)
        } else {
            None
        };
        hits.extend(score.map(|s| (s, u16::MAX - m.year, i)));
    }
    hits.sort_unstable();
    hits.into_iter().take(limit).map(|(.., i)| book[i].hint.clone()).collect()
}

/// Folded Chinese and English names; the book's first of a name counts. An import asks this for every row.
static NAMES: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for (i, m) in BOOK.iter().enumerate() {
        names.entry(fold(&m.hint.model)).or_insert(i);
        names.entry(fold(&m.en)).or_insert(i);
    }
    names
});

/// The model of exactly this Chinese or English name.
#[must_use]
pub fn by_name(name: &str) -> Option<ModelHint> {
    NAMES.get(&fold(name)).and_then(|i| BOOK.get(*i)).map(|m| m.hint.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<String> {
        search(text, 10).into_iter().next().map(|m| m.model)
    }

    #[test]
    fn the_whole_book_is_read() {
        assert_eq!(BOOK.len(), 128);
        assert!(BOOK.iter().all(|m| !m.hint.brand.is_empty() && !m.hint.storages.is_empty() && m.year > 2000));
    }

    #[test]
    fn a_model_is_found_by_the_names_people_type() {
        for t in
            ["iPhone 13 Pro Max", "iphone13promax", "苹果13 Pro Max", "pg13pm", "苹果13pm", "13pm", "IPHONE 13 PRO MAX"]
        {
            assert_eq!(first(t).as_deref(), Some("iPhone 13 Pro Max"), "{t}");
        }
        assert_eq!(first("苹果13").as_deref(), Some("iPhone 13"));
        assert_eq!(first("mate60pro").as_deref(), Some("华为 Mate 60 Pro"));
        assert_eq!(first("k70").as_deref(), Some("Redmi K70"));
        assert_eq!(first("红米k70").as_deref(), Some("Redmi K70"));
        assert_eq!(first("一加12").as_deref(), Some("一加12"));
        assert_eq!(first("三星 s24").as_deref(), Some("三星 Galaxy S24"));
    }

    #[test]
    fn words_in_any_order_find_it_and_nonsense_does_not() {
        assert_eq!(first("max 13 pro").as_deref(), Some("iPhone 13 Pro Max"));
        assert!(search("诺基亚 3310", 10).is_empty());
        assert_eq!(search("", 5).len(), 5);
        assert_eq!(search("iphone", 3).len(), 3);
        assert_eq!(by_name("HUAWEI Mate 60").map(|m| m.brand).as_deref(), Some("Huawei"));
    }

    #[test]
    fn the_owner_renames_hides_and_adds_and_the_book_follows() {
        let mut thirteen = entries().into_iter().find(|e| e.model == "iPhone 13").unwrap_or_else(|| unreachable!());
        thirteen.aliases = vec!["十三香".into()];
        thirteen.colours.push("定制橙".into());
        let mut mini = entries().into_iter().find(|e| e.model == "iPhone 13 mini").unwrap_or_else(|| unreachable!());
        mini.hidden = true;
        let own =
            ModelEntry { id: "own".into(), brand: "Nokia".into(), model: "诺基亚 3310".into(), ..thirteen.clone() };
        let book = Book::with(&[thirteen, mini, own]);
        assert_eq!(book.search("十三香", 5)[0].model, "诺基亚 3310");
        assert_eq!(book.search("十三香", 5)[1].model, "iPhone 13");
        assert!(book.by_name("iphone 13").is_some_and(|h| h.colours.contains(&"定制橙".to_owned())));
        assert!(book.search("iphone 13 mini", 5).is_empty());
        assert_eq!(book.search("诺基亚", 5)[0].brand, "Nokia");
        assert_eq!(Book::with(&[]).search("13pm", 1), search("13pm", 1));
    }
}
