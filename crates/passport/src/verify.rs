//! Is it genuine, and if not, what was altered?

use serde::Deserialize;
use serde_json::Value;

use crate::{
    canon::{canonical, digest},
    doc::{Document, FORMAT, SECTIONS},
    issue::commitment,
    key, number, page,
};

/// Something that is not as it was signed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The signature does not fit the seal: number, version, time, key, chain or the list of hashes.
    Signature,
    Section(&'static str),
    /// Place from 0.
    Photo(u32),
    PhotoMissing(u32),
    /// Salt or code does not fit a commitment: the kind of code.
    Opening(String),
    /// A part of the page: its name.
    Page(String),
    /// The file is not written the one way it can be: bytes that mean nothing were changed.
    Form,
    /// The check digit of the number.
    Number,
}

/// What a look at a file gives.
#[derive(Debug)]
pub struct Checked {
    /// `None` when there is no passport to be found.
    pub document: Option<Document>,
    /// Empty: unaltered since it was signed with the key it names.
    pub faults: Vec<Fault>,
    /// It is the page, with its photographs.
    pub page: bool,
}

impl Checked {
    /// Unaltered. Whose key it is, is another question.
    #[must_use]
    pub fn whole(&self) -> bool {
        self.document.is_some() && self.faults.is_empty()
    }

    fn nothing() -> Self {
        Self { document: None, faults: vec![Fault::Form], page: false }
    }
}

/// Looks at a file: the document as JSON, or the page that carries it.
#[must_use]
pub fn verify(file: &[u8]) -> Checked {
    match page::open(file) {
        Some(page) => page.verify(),
        None => document(file),
    }
}

/// Reads JSON as it stands, even altered, as far as it can be read.
fn document(bytes: &[u8]) -> Checked {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Checked::nothing() };
    if value.get("seal").is_none() {
        return Checked::nothing();
    }
    let mut faults = Vec::new();
    if canonical(&value).ok().as_deref() != Some(bytes) {
        faults.push(Fault::Form);
    }
    value_faults(&value, &mut faults);
    faults.sort();
    faults.dedup();
    Checked { document: Document::deserialize(&value).ok(), faults, page: false }
}

/// All that can be said of a document alone.
pub(crate) fn value_faults(value: &Value, faults: &mut Vec<Fault>) {
    // Hashes are taken of what stands there, not of what the types make of it.
    for name in SECTIONS {
        let stated = value.pointer(&format!("/seal/sections/{name}")).and_then(Value::as_str);
        let found = value.pointer(&format!("/sections/{name}")).and_then(|s| digest(s).ok());
        if found.is_none() || found.as_deref() != stated {
            faults.push(Fault::Section(name));
        }
    }
    let text = |at: &str| value.pointer(at).and_then(Value::as_str).unwrap_or_default();
    let sealed = value.get("seal").and_then(|s| canonical(s).ok()).unwrap_or_default();
    if text("/seal/format") != FORMAT || !key::signed(text("/seal/key"), &sealed, text("/signature")) {
        faults.push(Fault::Signature);
    }
    if !number::fits(text("/seal/number")) {
        faults.push(Fault::Number);
    }
    match Document::deserialize(value) {
        Ok(doc) => {
            if doc.format != FORMAT {
                faults.push(Fault::Form);
            }
            opening_faults(&doc, faults);
        }
        // Something that has no place in this format, or lacks: whatever it is, nobody signed it this way.
        Err(_) => faults.push(Fault::Form),
    }
}

fn opening_faults(doc: &Document, faults: &mut Vec<Fault>) {
    let Some(opening) = &doc.opening else { return };
    let closed = &doc.sections.device.codes;
    if opening.salt.len() != 32 || opening.codes.len() != closed.len() {
        faults.push(Fault::Opening(String::new()));
    }
    for (open, closed) in opening.codes.iter().zip(closed) {
        if open.kind != closed.kind || commitment(&opening.salt, &open.code) != closed.commitment {
            faults.push(Fault::Opening(closed.kind.clone()));
        }
    }
}
