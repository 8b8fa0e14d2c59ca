//! Importing units from a spreadsheet: preview, its rows, and the one transaction that writes them.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};
use stall_core::{
    AppResult, Id, Ms,
    api::{ImportDone, ImportRow, ImportRows, UnitPatch, Verdict},
    photo_edit::Edits,
};

use super::{
    fields, mappings,
    photos::{self, NewPhoto},
    unit_codes,
    unit_plan::{self, PlanRow},
    words,
};
pub use super::{
    order_import::{Choices, RowFilter, Watch},
    unit_plan::UnitPlan,
};
use crate::{Actor, Op, Store, Tx};

/// Rows written at a time.
const CHUNK: usize = 1_000;

/// Judges the rows of [`UnitPlan::read`]; writes nothing.
///
/// # Errors
/// Store errors only; what is wrong with a row is in its verdict.
pub async fn preview(store: &Store, mut plan: UnitPlan) -> AppResult<UnitPlan> {
    let mut conn = store.read().await?;
    unit_plan::judge(&mut conn, &mut plan).await?;
    Ok(plan)
}

/// Judged rows behind `after`, in file order.
#[must_use]
pub fn rows(plan: &UnitPlan, filter: &RowFilter) -> ImportRows {
    let limit = filter.limit.clamp(1, 500) as usize;
    let from = plan.rows.partition_point(|r| r.row <= filter.after);
    let wanted = |r: &&PlanRow| filter.verdicts.is_empty() || filter.verdicts.contains(&r.verdict);
    let mut found = plan.rows.get(from..).unwrap_or_default().iter().filter(wanted);
    let rows: Vec<ImportRow> = found.by_ref().take(limit).map(shown).collect();
    ImportRows { rows, more: found.next().is_some() }
}

fn shown(r: &PlanRow) -> ImportRow {
    let p = &r.patch;
    let name = [&p.brand, &p.model, &p.storage, &p.colour].into_iter().flatten().map(String::as_str);
    let no = p.stock_no.as_ref().unwrap_or(&r.stock_no);
    ImportRow {
        row: r.row,
        verdict: r.verdict,
        error: r.error.clone(),
        notes: r.notes.clone(),
        changes: r.changes.clone(),
        key: no.clone(),
        title: name.collect::<Vec<_>>().join(" "),
        status: p.grade.clone().unwrap_or_default(),
        price: p.price_list.flatten(),
        deadline: None,
        unit: None,
        how: None,
        candidates: Vec::new(),
    }
}

/// Writes a judged file: all of it or, on an error or a cancel, nothing; one undo step.
///
/// When anything was written since the preview, the file is judged again inside the transaction.
///
/// # Errors
/// `Cancelled`; store errors.
pub async fn apply(
    store: &Store,
    actor: &Actor,
    plan: UnitPlan,
    choices: &Choices,
    watch: &Watch,
) -> AppResult<ImportDone> {
    apply_with(store, actor, plan, choices, watch, &[]).await
}

/// Photographs of the unit of a stock number, in order, each with its edits; their files and copies are stored already.
pub type PhotosOf = (String, Vec<(NewPhoto, Edits)>);

/// As [`apply`], with photographs of rows that are not left out. A photograph that a unit has already is passed over.
///
/// # Errors
/// As [`apply`].
pub async fn apply_with(
    store: &Store,
    actor: &Actor,
    mut plan: UnitPlan,
    choices: &Choices,
    watch: &Watch,
    photos: &[PhotosOf],
) -> AppResult<ImportDone> {
    let skip: HashSet<u32> = choices.skip.iter().copied().collect();
    let out = store
        .transact(Op::ImportUnits, actor, async |tx: &mut Tx<'_>| {
            if plan.rseq != unit_plan::last_group(tx.conn()).await? {
                unit_plan::judge(tx.conn(), &mut plan).await?;
            }
            let mut done = write(tx, &plan, &skip, choices, watch).await?;
            done.photos = write_photos(tx, &plan, &skip, photos, watch).await?;
            Ok(done)
        })
        .await?;
    Ok(out.value)
}

