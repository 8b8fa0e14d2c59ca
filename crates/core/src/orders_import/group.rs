//! Rows to orders: one row is a line, rows of one order number are one order.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::api::{Aftersale, AppNote, OrderStatus};
use crate::datetime::LocalTime;
use crate::order_draft::{LineDraft, OrderDraft};
use crate::order_judge::progress;
use crate::platforms::GENERIC;
use crate::spreadsheet::Table;
use crate::{AppError, ErrorCode, Fen, Id, Ms, carrier, mask, stage, time};

use super::cells::{Row, quantity};
use super::{Layout, OrderFile, Refused, line_kind, words};

/// What each row says of the whole order; settled when all rows are read.
struct Said {
    status: OrderStatus,
    aftersale: Aftersale,
    paid: Option<Fen>,
    sub_order: String,
    lines: std::ops::Range<usize>,
}

struct Open {
    draft: OrderDraft,
    said: Vec<Said>,
    /// First row of this order that was refused.
    broken: Option<u32>,
}

pub(super) struct Groups<'a> {
    layout: &'a Layout,
    shop: &'a str,
    open: Vec<Open>,
    by_no: HashMap<String, usize>,
    refused: Vec<Refused>,
    rows: u32,
    /// Order numbers of refused rows whose order has no other row yet.
    broken: HashMap<String, u32>,
}

impl<'a> Groups<'a> {
    pub fn new(layout: &'a Layout, shop: &'a str) -> Self {
        let (open, by_no, refused, broken) = Default::default();
        Self { layout, shop, open, by_no, refused, rows: 0, broken }
    }

    pub fn add(&mut self, table: &Table, row: usize) {
        self.rows += 1;
        let row = Row { table, row, layout: self.layout };
        if let Err(error) = self.take(&row) {
            let key = row.text("order_no");
            if error.code != ErrorCode::RowRepeated && !key.is_empty() {
                match self.by_no.get(&key) {
                    Some(i) => _ = self.open[*i].broken.get_or_insert(row.number()),
                    None => _ = self.broken.entry(key.clone()).or_insert(row.number()),
                }
            }
            self.refused.push(Refused { row: row.number(), key, title: row.text("item_title"), error });
        }
    }

    fn take(&mut self, row: &Row<'_>) -> Result<(), AppError> {
        let mut order_no = row.ident("order_no")?;
        order_no.retain(|c| !c.is_whitespace());
        if order_no.is_empty() {
            return Err(row.error(ErrorCode::OrderNoMissing, "order_no", ""));
        }
        let fresh = !self.by_no.contains_key(&order_no);
        let (draft, mut said, lines) = self.read(row, &order_no)?;
        if fresh {
            let broken = self.broken.get(&order_no).copied();
            self.by_no.insert(order_no, self.open.len());
            said.lines = 0..lines.len();
            self.open.push(Open { draft: OrderDraft { lines, ..draft }, said: vec![said], broken });
            return Ok(());
        }
        let Some(open) = self.by_no.get(&order_no).and_then(|i| self.open.get_mut(*i)) else { return Ok(()) };
        let generic = self.layout.platform == GENERIC;
        if let Some(i) = open.repeated(&lines, &said.sub_order, generic) {
            // Two exports pasted together: the later state of the same line counts.
            let other = open.draft.lines.get(open.said[i].lines.start).map_or(0, |l| l.row);
            let old = &mut open.said[i];
            if progress(said.status) > progress(old.status) {
                (old.status, old.aftersale) = (said.status, said.aftersale);
            }
            return Err(row.error(ErrorCode::RowRepeated, "order_no", &open.draft.order_no).arg("other", other));
        }
        let from = open.draft.lines.len();
        for mut line in lines {
            let place = u32::try_from(open.draft.lines.len()).unwrap_or(u32::MAX);
            if !line.numbered {
                line.id = open.draft.line_id(place);
            }
            line.line = place;
            open.draft.lines.push(line);
        }
        said.lines = from..open.draft.lines.len();
        open.said.push(said);
        open.fill(draft);
        Ok(())
    }

