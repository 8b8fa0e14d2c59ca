//! What a file is, by its first bytes; its name is not asked.

use stall_core::{AppError, AppResult, ErrorCode};

/// A picture format that can be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Jpeg,
    Png,
    Webp,
    Gif,
    Bmp,
    Tiff,
    Heic,
    Avif,
}

impl Format {
    /// The MIME type of the original.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
            Self::Heic => "image/heic",
            Self::Avif => "image/avif",
        }
    }

    /// Whether every web view shows an original of this format, turned and coloured as it should be.
    #[must_use]
    pub fn is_shown_everywhere(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp | Self::Gif | Self::Bmp)
    }

    /// The `image` crate's name for it; none for what it does not read.
    pub(crate) fn of_image(self) -> Option<image::ImageFormat> {
        Some(match self {
            Self::Jpeg => image::ImageFormat::Jpeg,
            Self::Png => image::ImageFormat::Png,
            Self::Webp => image::ImageFormat::WebP,
            Self::Gif => image::ImageFormat::Gif,
            Self::Bmp => image::ImageFormat::Bmp,
            Self::Tiff => image::ImageFormat::Tiff,
            Self::Heic | Self::Avif => return None,
        })
    }
}

/// Major brands of the HEIF family in the `ftyp` box.
const HEIF_BRANDS: [&[u8; 4]; 13] = [
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1", b"avif", b"avis",
];

/// Says what the bytes are.
///
/// # Errors
/// `FileEmpty`; `PhotoNotImage` for what is no picture. Both name the file.
pub fn sniff(bytes: &[u8], file_name: &str) -> AppResult<Format> {
    let refuse = |code: ErrorCode| Err(AppError::new(code).arg("name", file_name));
    if bytes.is_empty() {
        return refuse(ErrorCode::FileEmpty);
    }
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |from: usize, magic: &[u8]| bytes.get(from..).is_some_and(|rest| rest.starts_with(magic));
    if starts(&[0xff, 0xd8, 0xff]) {
        Ok(Format::Jpeg)
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Ok(Format::Png)
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Ok(Format::Gif)
    } else if starts(b"RIFF") && at(8, b"WEBP") {
        Ok(Format::Webp)
    } else if starts(b"II*\0") || starts(b"MM\0*") {
        Ok(Format::Tiff)
    } else if starts(b"BM") && is_bmp_header(bytes) {
        Ok(Format::Bmp)
    } else if at(4, b"ftyp") && HEIF_BRANDS.iter().any(|brand| at(8, *brand)) {
        // Which codec is inside is asked of the items when it is decoded; this is for the MIME type.
        Ok(if says_avif(bytes) { Format::Avif } else { Format::Heic })
    } else {
        refuse(ErrorCode::PhotoNotImage)
    }
}

/// Whether one of the brands in the `ftyp` box is AVIF's.
fn says_avif(bytes: &[u8]) -> bool {
    let Some(&[a, b, c, d]) = bytes.get(..4) else { return false };
    let len = (u32::from_be_bytes([a, b, c, d]) as usize).min(bytes.len()).min(256);
    bytes.get(8..len).is_some_and(|brands| brands.chunks_exact(4).any(|brand| brand == b"avif" || brand == b"avis"))
}

/// "BM" alone is also how a text may begin: the length of the second header tells.
fn is_bmp_header(bytes: &[u8]) -> bool {
    let Some(&[a, b, c, d]) = bytes.get(14..18) else { return false };
    matches!(u32::from_le_bytes([a, b, c, d]), 12 | 16 | 40 | 52 | 56 | 64 | 108 | 124)
}
