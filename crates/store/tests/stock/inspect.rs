//! Inspections from draft to report, what a unit takes from them, and what they stop.

use stall_core::{
    ErrorCode, Id,
    api::{
        AnswerInput, AnswerValue, AnswersInput, Category, CheckItemSave, ChecklistReset, ChecklistSave, ClearInput,
        EraseMethod, ErasureInput, ErasureState, ErasureVerify, EvidenceInput, FinishInput, Inspection, InspectionOpen,
        InspectionState, ItemsAdd, ManualInput, NewItem, Report, ShowInput, ThirdPartyFile, ThirdPartyInput,
        UnitDetail, UnitPatch, UnitQuery,
    },
    inspection::{grade::clean_answers, lists},
};
use stall_store::tables::{
    checklists, erasures, inspection_finish, inspection_reports as reports, inspections, items,
    named_files::{self, NamedAs},
    photos, shows, third_party, units,
};

use super::{NOON, Stall, phone};

const IMEI: &str = "490154203237518";

pub fn text(t: &str) -> AnswerValue {
    AnswerValue::Text(t.to_owned())
}

pub async fn open(s: &Stall, unit: Id) -> Inspection {
    inspections::open(&s.store, &s.me, InspectionOpen { unit_id: unit, again: false }).await.unwrap()
}

pub async fn answer(s: &Stall, draft: Id, all: &[(&str, AnswerValue)]) -> Inspection {
    let answers = all.iter().map(|(i, v)| AnswerInput { item_id: (*i).into(), value: Some(v.clone()), note: None });
    let input = AnswersInput { inspection_id: draft, answers: answers.collect(), worked_ms: Some(60_000) };
    inspections::answer(&s.store, &s.me, &input).await.unwrap()
}

/// Answers everything as in order, then these.
async fn answered(s: &Stall, unit: Id, but: &[(&str, AnswerValue)]) -> Inspection {
    let draft = open(s, unit).await;
    let mut all: Vec<(String, AnswerValue)> = clean_answers(lists::of(draft.checklist.category)).into_iter().collect();
    for (item, value) in [("serial", "F2LX1234ABCD"), ("erased", "verified"), ("storage_gb", "256")] {
        all.push((item.to_owned(), text(value)));
    }
    let all: Vec<(&str, AnswerValue)> = all.iter().map(|(i, v)| (i.as_str(), v.clone())).collect();
    answer(s, draft.id, &all).await;
    answer(s, draft.id, but).await
}

async fn finish(s: &Stall, draft: Id) -> Result<Report, stall_core::AppError> {
    let input = FinishInput { inspection_id: draft, worked_ms: 240_000, without_photos: true, take_codes: false };
    inspection_finish::finish(&s.store, &s.me, &input).await
}

pub async fn inspected(s: &Stall, unit: Id, but: &[(&str, AnswerValue)]) -> Report {
    let draft = answered(s, unit, but).await;
    finish(s, draft.id).await.unwrap()
}

async fn unit(s: &Stall, id: Id) -> UnitDetail {
    units::get(&s.store, id).await.unwrap()
}

