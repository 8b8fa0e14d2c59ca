//! The terms of a query.

use unicode_normalization::UnicodeNormalization;

use crate::Fen;

/// Terms looked at in one query.
const MOST: usize = 12;
/// The shortest piece of a code that finds it anywhere.
const PIECE: usize = 4;
/// The shortest tail of digits that finds a code.
const TAIL: usize = 3;
/// Above every price.
const DEAREST: Fen = Fen(i64::MAX);

/// One thing a unit must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    Word(Word),
    /// The list or the live price lies between these, both included.
    Price {
        from: Fen,
        to: Fen,
    },
}

/// Letters and digits, lower-case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    /// The price it may be, where it is a number.
    pub yuan: Option<Fen>,
}

impl Word {
    fn new(text: &str) -> Self {
        let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
        let yuan = if plain && (2..=6).contains(&text.len()) { text.parse::<i64>().ok() } else { None };
        Self { text: text.to_owned(), yuan: yuan.map(|y| Fen(y * 100)) }
    }

    /// Whether it is found anywhere in a code.
    #[must_use]
    pub fn piece_of_code(&self) -> bool {
        let has_digit = self.text.bytes().any(|b| b.is_ascii_digit());
        self.text.len() >= PIECE && has_digit && self.text.bytes().all(|b| b.is_ascii_alphanumeric())
    }

    /// Whether it is found at the end of a code.
    #[must_use]
    pub fn tail_of_code(&self) -> bool {
        self.piece_of_code() || (self.text.len() >= TAIL && self.text.bytes().all(|b| b.is_ascii_digit()))
    }
}

/// The terms of a query.
#[must_use]
pub fn terms(query: &str) -> Vec<Term> {
    let text: String = query.nfkc().flat_map(char::to_lowercase).collect();
    let mut out: Vec<Term> = Vec::new();
    for chunk in text.split(|c: char| c.is_whitespace() || ",;、|".contains(c)).filter(|c| !c.is_empty()) {
        if let Some((from, to)) = price(chunk) {
            out.push(Term::Price { from, to });
        } else {
            let words = chunk.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
            out.extend(words.map(|w| Term::Word(Word::new(w))));
        }
    }
    let mut seen: Vec<Term> = Vec::with_capacity(out.len());
    for term in out {
        if !seen.contains(&term) {
            seen.push(term);
        }
    }
    seen.truncate(MOST);
    seen
}

/// The range a price word names.
fn price(chunk: &str) -> Option<(Fen, Fen)> {
    let above = |n: Amount| (n.fen, DEAREST);
    let below = |n: Amount| (Fen(0), n.fen);
    if let Some(rest) = chunk.strip_prefix("<=").or_else(|| chunk.strip_prefix('≤')) {
        return amount(rest).map(below);
    }
    if let Some(rest) = chunk.strip_prefix('<') {
        return amount(rest).map(|n| (Fen(0), Fen(n.fen.0 - 1)));
    }
    if let Some(rest) = chunk.strip_prefix(">=").or_else(|| chunk.strip_prefix('≥')) {
        return amount(rest).map(above);
    }
    if let Some(rest) = chunk.strip_prefix('>') {
        return amount(rest).map(|n| (Fen(n.fen.0 + 1), DEAREST));
    }
    for end in ["以下", "以内", "之内"] {
        if let Some(n) = chunk.strip_suffix(end).and_then(amount) {
            return Some(below(n));
        }
    }
    for end in ["以上", "起"] {
        if let Some(n) = chunk.strip_suffix(end).and_then(amount) {
            return Some(above(n));
        }
    }
    if let Some((a, b)) = chunk.split_once(['-', '~', '—', '–', '到', '至']) {
        // Two numbers of three digits: shorter ones are shelves (`3-12`) and dates.
        let (a, b) = (amount(a)?, amount(b)?);
        return (a.digits >= 3 && b.digits >= 3).then(|| (a.fen.min(b.fen), a.fen.max(b.fen)));
    }
    amount(chunk).filter(|n| n.marked).map(|n| (n.fen, n.fen))
}

struct Amount {
    fen: Fen,
    digits: usize,
    /// Says itself that it is money.
    marked: bool,
}

/// `2999`, `¥2999`, `2999元`, `12.5`. A number with a leading zero is a stock number, not money.
fn amount(text: &str) -> Option<Amount> {
    let bare = text.trim_start_matches('¥');
    let bare = bare.strip_suffix(['元', '块']).unwrap_or(bare);
    let (yuan, cents) = bare.split_once('.').unwrap_or((bare, ""));
    let number = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if !(1..=6).contains(&yuan.len()) || cents.len() > 2 || !number(yuan) || !number(cents) || bare.ends_with('.') {
        return None;
    }
    if yuan.len() > 1 && yuan.starts_with('0') {
        return None;
    }
    let cents: i64 = format!("{cents:0<2}").parse().ok()?;
    let fen = Fen(yuan.parse::<i64>().ok()? * 100 + cents);
    Some(Amount { fen, digits: yuan.len(), marked: bare.len() != text.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(query: &str) -> Vec<String> {
        let word = |t| match t {
            Term::Word(w) => w.text,
            Term::Price { from, to } => format!("{}..{}", from.0, if to == DEAREST { -1 } else { to.0 }),
        };
        terms(query).into_iter().map(word).collect()
    }

    #[test]
    fn quotes_stars_and_operators_of_a_query_are_only_separators() {
        assert_eq!(words("a\"b* OR (c) -d:%_"), ["a", "b", "or", "c", "d"]);
        assert!(words(" \" ' * ").is_empty());
        assert_eq!(words("13pm，蓝　256"), ["13pm", "蓝", "256"]);
        assert_eq!(words("１３ＰＭ 13pm"), ["13pm"]);
    }

    #[test]
    fn a_range_of_prices_is_read_in_the_ways_people_write_it() {
        for (text, want) in [
            ("3000-3500", "300000..350000"),
            ("３０００～３５００", "300000..350000"),
            ("3500到3000", "300000..350000"),
            ("¥300-500元", "30000..50000"),
            ("<2000", "0..199999"),
            ("＜=2000", "0..200000"),
            ("≤2000", "0..200000"),
            ("2000以下", "0..200000"),
            (">5000", "500001..-1"),
            ("5000以上", "500000..-1"),
            ("≥5000元", "500000..-1"),
            ("￥2999", "299900..299900"),
            ("12.5元", "1250..1250"),
        ] {
            assert_eq!(words(text), [want], "{text}");
        }
    }

    #[test]
    fn shelves_stock_numbers_and_models_are_words_and_not_prices() {
        assert_eq!(words("3-12"), ["3", "12"]);
        assert_eq!(words("A1-06"), ["a1", "06"]);
        assert_eq!(words("0387-0390"), ["0387", "0390"]);
        assert_eq!(words("<k70"), ["k70"]);
        assert_eq!(words("-"), Vec::<String>::new());
    }

    #[test]
    fn a_number_is_also_a_price_and_a_long_one_also_a_code() {
        let word = |t: &str| Word::new(t);
        assert_eq!(word("2999").yuan, Some(Fen(299_900)));
        assert_eq!((word("0299").yuan, word("k70").yuan, word("1234567").yuan), (None, None, None));
        assert!(word("2999").piece_of_code() && word("xk2j").piece_of_code() && !word("xkjm").piece_of_code());
        assert!(word("123").tail_of_code() && !word("123").piece_of_code() && !word("a12").tail_of_code());
        assert!(!word("屏幕有伤1").piece_of_code());
    }
}
