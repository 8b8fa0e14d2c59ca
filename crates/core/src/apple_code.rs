//! Apple model codes such as `MU2F3CH/A` (Settings, General, About): how it was first sold and where. A code proves no more.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use crate::api::{ModelCode, TwoNames};

#[derive(Deserialize, Default)]
struct File {
    first_letter: HashMap<String, (String, String)>,
    region_suffix: HashMap<String, (String, String)>,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../assets/data/apple_model_codes.json")).unwrap_or_default()
});

fn named(pair: Option<&(String, String)>) -> Option<TwoNames> {
    // What the table's maker was sure of is the name; how sure is not for the screen.
    let plain = |s: &str| s.split(['(', '（']).next().unwrap_or(s).trim().to_owned();
    pair.map(|(zh, en)| TwoNames { zh: plain(zh), en: plain(en) })
}

/// Reads a code as it is written or scanned. Anything may be asked; what has not the shape says so.
#[must_use]
pub fn decode(text: &str) -> ModelCode {
    let code: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect();
    let unknown = ModelCode { code: code.clone(), shaped: false, origin: None, letter: String::new(), region: None };
    let Some(body) = code.strip_suffix("/A") else { return unknown };
    if !body.bytes().all(|b| b.is_ascii_alphanumeric()) || !(6..=8).contains(&body.len()) {
        return unknown;
    }
    let (first, rest) = body.split_at(1);
    let Some(origin) = named(FILE.first_letter.get(first)) else { return unknown };
    // Three or four characters of the model (it ends in a digit), then one or two letters of the region: the longest
    // that is known.
    let region = (1..=2usize).rev().find_map(|n| {
        let at = rest.len().checked_sub(n).filter(|at| (3..=5).contains(at))?;
        let tail = rest.get(at..)?;
        tail.bytes().all(|b| b.is_ascii_alphabetic()).then(|| named(FILE.region_suffix.get(tail))).flatten()
    });
    ModelCode { shaped: true, origin: Some(origin), letter: first.to_owned(), region, ..unknown }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_mainland_retail_code_says_so() {
        let c = decode(" mu2f3ch/a ");
        assert_eq!((c.code.as_str(), c.shaped, c.letter.as_str()), ("MU2F3CH/A", true, "M"));
        assert_eq!((c.origin.unwrap().zh.as_str(), c.region.unwrap().zh.as_str()), ("零售机", "国行"));
    }

    #[test]
    fn replacements_demonstrators_and_one_letter_regions_are_told_apart() {
        let of = |s: &str| {
            let c = decode(s);
            (c.origin.unwrap().en, c.region.map(|r| r.en).unwrap_or_default())
        };
        assert_eq!(of("NQ6K2ZP/A").0, "service replacement");
        assert_eq!(of("3C123LL/A").1, "United States");
        assert_eq!(of("MPVN3J/A").1, "Japan");
        assert_eq!(of("MQ6M3ZA/A").1, "Singapore");
    }

    #[test]
    fn a_code_that_is_none_is_only_not_understood() {
        for s in ["", "A2644", "MU2F3CH", "XU2F3CH/A", "/A", "机器/A", "MU2F3CHZZZZ/A"] {
            assert!(!decode(s).shaped, "{s}");
        }
        assert_eq!(decode("MU2F3QQ/A").region, None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(s in ".*") { let _ = decode(&s); }
    }
}
