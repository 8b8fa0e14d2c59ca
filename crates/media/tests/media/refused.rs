//! What is not taken in, and by which name it is refused.

use crate::common::*;
use stall_core::{AppError, ErrorCode};
use stall_media::{MAX_BYTES, ingest};

fn refusal(bytes: &[u8]) -> AppError {
    let (dir, store, mut worker) = store();
    let error = ingest(&store, bytes, "a.jpg", &mut worker).unwrap_err();
    let left = |tree: &str| std::fs::read_dir(dir.path().join(tree)).unwrap().count();
    assert_eq!([left("blobs"), left("copies"), left("tmp")], [0; 3], "a refused file leaves nothing behind");
    assert_eq!(error.args["name"], "a.jpg");
    error
}

#[test]
fn a_jpeg_cut_anywhere_is_truncated_never_half_grey() {
    let rgb = grain(1200, 900);
    for progressive in [false, true] {
        let whole = jpeg_of(&rgb, 1200, 900, |c| c.set_progressive(progressive).unwrap());
        for share in [1, 10, 50, 90, 99] {
            let cut = &whole[..whole.len() * share / 100];
            assert_eq!(refusal(cut).code, ErrorCode::PhotoTruncated, "{share} % of a JPEG, progressive {progressive}");
        }
        assert_eq!(refusal(&whole[..whole.len() - 2]).code, ErrorCode::PhotoTruncated, "only the end is missing");
    }
}

#[test]
fn pictures_of_other_formats_that_are_cut_are_refused() {
    let picture = image::DynamicImage::from(image::RgbImage::from_raw(300, 200, grain(300, 200)).unwrap());
    for kind in [image::ImageFormat::Png, image::ImageFormat::Bmp, image::ImageFormat::WebP, image::ImageFormat::Tiff] {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, kind).unwrap();
        let half = &bytes.get_ref()[..bytes.get_ref().len() / 2];
        let code = refusal(half).code;
        assert!(matches!(code, ErrorCode::PhotoTruncated | ErrorCode::PhotoDamaged), "{kind:?}: {code:?}");
    }
    let mut png = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    assert_eq!(refusal(&png.get_ref()[..png.get_ref().len() / 2]).code, ErrorCode::PhotoTruncated);
}

#[test]
fn files_that_are_no_pictures_are_named_so() {
    assert_eq!(refusal(b"").code, ErrorCode::FileEmpty);
    let zip = b"PK\x03\x04 a workbook";
    for bytes in [
        &b"BM is how this text begins, and it goes on."[..],
        b"%PDF-1.7 and more",
        b"MZ\x90\0 a program",
        zip,
        &[0; 300],
        b"x",
    ] {
        assert_eq!(refusal(bytes).code, ErrorCode::PhotoNotImage, "{:?}", &bytes[..1]);
    }
    let video = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
    assert_eq!(refusal(video).code, ErrorCode::PhotoNotImage);
}

#[test]
fn a_box_of_the_heif_family_with_nothing_inside_is_damaged_or_cut() {
    for brand in ["heic", "heix", "mif1", "avif"] {
        let bytes = [b"\0\0\0\x18ftyp", brand.as_bytes(), b"\0\0\0\0mif1heic"].concat();
        assert_eq!(refusal(&bytes).code, ErrorCode::PhotoDamaged, "{brand}");
        assert!(matches!(refusal(&bytes[..20]).code, ErrorCode::PhotoTruncated | ErrorCode::PhotoDamaged));
    }
}

#[test]
fn a_file_over_fifty_megabytes_is_refused_with_the_limit() {
    let error = refusal(&vec![0; MAX_BYTES as usize + 1]);
    assert_eq!((error.code, error.args["limit"].as_str()), (ErrorCode::FileTooLarge, "50 MB"));
}

#[test]
fn a_header_of_sixty_thousand_squared_is_refused_before_anything_is_allocated() {
    let mut jpeg = jpeg(&quarters(64, 64), 64, 64);
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xea, 0x60, 0xea, 0x60]);
    let error = refusal(&jpeg);
    assert_eq!((error.code, error.args["size"].as_str()), (ErrorCode::PhotoTooManyPixels, "60000x60000"));
    assert_eq!(error.args["limit"], "120");

    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(4, 4).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let mut png = png.into_inner();
    png[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(refusal(&png).code, ErrorCode::PhotoTooManyPixels);
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xedb8_8320 } else { c >> 1 })
    })
}

#[test]
fn a_jpeg_whose_middle_was_overwritten_is_damaged() {
    let mut bytes = jpeg(&grain(800, 600), 800, 600);
    let half = bytes.len() / 2;
    bytes[half..half + 4000].fill(0xaa);
    let code = refusal(&bytes).code;
    assert!(matches!(code, ErrorCode::PhotoDamaged | ErrorCode::PhotoTruncated), "{code:?}");
}

#[test]
fn a_worker_goes_on_after_a_bad_file() {
    let (_dir, store, mut worker) = store();
    let whole = jpeg(&grain(900, 700), 900, 700);
    let first = ingest(&store, &whole, "a.jpg", &mut worker).unwrap();
    ingest(&store, &whole[..whole.len() / 2], "b.jpg", &mut worker).unwrap_err();
    ingest(&store, b"text", "c.jpg", &mut worker).unwrap_err();
    assert_eq!(ingest(&store, &whole, "a.jpg", &mut worker).unwrap(), first);
}

/// A whole TIFF of 40 x 40 in nine tiles a plane, the three planes one after the other; the last tiles reach past the edge.
fn tiled_planes() -> Vec<u8> {
    const TILES: u32 = 27;
    const TILE: u32 = 16 * 16;
    let entries: [(u16, u16, u32, u32); 11] = [
        (256, 4, 1, 40),
        (257, 4, 1, 40),
        (258, 3, 3, 200),
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (277, 3, 1, 3),
        (284, 3, 1, 2),
        (322, 4, 1, 16),
        (323, 4, 1, 16),
        (324, 4, TILES, 300),
        (325, 4, TILES, 420),
    ];
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    file.extend(11u16.to_le_bytes());
    for (tag, kind, count, value) in entries {
        file.extend(tag.to_le_bytes());
        file.extend(kind.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(value.to_le_bytes());
    }
    file.resize(200, 0);
    file.extend([8, 0, 8, 0, 8, 0]);
    file.resize(300, 0);
    file.extend((0..TILES).flat_map(|n| (600 + n * TILE).to_le_bytes()));
    file.resize(420, 0);
    file.extend((0..TILES).flat_map(|_| TILE.to_le_bytes()));
    file.resize(600, 0);
    file.resize(600 + (TILES * TILE) as usize, 120);
    file
}

#[test]
fn a_whole_tiff_of_a_kind_the_decoder_gives_up_on_is_not_called_damaged() {
    assert_eq!(refusal(&tiled_planes()).code, ErrorCode::PhotoUnsupported);
}
