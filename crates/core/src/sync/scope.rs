//! What of a row travels under which key, and what does not travel.

use serde::{Deserialize, Serialize};

use crate::Role;

/// A part of the stall's data with keys of its own.
///
/// `Floor` is apart from `Money` because the one at the controls sees the floor price and never the cost (`Role`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Catalogue, photographs, shows, orders without their buyers.
    Goods,
    /// Receivers' data.
    Buyers,
    /// What things cost.
    Money,
    /// The lowest price.
    Floor,
}

impl Scope {
    /// Every scope, by number.
    pub const ALL: [Self; 4] = [Self::Goods, Self::Buyers, Self::Money, Self::Floor];

    /// Its number on the wire.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The scope of a number; a newer program may have more of them.
    #[must_use]
    pub fn of_number(n: u8) -> Option<Self> {
        Self::ALL.get(usize::from(n)).copied()
    }

    /// Whether a role holds the scope's keys.
    #[must_use]
    pub fn of_role(self, role: Role) -> bool {
        match self {
            Self::Goods => true,
            Self::Buyers => role.sees_buyers(),
            Self::Money => role.sees_cost(),
            Self::Floor => role.sees_floor(),
        }
    }

    /// The scopes of a role, by number.
    #[must_use]
    pub fn all_of(role: Role) -> Vec<Self> {
        Self::ALL.into_iter().filter(|s| s.of_role(role)).collect()
    }
}

/// The scope of a column. Rows themselves, made and deleted, are of `Goods`.
#[must_use]
pub fn of_column(table: &str, column: &str) -> Scope {
    match (table, column) {
        (
            "orders",
            "receiver_name" | "receiver_phone" | "province" | "city" | "district" | "town" | "address" | "buyer_note",
        ) => Scope::Buyers,
        // `defaults` holds what each unit of the lot begins with, its cost too.
        ("units", "cost") | ("lots", "cost_total" | "defaults") => Scope::Money,
        ("units", "price_floor") => Scope::Floor,
        _ => Scope::Goods,
    }
}

/// Columns of which a losing value is kept and shown, because it means money or which device this is.
#[must_use]
pub fn guarded(table: &str, column: &str) -> bool {
    table == "units"
        && matches!(
            column,
            "price_list" | "price_live" | "price_floor" | "cost" | "grade" | "imei" | "imei2" | "meid" | "serial"
        )
}

/// Tables whose rows are told once: never changed, never deleted.
pub const APPEND_ONLY: [&str; 6] =
    ["facts", "label_prints", "passports", "stall_keys", "inspection_reports", "checklist_wordings"];

/// Whether a table's rows are told once.
#[must_use]
pub fn append_only(table: &str) -> bool {
    APPEND_ONLY.contains(&table)
}

/// Columns by which a living row keeps its parent: (table, column, parent table). Where the schema has a foreign key,
/// and where a child without its parent would be seen by nobody.
pub const PARENTS: &[(&str, &str, &str)] = &[
    ("photos", "unit_id", "units"),
    ("show_items", "show_id", "shows"),
    ("show_items", "unit_id", "units"),
    ("order_lines", "order_id", "orders"),
    ("unit_fields", "unit_id", "units"),
    ("inspections", "unit_id", "units"),
    ("inspection_answers", "inspection_id", "inspections"),
    ("inspection_photos", "inspection_id", "inspections"),
    ("third_party_reports", "unit_id", "units"),
    ("take_scans", "take_id", "stock_takes"),
];

/// Columns of a fact that keep the row they name while the fact is live: (column, table).
pub const FACT_KEEPS: &[(&str, &str)] = &[("unit_id", "units"), ("order_id", "orders"), ("line_id", "order_lines")];

/// Whether a row never leaves this laptop: settings of the computer, not of the stall.
#[must_use]
pub fn stays_here(table: &str, row_id: &str) -> bool {
    table == "settings" && ["watch.", "here."].iter().any(|p| row_id.starts_with(p))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_holds_no_key_to_costs_floors_or_buyers() {
        for role in [Role::Photographer, Role::Host, Role::Technician] {
            assert_eq!(Scope::all_of(role), [Scope::Goods]);
        }
        assert_eq!(Scope::all_of(Role::Packer), [Scope::Goods, Scope::Buyers]);
        assert_eq!(Scope::all_of(Role::Control), [Scope::Goods, Scope::Floor]);
        assert_eq!(Scope::all_of(Role::Owner), Scope::ALL);
    }

    #[test]
    fn a_number_names_the_scope_that_has_it() {
        for s in Scope::ALL {
            assert_eq!(Scope::of_number(s.number()), Some(s));
        }
        assert_eq!(Scope::of_number(9), None);
    }

    #[test]
    fn costs_and_buyers_are_apart_from_goods_and_the_watched_folder_stays_here() {
        assert_eq!(of_column("lots", "defaults"), Scope::Money);
        assert_eq!(of_column("orders", "address"), Scope::Buyers);
        assert_eq!(of_column("orders", "paid"), Scope::Goods);
        assert_eq!(of_column("units", "price_floor"), Scope::Floor);
        assert!(stays_here("settings", "watch.0199") && !stays_here("settings", "stall"));
    }
}
