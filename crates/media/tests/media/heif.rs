//! HEIC and AVIF, in boxes written here around two pictures that were drawn for these tests: red, green, blue and yellow
//! quarters of 96 x 64, as one HEVC and one AV1 still of 4:2:0, BT.601, full range (x265 and libaom at quality 80).

use crate::common::*;
use stall_core::{ErrorCode, Ms};
use stall_media::{Format, Size, Worker, ingest, sniff};

const HVCC: &str = "0103700000009000000000001ef000fcfdf8f800000f03600001001840010c01ffff03700000030090000003000003001eba0240610001002b42010103700000030090000003000003001ea030810596ea4929ae6e021a0c0800000300c800000300084062000100074401c172b02240";
const HEVC: &str = "000000ce2801af04f8413269dbffc0bbfffffb28c765fdd11442774bafbe88da7ff9a0bfffc4476319afd703500e02e244dad701f5a0f49bda4b39603ea89ed41a1d4c6bcade3527315ae781ac589e937b14598b10c0d22d966eea5095a98ef0c7d0c7555b6efb7a7f8c8fd1bf7511bfff9475aca30e00ea4e840480bcdb664d50537a6ba67b497d67f8fef5eed853158169967e3369b9ab51b51aaf55202d6fc2fd77051b797c9bffea6c89d7a1f3298ffe44eff3f1e9e694beb53aada1b96c153e46eafcdcafe7ff9a4c90cf28efed608f";
const AV1C: &str = "81000c00";
const AV1: &str = "12000a0918196ffed9010d0684323f11e3c3c3328000f08000000000c21113a81afe989050b8edec5e4589f2f344be27300cafa69cf7a78df5f1db98b23eb6cdecacb79a225ee607cf78ede7d7e0";
const SIZE: (u32, u32) = (96, 64);

pub fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

/// A box with version and flags 0.
fn full(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    boxed(kind, &[&[0; 4], body].concat())
}

fn ispe(width: u32, height: u32) -> Vec<u8> {
    full(b"ispe", &[width.to_be_bytes(), height.to_be_bytes()].concat())
}

pub fn irot(quarters: u8) -> Vec<u8> {
    boxed(b"irot", &[quarters])
}

pub fn imir(axis: u8) -> Vec<u8> {
    boxed(b"imir", &[axis])
}

fn nclx(primaries: u8, transfer: u8, matrix: u8) -> Vec<u8> {
    boxed(b"colr", &[b'n', b'c', b'l', b'x', 0, primaries, 0, transfer, 0, matrix, 0x80])
}

fn icc(profile: &[u8]) -> Vec<u8> {
    boxed(b"colr", &[b"prof", profile].concat())
}

/// An item: its kind, its boxes in order, its data, and the items it is made of.
pub struct Item {
    kind: &'static [u8; 4],
    properties: Vec<Vec<u8>>,
    data: Vec<u8>,
    of: Vec<u16>,
}

/// The drawn picture with these boxes behind its own.
pub fn picture(av1: bool, more: &[Vec<u8>]) -> Item {
    let (kind, config, data) =
        if av1 { (b"av01", boxed(b"av1C", &unhex(AV1C)), AV1) } else { (b"hvc1", boxed(b"hvcC", &unhex(HVCC)), HEVC) };
    let mut properties = vec![config, ispe(SIZE.0, SIZE.1)];
    properties.extend_from_slice(more);
    Item { kind, properties, data: unhex(data), of: Vec::new() }
}

