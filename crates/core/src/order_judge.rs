//! What an incoming order would do to the stored one. Nothing moves backwards or is lost silently.

use std::collections::BTreeMap;

use crate::api::{AppNote, FieldChange, OrderStatus, Verdict};
use crate::order_draft::{LineDraft, OrderDraft};
use crate::{AppError, ErrorCode, Fen, Ms, datetime, mask, money_text};

/// The verdict on one order, and the order as it should be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub verdict: Verdict,
    /// Buyer's fields are masked.
    pub changes: Vec<FieldChange>,
    pub notes: Vec<AppNote>,
    /// Why it is refused, with `verdict` refused.
    pub error: Option<AppError>,
    /// What to write: the stored order with what the file knows better. Lines carry their stored ids;
    /// stored lines the file lacks stay behind the others.
    pub merged: OrderDraft,
}

/// How far an order has come; a file may only move it forward. Closed is the end of every way.
#[must_use]
pub fn progress(status: OrderStatus) -> u8 {
    use OrderStatus as S;
    match status {
        S::Unpaid => 0,
        S::ToShip => 1,
        S::PartShipped => 2,
        S::Shipped => 3,
        S::Received => 4,
        S::Completed => 5,
        S::Closed => 6,
    }
}

/// Judges an order of a file against the stored one (`None` when it is new).
#[must_use]
pub fn judge(existing: Option<&OrderDraft>, incoming: &OrderDraft) -> Judged {
    let notes = incoming.from.notes.clone();
    let Some(old) = existing else {
        if incoming.from.never_paid {
            let error = AppError::new(ErrorCode::NeverPaid)
                .arg("row", incoming.from.row)
                .arg("value", &incoming.from.status_text);
            let merged = incoming.clone();
            return Judged { verdict: Verdict::Refused, changes: Vec::new(), notes, error: Some(error), merged };
        }
        let merged = incoming.clone();
        return Judged { verdict: Verdict::New, changes: Vec::new(), notes, error: None, merged };
    };
    let mut w = Weigh { old, new: incoming, merged: old.clone(), changes: Vec::new(), notes };
    w.merged.from = incoming.from.clone();
    w.status();
    w.values();
    w.receiver();
    w.lines();
    let verdict = if w.changes.is_empty() { Verdict::Same } else { Verdict::Changed };
    Judged { verdict, changes: w.changes, notes: w.notes, error: None, merged: w.merged }
}

struct Weigh<'a> {
    old: &'a OrderDraft,
    new: &'a OrderDraft,
    merged: OrderDraft,
    changes: Vec<FieldChange>,
    notes: Vec<AppNote>,
}

/// The name a status has in JSON and in the dictionaries (`order_status.<s>`).
fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

impl Weigh<'_> {
    fn has(&self, field: &str) -> bool {
        self.new.from.has.contains(field)
    }

    fn changed(&mut self, field: &str, old: String, new: String) {
        self.changes.push(FieldChange { field: field.to_owned(), old, new });
    }

    fn status(&mut self) {
        let (old, new) = (self.old.status, self.new.status);
        if self.has("status") && old != new {
            if progress(new) < progress(old) {
                let args = BTreeMap::from([("from".to_owned(), word(&old)), ("to".to_owned(), word(&new))]);
                self.notes.push(AppNote { key: "status_backwards".to_owned(), args });
            } else {
                self.merged.status = new;
                self.changed("status", word(&old), word(&new));
            }
        }
        if self.has("aftersale_status") && self.old.aftersale != self.new.aftersale {
            self.merged.aftersale = self.new.aftersale;
            self.changed("aftersale", word(&self.old.aftersale), word(&self.new.aftersale));
        }
    }

    /// A blank cell clears nothing but notes: platforms empty columns of finished orders.
    fn values(&mut self) {
        let (old, new) = (self.old, self.new);
        let time = |m: Option<Ms>| m.map(datetime::format).unwrap_or_default();
        let yuan = |f: Option<Fen>| f.map(money_text::plain).unwrap_or_default();
        macro_rules! value {
            ($($field:ident : $show:expr),*) => {$(
                if new.$field.is_some() && new.$field != old.$field {
                    self.merged.$field = new.$field;
                    self.changed(stringify!($field), $show(old.$field), $show(new.$field));
                }
            )*};
        }
        value!(created_at: time, paid_at: time, ship_deadline: time, paid: yuan, freight: yuan, shipped_at: time);
        for (field, column) in [("carrier", Column::Carrier), ("tracking_no", Column::TrackingNo)] {
            let (a, b) = (column.of(old).clone(), column.of(new).clone());
            if !b.is_empty() && a != b {
                column.of_mut(&mut self.merged).clone_from(&b);
                self.changed(field, a, b);
            }
        }
        for (field, column) in [("buyer_note", Column::BuyerNote), ("seller_note", Column::SellerNote)] {
            let (a, b) = (column.of(old).clone(), column.of(new).clone());
            if self.has(field) && a != b {
                column.of_mut(&mut self.merged).clone_from(&b);
                // A buyer writes names and numbers into notes: say that it changed, not what.
                let hide = |s: String| if field == "buyer_note" && !s.is_empty() { "***".to_owned() } else { s };
                self.changed(field, hide(a), hide(b));
            }
        }
    }

    /// What the platform hides or blanks never replaces what is known in full.
    fn receiver(&mut self) {
        for (field, column) in Column::RECEIVER {
            let (a, b) = (column.of(self.old).clone(), column.of(self.new).clone());
            if b.is_empty() || a == b || (mask::is_hidden(&b) && !a.is_empty() && !mask::is_hidden(&a)) {
                continue;
            }
            column.of_mut(&mut self.merged).clone_from(&b);
            self.changed(field, column.shown(&a), column.shown(&b));
        }
    }

    fn lines(&mut self) {
        let pairs = pair_lines(&self.old.lines, &self.new.lines);
        let mut lines: Vec<LineDraft> = Vec::new();
        let mut taken: Vec<crate::Id> = self.old.lines.iter().map(|l| l.id).collect();
        for (new, old) in self.new.lines.iter().zip(&pairs) {
            let place = u32::try_from(lines.len()).unwrap_or(u32::MAX);
            let mut line = LineDraft { line: place, ..new.clone() };
            if let Some(old) = old.and_then(|i| self.old.lines.get(i)) {
                line.id = old.id;
                // A person may have said by hand what kind of line it is; the file's guess does not undo that.
                line.kind = old.kind;
                self.line_changes(old, &mut line);
            } else {
                let mut n = place;
                while !line.numbered && taken.contains(&line.id) {
                    line.id = self.new.line_id(n);
                    n = n.saturating_add(1);
                }
                taken.push(line.id);
                self.changed("line", String::new(), line.title.clone());
            }
            lines.push(line);
        }
        for (i, old) in self.old.lines.iter().enumerate() {
            if !pairs.contains(&Some(i)) {
                let place = u32::try_from(lines.len()).unwrap_or(u32::MAX);
                lines.push(LineDraft { line: place, ..old.clone() });
            }
        }
        self.merged.lines = lines;
    }

    fn line_changes(&mut self, old: &LineDraft, line: &mut LineDraft) {
        for (field, a, b) in [
            ("item_title", &old.title, &mut line.title),
            ("sku_text", &old.sku_text, &mut line.sku_text),
            ("sku_code", &old.sku_code, &mut line.sku_code),
        ] {
            if b.is_empty() {
                b.clone_from(a);
            } else if a != b {
                self.changes.push(FieldChange { field: field.to_owned(), old: a.clone(), new: b.clone() });
            }
        }
        if self.has("quantity") {
            if old.quantity != line.quantity {
                self.changed("quantity", old.quantity.to_string(), line.quantity.to_string());
            }
        } else {
            line.quantity = old.quantity;
        }
        if line.unit_price.is_none() {
            line.unit_price = old.unit_price;
        } else if line.unit_price != old.unit_price {
            let yuan = |f: Option<Fen>| f.map(money_text::plain).unwrap_or_default();
            self.changed("unit_price", yuan(old.unit_price), yuan(line.unit_price));
        }
    }
}

