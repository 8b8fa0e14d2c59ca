//! Labels in photographs.

use std::sync::atomic::AtomicBool;

use barcoders::sym::code128::Code128;
use qrcode::{Color, QrCode};
use stall_media::{CodeReader, FileIn, read_many};

use super::common::{grain, jpeg, store};

const W: usize = 1600;
const H: usize = 1200;

/// A soft picture with a label on it: rows of dark and light modules, `px` pixels each, turned by `degrees` about its middle.
fn photo(label: &[Vec<bool>], px: f64, degrees: f64) -> Vec<u8> {
    let mut rgb = grain(W, H);
    let (rows, cols) = (label.len() as f64, label[0].len() as f64);
    let (sin, cos) = degrees.to_radians().sin_cos();
    for y in 0..H {
        for x in 0..W {
            let (dx, dy) = (x as f64 - W as f64 * 0.45, y as f64 - H as f64 * 0.55);
            let (u, v) = ((dx * cos + dy * sin) / px + cols / 2.0, (dy * cos - dx * sin) / px + rows / 2.0);
            let quiet = 12.0;
            if u < -quiet || v < -quiet || u >= cols + quiet || v >= rows + quiet {
                continue;
            }
            let inside = u >= 0.0 && v >= 0.0 && u < cols && v < rows;
            let dark = inside && label[v as usize][u as usize];
            let at = (y * W + x) * 3;
            for c in &mut rgb[at..at + 3] {
                *c = if dark { 30 + *c / 16 } else { 215 + *c / 16 };
            }
        }
    }
    rgb
}

fn qr(text: &str) -> Vec<Vec<bool>> {
    let code = QrCode::new(text).unwrap();
    let n = code.width();
    code.to_colors().chunks(n).map(|row| row.iter().map(|c| *c == Color::Dark).collect()).collect()
}

/// Code set B for any text, C for an even run of digits.
fn bars(text: &str) -> Vec<Vec<bool>> {
    let digits = text.bytes().all(|b| b.is_ascii_digit()) && text.len().is_multiple_of(2);
    let code = Code128::new(format!("{}{text}", if digits { '\u{106}' } else { '\u{181}' })).unwrap();
    let row: Vec<bool> = code.encode().into_iter().map(|b| b == 1).collect();
    vec![row; 50]
}

fn read(rgb: &[u8]) -> Vec<String> {
    CodeReader::new().unwrap().read(&jpeg(rgb, W, H))
}

#[test]
fn a_qr_code_is_read_however_the_label_lies() {
    for degrees in [0.0, 12.0, 45.0, 90.0, 180.0, 275.0] {
        assert_eq!(read(&photo(&qr("0387"), 7.0, degrees)), ["0387"], "{degrees} degrees");
    }
    assert_eq!(read(&photo(&qr("490154203237518"), 3.5, 5.0)), ["490154203237518"]);
}

#[test]
fn a_code_128_is_read_along_and_across_the_picture() {
    for degrees in [0.0, 4.0, 90.0, 180.0] {
        assert_eq!(read(&photo(&bars("0387"), 3.0, degrees)), ["0387"], "{degrees} degrees");
        assert_eq!(read(&photo(&bars("490154203237518"), 3.0, degrees)), ["490154203237518"], "{degrees} degrees");
    }
    assert_eq!(read(&photo(&bars("A12-7"), 4.0, 0.0)), ["A12-7"]);
}

#[test]
fn a_picture_without_a_label_and_bytes_that_are_no_picture_hold_no_code() {
    assert_eq!(read(&grain(W, H)), Vec::<String>::new());
    let mut codes = CodeReader::new().unwrap();
    assert!(codes.read(b"").is_empty() && codes.read(b"\xff\xd8\xff\xe0 no picture").is_empty());
    assert!(codes.read(&jpeg(&[0; 3], 1, 1)).is_empty());
}

#[test]
fn a_batch_is_read_with_its_codes() {
    let (dir, store, _) = store();
    let write = |name: &str, rgb: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, jpeg(rgb, W, H)).unwrap();
        FileIn { path, name: name.to_owned() }
    };
    let files = [write("label.jpg", &photo(&qr("0387"), 6.0, 8.0)), write("device.jpg", &grain(W, H))];
    let mut told = Vec::new();
    read_many(&store, &files, 2, &AtomicBool::new(false), |i, read| told.push((i, read.unwrap().1))).unwrap();
    told.sort();
    assert_eq!(told, [(0, vec!["0387".to_owned()]), (1, vec![])]);
}
