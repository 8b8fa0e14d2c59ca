//! Edits of many units by rules, as one step.

use stall_core::{
    ErrorCode, Fen, Id,
    api::{PriceChange, PriceColumn, PriceMove, Rounding, UnitBulk, UnitPatch, UnitRow},
};
use stall_store::tables::units;

use super::{Stall, phone};

async fn three() -> (Stall, Vec<Id>) {
    let s = Stall::new().await;
    let mut ids = Vec::new();
    for (list, live, floor, badges) in [
        (Some(429_900), Some(419_900), Some(400_000), vec!["港版"]),
        (Some(299_900), None, None, vec!["换电池", "配盒"]),
        (None, Some(100_000), Some(99_000), vec![]),
    ] {
        let patch = UnitPatch {
            price_list: Some(list.map(Fen)),
            price_live: Some(live.map(Fen)),
            price_floor: Some(floor.map(Fen)),
            badges: Some(badges.into_iter().map(str::to_owned).collect()),
            ..phone()
        };
        ids.push(s.add(patch).await.unwrap());
    }
    (s, ids)
}

async fn rows(s: &Stall, ids: &[Id]) -> Vec<UnitRow> {
    stall_store::tables::unit_rows(&mut s.store.read().await.unwrap(), s.store.env().now(), ids).await.unwrap()
}

fn percent_off(field: PriceColumn) -> PriceChange {
    PriceChange { field, how: PriceMove::Percent, amount: -500, round: Rounding::Nine }
}

#[tokio::test]
async fn prices_move_as_the_preview_said_and_one_undo_takes_all_back() {
    let (s, ids) = three().await;
    let bulk = UnitBulk {
        ids: ids.clone(),
        prices: vec![percent_off(PriceColumn::PriceList), percent_off(PriceColumn::PriceLive)],
        ..UnitBulk::default()
    };
    let before: Vec<_> = rows(&s, &ids).await.iter().map(|u| (u.price_list, u.price_live)).collect();
    let p = units::bulk_preview(&s.store, &bulk).await.unwrap();
    assert_eq!((p.count, p.skipped, p.below_floor), (4, 2, Some(2)));
    assert_eq!(units::bulk(&s.store, &s.me, &bulk).await.unwrap().count, 3);
    let after: Vec<_> = rows(&s, &ids).await.iter().map(|u| (u.price_list, u.price_live)).collect();
    let fen = |v: i64| Some(Fen(v));
    assert_eq!(after, [(fen(408_900), fen(398_900)), (fen(284_900), None), (None, fen(94_900))]);
    for c in &p.changes {
        let at = ids.iter().position(|id| *id == c.id).unwrap();
        let new = if c.field == PriceColumn::PriceList { after[at].0 } else { after[at].1 };
        assert_eq!(c.new, new);
    }
    s.store.undo(&s.me).await.unwrap();
    let again: Vec<_> = rows(&s, &ids).await.iter().map(|u| (u.price_list, u.price_live)).collect();
    assert_eq!(again, before);
}

#[tokio::test]
async fn badges_are_added_once_and_taken_off_and_fields_set_alike() {
    let (s, ids) = three().await;
    let bulk = UnitBulk {
        ids: ids.clone(),
        patch: UnitPatch { shelf: Some("B2-01".into()), battery: Some(Some(88)), ..UnitPatch::default() },
        badges_add: vec!["官换".into(), "港版".into()],
        badges_remove: vec!["换电池".into()],
        ..UnitBulk::default()
    };
    units::bulk(&s.store, &s.me, &bulk).await.unwrap();
    let now = rows(&s, &ids).await;
    assert_eq!(now[0].badges, ["港版", "官换"]);
    assert_eq!(now[1].badges, ["配盒", "官换", "港版"]);
    assert_eq!(now[2].badges, ["官换", "港版"]);
    assert!(now.iter().all(|u| u.shelf == "B2-01" && u.battery == Some(88)));
    s.store.undo(&s.me).await.unwrap();
    let back = rows(&s, &ids).await;
    assert_eq!((back[1].badges.len(), back[0].shelf.as_str(), back[2].battery), (2, "", None));
}

#[tokio::test]
async fn what_cannot_be_shared_or_is_asked_twice_is_refused_and_writes_nothing() {
    let (s, ids) = three().await;
    let code = |r: Result<_, stall_core::AppError>| r.err().map(|e| e.code);
    let of = |f: fn(&mut UnitBulk)| {
        let mut b = UnitBulk { ids: ids.clone(), ..UnitBulk::default() };
        f(&mut b);
        b
    };
    for (bulk, want) in [
        (of(|b| b.patch.imei = Some("352099081234565".into())), ErrorCode::BadInput),
        (of(|b| b.prices = vec![percent_off(PriceColumn::Cost), percent_off(PriceColumn::Cost)]), ErrorCode::BadInput),
        (of(|b| b.ids.clear()), ErrorCode::BadInput),
        (
            of(|b| {
                let (field, how) = (PriceColumn::PriceList, PriceMove::Set);
                b.prices = vec![PriceChange { field, how, amount: i32::MAX, round: Rounding::Exact }];
            }),
            ErrorCode::PriceInvalid,
        ),
        (of(|b| b.ids.push(Id::of_order("", "", ""))), ErrorCode::NotFound),
        (of(|b| b.badges_add = (0..13).map(|i| format!("b{i}")).collect()), ErrorCode::FieldTooLong),
    ] {
        assert_eq!(code(units::bulk(&s.store, &s.me, &bulk).await), Some(want), "{bulk:?}");
    }
    assert_eq!(rows(&s, &ids).await[0].price_list, Some(Fen(429_900)));
}
