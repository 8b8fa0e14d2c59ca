//! Fields of templates and the owner's own as columns of a sheet of units: their headers, and values as people read them.

use crate::api::{FieldDef, FieldKind, SheetLanguage};
use crate::headers::{HeaderRow, Mapping, fold};
use crate::units_export::{Written, category_name, usual};
use crate::{fields, fields::NO, fields::YES};

const PREFIX: &str = "fields.";

/// The name of a field among the columns of every unit.
#[must_use]
pub fn key(id: &str) -> String {
    format!("{PREFIX}{id}")
}

/// The field's id, where the name is one of a field.
#[must_use]
pub fn id_of(key: &str) -> Option<&str> {
    key.strip_prefix(PREFIX)
}

/// `内存 [ram]`: the label, with its categories where another field has the same, and a mark that stays when the field is
/// renamed.
#[must_use]
pub fn header(def: &FieldDef, all: &[FieldDef], language: SheetLanguage) -> String {
    let name = label(def, language);
    let shared = all.iter().any(|d| d.id != def.id && fold(label(d, language)) == fold(name));
    let of: Vec<&str> = def.categories.iter().map(|c| category_name(*c, language)).collect();
    let of = if shared && !of.is_empty() { format!(" ({})", of.join("/")) } else { String::new() };
    format!("{name}{of} [{}]", mark(def))
}

/// The header without its mark.
#[must_use]
pub fn without_mark(header: &str) -> &str {
    header.rsplit_once('[').map_or(header, |(name, _)| name).trim_end()
}

fn label(def: &FieldDef, language: SheetLanguage) -> &str {
    match language {
        SheetLanguage::Zh => &def.zh,
        SheetLanguage::En => &def.en,
    }
}

/// A template's id; of an owner's own field the end of it, which is chance alone.
fn mark(def: &FieldDef) -> String {
    if def.builtin {
        return def.id.clone();
    }
    let end: Vec<char> = def.id.chars().rev().take(8).collect();
    format!("#{}", end.into_iter().rev().collect::<String>())
}

/// Maps headers with a mark to their fields. A mark of another stall's own field is read by its label, if one own field
/// here has it. A header without a mark is for a person to map: 屏幕 may say that it is scratched.
pub(crate) fn guess(header: &HeaderRow, all: &[FieldDef], mapping: &mut Mapping) {
    for name in &header.names {
        let folded = fold(name);
        let Some((head, mark_)) = folded.strip_suffix(']').and_then(|h| h.rsplit_once('[')) else { continue };
        let named = |d: &&FieldDef| {
            !d.builtin
                && [&d.zh, &d.en].into_iter().any(|l| {
                    let rest = head.strip_prefix(fold(l).as_str());
                    rest.is_some_and(|r| r.is_empty() || r.starts_with('('))
                })
        };
        let mut same = all.iter().filter(named);
        let by_label = || match (mark_.starts_with('#'), same.next(), same.next()) {
            (true, Some(def), None) => Some(def),
            _ => None,
        };
        if let Some(def) = all.iter().find(|d| fold(&mark(d)) == mark_).or_else(by_label) {
            mapping.entry(key(&def.id)).or_insert_with(|| name.clone());
        }
    }
}

/// A stored value as the importer reads it back: choices and answers in words.
pub(crate) fn write(def: &FieldDef, value: &str, language: SheetLanguage) -> Written {
    let means = |word: &str| fields::clean(def, word).is_ok_and(|v| v == value);
    let word = match (def.kind, language) {
        (FieldKind::YesNo, SheetLanguage::Zh) if value == YES => "是",
        (FieldKind::YesNo, SheetLanguage::Zh) if value == NO => "否",
        (FieldKind::Choice, _) => {
            let option = def.options.iter().find(|o| o.value == value);
            let word = option.map(|o| if language == SheetLanguage::Zh { &o.zh } else { &o.en });
            word.filter(|w| means(w)).map_or(value, String::as_str)
        }
        _ => value,
    };
    usual(&Some(word.to_owned()), str::to_owned)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::api::Category;

    fn own(id: &str, name: &str) -> FieldDef {
        FieldDef {
            id: id.to_owned(),
            builtin: false,
            zh: name.to_owned(),
            en: name.to_owned(),
            kind: FieldKind::Text,
            unit: String::new(),
            options: Vec::new(),
            categories: vec![Category::Camera],
            hidden: false,
        }
    }

    fn mapped(names: &[String], all: &[FieldDef]) -> Mapping {
        let mut mapping = Mapping::new();
        guess(&HeaderRow { row: 0, names: names.to_vec() }, all, &mut mapping);
        mapping
    }

    #[test]
    fn every_field_is_found_again_by_its_header_even_where_labels_are_shared() {
        let mut all = fields::templates().to_vec();
        all.push(own("0192f3c4-0000-7000-8000-0000aabbccdd", "联网"));
        for language in [SheetLanguage::Zh, SheetLanguage::En] {
            let names: Vec<String> = all.iter().map(|d| header(d, &all, language)).collect();
            let found = mapped(&names, &all);
            for (def, name) in all.iter().zip(&names) {
                assert_eq!(found.get(&key(&def.id)), Some(name));
            }
        }
        let zh = |id: &str| header(all.iter().find(|d| d.id == id).unwrap(), &all, SheetLanguage::Zh);
        assert_eq!((zh("ram"), zh("connection")), ("内存 [ram]".to_owned(), "联网 (平板) [connection]".to_owned()));
        assert_eq!(zh(&all.last().unwrap().id), "联网 (相机) [#aabbccdd]");
        assert_eq!(without_mark("联网 (平板) [connection]"), "联网 (平板)");
    }

    #[test]
    fn another_stall_s_own_field_is_known_by_its_label_and_a_bare_label_is_left_to_a_person() {
        let here = [own("1", "凭证"), own("2", "卡"), own("3", "卡")];
        let names = ["凭证 [#ffffffff]", "卡 [#eeeeeeee]", "凭证", "屏幕"].map(str::to_owned);
        assert_eq!(mapped(&names, &here), Mapping::from([(key("1"), names[0].clone())]));
        assert!(mapped(&["屏幕".to_owned(), "屏幕 [other]".to_owned()], fields::templates()).is_empty());
    }

    #[test]
    fn choices_and_answers_are_written_in_words() {
        let of = |id: &str, value: &str, l| write(fields::template(id).unwrap(), value, l).shown();
        assert_eq!(of("pen", YES, SheetLanguage::Zh), "是");
        assert_eq!(of("pen", NO, SheetLanguage::En), "no");
        assert_eq!(of("region", "hk", SheetLanguage::Zh), "港版");
        assert_eq!(of("region", "hk", SheetLanguage::En), "Hong Kong");
        assert_eq!(of("region", "欧版", SheetLanguage::En), "欧版");
        assert_eq!(of("in_the_box", "无", SheetLanguage::Zh), "'无");
    }
}
