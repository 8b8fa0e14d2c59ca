//! Fields of categories, the owner's own, the model book, and what the timeline and the search know of them.

use std::collections::BTreeMap;

use stall_core::{
    ErrorCode,
    api::{
        ByIds, Category, CodeInput, CodeKind, FieldKind, FieldSave, FieldsOrder, ModelEntry, ModelQuery, UnitEdit,
        UnitPatch, UnitQuery,
    },
};
use stall_store::tables::{book, fields, units};

use super::{Stall, imei, phone};

fn values(pairs: &[(&str, &str)]) -> UnitPatch {
    let fields = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    UnitPatch { fields: Some(fields), ..UnitPatch::default() }
}

fn found(text: &str) -> UnitQuery {
    UnitQuery { text: text.into(), ..UnitQuery::default() }
}

#[tokio::test]
async fn values_are_cleaned_shown_found_changed_in_bulk_and_undone() {
    let s = Stall::new().await;
    let laptop = UnitPatch { category: Some(Category::Laptop), ..values(&[("ram", "16GB"), ("cpu", "M2 Pro")]) };
    let id = s.add(UnitPatch { fields: laptop.fields, category: laptop.category, ..phone() }).await.unwrap();
    let get = async || units::get(&s.store, id).await.unwrap().fields;
    assert_eq!(get().await, BTreeMap::from([("cpu".into(), "M2 Pro".into()), ("ram".into(), "16".into())]));
    assert_eq!(s.all(&found("m2pro")).await.len(), 1);
    assert_eq!(s.all(&found("16gb")).await.len(), 1);
    let other = s.unit("0100").await;
    let edit = UnitEdit { ids: vec![id, other], patch: values(&[("ram", "32"), ("cpu", "")]) };
    units::edit(&s.store, &s.me, &edit).await.unwrap();
    assert_eq!(get().await, BTreeMap::from([("ram".into(), "32".into())]));
    assert_eq!(s.all(&found("32gb")).await.len(), 2);
    assert!(s.all(&found("m2pro")).await.is_empty());
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(get().await.len(), 2);
    assert_eq!(s.all(&found("m2pro")).await.len(), 1);
    assert!(s.all(&found("32gb")).await.is_empty());
}

#[tokio::test]
async fn a_number_that_is_none_is_refused_and_nothing_of_the_edit_is_written() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let patch = UnitPatch { shelf: Some("B-1".into()), ..values(&[("ram", "很大")]) };
    let e = units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch }).await.unwrap_err();
    assert_eq!((e.code, e.args["field"].as_str()), (ErrorCode::FieldNotNumber, "内存"));
    assert_eq!(units::get(&s.store, id).await.unwrap().row.shelf, "");
    let e = units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch: values(&[("nix", "1")]) }).await;
    assert_eq!(e.unwrap_err().code, ErrorCode::BadInput);
}

#[tokio::test]
async fn the_owner_adds_a_field_orders_hides_and_removes_it_and_each_is_undone() {
    let s = Stall::new().await;
    let own = FieldSave {
        name: Some("购机凭证".into()),
        kind: Some(FieldKind::Choice),
        options: Some(vec!["有发票".into(), "没有".into()]),
        categories: Some(vec![Category::Phone]),
        ..FieldSave::default()
    };
    let def = fields::save(&s.store, &s.me, &own).await.unwrap();
    assert_eq!((def.zh.as_str(), def.builtin, def.options.len()), ("购机凭证", false, 2));
    let id = s.unit("0001").await;
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch: values(&[(&def.id, "有发票")]) }).await.unwrap();
    assert_eq!(s.all(&found("有发票")).await.len(), 1);
    let order =
        fields::order(&s.store, &s.me, &FieldsOrder { ids: vec![def.id.clone(), "region".into()] }).await.unwrap();
    let at = |id: &str| order.fields.iter().position(|d| d.id == id).unwrap();
    assert!(at(&def.id) < at("region"));
    let hide = FieldSave { id: Some("region".into()), hidden: Some(true), ..FieldSave::default() };
    assert!(fields::save(&s.store, &s.me, &hide).await.unwrap().hidden);
    let rename = FieldSave { id: Some("region".into()), name: Some("产地".into()), ..FieldSave::default() };
    let renamed = fields::save(&s.store, &s.me, &rename).await.unwrap();
    assert_eq!((renamed.zh.as_str(), renamed.hidden), ("产地", true));
    fields::remove(&s.store, &s.me, &def.id).await.unwrap();
    assert!(units::get(&s.store, id).await.unwrap().fields.is_empty());
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(units::get(&s.store, id).await.unwrap().fields[&def.id], "有发票");
    for _ in 0..3 {
        s.store.undo(&s.me).await.unwrap();
    }
    let all = fields::list(&s.store).await.unwrap().fields;
    let region = all.iter().find(|d| d.id == "region").unwrap();
    assert_eq!((region.zh.as_str(), region.hidden), ("版本", false));
}

