//! Is a dropped file one of ours, and is it whole?

use stall_core::{
    AppResult, ErrorCode, Ms,
    api::{PassportCopy, PassportFault, PassportFaultKind, PassportOutcome, PassportVerdict},
};
use stall_passport::{Checked, Fault, fingerprint, verify};
use stall_store::tables::passports as table;

use crate::{ctx::Ctx, labels::away};

/// Looks at a staged file.
///
/// # Errors
/// `FileMissing`; an altered file is no error.
pub async fn check(ctx: &Ctx, file: stall_core::Id) -> AppResult<PassportVerdict> {
    let staged = ctx.staging().get(file)?;
    let checked = away(move || {
        let bytes = std::fs::read(&staged.path)
            .map_err(|e| stall_core::AppError::from_io(&e).arg("name", &staged.file.name))?;
        if bytes.len() > MOST {
            return Err(stall_core::AppError::new(ErrorCode::FileTooLarge).arg("name", &staged.file.name));
        }
        Ok(verify(&bytes))
    })
    .await?;
    let store = &ctx.stall().store;
    let ours: Vec<String> = table::keys(store).await?.into_iter().map(|k| k.public).collect();
    let mut verdict = told(&checked, &ours);
    if let (true, Some(document)) = (checked.whole(), &checked.document)
        && let Some((head, newest)) = table::by_seal(store, &document.id()?).await?
    {
        verdict.newer = (newest > head.version).then_some(newest);
        verdict.passport = Some(stall_core::api::PassportHead { key: fingerprint(&head.key), ..head });
    }
    Ok(verdict)
}

/// No passport is larger.
const MOST: usize = 64 << 20;

/// A check in the words of the contract.
#[must_use]
pub fn told(checked: &Checked, ours: &[String]) -> PassportVerdict {
    let mut v = PassportVerdict {
        outcome: PassportOutcome::NoPassport,
        faults: Vec::new(),
        number: String::new(),
        version: 0,
        issued_at: None,
        model: String::new(),
        grade: String::new(),
        stall: String::new(),
        key: String::new(),
        copy: PassportCopy::Public,
        passport: None,
        newer: None,
    };
    // A passport whose document can not even be read has been altered; anything else never was one.
    if checked.document.is_none() && !checked.page && checked.faults == [Fault::Form] {
        return v;
    }
    v.faults = checked.faults.iter().map(|f| fault(f, checked)).collect();
    v.outcome = PassportOutcome::Altered;
    let Some(doc) = &checked.document else { return v };
    if checked.whole() {
        let known = ours.iter().any(|k| *k == doc.seal.key);
        v.outcome = if known { PassportOutcome::Genuine } else { PassportOutcome::OtherKey };
    }
    v.number.clone_from(&doc.seal.number);
    v.version = doc.seal.version;
    v.issued_at = Some(Ms(doc.seal.issued_at));
    v.model.clone_from(&doc.sections.device.model);
    v.grade.clone_from(&doc.sections.grade.id);
    v.stall.clone_from(&doc.sections.stall.name);
    v.key = fingerprint(&doc.seal.key);
    v.copy = if doc.opening.is_some() { PassportCopy::Buyer } else { PassportCopy::Public };
    v
}

fn fault(f: &Fault, checked: &Checked) -> PassportFault {
    let photo = |n: u32| {
        let photos = checked.document.as_ref().map(|d| d.sections.photos.as_slice()).unwrap_or_default();
        photos.get(n as usize).map(|p| p.title.clone()).unwrap_or_default()
    };
    if let Fault::Photo(n) | Fault::PhotoMissing(n) = f {
        let kind =
            if matches!(f, Fault::Photo(_)) { PassportFaultKind::Photo } else { PassportFaultKind::PhotoMissing };
        let title = photo(*n);
        return PassportFault { kind, part: title.zh, part_en: title.en };
    }
    let (kind, part) = match f {
        Fault::Signature => (PassportFaultKind::Signature, String::new()),
        Fault::Section(name) => (PassportFaultKind::Section, (*name).to_owned()),
        Fault::Photo(_) | Fault::PhotoMissing(_) => (PassportFaultKind::Photo, String::new()),
        Fault::Opening(kind) => (PassportFaultKind::Opening, kind.clone()),
        Fault::Page(part) => (PassportFaultKind::Page, part.clone()),
        Fault::Form => (PassportFaultKind::Form, String::new()),
        Fault::Number => (PassportFaultKind::Number, String::new()),
    };
    PassportFault { kind, part_en: part.clone(), part }
}
