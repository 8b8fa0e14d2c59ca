//! Photographs without a unit, and what waits to be photographed.

use stall_core::{
    ErrorCode, Id,
    api::{
        ByIds, ItemsAdd, NewItem, PhotosShot, ShowInput, TrayAssign, TrayMove, TrayNewUnit, UnitPatch, WithdrawInput,
    },
    shot_list,
};
use stall_store::{
    Op, Tx,
    tables::{items, photos, shoot, shows, tray, units},
};

use super::{NOON, Stall, imei, phone};

/// Photographs of one device without a unit, as a phone sends them.
async fn in_tray(s: &Stall, group: &str, shots: &[&str]) -> Vec<Id> {
    let rank = stall_core::rank::n_between(None, None, shots.len());
    let out = s
        .store
        .transact(Op::AddPhotos, &s.me, async |tx: &mut Tx<'_>| {
            let mut ids = Vec::new();
            for (shot, pos) in shots.iter().zip(rank) {
                let (id, now) = (tx.new_id()?, tx.now);
                sqlx::query(
                    "INSERT INTO photos(id,tray,pos,blob,shown,file_name,width,height,bytes,added_at,shot,source)
                     VALUES(?1,?2,?3,?4,?4,'a.jpg',4032,3024,9,?5,?6,'phone')",
                )
                .bind(id)
                .bind(group)
                .bind(pos)
                .bind(format!("{:0>64}", id.to_string().replace('-', "")))
                .bind(now)
                .bind(shot)
                .execute(tx.conn())
                .await?;
                ids.push(id);
            }
            Ok(ids)
        })
        .await
        .unwrap();
    s.pass(1000);
    out.value
}

async fn groups(s: &Stall) -> Vec<(String, usize)> {
    let tray = tray::list(&s.store).await.unwrap();
    assert_eq!(tray.photos_total as usize, tray.groups.iter().map(|g| g.photos.len()).sum::<usize>());
    assert_eq!(tray.groups_total as usize, tray.groups.len());
    tray.groups.into_iter().map(|g| (g.tray, g.photos.len())).collect()
}

async fn photos_of(s: &Stall, unit: Id) -> Vec<Id> {
    units::get(&s.store, unit).await.unwrap().photos.iter().map(|p| p.id).collect()
}

#[tokio::test]
async fn groups_are_listed_newest_first_and_given_to_a_unit_behind_its_own_photographs() {
    let s = Stall::new().await;
    let unit = s.unit("0001").await;
    let a = in_tray(&s, "a", &["front_on"]).await;
    tray::assign(&s.store, &s.me, &TrayAssign { tray: "a".into(), unit_id: unit }).await.unwrap();
    let b = in_tray(&s, "b", &["back", "flaw"]).await;
    in_tray(&s, "c", &["back"]).await;
    assert_eq!(groups(&s).await, [("c".into(), 1), ("b".into(), 2)]);
    let n = tray::assign(&s.store, &s.me, &TrayAssign { tray: "b".into(), unit_id: unit }).await.unwrap();
    assert_eq!(n.count, 2);
    assert_eq!(photos_of(&s, unit).await, [a[0], b[0], b[1]]);
    let row = units::get(&s.store, unit).await.unwrap().row;
    assert_eq!(row.photos, 3, "the list counts them");
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(groups(&s).await, [("c".into(), 1), ("b".into(), 2)]);
    assert_eq!(photos_of(&s, unit).await, [a[0]]);
    s.store.redo(&s.me).await.unwrap();
    assert_eq!(photos_of(&s, unit).await, [a[0], b[0], b[1]]);
}

