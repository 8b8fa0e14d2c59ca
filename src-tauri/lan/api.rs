//! Commands and pictures for paired phones: the one list, through a narrow gate.

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use stall_core::{
    AppError, AppResult, ErrorCode, Id,
    api::{ByIds, LAN_COMMANDS},
};
use stall_store::tables::photo_receive;

use super::{auth::Phone, body, router::Site};
use crate::door::{fail::Fail, http::detached, media};

/// `POST /api/{command}`: JSON in, JSON out, as at the door of this machine.
pub async fn command(
    State(site): State<Site>,
    Extension(phone): Extension<Phone>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Fail> {
    if !LAN_COMMANDS.contains(&name.as_str()) {
        return Err(AppError::new(ErrorCode::NotAllowed).arg("door", "lan").into());
    }
    let input: Value = body::json(&headers, body, site.ctx.lan().limits()).await?;
    if name == "photos.delete" {
        own_only(&phone, &input).await?;
    }
    let answer = detached(async move {
        let mut value = crate::dispatch(&site.ctx, &phone.caller, &name, input).await?;
        strip(&mut value);
        Ok(value)
    });
    Ok(Json(answer.await?))
}

/// A phone takes off again only what it sent itself.
async fn own_only(phone: &Phone, input: &Value) -> AppResult<()> {
    // What cannot be read is refused by the command itself.
    let Ok(ByIds { ids }) = serde_json::from_value(input.clone()) else { return Ok(()) };
    if photo_receive::sent_all(&phone.stall.store, phone.id, &ids).await? {
        Ok(())
    } else {
        Err(AppError::new(ErrorCode::NotAllowed).arg("what", "photos"))
    }
}

/// Takes out what is nobody's business on a phone: orders and their numbers, whom a unit was bought from and what they
/// said of it, its history.
fn strip(value: &mut Value) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(strip),
        Value::Object(map) => {
            if map.get("type").is_some_and(|t| t == "order") && map.contains_key("order") {
                *value = json!({ "type": "unknown", "kind": "order_no", "code": "" });
                return;
            }
            for (key, v) in map.iter_mut() {
                match key.as_str() {
                    "order" => *v = Value::Null,
                    "timeline" | "third_party" => *v = json!([]),
                    "photos" if v.is_array() => {}
                    "source" => *v = json!(""),
                    _ => strip(v),
                }
            }
        }
        _ => {}
    }
}

/// `GET /media/{hash}/{320|1600}`: photographs of units and the tray. Originals stay on the laptop.
pub async fn media(
    State(site): State<Site>,
    Extension(phone): Extension<Phone>,
    Path((hash, size)): Path<(String, String)>,
) -> Result<Response, Fail> {
    if !matches!(size.as_str(), "320" | "1600") {
        return Err(AppError::new(ErrorCode::BadInput).arg("field", "size").into());
    }
    stall_media::Blob::parse(&hash)?;
    if !photo_receive::is_photo(&phone.stall.store, &hash).await? {
        return Err(AppError::new(ErrorCode::FileMissing).arg("name", &hash).into());
    }
    let (bytes, mime) = media::load(&site.ctx, &hash, &size).await?;
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CACHE_CONTROL, media::CACHE),
        (header::CONTENT_SECURITY_POLICY, media::CSP),
    ];
    Ok((headers, bytes).into_response())
}

/// An id from a path.
pub fn id(text: &str) -> AppResult<Id> {
    text.parse().map_err(|_| AppError::new(ErrorCode::BadInput).arg("field", "id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_sellers_and_history_are_taken_out_at_every_depth() {
        let mut unit = json!({
            "row": { "stock_no": "0409", "show": { "title": "周五" } },
            "source": "张三 138", "order": { "order_no": "26110001" },
            "timeline": [{ "what": "shipped", "args": { "order": "26110001", "tracking_no": "SF1" } }],
            "photos": [{ "source": "phone" }],
        });
        strip(&mut unit);
        let text = unit.to_string();
        assert!(!text.contains("26110001") && !text.contains("张三") && !text.contains("SF1"), "{text}");
        assert_eq!((&unit["photos"][0]["source"], &unit["row"]["stock_no"]), (&json!("phone"), &json!("0409")));
        let mut hit = json!({ "type": "order", "order": { "receiver": "张**" } });
        strip(&mut hit);
        assert_eq!(hit["type"], "unknown");
    }
}
