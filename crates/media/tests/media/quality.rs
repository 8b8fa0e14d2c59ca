//! Sharpness and light as measured, against what `stall_core::photo_quality` makes of them.

use crate::common::*;
use image::imageops;
use stall_core::photo_quality::{PhotoVerdict, alike, verdict};
use stall_media::{Taken, ingest};

/// Something to photograph: a dark slab with a bright edge, text-like strokes, on a table with grain.
fn scene(light: f32) -> image::RgbImage {
    let noise = grain(1600, 1200);
    image::RgbImage::from_fn(1600, 1200, |x, y| {
        let n = f32::from(noise[((y * 1600 + x) * 3) as usize] & 15) - 7.0;
        let base = match (x, y) {
            (500..1100, 200..1000) if (560..1040).contains(&x) && (y / 24) % 4 == 1 && (x / 9) % 3 != 0 => 230.0,
            (500..1100, 200..1000) => 60.0,
            (490..1110, 190..1010) => 215.0,
            _ => 150.0,
        };
        let v = ((base + n) * light).clamp(0.0, 255.0) as u8;
        image::Rgb([v, v, v])
    })
}

fn taken(picture: &image::RgbImage) -> Taken {
    let (_dir, store, mut worker) = store();
    let (w, h) = picture.dimensions();
    ingest(&store, &jpeg(picture.as_raw(), w as usize, h as usize), "a.jpg", &mut worker).unwrap()
}

fn judged(picture: &image::RgbImage) -> (u8, u8, PhotoVerdict) {
    let t = taken(picture);
    (t.sharp, t.light, verdict(Some(t.sharp), Some(t.light)))
}

#[test]
fn blur_lowers_sharpness_step_by_step_and_a_strong_one_is_called_blurred() {
    let sharp = scene(1.0);
    let all: Vec<_> = [0.0, 1.0, 2.0, 3.5, 6.0]
        .map(|r| judged(&if r > 0.0 { imageops::blur(&sharp, r) } else { sharp.clone() }))
        .into();
    assert!(all.is_sorted_by(|a, b| a.0 > b.0), "{all:?}");
    assert_eq!(all[0].2, PhotoVerdict::Fine, "{all:?}");
    assert_eq!(all[1].2, PhotoVerdict::Fine, "{all:?}");
    assert_eq!((all[3].2, all[4].2), (PhotoVerdict::Blurred, PhotoVerdict::Blurred), "{all:?}");
}

#[test]
fn a_shaken_picture_is_blurred_though_half_its_edges_are_sharp() {
    let sharp = scene(1.0);
    // Moved 24 px to the side while the shutter was open.
    let shaken = image::RgbImage::from_fn(1600, 1200, |x, y| {
        let sum: u32 = (0..24).map(|d| u32::from(sharp.get_pixel((x + d).min(1599), y).0[0])).sum();
        image::Rgb([(sum / 24) as u8; 3])
    });
    assert_eq!(judged(&shaken).2, PhotoVerdict::Blurred, "{:?}", judged(&shaken));
}

#[test]
fn dark_and_burnt_out_pictures_are_named_and_a_plain_page_is_not_blurred() {
    assert_eq!(judged(&scene(0.15)).2, PhotoVerdict::TooDark);
    assert_eq!(judged(&scene(6.0)).2, PhotoVerdict::TooBright);
    assert_eq!(judged(&scene(0.7)).2, PhotoVerdict::Fine);
    assert_eq!(judged(&image::RgbImage::from_pixel(1200, 900, image::Rgb([225, 225, 225]))).2, PhotoVerdict::Fine);
}

#[test]
fn two_shots_of_one_view_are_alike_and_another_view_is_not() {
    let file = |name: &str| {
        let path = format!("{}/../../assets/sample/photos/{name}.jpg", env!("CARGO_MANIFEST_DIR"));
        image::open(path).unwrap().into_rgb8()
    };
    let first = file("ip11-white-back");
    let (w, h) = first.dimensions();
    let mut again = imageops::crop_imm(&first, 8, 6, w - 12, h - 10).to_image();
    again.pixels_mut().for_each(|p| p.0 = p.0.map(|v| (f32::from(v) * 0.92) as u8));
    let (a, b, c) = (taken(&first).dhash, taken(&again).dhash, taken(&file("ip11-white-front")).dhash);
    assert!(alike(a, b), "{} bits", (a ^ b).count_ones());
    assert!(!alike(a, c), "{} bits", (a ^ c).count_ones());
}
