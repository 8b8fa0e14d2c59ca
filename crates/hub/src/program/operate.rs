use std::path::Path;
use super::args::Place;
use crate::error::HubResult;
pub async fn create(_: &Place, _: &str, _: Option<i64>) -> HubResult<String> { Ok(String::new()) }
pub async fn list(_: &Place) -> HubResult<String> { Ok(String::new()) }
pub async fn invite(_: &Place, _: &str) -> HubResult<String> { Ok(String::new()) }
pub async fn quota(_: &Place, _: &str, _: i64) -> HubResult<String> { Ok(String::new()) }
pub async fn backup(_: &Place, _: &Path) -> HubResult<String> { Ok(String::new()) }
pub async fn restored(_: &Place) -> HubResult<String> { Ok(String::new()) }
pub async fn admin_token(_: &Place) -> HubResult<String> { Ok(String::new()) }
pub async fn fsck(_: &Place) -> HubResult<(String, bool)> { Ok((String::new(), true)) }