#[tokio::test]
async fn a_draft_begins_with_what_the_unit_knows_and_is_opened_again_as_it_was() {
    let s = Stall::new().await;
    let fields = [("model_code".to_owned(), "MLTD3CH/A".to_owned()), ("region".to_owned(), "cn".to_owned())];
    let patch = UnitPatch { imei: Some(IMEI.into()), fields: Some(fields.into()), ..phone() };
    let id = s.add(patch).await.unwrap();
    let draft = open(&s, id).await;
    let has = |item: &str| draft.answers.iter().find(|a| a.item_id == item).and_then(|a| a.value.clone());
    assert_eq!((has("imei1"), has("storage_gb")), (Some(text(IMEI)), Some(text("256"))));
    assert_eq!((has("model_no"), has("region")), (Some(text("MLTD3CH/A")), Some(text("cn"))));
    assert!(draft.answers.iter().all(|a| a.prefilled));
    assert_eq!(unit(&s, id).await.row.inspection, InspectionState::Draft);
    answer(&s, draft.id, &[("frame", text("light"))]).await;
    let again = open(&s, id).await;
    assert_eq!(again.id, draft.id);
    let frame = again.answers.iter().find(|a| a.item_id == "frame").unwrap();
    assert_eq!((frame.value.clone(), frame.prefilled, again.worked_ms), (Some(text("light")), false, 60_000));
    s.store.undo(&s.me).await.unwrap();
    assert!(!open(&s, id).await.answers.iter().any(|a| a.item_id == "frame"), "one key press is one step");
    inspections::discard(&s.store, &s.me, draft.id).await.unwrap();
    assert_eq!(unit(&s, id).await.row.inspection, InspectionState::None);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(open(&s, id).await.id, draft.id);
}