async fn write(
    tx: &mut Tx<'_>,
    plan: &UnitPlan,
    skip: &HashSet<u32>,
    choices: &Choices,
    watch: &Watch,
) -> AppResult<ImportDone> {
    let mut done = ImportDone { new: 0, changed: 0, same: 0, refused: 0, skipped: 0, matched: 0, photos: 0 };
    let mut writes: Vec<&PlanRow> = Vec::new();
    for row in &plan.rows {
        match row.verdict {
            Verdict::Refused | Verdict::Choose => done.refused += 1,
            Verdict::Same => done.same += 1,
            _ if skip.contains(&row.row) => done.skipped += 1,
            Verdict::New => done.new += 1,
            Verdict::Changed => done.changed += 1,
        }
        if matches!(row.verdict, Verdict::New | Verdict::Changed) && !skip.contains(&row.row) {
            writes.push(row);
        }
    }
    if writes.is_empty() {
        return Ok(done);
    }
    let mut numbers = Numbers::new(tx, &writes).await?;
    // Sorted, so that units of one file keep its order wherever an instant cannot tell them apart.
    let mut ids = (0..done.new).map(|_| tx.new_id()).collect::<AppResult<Vec<Id>>>()?;
    ids.sort_unstable();
    let mut ids = ids.into_iter();
    let mut said = writes.first().map(|r| r.stock_no.clone()).unwrap_or_default();
    for chunk in writes.chunks(CHUNK) {
        let (new, changed): (Vec<&PlanRow>, Vec<&PlanRow>) =
            chunk.iter().copied().partition(|r| r.verdict == Verdict::New);
        let new: Vec<(&PlanRow, Id)> = new.into_iter().zip(ids.by_ref()).collect();
        let rows: Vec<Value> = new
            .iter()
            .map(|(r, id)| {
                let no = r.patch.stock_no.clone().unwrap_or_else(|| numbers.next());
                said.clone_from(&no);
                values(*id, Some(&no), &r.patch, r.taken_in)
            })
            .collect();
        insert(tx, &rows).await?;
        let rows: Vec<Value> =
            changed.iter().filter_map(|r| Some(values(r.unit?, r.patch.stock_no.as_ref(), &r.patch, None))).collect();
        update(tx, &rows).await?;
        let known = changed.iter().filter_map(|r| Some((r.unit?, r.patch.fields.as_ref()?)));
        let new = new.iter().filter_map(|(r, id)| Some((*id, r.patch.fields.as_ref()?)));
        fields::write_each(tx, &known.chain(new).collect::<Vec<_>>()).await?;
        watch.step(chunk.len())?;
    }
    tx.say("what", said);
    tx.say("n", writes.len());
    if let Some((headers, mapping)) = &choices.remember {
        mappings::put(tx, "units", headers, mapping).await?;
    }
    Ok(done)
}