#[tokio::test]
async fn a_unit_deleted_by_mistake_comes_back_with_its_fields_and_its_box() {
    let s = Stall::new().await;
    let id = s
        .add(UnitPatch { in_box: Some("3".into()), fields: values(&[("sim", "双卡")]).fields, ..phone() })
        .await
        .unwrap();
    units::delete(&s.store, &s.me, &ByIds { ids: vec![id] }).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    let unit = units::get(&s.store, id).await.unwrap();
    assert_eq!((unit.fields["sim"].as_str(), unit.row.in_box.as_str()), ("two", "3"));
    assert_eq!(s.all(&found("双卡")).await.len(), 1);
}

#[tokio::test]
async fn what_is_rebuilt_finds_the_same_as_what_was_kept_up() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let patch =
        UnitPatch { in_box: Some("蓝箱".into()), holder: Some("老周".into()), ..values(&[("cpu", "骁龙")]) };
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch }).await.unwrap();
    let s = s.rebuilt().await;
    for text in ["蓝箱", "老周", "骁龙"] {
        assert_eq!(s.all(&found(text)).await.len(), 1, "{text}");
    }
}

#[tokio::test]
async fn the_timeline_tells_a_field_s_old_and_new_value_and_what_an_undo_took_back() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    s.pass(1000);
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch: values(&[("ram", "8")]) }).await.unwrap();
    s.pass(1000);
    units::edit(&s.store, &s.me, &UnitEdit { ids: vec![id], patch: values(&[("ram", "16")]) }).await.unwrap();
    s.pass(1000);
    s.store.undo(&s.me).await.unwrap();
    let timeline = units::get(&s.store, id).await.unwrap().timeline;
    let said: Vec<_> = timeline
        .iter()
        .filter(|e| e.args.get("field").is_some_and(|f| f == "fields.ram"))
        .map(|e| (e.what.as_str(), e.args["old"].as_str(), e.args["new"].as_str()))
        .collect();
    assert_eq!(said, [("undo", "16", "8"), ("edit_units", "8", "16"), ("edit_units", "", "8")]);
}

#[tokio::test]
async fn the_model_book_takes_the_owner_s_models_aliases_and_hiding() {
    let s = Stall::new().await;
    let q = |text: &str| ModelQuery { text: text.into(), limit: 50 };
    let rows = book::list(&s.store, &q("iphone 13")).await.unwrap().rows;
    let mut entry = rows.into_iter().find(|r| r.entry.model == "iPhone 13").unwrap().entry;
    entry.aliases = vec!["十三香".into()];
    book::save(&s.store, &s.me, &entry).await.unwrap();
    assert_eq!(units::models(&s.store, &q("十三香")).await.unwrap().models[0].model, "iPhone 13");
    let own = ModelEntry {
        id: String::new(),
        category: Category::Camera,
        brand: "Fujifilm".into(),
        model: "X-T30".into(),
        storages: vec![],
        colours: vec!["银色".into()],
        aliases: vec!["小三十".into()],
        hidden: false,
    };
    let made = book::save(&s.store, &s.me, &own).await.unwrap();
    let hint = units::models(&s.store, &q("小三十")).await.unwrap().models.remove(0);
    assert_eq!((hint.model.as_str(), hint.category), ("X-T30", Category::Camera));
    book::remove(&s.store, &s.me, &made.id).await.unwrap();
    assert!(units::models(&s.store, &q("小三十")).await.unwrap().models.is_empty());
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(units::models(&s.store, &q("小三十")).await.unwrap().models.len(), 1);
    let nobody = ModelEntry { id: "nix".into(), ..own };
    assert_eq!(book::save(&s.store, &s.me, &nobody).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_model_is_learned_by_tac_only_from_more_than_half_and_says_from_how_many() {
    let s = Stall::new().await;
    let add = async |n: u32, model: &str| {
        let patch = UnitPatch { imei: Some(imei(n)), model: Some(model.into()), ..phone() };
        s.add(patch).await.unwrap()
    };
    let ask = async |n: u32| {
        let input = CodeInput { code: imei(n), kind: CodeKind::Imei, except: None };
        let a = units::check_code(&s.store, &input).await.unwrap();
        (a.suggestion.map(|h| h.model), a.learned_from)
    };
    assert_eq!(ask(9).await, (None, 0));
    add(1, "iPhone 13").await;
    add(2, "iPhone 13 Pro").await;
    assert_eq!(ask(9).await, (None, 0));
    add(3, "iPhone 13").await;
    assert_eq!(ask(9).await, (Some("iPhone 13".into()), 2));
}
