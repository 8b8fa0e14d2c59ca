//! Passports (一机一报): issued, handed out, checked. The document and its forms are `stall_passport`'s.

pub mod check;
mod gather;
pub mod keys;
pub mod lot;
pub mod words;

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Role,
    api::{
        Passport, PassportCopy, PassportFile, PassportForm, PassportGet, PassportHead, PassportLang, PassportPicture,
        PassportPictureInput, Passports, StagedFile,
    },
};
use stall_media::{Blob, Size};
use stall_passport::{Document, Facts, Form, Place, draft, form::Pictures, number};
use stall_store::tables::passports::{self as table, Kept, New};

use crate::{
    ctx::{Caller, Ctx},
    door::assets,
    labels::away,
    stall::Stall,
};

/// Who may hand out a buyer's copy: who has to do with the sale or the parcel.
const BUYERS_COPY: [Role; 3] = [Role::Owner, Role::Control, Role::Packer];

/// The versions of a unit, and what another one lacks.
///
/// # Errors
/// `NotFound`.
pub async fn list(ctx: &Ctx, unit: Id) -> AppResult<Passports> {
    let stall = ctx.stall();
    let source = gather::source(&stall, unit).await?;
    let passports: Vec<PassportHead> = table::of_unit(&stall.store, unit).await?.into_iter().map(told).collect();
    let stale = match passports.first() {
        None => true,
        Some(last) => !source.said_by(&read(&table::get(&stall.store, last.id).await?.1)?, last.report_id),
    };
    Ok(Passports { wants: source.wants(), passports, stale })
}

/// The key as people read it.
fn told(head: PassportHead) -> PassportHead {
    PassportHead { key: stall_passport::fingerprint(&head.key), ..head }
}

/// Issues the next version.
///
/// # Errors
/// `NotFound`, `PassportNoReport`, `PassportBlocked`, `PassportNoPhotos`, `PassportNoStallName`, `PassportNoNumber`,
/// `PassportNumberTaken`, `PassportOvertaken`; what the disk refuses.
pub async fn issue(ctx: &Ctx, caller: &Caller, unit: Id) -> AppResult<PassportHead> {
    issue_in(&ctx.stall(), &caller.actor(), unit).await
}

/// The same, in a stall that is not open at a screen: the sample's.
///
/// # Errors
/// As [`issue`].
pub async fn issue_in(stall: &Arc<Stall>, actor: &stall_store::Actor, unit: Id) -> AppResult<PassportHead> {
    let source = gather::source(stall, unit).await?;
    let report = source.ready()?;
    let at = stall.store.env().now();
    let before = table::of_unit(&stall.store, unit).await?.into_iter().next();
    let stock_no = &source.unit.row.stock_no;
    let number = before.as_ref().map(|b| b.number.clone()).or_else(|| number::number(at, stock_no));
    let number = number.ok_or_else(|| AppError::new(ErrorCode::PassportNoNumber).arg("stock_no", stock_no))?;
    // Made of the stock number, which laptops that were apart may have given twice.
    if before.is_none() && table::taken(&stall.store, &number, unit).await? {
        return Err(AppError::new(ErrorCode::PassportNumberTaken).arg("number", &number).arg("stock_no", stock_no));
    }
    let (photos, salt) = (gather::photos(stall, &source.unit).await?, stall_passport::salt()?);
    let facts = Facts {
        report,
        settings: &source.settings,
        stall: &source.stall,
        codes: &source.codes,
        salt: &salt,
        photos,
        erasure: source.unit.inspection.erasure.as_ref(),
    };
    let sections = draft(facts).ok_or_else(|| AppError::new(ErrorCode::PassportBlocked).arg("stock_no", stock_no))?;
    let key = keys::current(stall, actor).await?;
    let (version, previous) = before.map_or((1, None), |b| (b.version + 1, Some(b.seal)));
    let place = Place { number: number.clone(), version, issued_at: at.0, previous: previous.clone() };
    let document = stall_passport::issue(&key, place, sections)?;
    let new = New {
        unit_id: unit,
        number,
        version,
        at,
        grade: document.sections.grade.id.clone(),
        report_id: report.head.id,
        seal: document.id()?,
        previous,
        key: key.public(),
        document: text(&document)?,
        salt,
        codes: serde_json::to_string(&source.codes).map_err(broken)?,
    };
    let id = table::add(&stall.store, actor, new).await?.value;
    Ok(told(table::get(&stall.store, id).await?.0))
}

fn broken(what: impl ToString) -> AppError {
    AppError::new(ErrorCode::StallDamaged).detail(what)
}

fn text(document: &Document) -> AppResult<String> {
    String::from_utf8(document.bytes()?).map_err(broken)
}

fn read(kept: &Kept) -> AppResult<Document> {
    serde_json::from_str(&kept.document).map_err(broken)
}