    fn read(&self, row: &Row<'_>, order_no: &str) -> Result<(OrderDraft, Said, Vec<LineDraft>), AppError> {
        let mut o = OrderDraft::blank(&self.layout.platform, self.shop, order_no);
        let at = |t: Option<LocalTime>| t.map(|t| t.at);
        o.from.row = row.number();
        o.from.has = Arc::clone(&self.layout.has);
        o.created_at = at(row.time("created_at")?);
        o.paid_at = at(row.time("paid_at")?);
        o.shipped_at = at(row.time("shipped_at")?);
        // A promise of a day runs to its end.
        o.ship_deadline =
            row.time("ship_deadline")?.map(|t| if t.has_time { t.at } else { t.at.plus(time::DAY - 1000) });
        o.freight = row.amount("freight")?;
        let paid = row.amount("paid_amount")?;
        self.parcel(row, &mut o)?;
        self.receiver(row, &mut o);
        o.buyer_note = row.text("buyer_note");
        o.seller_note = row.text("seller_note");
        self.state(row, &mut o)?;
        if rounded(order_no) {
            note(&mut o, "order_no_rounded", &[("order_no", order_no)]);
        }
        let sub_order = row.ident("sub_order_no")?;
        let lines = self.lines(row, &o, &sub_order)?;
        if lines.iter().any(|l| l.quantity > 1 && l.kind == crate::api::LineKind::Unit) {
            note(&mut o, "quantity_many", &[]);
        }
        let said = Said { status: o.status, aftersale: o.aftersale, paid, sub_order, lines: 0..0 };
        Ok((o, said, lines))
    }

    fn state(&self, row: &Row<'_>, o: &mut OrderDraft) -> Result<(), AppError> {
        let text = row.text("status");
        let mut told = None;
        if text.is_empty() && (self.layout.platform == GENERIC || !self.layout.has.contains("status")) {
            let shipped = !o.tracking_no.is_empty() || o.shipped_at.is_some();
            o.status = if shipped { OrderStatus::Shipped } else { OrderStatus::ToShip };
            note(o, "status_assumed", &[("status", if shipped { "shipped" } else { "to_ship" })]);
        } else {
            let found = words::status(&self.layout.platform, &text);
            (o.status, told) = found.ok_or_else(|| row.error(ErrorCode::StatusUnknown, "status", &text))?;
        }
        let word = row.text("aftersale_status");
        let (aftersale, sure) = words::aftersale(&self.layout.platform, &word, o.status);
        o.aftersale = told.filter(|_| aftersale == Aftersale::None).unwrap_or(aftersale);
        if !sure {
            note(o, "aftersale_unknown", &[("value", &word)]);
        }
        let has = |f: &str| self.layout.has.contains(f);
        let unpaid_closed = o.status == OrderStatus::Closed && o.aftersale == Aftersale::None && o.paid_at.is_none();
        o.from.never_paid = unpaid_closed && (has("paid_at") || has("aftersale_status"));
        o.from.status_text = text;
        Ok(())
    }

    fn parcel(&self, row: &Row<'_>, o: &mut OrderDraft) -> Result<(), AppError> {
        let code = |name: &str| carrier::by_name(name).map_or_else(|| name.to_owned(), |c| c.code);
        let number = row.ident("tracking_no")?;
        o.tracking_no = number.split([';', '；', ',', '，']).next().map(carrier::clean_number).unwrap_or_default();
        o.carrier = code(&row.text("carrier"));
        if o.tracking_no.is_empty()
            && !self.layout.has.contains("tracking_no")
            && let Some((number, found)) = carrier::split_packed(&row.text("logistics"))
        {
            o.tracking_no = number;
            o.carrier = found.map_or_else(|| std::mem::take(&mut o.carrier), |c| c.code);
        }
        Ok(())
    }

