//! Drafts of inspections: one row an answer, so that two laptops merge per answer.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sqlx::SqliteConnection;
use stall_core::{
    AppError, AppResult, ErrorCode, Id, Ms,
    api::{
        Answer, AnswerValue, AnswersInput, Category, CheckItem, CheckKind, Checklist, DraftHead, EvidenceInput,
        Inspection, InspectionOpen, ItemPhoto, ManualGrade, ManualInput, ReportGroup, UnitDiffers,
    },
    grades,
    inspection::{
        answer::{self, Answers},
        grade, lists, report,
    },
};

use super::{checklists, inspection_reports, unit_rows, words};
use crate::{Actor, Op, Store, Tx};

const NOTE: usize = 300;
const REASON: usize = 200;

/// A draft as its tables have it.
pub(super) struct Draft {
    pub id: Id,
    pub unit: Id,
    pub at: Ms,
    pub by: String,
    pub worked_ms: u32,
    pub manual: Option<ManualGrade>,
    pub list: Checklist,
    pub answers: BTreeMap<String, Answer>,
    /// Tied by hand, then by the views the unit's photographs show.
    pub photos: Vec<ItemPhoto>,
    pub photos_missing: Vec<String>,
}

impl Draft {
    /// The answers alone.
    pub fn values(&self) -> Answers {
        self.answers.iter().filter_map(|(id, a)| Some((id.clone(), a.value.clone()?))).collect()
    }

    /// An item that is asked.
    ///
    /// # Errors
    /// `NotFound` for one that is hidden or not on the list.
    pub fn item(&self, id: &str) -> AppResult<&CheckItem> {
        lists::find(&self.list, id)
            .filter(|i| !i.hidden)
            .ok_or_else(|| AppError::new(ErrorCode::NotFound).arg("field", id.chars().take(40).collect::<String>()))
    }
}

/// Reads a draft.
///
/// # Errors
/// `NotFound`: it was finished or thrown away.
pub(super) async fn load(conn: &mut SqliteConnection, id: Id) -> AppResult<Draft> {
    let r = sqlx::query!(
        r#"SELECT unit_id AS "unit: Id", category, at AS "at: Ms", by, worked_ms AS "worked_ms: u32", grade, grade_reason,
             grade_at AS "grade_at: Ms", grade_by FROM inspections WHERE id = ?1"#,
        id
    )
    .fetch_one(&mut *conn)
    .await?;
    let list = checklists::of(&mut *conn, words::parse(&r.category)?).await?;
    let rows = sqlx::query!(
        r#"SELECT item_id, value, note, at AS "at: Ms", by, prefilled AS "prefilled: bool"
           FROM inspection_answers WHERE inspection_id = ?1"#,
        id
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut answers = BTreeMap::new();
    for a in rows {
        let value = a.value.as_deref().map(serde_json::from_str).transpose();
        let value = value.map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))?;
        let (item_id, prefilled) = (a.item_id.clone(), a.prefilled);
        answers.insert(a.item_id, Answer { item_id, value, note: a.note, at: a.at, by: a.by, prefilled });
    }
    let photos = evidence(conn, id, r.unit, &list).await?;
    let manual = r.grade.map(|grade| ManualGrade {
        grade,
        reason: r.grade_reason,
        at: r.grade_at.unwrap_or(r.at),
        by: r.grade_by,
    });
    let mut draft = Draft {
        id,
        unit: r.unit,
        at: r.at,
        by: r.by,
        worked_ms: r.worked_ms,
        manual,
        list,
        answers,
        photos: photos.0,
        photos_missing: Vec::new(),
    };
    let tied: BTreeSet<&str> = draft.photos.iter().filter(|p| !p.by_shot).map(|p| p.item_id.as_str()).collect();
    let shots: BTreeSet<&str> = photos.1.iter().map(String::as_str).collect();
    draft.photos_missing = answer::photos_missing(&draft.list, &draft.values(), &tied, &shots);
    Ok(draft)
}