#[tokio::test]
async fn a_finished_inspection_is_frozen_and_the_unit_takes_from_it() {
    let s = Stall::new().await;
    let id =
        s.add(UnitPatch { badges: Some(vec!["在保".into()]), flaws: Some("缺卡针".into()), ..phone() }).await.unwrap();
    let but = [
        ("imei1", text(IMEI)),
        ("frame", text("light")),
        ("battery_health", AnswerValue::Number(88)),
        ("screen_origin", text("oem_swap")),
        ("storage_gb", text("256")),
    ];
    let draft = answered(&s, id, &but).await;
    assert_eq!((draft.result.computed.as_deref(), draft.result.missing.len()), (Some("A2"), 0));
    let report = finish(&s, draft.id).await.unwrap();
    assert_eq!((report.head.version, report.head.grade.as_deref(), report.head.worked_ms), (1, Some("A2"), 240_000));
    assert!(report.photos_missing.contains(&"six_views".to_owned()) && !report.void);
    let u = unit(&s, id).await;
    assert_eq!((u.row.grade.as_deref(), u.row.battery), (Some("A2"), Some(88)));
    assert_eq!(u.row.badges, ["换屏", "在保"]);
    assert_eq!(u.flaws, "边框：轻微划痕/小花\n屏幕是否原装：拆机原屏\n缺卡针");
    assert_eq!((u.imei.as_deref(), u.serial.as_deref()), (Some(IMEI), Some("F2LX1234ABCD")));
    assert_eq!(u.fields["model_code"], "A2633");
    assert_eq!((u.row.inspection, u.row.inspected.unwrap().report_id), (InspectionState::Inspected, report.head.id));
    assert_eq!(u.inspection.erasure_state, ErasureState::Verified);
    assert!(u.timeline.iter().any(|e| e.what == "inspected" && e.args["version"] == "1"));
    assert_eq!(inspections::get(&s.store, draft.id).await.unwrap_err().code, ErrorCode::NotFound);

    // Another wording and another unit later: the report stays.
    let save = CheckItemSave { id: Some("frame".into()), zh: Some("中框".into()), ..Default::default() };
    let save = ChecklistSave { category: Category::Phone, photos_needed: None, items: vec![save] };
    checklists::save(&s.store, &s.me, &save).await.unwrap();
    let patch = UnitPatch { model: Some("别的".into()), ..Default::default() };
    units::edit(&s.store, &s.me, &stall_core::api::UnitEdit { ids: vec![id], patch }).await.unwrap();
    assert_eq!(reports::get(&s.store, report.head.id).await.unwrap(), report);
    let mut conn = sqlx::ConnectOptions::connect(
        &sqlx::sqlite::SqliteConnectOptions::new().filename(s.dir.path().join("stall.db")),
    )
    .await
    .unwrap();
    for sql in [
        "UPDATE inspection_reports SET grade = 'S'",
        "DELETE FROM inspection_reports",
        "DELETE FROM checklist_wordings",
    ] {
        assert!(sqlx::raw_sql(sql).execute(&mut conn).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn a_finish_is_one_step_that_undo_takes_back_whole_and_redo_tells_again() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let before = unit(&s, id).await;
    let report = inspected(&s, id, &[("frame", text("heavy"))]).await;
    assert_eq!(unit(&s, id).await.row.grade.as_deref(), Some("C"));
    s.store.undo(&s.me).await.unwrap();
    let u = unit(&s, id).await;
    assert_eq!((u.row.grade, u.flaws, u.row.battery), (before.row.grade, before.flaws, before.row.battery));
    assert_eq!((u.row.inspection, u.inspection.reports.len()), (InspectionState::Draft, 0));
    assert_eq!(u.inspection.erasure_state, ErasureState::Unknown);
    assert!(reports::get(&s.store, report.head.id).await.unwrap().void);
    s.store.redo(&s.me).await.unwrap();
    let u = unit(&s, id).await;
    assert_eq!((u.row.grade.as_deref(), u.row.inspection), (Some("C"), InspectionState::Inspected));
    assert_eq!(u.inspection.reports[0].id, report.head.id);
    assert!(!reports::get(&s.store, report.head.id).await.unwrap().void);
}

#[tokio::test]
async fn nothing_is_finished_that_is_open_unphotographed_or_of_another_device() {
    let s = Stall::new().await;
    let id = s.add(UnitPatch { imei: Some(super::imei(7)), ..phone() }).await.unwrap();
    let draft = open(&s, id).await;
    assert_eq!(finish(&s, draft.id).await.unwrap_err().code, ErrorCode::InspectionIncomplete);
    let draft = answered(&s, id, &[("imei1", text(IMEI))]).await;
    assert_eq!(draft.differs[0].answer, IMEI);
    let mut input = FinishInput { inspection_id: draft.id, worked_ms: 1, without_photos: false, take_codes: false };
    let code = |r: Result<Report, stall_core::AppError>| r.map(|r| r.head.version).map_err(|e| e.code);
    assert_eq!(code(inspection_finish::finish(&s.store, &s.me, &input).await), Err(ErrorCode::InspectionPhotosMissing));
    input.without_photos = true;
    assert_eq!(code(inspection_finish::finish(&s.store, &s.me, &input).await), Err(ErrorCode::InspectionCodeDiffers));
    let needed = ChecklistSave { category: Category::Phone, photos_needed: Some(true), items: vec![] };
    checklists::save(&s.store, &s.me, &needed).await.unwrap();
    input.take_codes = true;
    assert_eq!(code(inspection_finish::finish(&s.store, &s.me, &input).await), Err(ErrorCode::InspectionPhotosMissing));
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(code(inspection_finish::finish(&s.store, &s.me, &input).await), Ok(1));
    assert_eq!(unit(&s, id).await.imei.as_deref(), Some(IMEI));
}

#[tokio::test]
async fn a_hand_raises_a_grade_only_with_a_reason_and_the_report_prints_it() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let draft = answered(&s, id, &[("frame", text("light"))]).await;
    let by_hand = async |grade: &str, reason: &str| {
        let input = ManualInput { inspection_id: draft.id, grade: Some(grade.into()), reason: reason.into() };
        inspections::by_hand(&s.store, &s.me, &input).await
    };
    assert_eq!(by_hand("A1", "").await.unwrap_err().code, ErrorCode::GradeReasonMissing);
    assert_eq!(by_hand("Z", "x").await.unwrap_err().code, ErrorCode::BadInput);
    assert_eq!(by_hand("C", "").await.unwrap().result.last.as_deref(), Some("C"));
    // Lowered below what the answers give now: worse answers make it a raise, which wants its reason.
    let worse = answer(&s, draft.id, &[("screen_glass", text("crack"))]).await;
    assert!(worse.result.reason_wanted);
    assert_eq!(finish(&s, draft.id).await.unwrap_err().code, ErrorCode::GradeReasonMissing);
    by_hand("C", "屏幕只裂一角").await.unwrap();
    let report = finish(&s, draft.id).await.unwrap();
    assert_eq!(report.head.grade.as_deref(), Some("C"));
    assert!(report.result.explain_zh.contains("屏幕只裂一角"), "{}", report.result.explain_zh);
}

async fn into_show(s: &Stall, unit: Id) -> Result<(), stall_core::AppError> {
    let show = ShowInput {
        title: "周五".into(),
        starts_at: stall_core::Ms(NOON + 3_600_000),
        planned_minutes: 60,
        host: String::new(),
        note: String::new(),
    };
    let show_id = shows::add(&s.store, &s.me, &show).await?.id;
    let item = NewItem { segment: String::new(), unit_id: Some(unit), title: String::new(), minutes: None };
    items::add(&s.store, &s.me, &ItemsAdd { show_id, after: None, items: vec![item] }).await.map(drop)
}

#[tokio::test]
async fn a_blocker_stops_the_unit_until_each_is_lifted_with_a_note() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let report = inspected(&s, id, &[("account_lock", text("locked")), ("mdm", text("present"))]).await;
    assert_eq!((report.head.grade.as_deref(), report.head.blocked), (None, 2));
    let u = unit(&s, id).await;
    assert_eq!((u.row.inspection, u.row.grade.clone()), (InspectionState::Blocked, None));
    assert_eq!(u.row.inspected.unwrap().blocked.iter().map(|b| b.zh.as_str()).collect::<Vec<_>>(), ["ID锁", "监管机"]);
    let error = into_show(&s, id).await.unwrap_err();
    assert_eq!((error.code, error.args["what_zh"].as_str()), (ErrorCode::UnitBlocked, "ID锁、监管机"));
    let q = UnitQuery { inspection: vec![InspectionState::Blocked], ..UnitQuery::default() };
    assert_eq!(s.all(&q).await.len(), 1);
    let clear = async |item: &str, note: &str| {
        let input = ClearInput { unit_id: id, item_id: item.into(), note: note.into() };
        erasures::clear(&s.store, &s.me, &input).await
    };
    assert_eq!(clear("mdm", " ").await.unwrap_err().code, ErrorCode::NoteMissing);
    assert_eq!(clear("frame", "x").await.unwrap_err().code, ErrorCode::NotFound);
    clear("mdm", "公司已解除监管").await.unwrap();
    assert_eq!(clear("mdm", "again").await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(unit(&s, id).await.row.inspection, InspectionState::Blocked);
    let after = clear("account_lock", "原主当面退出").await.unwrap();
    assert_eq!(
        after.blockers.iter().map(|b| b.cleared.as_ref().unwrap().note.as_str()).collect::<Vec<_>>(),
        ["原主当面退出", "公司已解除监管"]
    );
    let u = unit(&s, id).await;
    assert_eq!((u.row.inspection, u.row.grade.as_deref()), (InspectionState::Inspected, Some("S")));
    assert!(u.timeline.iter().any(|e| e.what == "cleared" && e.args["item_zh"].contains("账号锁")));
    into_show(&s, id).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    let u = unit(&s, id).await;
    assert_eq!((u.row.inspection, u.row.grade), (InspectionState::Blocked, None));
}

#[tokio::test]
async fn a_locked_device_is_finished_with_open_items() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let draft = open(&s, id).await;
    answer(&s, draft.id, &[("account_lock", text("locked"))]).await;
    let report = finish(&s, draft.id).await.unwrap();
    assert!(report.result.missing.len() > 20);
    let input = ClearInput { unit_id: id, item_id: "account_lock".into(), note: "已退出".into() };
    erasures::clear(&s.store, &s.me, &input).await.unwrap();
    assert_eq!(unit(&s, id).await.row.grade, None, "what was never checked has no grade");
}

