//! Photographs: order, cover, deleting, what the sweep must keep.

use stall_core::{
    ErrorCode, Id,
    api::{ByIds, PhotosOrder},
    photo_edit::{Edit, EditRect, Edits},
    photo_quality::PhotoVerdict,
};
use stall_store::tables::{
    photo_edits,
    photos::{self, NewPhoto},
    units,
};

use super::Stall;

fn photo(n: u8) -> NewPhoto {
    NewPhoto { dhash: Some(0xF0F0_F0F0_F0F0_F0F0), ..super::photo::photo(n.into()) }
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

#[tokio::test]
async fn edits_are_undone_and_the_copies_on_show_are_kept_from_the_sweep() {
    let s = Stall::new().await;
    let unit = s.unit("0001").await;
    let id = photos::add(&s.store, &s.me, unit, vec![photo(1), photo(2)], None).await.unwrap().value[0];
    let blur = Edit::Blur { rect: EditRect { x: 0, y: 0, w: 5_000, h: 500 } };
    let edits = Edits::of(&[blur]).unwrap();
    let name = edits.shown(&photo(1).blob);
    photo_edits::set(&s.store, &s.me, id, &edits).await.unwrap();
    let shown = async || {
        let unit = units::get(&s.store, unit).await.unwrap();
        assert_eq!(unit.row.cover.as_ref(), Some(&unit.photos[0].shown), "lists show what is edited");
        (unit.photos[0].shown.clone(), unit.photos[0].edited)
    };
    assert_eq!(shown().await, (name.clone(), true));
    let used = photos::blobs_in_use(&s.store).await.unwrap();
    assert!(used.contains(&name) && used.contains(&photo(1).blob));
    let found = photo_edits::by_shown(&s.store, &name).await.unwrap().unwrap();
    assert_eq!((found.blob, found.edits.list()), (photo(1).blob, vec![blur]));
    assert_eq!(s.store.undo_state().await.unwrap().undo.unwrap().args["what"], "0001");
    s.store.undo(&s.me).await.unwrap();
    assert_eq!(shown().await, (photo(1).blob, false));
    assert_eq!(photo_edits::by_shown(&s.store, &name).await.unwrap(), None);
    s.store.redo(&s.me).await.unwrap();
    assert_eq!(photo_edits::get(&s.store, id).await.unwrap().edits, edits);
    // Edits that change nothing take them away.
    photo_edits::set(&s.store, &s.me, id, &Edits::default()).await.unwrap();
    assert_eq!(shown().await, (photo(1).blob, false));
    let absent = photo_edits::set(&s.store, &s.me, unit, &edits).await.unwrap_err();
    assert_eq!(absent.code, ErrorCode::NotFound);
}

#[tokio::test]
async fn photographs_are_judged_in_the_order_asked_and_the_later_twin_names_the_earlier() {
    let s = Stall::new().await;
    let unit = s.unit("0001").await;
    let hash = 0xF0F0_1234_ABCD_00FF;
    let of = |n, dhash, sharp, light| NewPhoto { dhash, sharp, light, ..photo(n) };
    let new = vec![
        of(1, Some(hash), Some(60), Some(120)),
        of(2, Some(hash ^ 3), Some(5), Some(120)),
        of(3, Some(!hash), Some(60), Some(8)),
        of(4, None, None, None),
    ];
    let ids = photos::add(&s.store, &s.me, unit, new, None).await.unwrap().value;
    let asked = photo_edits::flags(&s.store, &ByIds { ids: [ids.clone(), vec![unit]].concat() }).await.unwrap();
    let got: Vec<_> = asked.flags.iter().map(|f| (f.id, f.verdict, f.like)).collect();
    use PhotoVerdict as V;
    assert_eq!(
        got,
        [
            (ids[0], V::Fine, None),
            (ids[1], V::Blurred, Some(ids[0])),
            (ids[2], V::TooDark, None),
            (ids[3], V::Fine, None)
        ]
    );
}
