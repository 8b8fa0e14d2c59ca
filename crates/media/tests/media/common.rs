//! Photographs made for the tests.

use stall_media::{BlobStore, Worker};
use tempfile::TempDir;
use turbojpeg::{Colorspace, Compressor, Image, PixelFormat, Subsamp};

pub const RED: [u8; 3] = [220, 30, 30];
pub const GREEN: [u8; 3] = [30, 200, 40];
pub const BLUE: [u8; 3] = [30, 50, 220];
pub const YELLOW: [u8; 3] = [230, 220, 30];

pub fn store() -> (TempDir, BlobStore, Worker) {
    let dir = tempfile::tempdir().unwrap();
    let store = BlobStore::open(dir.path()).unwrap();
    (dir, store, Worker::new().unwrap())
}

/// Red, green, blue and yellow quarters, in reading order.
pub fn quarters(width: usize, height: usize) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            rgb.extend_from_slice(match (x < width / 2, y < height / 2) {
                (true, true) => &RED,
                (false, true) => &GREEN,
                (true, false) => &BLUE,
                (false, false) => &YELLOW,
            });
        }
    }
    rgb
}

/// Soft shapes under grain, so that the entropy coded part is long.
pub fn grain(width: usize, height: usize) -> Vec<u8> {
    let mut seed = 0x2545_f491_4f6c_dd1du64;
    (0..width * height * 3)
        .map(|n| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let (x, y) = ((n / 3) % width, (n / 3) / width);
            (((x * 255 / width + y * 255 / height) / 2) as u64 + (seed >> 60)) as u8
        })
        .collect()
}

pub fn jpeg_of(pixels: &[u8], width: usize, height: usize, set: impl FnOnce(&mut Compressor)) -> Vec<u8> {
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(90).unwrap();
    compressor.set_subsamp(Subsamp::Sub2x2).unwrap();
    set(&mut compressor);
    let image = Image { pixels, width, pitch: width * 3, height, format: PixelFormat::RGB };
    compressor.compress_to_vec(image).unwrap()
}

pub fn jpeg(pixels: &[u8], width: usize, height: usize) -> Vec<u8> {
    jpeg_of(pixels, width, height, |_| {})
}

/// One colour as CMYK ink in Adobe's way (255 is no ink), as CMYK or as YCCK.
pub fn cmyk_jpeg(ink: [u8; 4], colorspace: Colorspace) -> Vec<u8> {
    let pixels = ink.repeat(64 * 64);
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(95).unwrap();
    compressor.set_subsamp(Subsamp::None).unwrap();
    compressor.set_colorspace(colorspace).unwrap();
    let image = Image { pixels: pixels.as_slice(), width: 64, pitch: 256, height: 64, format: PixelFormat::CMYK };
    compressor.compress_to_vec(image).unwrap()
}

/// A JPEG with one more segment right after its first two bytes.
pub fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0xff, 0xd8, 0xff, marker];
    out.extend_from_slice(&((body.len() + 2) as u16).to_be_bytes());
    out.extend_from_slice(body);
    out.extend_from_slice(&jpeg[2..]);
    out
}

/// An APP1 body with these things said.
pub fn exif(orientation: u16, taken: Option<&str>, offset: Option<&str>) -> Vec<u8> {
    let mut tiff = b"Exif\0\0II*\0\x08\0\0\0".to_vec();
    let entry = |out: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: u32| {
        out.extend_from_slice(&tag.to_le_bytes());
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        out.extend_from_slice(&value.to_le_bytes());
    };
    tiff.extend_from_slice(&2u16.to_le_bytes());
    entry(&mut tiff, 0x0112, 3, 1, u32::from(orientation));
    entry(&mut tiff, 0x8769, 4, 1, 38);
    tiff.extend_from_slice(&[0; 4]);
    let lines: Vec<(u16, &str)> =
        [(0x9003, taken), (0x9011, offset)].into_iter().filter_map(|(tag, text)| text.map(|t| (tag, t))).collect();
    tiff.extend_from_slice(&(lines.len() as u16).to_le_bytes());
    let mut at = 38 + 2 + 12 * lines.len() as u32 + 4;
    let mut data = Vec::new();
    for (tag, text) in lines {
        entry(&mut tiff, tag, 2, text.len() as u32 + 1, at);
        data.extend_from_slice(text.as_bytes());
        data.push(0);
        at += text.len() as u32 + 1;
    }
    tiff.extend_from_slice(&[0; 4]);
    tiff.extend_from_slice(&data);
    tiff
}

/// Size of a JPEG and the colours near its four corners, in reading order.
pub fn corners(jpeg: &[u8]) -> (usize, usize, [[u8; 3]; 4]) {
    let image = turbojpeg::decompress(jpeg, PixelFormat::RGB).unwrap();
    let (w, h) = (image.width, image.height);
    let at = |x: usize, y: usize| {
        let from = y * image.pitch + x * 3;
        [image.pixels[from], image.pixels[from + 1], image.pixels[from + 2]]
    };
    (w, h, [at(w / 8, h / 8), at(w * 7 / 8, h / 8), at(w / 8, h * 7 / 8), at(w * 7 / 8, h * 7 / 8)])
}

pub fn near(a: [u8; 3], b: [u8; 3], within: u8) -> bool {
    a.iter().zip(b).all(|(x, y)| x.abs_diff(y) <= within)
}

/// A face with Chinese characters.
pub fn font() -> &'static [u8] {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../assets/fonts/NotoSansSC-Medium.ttf");
    Box::leak(std::fs::read(path).unwrap().into_boxed_slice())
}
