//! From a name and JSON to a command body and back: the one way in for both doors.

use std::pin::Pin;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{self, COMMANDS},
};

use crate::{
    commands,
    ctx::{Caller, Ctx},
    redact,
};

/// Runs a command: role check, decode, body, encode, redaction.
///
/// # Errors
/// `UnknownCommand`, `NotAllowed`, `BadInput` with the path of the field, or what the command itself answers.
pub async fn dispatch(ctx: &Ctx, caller: &Caller, name: &str, mut input: Value) -> AppResult<Value> {
    let spec = COMMANDS.iter().find(|c| c.name == name).ok_or_else(|| {
        AppError::new(ErrorCode::UnknownCommand).arg("name", name.chars().take(60).collect::<String>())
    })?;
    // Whoever works at the screen, the token decides who may say so: else nobody could hand the screen back.
    let role = if name == "members.use" { caller.authority } else { caller.me.role };
    if !spec.allows(role) {
        return Err(AppError::new(ErrorCode::NotAllowed).arg("name", name).arg("role", role.as_str()));
    }
    redact::input(role, name, &mut input)?;
    let started = std::time::Instant::now();
    let answer = route(ctx, caller, name, input).await;
    log(name, started.elapsed(), answer.as_ref().err());
    let mut value = answer?;
    redact::answer(role, &mut value);
    Ok(value)
}

/// Codes, never arguments: an argument may be what a person typed.
fn log(name: &str, took: std::time::Duration, error: Option<&AppError>) {
    let ms = took.as_millis();
    match error {
        None => tracing::debug!(name, ms, "done"),
        Some(e) if e.code == ErrorCode::Internal => tracing::error!(name, ms, detail = e.detail, "internal"),
        Some(e) => tracing::info!(name, ms, code = ?e.code, "refused"),
    }
}

macro_rules! routes {
    ($($(#[doc = $doc:literal])+ $name:literal $body:ident: $in:ty => $out:ty, $roles:ident, $kind:ident;)+) => {
        async fn route(ctx: &Ctx, caller: &Caller, name: &str, input: Value) -> AppResult<Value> {
            use api::*;
            match name {
                // Boxed one by one: the future of this function would else be as large as the largest body.
                $($name => {
                    let input: $in = decode(input)?;
                    let body: Pin<Box<dyn Future<Output = AppResult<$out>> + Send + '_>> = Box::pin(commands::$body(ctx, caller, input));
                    let answer = body.await?;
                    encode(&answer)
                })+
                _ => Err(ErrorCode::UnknownCommand.into()),
            }
        }
    };
}
stall_core::for_each_command!(routes);

fn decode<T: DeserializeOwned>(input: Value) -> AppResult<T> {
    // "No input" may be left out.
    let input = if input.is_null() { Value::Object(serde_json::Map::new()) } else { input };
    serde_path_to_error::deserialize(input).map_err(|e| {
        let field = e.path().to_string();
        AppError::new(ErrorCode::BadInput).arg("field", field).detail(expected(&e.inner().to_string()))
    })
}

/// What serde wanted, without the value it got: that may be a buyer's.
fn expected(message: &str) -> &str {
    match message.find("expected ") {
        Some(at) => message.get(at..).unwrap_or_default(),
        None if message.starts_with("missing field") => message,
        None => "not understood",
    }
}

fn encode<T: Serialize>(value: &T) -> AppResult<Value> {
    serde_json::to_value(value).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn bad_input_names_the_field_and_never_repeats_the_value() -> Result<(), String> {
        let Err(e) = decode::<api::UnitEdit>(json!({"ids": [], "patch": {"category": "张三"}})) else {
            return Err("decoded".into());
        };
        assert_eq!(e.code, ErrorCode::BadInput);
        assert_eq!(e.args["field"], "patch.category");
        assert!(!e.detail.unwrap_or_default().contains("张三"));
        Ok(())
    }

    #[test]
    fn no_input_is_an_empty_input() {
        assert!(decode::<api::Empty>(Value::Null).is_ok());
    }
}