/// Evidence of a draft, and the views the unit's photographs show. A photograph that has left the unit is none.
async fn evidence(
    conn: &mut SqliteConnection,
    draft: Id,
    unit: Id,
    list: &Checklist,
) -> AppResult<(Vec<ItemPhoto>, Vec<String>)> {
    let photos = sqlx::query!(
        r#"SELECT id AS "id: Id", blob, shown, shot FROM photos WHERE unit_id = ?1 ORDER BY pos, id"#,
        unit
    )
    .fetch_all(&mut *conn)
    .await?;
    let tied = sqlx::query!(
        r#"SELECT item_id, photo_id AS "photo: Id" FROM inspection_photos WHERE inspection_id = ?1 ORDER BY id"#,
        draft
    )
    .fetch_all(conn)
    .await?;
    let mut out: Vec<ItemPhoto> = Vec::new();
    for t in tied {
        if let Some(p) = photos.iter().find(|p| p.id == t.photo) {
            let (blob, shown) = (p.blob.clone(), p.shown.clone());
            out.push(ItemPhoto { item_id: t.item_id, photo_id: p.id, blob, shown, by_shot: false });
        }
    }
    for item in lists::items(list) {
        let views: Vec<&str> = match item.kind {
            CheckKind::PhotoSet => item.shots.iter().map(|s| s.id.as_str()).collect(),
            _ => item.evidence_shots.iter().map(String::as_str).collect(),
        };
        for p in photos.iter().filter(|p| views.contains(&p.shot.as_str())) {
            if !out.iter().any(|o| o.item_id == item.id && o.photo_id == p.id) {
                let (item_id, blob, shown) = (item.id.clone(), p.blob.clone(), p.shown.clone());
                out.push(ItemPhoto { item_id, photo_id: p.id, blob, shown, by_shot: true });
            }
        }
    }
    Ok((out, photos.into_iter().map(|p| p.shot).collect()))
}

/// What the unit itself says of an item.
pub(super) struct UnitSays {
    pub category: Category,
    imei: Option<String>,
    imei2: Option<String>,
    meid: Option<String>,
    serial: Option<String>,
    storage: String,
    fields: BTreeMap<String, String>,
}

pub(super) async fn unit_says(conn: &mut SqliteConnection, unit: Id) -> AppResult<UnitSays> {
    let u = sqlx::query!("SELECT category, imei, imei2, meid, serial, storage FROM units WHERE id = ?1", unit)
        .fetch_one(&mut *conn)
        .await?;
    let fields = super::fields::of_unit(conn, unit).await?;
    let (imei, imei2, meid, serial) = (u.imei, u.imei2, u.meid, u.serial);
    Ok(UnitSays { category: words::parse(&u.category)?, imei, imei2, meid, serial, storage: u.storage, fields })
}

impl UnitSays {
    /// Its code or storage, as an answer to the item.
    pub fn code(&self, item: &str) -> Option<&str> {
        let code = match item {
            "imei1" => &self.imei,
            "imei2" => &self.imei2,
            "meid" => &self.meid,
            "serial" => &self.serial,
            _ => return None,
        };
        code.as_deref().filter(|c| !c.is_empty())
    }

