//! Making words fit: first smaller, then on two lines, then cut with an ellipsis; a number is never cut.

use crate::{font::Fonts, marks::Weight};

/// Lines of text and the em they are set in.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    pub em: f32,
    pub lines: Vec<String>,
}

/// Limits of a text: width and ems in dots.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub width: f32,
    pub em: f32,
    pub min: f32,
    pub lines: usize,
    pub weight: Weight,
}

/// Shrinking further than this looks worse than a second line.
const BEFORE_WRAP: f32 = 0.8;
/// Sizes tried between the one wished for and the smallest.
const STEPS: u8 = 8;

/// Fits a text.
pub fn fit(fonts: &Fonts, text: &str, l: Limits) -> Fitted {
    let natural = fonts.width(l.weight, 1.0, text).max(0.01);
    let one = (l.width / natural).min(l.em);
    let least = if l.lines > 1 { (l.em * BEFORE_WRAP).max(l.min) } else { l.min };
    if one >= least {
        return Fitted { em: one, lines: vec![text.to_owned()] };
    }
    if l.lines > 1 {
        for step in 0..=STEPS {
            let em = l.em + (l.min - l.em) * f32::from(step) / f32::from(STEPS);
            let lines = wrap(fonts, text, Limits { em, ..l });
            // One word alone may be wider than a line.
            let fits = lines.iter().all(|s| fonts.width(l.weight, em, s.trim_end()) <= l.width);
            if fits && lines.len() <= l.lines {
                return Fitted { em, lines };
            }
        }
    }
    let mut lines = wrap(fonts, text, Limits { em: l.min, ..l });
    let rest = lines.split_off(l.lines.saturating_sub(1).min(lines.len())).concat();
    lines.push(cut(fonts, rest.trim(), Limits { em: l.min, ..l }));
    Fitted { em: l.min, lines }
}

