//! Whatever bytes come, the answer is a photograph or a named error.

use std::sync::LazyLock;

use crate::common::*;
use crate::heif;
use proptest::prelude::*;
use stall_core::ErrorCode;
use stall_media::{Format, Worker, sniff};

static GOOD: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let plain = jpeg(&grain(160, 120), 160, 120);
    with_segment(&plain, 0xe1, &exif(6, Some("2026:11:24 18:30:05"), Some("+08:00")))
});

/// HEIC and AVIF with a turn and a note.
static HEIF: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    [false, true]
        .map(|av1| {
            let note = exif(6, Some("2026:11:24 18:30:05"), None)[6..].to_vec();
            heif::file(heif::brand(av1), &[heif::picture(av1, &[heif::irot(1), heif::imir(0)])], Some(&note))
        })
        .to_vec()
});

static OTHERS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let picture = image::DynamicImage::from(image::RgbImage::from_raw(80, 60, grain(80, 60)).unwrap());
    [
        image::ImageFormat::Png,
        image::ImageFormat::WebP,
        image::ImageFormat::Gif,
        image::ImageFormat::Bmp,
        image::ImageFormat::Tiff,
    ]
    .map(|kind| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, kind).unwrap();
        bytes.into_inner()
    })
    .to_vec()
});

/// `Worker::make` is what `ingest` guards against panics: here a panic is a failure.
fn answer(bytes: &[u8]) -> Result<(), TestCaseError> {
    let outcome = sniff(bytes, "x").and_then(|format| Worker::new().unwrap().make(bytes, format));
    if let Err(error) = outcome {
        let named = [
            ErrorCode::FileEmpty,
            ErrorCode::PhotoNotImage,
            ErrorCode::PhotoUnsupported,
            ErrorCode::PhotoTooManyPixels,
            ErrorCode::PhotoTruncated,
            ErrorCode::PhotoDamaged,
        ];
        prop_assert!(named.contains(&error.code), "{error}");
    }
    Ok(())
}

fn mutate(bytes: &mut [u8], changes: Vec<(prop::sample::Index, u8)>) {
    for (at, value) in changes {
        let at = at.index(bytes.len());
        bytes[at] = value;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn garbage_is_answered_by_name(bytes in prop::collection::vec(any::<u8>(), 0..600), magic in 0..7usize) {
        let magics: [&[u8]; 7] = [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"II*\0", b"BM"];
        answer(&[magics[magic], &bytes].concat())?;
    }

    #[test]
    fn a_mutated_jpeg_is_a_photograph_or_a_named_error(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in any::<prop::sample::Index>(),
        cutting in any::<bool>(),
    ) {
        let mut bytes = GOOD.clone();
        mutate(&mut bytes, changes);
        if cutting {
            bytes.truncate(cut.index(bytes.len()));
        }
        answer(&bytes)?;
    }

    #[test]
    fn a_jpeg_with_a_mutated_head_is_a_photograph_or_a_named_error(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = GOOD.clone();
        mutate(&mut bytes[2..700], changes);
        answer(&bytes)?;
    }

    #[test]
    fn a_mutated_heic_or_avif_is_a_photograph_or_a_named_error(
        which in 0..2usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        cutting in any::<bool>(),
    ) {
        let mut bytes = HEIF[which].clone();
        mutate(&mut bytes[12..], changes);
        if cutting {
            bytes.truncate(cut.index(bytes.len()));
        }
        answer(&bytes)?;
    }

    #[test]
    fn a_mutated_picture_of_another_format_is_a_photograph_or_a_named_error(
        which in 0..5usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = OTHERS[which].clone();
        mutate(&mut bytes, changes);
        answer(&bytes)?;
    }
}

#[test]
fn the_photograph_that_is_mutated_is_a_good_one() {
    assert!(Worker::new().unwrap().make(&GOOD, Format::Jpeg).is_ok());
    assert!(Worker::new().unwrap().make(&HEIF[0], Format::Heic).is_ok());
    assert!(Worker::new().unwrap().make(&HEIF[1], Format::Avif).is_ok());
}
