//! What people do at the laptops, and what was acknowledged to them.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use crate::{line::Line, process::Laptop, same};

/// What the programs said was done: on every laptop in the end.
#[derive(Default)]
pub struct Said {
    units: BTreeSet<String>,
    /// Order number and what was paid for it, in fen.
    orders: BTreeMap<String, i64>,
    /// Facts by their ids, whole: who, when, what, which amount.
    facts: BTreeMap<String, same::Fact>,
    /// Units and orders by the laptop that made them, which alone can undo that.
    mine: BTreeSet<(usize, String)>,
    next_order: u64,
}

impl Said {
    /// How many words of people.
    pub fn words(&self) -> usize {
        self.units.len() + self.orders.len() + self.facts.len()
    }

    /// What was paid and what went back, in fen, of the orders and by the facts.
    pub fn money(&self) -> (i64, i64) {
        (self.orders.values().sum(), self.facts.values().filter_map(|f| f.refund).sum())
    }

    pub fn facts(&self) -> usize {
        self.facts.len()
    }

    pub fn refunds(&self) -> usize {
        self.facts.values().filter(|f| f.refund.is_some()).count()
    }

    /// Takes note of every fact that stands on this laptop: none may ever be gone, nor become another.
    async fn note_facts(&mut self, at: &Laptop) {
        for (id, fact) in same::facts(&at.database()).await {
            if let Some(before) = self.facts.insert(id.clone(), fact.clone()) {
                assert_eq!(before, fact, "{}: the fact {id} became another", at.name);
            }
        }
    }

    /// Looks that all of it is on this laptop.
    pub async fn kept(&self, at: &Laptop) {
        let (units, orders, facts) =
            (same::units(&at.database()).await, same::orders(&at.database()).await, same::facts(&at.database()).await);
        let lost: Vec<_> = self.units.iter().filter(|id| !units.contains(*id)).collect();
        assert!(lost.is_empty(), "{}: units are lost: {lost:?}", at.name);
        let lost: Vec<_> = self.orders.iter().filter(|&(no, paid)| orders.get(no) != Some(paid)).collect();
        assert!(lost.is_empty(), "{}: orders or their money are lost: {lost:?}", at.name);
        let lost: Vec<_> = self.facts.iter().filter(|&(id, fact)| facts.get(id) != Some(fact)).collect();
        assert!(lost.is_empty(), "{}: facts are lost: {lost:?}", at.name);
    }

    /// One thing a person does at laptop `n`.
    pub async fn act(&mut self, n: usize, at: &Laptop, rng: &mut Rng) {
        let Some(list) = at.call("units.list", json!({})).await else { return };
        let rows: Vec<&Value> = list["rows"].as_array().unwrap().iter().collect();
        let unit = rng.choice(rows).map(|r| r["id"].clone());
        let price = rng.i64(1000..9000) * 100;
        match (rng.u32(0..20), unit) {
            (0..=3, _) | (_, None) => self.take_in(n, at, rng).await,
            (4, _) => self.import(n, at, rng).await,
            (5..=8, Some(id)) => {
                at.call("units.edit", json!({ "ids": [id], "patch": { "price_list": price } })).await;
            }
            (9, Some(id)) => {
                let patch = json!({ "note": format!("n{price}"), "storage": "256GB" });
                at.call("units.edit", json!({ "ids": [id], "patch": patch })).await;
            }
            (10..=11, Some(id)) => {
                let erased = json!({ "unit_id": id, "method": "crypto", "note": format!("e{price}") });
                at.call("erasures.record", erased).await;
            }
            (12..=14, Some(id)) => self.sell(at, rng, &id).await,
            (15..=16, _) => {
                self.answer(at).await;
            }
            (17, _) => ship(at, rng).await,
            _ => self.undo(n, at).await,
        }
        self.note_facts(at).await;
    }

    pub async fn take_in(&mut self, n: usize, at: &Laptop, rng: &mut Rng) {
        let price = rng.i64(1000..9000) * 100;
        let patch = json!({ "model": format!("iPhone {}", rng.u32(11..17)), "price_list": price });
        if let Some(made) = at.call("units.add", patch).await {
            let id = made["row"]["id"].as_str().unwrap().to_owned();
            self.mine.insert((n, id.clone()));
            self.units.insert(id);
        }
    }

