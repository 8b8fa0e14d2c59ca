//! Text into markup, written exactly as browsers write it back (`innerHTML`), so that a page can be hashed from inside.

/// Text between tags.
pub fn text(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for c in s.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // Browsers write it back as an entity; a plain space reads the same.
            '\u{a0}' => out.push(' '),
            // A parser would turn or drop these.
            c if c.is_control() && c != '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Text in an attribute: signs that browsers of different years write back differently are left out.
pub fn attribute(s: &str) -> String {
    s.chars().map(|c| if matches!(c, '"' | '&' | '<' | '>' | '\u{a0}') || c.is_control() { ' ' } else { c }).collect()
}