/// Greedy lines. Breaks stand at spaces and beside Chinese characters. In the smallest type a word longer than a line is
/// broken too: after a hyphen, else anywhere but inside a number.
fn wrap(fonts: &Fonts, text: &str, l: Limits) -> Vec<String> {
    let fits = |s: &str| fonts.width(l.weight, l.em, s.trim_end()) <= l.width;
    let mut lines = vec![String::new()];
    let smallest = l.em <= l.min;
    for mut word in words(text) {
        while smallest && !fits(word) {
            let (head, tail) = word.split_at_checked(break_at(word, fits)).unwrap_or((word, ""));
            if tail.is_empty() {
                break;
            }
            lines.retain(|s| !s.is_empty());
            lines.push(head.to_owned());
            lines.push(String::new());
            word = tail;
        }
        let line = lines.last().map_or("", String::as_str);
        if fits(&format!("{line}{word}")) {
            if let Some(line) = lines.last_mut() {
                line.push_str(word);
            }
        } else if line.is_empty() {
            lines.pop();
            lines.extend([word.to_owned(), String::new()]);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.retain(|s| !s.is_empty());
    lines
}

/// Where a word that is too long for a line breaks; never at its beginning.
fn break_at(word: &str, fits: impl Fn(&str) -> bool) -> usize {
    let ends = word.char_indices().map(|(i, c)| i + c.len_utf8());
    let first = word.chars().next().map_or(0, char::len_utf8);
    let most = ends.take_while(|e| word.get(..*e).is_some_and(&fits)).last().unwrap_or(first);
    let hyphen = word.get(..most).and_then(|s| s.rfind(['-', '/'])).map(|i| i + 1);
    match hyphen.unwrap_or_else(|| whole_numbers(word, most)) {
        0 => most,
        at => at,
    }
}

/// Words with the spaces after them; a Chinese character is a word.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut last) = (0, None::<char>);
    for (i, c) in text.char_indices() {
        let joins = match last {
            None => true,
            Some(p) => c == ' ' || (p != ' ' && !wide(p) && !wide(c)),
        };
        if !joins {
            out.extend(text.get(start..i));
            start = i;
        }
        last = Some(c);
    }
    out.extend(text.get(start..).filter(|s| !s.is_empty()));
    out
}

fn wide(c: char) -> bool {
    (c as u32) >= 0x2E80
}

/// Cuts a text that is too long.
fn cut(fonts: &Fonts, text: &str, l: Limits) -> String {
    if fonts.width(l.weight, l.em, text) <= l.width {
        return text.to_owned();
    }
    let room = l.width - fonts.width(l.weight, l.em, "…");
    let mut kept = 0;
    for (i, c) in text.char_indices() {
        let end = i + c.len_utf8();
        if text.get(..end).is_none_or(|s| fonts.width(l.weight, l.em, s) > room) {
            break;
        }
        kept = end;
    }
    format!("{}…", text.get(..whole_numbers(text, kept)).unwrap_or_default().trim_end())
}

/// Where a cut at `at` must go so that no number is cut: before the run of letters and digits it falls into, if there is
/// a digit in it. "256GB" cut to "256G" or "iPhone 13" to "iPhone 1" would be another thing.
fn whole_numbers(text: &str, at: usize) -> usize {
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '/' | '+' | '%');
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    if !after.starts_with(part) {
        return at;
    }
    let start = before
        .rfind(|c: char| !part(c))
        .map_or(0, |i| i + before.get(i..).and_then(|s| s.chars().next()).map_or(1, char::len_utf8));
    let end = at + after.find(|c: char| !part(c)).unwrap_or(after.len());
    let run = text.get(start..end).unwrap_or_default();
    if run.bytes().any(|b| b.is_ascii_digit()) { start } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(width: f32, lines: usize) -> Limits {
        Limits { width, em: 30.0, min: 20.0, lines, weight: Weight::Bold }
    }

    #[test]
    fn a_short_text_stays_as_large_as_wished_and_a_longer_one_shrinks() -> Result<(), stall_core::AppError> {
        let fonts = Fonts::open()?;
        assert_eq!(fit(&fonts, "P60", limits(200.0, 1)).em, 30.0);
        let long = fit(&fonts, "iPhone 15 Pro", limits(170.0, 1));
        let broken = fit(&fonts, "REPAIR-BENCH-12", limits(130.0, 2));
        assert_eq!(broken.lines, ["REPAIR-", "BENCH-12"]);
        let word = fit(&fonts, "A-03", Limits { em: 90.0, ..limits(140.0, 2) });
        assert!(word.lines == ["A-03"] && fonts.width(Weight::Bold, word.em, "A-03") <= 140.0);
        assert!(long.em < 30.0 && long.em >= 20.0 && long.lines == ["iPhone 15 Pro"]);
        Ok(())
    }

    #[test]
    fn a_long_text_goes_on_two_lines_and_what_is_left_is_cut() -> Result<(), stall_core::AppError> {
        let fonts = Fonts::open()?;
        let two = fit(&fonts, "HUAWEI Mate 60 Pro 卫星通信版", limits(240.0, 2));
        assert_eq!(two.lines.len(), 2);
        assert_eq!(two.lines.concat().replace(' ', ""), "HUAWEIMate60Pro卫星通信版");
        let cut = fit(&fonts, &"很长的型号名称".repeat(9), limits(200.0, 2));
        assert_eq!(cut.lines.len(), 2);
        assert!(cut.lines[1].ends_with('…'));
        for line in cut.lines {
            assert!(fonts.width(Weight::Bold, cut.em, &line) <= 200.0);
        }
        Ok(())
    }

    #[test]
    fn a_number_is_never_cut() -> Result<(), stall_core::AppError> {
        let fonts = Fonts::open()?;
        for width in 60..400 {
            let l = Limits { min: 30.0, ..limits(width as f32, 1) };
            for text in ["iPhone 13 Pro 256GB 远峰蓝", "小米14Ultra钛金属1TB版", "6.7寸"] {
                let got = fit(&fonts, text, l).lines.concat();
                let kept = got.trim_end_matches('…');
                assert!(text.starts_with(kept), "{got}");
                let next = text.get(kept.len()..).unwrap_or_default().chars().next();
                let last = kept.chars().next_back();
                let number = last.is_some_and(|c| c.is_ascii_digit());
                let goes_on = next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
                assert!(!number || !goes_on, "{text} -> {got}");
            }
        }
        Ok(())
    }
}
