//! `POST /v1/token`: a new token for who proves the key of its certificate. So a hub that lost its tokens (put back from a
//! backup, or made anew) locks nobody out.

use axum::{Json, body::Body, extract::State, http::request::Parts};
use serde::{Deserialize, Serialize};
use stall_core::{
    Ms,
    sync::{Hex, ReplicaId, StallId, wire_trust::Token},
};
use stall_seal::VerifyKey;

use super::{auth::Peer, joins, members};
use crate::{
    body,
    error::{HubCode, HubError, HubResult},
    hub::Hub,
    metrics::add,
    secrets,
};

/// Who asks, when, and the proof.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Proof {
    pub stall: StallId,
    pub replica: ReplicaId,
    /// The hub's time; a refusal for `at` says it as `now`.
    pub at: Ms,
    /// Ed25519 of the replica over [`proof_message`].
    pub signature: Hex<64>,
}

/// What the replica signs. Nothing else it signs begins so.
#[must_use]
pub fn proof_message(stall: &StallId, replica: &ReplicaId, at: Ms) -> Vec<u8> {
    let mut message = b"stall-hub token v1\0".to_vec();
    message.extend_from_slice(&stall.0);
    message.extend_from_slice(&replica.0);
    message.extend_from_slice(&at.0.to_be_bytes());
    message
}

/// Gives a token.
pub async fn prove(State(hub): State<Hub>, parts: Parts, body: Body) -> HubResult<Json<Token>> {
    let (peer, now) = (Peer::of(&parts), hub.now());
    hub.0.rates.may_guess(peer, hub.limits(), now)?;
    let proof: Proof = body::json(&parts.headers, body, hub.limits()).await?;
    if proof.at.0.abs_diff(now) > hub.limits().proof_ms.unsigned_abs() {
        return Err(HubError::bad("at").arg("now", now));
    }
    let refused = || {
        hub.0.rates.wrong(peer, hub.limits(), now);
        add(&hub.0.metrics.wrong_tokens, 1);
        // Whether there is such a stall or member is nobody's business.
        HubError::new(HubCode::NoToken)
    };
    let (stall, replica) = (proof.stall.0, proof.replica.0);
    let standing = hub.storage().replica(&stall, &replica).await?.ok_or_else(refused)?;
    let key = VerifyKey::from_bytes(&standing.signer).map_err(HubError::internal)?;
    let message = proof_message(&proof.stall, &proof.replica, proof.at);
    key.check(&message, &proof.signature.0).map_err(|_| refused())?;
    if standing.revoked {
        return Err(HubCode::Revoked.into());
    }
    let token = secrets::token(&stall)?;
    let hash = secrets::token_hash(&token).ok_or_else(|| HubError::internal("a token that is none"))?.1;
    hub.storage().add_token(&stall, &hash, &replica, now).await?;
    Ok(Json(joins::answer(token, &members::of(&hub, &stall).await?)))
}
