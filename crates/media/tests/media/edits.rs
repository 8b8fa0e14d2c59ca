//! Edited copies, from the pixels of the original.

use crate::common::*;
use stall_core::photo_edit::{Edit, EditPoint, EditRect, Edits, MarkColour};
use stall_media::{Blob, BlobStore, Size, Worker, enlarge, ingest, make_edited};
use turbojpeg::PixelFormat;

fn edits(list: &[Edit]) -> Edits {
    Edits::of(list).unwrap()
}

fn rect(x: u16, y: u16, w: u16, h: u16) -> EditRect {
    EditRect { x, y, w, h }
}

struct Shown {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Shown {
    fn of(jpeg: &[u8]) -> Self {
        let image = turbojpeg::decompress(jpeg, PixelFormat::RGB).unwrap();
        assert_eq!(image.pitch, image.width * 3);
        Self { width: image.width, height: image.height, pixels: image.pixels }
    }

    /// The pixel at a share of both sides.
    fn at(&self, x: f64, y: f64) -> [u8; 3] {
        let (x, y) = ((x * self.width as f64) as usize, (y * self.height as f64) as usize);
        let from = (y * self.width + x) * 3;
        [self.pixels[from], self.pixels[from + 1], self.pixels[from + 2]]
    }

    /// The largest difference between neighbours inside a part.
    fn roughest(&self, x0: f64, y0: f64, x1: f64, y1: f64) -> u8 {
        let span = |a: f64, b: f64, side: usize| (a * side as f64).ceil() as usize..(b * side as f64) as usize - 1;
        let mut most = 0;
        for y in span(y0, y1, self.height) {
            for x in span(x0, x1, self.width) {
                let at = (y * self.width + x) * 3;
                for n in 0..3 {
                    most = most.max(self.pixels[at + n].abs_diff(self.pixels[at + 3 + n]));
                    most = most.max(self.pixels[at + n].abs_diff(self.pixels[at + self.width * 3 + n]));
                }
            }
        }
        most
    }
}

fn render(store: &BlobStore, blob: &Blob, worker: &mut Worker, list: &[Edit]) -> Shown {
    let shown = make_edited(store, blob, &edits(list), worker).unwrap();
    Shown::of(&store.read(&shown, Size::View).unwrap())
}

#[test]
fn turns_and_crops_show_the_right_part_and_the_original_stays_as_it_was() {
    let (_dir, store, mut worker) = store();
    // Stored on its side: edits see it upright, 1600 x 2400.
    let bytes = with_segment(&jpeg(&quarters(2400, 1600), 2400, 1600), 0xe1, &exif(6, None, None));
    let blob = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap().blob;
    let upright = store.read(&blob, Size::View).unwrap();
    let turned = render(&store, &blob, &mut worker, &[Edit::Turn { quarters: 1 }]);
    assert_eq!((turned.width, turned.height), (1600, 1067));
    // Upright it is blue, red / yellow, green; a quarter further clockwise:
    for (x, y, wanted) in [(0.2, 0.2, YELLOW), (0.8, 0.2, BLUE), (0.2, 0.8, GREEN), (0.8, 0.8, RED)] {
        assert!(near(turned.at(x, y), wanted, 14), "{:?} at {x} {y}", turned.at(x, y));
    }
    let corner = [Edit::Turn { quarters: 1 }, Edit::Crop { rect: rect(5_000, 0, 5_000, 5_000) }];
    let cropped = render(&store, &blob, &mut worker, &corner);
    assert_eq!((cropped.width, cropped.height), (1200, 800), "the part, at its own pixels");
    for (x, y) in [(0.05, 0.05), (0.95, 0.95)] {
        assert!(near(cropped.at(x, y), BLUE, 14), "{:?}", cropped.at(x, y));
    }
    assert_eq!(store.read(&blob, Size::Full).unwrap(), bytes);
    assert_eq!(store.read(&blob, Size::View).unwrap(), upright, "the unedited copy is still there");
}

#[test]
fn a_small_crop_is_taken_from_the_full_pixels_not_from_the_copy() {
    let (_dir, store, mut worker) = store();
    let bytes = jpeg(&grain(4000, 3000), 4000, 3000);
    let blob = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap().blob;
    let crop = [Edit::Crop { rect: rect(4_000, 4_000, 2_000, 2_000) }];
    let shown = render(&store, &blob, &mut worker, &crop);
    assert_eq!((shown.width, shown.height), (800, 600));
    let whole = Shown::of(&enlarge(&store, &blob, &Edits::default(), &mut worker).unwrap());
    assert_eq!((whole.width, whole.height), (4000, 3000));
}

#[test]
fn a_tilted_picture_has_no_empty_corner_and_turns_clockwise() {
    let (_dir, store, mut worker) = store();
    let bytes = jpeg(&quarters(1800, 1200), 1800, 1200);
    let blob = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap().blob;
    for tenths in [-150, 70, 150] {
        let shown = render(&store, &blob, &mut worker, &[Edit::Tilt { tenths }]);
        assert_eq!((shown.width, shown.height), (1600, 1067));
        for (x, y, wanted) in [(0.01, 0.01, RED), (0.99, 0.01, GREEN), (0.01, 0.99, BLUE), (0.99, 0.99, YELLOW)] {
            assert!(near(shown.at(x, y), wanted, 16), "{tenths}: {:?} at {x} {y}", shown.at(x, y));
        }
    }
    // Clockwise: above the middle, what stood on the left has come over to the right.
    let shown = render(&store, &blob, &mut worker, &[Edit::Tilt { tenths: 100 }]);
    assert!(near(shown.at(0.52, 0.1), RED, 16), "{:?}", shown.at(0.52, 0.1));
    assert!(near(shown.at(0.48, 0.9), YELLOW, 16), "{:?}", shown.at(0.48, 0.9));
}

/// Bars like those of digits: a line of black strokes on white across the middle.
fn digits(width: usize, height: usize, seed: usize) -> Vec<u8> {
    let mut rgb = vec![245u8; width * height * 3];
    for y in height * 45 / 100..height * 55 / 100 {
        for x in width / 10..width * 9 / 10 {
            let digit = (x * 15 / width + seed) * 7919;
            let stroke = (x / 6 + y / 8 * 3 + digit) % 5 < 2;
            if stroke {
                rgb[(y * width + x) * 3..][..3].fill(15);
            }
        }
    }
    rgb
}

#[test]
fn what_is_blurred_is_gone_and_the_rest_is_untouched() {
    let (_dir, store, mut worker) = store();
    let list = [Edit::Blur { rect: rect(900, 4_400, 8_200, 1_200) }];
    let mut means = Vec::new();
    for seed in [0, 3] {
        let blob = ingest(&store, &jpeg(&digits(1500, 1000, seed), 1500, 1000), "imei.jpg", &mut worker).unwrap().blob;
        let before = Shown::of(&store.read(&blob, Size::View).unwrap());
        let shown = render(&store, &blob, &mut worker, &list);
        assert!(before.roughest(0.1, 0.45, 0.9, 0.55) > 150, "there was something to read");
        assert!(shown.roughest(0.1, 0.45, 0.9, 0.55) <= 8, "{}", shown.roughest(0.1, 0.45, 0.9, 0.55));
        // Sharpened ten times over, nothing stands out yet.
        let step = (0..80).map(|n| shown.at(0.1 + f64::from(n) * 0.01, 0.5)[0]).collect::<Vec<_>>();
        let bend = step.windows(3).map(|w| (2 * i32::from(w[1]) - i32::from(w[0]) - i32::from(w[2])).abs()).max();
        assert!(bend.unwrap() <= 12, "{step:?}");
        assert!(near(shown.at(0.5, 0.3), [245; 3], 4) && near(shown.at(0.5, 0.7), [245; 3], 4));
        means.push(step);
        // The copy for lists hides it too, and so does the one for looking closely.
        let name = Blob::parse(&edits(&list).shown(blob.as_str())).unwrap();
        assert!(Shown::of(&store.read(&name, Size::Thumb).unwrap()).roughest(0.12, 0.46, 0.88, 0.54) <= 16);
        let close = Shown::of(&enlarge(&store, &blob, &edits(&list), &mut worker).unwrap());
        assert!(close.roughest(0.1, 0.45, 0.9, 0.55) <= 8);
    }
    // Other digits give nearly the same blur: from the blur one cannot tell which they were.
    let apart = means[0].iter().zip(&means[1]).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(apart.unwrap() <= 40, "{means:?}");
}

#[test]
fn arrows_and_circles_are_drawn_where_they_were_put_even_after_a_turn() {
    let (_dir, store, mut worker) = store();
    let bytes = jpeg(&[120, 120, 120].repeat(1600 * 1200), 1600, 1200);
    let blob = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap().blob;
    let point = |x, y| EditPoint { x, y };
    let red = MarkColour::Red;
    let marks = [
        Edit::Arrow { from: point(1_000, 5_000), to: point(4_000, 5_000), colour: red },
        Edit::Circle { rect: rect(6_000, 4_000, 2_000, 2_000), colour: MarkColour::Yellow },
    ];
    let shown = render(&store, &blob, &mut worker, &marks);
    assert!(near(shown.at(0.25, 0.5), red.rgb(), 30), "{:?}", shown.at(0.25, 0.5));
    assert!(near(shown.at(0.7, 0.4), MarkColour::Yellow.rgb(), 40), "{:?}", shown.at(0.7, 0.4));
    for (x, y) in [(0.7, 0.5), (0.5, 0.5), (0.05, 0.5), (0.25, 0.4)] {
        assert!(near(shown.at(x, y), [120; 3], 6), "{:?} at {x} {y}", shown.at(x, y));
    }
    let turned = render(&store, &blob, &mut worker, &[marks[0], marks[1], Edit::Turn { quarters: 1 }]);
    // (x, y) goes to (1 - y, x).
    assert!(near(turned.at(0.5, 0.25), red.rgb(), 30), "{:?}", turned.at(0.5, 0.25));
    assert!(near(turned.at(0.6, 0.7), MarkColour::Yellow.rgb(), 40), "{:?}", turned.at(0.6, 0.7));
}

#[test]
fn a_copy_that_was_lost_is_made_again_the_same_and_edited_copies_carry_nothing_hidden() {
    let (_dir, store, mut worker) = store();
    let mut bytes = with_segment(&jpeg(&quarters(1700, 1300), 1700, 1300), 0xe1, &exif(3, None, None));
    bytes.extend_from_slice(b"SECRET-TRAILER");
    let blob = ingest(&store, &bytes, "a.jpg", &mut worker).unwrap().blob;
    let list = edits(&[Edit::Crop { rect: rect(0, 0, 6_000, 6_000) }]);
    let name = make_edited(&store, &blob, &list, &mut worker).unwrap();
    assert_eq!(name.as_str(), list.shown(blob.as_str()));
    let first = store.read(&name, Size::View).unwrap();
    assert!(!first.windows(6).any(|w| w == b"SECRET" || w == b"Exif\0\0"));
    std::fs::remove_file(store.path(&name, Size::Thumb)).unwrap();
    std::fs::remove_file(store.path(&name, Size::View)).unwrap();
    make_edited(&store, &blob, &list, &mut worker).unwrap();
    assert_eq!(store.read(&name, Size::View).unwrap(), first);
    assert!(store.path(&name, Size::Thumb).is_file());
    // Without edits the name is the original's own.
    assert_eq!(make_edited(&store, &blob, &Edits::default(), &mut worker).unwrap(), blob);
}
