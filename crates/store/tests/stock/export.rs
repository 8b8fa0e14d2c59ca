//! Units out and back in: identical in every field, and the same file again changes nothing.

use std::collections::BTreeMap;

use proptest::prelude::*;
use stall_core::{
    ErrorCode, Fen, Ms,
    api::{Category, ExportHow, FieldKind, FieldSave, SheetLanguage, UnitEdit, UnitPatch, UnitQuery},
    tidy,
    units_export::{Column, UnitRecord},
    units_import,
};
use stall_sheets::{CsvEncoding, Value, write_csv, write_xlsx};
use stall_store::tables::{
    fields,
    unit_export::{self, UNITS},
    unit_import::{self, Choices, RowFilter, UnitPlan, Watch},
    units,
};

use super::{Stall, imei};

/// How a sheet is written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Xlsx,
    Csv,
    Gb,
}

fn sheet(records: &[UnitRecord], columns: &[Column], form: Form, language: SheetLanguage) -> Vec<u8> {
    let headers: Vec<&str> = columns.iter().map(|c| c.header(language)).collect();
    let rows: Vec<Vec<Value>> =
        records.iter().map(|r| columns.iter().map(|c| c.write(r, language).into()).collect()).collect();
    match form {
        Form::Xlsx => write_xlsx("货架", &headers, &rows).unwrap(),
        Form::Csv => write_csv(&headers, &rows, CsvEncoding::Utf8Bom).unwrap(),
        Form::Gb => write_csv(&headers, &rows, CsvEncoding::Gb18030).unwrap(),
    }
}

async fn records(s: &Stall) -> Vec<UnitRecord> {
    let mut ids: Vec<_> = s.all(&UnitQuery::default()).await.iter().map(|u| u.id).collect();
    ids.sort_unstable();
    unit_export::records(&s.store, &ids).await.unwrap()
}

async fn plan(s: &Stall, bytes: &[u8]) -> UnitPlan {
    let book = stall_sheets::read(bytes, "货架.xlsx", None).unwrap();
    let defs = fields::list(&s.store).await.unwrap().fields;
    let layout = units_import::open_with(&book.table, None, &defs).unwrap();
    unit_import::preview(&s.store, UnitPlan::read(&book.table, &layout)).await.unwrap()
}

/// The owner's own fields, one of a name that templates have too.
const OWN: [(&str, FieldKind); 3] =
    [("购机凭证", FieldKind::Text), ("联网", FieldKind::YesNo), ("件数", FieldKind::Number)];

/// Makes them; the ids they have at this stall by their place.
async fn own_fields(s: &Stall) -> BTreeMap<String, String> {
    let mut ids = BTreeMap::new();
    for (n, (name, kind)) in OWN.into_iter().enumerate() {
        let save = FieldSave { name: Some(name.to_owned()), kind: Some(kind), ..FieldSave::default() };
        ids.insert(format!("own{n}"), fields::save(&s.store, &s.me, &save).await.unwrap().id);
    }
    ids
}

/// Values under other ids.
fn renamed(unit: &mut UnitPatch, ids: impl Fn(&str) -> Option<String>) {
    let values = unit.fields.take().unwrap_or_default();
    unit.fields = Some(values.into_iter().map(|(id, v)| (ids(&id).unwrap_or(id), v)).collect());
}

/// What must be the same: all but the ids of units and of own fields.
fn plain(records: &[UnitRecord], own: &BTreeMap<String, String>) -> Vec<(UnitPatch, Ms)> {
    let mut all: Vec<_> = records.iter().map(|r| (r.unit.clone(), r.taken_in)).collect();
    for (unit, _) in &mut all {
        renamed(unit, |id| own.iter().find(|(_, v)| *v == id).map(|(k, _)| k.clone()));
    }
    all.sort_by(|a, b| a.0.stock_no.cmp(&b.0.stock_no));
    all
}

async fn there_and_back(units: Vec<UnitPatch>, form: Form, language: SheetLanguage) {
    let a = Stall::new().await;
    let own = own_fields(&a).await;
    for mut u in units {
        a.pass(1_234);
        renamed(&mut u, |id| own.get(id).cloned());
        a.add(u).await.unwrap();
    }
    let sent = records(&a).await;
    let bytes = sheet(&sent, &unit_export::columns(&a.store).await.unwrap(), form, language);
    let again = plan(&a, &bytes).await;
    assert_eq!(again.counts(), [("same".to_owned(), sent.len() as u32)].into(), "{form:?} {language:?}: {sent:?}");
    let b = Stall::new().await;
    let there = own_fields(&b).await;
    let done =
        unit_import::apply(&b.store, &b.me, plan(&b, &bytes).await, &Choices::default(), &Watch::default()).await;
    let done = done.unwrap();
    assert_eq!((done.new as usize, done.refused), (sent.len(), 0), "{sent:?}");
    assert_eq!(plain(&records(&b).await, &there), plain(&sent, &own), "{form:?} {language:?}");
}

