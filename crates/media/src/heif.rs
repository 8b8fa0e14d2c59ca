//! HEIC and AVIF: one kind of box, two codecs.
//!
//! The box and HEVC are read by `heifer` (safe Rust, MIT or Apache-2.0), AV1 by dav1d's Rust port. libheif with libde265 was
//! weighed and left: both are LGPL-3 (a program delivered as one file would have to let its user relink it), the crates that
//! build them from source have no way to do so on Windows but vcpkg, and Debian 12 has 1.15 where the bindings want 1.17.
//! Against libheif (pillow-heif 1.8.1) on phones' and cameras' photographs the pixels agree to 46-64 dB.
//!
//! Turning (`irot`, `imir`) is not done here: it is told, and done once the picture is small. EXIF's orientation is only a
//! note in these files and must not be applied on top.

use heifer_hevc_dec::decoder::{DecodeOptions, decode_picture};
use heifer_hevc_dec::recon::Frame;
use heifer_isobmff::boxes::{ColorInfo, Property};
use heifer_isobmff::{HeifFile, ItemId};
use stall_core::{AppError, AppResult, ErrorCode};

use crate::colour::Space;
use crate::exif::{self, Said};
use crate::orient::Orientation;
use crate::other::Found;
use crate::planes::{Matrix, Place, eight_bits, to_rgb};
use crate::worker::{Pixels, fits};
use crate::{MAX_PIXELS, av1};

/// Pictures made of pictures made of pictures.
const MAX_DEPTH: u32 = 4;
/// The names of an item that holds how opaque another is.
const ALPHA: [&str; 2] = ["urn:mpeg:hevc:2015:auxid:1", "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"];

/// What a stream's own header says of its colours; the box around it has the last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Coding {
    pub matrix: Matrix,
    pub primaries: u8,
    pub transfer: u8,
}

/// Decodes the primary picture into `out` as RGB, unturned; what is transparent becomes white.
///
/// # Errors
/// `PhotoUnsupported` for other codecs than HEVC and AV1, `PhotoTooManyPixels`, `PhotoTruncated`, `PhotoDamaged`.
pub(crate) fn decode(bytes: &[u8], out: &mut Vec<u8>) -> AppResult<Found> {
    let file = HeifFile::parse(bytes).map_err(refuse_box)?;
    let id = file.primary_id;
    let mut space = space_of(&file, id)?;
    let size = size_of(&file, id)?;
    out.clear();
    out.resize(size.width * size.height * 3, 0);
    let whole = Place { stride: size.width, left: 0, top: 0, width: size.width, height: size.height };
    let coding = paint(&file, id, out, whole, 0)?;
    if let Some(alpha) = alpha_of(&file, id)? {
        on_white(&file, alpha, out, size)?;
    }
    // A picture that declares nothing in its box may still do so in its stream.
    if space.is_none() && coding.primaries != 2 && coding.transfer != 2 {
        space = Some(Space::Coded { primaries: coding.primaries, transfer: coding.transfer });
    }
    let said = file.exif(id).ok().flatten().map_or_else(Said::default, |tiff| exif::read(&tiff));
    let (full, orientation) = transformed(&file, id, out, size)?;
    Ok(Found { full, said: Said { orientation, ..said }, space })
}

fn damaged(detail: &str) -> AppError {
    AppError::new(ErrorCode::PhotoDamaged).detail(detail)
}

fn refuse_box(error: heifer_isobmff::Error) -> AppError {
    let code = match &error {
        heifer_isobmff::Error::UnexpectedEof => ErrorCode::PhotoTruncated,
        heifer_isobmff::Error::Unimplemented(_) => ErrorCode::PhotoUnsupported,
        _ => ErrorCode::PhotoDamaged,
    };
    AppError::new(code).detail(error)
}

/// The size an item says it has, refused before anything of that size is allocated.
fn size_of(file: &HeifFile<'_>, id: ItemId) -> AppResult<Pixels> {
    let item = file.item(id).map_err(refuse_box)?;
    let size = if item.item_type.0 == *b"grid" {
        let grid = file.grid(id).map_err(refuse_box)?;
        (grid.output_width, grid.output_height)
    } else {
        file.image_size(id).map_err(refuse_box)?.ok_or_else(|| damaged("a picture without a size"))?
    };
    fits(size.0.into(), size.1.into())?;
    Ok(Pixels { width: size.0 as usize, height: size.1 as usize })
}