/// A file of these items; the first is the one to show. `about` is EXIF as a TIFF block.
pub fn file(brand: &[u8; 4], items: &[Item], about: Option<&[u8]>) -> Vec<u8> {
    let mut ipco: Vec<u8> = Vec::new();
    let mut ipma = vec![0, 0, 0, items.len() as u8];
    let mut count = 0u8;
    for (n, item) in (1u8..).zip(items) {
        ipma.extend_from_slice(&[0, n, item.properties.len() as u8]);
        for property in &item.properties {
            count += 1;
            ipco.extend_from_slice(property);
            ipma.push(0x80 | count);
        }
    }
    let exif = about.map(|tiff| [&[0; 4], tiff].concat());
    let mut datas: Vec<(&[u8; 4], &[u8])> = items.iter().map(|i| (i.kind, i.data.as_slice())).collect();
    datas.extend(exif.as_deref().map(|data| (b"Exif", data)));
    let mut refs: Vec<u8> = Vec::new();
    let mut refer = |kind: &[u8; 4], from: u16, to: &[u16]| {
        let to: Vec<u8> = to.iter().flat_map(|id| id.to_be_bytes()).collect();
        let body = [&from.to_be_bytes()[..], &(to.len() as u16 / 2).to_be_bytes(), &to].concat();
        refs.extend_from_slice(&boxed(kind, &body));
    };
    for (n, item) in (1u16..).zip(items).filter(|(_, i)| !i.of.is_empty()) {
        refer(b"dimg", n, &item.of);
    }
    if about.is_some() {
        refer(b"cdsc", datas.len() as u16, &[1]);
    }
    let infos: Vec<u8> = (1u16..)
        .zip(&datas)
        .flat_map(|(id, (kind, _))| {
            boxed(b"infe", &[&[2, 0, 0, 0][..], &id.to_be_bytes(), &[0, 0], *kind, &[0]].concat())
        })
        .collect();
    let ftyp = boxed(b"ftyp", &[&brand[..], &[0; 4], b"mif1", brand].concat());
    let meta = |base: u32| {
        let mut iloc = vec![0x44, 0, 0, datas.len() as u8];
        let mut at = base;
        for (id, (_, data)) in (1u16..).zip(&datas) {
            iloc.extend_from_slice(&[&id.to_be_bytes()[..], &[0, 0, 0, 1]].concat());
            iloc.extend_from_slice(&[at.to_be_bytes(), (data.len() as u32).to_be_bytes()].concat());
            at += data.len() as u32;
        }
        let parts = [
            full(b"hdlr", &[&[0; 4][..], b"pict", &[0; 13]].concat()),
            full(b"pitm", &[0, 1]),
            full(b"iinf", &[&(datas.len() as u16).to_be_bytes()[..], &infos].concat()),
            full(b"iref", &refs),
            boxed(b"iprp", &[boxed(b"ipco", &ipco), full(b"ipma", &ipma)].concat()),
            full(b"iloc", &iloc),
        ];
        full(b"meta", &parts.concat())
    };
    let base = ftyp.len() + meta(0).len() + 8;
    let data: Vec<u8> = datas.iter().flat_map(|(_, data)| data.iter().copied()).collect();
    [ftyp, meta(base as u32), boxed(b"mdat", &data)].concat()
}

pub fn brand(av1: bool) -> &'static [u8; 4] {
    if av1 { b"avif" } else { b"heic" }
}

/// Both formats, with these boxes on the picture.
fn both(more: &[Vec<u8>]) -> [Vec<u8>; 2] {
    [false, true].map(|av1| file(brand(av1), &[picture(av1, more)], None))
}

/// Properties of the picture, the colours of its four corners, whether it is tall.
type Case = (Vec<Vec<u8>>, [[u8; 3]; 4], bool);

#[test]
fn a_heic_and_an_avif_are_taken_in_with_their_colours() {
    let (_dir, store, mut worker) = store();
    for (bytes, format) in both(&[nclx(1, 13, 6)]).iter().zip([Format::Heic, Format::Avif]) {
        let taken = ingest(&store, bytes, "IMG_0001.JPG", &mut worker).unwrap();
        assert_eq!((taken.format, taken.width, taken.height), (format, 96, 64));
        assert_eq!(store.read(&taken.blob, Size::Full).unwrap(), *bytes, "the original is kept byte for byte");
        let (w, h, found) = corners(&store.read(&taken.blob, Size::View).unwrap());
        assert_eq!((w, h), (96, 64));
        for (a, b) in found.iter().zip([RED, GREEN, BLUE, YELLOW]) {
            assert!(near(*a, b, 10), "{format:?} {found:?}");
        }
    }
}

#[test]
fn every_rotation_and_mirror_of_the_box_is_applied_once_and_exif_is_only_a_note() {
    let (_dir, store, mut worker) = store();
    // Anticlockwise quarters, then a mirror, in the order of the boxes.
    let cases: [Case; 8] = [
        (vec![], [RED, GREEN, BLUE, YELLOW], false),
        (vec![irot(1)], [GREEN, YELLOW, RED, BLUE], true),
        (vec![irot(2)], [YELLOW, BLUE, GREEN, RED], false),
        (vec![irot(3)], [BLUE, RED, YELLOW, GREEN], true),
        (vec![imir(0)], [BLUE, YELLOW, RED, GREEN], false),
        (vec![imir(1)], [GREEN, RED, YELLOW, BLUE], false),
        (vec![irot(1), imir(1)], [YELLOW, GREEN, BLUE, RED], true),
        (vec![imir(1), irot(1)], [RED, BLUE, GREEN, YELLOW], true),
    ];
    let note = exif(6, Some("2026:11:24 18:30:05"), None)[6..].to_vec();
    for av1 in [false, true] {
        for (boxes, wanted, turned) in &cases {
            let bytes = file(brand(av1), &[picture(av1, boxes)], Some(&note));
            let taken = ingest(&store, &bytes, "a.heic", &mut worker).unwrap();
            assert_eq!((taken.width, taken.height), if *turned { (64, 96) } else { (96, 64) });
            assert_eq!(taken.taken_at, Some(Ms(1_795_516_205_000)));
            let (_, _, found) = corners(&store.read(&taken.blob, Size::View).unwrap());
            for (a, b) in found.iter().zip(wanted) {
                assert!(near(*a, *b, 10), "av1 {av1} {boxes:?}: {found:?}, wanted {wanted:?}");
            }
        }
    }
}

