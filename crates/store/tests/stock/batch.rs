//! Photographs of many units at once.

use stall_core::{ErrorCode, Id, api::UnitPatch};
use stall_store::tables::{
    photo_batch::{self, Place, Taking},
    units, watch,
};

use super::{Stall, imei, phone, photo::photo};

async fn names(s: &Stall, unit: Id) -> Vec<String> {
    let unit = units::get(&s.store, unit).await.unwrap();
    assert_eq!(unit.row.photos as usize, unit.photos.len());
    unit.photos.into_iter().map(|p| p.file_name).collect()
}

#[tokio::test]
async fn photographs_of_many_units_and_the_tray_are_one_undo_step() {
    let s = Stall::new().await;
    let (a, b) = (s.unit("0001").await, s.unit("0002").await);
    let takings = [
        Taking { place: Place::Unit(a), photos: vec![photo(1), photo(2), photo(1)] },
        Taking { place: Place::Tray("t".into()), photos: vec![photo(3)] },
        Taking { place: Place::Unit(b), photos: vec![photo(1), photo(4)] },
        Taking { place: Place::Tray("t".into()), photos: vec![photo(5)] },
    ];
    let took = photo_batch::take(&s.store, &s.me, &takings).await.unwrap();
    assert_eq!((took.value.photos, took.value.units, took.value.tray), (4, 2, 2));
    assert_eq!(took.value.duplicates, ["IMG_1.jpg"], "the same picture twice in one unit");
    assert_eq!(names(&s, a).await, ["IMG_1.jpg", "IMG_2.jpg"]);
    assert_eq!(names(&s, b).await, ["IMG_1.jpg", "IMG_4.jpg"]);
    assert_eq!(s.count("SELECT count(*) FROM photos WHERE unit_id IS NULL AND tray = 't'").await, 2);
    assert!(photo_batch::has_blob(&s.store, &photo(3).blob).await.unwrap());
    let top = s.store.undo_state().await.unwrap().undo.unwrap();
    assert_eq!((top.op.as_str(), top.args["n"].as_str(), top.args["what"].as_str()), ("take_photos", "6", "0001 0002"));
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(s.count("SELECT count(*) FROM photos").await, 0);
    assert!(names(&s, a).await.is_empty());
    s.store.redo(&s.me).await.unwrap();
    assert_eq!(names(&s, b).await, ["IMG_1.jpg", "IMG_4.jpg"]);
}

#[tokio::test]
async fn pictures_stand_behind_those_a_unit_has_and_a_unit_that_is_gone_refuses_all() {
    let s = Stall::new().await;
    let a = s.unit("0001").await;
    for n in [1, 2] {
        let one = [Taking { place: Place::Unit(a), photos: vec![photo(n)] }];
        photo_batch::take(&s.store, &s.me, &one).await.unwrap();
    }
    assert_eq!(names(&s, a).await, ["IMG_1.jpg", "IMG_2.jpg"]);
    let bad = [
        Taking { place: Place::Unit(a), photos: vec![photo(3)] },
        Taking { place: Place::Unit(Id::of_order("", "", "")), photos: vec![photo(4)] },
    ];
    let e = photo_batch::take(&s.store, &s.me, &bad).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::NotFound);
    assert_eq!(names(&s, a).await.len(), 2);
}

#[tokio::test]
async fn a_code_names_the_unit_that_is_here_before_one_that_has_left() {
    let s = Stall::new().await;
    let code = imei(7);
    let with = |no: &str| UnitPatch { stock_no: Some(no.into()), imei: Some(code.clone()), ..phone() };
    let old = s.add(with("0001")).await.unwrap();
    units::withdraw(&s.store, &s.me, &stall_core::api::WithdrawInput { ids: vec![old], reason: String::new() })
        .await
        .unwrap();
    s.pass(1000);
    let here = s.add(with("0002")).await.unwrap();
    let known =
        photo_batch::known(&s.store, &[code.clone(), "0001".into(), "9999".into(), String::new()]).await.unwrap();
    assert_eq!((known.get(&code), known.get("0001"), known.len()), (Some(&here), Some(&old), 2));
}

#[tokio::test]
async fn the_watched_folder_is_a_setting_of_this_computer_and_can_be_undone() {
    let s = Stall::new().await;
    let first = watch::get(&s.store).await.unwrap();
    assert!(!first.on && first.gap_s == 40);
    let mut new = stall_core::api::WatchSettings { on: true, folder: "/pictures".into(), ..first.clone() };
    watch::set(&s.store, &s.me, &new).await.unwrap();
    assert_eq!(watch::get(&s.store).await.unwrap(), new);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(watch::get(&s.store).await.unwrap(), first);
    new.folder = " ".into();
    assert_eq!(watch::set(&s.store, &s.me, &new).await.map(|_| ()).unwrap_err().code, ErrorCode::BadInput);
}
