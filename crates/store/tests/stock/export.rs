//! Units out and back in: identical in every field, and the same file again changes nothing.

use proptest::prelude::*;
use stall_core::{
    Fen, Ms,
    api::{Category, ExportHow, SheetLanguage, UnitPatch, UnitQuery},
    tidy,
    units_export::{COLUMNS, UnitRecord, columns},
    units_import,
};
use stall_sheets::{CsvEncoding, Value, write_csv, write_xlsx};
use stall_store::tables::{
    unit_export::{self, UNITS},
    unit_import::{self, Choices, UnitPlan, Watch},
};

use super::{Stall, imei};

/// How a sheet is written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Xlsx,
    Csv,
    Gb,
}

fn sheet(records: &[UnitRecord], form: Form, language: SheetLanguage) -> Vec<u8> {
    let headers: Vec<&str> = COLUMNS.iter().map(|c| c.header(language)).collect();
    let rows: Vec<Vec<Value>> =
        records.iter().map(|r| columns(&[]).iter().map(|c| c.write(r, language).into()).collect()).collect();
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
    let layout = units_import::open(&book.table, None).unwrap();
    unit_import::preview(&s.store, UnitPlan::read(&book.table, &layout)).await.unwrap()
}

/// What must be the same: all but the id.
fn plain(records: &[UnitRecord]) -> Vec<(UnitPatch, Ms)> {
    let mut all: Vec<_> = records.iter().map(|r| (r.unit.clone(), r.taken_in)).collect();
    all.sort_by(|a, b| a.0.stock_no.cmp(&b.0.stock_no));
    all
}

async fn there_and_back(units: Vec<UnitPatch>, form: Form, language: SheetLanguage) {
    let a = Stall::new().await;
    for u in units {
        a.pass(1_234);
        a.add(u).await.unwrap();
    }
    let sent = records(&a).await;
    let bytes = sheet(&sent, form, language);
    let again = plan(&a, &bytes).await;
    assert_eq!(again.counts(), [("same".to_owned(), sent.len() as u32)].into(), "{form:?} {language:?}: {sent:?}");
    let b = Stall::new().await;
    let done =
        unit_import::apply(&b.store, &b.me, plan(&b, &bytes).await, &Choices::default(), &Watch::default()).await;
    let done = done.unwrap();
    assert_eq!((done.new as usize, done.refused), (sent.len(), 0), "{sent:?}");
    assert_eq!(plain(&records(&b).await), plain(&sent), "{form:?} {language:?}");
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
    let texts = (text(), text(), text(), text(), text(), text(), text());
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
            ..UnitPatch::default()
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
