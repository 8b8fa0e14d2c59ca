//! One photograph's pixels: decode, shrink, turn, encode. A worker keeps its decoder and buffers from one to the next.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use stall_core::{AppError, AppResult, ErrorCode, Ms};
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use crate::colour::Colours;
use crate::dhash::dhash;
use crate::exif::{self, Said};
use crate::jpeg::{self, Decoded, JpegDecoder};
use crate::orient::{Orientation, turn};
use crate::other;
use crate::picture::Picture;
use crate::sniff::Format;

/// Longest side of the copy that fills a screen.
pub const VIEW_SIDE: u32 = 1600;
/// Longest side of the copy for lists.
pub const THUMB_SIDE: u32 = 320;
/// A DCT scale is taken only while it leaves this long side: 1.2 x the view, so that the filter still has something to do.
const LEAST_DECODED: u32 = VIEW_SIDE * 6 / 5;
const QUALITY: i32 = 82;

/// Width and height of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pixels {
    pub width: usize,
    pub height: usize,
}

/// The copies made from a photograph, and what was learnt on the way.
#[derive(Debug, Clone)]
pub struct Made {
    /// JPEG, sRGB, upright, long side at most 1600, no metadata.
    pub view: Vec<u8>,
    /// The same at 320.
    pub thumb: Vec<u8>,
    /// Pixels of the original after orientation.
    pub width: u32,
    pub height: u32,
    /// 64-bit difference hash of the upright picture.
    pub dhash: u64,
    /// When the camera says it was taken.
    pub taken_at: Option<Ms>,
}

/// A decoder, a resizer, an encoder and their buffers: about 30 MB for photographs of 12 million pixels.
pub struct Worker {
    decoder: JpegDecoder,
    compressor: Compressor,
    resizer: Resizer,
    colours: Colours,
    first: Vec<u8>,
    second: Vec<u8>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker")
            .field("kept", &(self.first.capacity() + self.second.capacity()))
            .finish_non_exhaustive()
    }
}

/// A failure that no photograph should cause.
pub(crate) fn inner(error: impl ToString) -> AppError {
    AppError::new(ErrorCode::Internal).detail(error.to_string())
}

/// Refuses a size before anything of that size is allocated.
pub(crate) fn fits(width: u64, height: u64) -> AppResult<()> {
    if width == 0 || height == 0 {
        return Err(AppError::new(ErrorCode::PhotoDamaged).detail("no pixels"));
    }
    if width.saturating_mul(height) > crate::MAX_PIXELS {
        return Err(AppError::new(ErrorCode::PhotoTooManyPixels)
            .arg("limit", crate::MAX_PIXELS / 1_000_000)
            .arg("size", format!("{width}x{height}")));
    }
    Ok(())
}

impl Worker {
    /// # Errors
    /// `Internal` when the JPEG library cannot start (out of memory).
    pub fn new() -> AppResult<Self> {
        let mut compressor = Compressor::new().map_err(inner)?;
        compressor.set_quality(QUALITY).map_err(inner)?;
        compressor.set_subsamp(Subsamp::Sub2x2).map_err(inner)?;
        Ok(Self {
            decoder: JpegDecoder::new().map_err(inner)?,
            compressor,
            resizer: Resizer::new(),
            colours: Colours::default(),
            first: Vec::new(),
            second: Vec::new(),
        })
    }

    /// Makes both copies of a picture whose format is known.
    ///
    /// # Errors
    /// `PhotoTooManyPixels`, `PhotoTruncated`, `PhotoDamaged`.
    pub fn make(&mut self, bytes: &[u8], format: Format) -> AppResult<Made> {
        let (full, decoded, said, icc) = self.decode(bytes, format, LEAST_DECODED)?;
        // decoded in `first` -> view in `second` -> turned into `first` -> thumb in `second`
        let mut view = shrunk(full, decoded, VIEW_SIDE);
        if view == decoded {
            std::mem::swap(&mut self.first, &mut self.second);
        } else {
            shrink(&mut self.resizer, &self.first, decoded, &mut self.second, view)?;
        }
        if let Some(icc) = &icc {
            self.colours.make_srgb(icc, &mut self.second);
        }
        if said.orientation == Orientation::Upright {
            std::mem::swap(&mut self.first, &mut self.second);
        } else {
            turn(&self.second, view.width, view.height, said.orientation, &mut self.first);
            (view.width, view.height) = said.orientation.turned(view.width, view.height);
        }
        let view_jpeg = encode(&mut self.compressor, &self.first, view)?;
        let thumb = shrunk(view, view, THUMB_SIDE);
        if thumb == view {
            std::mem::swap(&mut self.first, &mut self.second);
        } else {
            shrink(&mut self.resizer, &self.first, view, &mut self.second, thumb)?;
        }
        let thumb_jpeg = encode(&mut self.compressor, &self.second, thumb)?;
        let dhash = dhash(&self.second, thumb.width as u32, thumb.height as u32, &mut self.resizer)?;
        let (width, height) = said.orientation.turned(full.width, full.height);
        let made = Made {
            view: view_jpeg,
            thumb: thumb_jpeg,
            width: width as u32,
            height: height as u32,
            dhash,
            taken_at: said.taken_at,
        };
        self.give_back();
        Ok(made)
    }