#[tokio::test]
async fn a_second_inspection_is_a_second_version_that_can_be_compared() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let first = inspected(&s, id, &[("frame", text("light")), ("screen_origin", text("third"))]).await;
    s.pass(86_400_000);
    let again = inspections::open(&s.store, &s.me, InspectionOpen { unit_id: id, again: true }).await.unwrap();
    assert_eq!(again.previous.as_ref().unwrap().id, first.head.id);
    assert_eq!(again.result.computed.as_deref(), Some("B1"), "the last answers are carried over");
    assert!(again.answers.iter().all(|a| a.prefilled));
    answer(&s, again.id, &[("frame", text("obvious")), ("screen_origin", text("official"))]).await;
    let second = finish(&s, again.id).await.unwrap();
    assert_eq!((second.head.version, second.previous), (2, Some(first.head.id)));
    let input = stall_core::api::CompareInput { left: second.head.id, right: first.head.id };
    let c = reports::compare(&s.store, &input).await.unwrap();
    assert_eq!((c.left.version, c.same_unit, c.differing), (1, true, 2));
    let frame = c.rows.iter().find(|r| r.item_id == "frame").unwrap();
    assert_eq!(frame.better, stall_core::api::Better::Left);
    assert_eq!((c.badges_left_only[0].zh.as_str(), c.badges_right_only[0].zh.as_str()), ("换屏", "官换屏"));
    let u = unit(&s, id).await;
    assert_eq!((u.flaws.as_str(), u.row.badges), ("边框：明显划痕或磕碰", vec!["官换屏".to_owned()]));
    assert_eq!(u.inspection.reports.iter().map(|r| r.version).collect::<Vec<_>>(), [2, 1]);
    let stats = reports::stats(
        &s.store,
        stall_core::api::StatsInput { from: stall_core::Ms(0), to: stall_core::Ms(i64::MAX >> 11) },
    );
    assert_eq!(stats.await.unwrap().rows[0].count, 2);
}

