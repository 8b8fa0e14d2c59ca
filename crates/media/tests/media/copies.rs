//! What is made from a good photograph.

use crate::common::*;
use stall_core::Ms;
use stall_media::{Format, Size, ingest, remake};
use turbojpeg::{Colorspace, PixelFormat, Subsamp};

#[test]
fn all_eight_exif_orientations_come_out_upright_in_both_copies() {
    let (_dir, store, mut worker) = store();
    let plain = jpeg(&quarters(2400, 1600), 2400, 1600);
    let upright = [
        [RED, GREEN, BLUE, YELLOW],
        [GREEN, RED, YELLOW, BLUE],
        [YELLOW, BLUE, GREEN, RED],
        [BLUE, YELLOW, RED, GREEN],
        [RED, BLUE, GREEN, YELLOW],
        [BLUE, RED, YELLOW, GREEN],
        [YELLOW, GREEN, BLUE, RED],
        [GREEN, YELLOW, RED, BLUE],
    ];
    for (value, wanted) in (1u16..).zip(upright) {
        let bytes = with_segment(&plain, 0xe1, &exif(value, None, None));
        let taken = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap();
        let size = if value < 5 { (2400, 1600) } else { (1600, 2400) };
        assert_eq!((taken.width, taken.height), size, "orientation {value}");
        for (which, long) in [(Size::View, 1600), (Size::Thumb, 320)] {
            let (w, h, found) = corners(&store.read(&taken.blob, which).unwrap());
            let short = (long * 2 + 1) / 3;
            assert_eq!((w, h), if value < 5 { (long, short) } else { (short, long) }, "orientation {value}");
            for (a, b) in found.iter().zip(wanted) {
                assert!(near(*a, b, 14), "orientation {value}: {found:?}, wanted {wanted:?}");
            }
        }
    }
}

#[test]
fn the_original_is_kept_byte_for_byte_under_its_blake3() {
    let (_dir, store, mut worker) = store();
    let mut bytes = with_segment(&jpeg(&grain(300, 200), 300, 200), 0xe1, &exif(6, None, None));
    bytes.extend_from_slice(b"a motion photo trailer");
    let taken = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap();
    assert_eq!(store.read(&taken.blob, Size::Full).unwrap(), bytes);
    assert_eq!(taken.blob.as_str(), blake3::hash(&bytes).to_hex().as_str());
    assert_eq!(taken.bytes as usize, bytes.len());
}

#[test]
fn a_small_photograph_is_never_enlarged() {
    let (_dir, store, mut worker) = store();
    for (w, h) in [(1, 1), (7, 300), (319, 200), (1599, 900)] {
        let taken = ingest(&store, &jpeg(&grain(w, h), w, h), "s.jpg", &mut worker).unwrap();
        let (vw, vh, _) = corners(&store.read(&taken.blob, Size::View).unwrap());
        assert_eq!((vw, vh), (w, h));
        let (tw, th, _) = corners(&store.read(&taken.blob, Size::Thumb).unwrap());
        assert!(tw.max(th) <= 320 && tw <= w && th <= h, "{tw}x{th}");
    }
}

/// Markers of a JPEG up to its end, with their bodies.
fn markers(bytes: &[u8]) -> Vec<(u8, Vec<u8>)> {
    let mut found = Vec::new();
    let mut at = 2;
    loop {
        assert_eq!(bytes[at], 0xff);
        let marker = bytes[at + 1];
        let len = usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
        found.push((marker, bytes[at + 4..at + 2 + len].to_vec()));
        at += 2 + len;
        if marker == 0xda {
            let end = bytes[at..].windows(2).position(|w| w[0] == 0xff && !matches!(w[1], 0 | 0xd0..=0xd7)).unwrap();
            assert_eq!(&bytes[at + end..], [0xff, 0xd9], "nothing may follow the picture");
            return found;
        }
    }
}

#[test]
fn made_copies_carry_no_metadata_and_nothing_of_what_the_source_hid() {
    let (_dir, store, mut worker) = store();
    let secret = b"GPS31.2304N121.4737E-HOME";
    let mut bytes = jpeg(&quarters(2000, 1500), 2000, 1500);
    let mut app1 = exif(3, Some("2026:11:24 10:00:00"), None);
    app1.extend_from_slice(secret);
    for (marker, prefix) in [(0xed, "Photoshop 3.0\0"), (0xfe, ""), (0xe1, "http://ns.adobe.com/xap/1.0/\0")] {
        bytes = with_segment(&bytes, marker, &[prefix.as_bytes(), secret].concat());
    }
    bytes = with_segment(&bytes, 0xe1, &app1);
    bytes.extend_from_slice(secret);
    let taken = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap();
    for size in [Size::View, Size::Thumb] {
        let copy = store.read(&taken.blob, size).unwrap();
        for (marker, body) in markers(&copy) {
            let jfif = marker == 0xe0 && body.starts_with(b"JFIF\0");
            assert!(jfif || !matches!(marker, 0xe0..=0xef | 0xfe), "marker {marker:#x} in a made copy");
        }
        assert!(!copy.windows(secret.len()).any(|w| w == secret));
    }
}

