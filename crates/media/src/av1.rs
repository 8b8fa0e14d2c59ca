//! One AV1 picture. The decoder is dav1d's Rust port without its hand-written assembly: a photograph comes from outside, and
//! an AVIF comes seldom; safety and a build without further tools are worth more here than the last millisecond.

use heifer_hevc_dec::recon::Frame;
use re_rav1d::dav1d::pixel::YUVRange;
use re_rav1d::dav1d::{Decoder, Error, Picture, PixelLayout, PlanarImageComponent, Settings};
use stall_core::{AppError, AppResult, ErrorCode};

use crate::heif::Coding;
use crate::planes::Matrix;

/// Decodes the first picture of a stream and says what its header knows of colours.
pub(crate) fn decode(stream: Vec<u8>) -> AppResult<(Frame, Coding)> {
    if stream.is_empty() {
        return Err(AppError::new(ErrorCode::PhotoTruncated).detail("an empty stream"));
    }
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    settings.set_all_layers(false);
    settings.set_frame_size_limit(u32::try_from(crate::MAX_PIXELS).unwrap_or(u32::MAX));
    settings.set_strict_std_compliance(false);
    let mut decoder = Decoder::with_settings(&settings).map_err(refuse)?;
    match decoder.send_data(stream, None, None, None) {
        Ok(()) | Err(Error::Again) => {}
        Err(error) => return Err(refuse(error)),
    }
    let picture = first_picture(&mut decoder)?;
    let frame = frame_of(&picture)?;
    let coding = Coding {
        matrix: Matrix { code: picture.matrix_coefficients() as u16, full: picture.color_range() == YUVRange::Full },
        primaries: picture.color_primaries() as u8,
        transfer: picture.transfer_characteristic() as u8,
    };
    Ok((frame, coding))
}

fn first_picture(decoder: &mut Decoder) -> AppResult<Picture> {
    // Data is taken in parts; a stream that gives no picture after this many holds none.
    for _ in 0..64 {
        match decoder.get_picture() {
            Ok(picture) => return Ok(picture),
            Err(Error::Again) => match decoder.send_pending_data() {
                Ok(()) | Err(Error::Again) => {}
                Err(error) => return Err(refuse(error)),
            },
            Err(error) => return Err(refuse(error)),
        }
    }
    Err(AppError::new(ErrorCode::PhotoTruncated).detail("no picture in the stream"))
}

fn refuse(error: Error) -> AppError {
    let code = match error {
        Error::UnsupportedBitstream => ErrorCode::PhotoUnsupported,
        _ => ErrorCode::PhotoDamaged,
    };
    AppError::new(code).detail(error)
}

/// The planes, without the room the decoder keeps at the end of each row.
fn frame_of(picture: &Picture) -> AppResult<Frame> {
    let (width, height) = (picture.width(), picture.height());
    let depth = picture.bits_per_component().map_or(8, |bits| bits.0 as u8);
    let half = |v: u32| v.div_ceil(2);
    let (chroma_format, chroma) = match picture.pixel_layout() {
        PixelLayout::I400 => (0, (0, 0)),
        PixelLayout::I420 => (1, (half(width), half(height))),
        PixelLayout::I422 => (2, (half(width), height)),
        PixelLayout::I444 => (3, (width, height)),
    };
    let mut planes = [Vec::new(), Vec::new(), Vec::new()];
    let parts = [PlanarImageComponent::Y, PlanarImageComponent::U, PlanarImageComponent::V];
    let sizes = [(width, height), chroma, chroma];
    for ((plane, part), (w, h)) in planes.iter_mut().zip(parts).zip(sizes) {
        if w == 0 || h == 0 {
            continue;
        }
        let stride = picture.stride(part) as usize;
        let bytes = picture.plane(part);
        plane.reserve_exact(w as usize * h as usize);
        for y in 0..h as usize {
            let row = bytes.get(y * stride..).ok_or_else(|| AppError::new(ErrorCode::PhotoDamaged))?;
            if depth == 8 {
                plane.extend(row.iter().take(w as usize).map(|v| u16::from(*v)));
            } else {
                plane.extend(row.chunks_exact(2).take(w as usize).map(|v| u16::from_ne_bytes([v[0], v[1]])));
            }
        }
        if plane.len() != w as usize * h as usize {
            return Err(AppError::new(ErrorCode::PhotoDamaged).detail("a plane is short"));
        }
    }
    Ok(Frame {
        widths: [width, chroma.0, chroma.0],
        heights: [height, chroma.1, chroma.1],
        planes,
        bit_depth: [depth; 2],
        chroma_format,
        full_range: false,
        matrix_coeffs: 2,
    })
}
