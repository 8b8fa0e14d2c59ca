//! Photographs: order, cover, deleting, what the sweep must keep.

use stall_core::{
    ErrorCode, Id,
    api::{ByIds, PhotosOrder},
};
use stall_store::tables::{
    photos::{self, NewPhoto},
    units,
};

use super::Stall;

fn photo(n: u8) -> NewPhoto {
    NewPhoto {
        blob: format!("{n:064x}"),
        file_name: format!("IMG_{n}.jpg"),
        width: 4032,
        height: 3024,
        bytes: 3_000_000,
        dhash: Some(0xF0F0_F0F0_F0F0_F0F0),
        sharp: None,
        light: None,
        shot: String::new(),
        source: String::new(),
        taken_at: None,
    }
}

async fn blobs(s: &Stall, unit: Id) -> Vec<u8> {
    let unit = units::get(&s.store, unit).await.unwrap();
    assert_eq!(unit.row.cover, unit.photos.first().map(|p| p.blob.clone()));
    assert_eq!(unit.row.photos as usize, unit.photos.len());
    unit.photos.iter().map(|p| u8::from_str_radix(&p.blob[62..], 16).unwrap()).collect()
}

#[tokio::test]
async fn a_job_of_several_batches_is_one_step_and_the_same_picture_is_taken_once() {
    let s = Stall::new().await;
    let unit = s.unit("0001").await;
    let first = photos::add(&s.store, &s.me, unit, vec![photo(1), photo(2), photo(1)], None).await.unwrap();
    assert_eq!(first.value.len(), 2);
    let step = first.changes.unwrap().step;
    photos::add(&s.store, &s.me, unit, vec![photo(3), photo(2)], step).await.unwrap();
    assert_eq!(blobs(&s, unit).await, [1, 2, 3]);
    let top = s.store.undo_state().await.unwrap().undo.unwrap();
    assert_eq!((top.op.as_str(), top.args["n"].as_str()), ("add_photos", "3"));
    s.store.undo(&s.me).await.unwrap();
    assert!(blobs(&s, unit).await.is_empty());
    s.store.redo(&s.me).await.unwrap();
    assert_eq!(blobs(&s, unit).await, [1, 2, 3]);
}

#[tokio::test]
async fn the_first_in_order_is_the_cover_and_every_photograph_must_be_named() {
    let s = Stall::new().await;
    let unit = s.unit("0001").await;
    let mut ids = photos::add(&s.store, &s.me, unit, vec![photo(1), photo(2), photo(3)], None).await.unwrap().value;
    ids.rotate_left(1);
    photos::reorder(&s.store, &s.me, &PhotosOrder { unit_id: unit, ids: ids.clone() }).await.unwrap();
    assert_eq!(blobs(&s, unit).await, [2, 3, 1]);
    ids.pop();
    let e = photos::reorder(&s.store, &s.me, &PhotosOrder { unit_id: unit, ids }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::BadInput);
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(blobs(&s, unit).await, [1, 2, 3]);
}

#[tokio::test]
async fn a_deleted_photograph_is_kept_from_the_sweep_while_undo_can_bring_it_back() {
    let s = Stall::new().await;
    let unit = s.unit("0001").await;
    let ids = photos::add(&s.store, &s.me, unit, vec![photo(1), photo(2)], None).await.unwrap().value;
    photos::delete(&s.store, &s.me, &ByIds { ids: vec![ids[0]] }).await.unwrap();
    assert_eq!(blobs(&s, unit).await, [2]);
    assert!(photos::blobs_in_use(&s.store).await.unwrap().contains(&photo(1).blob));
    let e = photos::delete(&s.store, &s.me, &ByIds { ids: vec![ids[0]] }).await.unwrap_err();
    assert_eq!(e.code, ErrorCode::NotFound);
    for i in 0..210 {
        s.unit(&format!("{}", 1000 + i)).await;
    }
    let kept = photos::blobs_in_use(&s.store).await.unwrap();
    assert!(!kept.contains(&photo(1).blob) && kept.contains(&photo(2).blob));
}
