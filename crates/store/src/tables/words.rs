//! The names enums carry in the database: the same words as in JSON.

use serde::{
    Serialize,
    de::{DeserializeOwned, IntoDeserializer, value::Error},
};
use stall_core::{AppError, AppResult, ErrorCode, Id};

/// Reads an enum from its word.
///
/// # Errors
/// `StallDamaged` for a word this version does not know.
pub fn parse<T: DeserializeOwned>(word: &str) -> AppResult<T> {
    T::deserialize(IntoDeserializer::<Error>::into_deserializer(word))
        .map_err(|e| AppError::new(ErrorCode::StallDamaged).detail(e))
}

/// The word of an enum.
#[must_use]
pub fn name(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(s)) => s,
        _ => String::new(),
    }
}

/// A JSON array for `json_each(?)`: one bind for any number of ids.
#[must_use]
pub fn json_ids(ids: &[Id]) -> String {
    json(&ids)
}

/// JSON text of a value that cannot fail to be written (no maps with odd keys).
#[must_use]
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// Checks a text against its longest length in characters and gives it back without outer spaces and what cannot be seen.
///
/// # Errors
/// `FieldTooLong {field, max}`.
pub fn limited(field: &str, max: usize, text: &str) -> AppResult<String> {
    let text = stall_core::tidy(text);
    if text.chars().count() > max {
        return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", field).arg("max", max));
    }
    Ok(text)
}
