//! Queries and paths, refused in the words of the protocol.

use axum::{
    extract::{FromRequestParts, Path as AxumPath, Query as AxumQuery},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::{
    error::{HubError, HubResult},
    hub::Hub,
};

/// The query of a request.
#[derive(Debug)]
pub struct Query<T>(pub T);

/// The variable parts of a path.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Hub> for Query<T> {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> HubResult<Self> {
        let read = AxumQuery::from_request_parts(parts, hub).await;
        read.map(|q: AxumQuery<T>| Self(q.0)).map_err(|e| HubError::bad("query").detail(e))
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<Hub> for Path<T> {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> HubResult<Self> {
        let read = AxumPath::from_request_parts(parts, hub).await;
        read.map(|p: AxumPath<T>| Self(p.0)).map_err(|e| HubError::bad("path").detail(e))
    }
}
