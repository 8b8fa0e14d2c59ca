//! The page: one HTML file with everything in it, which checks itself. It is signed as a whole: what stands around the slot by
//! one hash, and every part by its own, so that both a program and the page's script can say where it was altered.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stall_core::{
    AppResult,
    api::{PassportCopy, PassportLang},
};

use crate::{
    canon::{canonical, hash},
    doc::{Document, PAGE_FORMAT},
    form::Pictures,
    key::{self, StallKey},
    verify::{Checked, Fault, value_faults},
};

mod body;

pub(crate) use body::stamp;

const SLOT: &str = "<script type=\"text/plain\" id=\"passport\">";
const SLOT_END: &str = "</script>";
const STYLE: &str = include_str!("page/page.css");

/// What the stall signs of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Statement {
    format: String,
    /// BLAKE3 of the canonical seal of the document.
    seal: String,
    lang: String,
    /// `public` or `buyer`.
    copy: String,
    /// BLAKE3 of the text between the tags of each part.
    parts: BTreeMap<String, String>,
    /// BLAKE3 of all bytes before and behind the slot.
    rest: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Slot {
    document: Document,
    page: Statement,
    page_signature: String,
}

/// The page of a document: `script` is the built verifier, `photos` the embedded copies by their BLAKE3 name.
///
/// # Errors
/// `FileMissing` for a photograph that is not handed in.
pub fn html(
    key: &StallKey,
    doc: &Document,
    lang: PassportLang,
    copy: PassportCopy,
    photos: &Pictures,
    script: &str,
) -> AppResult<Vec<u8>> {
    let (before, behind) = body::page(doc, lang, copy, photos, STYLE, script)?;
    let rest = hash(format!("{before}{behind}").as_bytes());
    let page = Statement {
        format: PAGE_FORMAT.to_owned(),
        seal: doc.id()?,
        lang: tag(lang).to_owned(),
        copy: if copy == PassportCopy::Buyer { "buyer" } else { "public" }.to_owned(),
        parts: parts(&before).into_iter().map(|(name, inner)| (name.to_owned(), hash(inner.as_bytes()))).collect(),
        rest,
    };
    let page_signature = key.sign(&canonical(&page)?);
    let slot = canonical(&Slot { document: doc.clone(), page, page_signature })?;
    Ok(format!("{before}{SLOT}{}{SLOT_END}{behind}", STANDARD.encode(slot)).into_bytes())
}

fn tag(lang: PassportLang) -> &'static str {
    match lang {
        PassportLang::Zh => "zh",
        PassportLang::En => "en",
    }
}

/// A page taken apart.
pub struct Page<'a> {
    before: &'a [u8],
    slot: &'a [u8],
    behind: &'a [u8],
}

/// Takes a page apart; `None` when it is none.
pub fn open(file: &[u8]) -> Option<Page<'_>> {
    let from = find(file, SLOT.as_bytes(), 0)?;
    let at = from + SLOT.len();
    let to = find(file, SLOT_END.as_bytes(), at)?;
    Some(Page { before: &file[..from], slot: &file[at..to], behind: &file[to + SLOT_END.len()..] })
}

impl Page<'_> {
    pub fn verify(&self) -> Checked {
        let mut faults = Vec::new();
        let raw = STANDARD.decode(self.slot).unwrap_or_default();
        let Ok(value) = serde_json::from_slice::<Value>(&raw) else {
            return Checked { document: None, faults: vec![Fault::Form], page: true };
        };
        if canonical(&value).ok().as_deref() != Some(&raw) {
            faults.push(Fault::Form);
        }
        let document = value.get("document").cloned().unwrap_or_default();
        value_faults(&document, &mut faults);
        let document = Document::deserialize(&document).ok();
        match (&document, Slot::deserialize(&value)) {
            (Some(doc), Ok(slot)) => self.page_faults(doc, &slot, &mut faults),
            _ => faults.push(Fault::Form),
        }
        faults.sort();
        faults.dedup();
        Checked { document, faults, page: true }
    }

    fn page_faults(&self, doc: &Document, slot: &Slot, faults: &mut Vec<Fault>) {
        let page = &slot.page;
        let sealed = canonical(page).unwrap_or_default();
        let fits = page.format == PAGE_FORMAT
            && doc.id().is_ok_and(|id| id == page.seal)
            && key::signed(&doc.seal.key, &sealed, &slot.page_signature);
        if !fits {
            faults.push(Fault::Page("statement".to_owned()));
        }
        if doc.opening.is_some() != (page.copy == "buyer") {
            faults.push(Fault::Page("statement".to_owned()));
        }
        let text = String::from_utf8_lossy(self.before);
        let found = parts(&text);
        let mut named = false;
        for (name, want) in &page.parts {
            let inner = found.iter().find(|(n, _)| n == name).map(|(_, inner)| *inner);
            if inner.is_none_or(|i| hash(i.as_bytes()) != *want) {
                faults.push(Fault::Page(name.clone()));
                named = true;
            }
        }
        let rest = hash(&[self.before, self.behind].concat());
        if rest != page.rest && !named {
            faults.push(Fault::Page("frame".to_owned()));
        }
        photo_faults(doc, &text, page.copy == "buyer", faults);
    }
}

/// The pictures of the page against the signed hashes.
fn photo_faults(doc: &Document, text: &str, buyer: bool, faults: &mut Vec<Fault>) {
    for (n, photo) in (0u32..).zip(&doc.sections.photos) {
        if photo.private && !buyer {
            continue;
        }
        let mark = format!(" data-photo=\"{n}\"");
        let source = text.split_once(&mark).and_then(|(_, tail)| tail.split_once("src=\"data:image/jpeg;base64,"));
        let Some((_, tail)) = source else {
            faults.push(Fault::PhotoMissing(n));
            continue;
        };
        let code = tail.split_once('"').map_or(tail, |(code, _)| code);
        if STANDARD.decode(code).ok().is_none_or(|jpeg| hash(&jpeg) != photo.copy) {
            faults.push(Fault::Photo(n));
        }
    }
}

/// The parts by name: the style, and what stands in `<section data-part="…">`. Texts hold no `<`, so the first end is the end.
fn parts(text: &str) -> Vec<(&str, &str)> {
    let mut all = Vec::new();
    if let Some((inner, _)) = text.split_once("<style>").and_then(|(_, t)| t.split_once("</style>")) {
        all.push(("style", inner));
    }
    let mut rest = text;
    while let Some((_, tail)) = rest.split_once("<section data-part=\"") {
        let Some((name, tail)) = tail.split_once("\">") else { break };
        let Some((inner, tail)) = tail.split_once("</section>") else { break };
        all.push((name, inner));
        rest = tail;
    }
    all
}

fn find(hay: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = from;
    loop {
        at += hay.get(at..)?.iter().position(|b| *b == first)?;
        if hay[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
}
