//! Photographs drawn for the tests: a plain picture, with or without a label on it.

use barcoders::sym::code128::Code128;
use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder};
use qrcode::{Color, QrCode};

const W: usize = 1280;
const H: usize = 960;

/// What is on the label.
#[derive(Clone, Copy)]
pub enum Label<'t> {
    None,
    Qr(&'t str),
    Bars(&'t str),
}

/// A JPEG of its own for every `n`, taken `second` seconds after noon.
pub fn shot(n: u32, second: u32, label: Label<'_>) -> Vec<u8> {
    let rows = match label {
        Label::None => Vec::new(),
        Label::Qr(text) => {
            let code = QrCode::new(text).unwrap();
            code.to_colors().chunks(code.width()).map(|r| r.iter().map(|c| *c == Color::Dark).collect()).collect()
        }
        Label::Bars(text) => {
            let code = Code128::new(&format!("\u{181}{text}")).unwrap().encode();
            vec![code.into_iter().map(|b| b == 1).collect::<Vec<bool>>(); 40]
        }
    };
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 88)
        .write_image(&paint(n, &rows), W as u32, H as u32, ExtendedColorType::Rgb8)
        .unwrap();
    with_time(&jpeg, second)
}

fn paint(n: u32, rows: &[Vec<bool>]) -> Vec<u8> {
    let cols = rows.first().map_or(0, Vec::len);
    let px = (600 / cols.max(1)).clamp(1, 12);
    let (left, top) = (240, 160);
    let mut rgb = Vec::with_capacity(W * H * 3);
    for y in 0..H {
        for x in 0..W {
            let soft = [(x * 160 / W) as u8 + 40, (y * 140 / H) as u8 + 50, 90 + (n * 37 % 120) as u8];
            let quiet = 12 * px;
            let near = !rows.is_empty()
                && (left - quiet..left + cols * px + quiet).contains(&x)
                && (top - quiet.min(top)..top + rows.len() * px + quiet).contains(&y);
            let dark = (y >= top && x >= left)
                .then(|| rows.get((y - top) / px).and_then(|r| r.get((x - left) / px)).copied().unwrap_or(false));
            rgb.extend(match (near, dark) {
                (false, _) => soft,
                (true, Some(true)) => [25; 3],
                (true, _) => [235; 3],
            });
        }
    }
    rgb
}

/// EXIF with the time the picture was taken, right behind the first two bytes.
fn with_time(jpeg: &[u8], second: u32) -> Vec<u8> {
    let text = format!("2026:11:24 12:{:02}:{:02}\0", second / 60 % 60, second % 60);
    let mut tiff = b"Exif\0\0II*\0\x08\0\0\0".to_vec();
    tiff.extend_from_slice(&1u16.to_le_bytes());
    // The EXIF block is at 26.
    entry(&mut tiff, 0x8769, 4, 1, 26);
    tiff.extend_from_slice(&[0; 4]);
    tiff.extend_from_slice(&1u16.to_le_bytes());
    entry(&mut tiff, 0x9003, 2, text.len() as u32, 44);
    tiff.extend_from_slice(&[0; 4]);
    tiff.extend_from_slice(text.as_bytes());
    let mut out = vec![0xff, 0xd8, 0xff, 0xe1];
    out.extend_from_slice(&((tiff.len() + 2) as u16).to_be_bytes());
    out.extend_from_slice(&tiff);
    out.extend_from_slice(&jpeg[2..]);
    out
}

fn entry(out: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: u32) {
    out.extend_from_slice(&tag.to_le_bytes());
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&value.to_le_bytes());
}