/// The document of a copy.
fn copy(kept: &Kept, which: PassportCopy) -> AppResult<Document> {
    let document = read(kept)?;
    Ok(match which {
        PassportCopy::Public => document,
        PassportCopy::Buyer => document.opened(&kept.salt, serde_json::from_str(&kept.codes).map_err(broken)?),
    })
}

/// What a passport says.
///
/// # Errors
/// `NotFound`.
pub async fn get(ctx: &Ctx, input: PassportGet) -> AppResult<Passport> {
    let (head, kept) = table::get(&ctx.stall().store, input.id).await?;
    let view = stall_passport::view(&read(&kept)?, input.lang, PassportCopy::Public)?;
    Ok(Passport { head: told(head), view })
}

/// The embedded copies, by name.
async fn pictures(stall: &Stall, document: &Document, which: PassportCopy) -> AppResult<Pictures> {
    let wanted = document.sections.photos.iter().filter(|p| which == PassportCopy::Buyer || !p.private);
    let names: Vec<String> = wanted.map(|p| p.copy.clone()).collect();
    let media = stall.media.clone();
    away(move || {
        let one = |name: String| Ok((name.clone(), Arc::new(media.read(&Blob::parse(&name)?, Size::Full)?)));
        names.into_iter().map(one).collect()
    })
    .await
}

/// A passport as a picture to look at.
///
/// # Errors
/// `NotFound`, `BadInput` for a form that is no picture.
pub async fn picture(ctx: &Ctx, input: PassportPictureInput) -> AppResult<PassportPicture> {
    let form = match input.form {
        PassportForm::Long => Form::Long,
        PassportForm::Short => Form::Short,
        _ => return Err(AppError::new(ErrorCode::BadInput).arg("field", "form")),
    };
    let (_, kept) = table::get(&ctx.stall().store, input.id).await?;
    let jpeg = set(&ctx.stall(), &kept, form, input.lang, PassportCopy::Public).await?;
    let (width, height) = stall_passport::size(&jpeg)?;
    let image = format!("data:image/jpeg;base64,{}", STANDARD.encode(&jpeg));
    Ok(PassportPicture { image, width, height })
}

async fn set(stall: &Stall, kept: &Kept, form: Form, lang: PassportLang, which: PassportCopy) -> AppResult<Vec<u8>> {
    let document = copy(kept, which)?;
    let pictures = pictures(stall, &document, which).await?;
    away(move || stall_passport::make(&document, form, lang, which, &pictures)).await
}

/// A passport as a file.
///
/// # Errors
/// `NotFound`, `NotAllowed` for a buyer's copy, `FileMissing`, `KeyUnreadable` for a page whose key is on another computer.
pub async fn file(ctx: &Ctx, caller: &Caller, input: PassportFile) -> AppResult<StagedFile> {
    if input.copy == PassportCopy::Buyer && !BUYERS_COPY.contains(&caller.me.role) {
        return Err(AppError::new(ErrorCode::NotAllowed));
    }
    let stall = ctx.stall();
    let (_, kept) = table::get(&stall.store, input.id).await?;
    let bytes = match input.form {
        PassportForm::Html => page(&stall, &kept, input).await?,
        PassportForm::Json => copy(&kept, input.copy)?.bytes()?,
        PassportForm::Pdf => set(&stall, &kept, Form::Pdf, input.lang, input.copy).await?,
        PassportForm::Card => set(&stall, &kept, Form::Card, input.lang, input.copy).await?,
        PassportForm::Long => set(&stall, &kept, Form::Long, input.lang, input.copy).await?,
        PassportForm::Short => set(&stall, &kept, Form::Short, input.lang, input.copy).await?,
    };
    ctx.staging().put(ctx.env().new_id()?, &name(&kept, input), &bytes)
}

async fn page(stall: &Arc<Stall>, kept: &Kept, input: PassportFile) -> AppResult<Vec<u8>> {
    let document = copy(kept, input.copy)?;
    let pictures = pictures(stall, &document, input.copy).await?;
    let key = keys::of(stall, &kept.key)?;
    let script = assets::read("passport/verify.js")
        .ok_or_else(|| AppError::new(ErrorCode::Internal).detail("the passport's script is not built"))?;
    away(move || {
        let script = String::from_utf8_lossy(&script);
        stall_passport::html(&key, &document, input.lang, input.copy, &pictures, &script)
    })
    .await
}

/// `2611-0387-8-v2-zh.pdf`: names that survive every chat and every disk.
fn name(kept: &Kept, input: PassportFile) -> String {
    let lang = if input.lang == PassportLang::Zh { "zh" } else { "en" };
    let who = if input.copy == PassportCopy::Buyer { "-buyer" } else { "" };
    let ending = match input.form {
        PassportForm::Html => "html",
        PassportForm::Pdf => "pdf",
        PassportForm::Card => "card.pdf",
        PassportForm::Long => "long.jpg",
        PassportForm::Short => "short.jpg",
        PassportForm::Json => "passport.json",
    };
    format!("{}-v{}-{lang}{who}.{ending}", kept.number, kept.version)
}