    fn receiver(&self, row: &Row<'_>, o: &mut OrderDraft) {
        o.receiver_name = row.text("receiver_name");
        o.receiver_phone = row.text("receiver_phone");
        if o.receiver_phone.is_empty() {
            o.receiver_phone = row.text("receiver_tel");
        }
        (o.province, o.city) = (row.text("province"), row.text("city"));
        (o.district, o.town) = (row.text("district"), row.text("town"));
        o.address = row.text("address");
        // Taobao: one cell `省 市 区 详细(邮编)`.
        if !self.layout.has.contains("province") && !mask::is_cipher(&o.address) {
            let parts: Vec<&str> = o.address.split_whitespace().collect();
            if let [province, city, district, rest @ ..] = parts.as_slice()
                && !rest.is_empty()
                && ["省", "市", "区", "州"].iter().any(|s| province.ends_with(s) || city.ends_with(s))
            {
                let rest = rest.join(" ");
                (o.province, o.city, o.district) = ((*province).into(), (*city).into(), (*district).into());
                o.address = rest;
            }
        }
    }

    /// One line; or several where a cell packs sub-orders with `;` (Douyin, per order).
    fn lines(&self, row: &Row<'_>, o: &OrderDraft, sub_order: &str) -> Result<Vec<LineDraft>, AppError> {
        let subs: Vec<&str> = sub_order.split([';', '；']).map(str::trim).filter(|s| !s.is_empty()).collect();
        let many = subs.len() > 1;
        let n = subs.len().max(1);
        let part = |field: &str, i: usize| -> String {
            let whole = row.text(field);
            let parts: Vec<&str> = whole.split([';', '；']).map(str::trim).collect();
            if many && parts.len() == n { parts[i].to_owned() } else { whole }
        };
        let price = if many { None } else { row.amount("unit_price")? };
        let whole_code = row.ident("sku_code")?;
        let (device_no, imei) = (row.ident("device_no")?, row.ident("imei")?);
        (0..n)
            .map(|i| {
                let place = u32::try_from(i).unwrap_or(u32::MAX);
                let mut line = LineDraft::blank(o.line_id(place), place);
                if let Some(sub) = subs.get(i) {
                    line.id = Id::of_line(&o.platform, &o.shop, &o.order_no, sub);
                    line.numbered = true;
                }
                line.row = row.number();
                line.title = part("item_title", i);
                line.sku_text = part("sku_text", i);
                line.sku_code = if many { part("sku_code", i) } else { whole_code.clone() };
                line.quantity =
                    if many { quantity(&part("quantity", i)).unwrap_or(1) } else { row.quantity("quantity")? };
                line.unit_price =
                    if many { crate::money_text::parse(&part("unit_price", i)).ok().flatten() } else { price };
                line.device_no.clone_from(&device_no);
                line.imei.clone_from(&imei);
                line.kind = line_kind(&line.title, &line.sku_text, &[&line.sku_code, &line.device_no, &line.imei]);
                Ok(line)
            })
            .collect()
    }

    pub fn finish(mut self) -> OrderFile {
        let mut file = OrderFile { rows: self.rows, ..OrderFile::default() };
        for open in self.open {
            // Half an order would look whole: it waits until the file is mended.
            if let Some(other) = open.broken {
                let rows: BTreeSet<u32> = open.draft.lines.iter().map(|l| l.row).collect();
                self.refused.extend(rows.into_iter().map(|row| Refused {
                    row,
                    key: open.draft.order_no.clone(),
                    title: open.draft.lines.iter().find(|l| l.row == row).map(|l| l.title.clone()).unwrap_or_default(),
                    error: AppError::new(ErrorCode::OrderRowRefused).arg("row", row).arg("other", other),
                }));
                continue;
            }
            let order = open.settle();
            if let Some(at) = order.created_at.or(order.paid_at) {
                file.first = Some(file.first.map_or(at, |f: Ms| f.min(at)));
                file.last = Some(file.last.map_or(at, |l: Ms| l.max(at)));
            }
            file.orders.push(order);
        }
        self.refused.sort_by_key(|r| r.row);
        file.refused = self.refused;
        file
    }
}

