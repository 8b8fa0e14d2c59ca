//! Canonical JSON (RFC 8785) and BLAKE3 over it.

use serde::Serialize;

use crate::Broken;

/// The canonical bytes of a value.
///
/// # Errors
/// A value JSON can not hold (a NaN); ours hold none.
pub fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, Broken> {
    serde_json_canonicalizer::to_vec(value).map_err(Broken::of)
}

/// BLAKE3 of bytes, 64 hex digits.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// BLAKE3 of a value's canonical bytes.
///
/// # Errors
/// As [`canonical`].
pub fn digest<T: Serialize>(value: &T) -> Result<String, Broken> {
    Ok(hash(&canonical(value)?))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Reads lower-case hex of exactly `N` bytes.
#[must_use]
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let t = text.as_bytes();
    if t.len() != N * 2 {
        return None;
    }
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    let mut out = [0; N];
    for (o, pair) in out.iter_mut().zip(t.as_chunks::<2>().0) {
        *o = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(out)
}

/// `9c41 7e0b 55d2 a8f6`: hex in groups of four.
#[must_use]
pub fn spaced(hex: &str) -> String {
    let mut out = String::with_capacity(hex.len() * 5 / 4);
    for (n, c) in hex.chars().enumerate() {
        if n > 0 && n % 4 == 0 {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn again(text: &str) -> String {
        String::from_utf8(canonical(&serde_json::from_str::<serde_json::Value>(text).unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn the_vectors_of_rfc_8785_come_out_as_printed_there() {
        // 3.2.2 and 3.2.4.
        let input = r#"{
          "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
          "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
          "literals": [null, true, false]
        }"#;
        let want = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
        assert_eq!(again(input), want);
        // 3.2.3: sorted by UTF-16 code units, where an emoji's surrogates stand before U+FB33.
        let input = r#"{
          "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
          "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
        }"#;
        let out = again(input);
        let order = ["Carriage Return", "One", "Control", "Latin Small", "Euro", "Emoji", "Hebrew"];
        let at: Vec<usize> = order.iter().map(|w| out.find(w).unwrap()).collect();
        assert!(at.is_sorted(), "{out}");
    }

    #[test]
    fn numbers_of_rfc_8785_appendix_b_come_out_as_printed_there() {
        for (bits, want) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        ] {
            assert_eq!(canonical(&f64::from_bits(bits)).unwrap(), want.as_bytes(), "{bits:x}");
        }
    }

    #[test]
    fn hex_is_lower_case_of_exactly_its_length() {
        assert_eq!(unhex::<2>("0aff"), Some([10, 255]));
        for wrong in ["0AFF", "0af", "0aff0", "0agg"] {
            assert_eq!(unhex::<2>(wrong), None);
        }
        assert_eq!(spaced("9c417e0b55d2a8f6"), "9c41 7e0b 55d2 a8f6");
    }
}