    /// The upright sRGB pixels of a picture, as large as they are.
    ///
    /// # Errors
    /// As [`Worker::make`].
    pub fn upright(&mut self, bytes: &[u8], format: Format) -> AppResult<Picture> {
        let (_, mut size, said, icc) = self.decode(bytes, format, u32::MAX)?;
        if let Some(icc) = &icc {
            self.colours.make_srgb(icc, &mut self.first);
        }
        let mut rgb = Vec::new();
        if said.orientation == Orientation::Upright {
            rgb.extend_from_slice(&self.first[..size.width * size.height * 3]);
        } else {
            turn(&self.first, size.width, size.height, said.orientation, &mut rgb);
            (size.width, size.height) = said.orientation.turned(size.width, size.height);
        }
        self.give_back();
        Ok(Picture { width: size.width, height: size.height, rgb })
    }

    /// Pixels of the whole picture, pixels decoded into `first`, what EXIF says, and the colour profile.
    fn decode(
        &mut self,
        bytes: &[u8],
        format: Format,
        least: u32,
    ) -> AppResult<(Pixels, Pixels, Said, Option<Vec<u8>>)> {
        if format == Format::Jpeg {
            let head = jpeg::head(bytes);
            if let Some((width, height)) = head.size {
                fits(width.into(), height.into())?;
            }
            match self.decoder.decode(bytes, &head, least, &mut self.first)? {
                Decoded::Done { full, scaled } => {
                    return Ok((full, scaled, head.exif.map_or_else(Said::default, exif::read), head.icc));
                }
                // `image` returns a grey half for a JPEG that was cut: only whole ones may go there.
                Decoded::Unsupported(said) if !jpeg::has_end(bytes, &head) => {
                    return Err(AppError::new(ErrorCode::PhotoTruncated).detail(said));
                }
                Decoded::Unsupported(said) => tracing::debug!(said, "a JPEG goes to the second decoder"),
            }
        }
        let found = other::decode(bytes, format, &mut self.first)?;
        Ok((found.full, found.full, found.said, found.icc))
    }

    /// One panorama must not hold its memory for the rest of the batch.
    fn give_back(&mut self) {
        const KEEP: usize = 16 << 20;
        for buffer in [&mut self.first, &mut self.second] {
            if buffer.capacity() > KEEP {
                *buffer = Vec::new();
            }
        }
        if self.resizer.size_of_internal_buffers() > KEEP {
            self.resizer.reset_internal_buffers();
        }
    }
}

/// The size with the long side at `side`, in the shape of `full`; never larger than what was decoded.
fn shrunk(full: Pixels, decoded: Pixels, side: u32) -> Pixels {
    let long = full.width.max(full.height);
    let side = side as usize;
    if long <= side {
        return decoded;
    }
    let scale = |v: usize| ((v * side * 2 + long) / (long * 2)).max(1);
    Pixels { width: scale(full.width), height: scale(full.height) }
}

fn shrink(resizer: &mut Resizer, from: &[u8], size: Pixels, to: &mut Vec<u8>, wanted: Pixels) -> AppResult<()> {
    to.resize(wanted.width * wanted.height * 3, 0);
    let src = ImageRef::new(size.width as u32, size.height as u32, from, PixelType::U8x3).map_err(inner)?;
    let mut dst =
        Image::from_slice_u8(wanted.width as u32, wanted.height as u32, to, PixelType::U8x3).map_err(inner)?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    resizer.resize(&src, &mut dst, &options).map_err(inner)
}

fn encode(compressor: &mut Compressor, rgb: &[u8], size: Pixels) -> AppResult<Vec<u8>> {
    let pixels = &rgb[..size.width * size.height * 3];
    let pitch = size.width * 3;
    let image = turbojpeg::Image { pixels, width: size.width, pitch, height: size.height, format: PixelFormat::RGB };
    compressor.compress_to_vec(image).map_err(inner)
}
