//! Codes as modules: QR and Code 128.

use barcoders::sym::code128::Code128;
use qrcode::{Color, EcLevel, QrCode};
use stall_core::AppResult;

use crate::broken;

/// Light modules a QR code needs on each side.
pub const QR_QUIET: i32 = 4;
/// Light modules bars need at each end.
pub const BARS_QUIET: i32 = 10;

/// A square of modules, `true` is dark.
#[derive(Debug)]
pub struct Qr {
    pub size: i32,
    pub dark: Vec<bool>,
}

/// A QR code. Level M: a scratch over a seventh of it does no harm.
pub fn qr(text: &str) -> AppResult<Qr> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(broken)?;
    let size = i32::try_from(code.width()).map_err(broken)?;
    Ok(Qr { size, dark: code.to_colors().into_iter().map(|c| c == Color::Dark).collect() })
}

/// Widths of bars and spaces in turn, a bar first.
pub fn bars(text: &str) -> AppResult<Vec<i32>> {
    let modules = Code128::new(sets(text)).map_err(broken)?.encode();
    let mut runs: Vec<i32> = Vec::new();
    let mut last = 0;
    for m in modules {
        match runs.last_mut() {
            Some(run) if m == last => *run += 1,
            _ => runs.push(1),
        }
        last = m;
    }
    Ok(runs)
}

/// The text with marks where the character set changes: runs of digits go two to a symbol, which is what makes fifteen
/// digits of an IMEI fit 40 mm.
fn sets(text: &str) -> String {
    const B: char = '\u{0181}';
    const C: char = '\u{0106}';
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut at, mut set) = (String::new(), 0, None);
    while let Some(&c) = chars.get(at) {
        let run = chars.iter().skip(at).take_while(|c| c.is_ascii_digit()).count();
        let edge = at == 0 || at + run == chars.len();
        // In B already and an odd run: the odd digit first, so that the pairs reach the end.
        let pairs = if set == Some(B) && run % 2 == 1 { 0 } else { run / 2 };
        let worth = run >= 6 || (edge && run >= 4) || (at == 0 && run == chars.len() && run == 2);
        if worth && pairs > 0 {
            if set != Some(C) {
                out.push(C);
                set = Some(C);
            }
            out.extend(chars.iter().skip(at).take(pairs * 2));
            at += pairs * 2;
        } else {
            if set != Some(B) {
                out.push(B);
                set = Some(B);
            }
            out.push(c);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{bars, sets};

    #[test]
    fn digits_go_two_to_a_symbol_and_letters_one() {
        assert_eq!(sets("0387"), "Ć0387");
        assert_eq!(sets("356728115320874"), "Ć35672811532087Ɓ4");
        assert_eq!(sets("A-03"), "ƁA-03");
        assert_eq!(sets("F2LXJ1234"), "ƁF2LXJĆ1234");
        assert_eq!(sets("SHELF:12345"), "ƁSHELF:1Ć2345");
    }

    #[test]
    fn an_imei_takes_134_modules() {
        assert_eq!(bars("356728115320874").map(|b| b.iter().sum::<i32>()), Ok(134));
    }
}
