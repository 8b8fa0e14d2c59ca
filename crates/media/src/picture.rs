//! Pixels on their way out: cut, fitted, encoded. What leaves as a JPEG has been nothing but pixels, so nothing that a
//! camera or a phone hid in its file can be in it.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, ImageReader, Limits};
use stall_core::{AppError, AppResult, ErrorCode};
use turbojpeg::{Compressor, PixelFormat, Subsamp};

use crate::worker::inner;

/// Upright sRGB pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    /// Three bytes a pixel, row by row.
    pub rgb: Vec<u8>,
}

/// Pixels with transparency, for a logo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rgba {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

impl Picture {
    /// One colour.
    #[must_use]
    pub fn plain(width: usize, height: usize, colour: [u8; 3]) -> Self {
        Self { width, height, rgb: colour.repeat(width * height) }
    }

    /// Resized to fill a frame whole; what stands over at two sides is cut.
    ///
    /// # Errors
    /// `Internal`.
    pub fn cover(&self, width: usize, height: usize) -> AppResult<Self> {
        self.resized(width, height, &options().fit_into_destination(Some((0.5, 0.5))))
    }

    /// The whole picture with its long side at most `side`; never larger than it is.
    ///
    /// # Errors
    /// `Internal`.
    pub fn within(self, side: usize) -> AppResult<Self> {
        let long = self.width.max(self.height);
        if long <= side {
            return Ok(self);
        }
        let scale = |v: usize| ((v * side * 2 + long) / (long * 2)).max(1);
        self.resized(scale(self.width), scale(self.height), &options())
    }

    /// The whole picture in the middle of a white square.
    ///
    /// # Errors
    /// `Internal`.
    pub fn square(&self, side: usize) -> AppResult<Self> {
        let long = self.width.max(self.height).max(1);
        let scale = |v: usize| ((v * side * 2 + long) / (long * 2)).clamp(1, side);
        let small = self.resized(scale(self.width), scale(self.height), &options())?;
        let mut out = Self::plain(side, side, [255; 3]);
        out.put(&small, (side - small.width) / 2, (side - small.height) / 2);
        Ok(out)
    }

    /// Lays another picture over this one; what stands over is left out.
    pub fn put(&mut self, other: &Self, left: usize, top: usize) {
        let width = other.width.min(self.width.saturating_sub(left));
        for y in 0..other.height.min(self.height.saturating_sub(top)) {
            let from = y * other.width * 3;
            let to = ((top + y) * self.width + left) * 3;
            self.rgb[to..to + width * 3].copy_from_slice(&other.rgb[from..from + width * 3]);
        }
    }

    fn resized(&self, width: usize, height: usize, options: &ResizeOptions) -> AppResult<Self> {
        if (width, height) == (self.width, self.height) {
            return Ok(self.clone());
        }
        let mut rgb = vec![0; width * height * 3];
        let src = ImageRef::new(self.width as u32, self.height as u32, &self.rgb, PixelType::U8x3).map_err(inner)?;
        let mut dst = Image::from_slice_u8(width as u32, height as u32, &mut rgb, PixelType::U8x3).map_err(inner)?;
        Resizer::new().resize(&src, &mut dst, options).map_err(inner)?;
        Ok(Self { width, height, rgb })
    }

    /// The picture as JPEG, without any metadata.
    ///
    /// # Errors
    /// `Internal`.
    pub fn jpeg(&self, quality: i32) -> AppResult<Vec<u8>> {
        let mut compressor = Compressor::new().map_err(inner)?;
        compressor.set_quality(quality).map_err(inner)?;
        compressor.set_subsamp(if quality >= 90 { Subsamp::None } else { Subsamp::Sub2x2 }).map_err(inner)?;
        let pitch = self.width * 3;
        let pixels = &self.rgb[..pitch * self.height];
        let image =
            turbojpeg::Image { pixels, width: self.width, pitch, height: self.height, format: PixelFormat::RGB };
        compressor.compress_to_vec(image).map_err(inner)
    }
}

impl Rgba {
    /// A logo: a PNG of at most 2,048 pixels a side.
    ///
    /// # Errors
    /// `PhotoNotImage`, `PhotoTooManyPixels`, `PhotoDamaged`.
    pub fn png(bytes: &[u8]) -> AppResult<Self> {
        const SIDE: u32 = 2_048;
        if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Err(ErrorCode::PhotoNotImage.into());
        }
        let mut reader = ImageReader::with_format(std::io::Cursor::new(bytes), image::ImageFormat::Png);
        let mut limits = Limits::default();
        (limits.max_image_width, limits.max_image_height) = (Some(SIDE), Some(SIDE));
        reader.limits(limits);
        let picture = reader.decode().map_err(|e| match e {
            image::ImageError::Limits(_) => {
                AppError::new(ErrorCode::PhotoTooManyPixels).arg("limit", 4).arg("size", format!("> {SIDE}"))
            }
            e => AppError::new(ErrorCode::PhotoDamaged).detail(e),
        })?;
        Ok(Self::of(picture))
    }

    fn of(picture: DynamicImage) -> Self {
        let pixels = picture.into_rgba8();
        Self { width: pixels.width() as usize, height: pixels.height() as usize, pixels: pixels.into_raw() }
    }

    /// Resized to this height.
    ///
    /// # Errors
    /// `Internal`.
    pub fn high(&self, height: usize) -> AppResult<Self> {
        let height = height.max(1);
        let width = (self.width * height / self.height.max(1)).max(1);
        let mut pixels = vec![0; width * height * 4];
        let src = ImageRef::new(self.width as u32, self.height as u32, &self.pixels, PixelType::U8x4).map_err(inner)?;
        let mut dst = Image::from_slice_u8(width as u32, height as u32, &mut pixels, PixelType::U8x4).map_err(inner)?;
        Resizer::new().resize(&src, &mut dst, &options()).map_err(inner)?;
        Ok(Self { width, height, pixels })
    }
}

fn options() -> ResizeOptions {
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
}
