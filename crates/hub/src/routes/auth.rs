//! Who asks. The token is looked up at every request: a right that is taken away is gone at once.

use std::net::{IpAddr, Ipv4Addr};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use stall_core::Role;

use crate::{
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    metrics::add,
    secrets,
    storage::{Replica, ReplicaId, StallId},
};

/// The address of who asks: put into the request's extensions by the server. Without it all share one.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

impl Peer {
    /// Of a request.
    #[must_use]
    pub fn of(parts: &Parts) -> IpAddr {
        parts.extensions.get::<Self>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |p| p.0)
    }
}

/// A laptop with a token; it may have no certificate yet.
#[derive(Debug, Clone)]
pub struct Joined {
    pub stall: StallId,
    pub replica: ReplicaId,
    pub standing: Option<Replica>,
}

/// A laptop with a token and a certificate that stands.
#[derive(Debug, Clone)]
pub struct Member {
    pub stall: StallId,
    pub replica: ReplicaId,
    pub role: Role,
}

impl Member {
    /// Only owners.
    ///
    /// # Errors
    /// `not_allowed`.
    pub fn owner(&self) -> HubResult<()> {
        if self.role == Role::Owner { Ok(()) } else { Err(HubCode::NotAllowed.into()) }
    }
}

/// The token of a request.
#[must_use]
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl FromRequestParts<Hub> for Joined {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> HubResult<Self> {
        let known = match bearer(&parts.headers).and_then(secrets::token_hash) {
            None => None,
            Some((stall, hash)) => {
                hub.0.rates.token(&hash, hub.limits(), hub.now())?;
                hub.storage().token(&stall, &hash).await?.map(|b| (stall, b))
            }
        };
        let Some((stall, bearer)) = known else {
            add(&hub.0.metrics.wrong_tokens, 1);
            return Err(HubCode::NoToken.into());
        };
        if bearer.standing.as_ref().is_some_and(|s| s.revoked) {
            return Err(HubCode::Revoked.into());
        }
        Ok(Self { stall, replica: bearer.replica, standing: bearer.standing })
    }
}

impl FromRequestParts<Hub> for Member {
    type Rejection = HubError;

    async fn from_request_parts(parts: &mut Parts, hub: &Hub) -> HubResult<Self> {
        let Joined { stall, replica, standing } = Joined::from_request_parts(parts, hub).await?;
        let standing = standing.ok_or_else(|| HubError::new(HubCode::NotAllowed).arg("why", "no_certificate"))?;
        let role = super::members::role(&standing.role)?;
        Ok(Self { stall, replica, role })
    }
}