/// Paints an item into its place of the picture.
fn paint(file: &HeifFile<'_>, id: ItemId, out: &mut [u8], at: Place, depth: u32) -> AppResult<Coding> {
    if depth > MAX_DEPTH {
        return Err(damaged("pictures nested too deeply"));
    }
    match &file.item(id).map_err(refuse_box)?.item_type.0 {
        b"hvc1" | b"hev1" | b"av01" => {
            let (frame, coding) = frame_of(file, id)?;
            if (frame.widths[0] as usize) < at.width || (frame.heights[0] as usize) < at.height {
                return Err(damaged("a picture smaller than it says"));
            }
            to_rgb(&frame, coding.matrix, out, at);
            Ok(coding)
        }
        b"iden" => paint(file, only_source(file, id)?, out, at, depth + 1),
        b"grid" => paint_grid(file, id, out, at, depth),
        other => {
            Err(AppError::new(ErrorCode::PhotoUnsupported)
                .detail(format!("item type {}", String::from_utf8_lossy(other))))
        }
    }
}

fn only_source(file: &HeifFile<'_>, id: ItemId) -> AppResult<ItemId> {
    match file.referenced_items(id, b"dimg") {
        [source] => Ok(*source),
        _ => Err(damaged("a copy of no picture or of several")),
    }
}

fn paint_grid(file: &HeifFile<'_>, id: ItemId, out: &mut [u8], at: Place, depth: u32) -> AppResult<Coding> {
    let grid = file.grid(id).map_err(refuse_box)?;
    let tiles = file.referenced_items(id, b"dimg");
    let (columns, rows) = (usize::from(grid.columns), usize::from(grid.rows));
    let first = *tiles.first().ok_or_else(|| damaged("a grid without tiles"))?;
    if tiles.len() != columns * rows {
        return Err(damaged("a grid with too few or too many tiles"));
    }
    let tile = size_of(file, first)?;
    // A small file may name one large tile thousands of times.
    let all = (tile.width * columns) as u64 * (tile.height * rows) as u64;
    if all > 2 * MAX_PIXELS || tile.width * columns < at.width || tile.height * rows < at.height {
        return Err(damaged("tiles that do not fit their grid"));
    }
    let mut coding = None;
    for (n, part) in tiles.iter().enumerate() {
        let (left, top) = (n % columns * tile.width, n / columns * tile.height);
        if left >= at.width || top >= at.height {
            continue;
        }
        let place = Place {
            stride: at.stride,
            left: at.left + left,
            top: at.top + top,
            width: tile.width.min(at.width - left),
            height: tile.height.min(at.height - top),
        };
        let found = paint(file, *part, out, place, depth + 1)?;
        coding.get_or_insert(found);
    }
    coding.ok_or_else(|| damaged("a grid without tiles"))
}

/// Decodes a coded item.
fn frame_of(file: &HeifFile<'_>, id: ItemId) -> AppResult<(Frame, Coding)> {
    let (frame, mut coding) = if file.item(id).map_err(refuse_box)?.item_type.0 == *b"av01" {
        av1::decode(file.item_data(id).map_err(refuse_box)?.into_owned())?
    } else {
        let stream = file.hevc_bitstream(id).map_err(refuse_box)?;
        let options = DecodeOptions { max_pixels: MAX_PIXELS, ..DecodeOptions::default() };
        let frame = decode_picture(&stream, options).map_err(|e| AppError::new(ErrorCode::PhotoDamaged).detail(e))?;
        let matrix = Matrix { code: frame.matrix_coeffs.into(), full: frame.full_range };
        (frame, Coding { matrix, primaries: 2, transfer: 2 })
    };
    let nclx = file.item_properties(id).map_err(refuse_box)?.find_map(|p| match p {
        Property::Color(ColorInfo::Nclx { matrix, full_range, .. }) => {
            Some(Matrix { code: *matrix, full: *full_range })
        }
        _ => None,
    });
    if let Some(matrix) = nclx {
        coding.matrix = matrix;
    }
    Ok((frame, coding))
}

/// The colour space of an item or, of a grid, of its first tile: a profile before code points.
fn space_of(file: &HeifFile<'_>, id: ItemId) -> AppResult<Option<Space>> {
    let mut next = Some(id);
    for _ in 0..MAX_DEPTH {
        let Some(item) = next else { break };
        let (mut icc, mut coded) = (None, None);
        for property in file.item_properties(item).map_err(refuse_box)? {
            match property {
                Property::Color(ColorInfo::Icc(profile)) if !profile.is_empty() => {
                    icc = Some(Space::Icc(profile.clone()));
                }
                Property::Color(ColorInfo::Nclx { primaries, transfer, .. }) => {
                    let byte = |v: u16| u8::try_from(v).unwrap_or(2);
                    coded = Some(Space::Coded { primaries: byte(*primaries), transfer: byte(*transfer) });
                }
                _ => {}
            }
        }
        if let Some(space) = icc.or(coded) {
            return Ok(Some(space));
        }
        next = file.referenced_items(item, b"dimg").first().copied();
    }
    Ok(None)
}

