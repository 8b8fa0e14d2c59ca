//! One photograph's pixels: decode, shrink, turn, encode. A worker keeps its decoder and buffers from one to the next.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use stall_core::photo_edit::Edits;
use stall_core::{AppError, AppResult, ErrorCode, Ms};
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use crate::colour::{Colours, Space};
use crate::dhash::dhash;
use crate::edit;
use crate::exif::{self, Said};
use crate::jpeg::{self, Decoded, JpegDecoder};
use crate::orient::{Orientation, turn};
use crate::other;
use crate::picture::Picture;
use crate::quality::sharpness;
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
    /// Sharpness of the view, 0-100: 100 over the width of its edges in pixels.
    pub sharp: u8,
    /// Mean lightness, 0-255.
    pub light: u8,
    /// When the camera says it was taken.
    pub taken_at: Option<Ms>,
}

/// What is in `first` after decoding.
struct Decode {
    /// Pixels of the whole picture.
    full: Pixels,
    /// Pixels decoded.
    scaled: Pixels,
    said: Said,
    space: Option<Space>,
}

struct Copies {
    view: Vec<u8>,
    thumb: Vec<u8>,
    dhash: u64,
    sharp: u8,
    light: u8,
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
        let Decode { full, scaled, said, space } = self.decode(bytes, format, LEAST_DECODED)?;
        let copies = self.copies(full, scaled, said.orientation, space.as_ref())?;
        let (width, height) = said.orientation.turned(full.width, full.height);
        let Copies { view, thumb, dhash, sharp, light } = copies;
        let (width, height, taken_at) = (width as u32, height as u32, said.taken_at);
        Ok(Made { view, thumb, width, height, dhash, sharp, light, taken_at })
    }

    /// Both copies of the edited picture, from the original's pixels.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub fn make_edited(&mut self, bytes: &[u8], format: Format, edits: &Edits) -> AppResult<(Vec<u8>, Vec<u8>)> {
        let size = self.edited(bytes, format, edits, LEAST_DECODED)?;
        let Copies { view, thumb, .. } = self.copies(size, size, Orientation::Upright, None)?;
        Ok((view, thumb))
    }

    /// The whole picture with its edits as one JPEG, for looking closely: sRGB, upright, no metadata.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub fn enlarge(&mut self, bytes: &[u8], format: Format, edits: &Edits) -> AppResult<Vec<u8>> {
        let size = self.edited(bytes, format, edits, u32::MAX)?;
        let jpeg = encode(&mut self.compressor, &self.first, size);
        self.give_back();
        jpeg
    }

    /// Leaves the edited picture in `first`, decoded so that its long side has at least `least` pixels if the original has.
    fn edited(&mut self, bytes: &[u8], format: Format, edits: &Edits, least: u32) -> AppResult<Pixels> {
        let least = (f64::from(least) / edit::kept(edits)).min(f64::from(u32::MAX)) as u32;
        let Decode { scaled, said, space, .. } = self.decode(bytes, format, least)?;
        if let Some(space) = &space {
            self.colours.make_srgb(space, &mut self.first);
        }
        let size = self.turned(scaled, said.orientation);
        Ok(edit::apply(edits, &mut self.first, &mut self.second, size))
    }

    /// Turns `first`; the result is in `first` again.
    fn turned(&mut self, size: Pixels, how: Orientation) -> Pixels {
        if how == Orientation::Upright {
            return size;
        }
        turn(&self.first, size.width, size.height, how, &mut self.second);
        std::mem::swap(&mut self.first, &mut self.second);
        let (width, height) = how.turned(size.width, size.height);
        Pixels { width, height }
    }

    /// Both copies of what is decoded in `first`.
    fn copies(&mut self, full: Pixels, decoded: Pixels, how: Orientation, space: Option<&Space>) -> AppResult<Copies> {
        // decoded in `first` -> view in `second` -> turned into `first` -> thumb in `second`
        let mut view = shrunk(full, decoded, VIEW_SIDE);
        if view == decoded {
            std::mem::swap(&mut self.first, &mut self.second);
        } else {
            shrink(&mut self.resizer, &self.first, decoded, &mut self.second, view)?;
        }
        if let Some(space) = space {
            self.colours.make_srgb(space, &mut self.second);
        }
        std::mem::swap(&mut self.first, &mut self.second);
        view = self.turned(view, how);
        let view_jpeg = encode(&mut self.compressor, &self.first, view)?;
        let sharp = sharpness(&self.first, view);
        let thumb = shrunk(view, view, THUMB_SIDE);
        if thumb == view {
            std::mem::swap(&mut self.first, &mut self.second);
        } else {
            shrink(&mut self.resizer, &self.first, view, &mut self.second, thumb)?;
        }
        let thumb_jpeg = encode(&mut self.compressor, &self.second, thumb)?;
        let (dhash, light) = dhash(
            &self.second[..thumb.width * thumb.height * 3],
            thumb.width as u32,
            thumb.height as u32,
            &mut self.resizer,
        )?;
        self.give_back();
        Ok(Copies { view: view_jpeg, thumb: thumb_jpeg, dhash, sharp, light })
    }

    /// The upright sRGB pixels of a picture, as large as they are.
    ///
    /// # Errors
    /// As [`Worker::make`].
    pub fn upright(&mut self, bytes: &[u8], format: Format) -> AppResult<Picture> {
        let Decode { scaled, said, space, .. } = self.decode(bytes, format, u32::MAX)?;
        if let Some(space) = &space {
            self.colours.make_srgb(space, &mut self.first);
        }
        let size = self.turned(scaled, said.orientation);
        let rgb = self.first[..size.width * size.height * 3].to_vec();
        self.give_back();
        Ok(Picture { width: size.width, height: size.height, rgb })
    }

    /// Decodes into `first`, a JPEG at the largest scale that leaves its long side at least `least`.
    fn decode(&mut self, bytes: &[u8], format: Format, least: u32) -> AppResult<Decode> {
        if format == Format::Jpeg {
            let head = jpeg::head(bytes);
            if let Some((width, height)) = head.size {
                fits(width.into(), height.into())?;
            }
            match self.decoder.decode(bytes, &head, least, &mut self.first)? {
                Decoded::Done { full, scaled } => {
                    let said = head.exif.map_or_else(Said::default, exif::read);
                    return Ok(Decode { full, scaled, said, space: head.icc.map(Space::Icc) });
                }
                // `image` returns a grey half for a JPEG that was cut: only whole ones may go there.
                Decoded::Unsupported(said) if !jpeg::has_end(bytes, &head) => {
                    return Err(AppError::new(ErrorCode::PhotoTruncated).detail(said));
                }
                Decoded::Unsupported(said) => tracing::debug!(said, "a JPEG goes to the second decoder"),
            }
        }
        let found = other::decode(bytes, format, &mut self.first)?;
        Ok(Decode { full: found.full, scaled: found.full, said: found.said, space: found.space })
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
