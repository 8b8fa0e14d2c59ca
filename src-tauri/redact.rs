//! What a role may not see or set, in one place: costs, margins and floor prices.
//!
//! Works on the JSON that leaves or enters, so a new answer type cannot forget it.

use serde_json::{Map, Value};
use stall_core::{AppError, AppResult, ErrorCode, Role};

/// Fields hidden from a role.
fn hidden(role: Role) -> &'static [&'static str] {
    match (role.sees_cost(), role.sees_floor()) {
        (true, _) => &[],
        (false, true) => &["cost", "cost_total", "margin"],
        (false, false) => &["cost", "cost_total", "margin", "price_floor"],
    }
}

/// Whether a role may set a field of a unit.
#[must_use]
pub fn may_set(role: Role, field: &str) -> bool {
    !hidden(role).contains(&field)
}

/// Sets hidden fields of an answer to `null`; old and new values of hidden fields in import rows become empty.
pub fn answer(role: Role, value: &mut Value) {
    let fields = hidden(role);
    if !fields.is_empty() {
        blank(fields, value);
    }
}

fn blank(fields: &[&str], value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|v| blank(fields, v)),
        Value::Object(map) => {
            if is_hidden_change(fields, map) {
                for key in ["old", "new"] {
                    map.insert(key.to_owned(), Value::String(String::new()));
                }
            }
            if is_hidden_value(fields, map) {
                map.insert("value".to_owned(), Value::Null);
            }
            for (key, v) in map.iter_mut() {
                if fields.contains(&key.as_str()) && (v.is_number() || v.is_string()) {
                    *v = Value::Null;
                } else {
                    blank(fields, v);
                }
            }
        }
        _ => {}
    }
}

/// A `FieldChange` of a hidden field.
fn is_hidden_change(fields: &[&str], map: &Map<String, Value>) -> bool {
    map.get("field").and_then(Value::as_str).is_some_and(|f| fields.contains(&f)) && map.contains_key("old")
}

/// A value said of a hidden field: one side of a question.
fn is_hidden_value(fields: &[&str], map: &Map<String, Value>) -> bool {
    map.get("field").and_then(Value::as_str).is_some_and(|f| fields.contains(&f)) && map.contains_key("value")
}

/// Keeps a role from setting what it cannot see. A `null` (a form sending back what it was shown) is dropped; a value
/// is refused.
///
/// # Errors
/// `NotAllowed` with `field`.
pub fn input(role: Role, command: &str, value: &mut Value) -> AppResult<()> {
    asked(role, command, value)?;
    let patch = match command {
        "units.add" => Some(value),
        "units.edit" | "tray.new_unit" | "units.bulk" | "units.bulk_preview" => value.get_mut("patch"),
        "lots.save" => value.get_mut("defaults"),
        "lots.finish" => {
            // Shares said by hand are costs too.
            if hidden(role).contains(&"cost") && value.pointer("/costs/0").is_some() {
                return Err(AppError::new(ErrorCode::NotAllowed).arg("field", "costs"));
            }
            Some(value)
        }
        _ => None,
    };
    let Some(Value::Object(patch)) = patch else { return Ok(()) };
    for field in hidden(role) {
        if patch.remove(*field).is_some_and(|v| !v.is_null()) {
            return Err(AppError::new(ErrorCode::NotAllowed).arg("field", field));
        }
    }
    Ok(())
}