#[test]
fn the_time_is_shanghai_unless_the_photograph_names_its_offset() {
    let (_dir, store, mut worker) = store();
    let plain = jpeg(&grain(64, 64), 64, 64);
    let mut at = |taken: &str, offset: Option<&str>| {
        let bytes = with_segment(&plain, 0xe1, &exif(1, Some(taken), offset));
        ingest(&store, &bytes, "a.jpg", &mut worker).unwrap().taken_at
    };
    assert_eq!(at("2026:11:24 18:30:05", None), Some(Ms(1_795_516_205_000)));
    assert_eq!(at("2026:11:24 18:30:05", Some("+09:00")), Some(Ms(1_795_512_605_000)));
    assert_eq!(at("2026:11:24 05:30:05", Some("-05:00")), Some(Ms(1_795_516_205_000)));
    assert_eq!(at("0000:00:00 00:00:00", None), None);
    assert_eq!(at("2026:13:45 99:99:99", None), None);
}

#[test]
fn a_png_named_jpg_just_works_and_what_is_transparent_becomes_white() {
    let (_dir, store, mut worker) = store();
    let picture = image::RgbaImage::from_fn(400, 300, |x, _| image::Rgba([200, 0, 0, if x < 200 { 0 } else { 255 }]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let taken = ingest(&store, bytes.get_ref(), "IMG_0001.JPG", &mut worker).unwrap();
    assert_eq!((taken.format, taken.width, taken.height), (Format::Png, 400, 300));
    let (_, _, found) = corners(&store.read(&taken.blob, Size::View).unwrap());
    assert!(near(found[0], [255, 255, 255], 3) && near(found[1], [200, 0, 0], 6), "{found:?}");
}

#[test]
fn webp_gif_bmp_and_tiff_are_taken_in() {
    let (_dir, store, mut worker) = store();
    let picture = image::DynamicImage::from(image::RgbImage::from_raw(600, 400, quarters(600, 400)).unwrap());
    for (kind, format) in [
        (image::ImageFormat::WebP, Format::Webp),
        (image::ImageFormat::Gif, Format::Gif),
        (image::ImageFormat::Bmp, Format::Bmp),
        (image::ImageFormat::Tiff, Format::Tiff),
    ] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, kind).unwrap();
        let taken = ingest(&store, bytes.get_ref(), "x", &mut worker).unwrap();
        assert_eq!((taken.format, taken.width, taken.height), (format, 600, 400));
        let (w, h, found) = corners(&store.read(&taken.blob, Size::Thumb).unwrap());
        assert_eq!((w, h), (320, 213));
        assert!(near(found[0], RED, 24) && near(found[3], YELLOW, 24), "{format:?} {found:?}");
    }
}

#[test]
fn cmyk_and_ycck_in_adobes_inverted_ink_keep_their_colours() {
    let (_dir, store, mut worker) = store();
    for space in [Colorspace::CMYK, Colorspace::YCCK] {
        for (ink, rgb) in [
            ([255, 0, 0, 255], [255, 0, 0]),
            ([255, 255, 255, 255], [255, 255, 255]),
            ([255, 255, 255, 128], [128, 128, 128]),
            ([0, 255, 255, 200], [0, 200, 200]),
        ] {
            let taken = ingest(&store, &cmyk_jpeg(ink, space), "print.jpg", &mut worker).unwrap();
            let (_, _, found) = corners(&store.read(&taken.blob, Size::View).unwrap());
            assert!(near(found[0], rgb, 6), "{space:?} {ink:?} gave {found:?}");
        }
    }
}

#[test]
fn grey_and_progressive_and_every_subsampling_come_through() {
    let (_dir, store, mut worker) = store();
    let rgb = quarters(640, 480);
    for subsamp in [Subsamp::None, Subsamp::Sub2x1, Subsamp::Sub2x2, Subsamp::Sub1x2, Subsamp::Sub4x1] {
        for progressive in [false, true] {
            let bytes = jpeg_of(&rgb, 640, 480, |c| {
                c.set_subsamp(subsamp).unwrap();
                c.set_progressive(progressive).unwrap();
            });
            let taken = ingest(&store, &bytes, "p.jpg", &mut worker).unwrap();
            let (_, _, found) = corners(&store.read(&taken.blob, Size::View).unwrap());
            assert!(near(found[0], RED, 14) && near(found[2], BLUE, 14), "{subsamp:?} {progressive} {found:?}");
        }
    }
    let grey = jpeg_of(&rgb, 640, 480, |c| c.set_subsamp(Subsamp::Gray).unwrap());
    let taken = ingest(&store, &grey, "g.jpg", &mut worker).unwrap();
    let (_, _, found) = corners(&store.read(&taken.blob, Size::View).unwrap());
    assert!(found.iter().all(|[r, g, b]| r.abs_diff(*g) <= 2 && g.abs_diff(*b) <= 2), "{found:?}");
    assert!(found[3][0] > found[2][0] + 80, "yellow is lighter than blue: {found:?}");
}

