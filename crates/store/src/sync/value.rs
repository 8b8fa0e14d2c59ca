//! Values between SQLite, JSON and the records of sync.

use serde_json::{Map, Value as Json};
use sqlx::{Row, TypeInfo, ValueRef, sqlite::SqliteRow};
use stall_core::{
    AppError, AppResult, ErrorCode,
    sync::{Change, Value},
};

/// A value as JSON. `None` for bytes: no column of ours holds any.
pub(super) fn json(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Int(i) => Json::from(*i),
        Value::Real(r) => Json::from(*r),
        Value::Text(t) => Json::from(t.as_str()),
        Value::Blob(_) => return None,
    })
}

/// A JSON value as a cell. Whole numbers are integers; arrays and objects are no cells of ours and stay text.
pub(super) fn cell(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Int(i64::from(b)),
        Json::Number(n) => n.as_i64().map_or_else(|| Value::Real(n.as_f64().unwrap_or_default()), Value::Int),
        Json::String(s) => Value::Text(s),
        other => Value::Text(other.to_string()),
    }
}

/// A column of a result row, with its own type.
pub(super) fn column(row: &SqliteRow, at: usize) -> AppResult<Value> {
    let raw = row.try_get_raw(at)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    Ok(match raw.type_info().name() {
        "INTEGER" => Value::Int(row.try_get(at)?),
        "REAL" => Value::Real(row.try_get(at)?),
        "BLOB" => Value::Blob(row.try_get(at)?),
        _ => Value::Text(row.try_get(at)?),
    })
}

/// The cells of a row in the change log.
pub(super) fn cells(text: &str) -> AppResult<Vec<(String, Value)>> {
    let map: Map<String, Json> =
        serde_json::from_str(text).map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))?;
    Ok(map.into_iter().map(|(c, v)| (c, cell(v))).collect())
}

/// A change as it is parked.
pub(super) fn parked(change: &Change) -> Json {
    match change {
        Change::Insert(cells) => {
            let cells: Map<String, Json> = cells.iter().filter_map(|(c, v)| json(v).map(|v| (c.clone(), v))).collect();
            serde_json::json!({ "insert": cells })
        }
        Change::Set(c, v) => serde_json::json!({ "set": [c, json(v)] }),
        Change::Delete => Json::from("delete"),
        Change::Touch => Json::from("touch"),
    }
}

/// The way back.
pub(super) fn unparked(text: &str) -> Option<Change> {
    match serde_json::from_str(text).ok()? {
        Json::String(s) if s == "delete" => Some(Change::Delete),
        Json::String(_) => Some(Change::Touch),
        Json::Object(mut o) => match (o.remove("insert"), o.remove("set")) {
            (Some(Json::Object(cells)), _) => {
                Some(Change::Insert(cells.into_iter().map(|(c, v)| (c, cell(v))).collect()))
            }
            (_, Some(Json::Array(set))) => {
                let [Json::String(column), value] = <[Json; 2]>::try_from(set).ok()? else { return None };
                Some(Change::Set(column, cell(value)))
            }
            _ => None,
        },
        _ => None,
    }
}
