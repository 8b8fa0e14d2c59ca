//! Carriers and what a waybill number tells of them. Public rule sets contradict each other: offer, never refuse.

use std::sync::LazyLock;

use regex_lite::Regex;

use crate::api::{Carrier, CarrierGuess, GuessStrength};

struct Rule {
    carrier: Carrier,
    strict: Option<Regex>,
    legacy: Option<Regex>,
    aliases: Vec<String>,
    strength: Strength,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Strength {
    Unique,
    Likely,
    Ambiguous,
    Generic,
}

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| read_rules(include_str!("../../../assets/data/carriers.csv")).unwrap_or_default());

fn read_rules(text: &str) -> Result<Vec<Rule>, csv::Error> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers()?.clone();
    let at = |name: &str| head.iter().position(|h| h == name).unwrap_or(usize::MAX);
    let (code, zh, en, strict, legacy) =
        (at("code"), at("name_zh"), at("name_en"), at("tracking_regex"), at("legacy_regex"));
    let (aliases, strength, status) = (at("aliases_zh"), at("match_strength"), at("status"));
    let mut rules = Vec::new();
    for row in reader.records() {
        let row = row?;
        let get = |i: usize| row.get(i).unwrap_or("");
        let regex = |i: usize| Some(get(i)).filter(|s| !s.is_empty()).and_then(|s| Regex::new(s).ok());
        rules.push(Rule {
            carrier: Carrier {
                code: get(code).to_owned(),
                zh: get(zh).to_owned(),
                en: get(en).to_owned(),
                active: get(status) == "active",
            },
            strict: regex(strict),
            legacy: regex(legacy),
            aliases: get(aliases).split('|').filter(|a| !a.is_empty()).map(str::to_owned).collect(),
            strength: match get(strength) {
                "unique_prefix" => Strength::Unique,
                "likely" => Strength::Likely,
                "ambiguous" => Strength::Ambiguous,
                _ => Strength::Generic,
            },
        });
    }
    Ok(rules)
}

/// A waybill number as carriers write it: capitals, no spaces; hyphens stay (JD numbers have them).
#[must_use]
pub fn clean_number(number: &str) -> String {
    number.chars().filter(|c| !c.is_whitespace() && !c.is_control()).flat_map(char::to_uppercase).collect()
}

/// Every carrier of the table: active ones first, in the table's order (most used on top).
#[must_use]
pub fn all() -> Vec<Carrier> {
    let mut list: Vec<Carrier> = RULES.iter().map(|r| r.carrier.clone()).collect();
    list.sort_by_key(|c| !c.active);
    list
}

/// The carrier of a kuaidi100 code.
#[must_use]
pub fn by_code(code: &str) -> Option<Carrier> {
    RULES.iter().find(|r| r.carrier.code == code).map(|r| r.carrier.clone())
}

/// Who may have written this number, best first. Closed carriers and rules too wide to mean anything are left out.
#[must_use]
pub fn suggest(number: &str) -> Vec<CarrierGuess> {
    let number = clean_number(number);
    let mut found: Vec<CarrierGuess> = RULES
        .iter()
        .filter(|r| r.carrier.active && r.strength != Strength::Generic)
        .filter_map(|r| {
            let hit = |re: &Option<Regex>| re.as_ref().is_some_and(|re| re.is_match(&number));
            let strength = match (hit(&r.strict), r.strength) {
                (true, Strength::Unique) => GuessStrength::Sure,
                (true, Strength::Likely) => GuessStrength::Likely,
                (true, _) => GuessStrength::Maybe,
                (false, _) if hit(&r.legacy) => GuessStrength::Maybe,
                _ => return None,
            };
            Some(CarrierGuess { carrier: r.carrier.clone(), strength })
        })
        .collect();
    // Stable: carriers of one strength keep the table's order.
    found.sort_by_key(|g| g.strength);
    found
}

/// Whether a number looks like this carrier's, by its present or older rule. Carriers without a telling rule fit everything.
#[must_use]
pub fn fits(code: &str, number: &str) -> bool {
    let number = clean_number(number);
    let Some(rule) = RULES.iter().find(|r| r.carrier.code == code) else { return true };
    if rule.strict.is_none() && rule.legacy.is_none() {
        return true;
    }
    [&rule.strict, &rule.legacy].into_iter().flatten().any(|re| re.is_match(&number))
}

/// The carrier a text names: its code, Chinese or English name or an alias; also the last part of `SF123-顺丰速运`.
#[must_use]
pub fn by_name(text: &str) -> Option<Carrier> {
    let text = fold(text);
    if text.is_empty() {
        return None;
    }
    let exact = |t: &str| {
        RULES.iter().find(|r| {
            r.carrier.code == t
                || fold(&r.carrier.zh) == t
                || fold(&r.carrier.en) == t
                || r.aliases.iter().any(|a| fold(a) == t)
        })
    };
    exact(&text)
        .or_else(|| text.rsplit('-').find_map(exact))
        .or_else(|| {
            // "顺丰速运(新)", "圆通快递单号": the longest Chinese name contained wins, so that 中通快运 is not 中通.
            RULES
                .iter()
                .flat_map(|r| r.aliases.iter().chain([&r.carrier.zh]).map(move |a| (fold(a), r)))
                .filter(|(a, _)| !a.is_ascii() && text.contains(a.as_str()))
                .max_by_key(|(a, r)| (a.len(), r.carrier.active))
                .map(|(_, r)| r)
        })
        .map(|r| r.carrier.clone())
}

