//! `POST /lan/pair`: an invitation's code for a token.

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{LanPair, LanPaired},
};
use stall_store::{
    Actor,
    tables::{
        devices::{self, NewDevice},
        settings,
    },
};

use super::{auth::hash, body, invites::Invite, router::Site, serve::Wire};
use crate::{
    ctx::Ctx,
    door::{fail::Fail, http::detached},
};

/// The cookie is kept for a year; taking the phone's right away ends it at once.
const YEAR: u32 = 365 * 24 * 3600;

/// Pairs a phone: the code is used up, the token is given once.
pub async fn pair(
    State(site): State<Site>,
    Extension(wire): Extension<Wire>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fail> {
    let (lan, now) = (site.ctx.lan(), site.ctx.env().now());
    let LanPair { code } = body::json(&headers, body, lan.limits()).await?;
    lan.0.rates.guess(wire.peer, &lan.limits(), now)?;
    let Some(invite) = lan.0.invites.take(&code, now) else {
        tracing::info!(peer = %wire.peer, "a phone brought a code that is not good");
        return Err(ErrorCode::PairCode.into());
    };
    let ctx = site.ctx.clone();
    let paired = detached(async move { accept(&ctx, invite).await }).await?;
    let secure = if wire.secure { "; Secure" } else { "" };
    let cookie =
        format!("{}={}; HttpOnly; SameSite=Strict; Path=/; Max-Age={YEAR}{secure}", site.cookie(), paired.token);
    Ok(([(header::SET_COOKIE, cookie)], Json(paired)).into_response())
}

async fn accept(ctx: &Ctx, invite: Invite) -> AppResult<LanPaired> {
    let stall = ctx.stall();
    // Another stall was opened since: the owner meant the one they saw.
    if stall.sample != invite.sample {
        return Err(ErrorCode::PairCode.into());
    }
    let token = new_token()?;
    let device = NewDevice { id: invite.id, name: invite.name.clone(), role: invite.role, token_hash: hash(&token) };
    let actor = Actor::new(&invite.name, invite.role);
    let paired = async {
        devices::pair(&stall.store, &actor, &device).await?;
        settings::get(&stall.store).await
    };
    match paired.await {
        Ok(kept) => {
            let Invite { id, name, role, .. } = invite;
            Ok(LanPaired { token, id, name, role, stall_name: kept.stall_name })
        }
        Err(e) => {
            ctx.lan().0.invites.put_back(invite);
            Err(e)
        }
    }
}

/// 256 random bits as hex.
fn new_token() -> AppResult<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
    Ok(blake3::Hash::from_bytes(random).to_hex().to_string())
}