#[test]
fn display_p3_becomes_srgb_whether_a_profile_or_code_points_say_so() {
    let (_dir, store, mut worker) = store();
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    for colours in [vec![nclx(12, 13, 6)], vec![icc(&profile)], vec![nclx(1, 13, 6), icc(&profile)]] {
        for bytes in both(&colours) {
            let taken = ingest(&store, &bytes, "p3.heic", &mut worker).unwrap();
            let (_, _, found) = corners(&store.read(&taken.blob, Size::View).unwrap());
            // In P3 these are stronger: sRGB runs out of green and red.
            assert!(found[1][0] < 8 && found[1][1] > 198, "{found:?}");
            assert!(found[0][0] > 232 && found[0][1] < 24, "{found:?}");
        }
    }
}

#[test]
fn a_grid_of_tiles_is_put_together_and_cut_to_its_size() {
    let (_dir, store, mut worker) = store();
    for av1 in [false, true] {
        let whole = Item {
            kind: b"grid",
            properties: vec![ispe(180, 120), irot(2)],
            data: vec![0, 0, 1, 1, 0, 180, 0, 120],
            of: vec![2, 3, 4, 5],
        };
        let items = [whole, picture(av1, &[]), picture(av1, &[]), picture(av1, &[]), picture(av1, &[])];
        let taken = ingest(&store, &file(brand(av1), &items, None), "g.heic", &mut worker).unwrap();
        assert_eq!((taken.width, taken.height), (180, 120));
        let copy = store.read(&taken.blob, Size::View).unwrap();
        let image = turbojpeg::decompress(&copy, turbojpeg::PixelFormat::RGB).unwrap();
        let at = |x: usize, y: usize| {
            let from = y * image.pitch + x * 3;
            [image.pixels[from], image.pixels[from + 1], image.pixels[from + 2]]
        };
        // Turned by half: the corner that was cut off is now the first. (179 - x, 119 - y) in the untouched grid.
        for (x, y, wanted) in [(170, 110, RED), (110, 110, GREEN), (70, 110, RED), (170, 70, BLUE), (10, 10, YELLOW)] {
            assert!(near(at(x, y), wanted, 14), "av1 {av1} {x},{y}: {:?}", at(x, y));
        }
    }
}

#[test]
fn a_picture_that_is_cut_is_named_so() {
    for bytes in both(&[]) {
        for share in [30, 60, 90, 99] {
            let cut = &bytes[..bytes.len() * share / 100];
            let (_dir, store, mut worker) = store();
            let error = ingest(&store, cut, "a.heic", &mut worker).unwrap_err();
            assert!(matches!(error.code, ErrorCode::PhotoTruncated | ErrorCode::PhotoDamaged), "{share} %: {error}");
            assert_eq!(error.args["name"], "a.heic");
        }
    }
}

#[test]
fn huge_sizes_bombs_and_other_codecs_are_refused_before_they_cost_anything() {
    let refusal = |items: &[Item]| {
        let bytes = file(b"mif1", items, None);
        sniff(&bytes, "x").and_then(|format| Worker::new().unwrap().make(&bytes, format)).unwrap_err().code
    };
    let grid = |columns: u8, rows: u8, width: u16, height: u16, of: Vec<u16>| {
        let [a, b] = width.to_be_bytes();
        let [c, d] = height.to_be_bytes();
        Item { kind: b"grid", properties: vec![], data: vec![0, 0, rows - 1, columns - 1, a, b, c, d], of }
    };
    for av1 in [false, true] {
        let mut huge = picture(av1, &[]);
        huge.properties[1] = ispe(60_000, 60_000);
        assert_eq!(refusal(&[huge]), ErrorCode::PhotoTooManyPixels);
        let large = grid(1, 1, 65_535, 65_535, vec![2]);
        assert_eq!(refusal(&[large, picture(av1, &[])]), ErrorCode::PhotoTooManyPixels);
        // One tile of ten million pixels, named 65,025 times.
        let mut tile = picture(av1, &[]);
        tile.properties[1] = ispe(4_000, 2_500);
        assert_eq!(refusal(&[grid(255, 255, 100, 100, vec![2; 65_025]), tile]), ErrorCode::PhotoDamaged);
        // It says it is larger than what is inside.
        let mut lie = picture(av1, &[]);
        lie.properties[1] = ispe(200, 64);
        assert_eq!(refusal(&[lie]), ErrorCode::PhotoDamaged);
        // A grid that is its own tile, and a ring of two.
        assert_eq!(refusal(&[grid(1, 1, 90, 60, vec![1])]), ErrorCode::PhotoDamaged);
        assert_eq!(refusal(&[grid(1, 1, 90, 60, vec![2]), grid(1, 1, 90, 60, vec![1])]), ErrorCode::PhotoDamaged);
    }
    let mut other = picture(false, &[]);
    other.kind = b"j2k1";
    assert_eq!(refusal(&[other]), ErrorCode::PhotoUnsupported);
}