    fn field(&self, id: &str) -> Option<&str> {
        self.fields.get(id).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// Whether it takes a SIM, as far as the unit knows.
    fn network(&self) -> Option<&str> {
        let said = self.field("connection").or_else(|| self.field("watch_network"));
        match said {
            Some("wifi" | "gps") => Some("wifi"),
            Some("cellular") => Some("cellular"),
            _ => self.imei.as_ref().filter(|c| !c.is_empty()).map(|_| "cellular"),
        }
    }

    /// What a new draft begins with.
    fn answers(&self, list: &Checklist) -> Answers {
        let mut out = Answers::new();
        let text = |v: &str| AnswerValue::Text(v.to_owned());
        for item in lists::items(list).filter(|i| !i.hidden) {
            let value = match item.id.as_str() {
                "storage_gb" => report::storage_choice(list, &self.storage),
                "model_no" => self.field("model_code").map(text),
                "region" => self.field("region").map(text),
                "battery_cycles" => self.field("cycles").and_then(|v| v.parse().ok()).map(AnswerValue::Number),
                "shutter_count" => self.field("shutter").and_then(|v| v.parse().ok()).map(AnswerValue::Number),
                "cpu" => self.field("cpu").map(text),
                "gpu" => self.field("gpu").map(text),
                "ram_gb" => self.field("ram").map(text),
                "case_size" => self.field("case_size").and_then(|v| v.parse().ok()).map(AnswerValue::Number),
                lists::NETWORK_TYPE => self.network().map(text),
                id => self.code(id).map(text),
            };
            // What the item does not take (a region the list lacks) is asked anew.
            if let Some(value) = value.and_then(|v| answer::checked(item, &v).ok()) {
                out.insert(item.id.clone(), value);
            }
        }
        out
    }

    /// Fields of the unit that are empty and that the report tells.
    pub async fn learns(
        &self,
        conn: &mut SqliteConnection,
        groups: &[ReportGroup],
    ) -> AppResult<Option<BTreeMap<String, String>>> {
        let mut out = BTreeMap::new();
        for def in super::fields::defs(conn).await? {
            let mine = def.categories.is_empty() || def.categories.contains(&self.category);
            let item = match def.id.as_str() {
                "model_code" => "model_no",
                "region" => "region",
                "cycles" => "battery_cycles",
                "shutter" => "shutter_count",
                "cpu" => "cpu",
                "gpu" => "gpu",
                "ram" => "ram_gb",
                "case_size" => "case_size",
                "connection" => lists::NETWORK_TYPE,
                _ => continue,
            };
            if !mine || def.hidden || self.field(&def.id).is_some() {
                continue;
            }
            let said = match report::value(groups, item) {
                Some(AnswerValue::Text(t)) => t.clone(),
                Some(AnswerValue::Number(n)) => n.to_string(),
                _ => continue,
            };
            // What the field does not take (a region it has no choice for) stays in the report alone.
            let choice = def.options.is_empty() || def.options.iter().any(|o| o.value == said);
            if choice && stall_core::fields::clean(&def, &said).is_ok() {
                out.insert(def.id, said);
            }
        }
        Ok((!out.is_empty()).then_some(out))
    }

    /// Answers that are not what the unit has.
    pub fn differs(&self, draft: &Draft) -> Vec<UnitDiffers> {
        let mut out = Vec::new();
        for (id, a) in &draft.answers {
            let Some(AnswerValue::Text(said)) = &a.value else { continue };
            let has = match id.as_str() {
                "storage_gb" => match report::storage_choice(&draft.list, &self.storage) {
                    Some(AnswerValue::Text(t)) if t != *said => Some(self.storage.clone()),
                    _ => None,
                },
                id => self.code(id).filter(|c| *c != said).map(str::to_owned),
            };
            if let Some(unit_has) = has {
                out.push(UnitDiffers { item_id: id.clone(), unit_has, answer: said.clone() });
            }
        }
        out
    }
}

/// The draft for a screen.
async fn shown(conn: &mut SqliteConnection, now: Ms, id: Id) -> AppResult<Inspection> {
    let draft = load(&mut *conn, id).await?;
    let unit = unit_rows::unit_row(&mut *conn, now, draft.unit).await?;
    let says = unit_says(&mut *conn, draft.unit).await?;
    let previous = inspection_reports::last(conn, draft.unit).await?;
    let values = draft.values();
    let result = grade::grade(&draft.list, &values, draft.manual.as_ref());
    let mut checklist = draft.list.clone();
    for group in &mut checklist.groups {
        group.items.retain(|i| !i.hidden);
    }
    checklist.groups.retain(|g| !g.items.is_empty());
    Ok(Inspection {
        id,
        unit,
        not_applicable: answer::not_applicable(&checklist, &values),
        checklist,
        started_at: draft.at,
        by: draft.by.clone(),
        differs: says.differs(&draft),
        answers: draft.answers.into_values().collect(),
        photos: draft.photos,
        photos_missing: draft.photos_missing,
        manual: draft.manual,
        result,
        previous,
        worked_ms: draft.worked_ms,
    })
}

/// A draft.
///
/// # Errors
/// `NotFound`.
pub async fn get(store: &Store, id: Id) -> AppResult<Inspection> {
    let mut conn = store.read().await?;
    shown(&mut conn, store.env().now(), id).await
}

/// The draft of a unit.
pub(super) async fn of_unit(conn: &mut SqliteConnection, unit: Id) -> AppResult<Option<DraftHead>> {
    let r = sqlx::query!(
        r#"SELECT i.id AS "id: Id", i.at AS "at: Ms", i.by,
             (SELECT count(*) FROM inspection_answers a WHERE a.inspection_id = i.id AND a.prefilled = 0
                AND a.value IS NOT NULL) AS "answered!: u32"
           FROM inspections i WHERE i.unit_id = ?1 ORDER BY i.at DESC, i.id DESC LIMIT 1"#,
        unit
    )
    .fetch_optional(conn)
    .await?;
    Ok(r.map(|r| DraftHead { id: r.id, started_at: r.at, by: r.by, answered: r.answered }))
}

/// Opens the draft of a unit, making it if there is none.
///
/// # Errors
/// `NotFound`.
pub async fn open(store: &Store, actor: &Actor, input: InspectionOpen) -> AppResult<Inspection> {
    let begun = {
        let mut conn = store.read().await?;
        of_unit(&mut conn, input.unit_id).await?
    };
    let id = match begun {
        Some(draft) => draft.id,
        None => begin(store, actor, input).await?,
    };
    get(store, id).await
}

async fn begin(store: &Store, actor: &Actor, input: InspectionOpen) -> AppResult<Id> {
    let out = store
        .transact(Op::OpenInspection, actor, async |tx: &mut Tx<'_>| {
            // Two screens may open it at once: both get the same.
            if let Some(draft) = of_unit(tx.conn(), input.unit_id).await? {
                return Ok(draft.id);
            }
            let says = unit_says(tx.conn(), input.unit_id).await?;
            let list = checklists::of(tx.conn(), says.category).await?;
            let mut answers = Answers::new();
            let mut notes = BTreeMap::new();
            if input.again
                && let Some(last) = inspection_reports::last(tx.conn(), input.unit_id).await?
            {
                let before = inspection_reports::load(tx.conn(), last.id).await?;
                for item in before.groups.into_iter().flat_map(|g| g.items) {
                    let asked = lists::find(&list, &item.id).filter(|i| !i.hidden);
                    let value = asked.zip(item.value.as_ref()).and_then(|(i, v)| answer::checked(i, v).ok());
                    if let Some(value) = value {
                        notes.insert(item.id.clone(), item.note);
                        answers.insert(item.id, value);
                    }
                }
            }
            answers.extend(says.answers(&list));
            let (id, now, by) = (tx.new_id()?, tx.now, tx.actor.name.clone());
            let category = lists::category_name(says.category);
            sqlx::query!(
                "INSERT INTO inspections(id,unit_id,category,at,by) VALUES(?1,?2,?3,?4,?5)",
                id,
                input.unit_id,
                category,
                now,
                by
            )
            .execute(tx.conn())
            .await?;
            let rows = answers.iter().map(|(item, value)| Row {
                id: format!("{id}:{item}"),
                inspection_id: id,
                item_id: item,
                value: Some(words::json(value)),
                note: notes.get(item).cloned(),
                prefilled: true,
            });
            write(tx, &rows.collect::<Vec<_>>()).await?;
            say_unit(tx, input.unit_id).await?;
            Ok(id)
        })
        .await?;
    Ok(out.value)
}