#[tokio::test]
async fn evidence_is_tied_by_hand_or_by_its_view_and_its_file_is_kept() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let photo = |n: u8, shot: &str| photos::NewPhoto {
        blob: format!("{n:064x}"),
        file_name: "a.jpg".into(),
        width: 1,
        height: 1,
        bytes: 1,
        dhash: None,
        sharp: None,
        light: None,
        shot: shot.into(),
        source: String::new(),
        taken_at: None,
    };
    photos::add(&s.store, &s.me, id, vec![photo(1, "battery"), photo(2, "flaw")], None).await.unwrap();
    let all = unit(&s, id).await.photos;
    let draft = answered(&s, id, &[("frame", text("light"))]).await;
    assert!(!draft.photos_missing.contains(&"battery_health".to_owned()));
    assert!(draft.photos_missing.contains(&"frame".to_owned()));
    let tie = |item: &str, photo: Id, tied| EvidenceInput {
        inspection_id: draft.id,
        item_id: item.into(),
        photo_id: photo,
        tied,
    };
    let after = inspections::photo(&s.store, &s.me, &tie("frame", all[1].id, true)).await.unwrap();
    assert!(!after.photos_missing.contains(&"frame".to_owned()));
    let other = s.unit("0002").await;
    assert_eq!(
        inspections::photo(&s.store, &s.me, &tie("frame", other, true)).await.unwrap_err().code,
        ErrorCode::NotFound
    );
    let report = finish(&s, draft.id).await.unwrap();
    let frame = report.groups.iter().flat_map(|g| &g.items).find(|i| i.id == "frame").unwrap();
    assert_eq!(frame.photos[0].blob, all[1].blob);
    let gone = stall_core::api::ByIds { ids: all.iter().map(|p| p.id).collect() };
    photos::delete(&s.store, &s.me, &gone).await.unwrap();
    assert!(photos::blobs_in_use(&s.store).await.unwrap().contains(&all[1].blob));
    let named = named_files::all(&s.store).await.unwrap();
    assert!(
        named.iter().any(|n| n.blob == all[1].blob && n.what == NamedAs::Photo),
        "other laptops get the evidence too"
    );
    assert_eq!(reports::get(&s.store, report.head.id).await.unwrap(), report);
}

