//! Labels as a PDF: exact page sizes, bars as rectangles, text as text in subset fonts.

use std::collections::BTreeMap;

use pdf_writer::{
    Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr,
    types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap},
};
use stall_core::AppResult;
use subsetter::GlyphRemapper;

use crate::{
    broken,
    font::{Face, Fonts},
    layout::Laid,
    marks::{Mark, Weight},
};

/// A page in millimetres.
#[derive(Debug)]
pub struct Page {
    pub width: f32,
    pub height: f32,
    pub labels: Vec<Placed>,
}

/// A label and its top left corner on the page, millimetres.
#[derive(Debug)]
pub struct Placed {
    pub x: f32,
    pub y: f32,
    pub label: Laid,
}

const POINTS: f32 = 72.0 / 25.4;
const SYSTEM: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Glyphs of one face that the document uses.
#[derive(Default)]
struct Used {
    glyphs: GlyphRemapper,
    chars: BTreeMap<u16, char>,
    widths: BTreeMap<u16, f32>,
}

/// Makes the document.
///
/// # Errors
/// `Internal` only.
pub fn pdf(fonts: &Fonts, pages: &[Page], title: &str) -> AppResult<Vec<u8>> {
    let mut next = 1;
    let mut id = || {
        next += 1;
        Ref::new(next)
    };
    let (catalog, tree, info) = (id(), id(), id());
    let faces = [(Weight::Medium, Name(b"M"), id()), (Weight::Bold, Name(b"B"), id())];
    let mut used = BTreeMap::from([(Weight::Medium, Used::default()), (Weight::Bold, Used::default())]);
    let ids: Vec<(Ref, Ref)> = pages.iter().map(|_| (id(), id())).collect();
    let mut pdf = Pdf::new();
    {
        let mut cat = pdf.catalog(catalog);
        cat.pages(tree);
        // "Fit to page" would shrink every label: viewers are asked to print at true size.
        cat.insert(Name(b"ViewerPreferences")).dict().pair(Name(b"PrintScaling"), Name(b"None"));
    }
    pdf.document_info(info).title(TextStr(title)).creator(TextStr("Stallkeeper"));
    pdf.pages(tree).kids(ids.iter().map(|(p, _)| *p)).count(i32::try_from(pages.len()).map_err(broken)?);
    for (page, (page_id, content_id)) in pages.iter().zip(&ids) {
        let mut p = pdf.page(*page_id);
        p.parent(tree).media_box(Rect::new(0.0, 0.0, page.width * POINTS, page.height * POINTS)).contents(*content_id);
        let mut resources = p.resources();
        let mut dict = resources.fonts();
        for (_, name, font) in &faces {
            dict.pair(*name, *font);
        }
        dict.finish();
        resources.finish();
        p.finish();
        let content = content(fonts, page, &mut used);
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(&content, 6);
        pdf.stream(*content_id, &packed).filter(Filter::FlateDecode);
    }
    for (weight, _, font) in &faces {
        if let Some(used) = used.get(weight) {
            write_font(&mut pdf, fonts.face(*weight), *weight, used, *font, &mut id)?;
        }
    }
    Ok(pdf.finish())
}

fn content(fonts: &Fonts, page: &Page, used: &mut BTreeMap<Weight, Used>) -> Vec<u8> {
    let mut c = Content::new();
    for placed in &page.labels {
        let dot = POINTS / placed.label.dots_per_mm;
        c.save_state();
        // From here on one unit is one dot; y still grows upwards from the label's top edge.
        c.transform([dot, 0.0, 0.0, dot, placed.x * POINTS, (page.height - placed.y) * POINTS]);
        for mark in &placed.label.marks {
            match mark {
                Mark::Rect { x, y, w, h } => {
                    c.rect(*x as f32, -(y + h) as f32, *w as f32, *h as f32);
                    c.fill_nonzero();
                }
                Mark::Text { x, y, em, weight, white, text } => {
                    let Some(used) = used.get_mut(weight) else { continue };
                    let face = fonts.face(*weight);
                    let mut codes = Vec::with_capacity(text.len() * 2);
                    for ch in text.chars() {
                        codes.extend(used.code(face, ch).to_be_bytes());
                    }
                    c.save_state();
                    c.set_fill_gray(if *white { 1.0 } else { 0.0 });
                    c.begin_text();
                    c.set_font(if *weight == Weight::Bold { Name(b"B") } else { Name(b"M") }, *em);
                    c.next_line(*x as f32, -*y as f32);
                    c.show(Str(&codes));
                    c.end_text();
                    c.restore_state();
                }
            }
        }
        c.restore_state();
    }
    c.finish().into_vec()
}

impl Used {
    /// The number of a character in the subset font.
    fn code(&mut self, face: &Face, c: char) -> u16 {
        let glyph = face.glyph(c);
        let code = self.glyphs.remap(glyph.0);
        self.chars.entry(code).or_insert(c);
        self.widths.entry(code).or_insert_with(|| face.advance(glyph) * 1000.0);
        code
    }
}

fn write_font(
    pdf: &mut Pdf,
    face: &Face,
    weight: Weight,
    used: &Used,
    font: Ref,
    id: &mut impl FnMut() -> Ref,
) -> AppResult<()> {
    let (cid, descriptor, cmap, file) = (id(), id(), id(), id());
    let bytes = subsetter::subset(face.bytes, 0, &used.glyphs).map_err(broken)?;
    let name: &[u8] = if weight == Weight::Bold { b"STALLB+NotoSansSC-Bold" } else { b"STALLM+NotoSansSC-Medium" };
    let name = Name(name);
    pdf.type0_font(font).base_font(name).encoding_predefined(Name(b"Identity-H")).descendant_font(cid).to_unicode(cmap);
    let mut c = pdf.cid_font(cid);
    c.subtype(CidFontType::Type2).base_font(name).system_info(SYSTEM).font_descriptor(descriptor);
    c.default_width(1000.0).cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = c.widths();
    for (code, width) in &used.widths {
        widths.consecutive(*code, [*width]);
    }
    widths.finish();
    c.finish();
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(-1000.0, -400.0, 3000.0, 1200.0))
        .italic_angle(0.0)
        .ascent(880.0)
        .descent(-120.0)
        .cap_height(733.0)
        .stem_v(if weight == Weight::Bold { 140.0 } else { 95.0 })
        .font_file2(file);
    let mut map = UnicodeCmap::new(Name(b"Stall"), SYSTEM);
    for (code, ch) in &used.chars {
        map.pair(*code, *ch);
    }
    pdf.cmap(cmap, &map.finish());
    let length = i32::try_from(bytes.len()).map_err(broken)?;
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&bytes, 6);
    pdf.stream(file, &packed).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
    Ok(())
}