/// Photographs of the rows that are taken: a row that changes nothing may still lack some.
async fn write_photos(
    tx: &mut Tx<'_>,
    plan: &UnitPlan,
    skip: &HashSet<u32>,
    photos: &[PhotosOf],
    watch: &Watch,
) -> AppResult<u32> {
    let mut count = 0;
    let mut said = None;
    let units = by_number(plan, skip);
    for (no, new) in photos.iter().filter(|(_, new)| !new.is_empty()) {
        let unit = match units.get(no.as_str()) {
            Some(Some(unit)) => *unit,
            Some(None) => {
                let id = sqlx::query_scalar!(r#"SELECT id AS "id: Id" FROM units WHERE stock_no = ?1"#, no);
                id.fetch_one(tx.conn()).await?
            }
            None => continue,
        };
        let rows: Vec<NewPhoto> = new.iter().map(|(photo, _)| photo.clone()).collect();
        let put = photos::put(tx, unit, &rows).await?;
        edit(tx, &put, new).await?;
        count += u32::try_from(put.len()).unwrap_or(u32::MAX);
        said.get_or_insert(no);
        watch.step(0)?;
    }
    if let (Some(no), true) = (said, plan.rows.iter().all(|r| r.verdict == Verdict::Same)) {
        tx.say("what", no);
        tx.say("n", plan.rows.len());
    }
    Ok(count)
}

/// Gives photographs that were just put their edits.
async fn edit(tx: &mut Tx<'_>, put: &[Id], new: &[(NewPhoto, Edits)]) -> AppResult<()> {
    let list = words::json_ids(put);
    for (photo, edits) in new.iter().filter(|(_, edits)| !edits.is_empty()) {
        let (json, shown) = (edits.json(), edits.shown(&photo.blob));
        sqlx::query!(
            "UPDATE photos SET edits = ?3, shown = ?4 WHERE id IN (SELECT value FROM json_each(?1)) AND blob = ?2",
            list,
            photo.blob,
            json,
            shown
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

/// Rows that name a unit by its number: the unit, or `None` for one that is new.
fn by_number<'a>(plan: &'a UnitPlan, skip: &HashSet<u32>) -> HashMap<&'a str, Option<Id>> {
    let taken = plan
        .rows
        .iter()
        .filter(|r| matches!(r.verdict, Verdict::New | Verdict::Changed | Verdict::Same) && !skip.contains(&r.row));
    taken.filter_map(|r| Some((r.patch.stock_no.as_deref()?, r.unit))).collect()
}

/// Which blobs of these units the stall has already, by stock number; a row that is refused or new has none.
///
/// # Errors
/// Store errors only.
pub async fn photos_there(store: &Store, plan: &UnitPlan) -> AppResult<HashMap<String, Option<HashSet<String>>>> {
    let mut out = HashMap::new();
    let known = by_number(plan, &HashSet::new());
    let ids: Vec<Id> = known.values().copied().flatten().collect();
    let mut of: HashMap<Id, HashSet<String>> = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        for (id, photos) in super::unit_export::photos(store, chunk).await? {
            of.insert(id, photos.into_iter().map(|p| p.blob).collect());
        }
    }
    for (no, unit) in known {
        out.insert(no.to_owned(), unit.map(|id| of.remove(&id).unwrap_or_default()));
    }
    Ok(out)
}

/// Numbers for rows that bring none, above every number of the stall and of the file.
struct Numbers {
    next: u64,
}

impl Numbers {
    async fn new(tx: &mut Tx<'_>, rows: &[&PlanRow]) -> AppResult<Self> {
        let stored: u64 = unit_codes::next(tx.conn()).await?.parse().unwrap_or(1);
        let file = rows.iter().filter_map(|r| r.patch.stock_no.as_ref()?.parse::<u64>().ok()).max().unwrap_or(0);
        Ok(Self { next: stored.max(file + 1) })
    }

    fn next(&mut self) -> String {
        let no = format!("{:04}", self.next);
        self.next += 1;
        no
    }
}

/// One row for the statements below, in their order.
fn values(id: Id, no: Option<&String>, p: &UnitPatch, taken_in: Option<Ms>) -> Value {
    let some = |v: &Option<String>| v.clone().filter(|v| !v.is_empty());
    json!([
        id,
        no,
        p.category,
        p.brand,
        p.model,
        p.storage,
        p.colour,
        some(&p.imei),
        some(&p.imei2),
        some(&p.meid),
        some(&p.serial),
        some(&p.grade),
        p.battery.flatten(),
        p.badges.as_ref().map(words::json),
        p.price_list.flatten(),
        p.price_live.flatten(),
        p.price_floor.flatten(),
        p.cost.flatten(),
        p.shelf,
        p.source,
        p.flaws,
        p.note,
        taken_in,
        p.in_box,
        p.holder,
    ])
}

async fn insert(tx: &mut Tx<'_>, rows: &[Value]) -> AppResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let (rows, now) = (words::json(&rows), tx.now);
    sqlx::query!(
        "WITH r(v) AS MATERIALIZED (SELECT value FROM json_each(?1))
         INSERT INTO units(id,stock_no,category,brand,model,storage,colour,imei,imei2,meid,serial,grade,battery,badges,
           price_list,price_live,price_floor,cost,shelf,source,flaws,note,taken_in,box,holder)
         SELECT v->>0, v->>1, coalesce(v->>2,'phone'), coalesce(v->>3,''), coalesce(v->>4,''),
           coalesce(v->>5,''), coalesce(v->>6,''), v->>7, v->>8, v->>9, v->>10, v->>11,
           v->>12, coalesce(v->>13,'[]'), v->>14, v->>15, v->>16, v->>17, coalesce(v->>18,''),
           coalesce(v->>19,''), coalesce(v->>20,''), coalesce(v->>21,''), coalesce(v->>22, ?2),
           coalesce(v->>23,''), coalesce(v->>24,'')
         FROM r",
        rows,
        now
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A sheet can set a field but not clear it: a blank cell says nothing.
async fn update(tx: &mut Tx<'_>, rows: &[Value]) -> AppResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = words::json(&rows);
    sqlx::query!(
        "WITH r(v) AS MATERIALIZED (SELECT value FROM json_each(?1))
         UPDATE units SET stock_no=coalesce(v->>1,stock_no), category=coalesce(v->>2,category),
           brand=coalesce(v->>3,brand), model=coalesce(v->>4,model), storage=coalesce(v->>5,storage),
           colour=coalesce(v->>6,colour), imei=coalesce(v->>7,imei), imei2=coalesce(v->>8,imei2),
           meid=coalesce(v->>9,meid), serial=coalesce(v->>10,serial), grade=coalesce(v->>11,grade),
           battery=coalesce(v->>12,battery), badges=coalesce(v->>13,badges),
           price_list=coalesce(v->>14,price_list), price_live=coalesce(v->>15,price_live),
           price_floor=coalesce(v->>16,price_floor), cost=coalesce(v->>17,cost),
           shelf=coalesce(v->>18,shelf), source=coalesce(v->>19,source),
           flaws=coalesce(v->>20,flaws), note=coalesce(v->>21,note),
           box=coalesce(v->>23,box), holder=coalesce(v->>24,holder)
         FROM r WHERE units.id = v->>0",
        rows
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
