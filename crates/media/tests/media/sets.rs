//! Pictures that leave the stall: grids, watermarks, and nothing hidden in them.

use stall_media::{Face, Format, GRID_WIDTH, Picture, Place, Stamp, Strip, Worker, grid, layout};

use crate::common::font;

/// Nine colours far apart.
const COLOURS: [[u8; 3]; 9] = [
    [200, 30, 30],
    [30, 200, 30],
    [30, 30, 200],
    [200, 200, 30],
    [200, 30, 200],
    [30, 200, 200],
    [120, 60, 20],
    [20, 120, 60],
    [60, 20, 120],
];

fn at(p: &Picture, x: usize, y: usize) -> [u8; 3] {
    let i = (y * p.width + x) * 3;
    [p.rgb[i], p.rgb[i + 1], p.rgb[i + 2]]
}

fn near(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 6)
}

#[test]
fn every_grid_from_one_to_nine_fills_its_width_with_white_gaps_and_no_empty_cell() {
    let pictures: Vec<Picture> = COLOURS.iter().map(|c| Picture::plain(300, 400, *c)).collect();
    for n in 1..=9 {
        let plan = layout(n);
        assert_eq!(plan.cells.len(), n);
        let made = grid(&pictures[..n], None).unwrap();
        assert_eq!((made.width, made.height), (GRID_WIDTH, plan.height), "{n}");
        for (i, c) in plan.cells.iter().enumerate() {
            assert!(c.left + c.width <= GRID_WIDTH && c.top + c.height <= plan.height, "{n} {c:?}");
            for (x, y) in [(2, 2), (c.width - 3, 2), (2, c.height - 3), (c.width / 2, c.height / 2)] {
                assert!(near(at(&made, c.left + x, c.top + y), COLOURS[i]), "{n} pictures, cell {i}");
            }
            // To the right and below stands a gap or the edge.
            if c.left + c.width < GRID_WIDTH {
                assert_eq!(at(&made, c.left + c.width + 2, c.top + c.height / 2), [255; 3], "{n} {i}");
            }
            if c.top + c.height < plan.height {
                assert_eq!(at(&made, c.left + c.width / 2, c.top + c.height + 2), [255; 3], "{n} {i}");
            }
        }
        assert!(plan.cells.iter().any(|c| c.left + c.width == GRID_WIDTH), "{n}");
        let area: usize = plan.cells.iter().map(|c| c.width * c.height).sum();
        assert!(area * 100 >= GRID_WIDTH * plan.height * 97, "{n}: {area} of {}", GRID_WIDTH * plan.height);
    }
    let nine = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2)];
    let made = grid(&pictures, None).unwrap();
    assert_eq!((made.width, made.height), (1080, 1080));
    for (i, (row, column)) in nine.into_iter().enumerate() {
        assert!(near(at(&made, column * 362 + 178, row * 362 + 178), COLOURS[i]));
    }
}

#[test]
fn a_strip_says_number_name_and_price_below_the_pictures() {
    let face = Face::open(font()).unwrap();
    let strip = Strip {
        stock_no: "0387".into(),
        name: "iPhone 13 Pro 256GB 远峰蓝色".repeat(4),
        facts: "99新".into(),
        price: "¥4,199".into(),
    };
    let made = grid(&[Picture::plain(300, 300, [90; 3])], Some((&strip, &face))).unwrap();
    assert_eq!((made.width, made.height), (1080, 1080 + 144));
    let dark = |xs: std::ops::Range<usize>| {
        (1080..made.height).any(|y| xs.clone().any(|x| at(&made, x, y).iter().all(|c| *c < 120)))
    };
    assert!(dark(28..160), "the number");
    assert!(dark(200..700), "the name");
    let red =
        (1080..made.height).any(|y| (880..1060).any(|x| matches!(at(&made, x, y), [r, g, _] if r > 150 && g < 90)));
    assert!(red, "the price");
    // The long name is cut before the price.
    assert!((1080..made.height).all(|y| at(&made, 1075, y) == [255; 3]));
}