#[tokio::test]
async fn an_erasure_is_recorded_then_verified_and_counts_for_nothing_once_the_device_came_back() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let verify = ErasureVerify { unit_id: id, note: String::new() };
    assert_eq!(erasures::verify(&s.store, &s.me, &verify).await.unwrap_err().code, ErrorCode::ErasureMissing);
    let input =
        ErasureInput { unit_id: id, method: EraseMethod::Overwrite, photo_ids: vec![], note: "覆写一遍".into() };
    let u = erasures::record(&s.store, &s.me, &input).await.unwrap();
    assert_eq!((u.erasure_state, u.erasure.unwrap().method), (ErasureState::Erased, EraseMethod::Overwrite));
    s.pass(10);
    assert_eq!(erasures::verify(&s.store, &s.me, &verify).await.unwrap().erasure_state, ErasureState::Verified);
    s.pass(10);
    let ids = vec![id];
    units::withdraw(&s.store, &s.me, &stall_core::api::WithdrawInput { ids: ids.clone(), reason: String::new() })
        .await
        .unwrap();
    s.pass(10);
    units::restore(&s.store, &s.me, &stall_core::api::ByIds { ids }).await.unwrap();
    let u = unit(&s, id).await.inspection;
    assert_eq!((u.erasure_state, u.erasure), (ErasureState::Unknown, None));
}

#[tokio::test]
async fn the_owner_s_changes_of_a_checklist_show_in_drafts_and_go_back_by_reset_or_undo() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let draft = open(&s, id).await;
    let hide = CheckItemSave { id: Some("meid".into()), hidden: Some(true), ..Default::default() };
    let own = CheckItemSave {
        group: Some("appearance".into()),
        zh: Some("卡托颜色".into()),
        required: Some(true),
        ..Default::default()
    };
    let save = ChecklistSave { category: Category::Phone, photos_needed: None, items: vec![hide, own] };
    let list = checklists::save(&s.store, &s.me, &save).await.unwrap();
    let own = lists::items(&list).find(|i| i.own).unwrap().id.clone();
    let seen = inspections::get(&s.store, draft.id).await.unwrap();
    assert!(lists::find(&seen.checklist, "meid").is_none() && seen.result.missing.contains(&own));
    assert!(seen.checklist.version.starts_with("1.0+"));
    let needed = CheckItemSave { id: Some("touch".into()), hidden: Some(true), ..Default::default() };
    let needed = ChecklistSave { category: Category::Phone, photos_needed: None, items: vec![needed] };
    assert_eq!(checklists::save(&s.store, &s.me, &needed).await.unwrap_err().code, ErrorCode::ChecklistItemNeeded);
    answer(&s, draft.id, &[(&own, text("银色"))]).await;
    let reset = ChecklistReset { category: Category::Phone, item_id: None };
    assert_eq!(checklists::reset(&s.store, &s.me, &reset).await.unwrap().version, "1.0");
    let seen = inspections::get(&s.store, draft.id).await.unwrap();
    assert!(!seen.result.missing.contains(&own));
    s.store.undo(&s.me).await.unwrap();
    assert!(checklists::list(&s.store).await.unwrap().lists[0].version.starts_with("1.0+"));
}

