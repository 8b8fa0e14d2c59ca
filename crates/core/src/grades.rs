//! Grade ids and the words people use for them (`grades.json`).

use std::sync::LazyLock;

use serde::Deserialize;

/// A grade of the house scale, best first.
#[derive(Debug, Clone, Deserialize)]
pub struct Grade {
    /// S, A1, A2, B1, B2, C, D, E.
    pub id: String,
    pub zh: String,
    pub en: String,
    #[serde(default)]
    pub aliases_zh: Vec<String>,
    /// 0 is best.
    pub rank: u32,
}

#[derive(Deserialize, Default)]
struct File {
    grades: Vec<Grade>,
    market_slang: Vec<Slang>,
}

#[derive(Deserialize)]
struct Slang {
    zh: String,
    nearest: String,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../assets/data/grades.json")).unwrap_or_default());

/// Every grade, best first.
#[must_use]
pub fn all() -> &'static [Grade] {
    &FILE.grades
}

/// A grade by id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Grade> {
    all().iter().find(|g| g.id == id)
}

/// The grade id a word means: an id, a name, an alias or market slang (`99新`, `9.5成新`, `靓机`); `None` when unknown.
#[must_use]
pub fn by_word(text: &str) -> Option<&'static str> {
    let want = fold(text);
    if want.is_empty() {
        return None;
    }
    let named = all().iter().find(|g| {
        fold(&g.id) == want || g.zh.split('/').any(|n| fold(n) == want) || fold(&g.zh) == want || fold(&g.en) == want
    });
    let alias = || all().iter().find(|g| g.aliases_zh.iter().any(|a| fold(a) == want));
    let slang = || FILE.market_slang.iter().find(|s| fold(&s.zh) == want).and_then(|s| by_id(&s.nearest));
    let tenths = || by_id(tenths(&want)?);
    named.or_else(alias).or_else(slang).or_else(tenths).map(|g| g.id.as_str())
}

/// `99新`, `9.5成新`, `八五新`: condition as a number out of 100.
fn tenths(want: &str) -> Option<&'static str> {
    let n = want.trim_end_matches("成新").trim_end_matches('新').trim_end_matches('成');
    if n == want {
        return None;
    }
    let n: f64 = n.parse().ok()?;
    let percent = if n <= 10.0 { n * 10.0 } else { n };
    Some(match percent {
        p if !(10.0..=100.0).contains(&p) => return None,
        p if p >= 100.0 => "S",
        p if p >= 99.0 => "A1",
        p if p >= 95.0 => "A2",
        p if p >= 90.0 => "B1",
        p if p >= 85.0 => "B2",
        p if p >= 80.0 => "C",
        _ => "D",
    })
}

fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_runs_from_s_to_e() {
        let ids: Vec<&str> = all().iter().map(|g| g.id.as_str()).collect();
        assert_eq!(ids, ["S", "A1", "A2", "B1", "B2", "C", "D", "E"]);
        assert!(all().windows(2).all(|w| w[0].rank < w[1].rank));
    }

    #[test]
    fn every_id_name_and_alias_means_its_grade() {
        for g in all() {
            for word in [&g.id, &g.zh, &g.en].into_iter().chain(&g.aliases_zh) {
                assert_eq!(by_word(word), Some(g.id.as_str()), "{word}");
            }
        }
    }

    #[test]
    fn market_words_are_understood_and_others_are_not() {
        for (w, id) in [
            ("a1", "A1"),
            ("９９新", "A1"),
            ("9.5成新", "A2"),
            ("靓机", "A1"),
            ("97新", "A2"),
            ("9成", "B1"),
            ("大花", "C"),
            ("60新", "D"),
            ("故障机", "E"),
        ] {
            assert_eq!(by_word(w), Some(id), "{w}");
        }
        for w in ["", "A3", "很新", "新", "0新", "1000新"] {
            assert_eq!(by_word(w), None, "{w}");
        }
    }
}
