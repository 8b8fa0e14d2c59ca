//! JPEG: the segments before the pixels, and the decoder.

use stall_core::{AppError, AppResult, ErrorCode};
use turbojpeg::{Colorspace, Decompressor, Image, PixelFormat, ScalingFactor};

use crate::colour::cmyk_to_rgb;
use crate::worker::{Pixels, fits};

/// What stands before the pixels of a JPEG.
#[derive(Debug, Default)]
pub(crate) struct Head<'a> {
    /// Width and height of the first frame header.
    pub size: Option<(u32, u32)>,
    /// EXIF as a TIFF block.
    pub exif: Option<&'a [u8]>,
    /// The ICC profile, put together from its parts.
    pub icc: Option<Vec<u8>>,
    /// An Adobe marker: CMYK is stored inverted.
    pub adobe: bool,
    /// Where the first scan begins; None when the bytes end before.
    pub scan: Option<usize>,
}

/// Walks the segments up to the first scan.
pub(crate) fn head(bytes: &[u8]) -> Head<'_> {
    let mut head = Head::default();
    let mut parts: Vec<(u8, &[u8])> = Vec::new();
    let mut at = 2;
    while let Some(&byte) = bytes.get(at) {
        let marker = bytes.get(at + 1).copied().unwrap_or(0xff);
        if byte != 0xff || marker == 0xff || marker == 0 {
            at += 1;
            continue;
        }
        if matches!(marker, 0x01 | 0xd0..=0xd8) {
            at += 2;
            continue;
        }
        if marker == 0xd9 {
            break;
        }
        let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { break };
        let Some(body) = bytes.get(at + 4..at + 2 + usize::from(u16::from_be_bytes([high, low])).max(2)) else { break };
        match marker {
            0xda => {
                head.scan = Some(at);
                break;
            }
            0xe1 if head.exif.is_none() => head.exif = body.strip_prefix(b"Exif\0\0"),
            0xe2 => {
                if let Some([number, _, data @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    parts.push((*number, data));
                }
            }
            0xee => head.adobe |= body.starts_with(b"Adobe"),
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) && head.size.is_none() => {
                if let [_, h1, h0, w1, w0, ..] = body {
                    let word = |a: &u8, b: &u8| u32::from(u16::from_be_bytes([*a, *b]));
                    head.size = Some((word(w1, w0), word(h1, h0)));
                }
            }
            _ => {}
        }
        at += 4 + body.len();
    }
    parts.sort_by_key(|(number, _)| *number);
    head.icc = (!parts.is_empty()).then(|| parts.iter().flat_map(|(_, data)| *data).copied().collect());
    head
}

/// True when an end marker follows the first scan.
pub(crate) fn has_end(bytes: &[u8], head: &Head<'_>) -> bool {
    head.scan.and_then(|scan| bytes.get(scan..)).is_some_and(|rest| rest.windows(2).any(|pair| pair == [0xff, 0xd9]))
}

/// How a decoding went.
pub(crate) enum Decoded {
    /// The pixels are in the buffer, at `scaled`.
    Done { full: Pixels, scaled: Pixels },
    /// A variant that this decoder does not do; another may.
    Unsupported(String),
}

/// More scans than any camera writes: a file of a few hundred kilobytes can hold thousands, each a full pass.
const MAX_SCANS: u32 = 500;

/// The JPEG decoder of one worker.
pub(crate) struct JpegDecoder {
    turbo: Decompressor,
}

impl JpegDecoder {
    pub(crate) fn new() -> Result<Self, turbojpeg::Error> {
        let mut turbo = Decompressor::new()?;
        turbo.set_scan_limit(MAX_SCANS)?;
        Ok(Self { turbo })
    }

    /// Decodes into `out` as RGB, at the largest 1/k scale that leaves the long side at least `least`.
    pub(crate) fn decode(
        &mut self,
        bytes: &[u8],
        head: &Head<'_>,
        least: u32,
        out: &mut Vec<u8>,
    ) -> AppResult<Decoded> {
        if head.scan.is_none() {
            return Err(ErrorCode::PhotoTruncated.into());
        }
        let header = match self.turbo.read_header(bytes) {
            Ok(header) => header,
            Err(error) => {
                // Even a warning over the header ends this decoder.
                let said = error.to_string();
                return match judge(&said) {
                    Verdict::Harmless | Verdict::Unsupported => Ok(Decoded::Unsupported(said)),
                    Verdict::Truncated => Err(AppError::new(ErrorCode::PhotoTruncated).detail(said)),
                    Verdict::Damaged => Err(AppError::new(ErrorCode::PhotoDamaged).detail(said)),
                };
            }
        };
        fits(header.width as u64, header.height as u64)?;
        let scale =
            if header.is_lossless { ScalingFactor::ONE } else { scale_for(header.width.max(header.height), least) };
        self.turbo.set_scaling_factor(scale).map_err(damaged)?;
        let scaled = header.scaled(scale);
        let cmyk = matches!(header.colorspace, Colorspace::CMYK | Colorspace::YCCK);
        let format = if cmyk { PixelFormat::CMYK } else { PixelFormat::RGB };
        let pitch = scaled.width * format.size();
        out.resize(pitch * scaled.height, 0);
        let image = Image { pixels: out.as_mut_slice(), width: scaled.width, pitch, height: scaled.height, format };
        if let Err(error) = self.turbo.decompress(bytes, image) {
            let said = error.to_string();
            match judge(&said) {
                Verdict::Harmless if has_end(bytes, head) => tracing::debug!(said, "a JPEG decoded with a warning"),
                Verdict::Harmless | Verdict::Truncated => {
                    return Err(AppError::new(ErrorCode::PhotoTruncated).detail(said));
                }
                Verdict::Unsupported => return Ok(Decoded::Unsupported(said)),
                Verdict::Damaged => return Err(AppError::new(ErrorCode::PhotoDamaged).detail(said)),
            }
        }
        if cmyk {
            cmyk_to_rgb(out, head.adobe);
        }
        let full = Pixels { width: header.width, height: header.height };
        Ok(Decoded::Done { full, scaled: Pixels { width: scaled.width, height: scaled.height } })
    }
}

fn damaged(error: turbojpeg::Error) -> AppError {
    AppError::new(ErrorCode::PhotoDamaged).detail(error)
}

fn scale_for(long: usize, least: u32) -> ScalingFactor {
    let scales = [ScalingFactor::ONE_EIGHTH, ScalingFactor::ONE_QUARTER, ScalingFactor::ONE_HALF];
    scales.into_iter().find(|s| s.scale(long) >= least as usize).unwrap_or(ScalingFactor::ONE)
}

enum Verdict {
    Harmless,
    Truncated,
    Unsupported,
    Damaged,
}

/// libjpeg has no error numbers at this door, only its fixed English sentences (jerror.h).
fn judge(said: &str) -> Verdict {
    let said = said.to_ascii_lowercase();
    let any = |parts: &[&str]| parts.iter().any(|part| said.contains(part));
    if any(&["premature end"]) {
        Verdict::Truncated
    } else if any(&["extraneous bytes before marker", "invalid sos parameters", "unknown adobe color", "jfif"]) {
        // Written by real phones and web services; the pixels are whole.
        Verdict::Harmless
    } else if any(&["unsupported", "not supported", "not implemented", "precision"]) {
        Verdict::Unsupported
    } else {
        Verdict::Damaged
    }
}