/// Keeps a role from learning what it cannot see by asking for it: an order, a filter, a move of a price.
fn asked(role: Role, command: &str, value: &Value) -> AppResult<()> {
    let words = |key: &str| value.get(key).map_or_else(String::new, Value::to_string);
    let prices = value.get("prices").and_then(Value::as_array).into_iter().flatten();
    let of = |field: &str| match command {
        "units.list" | "units.narrow" | "units.matching" => {
            words("sort").contains(&format!("\"{field}_")) || words("missing").contains(&format!("\"{field}\""))
        }
        "units.bulk" | "units.bulk_preview" => {
            prices.clone().any(|p| p.get("field").and_then(Value::as_str) == Some(field))
        }
        _ => false,
    };
    match hidden(role).iter().find(|f| of(f)) {
        Some(field) => Err(AppError::new(ErrorCode::NotAllowed).arg("field", field)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn costs_and_floors_are_blank_at_every_depth_for_roles_that_may_not_see_them() {
        let full = json!({"rows": [{"cost": 100, "price_floor": 5, "price_list": 7}], "week": [{"margin": 9}]});
        let mut host = full.clone();
        answer(Role::Host, &mut host);
        assert_eq!(
            host,
            json!({"rows": [{"cost": null, "price_floor": null, "price_list": 7}], "week": [{"margin": null}]})
        );
        let mut control = full.clone();
        answer(Role::Control, &mut control);
        assert_eq!(control["rows"][0]["price_floor"], 5);
        assert_eq!(control["rows"][0]["cost"], Value::Null);
        let mut owner = full.clone();
        answer(Role::Owner, &mut owner);
        assert_eq!(owner, full);
    }

    #[test]
    fn an_import_row_hides_the_old_cost_it_would_change() {
        let mut row =
            json!({"changes": [{"field": "cost", "old": "1", "new": "2"}, {"field": "shelf", "old": "a", "new": "b"}]});
        answer(Role::Technician, &mut row);
        assert_eq!(row["changes"][0], json!({"field": "cost", "old": "", "new": ""}));
        assert_eq!(row["changes"][1]["old"], "a");
    }

    #[test]
    fn a_side_of_a_question_shows_no_hidden_value() {
        let side = |field: &str| json!({"field": field, "seq": 4, "value": "300000", "stands": true});
        let mut card = json!({"sides": [side("cost"), side("price_list")]});
        answer(Role::Packer, &mut card);
        assert_eq!((&card["sides"][0]["value"], &card["sides"][1]["value"]), (&Value::Null, &json!("300000")));
    }

    #[test]
    fn a_timeline_says_that_a_cost_was_changed_and_not_from_what_to_what() {
        let event = |field: &str| json!({"at": 1, "by": "a", "what": "edit_units", "args": {"field": field, "old": "1", "new": "2"}});
        let mut unit = json!({"timeline": [event("cost"), event("price_floor"), event("price_list")]});
        answer(Role::Packer, &mut unit);
        for at in [0, 1] {
            assert_eq!(
                (&unit["timeline"][at]["args"]["old"], &unit["timeline"][at]["args"]["new"]),
                (&json!(""), &json!(""))
            );
        }
        assert_eq!(unit["timeline"][2]["args"]["new"], "2");
    }

    #[test]
    fn a_lot_s_cost_is_the_owner_s_alone() {
        let mut lot = json!({"lot": {"cost_total": 100, "defaults": {"cost": 5}}});
        answer(Role::Photographer, &mut lot);
        assert_eq!(lot, json!({"lot": {"cost_total": null, "defaults": {"cost": null}}}));
        let ask = |input: Value| {
            let mut input = input;
            super::input(Role::Photographer, "lots.finish", &mut input).map_err(|e| e.code)
        };
        assert_eq!(ask(json!({"id": "x", "cost_total": 1, "costs": []})), Err(ErrorCode::NotAllowed));
        assert_eq!(
            ask(json!({"id": "x", "cost_total": null, "costs": [{"id": "y", "cost": 1}]})),
            Err(ErrorCode::NotAllowed)
        );
        assert_eq!(ask(json!({"id": "x", "cost_total": null, "costs": []})), Ok(()));
    }

    #[test]
    fn a_role_cannot_set_a_price_it_cannot_see_and_a_blank_from_its_form_is_dropped() {
        let mut edit = json!({"ids": [], "patch": {"cost": null, "shelf": "B"}});
        assert!(input(Role::Photographer, "units.edit", &mut edit).is_ok());
        assert_eq!(edit["patch"], json!({"shelf": "B"}));
        let refused = input(Role::Photographer, "units.add", &mut json!({"price_floor": 1}));
        assert_eq!(refused.map_err(|e| e.code), Err(ErrorCode::NotAllowed));
    }

    #[test]
    fn a_role_cannot_sort_filter_or_move_what_it_cannot_see() {
        for (command, mut value) in [
            ("units.list", json!({"sort": "cost_up"})),
            ("units.narrow", json!({"missing": ["photo", "cost"]})),
            ("units.matching", json!({"sort": "cost_down"})),
            ("units.bulk", json!({"prices": [{"field": "price_floor", "how": "add", "amount": 1}]})),
            ("units.bulk_preview", json!({"prices": [{"field": "cost", "how": "add", "amount": 1}]})),
            ("units.bulk", json!({"patch": {"cost": 1}})),
        ] {
            let refused = input(Role::Photographer, command, &mut value);
            assert_eq!(refused.map_err(|e| e.code), Err(ErrorCode::NotAllowed), "{command}");
            assert!(input(Role::Owner, command, &mut value).is_ok(), "{command}");
        }
        assert!(
            input(Role::Photographer, "units.list", &mut json!({"sort": "price_up", "missing": ["photo"]})).is_ok()
        );
    }
}