/// Says which unit an action is about.
pub(super) async fn say_unit(tx: &mut Tx<'_>, unit: Id) -> AppResult<()> {
    let no = sqlx::query_scalar!("SELECT stock_no FROM units WHERE id = ?1", unit).fetch_one(tx.conn()).await?;
    tx.say("what", no);
    Ok(())
}

#[derive(Serialize)]
struct Row<'a> {
    id: String,
    inspection_id: Id,
    item_id: &'a str,
    value: Option<String>,
    /// `None`: the note stays.
    note: Option<String>,
    prefilled: bool,
}

async fn write(tx: &mut Tx<'_>, rows: &[Row<'_>]) -> AppResult<()> {
    let (rows, at, by) = (words::json(&rows), tx.now, tx.actor.name.clone());
    sqlx::query!(
        "INSERT INTO inspection_answers(id,inspection_id,item_id,value,note,at,by,prefilled)
         SELECT value->>'$.id', value->>'$.inspection_id', value->>'$.item_id', value->>'$.value',
           coalesce(value->>'$.note', ''), ?2, ?3, value->>'$.prefilled'
         FROM json_each(?1) WHERE true
         ON CONFLICT(id) DO UPDATE SET value = excluded.value, at = excluded.at, by = excluded.by,
           prefilled = excluded.prefilled,
           note = (SELECT coalesce(j.value->>'$.note', inspection_answers.note) FROM json_each(?1) j
                   WHERE j.value->>'$.id' = excluded.id)",
        rows,
        at,
        by
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "DELETE FROM inspection_answers WHERE value IS NULL AND note = '' AND id IN
           (SELECT value->>'$.id' FROM json_each(?1))",
        rows
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Answers items, as one step.
///
/// # Errors
/// `NotFound` for a draft or an item that is gone, what [`answer::checked`] finds, `FieldTooLong`.
pub async fn answer(store: &Store, actor: &Actor, input: &AnswersInput) -> AppResult<Inspection> {
    store
        .transact(Op::AnswerInspection, actor, async |tx: &mut Tx<'_>| {
            let draft = load(tx.conn(), input.inspection_id).await?;
            let mut rows: Vec<Row<'_>> = Vec::new();
            for a in &input.answers {
                let item = draft.item(&a.item_id)?;
                let value = a.value.as_ref().map(|v| answer::checked(item, v)).transpose()?;
                let note = a.note.as_ref().map(|n| words::limited("note", NOTE, n)).transpose()?;
                let id = format!("{}:{}", draft.id, item.id);
                rows.retain(|r| r.id != id);
                let (inspection_id, item_id) = (draft.id, item.id.as_str());
                let value = value.as_ref().map(words::json);
                rows.push(Row { id, inspection_id, item_id, value, note, prefilled: false });
            }
            write(tx, &rows).await?;
            let worked = input.worked_ms.unwrap_or(0).max(draft.worked_ms);
            sqlx::query!("UPDATE inspections SET worked_ms = ?2 WHERE id = ?1", draft.id, worked)
                .execute(tx.conn())
                .await?;
            let first = input.answers.first().and_then(|a| lists::find(&draft.list, &a.item_id));
            tx.say("item", first.map_or("", |i| i.zh.as_str()));
            tx.say("n", rows.len());
            say_unit(tx, draft.unit).await
        })
        .await?;
    get(store, input.inspection_id).await
}

/// Ties a photograph of the unit to an item, or unties it.
///
/// # Errors
/// `NotFound` for a draft, an item or a photograph that the unit does not have.
pub async fn photo(store: &Store, actor: &Actor, input: &EvidenceInput) -> AppResult<Inspection> {
    store
        .transact(Op::TieEvidence, actor, async |tx: &mut Tx<'_>| {
            let draft = load(tx.conn(), input.inspection_id).await?;
            let item = draft.item(&input.item_id)?;
            let id = format!("{}:{}:{}", draft.id, item.id, input.photo_id);
            if input.tied {
                let mine = sqlx::query_scalar!(
                    r#"SELECT EXISTS (SELECT 1 FROM photos WHERE id = ?1 AND unit_id = ?2) AS "b!: bool""#,
                    input.photo_id,
                    draft.unit
                )
                .fetch_one(tx.conn())
                .await?;
                if !mine {
                    return Err(ErrorCode::NotFound.into());
                }
                sqlx::query!(
                    "INSERT INTO inspection_photos(id,inspection_id,item_id,photo_id) VALUES(?1,?2,?3,?4)
                     ON CONFLICT(id) DO NOTHING",
                    id,
                    draft.id,
                    item.id,
                    input.photo_id
                )
                .execute(tx.conn())
                .await?;
            } else {
                sqlx::query!("DELETE FROM inspection_photos WHERE id = ?1", id).execute(tx.conn()).await?;
            }
            tx.say("item", &item.zh);
            say_unit(tx, draft.unit).await
        })
        .await?;
    get(store, input.inspection_id).await
}

