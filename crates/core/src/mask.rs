//! What of a receiver may be shown before a person presses to see it.
//!
//! The waybill standard hides at least one character of the name and six digits of the phone; the common
//! `138****1234` hides only four and is not enough.

/// `张三丰` -> `张**`: the first character and a star for each hidden one, at least one and at most two.
#[must_use]
pub fn name(name: &str) -> String {
    let name = name.trim();
    if is_cipher(name) {
        return "**".to_owned();
    }
    let mut chars = name.chars();
    match (chars.next(), chars.count()) {
        (None, _) => String::new(),
        (Some('*'), _) => "**".to_owned(),
        (Some(c), 0 | 1) => format!("{c}*"),
        (Some(c), _) => format!("{c}**"),
    }
}

/// `13812343318` -> `1******3318`: at least six digits are hidden; ciphertext shows nothing.
///
/// Of a virtual number (`17012345678-1234`) the extension is shown, as couriers ask for it.
#[must_use]
pub fn phone(phone: &str) -> String {
    let phone = phone.trim();
    if phone.is_empty() {
        return String::new();
    }
    if is_cipher(phone) {
        return "******".to_owned();
    }
    let main = phone.split(['-', '转', ',', '，']).next().unwrap_or(phone);
    let rest = &phone[main.len()..];
    let ext: String = rest.chars().filter(char::is_ascii_digit).take(6).collect();
    let digits: Vec<char> = main.chars().filter(|c| c.is_ascii_digit() || *c == '*').collect();
    if digits.len() < 7 && !ext.is_empty() {
        // A landline `010-12345678`: the area code was split off, mask the whole.
        let all: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
        return hide(&all);
    }
    let shown = hide(&digits);
    if ext.is_empty() { shown } else { format!("{shown}-{ext}") }
}

fn hide(digits: &[char]) -> String {
    let n = digits.len();
    if n < 7 {
        return "*".repeat(n.max(6));
    }
    let tail = (n - 6).saturating_sub(1).min(4);
    let head = usize::from(n - 6 > tail);
    let hidden = n - head - tail;
    let mut out: String = digits[..head].iter().collect();
    out.push_str(&"*".repeat(hidden.clamp(6, 8)));
    out.extend(&digits[n - tail..]);
    out
}

/// Ciphertext of a platform (`##…`, `$$…`): kept, never shown, never guessed.
#[must_use]
pub fn is_cipher(text: &str) -> bool {
    let t = text.trim_start();
    t.starts_with("##") || t.starts_with("$$")
}

/// The platform already hid this value: stars in it, or ciphertext.
#[must_use]
pub fn is_hidden(text: &str) -> bool {
    is_cipher(text) || text.contains('*') || text.contains('＊')
}

/// `湖北省 武汉市`: province and city, once where they are the same (`北京市 北京市`); parts that are ciphertext are left out.
#[must_use]
pub fn region(province: &str, city: &str) -> String {
    let (p, c) = (province.trim(), city.trim());
    let p = if is_cipher(p) { "" } else { p };
    let c = if is_cipher(c) || c == p { "" } else { c };
    [p, c].iter().filter(|s| !s.is_empty()).copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_shows_its_first_character_only() {
        assert_eq!(name("张三丰"), "张**");
        assert_eq!(name("张三"), "张*");
        assert_eq!(name("张"), "张*");
        assert_eq!(name("欧阳娜娜"), "欧**");
        assert_eq!(name(""), "");
        assert_eq!(name("##aGVsbG8="), "**");
        assert_eq!(name("*先生"), "**");
    }

    #[test]
    fn a_phone_hides_six_digits_or_more() {
        assert_eq!(phone("13812343318"), "1******3318");
        assert_eq!(phone("138****3318"), "1******3318");
        assert_eq!(phone("$$c2VjcmV0"), "******");
        assert_eq!(phone("17012345678-1234"), "1******5678-1234");
        assert_eq!(phone("17012345678转1234"), "1******5678-1234");
        assert_eq!(phone("12345"), "******");
        assert_eq!(phone(""), "");
    }

    #[test]
    fn ciphertext_and_stars_are_seen_as_hidden() {
        assert!(is_hidden("##x") && is_hidden("$$x") && is_hidden("张*") && is_hidden("1********34"));
        assert!(!is_hidden("张三") && !is_hidden(""));
        assert!(!is_cipher("#1 张三"));
    }

    #[test]
    fn a_region_names_a_municipality_once() {
        assert_eq!(region("湖北省", "武汉市"), "湖北省 武汉市");
        assert_eq!(region("北京市", "北京市"), "北京市");
        assert_eq!(region("##x", "武汉市"), "武汉市");
        assert_eq!(region("", ""), "");
    }

    proptest! {
        #[test]
        fn at_most_five_digits_of_a_plain_phone_are_shown(p in "[0-9]{0,20}") {
            let shown = phone(&p).chars().filter(char::is_ascii_digit).count();
            prop_assert!(shown <= 5 && (p.is_empty() || shown + 6 <= p.len().max(6)), "{p} {}", phone(&p));
        }
        #[test]
        fn a_landline_too_hides_six(a in "0[0-9]{2,3}", b in "[2-9][0-9]{6,7}") {
            let whole = format!("{a}-{b}");
            let shown = phone(&whole).chars().filter(char::is_ascii_digit).count();
            prop_assert!(shown + 6 <= a.len() + b.len(), "{whole} {}", phone(&whole));
        }
        #[test]
        fn no_text_makes_a_mask_panic(s in ".*") {
            let _ = (name(&s), phone(&s), region(&s, &s));
        }
    }
}