    /// The shop's file with a few orders that are paid for.
    pub async fn import(&mut self, n: usize, at: &Laptop, rng: &mut Rng) {
        let mut file = String::from(
            "订单号,订单创建时间,订单支付时间,订单状态,实付款,快递费,成交数量,订单备注,售后状态,商品名称,商品ID,商品规格,SKU编码,商品单价,\
             收货人姓名,收货人电话,收货地址-省,收货地址-市,收货地址-区,收货地址\n",
        );
        let mut orders = Vec::new();
        for _ in 0..rng.usize(1..4) {
            self.next_order += 1;
            let (no, yuan) = (format!("26112400000{:08}", self.next_order), rng.i64(1000..9000));
            file += &format!(
                "{no}\t,2026-11-24 10:00:00,2026-11-24 10:01:00,待发货,¥{yuan}.00,￥0,1,,,iPhone 13,1,,,¥{yuan}.00,\
                 张小凡,13800003318,广东省,东莞市,南城街道,鸿福路 88 号\n"
            );
            orders.push((no, yuan * 100));
        }
        let file = at.stage("快手小店_订单导出.csv", file).await;
        let Some(preview) = at.call("orders.import_preview", json!({ "file": file })).await else { return };
        let Some(done) = at.call("orders.import_apply", json!({ "id": preview["id"] })).await else { return };
        assert_eq!(done["new"], orders.len(), "{done}");
        for (no, paid) in orders {
            self.mine.insert((n, no.clone()));
            self.orders.insert(no, paid);
        }
    }

    /// Gives a unit to an order that has none.
    async fn sell(&mut self, at: &Laptop, rng: &mut Rng, unit: &Value) {
        let Some(list) = at.call("orders.list", json!({ "stage": ["to_match"] })).await else { return };
        let Some(order) = rng.choice(list["rows"].as_array().unwrap()) else { return };
        sell_to(at, unit, &order["id"]).await;
    }

    /// One unit is sold on both of two laptops that do not reach the hub.
    pub async fn sold_twice(&mut self, [(a, a_line), (b, b_line)]: [&(Laptop, Line); 2]) {
        let to_match = json!({ "stage": ["to_match"] });
        let theirs = b.call("orders.list", to_match.clone()).await.unwrap();
        let Some(list) = a.call("orders.list", to_match).await else { return };
        let both: Vec<&Value> = list["rows"].as_array().unwrap().iter().filter(|o| has(&theirs, o)).collect();
        let theirs = b.call("units.list", json!({})).await.unwrap();
        let units = a.call("units.list", json!({})).await.unwrap();
        let unit = units["rows"].as_array().unwrap().iter().find(|u| u["status"] == "in_stock" && has(&theirs, u));
        let (Some(unit), [one, other, ..]) = (unit, both.as_slice()) else { return };
        a_line.cut(true);
        b_line.cut(true);
        sell_to(a, &unit["id"], &one["id"]).await;
        sell_to(b, &unit["id"], &other["id"]).await;
        a_line.cut(false);
        b_line.cut(false);
        self.note_facts(a).await;
        self.note_facts(b).await;
    }

    /// Answers the first question there is: the other order's money goes back where that can be chosen. False where none is open.
    pub async fn answer(&mut self, at: &Laptop) -> bool {
        let Some(inbox) = at.call("inbox.list", json!({})).await else { return false };
        let Some(card) = inbox["cards"].get(0) else { return false };
        let choices = card["choices"].as_array().unwrap();
        let Some(choice) = choices.iter().find(|c| c["what"] == "cancel").or(choices.first()) else { return false };
        let done = at.call("inbox.resolve", json!({ "id": card["id"], "choice": choice })).await;
        self.note_facts(at).await;
        done.is_some()
    }

    async fn undo(&mut self, n: usize, at: &Laptop) {
        if at.call("undo.undo", json!({})).await.is_none() {
            return;
        }
        // What was taken back is no loss; the facts about it stay, and others that void them.
        let (units, orders) = (same::units(&at.database()).await, same::orders(&at.database()).await);
        let mine = &self.mine;
        self.units.retain(|id| units.contains(id) || !mine.contains(&(n, id.clone())));
        self.orders.retain(|no, _| orders.contains_key(no) || !mine.contains(&(n, no.clone())));
    }
}

fn has(list: &Value, row: &Value) -> bool {
    list["rows"].as_array().unwrap().iter().any(|r| r["id"] == row["id"])
}

async fn sell_to(at: &Laptop, unit: &Value, order: &Value) {
    let Some(order) = at.call("orders.get", json!({ "id": order })).await else { return };
    let line = &order["lines"][0]["id"];
    at.call("orders.assign", json!({ "line_id": line, "unit_id": unit })).await;
}

/// Packs a parcel and sends it off.
async fn ship(at: &Laptop, rng: &mut Rng) {
    let Some(list) = at.call("orders.list", json!({ "stage": ["to_pack"] })).await else { return };
    let Some(order) = rng.choice(list["rows"].as_array().unwrap()) else { return };
    let (id, unit) = (&order["id"], &order["units"][0]["stock_no"]);
    at.call("bench.scan", json!({ "order_id": id, "code": unit })).await;
    let waybill = format!("SF{:013}", rng.u64(0..10_000_000_000_000));
    at.call("bench.ship", json!({ "order_id": id, "carrier": "shunfeng", "tracking_no": waybill })).await;
}