fn text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "", "无", "-", "=1+1", "+8", "@x", "'", "’", "\"", "=\"x\"", "128", "1t", "0012", "null", "_x000D_", "a;b",
        "一\n二", "N/A", "１２",
    ]);
    let part = prop_oneof![
        2 => Just(String::new()),
        2 => odd.prop_map(str::to_owned),
        3 => "[一-龥a-zA-Z0-9 ,，;；、|/\n\t\"'=+@.()（）-]{0,10}",
        1 => "[ -~¡-ÿ—-…😀-😎]{0,8}",
    ];
    prop::collection::vec(part, 0..3).prop_map(|p| tidy(&p.concat()))
}

fn maybe<T: std::fmt::Debug + Clone>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::of(of)
}

/// Values of fields that may or may not be of the unit's category: one may have been another before.
fn values() -> impl Strategy<Value = BTreeMap<String, String>> {
    let word = |of: &'static [&'static str]| prop::sample::select(of).prop_map(str::to_owned);
    let answer = || word(&["yes", "no"]);
    let number =
        || prop_oneof![word(&["0", "16", "13.3", "0.5", "123456789012"]), (0u32..99).prop_map(|n| n.to_string())];
    let named = |id: &'static str, of: BoxedStrategy<String>| of.prop_map(move |v| (id.to_owned(), v)).boxed();
    let one = prop_oneof![
        named("region", word(&["cn", "hk", "us", "欧版", "无", "=1"]).boxed()),
        named("connection", word(&["wifi", "cellular"]).boxed()),
        named("watch_network", word(&["gps", "cellular"]).boxed()),
        named("ram", number().boxed()),
        named("screen", number().boxed()),
        named("pen", answer().boxed()),
        named("in_the_box", text().boxed()),
        named("own0", text().boxed()),
        named("own1", answer().boxed()),
        named("own2", number().boxed()),
    ];
    prop::collection::vec(one, 0..6).prop_map(|all| all.into_iter().collect())
}

fn unit(n: u32) -> impl Strategy<Value = UnitPatch> {
    let category = prop::sample::select(vec![
        Category::Phone,
        Category::Tablet,
        Category::Laptop,
        Category::Watch,
        Category::Camera,
        Category::Other,
    ]);
    let model = prop_oneof![
        Just("iPhone 13".to_owned()),
        Just("Mate 60 Pro".to_owned()),
        text().prop_map(|t| format!("机{t}"))
    ];
    let texts = (text(), text(), text(), text(), text(), text(), text(), text(), text(), values());
    let prices = prop::array::uniform4(maybe(0i64..=100_000_000));
    let grade = maybe(prop::sample::select(vec!["S", "A1", "A2", "B1", "B2", "C", "D", "E"]));
    let badges = prop::collection::vec(text().prop_map(|t| t.chars().take(12).collect::<String>()), 0..4);
    (category, model, texts, prices, grade, maybe(0u8..=100), badges, any::<[bool; 4]>()).prop_map(
        move |(category, model, t, p, grade, battery, badges, has)| UnitPatch {
            stock_no: Some(format!("{n:04}")),
            category: Some(category),
            model: Some(model),
            brand: Some(t.0),
            storage: Some(t.1),
            colour: Some(t.2),
            shelf: Some(t.3),
            source: Some(t.4),
            flaws: Some(t.5),
            note: Some(t.6),
            in_box: Some(t.7),
            holder: Some(t.8),
            fields: Some(t.9),
            imei: has[0].then(|| imei(n)),
            imei2: has[1].then(|| imei(500 + n)),
            meid: has[2].then(|| format!("A00000{n:08}")),
            serial: has[3].then(|| format!("F2LX{n:08}")),
            grade: grade.map(str::to_owned),
            battery: Some(battery),
            badges: Some(badges),
            price_list: Some(p[0].map(Fen)),
            price_live: Some(p[1].map(Fen)),
            price_floor: Some(p[2].map(Fen)),
            cost: Some(p[3].map(Fen)),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_units_exported_and_imported_are_identical_and_the_same_again(
        units in (0..6u32).prop_map(|n| n + 1).prop_flat_map(|n| (1..=n).map(unit).collect::<Vec<_>>()),
        form in prop::sample::select(vec![Form::Xlsx, Form::Csv, Form::Gb]),
        english in any::<bool>(),
    ) {
        // GB18030 is told by its Chinese headers.
        let language = if english && !matches!(form, Form::Gb) { SheetLanguage::En } else { SheetLanguage::Zh };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(there_and_back(units, form, language));
    }
}

#[tokio::test]
async fn a_sheet_changes_fields_and_says_so_and_one_undo_takes_all_back() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let patch = UnitPatch {
        in_box: Some("3 号箱".into()),
        fields: Some([("ram".to_owned(), "8".to_owned()), ("region".to_owned(), "hk".to_owned())].into()),
        ..UnitPatch::default()
    };
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch }).await.unwrap();
    let rows = [
        vec!["编号", "箱子", "内存 [ram]", "版本 [region]", "带手写笔 [pen]", "处理器"],
        vec!["0001", "4 号箱", "16GB", "'", "是", "M1"],
    ];
    let plan = plan(
        &s,
        &write_csv(&rows[0], &[rows[1].iter().map(|c| Value::Text((*c).into())).collect()], CsvEncoding::Utf8Bom)
            .unwrap(),
    )
    .await;
    let shown = &unit_import::rows(&plan, &RowFilter { limit: 10, ..RowFilter::default() }).rows[0];
    let changes: Vec<_> = shown.changes.iter().map(|c| (c.field.as_str(), c.old.as_str(), c.new.as_str())).collect();
    let want = [
        ("box", "3 号箱", "4 号箱"),
        ("fields.pen", "", "yes"),
        ("fields.ram", "8", "16"),
        ("fields.region", "hk", ""),
    ];
    assert_eq!(changes, want);
    // A phone shows no such field: it is taken all the same.
    assert_eq!(shown.notes.len(), 0, "the sheet does not say that it is a phone");
    unit_import::apply(&s.store, &s.me, plan, &Choices::default(), &Watch::default()).await.unwrap();
    let got = &records(&s).await[0].unit;
    assert_eq!(got.in_box.as_deref(), Some("4 号箱"));
    assert_eq!(got.fields, Some([("pen".to_owned(), "yes".to_owned()), ("ram".to_owned(), "16".to_owned())].into()));
    s.store.undo(&s.me).await.unwrap();
    let got = &records(&s).await[0].unit;
    assert_eq!(
        (got.in_box.as_deref(), got.fields.as_ref().map(|f| f["region"].as_str())),
        (Some("3 号箱"), Some("hk"))
    );
}

