//! What a person may type to find a unit, and what is found by it.
//!
//! A query is a list of terms, separated by spaces or signs, in any order; full-width letters and signs are the same as
//! half-width ones, and case does not matter. **Every** term must find the unit, each by any of these:
//!
//! 1. *Words.* The term is a piece, from one character on, of one of the unit's runs: a field squeezed to its letters
//!    and digits (brand, model, storage, colour, shelf, badges, flaws, note), a grade's or category's name, or what the
//!    trade types for the model ([`names::device`]: `13pm`, `pg13pm`, `hwp50p`, `小米14u`, `mi14u`), or the pinyin of a
//!    name, whole or by initials ([`names::phrase`]).
//! 2. *Stock number.* The term is a piece of it.
//! 3. *Codes.* IMEI, second IMEI, MEID, serial number: any piece of four characters or more with a digit in it; the
//!    last three digits, too.
//! 4. *Price.* A number of two to six digits is the list or the live price in yuan. `3000-3500`, `<2000`, `>=5000`,
//!    `2000以下`, `3000以上`, `¥2999` are prices only: the list or the live price lies there.
//!
//! Units whose stock number or code is exactly a term stand before those whose code ends in it, and these before all
//! others; within each the list's own order holds.

pub mod names;
mod terms;

pub use terms::{Term, Word, terms};

use unicode_normalization::UnicodeNormalization;

/// Characters of one field that are searched.
const LONGEST: usize = 2_000;

/// Letters and digits of `text`, lower-case and half-width, nothing else.
#[must_use]
pub fn squeeze(text: &str) -> String {
    if text.is_ascii() {
        return text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .take(LONGEST)
            .collect();
    }
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_squeezed_to_half_width_letters_and_digits() {
        assert_eq!(squeeze("ｉＰｈｏｎｅ　１３ Pro-Max"), "iphone13promax");
        assert_eq!(squeeze("屏幕，有 划痕"), "屏幕有划痕");
        assert_eq!(squeeze("A1-06"), "a106");
    }
}
