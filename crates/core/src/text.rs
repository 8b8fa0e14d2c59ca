//! Text as people and files bring it.

/// The text without what nobody can see: line ends as `\n`, no control characters but tabs, nothing blank at either end.
#[must_use]
pub fn tidy(text: &str) -> String {
    let plain = |c: &char| match c {
        '\n' | '\t' => true,
        '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        c => !c.is_control(),
    };
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = lines.chars().filter(plain).collect();
    kept.trim_matches(|c: char| c.is_whitespace() || c == '\u{200b}').to_owned()
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn what_cannot_be_seen_goes_and_lines_stay() {
        assert_eq!(tidy("\u{feff} 一\r\n二\r三\u{0}\t四\u{200b} "), "一\n二\n三\t四");
        assert_eq!(tidy("\u{3000}"), "");
        assert_eq!(tidy("👨\u{200d}👩"), "👨\u{200d}👩");
    }
}