#[test]
fn a_display_p3_photograph_becomes_srgb() {
    let (_dir, store, mut worker) = store();
    let icc = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let plain = jpeg(&[100, 200, 100].repeat(1000 * 800), 1000, 800);
    let (first, second) = icc.split_at(icc.len() / 2);
    // In two parts, the second one standing first.
    let bytes = with_segment(&plain, 0xe2, &[b"ICC_PROFILE\0\x01\x02", first].concat());
    let bytes = with_segment(&bytes, 0xe2, &[b"ICC_PROFILE\0\x02\x02", second].concat());
    let taken = ingest(&store, &bytes, "iphone.jpg", &mut worker).unwrap();
    for size in [Size::View, Size::Thumb] {
        let (_, _, found) = corners(&store.read(&taken.blob, size).unwrap());
        assert!(found[0][0] < 72 && found[0][1] > 200, "{found:?}");
    }
}

#[test]
fn the_same_photograph_smaller_and_recompressed_has_nearly_the_same_hash_and_another_has_not() {
    let (_dir, store, mut worker) = store();
    let base = quarters(2000, 1500);
    let large = ingest(&store, &jpeg(&base, 2000, 1500), "a.jpg", &mut worker).unwrap();
    let small = jpeg_of(&quarters(1000, 750), 1000, 750, |c| c.set_quality(50).unwrap());
    let small = ingest(&store, &small, "b.jpg", &mut worker).unwrap();
    assert!((large.dhash ^ small.dhash).count_ones() <= 6);
    let turned = with_segment(&jpeg(&base, 2000, 1500), 0xe1, &exif(3, None, None));
    let turned = ingest(&store, &turned, "c.jpg", &mut worker).unwrap();
    assert!((large.dhash ^ turned.dhash).count_ones() > 6);
}

#[test]
fn the_scaled_decode_looks_like_the_full_one() {
    let (_dir, store, mut worker) = store();
    let (w, h) = (4000, 3000);
    let bytes = jpeg(&grain(w, h), w, h);
    let taken = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap();
    let made = turbojpeg::decompress(&store.read(&taken.blob, Size::View).unwrap(), PixelFormat::RGB).unwrap();
    assert_eq!((made.width, made.height), (1600, 1200));
    let full = image::load_from_memory(&bytes).unwrap();
    let full = full.resize_exact(1600, 1200, image::imageops::FilterType::Lanczos3).into_rgb8();
    let error: f64 = made.pixels.iter().zip(full.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    let psnr = 10.0 * (255.0 * 255.0 * made.pixels.len() as f64 / error).log10();
    assert!(psnr > 34.0, "{psnr:.1} dB");
}

#[test]
fn lost_copies_are_made_again_from_the_original() {
    let (_dir, store, mut worker) = store();
    let taken = ingest(&store, &jpeg(&grain(800, 600), 800, 600), "a.jpg", &mut worker).unwrap();
    let before = store.read(&taken.blob, Size::View).unwrap();
    std::fs::remove_file(store.path(&taken.blob, Size::View)).unwrap();
    assert!(!store.has(&taken.blob));
    remake(&store, &taken.blob, &mut worker).unwrap();
    assert!(store.has(&taken.blob));
    assert_eq!(store.read(&taken.blob, Size::View).unwrap(), before);
}

#[test]
fn what_phones_write_against_the_book_is_still_a_photograph() {
    let (_dir, store, mut worker) = store();
    let plain = jpeg(&quarters(2000, 1500), 2000, 1500);
    let after_header = [&plain[..20], &[0, 0, 0], &plain[20..]].concat();
    let before_end = [&plain[..plain.len() - 2], &[0, 0, 0, 0], &plain[plain.len() - 2..]].concat();
    for bytes in [after_header, before_end] {
        let taken = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap();
        assert_eq!((taken.width, taken.height), (2000, 1500));
        let (w, h, found) = corners(&store.read(&taken.blob, Size::View).unwrap());
        assert_eq!((w, h), (1600, 1200));
        assert!(near(found[0], RED, 14) && near(found[3], YELLOW, 14), "{found:?}");
        let cut = ingest(&store, &bytes[..bytes.len() * 3 / 5], "a.jpg", &mut worker).unwrap_err();
        assert_eq!(cut.code, stall_core::ErrorCode::PhotoTruncated);
    }
}
