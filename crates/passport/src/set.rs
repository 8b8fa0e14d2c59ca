//! Typst as a library: a world of a few files in memory, our fonts, and nothing else. It reads no disk, no clock, no network.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
};

use serde::Serialize;
use stall_core::{AppError, AppResult, ErrorCode};
use stall_media::Picture;
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;

/// Files by name.
pub type Files = BTreeMap<String, Arc<Vec<u8>>>;

/// What comes out.
#[derive(Debug, Clone, Copy)]
pub enum Output {
    Pdf,
    /// The first page, so many pixels wide.
    Jpeg {
        width: u32,
    },
}

/// Colours are not halved from here on: small red type stays clean.
const QUALITY: i32 = 90;
/// What the compiler remembers from one document to the next: the templates and fonts, not every photograph ever.
const REMEMBER: usize = 4;

const TEMPLATES: [(&str, &str); 6] = [
    ("lib", include_str!("set/lib.typ")),
    ("a4", include_str!("set/a4.typ")),
    ("card", include_str!("set/card.typ")),
    ("long", include_str!("set/long.typ")),
    ("short", include_str!("set/short.typ")),
    ("lot", include_str!("set/lot.typ")),
];

static FONTS: LazyLock<Vec<Font>> = LazyLock::new(|| {
    let all: [&'static [u8]; 4] = [
        include_bytes!("../../../assets/fonts/NotoSansSC-Regular.ttf"),
        include_bytes!("../../../assets/fonts/NotoSansSC-Medium.ttf"),
        include_bytes!("../../../assets/fonts/NotoSansSC-Bold.ttf"),
        include_bytes!("../../../assets/fonts/NotoSerifSC-Bold.otf"),
    ];
    all.into_iter().flat_map(|bytes| Font::iter(Bytes::new(bytes))).collect()
});
static BOOK: LazyLock<LazyHash<FontBook>> = LazyLock::new(|| LazyHash::new(FontBook::from_fonts(FONTS.iter())));
static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

struct Desk {
    main: FileId,
    sources: HashMap<FileId, Source>,
    files: HashMap<FileId, Bytes>,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }
    fn main(&self) -> FileId {
        self.main
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        self.sources.get(&id).cloned().ok_or_else(|| lacking(id))
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| lacking(id))
    }
    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn lacking(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_without_slash().into())
}

fn broken(what: impl ToString) -> AppError {
    AppError::new(ErrorCode::Internal).detail(what)
}

fn id(name: &str) -> AppResult<FileId> {
    let path = VirtualPath::new(name).map_err(|e| broken(format!("{e:?}")))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

/// Sets a template with its data.
///
/// # Errors
/// `Internal` with what the compiler said.
pub fn set(template: &str, data: &impl Serialize, files: Files, output: Output, ident: &str) -> AppResult<Vec<u8>> {
    let mut desk = Desk { main: id(&format!("{template}.typ"))?, sources: HashMap::new(), files: HashMap::new() };
    for (name, text) in TEMPLATES {
        let at = id(&format!("{name}.typ"))?;
        desk.sources.insert(at, Source::new(at, text.to_owned()));
    }
    desk.files.insert(id("data.json")?, Bytes::new(serde_json::to_vec(data).map_err(broken)?));
    for (name, bytes) in files {
        desk.files.insert(id(&name)?, Bytes::new(Shared(bytes)));
    }
    let document: PagedDocument = typst::compile(&desk).output.map_err(|e| said(&e))?;
    let out = match output {
        Output::Pdf => pdf(&document, ident)?,
        Output::Jpeg { width } => jpeg(&document, width)?,
    };
    typst::comemo::evict(REMEMBER);
    Ok(out)
}

fn said(errors: &[SourceDiagnostic]) -> AppError {
    broken(errors.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join("; "))
}

fn pdf(document: &PagedDocument, ident: &str) -> AppResult<Vec<u8>> {
    let options = typst_pdf::PdfOptions {
        ident: typst::foundations::Smart::Custom(ident.to_owned()),
        creator: typst::foundations::Smart::Custom(Some("Stallkeeper".to_owned())),
        ..Default::default()
    };
    typst_pdf::pdf(document, &options).map_err(|e| said(&e))
}

fn jpeg(document: &PagedDocument, width: u32) -> AppResult<Vec<u8>> {
    let page = document.pages().first().ok_or_else(|| broken("no page"))?;
    let scale = f64::from(width) / page.frame.width().to_pt();
    let options = typst_render::RenderOptions { pixel_per_pt: typst::utils::Scalar::new(scale), ..Default::default() };
    let map = typst_render::render(page, &options);
    // The paper is opaque, so that colours need not be divided by their cover.
    let rgb: Vec<u8> = map.data().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();
    Picture { width: map.width() as usize, height: map.height() as usize, rgb }.jpeg(QUALITY)
}

/// Bytes the compiler borrows instead of copying.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
