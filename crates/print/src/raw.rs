//! The languages of label printers. The label goes as a picture of bits: their own fonts have no Chinese to rely on.

use stall_core::api::PrinterLanguage;

use crate::Bits;

/// What a printer must know besides the picture.
#[derive(Debug, Clone, Copy)]
pub struct Roll {
    pub language: PrinterLanguage,
    /// Millimetres of one label and of the gap.
    pub width: f32,
    pub height: f32,
    pub gap: f32,
    pub dots_per_mm: f32,
    /// 0 to 15.
    pub darkness: u8,
    pub copies: u8,
}

/// The bytes that print one label.
#[must_use]
pub fn label(bits: &Bits, roll: &Roll) -> Vec<u8> {
    match roll.language {
        PrinterLanguage::Tspl => tspl(bits, roll),
        PrinterLanguage::Zpl => zpl(bits, roll),
        PrinterLanguage::Escpos => escpos(bits, roll),
    }
}

/// `BITMAP x,y,bytes a row,rows,mode,` and the bits: in TSPL a 0 prints.
fn tspl(bits: &Bits, r: &Roll) -> Vec<u8> {
    let head = format!(
        "SIZE {} mm,{} mm\r\nGAP {} mm,0 mm\r\nDENSITY {}\r\nDIRECTION 1\r\nREFERENCE 0,0\r\nCLS\r\nBITMAP 0,0,{},{},0,",
        r.width, r.height, r.gap, r.darkness, bits.stride, bits.height
    );
    let mut out = head.into_bytes();
    out.extend(padded(bits).map(|b| !b));
    out.extend(format!("\r\nPRINT 1,{}\r\n", r.copies.max(1)).into_bytes());
    out
}

/// `^GFA,total,total,bytes a row,` and the bits in hexadecimal: a 1 prints. `~SD` is darkness of 0 to 30.
fn zpl(bits: &Bits, r: &Roll) -> Vec<u8> {
    let total = bits.data.len();
    let mut out = format!(
        "~SD{:02}^XA^PW{}^LL{}^LH0,0^FO0,0^GFA,{total},{total},{},",
        u32::from(r.darkness) * 2,
        bits.width,
        bits.height,
        bits.stride
    );
    for b in padded(bits) {
        for nibble in [b >> 4, b & 15] {
            out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
        }
    }
    out += &format!("^FS^PQ{}^XZ\r\n", r.copies.max(1));
    out.into_bytes()
}

/// `GS v 0` in bands a small printer's memory holds, then paper is fed over the gap.
fn escpos(bits: &Bits, r: &Roll) -> Vec<u8> {
    const BAND: usize = 128;
    let low_high = |n: usize| [(n & 255) as u8, ((n >> 8) & 255) as u8];
    let mut out = vec![0x1B, b'@'];
    for _ in 0..r.copies.max(1) {
        let all: Vec<u8> = padded(bits).collect();
        for band in all.chunks(bits.stride * BAND) {
            out.extend([0x1D, b'v', b'0', 0]);
            out.extend(low_high(bits.stride));
            out.extend(low_high(band.len() / bits.stride));
            out.extend(band);
        }
        let mut feed = (r.gap * r.dots_per_mm).round() as u32;
        while feed > 0 {
            let step = feed.min(255);
            out.extend([0x1B, b'J', step as u8]);
            feed -= step;
        }
    }
    out
}

/// The bits; what is beyond the width in a row's last byte is white.
fn padded(bits: &Bits) -> impl Iterator<Item = u8> + '_ {
    bits.data.iter().copied()
}
