//! The independent reader.

use rxing::{BarcodeFormat, DecodeHints, helpers};
use stall_print::Bits;

/// Grey pixels of bits, each dot `k` pixels wide, on a white ground as the roll's backing is.
fn luma(bits: &Bits, k: i32) -> (Vec<u8>, u32, u32) {
    let edge = 8 * k;
    let (w, h) = (bits.width * k + 2 * edge, bits.height * k + 2 * edge);
    let mut out = vec![255; (w * h) as usize];
    for y in 0..bits.height * k {
        for x in 0..bits.width * k {
            if bits.get(x / k, y / k) {
                out[((y + edge) * w + x + edge) as usize] = 0;
            }
        }
    }
    (out, w as u32, h as u32)
}

/// What the reader reads of one kind of code, or why it does not.
pub fn read(bits: &Bits, format: BarcodeFormat) -> Result<String, String> {
    let mut error = String::new();
    for k in [1, 2] {
        let (luma, w, h) = luma(bits, k);
        let mut hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
        match helpers::detect_in_luma_with_hints(luma, w, h, Some(format), &mut hints) {
            Ok(found) => return Ok(found.getText().to_owned()),
            Err(e) => error = e.to_string(),
        }
    }
    Err(error)
}

pub fn qr(bits: &Bits) -> Result<String, String> {
    read(bits, BarcodeFormat::QR_CODE)
}

pub fn bars(bits: &Bits) -> Result<String, String> {
    read(bits, BarcodeFormat::CODE_128)
}