/// The item that says how opaque this one is.
fn alpha_of(file: &HeifFile<'_>, id: ItemId) -> AppResult<Option<ItemId>> {
    for aux in file.referencing_items(id, b"auxl") {
        let is_alpha = file
            .item_properties(aux)
            .map_err(refuse_box)?
            .any(|p| matches!(p, Property::AuxiliaryType(name) if ALPHA.contains(&name.as_str())));
        if is_alpha {
            return Ok(Some(aux));
        }
    }
    Ok(None)
}

/// Lays the picture on white as its alpha says.
fn on_white(file: &HeifFile<'_>, alpha: ItemId, out: &mut [u8], size: Pixels) -> AppResult<()> {
    let own = size_of(file, alpha)?;
    if own != size {
        return Err(damaged("alpha of another size"));
    }
    let mut blend = |at: usize, a: u8| {
        let a = u32::from(a);
        for v in &mut out[at * 3..at * 3 + 3] {
            *v = ((u32::from(*v) * a + 255 * (255 - a) + 127) / 255) as u8;
        }
    };
    if file.item(alpha).map_err(refuse_box)?.item_type.0 == *b"grid" {
        let mut grey = vec![0; size.width * size.height * 3];
        let whole = Place { stride: size.width, left: 0, top: 0, width: size.width, height: size.height };
        paint(file, alpha, &mut grey, whole, 1)?;
        grey.chunks_exact(3).enumerate().for_each(|(at, a)| blend(at, a[0]));
        return Ok(());
    }
    let (frame, coding) = frame_of(file, alpha)?;
    let width = frame.widths[0] as usize;
    if width < size.width || (frame.heights[0] as usize) < size.height {
        return Err(damaged("alpha smaller than it says"));
    }
    for y in 0..size.height {
        for (x, v) in frame.planes[0][y * width..][..size.width].iter().enumerate() {
            blend(y * size.width + x, eight_bits(*v, frame.bit_depth[0], coding.matrix.full));
        }
    }
    Ok(())
}

/// Cuts the picture where it says so, and gathers how it has to be turned, in the order the file names.
fn transformed(
    file: &HeifFile<'_>,
    id: ItemId,
    out: &mut Vec<u8>,
    mut size: Pixels,
) -> AppResult<(Pixels, Orientation)> {
    let mut orientation = Orientation::Upright;
    for property in file.item_properties(id).map_err(refuse_box)? {
        match *property {
            Property::Rotation(quarters) => {
                let left = [Orientation::Upright, Orientation::Left, Orientation::Half, Orientation::Right];
                orientation = orientation.then(left[usize::from(quarters & 3)]);
            }
            Property::Mirror(top_bottom) => {
                orientation = orientation.then(if top_bottom { Orientation::MirrorY } else { Orientation::MirrorX });
            }
            // Cutting comes first in every file that follows the standard.
            Property::CleanAperture { width, height, horiz_offset, vert_offset }
                if orientation == Orientation::Upright =>
            {
                size = cut(out, size, (width, horiz_offset), (height, vert_offset));
            }
            _ => {}
        }
    }
    Ok((size, orientation))
}

type Fraction = (u32, u32);

/// `clap` (ISO/IEC 14496-12): the size to keep, and how far its centre lies from the picture's. Nonsense cuts nothing.
fn cut(out: &mut Vec<u8>, size: Pixels, across: (Fraction, (i32, u32)), down: (Fraction, (i32, u32))) -> Pixels {
    let side = |full: usize, (keep, offset): (Fraction, (i32, u32))| {
        let keep = f64::from(keep.0) / f64::from(keep.1);
        let centre = f64::from(offset.0) / f64::from(offset.1) + (full as f64 - 1.0) / 2.0;
        let from = (centre - (keep - 1.0) / 2.0).round();
        let fits = keep >= 1.0 && from >= 0.0 && from + keep.round() <= full as f64;
        fits.then(|| (from as usize, keep.round() as usize))
    };
    let (Some((left, width)), Some((top, height))) = (side(size.width, across), side(size.height, down)) else {
        return size;
    };
    for y in 0..height {
        let from = ((top + y) * size.width + left) * 3;
        out.copy_within(from..from + width * 3, y * width * 3);
    }
    out.truncate(width * height * 3);
    Pixels { width, height }
}