#[tokio::test]
async fn a_group_that_is_gone_or_a_unit_that_is_gone_is_not_found_and_nothing_is_written() {
    let s = Stall::new().await;
    let unit = s.unit("0001").await;
    in_tray(&s, "a", &["back"]).await;
    let none = TrayAssign { tray: "b".into(), unit_id: unit };
    assert_eq!(tray::assign(&s.store, &s.me, &none).await.unwrap_err().code, ErrorCode::NotFound);
    let nobody = TrayAssign { tray: "a".into(), unit_id: s.store.env().new_id().unwrap() };
    assert_eq!(tray::assign(&s.store, &s.me, &nobody).await.unwrap_err().code, ErrorCode::NotFound);
    let patch = TrayNewUnit { tray: "b".into(), patch: phone() };
    assert_eq!(tray::new_unit(&s.store, &s.me, &patch).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(s.count("SELECT count(*) FROM units").await, 1);
    assert_eq!(groups(&s).await, [("a".into(), 1)]);
}

#[tokio::test]
async fn a_unit_taken_in_from_a_group_has_its_photographs_in_order_and_one_undo_takes_both_back() {
    let s = Stall::new().await;
    let ids = in_tray(&s, "a", &["front_on", "back", "flaw"]).await;
    let nameless = TrayNewUnit { tray: "a".into(), patch: UnitPatch::default() };
    assert_eq!(tray::new_unit(&s.store, &s.me, &nameless).await.unwrap_err().code, ErrorCode::NameMissing);
    let made = tray::new_unit(&s.store, &s.me, &TrayNewUnit { tray: "a".into(), patch: phone() }).await.unwrap();
    assert_eq!(made.row.stock_no, "0001");
    assert_eq!(made.photos.iter().map(|p| p.id).collect::<Vec<_>>(), ids);
    assert_eq!(made.row.cover.as_ref(), Some(&made.photos[0].shown));
    assert!(groups(&s).await.is_empty());
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(groups(&s).await, [("a".into(), 3)]);
    assert_eq!(s.count("SELECT count(*) FROM units").await, 0);
}

#[tokio::test]
async fn photographs_are_split_off_and_merged_in_the_order_they_stand_in() {
    let s = Stall::new().await;
    let a = in_tray(&s, "a", &["front_on", "back", "left"]).await;
    let b = in_tray(&s, "b", &["right"]).await;
    let split = TrayMove { photo_ids: vec![a[2], a[1]], tray: None };
    let own = tray::move_photos(&s.store, &s.me, &split).await.unwrap();
    assert_eq!(own.count, 2);
    let merge = TrayMove { photo_ids: vec![a[1], a[2]], tray: Some("b".into()) };
    tray::move_photos(&s.store, &s.me, &merge).await.unwrap();
    let list = tray::list(&s.store).await.unwrap();
    let of = |name: &str| -> Vec<Id> {
        list.groups.iter().find(|g| g.tray == name).unwrap().photos.iter().map(|p| p.id).collect()
    };
    assert_eq!(of("b"), [b[0], a[1], a[2]]);
    assert_eq!(of("a"), [a[0]]);
    s.store.undo(&s.me).await.unwrap();
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(groups(&s).await, [("b".into(), 1), ("a".into(), 3)]);
    photos::delete(&s.store, &s.me, &ByIds { ids: b }).await.unwrap();
    assert_eq!(groups(&s).await, [("a".into(), 3)]);
}

#[tokio::test]
async fn photographs_of_a_unit_are_not_the_tray_s_to_move() {
    let s = Stall::new().await;
    let unit = s.unit("0001").await;
    let ids = in_tray(&s, "a", &["back"]).await;
    tray::assign(&s.store, &s.me, &TrayAssign { tray: "a".into(), unit_id: unit }).await.unwrap();
    let refused = async |ids: Vec<Id>, tray: Option<&str>| {
        let input = TrayMove { photo_ids: ids, tray: tray.map(str::to_owned) };
        tray::move_photos(&s.store, &s.me, &input).await.unwrap_err().code
    };
    assert_eq!(refused(ids.clone(), None).await, ErrorCode::NotFound);
    assert_eq!(refused(vec![], None).await, ErrorCode::BadInput);
    assert_eq!(refused(ids.clone(), Some("  ")).await, ErrorCode::BadInput);
    assert_eq!(refused(vec![ids[0], ids[0]], None).await, ErrorCode::BadInput);
    assert_eq!(photos_of(&s, unit).await, ids);
}

#[tokio::test]
async fn a_view_can_be_named_afterwards_and_a_view_no_list_has_is_refused() {
    let s = Stall::new().await;
    let ids = in_tray(&s, "a", &["", ""]).await;
    let name = async |shot: &str| {
        shoot::name_shots(&s.store, &s.me, &PhotosShot { ids: ids.clone(), shot: shot.into() }).await
    };
    assert_eq!(name("selfie").await.unwrap_err().code, ErrorCode::BadInput);
    assert_eq!(name("back").await.unwrap().count, 2);
    let shots = async || -> Vec<String> {
        tray::list(&s.store).await.unwrap().groups[0].photos.iter().map(|p| p.shot.clone()).collect()
    };
    assert_eq!(shots().await, ["back", "back"]);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(shots().await, ["", ""]);
}

#[tokio::test]
async fn the_queue_has_units_of_the_next_show_first_then_the_newest_and_leaves_out_what_is_done_or_gone() {
    let s = Stall::new().await;
    let mut ids = Vec::new();
    for no in ["0001", "0002", "0003", "0004", "0005"] {
        ids.push(s.unit(no).await);
        s.pass(1000);
    }
    let show = ShowInput {
        title: "晚场".into(),
        starts_at: stall_core::Ms(NOON + 7_200_000),
        planned_minutes: 120,
        host: String::new(),
        note: String::new(),
    };
    let show = shows::add(&s.store, &s.me, &show).await.unwrap();
    let planned = NewItem { segment: "single".into(), unit_id: Some(ids[1]), title: String::new(), minutes: None };
    items::add(&s.store, &s.me, &ItemsAdd { show_id: show.id, after: None, items: vec![planned] }).await.unwrap();
    let required: Vec<&str> =
        shot_list::of(stall_core::api::Category::Phone).iter().filter(|v| v.required).map(|v| v.id.as_str()).collect();
    in_tray(&s, "all", &required).await;
    tray::assign(&s.store, &s.me, &TrayAssign { tray: "all".into(), unit_id: ids[4] }).await.unwrap();
    in_tray(&s, "some", &["back", "flaw", "back"]).await;
    tray::assign(&s.store, &s.me, &TrayAssign { tray: "some".into(), unit_id: ids[2] }).await.unwrap();
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: vec![ids[0]], reason: "自用".into() }).await.unwrap();

    let queue = shoot::queue(&s.store, 10).await.unwrap();
    let nos: Vec<&str> = queue.units.iter().map(|u| u.stock_no.as_str()).collect();
    assert_eq!(nos, ["0002", "0004", "0003"]);
    assert_eq!((queue.total, queue.capped), (3, false));
    assert_eq!((queue.units[2].done, queue.units[2].needed, queue.units[2].photos.len()), (1, 8, 3));
    assert!(!queue.units[2].missing.contains(&"back".to_owned()));
    let one = shoot::queue(&s.store, 1).await.unwrap();
    assert_eq!((one.units.len(), one.total), (1, 3));
}

#[tokio::test]
async fn a_unit_in_hand_is_found_by_number_with_or_without_zeros_by_imei_and_by_its_tail() {
    let s = Stall::new().await;
    let first = s.add(UnitPatch { imei: Some(imei(7)), ..phone() }).await.unwrap();
    let second = s.add(UnitPatch { imei: Some(imei(8)), ..phone() }).await.unwrap();
    let found = async |code: &str| -> Vec<Id> {
        shoot::find(&s.store, code).await.unwrap().units.iter().map(|u| u.id).collect()
    };
    assert_eq!(found("1").await, [first]);
    assert_eq!(found("0002").await, [second]);
    assert_eq!(found("#0002").await, [second]);
    assert_eq!(found(&imei(7)).await, [first]);
    assert_eq!(found(&imei(8)[10..]).await, [second]);
    assert_eq!(found("99999").await, Vec::<Id>::new());
    assert_eq!(found("").await, Vec::<Id>::new());
    units::withdraw(&s.store, &s.me, &WithdrawInput { ids: vec![second], reason: String::new() }).await.unwrap();
    assert_eq!(found("0002").await, [second], "one that has left is still named");
}