impl Open {
    /// The row already read that says the same.
    fn repeated(&self, lines: &[LineDraft], sub_order: &str, generic: bool) -> Option<usize> {
        if !sub_order.is_empty() {
            return self.said.iter().position(|s| s.sub_order == sub_order);
        }
        let new = lines.first()?;
        self.said.iter().position(|s| {
            let Some(old) = self.draft.lines.get(s.lines.start) else { return false };
            let coded = !new.device_no.is_empty() || !new.imei.is_empty();
            let same = |a: &LineDraft, b: &LineDraft| {
                (&a.title, &a.sku_text, &a.sku_code, &a.device_no, &a.imei, a.quantity, a.unit_price)
                    == (&b.title, &b.sku_text, &b.sku_code, &b.device_no, &b.imei, b.quantity, b.unit_price)
            };
            // Two equal rows of a hand-made sheet may be two cables; with a device's number they are one device twice.
            same(old, new) && (!generic || coded)
        })
    }

    /// What a later row of the order knows and the first did not.
    fn fill(&mut self, other: OrderDraft) {
        let o = &mut self.draft;
        o.created_at = o.created_at.or(other.created_at);
        o.paid_at = o.paid_at.or(other.paid_at);
        o.ship_deadline = [o.ship_deadline, other.ship_deadline].into_iter().flatten().min();
        o.shipped_at = o.shipped_at.or(other.shipped_at);
        o.freight = o.freight.or(other.freight);
        for (a, b) in [
            (&mut o.receiver_name, other.receiver_name),
            (&mut o.receiver_phone, other.receiver_phone),
            (&mut o.province, other.province),
            (&mut o.city, other.city),
            (&mut o.district, other.district),
            (&mut o.town, other.town),
            (&mut o.address, other.address),
            (&mut o.buyer_note, other.buyer_note),
            (&mut o.seller_note, other.seller_note),
            (&mut o.carrier, other.carrier),
            (&mut o.tracking_no, other.tracking_no),
        ] {
            if a.is_empty() {
                *a = b;
            }
        }
        o.from.never_paid &= other.from.never_paid;
        for n in other.from.notes {
            if !o.from.notes.contains(&n) {
                o.from.notes.push(n);
            }
        }
    }

    fn settle(self) -> OrderDraft {
        let mut o = self.draft;
        let live: Vec<&Said> = self.said.iter().filter(|s| s.status != OrderStatus::Closed).collect();
        let least = live.iter().map(|s| s.status).min_by_key(|s| progress(*s));
        let most = live.iter().map(|s| s.status).max_by_key(|s| progress(*s));
        o.status = match (least, most) {
            (Some(a), Some(b)) if progress(a) <= 1 && progress(b) >= 2 => OrderStatus::PartShipped,
            (Some(a), _) => a,
            _ => OrderStatus::Closed,
        };
        let states: Vec<Aftersale> = self.said.iter().map(|s| s.aftersale).collect();
        o.aftersale = match states.iter().find(|a| stage::holds(**a)) {
            Some(a) => *a,
            None if states.iter().all(|a| *a == states[0]) => states[0],
            None => states.iter().copied().find(|a| *a == Aftersale::None).unwrap_or(states[0]),
        };
        let paid: Vec<Fen> = self.said.iter().filter_map(|s| s.paid).collect();
        // Rows of one order repeat its total, or each has its own part; sub-orders always have their own.
        let parts = self.said.iter().any(|s| !s.sub_order.is_empty()) || paid.windows(2).any(|w| w[0] != w[1]);
        o.paid = if paid.is_empty() {
            None
        } else if parts {
            Some(paid.iter().copied().sum())
        } else {
            Some(paid[0])
        };
        if self.said.len() > 1 && paid.len() > 1 {
            note(&mut o, if parts { "paid_summed" } else { "paid_repeated" }, &[]);
        }
        o
    }
}

fn note(o: &mut OrderDraft, key: &str, args: &[(&str, &str)]) {
    let args: BTreeMap<String, String> = args.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    o.from.notes.push(AppNote { key: key.to_owned(), args });
}

/// A long number whose digits behind the 15th are all zero has probably been through a number cell.
fn rounded(order_no: &str) -> bool {
    order_no.len() >= 18 && order_no.bytes().all(|b| b.is_ascii_digit()) && order_no.bytes().skip(15).all(|b| b == b'0')
}