#[tokio::test]
async fn the_queue_has_drafts_first_then_coming_shows_then_the_longest_here() {
    let s = Stall::new().await;
    let mut ids = Vec::new();
    for no in ["0001", "0002", "0003", "0004"] {
        s.pass(1000);
        ids.push(s.unit(no).await);
    }
    into_show(&s, ids[2]).await.unwrap();
    open(&s, ids[3]).await;
    inspected(&s, ids[0], &[]).await;
    let queue = reports::queue(&s.store, 10).await.unwrap();
    let order: Vec<&str> = queue.units.iter().map(|u| u.unit.stock_no.as_str()).collect();
    assert_eq!((order, queue.total), (vec!["0004", "0003", "0002"], 3));
    assert!(queue.units[0].draft.is_some());
}

#[tokio::test]
async fn a_supplier_s_report_lies_beside_ours_and_its_file_is_kept() {
    let s = Stall::new().await;
    let id = s.unit("0001").await;
    let mut input = ThirdPartyInput {
        unit_id: id,
        issuer: "拍拍验机".into(),
        number: "PP-1".into(),
        date: "2026-11-20".into(),
        url: "https://example.com/PP-1".into(),
        note: String::new(),
        file: None,
    };
    let file = ThirdPartyFile { blob: "a".repeat(64), name: "报告.pdf".into(), bytes: 9 };
    let kept = third_party::add(&s.store, &s.me, &input, Some(file.clone())).await.unwrap();
    assert_eq!(unit(&s, id).await.inspection.third_party[0].file, Some(file.clone()));
    assert!(photos::blobs_in_use(&s.store).await.unwrap().contains(&file.blob));
    let named = named_files::all(&s.store).await.unwrap();
    assert!(named.iter().any(|n| n.blob == file.blob && n.what == NamedAs::File));
    third_party::remove(&s.store, &s.me, kept.id).await.unwrap();
    assert!(photos::blobs_in_use(&s.store).await.unwrap().contains(&file.blob), "undo must find it");
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(third_party::list(&s.store, id).await.unwrap().reports.len(), 1);
    for (field, bad) in [("date", "2026-02-30"), ("url", "javascript:alert(1)")] {
        let mut wrong = input.clone();
        if field == "date" {
            wrong.date = bad.into()
        } else {
            wrong.url = bad.into()
        }
        let error = third_party::add(&s.store, &s.me, &wrong, None).await.unwrap_err();
        assert_eq!((error.code, error.args["field"].as_str()), (ErrorCode::BadInput, field));
    }
    input.issuer = " ".into();
    assert_eq!(third_party::add(&s.store, &s.me, &input, None).await.unwrap_err().code, ErrorCode::NameMissing);
}

#[tokio::test]
async fn what_is_derived_from_inspections_equals_a_rebuild() {
    let s = Stall::new().await;
    for (n, but) in [("0001", vec![]), ("0002", vec![("mdm", text("present"))]), ("0003", vec![("erased", text("no"))])]
    {
        let id = s.unit(n).await;
        s.pass(5);
        let mut but = but;
        but.extend([("imei1", text(&super::imei(n.parse().unwrap()))), ("serial", text(&format!("SERIAL{n}")))]);
        inspected(&s, id, &but).await;
    }
    let id = s.unit("0004").await;
    open(&s, id).await;
    let clear = ClearInput {
        unit_id: s.all(&UnitQuery { text: "0002".into(), ..UnitQuery::default() }).await[0].id,
        item_id: "mdm".into(),
        note: "x".into(),
    };
    erasures::clear(&s.store, &s.me, &clear).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    let before = super::rows::dump(s.dir.path()).await;
    let counts = serde_json::to_string(&units::narrow(&s.store, &UnitQuery::default()).await.unwrap()).unwrap();
    let s = s.rebuilt().await;
    assert_eq!(super::rows::dump(s.dir.path()).await, before);
    assert_eq!(serde_json::to_string(&units::narrow(&s.store, &UnitQuery::default()).await.unwrap()).unwrap(), counts);
    assert!(counts.contains(r#"{"value":"blocked","count":2}"#), "{counts}");
}