fn fold(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Splits a cell that packs a waybill number and a carrier: `SF1234567890123-顺丰速运`, `SF-A-顺丰速运`, `顺丰速运:SF…`.
///
/// Of several parcels (`;`, `,`) the first is taken.
#[must_use]
pub fn split_packed(text: &str) -> Option<(String, Option<Carrier>)> {
    let first = text.split([';', '；', ',', '，', '\n']).map(str::trim).find(|s| !s.is_empty())?;
    // From the right: JD numbers have hyphens of their own.
    for (at, sep) in first.char_indices().rev().filter(|(_, c)| matches!(c, '-' | ':' | '：' | '/' | ' ')) {
        let (left, right) = (&first[..at], &first[at + sep.len_utf8()..]);
        for (number, name) in [(left, right), (right, left)] {
            if !name.is_ascii()
                && let Some(carrier) = by_name(name)
                && number.is_ascii()
            {
                return Some((clean_number(number), Some(carrier)));
            }
        }
    }
    first.is_ascii().then(|| (clean_number(first), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(number: &str) -> Vec<(String, GuessStrength)> {
        suggest(number).into_iter().map(|g| (g.carrier.code, g.strength)).collect()
    }
    fn named(text: &str) -> Option<String> {
        by_name(text).map(|c| c.code)
    }

    #[test]
    fn the_whole_table_is_read_and_every_example_fits_its_carrier() {
        assert_eq!(RULES.len(), 28);
        let mut reader = csv::Reader::from_reader(include_str!("../../../assets/data/carriers.csv").as_bytes());
        for row in reader.records().map_while(Result::ok) {
            assert!(fits(&row[0], &row[4]), "{} {}", &row[0], &row[4]);
        }
        assert!(RULES.iter().all(|r| r.strict.is_some()));
    }

    #[test]
    fn a_telling_prefix_is_sure_and_comes_first() {
        assert_eq!(codes("yt1234567890123")[0], ("yuantong".into(), GuessStrength::Sure));
        assert_eq!(codes(" JT1234567890123 ")[0], ("jtexpress".into(), GuessStrength::Sure));
        assert_eq!(codes("SF1234567890123")[0], ("shunfeng".into(), GuessStrength::Sure));
        assert_eq!(codes("JDVA12345678901-1-1-")[0], ("jd".into(), GuessStrength::Sure));
        assert_eq!(codes("773123456789012")[0], ("shentong".into(), GuessStrength::Likely));
        assert_eq!(codes("75123456789012")[0], ("zhongtong".into(), GuessStrength::Likely));
    }

    #[test]
    fn closed_carriers_and_rules_without_meaning_are_never_suggested() {
        for n in ["123456789012", "55123456789012", "ZY1234567890123", "312345678901", "RRS123456789"] {
            for (code, _) in codes(n) {
                assert!(
                    !["huitongkuaidi", "tiantian", "zhongyouex", "yundakuaiyun", "suning", "rrs"]
                        .contains(&code.as_str()),
                    "{n} {code}"
                );
            }
        }
    }

    #[test]
    fn an_older_number_form_is_only_a_maybe() {
        assert!(codes("123456789012").contains(&("shunfeng".into(), GuessStrength::Maybe)));
        assert!(fits("shunfeng", "123456789012"));
        assert!(!fits("shunfeng", "YT1234567890123"));
        assert!(fits("no_such_carrier", "1"));
    }

    #[test]
    fn strengths_come_in_order() {
        for n in ["123456789012", "1112345678901", "75123456789012"] {
            assert!(suggest(n).windows(2).all(|w| w[0].strength <= w[1].strength), "{n}");
        }
        assert!(suggest("").is_empty());
        assert!(suggest("hello").is_empty());
    }

    #[test]
    fn a_carrier_is_known_by_its_names_and_aliases() {
        assert_eq!(named("顺丰").as_deref(), Some("shunfeng"));
        assert_eq!(named("SF").as_deref(), Some("shunfeng"));
        assert_eq!(named("shunfeng").as_deref(), Some("shunfeng"));
        assert_eq!(named("SF Express").as_deref(), Some("shunfeng"));
        assert_eq!(named("SF-A-顺丰速运").as_deref(), Some("shunfeng"));
        assert_eq!(named("中通快运").as_deref(), Some("zhongtongkuaiyun"));
        assert_eq!(named("中通快递(新)").as_deref(), Some("zhongtong"));
        assert_eq!(named("某某快递"), None);
        assert_eq!(named(""), None);
    }

    #[test]
    fn a_packed_cell_is_taken_apart() {
        let split = |s: &str| split_packed(s).map(|(n, c)| (n, c.map(|c| c.code)));
        assert_eq!(split("SF-A-顺丰速运"), Some(("SF-A".into(), Some("shunfeng".into()))));
        assert_eq!(split("JDVA12345678901-1-1-京东快递"), Some(("JDVA12345678901-1-1".into(), Some("jd".into()))));
        assert_eq!(split("圆通速递：YT1234567890123"), Some(("YT1234567890123".into(), Some("yuantong".into()))));
        assert_eq!(split("YT1234567890123;YT2"), Some(("YT1234567890123".into(), None)));
        assert_eq!(split("已签收"), None);
        assert_eq!(split(""), None);
    }
}