#[test]
fn a_watermark_stands_in_its_corner_or_all_over_and_only_as_strong_as_asked() {
    let face = Face::open(font()).unwrap();
    let ground = Picture::plain(1000, 800, [100; 3]);
    let stamp = Stamp::words(&face, 40.0, "老王二手 0387");
    let changed = |p: &Picture, x0: usize, x1: usize, y0: usize, y1: usize| {
        (y0..y1).flat_map(|y| (x0..x1).map(move |x| (x, y))).filter(|(x, y)| at(p, *x, *y) != [100; 3]).count()
    };
    let mut corner = ground.clone();
    stamp.stamp(&mut corner, Place::Corner, 0.5);
    assert!(changed(&corner, 600, 1000, 700, 800) > 500);
    assert_eq!(changed(&corner, 0, 1000, 0, 600) + changed(&corner, 0, 500, 0, 800), 0);
    let strongest = corner.rgb.iter().max().copied().unwrap();
    assert!((170..=178).contains(&strongest), "half of white over 100: {strongest}");
    let mut tiled = ground.clone();
    stamp.stamp(&mut tiled, Place::Tiled, 0.5);
    for (x, y) in [(0, 0), (500, 0), (0, 400), (500, 400)] {
        assert!(changed(&tiled, x, x + 500, y, y + 400) > 500, "{x} {y}");
    }
    let mut none = ground.clone();
    stamp.stamp(&mut none, Place::Tiled, 0.0);
    assert_eq!(none, ground);
}

#[test]
fn a_logo_keeps_its_colours_and_its_transparency() {
    let mut png = Vec::new();
    let pixels =
        image::RgbaImage::from_fn(64, 32, |x, _| image::Rgba(if x < 32 { [255, 0, 0, 255] } else { [0, 0, 0, 0] }));
    pixels.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    let mut ground = Picture::plain(400, 400, [100; 3]);
    Stamp::logo(&png, 64).unwrap().stamp(&mut ground, Place::Corner, 1.0);
    // 128 x 64 with a margin of 10: from 262, 326.
    assert!(near(at(&ground, 280, 350), [255, 0, 0]));
    assert_eq!(at(&ground, 370, 350), [100; 3]);
    assert_eq!(Stamp::logo(b"no png", 10).unwrap_err().code, stall_core::ErrorCode::PhotoNotImage);
    assert_eq!(Stamp::logo(&png[..60], 10).unwrap_err().code, stall_core::ErrorCode::PhotoDamaged);
}

/// Markers of a JPEG and where its picture ends.
fn segments(bytes: &[u8]) -> (Vec<u8>, usize) {
    let (mut at, mut found) = (2, Vec::new());
    while bytes[at] == 0xff && bytes[at + 1] != 0xda {
        found.push(bytes[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
    }
    let end = bytes[at..].windows(2).position(|p| p == [0xff, 0xd9]).unwrap() + at + 2;
    (found, end)
}

#[test]
fn an_exported_picture_has_no_metadata_no_profile_and_nothing_behind_its_end() {
    let mut bytes = Picture::plain(640, 480, [90, 120, 40]).jpeg(82).unwrap();
    // EXIF with a place, XMP, a profile, a comment, and a film behind the picture, as a phone writes them.
    let mut hidden = Vec::new();
    for (marker, body) in [
        (0xe1, b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0".as_slice()),
        (0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta GCamera:MotionPhoto=\"1\"/>"),
        (0xe2, b"ICC_PROFILE\0\x01\x01broken"),
        (0xfe, b"shot at home"),
    ] {
        hidden.extend([0xff, marker]);
        hidden.extend((body.len() as u16 + 2).to_be_bytes());
        hidden.extend(body);
    }
    bytes.splice(2..2, hidden);
    bytes.extend(b"\0\0\0\x18ftypmp42 a film of the flat");
    let picture = Worker::new().unwrap().upright(&bytes, Format::Jpeg).unwrap();
    for made in [picture.jpeg(92).unwrap(), picture.square(1080).unwrap().jpeg(85).unwrap()] {
        let (markers, end) = segments(&made);
        assert!(markers.iter().all(|m| matches!(m, 0xe0 | 0xdb | 0xc0 | 0xc4)), "{markers:x?}");
        assert_eq!(end, made.len());
        for secret in [&b"Exif"[..], b"xmpmeta", b"ICC_PROFILE", b"home", b"film"] {
            assert!(!made.windows(secret.len()).any(|w| w == secret));
        }
    }
}

#[test]
fn a_square_shows_the_whole_picture_on_white_and_a_smaller_one_is_not_blown_up() {
    let tall = Picture::plain(600, 1200, [10, 10, 200]);
    let square = tall.square(1080).unwrap();
    assert_eq!((square.width, square.height), (1080, 1080));
    assert!(near(at(&square, 540, 5), [10, 10, 200]) && near(at(&square, 540, 1075), [10, 10, 200]));
    assert_eq!((at(&square, 100, 540), at(&square, 1000, 540)), ([255; 3], [255; 3]));
    let small = tall.clone().within(1600).unwrap();
    assert_eq!((small.width, small.height), (600, 1200));
    let less = tall.within(800).unwrap();
    assert_eq!((less.width, less.height), (400, 800));
}