#[tokio::test]
async fn a_value_that_cannot_be_refuses_its_row_by_column_and_one_of_another_category_is_noted() {
    let s = Stall::new().await;
    let rows = [["1", "手机", "很多", ""], ["2", "手机", "8", "有"], ["3", "平板", "8", "无"]];
    let rows: Vec<Vec<Value>> = rows
        .iter()
        .map(|r| r.iter().map(|c| Value::Text((*c).into())).chain([Value::Text("机".into())]).collect())
        .collect();
    let head = ["编号", "类目", "内存 [ram]", "带手写笔 [pen]", "型号"];
    let plan = plan(&s, &write_csv(&head, &rows, CsvEncoding::Utf8Bom).unwrap()).await;
    let shown = unit_import::rows(&plan, &RowFilter { limit: 10, ..RowFilter::default() }).rows;
    let error = shown[0].error.as_ref().unwrap();
    assert_eq!((error.code, error.args["column"].as_str()), (ErrorCode::FieldNotNumber, "内存 [ram]"));
    assert_eq!(
        (shown[1].notes[0].key.as_str(), shown[1].notes[0].args["field"].as_str()),
        ("field_elsewhere", "带手写笔")
    );
    assert_eq!(shown[2].notes.len(), 0);
    unit_import::apply(&s.store, &s.me, plan, &Choices::default(), &Watch::default()).await.unwrap();
    let pens: Vec<_> = records(&s).await.iter().map(|r| r.unit.fields.clone().unwrap()["pen"].clone()).collect();
    assert_eq!(pens, ["yes", "no"]);
}

#[tokio::test]
async fn how_an_export_was_made_is_remembered_by_role_and_undo_does_not_forget_it() {
    let s = Stall::new().await;
    s.unit("0001").await;
    assert_eq!(unit_export::last::<ExportHow>(&s.store, UNITS, "owner").await.unwrap(), None);
    let how = ExportHow { columns: vec!["stock_no".into(), "model".into()], ..Default::default() };
    unit_export::keep(&s.store, &s.me, UNITS, &how).await.unwrap();
    assert_eq!(unit_export::last(&s.store, UNITS, "owner").await.unwrap(), Some(how));
    assert_eq!(unit_export::last::<ExportHow>(&s.store, UNITS, "control").await.unwrap(), None);
    assert_eq!(s.store.undo(&s.me).await.unwrap().value.op, "add_unit");
    assert!(unit_export::last::<ExportHow>(&s.store, UNITS, "owner").await.unwrap().is_some());
}