/// Whether a stored and a new line are the same.
type Rule<'a> = &'a dyn Fn(&LineDraft, &LineDraft) -> bool;

/// For each new line the place of its stored line: sub-order numbers by id; else same content first (a file may be
/// sorted otherwise), then same place.
fn pair_lines(old: &[LineDraft], new: &[LineDraft]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = vec![None; new.len()];
    let same =
        |a: &LineDraft, b: &LineDraft| a.title == b.title && a.sku_text == b.sku_text && a.sku_code == b.sku_code;
    let rules: [Rule<'_>; 3] =
        [&|o, n| o.id == n.id && (n.numbered || same(o, n)), &|o, n| !n.numbered && same(o, n), &|o, n| {
            !n.numbered && o.id == n.id
        }];
    for rule in rules {
        for (i, n) in new.iter().enumerate() {
            if pairs[i].is_none() {
                pairs[i] = (0..old.len()).find(|o| !pairs.contains(&Some(*o)) && rule(&old[*o], n));
            }
        }
    }
    pairs
}

#[derive(Clone, Copy)]
enum Column {
    Name,
    Phone,
    Province,
    City,
    District,
    Town,
    Address,
    BuyerNote,
    SellerNote,
    Carrier,
    TrackingNo,
}

impl Column {
    const RECEIVER: [(&'static str, Self); 7] = [
        ("receiver_name", Self::Name),
        ("receiver_phone", Self::Phone),
        ("province", Self::Province),
        ("city", Self::City),
        ("district", Self::District),
        ("town", Self::Town),
        ("address", Self::Address),
    ];

    fn of(self, o: &OrderDraft) -> &String {
        match self {
            Self::Name => &o.receiver_name,
            Self::Phone => &o.receiver_phone,
            Self::Province => &o.province,
            Self::City => &o.city,
            Self::District => &o.district,
            Self::Town => &o.town,
            Self::Address => &o.address,
            Self::BuyerNote => &o.buyer_note,
            Self::SellerNote => &o.seller_note,
            Self::Carrier => &o.carrier,
            Self::TrackingNo => &o.tracking_no,
        }
    }

    fn of_mut(self, o: &mut OrderDraft) -> &mut String {
        match self {
            Self::Name => &mut o.receiver_name,
            Self::Phone => &mut o.receiver_phone,
            Self::Province => &mut o.province,
            Self::City => &mut o.city,
            Self::District => &mut o.district,
            Self::Town => &mut o.town,
            Self::Address => &mut o.address,
            Self::BuyerNote => &mut o.buyer_note,
            Self::SellerNote => &mut o.seller_note,
            Self::Carrier => &mut o.carrier,
            Self::TrackingNo => &mut o.tracking_no,
        }
    }

    /// The value as a preview may show it.
    fn shown(self, text: &str) -> String {
        match self {
            _ if text.is_empty() => String::new(),
            Self::Name => mask::name(text),
            Self::Phone => mask::phone(text),
            Self::Province | Self::City if !mask::is_hidden(text) => text.to_owned(),
            _ => "***".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
