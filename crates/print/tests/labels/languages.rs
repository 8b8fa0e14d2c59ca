//! What a printer gets, taken apart again by hand and read like the label it becomes.

use stall_core::{
    api::{LabelBars, LabelLanguage, PrinterLanguage},
    labels::{self, papers},
};
use stall_print::{
    Bits, dots_per_mm,
    raw::{self, Roll},
};

use super::{IMEI, bits, laid, reader, words};

fn roll(language: PrinterLanguage, paper: &labels::Paper, dpi: u16) -> Roll {
    Roll {
        language,
        width: paper.width,
        height: paper.height,
        gap: paper.gap,
        dots_per_mm: dots_per_mm(dpi),
        darkness: 8,
        copies: 2,
    }
}

/// Number after `mark` and what follows it.
fn number(bytes: &[u8]) -> (usize, &[u8]) {
    let n = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    (std::str::from_utf8(&bytes[..n]).unwrap().parse().unwrap(), &bytes[n..])
}

fn after<'a>(bytes: &'a [u8], mark: &[u8]) -> &'a [u8] {
    let at = bytes.windows(mark.len()).position(|w| w == mark).unwrap_or_else(|| panic!("no {mark:?}"));
    &bytes[at + mark.len()..]
}

fn picture(stride: usize, data: Vec<u8>) -> Bits {
    let height = (data.len() / stride) as i32;
    Bits { width: stride as i32 * 8, height, stride, data }
}

fn from_tspl(bytes: &[u8]) -> (Bits, &[u8]) {
    let (stride, rest) = number(after(bytes, b"BITMAP 0,0,"));
    let (rows, rest) = number(&rest[1..]);
    let data = rest.strip_prefix(b",0,").unwrap();
    (picture(stride, data[..stride * rows].iter().map(|b| !b).collect()), &data[stride * rows..])
}

fn from_zpl(bytes: &[u8]) -> (Bits, &[u8]) {
    let (total, rest) = number(after(bytes, b"^GFA,"));
    let (again, rest) = number(&rest[1..]);
    let (stride, rest) = number(&rest[1..]);
    assert_eq!(total, again);
    let hex = &rest[1..1 + total * 2];
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    (picture(stride, hex.chunks(2).map(byte).collect()), &rest[1 + total * 2..])
}

fn from_escpos(mut bytes: &[u8]) -> (Bits, usize) {
    let (mut data, mut stride, mut fed) = (Vec::new(), 0, 0);
    bytes = bytes.strip_prefix(&[0x1B, b'@']).unwrap();
    while let Some(&first) = bytes.first() {
        if first == 0x1D {
            assert_eq!(&bytes[..4], [0x1D, b'v', b'0', 0]);
            stride = usize::from(bytes[4]) + 256 * usize::from(bytes[5]);
            let rows = usize::from(bytes[6]) + 256 * usize::from(bytes[7]);
            data.extend(&bytes[8..8 + stride * rows]);
            bytes = &bytes[8 + stride * rows..];
        } else {
            assert_eq!(&bytes[..2], [0x1B, b'J']);
            fed += usize::from(bytes[2]);
            bytes = &bytes[3..];
        }
    }
    (picture(stride, data), fed)
}

#[test]
fn the_bits_sent_in_every_language_decode_to_the_same_codes() {
    for paper in papers().iter().filter(|p| p.sheet.is_none()) {
        for dpi in [203, 300] {
            let label = laid(paper, &words(&labels::example(LabelLanguage::Zh), LabelBars::Device), dpi);
            let bits = bits(&label);
            let sent = |language| raw::label(&bits, &roll(language, paper, dpi));

            let bytes = sent(PrinterLanguage::Tspl);
            let head = String::from_utf8_lossy(&bytes[..120]).into_owned();
            assert!(
                head.starts_with(&format!("SIZE {} mm,{} mm\r\nGAP 2 mm,0 mm\r\n", paper.width, paper.height)),
                "{head}"
            );
            let (tspl, rest) = from_tspl(&bytes);
            assert_eq!(rest, b"\r\nPRINT 1,2\r\n");

            let bytes = sent(PrinterLanguage::Zpl);
            let (zpl, rest) = from_zpl(&bytes);
            assert_eq!(rest, b"^FS^PQ2^XZ\r\n");

            let bytes = sent(PrinterLanguage::Escpos);
            let (both, fed) = from_escpos(&bytes);
            assert_eq!(fed, 2 * (2.0 * dots_per_mm(dpi)).round() as usize, "over the gap after each copy");
            assert_eq!(both.height, 2 * bits.height);
            let escpos = picture(both.stride, both.data[..both.data.len() / 2].to_vec());

            for (name, got) in [("tspl", tspl), ("zpl", zpl), ("escpos", escpos)] {
                assert_eq!(got.data, bits.data, "{name}");
                assert_eq!(reader::qr(&got).as_deref(), Ok("0387"), "{name} {dpi}");
                assert_eq!(reader::bars(&got).as_deref(), Ok(IMEI), "{name} {dpi}");
            }
        }
    }
}

#[test]
fn a_shifted_print_is_the_same_picture_further_right_and_down() {
    let bits = bits(&laid(&papers()[0], &words(&labels::example(LabelLanguage::Zh), LabelBars::StockNo), 203));
    let moved = bits.shifted(5, -3);
    for (x, y) in [(20, 20), (100, 60), (280, 40)] {
        assert_eq!(moved.get(x + 5, y - 3), bits.get(x, y));
    }
    assert_eq!(reader::qr(&moved).as_deref(), Ok("0387"));
}