/// Sets the grade by hand, or goes back to the rule's.
///
/// # Errors
/// `BadInput {field}` for a grade there is not, `GradeReasonMissing` above the computed grade, `FieldTooLong`.
pub async fn by_hand(store: &Store, actor: &Actor, input: &ManualInput) -> AppResult<Inspection> {
    let reason = words::limited("reason", REASON, &input.reason)?;
    if let Some(g) = &input.grade
        && grades::by_id(g).is_none()
    {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "grade"));
    }
    store
        .transact(Op::GradeByHand, actor, async |tx: &mut Tx<'_>| {
            let draft = load(tx.conn(), input.inspection_id).await?;
            let (now, by) = (tx.now, tx.actor.name.clone());
            if let Some(g) = &input.grade {
                let manual = ManualGrade { grade: g.clone(), reason: reason.clone(), at: now, by: by.clone() };
                if grade::grade(&draft.list, &draft.values(), Some(&manual)).reason_wanted {
                    return Err(ErrorCode::GradeReasonMissing.into());
                }
            }
            let (reason, by) =
                if input.grade.is_some() { (reason.clone(), by) } else { (String::new(), String::new()) };
            let at = input.grade.is_some().then_some(now);
            sqlx::query!(
                "UPDATE inspections SET grade = ?2, grade_reason = ?3, grade_at = ?4, grade_by = ?5 WHERE id = ?1",
                draft.id,
                input.grade,
                reason,
                at,
                by
            )
            .execute(tx.conn())
            .await?;
            tx.say("grade", input.grade.as_deref().unwrap_or(""));
            say_unit(tx, draft.unit).await
        })
        .await?;
    get(store, input.inspection_id).await
}

/// Throws a draft away.
///
/// # Errors
/// `NotFound`.
pub async fn discard(store: &Store, actor: &Actor, id: Id) -> AppResult<()> {
    store
        .transact(Op::DiscardInspection, actor, async |tx: &mut Tx<'_>| {
            let unit = sqlx::query_scalar!(r#"SELECT unit_id AS "unit: Id" FROM inspections WHERE id = ?1"#, id)
                .fetch_one(tx.conn())
                .await?;
            remove(tx, id).await?;
            say_unit(tx, unit).await
        })
        .await?;
    Ok(())
}

/// The rows of a draft.
pub(super) async fn remove(tx: &mut Tx<'_>, id: Id) -> AppResult<()> {
    sqlx::query!("DELETE FROM inspection_answers WHERE inspection_id = ?1", id).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM inspection_photos WHERE inspection_id = ?1", id).execute(tx.conn()).await?;
    sqlx::query!("DELETE FROM inspections WHERE id = ?1", id).execute(tx.conn()).await?;
    Ok(())
}
