//! Who is behind a phone's token. Asked of the stall at every request: a right taken away is gone at once.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use stall_core::{
    AppResult, ErrorCode, Id,
    api::{Door, Member},
};
use stall_store::{
    Actor,
    tables::devices::{self, Known},
};

use super::router::Site;
use crate::{
    ctx::{Caller, Ctx},
    door::{fail::Fail, guard::token},
    stall::Stall,
};

/// A paired phone, and the stall it is paired with.
#[derive(Debug, Clone)]
pub struct Phone {
    pub id: Id,
    pub stall: Arc<Stall>,
    pub caller: Caller,
    token_hash: String,
}

impl Phone {
    /// Whether its right still stands: asked again after a long upload.
    ///
    /// # Errors
    /// `NoSession`.
    pub async fn still(&self) -> AppResult<()> {
        match devices::by_token(&self.stall.store, &self.token_hash).await? {
            Some(_) => Ok(()),
            None => Err(ErrorCode::NoSession.into()),
        }
    }

    /// Who acts, as the store knows it.
    pub fn actor(&self) -> Actor {
        self.caller.actor()
    }
}

/// The name a token is kept by.
pub fn hash(token: &str) -> String {
    blake3::hash(token.as_bytes()).to_hex().to_string()
}

/// Lets paired phones through.
pub async fn auth(State(site): State<Site>, mut req: Request, next: Next) -> Response {
    let token = token(req.headers(), &site.cookie()).unwrap_or_default().to_owned();
    let origin = req.headers().get("x-origin").and_then(|v| v.to_str().ok()).map(|o| o.chars().take(64).collect());
    match known(&site.ctx, &token, origin).await {
        Ok(phone) => {
            req.extensions_mut().insert(phone);
            next.run(req).await
        }
        Err(e) => Fail::from(e).into_response(),
    }
}

async fn known(ctx: &Ctx, token: &str, origin: Option<String>) -> AppResult<Phone> {
    let (stall, token_hash) = (ctx.stall(), hash(token));
    let Some(Known { id, name, role }) = devices::by_token(&stall.store, &token_hash).await? else {
        // The sample stall is only being looked at: the phone of the person's own stall waits with what it has.
        let waits = stall.sample && devices::by_token(&ctx.own().store, &token_hash).await?.is_some();
        return Err(if waits { ErrorCode::LanOtherStall } else { ErrorCode::NoSession }.into());
    };
    let (lan, now) = (ctx.lan(), ctx.env().now());
    lan.0.rates.device(id, &lan.limits(), now)?;
    let me = Member { id, name, role };
    let caller = Caller { me, authority: role, token: String::new(), door: Door::Lan, origin };
    if lan.0.live.asked(id, now) {
        note(stall.clone(), caller.actor(), id);
    }
    Ok(Phone { id, stall, caller, token_hash })
}

/// Writes down, apart from the request, that the phone was here.
fn note(stall: Arc<Stall>, actor: Actor, id: Id) {
    tokio::spawn(async move {
        if let Err(e) = devices::seen(&stall.store, &actor, id).await {
            tracing::warn!(code = ?e.code, "that a phone was here was not noted");
        }
    });
}
