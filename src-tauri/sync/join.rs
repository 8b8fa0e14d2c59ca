//! How a laptop comes to a stall and leaves it, and how an owner's laptop lets others in.

use std::fmt::Display;

use stall_core::{
    AppError, AppResult, ErrorCode, Ms,
    api::{
        Push, SyncFound, SyncHost, SyncInvite, SyncInviteInput, SyncJoin, SyncLaptop, SyncLaptops, SyncPhrase,
        SyncRecover, SyncRevoke, SyncSet, SyncUninvite,
    },
    sync::wire::HubCode,
};
use stall_seal::{
    Phrase,
    invite::InviteCode,
    phrase::{Words, WordsFault},
};
use stall_store::{Actor, tables::units};
use stall_sync::{Identity, SyncError, SyncResult};

use super::{Peers, files, host as hub, keep::Open, plain, said::said};
use crate::{ctx::Ctx, lan::qr};

/// As long as the hub keeps an invitation (`stall_sync::invite`).
const GOOD_FOR: i64 = 30 * 60_000;
/// Open invitations at once; the oldest gives way.
const MOST: usize = 20;
const NAME: usize = 40;
/// An invitation in one line begins with it, and so does where the hub is.
const LINK: &str = "stallkeeper:";

/// Founds the stall at a hub and begins to exchange.
///
/// # Errors
/// `SyncSample`, `SyncOn`, `NameMissing`, `SyncHubAddress`, or what the hub says.
pub async fn found(ctx: &Ctx, input: SyncFound) -> AppResult<SyncPhrase> {
    let _one = alone(ctx).await?;
    let (name, hub) = (checked(&input.name)?, address(&input.hub)?);
    found_at(ctx, &hub, &input.code, &name).await
}

async fn found_at(ctx: &Ctx, hub: &str, code: &str, name: &str) -> AppResult<SyncPhrase> {
    let stall = ctx.own();
    let replica = stall.store.sync_standing().await?.replica;
    let made = stall_sync::found(hub, code.trim(), replica, name, ctx.env().now()).await.map_err(said)?;
    begin(ctx, made.identity)?;
    words(&made.phrase)
}

/// This laptop as the hub of its network. The first time the stall is founded there.
///
/// # Errors
/// `SyncSample`; `LanPortTaken`; `NameMissing`; for a stall that is at another hub what that says: this laptop takes its
/// place, and it relays.
pub async fn host(ctx: &Ctx, actor: &Actor, input: SyncHost) -> AppResult<SyncPhrase> {
    let nothing = SyncPhrase { zh: Vec::new(), en: Vec::new() };
    let (sync, stall) = (ctx.sync(), ctx.own());
    if !input.on {
        super::second::before_close(ctx, actor).await;
        hub::close(ctx).await;
        sync.keep(stall, |k| k.hosting = false)?;
        ctx.push(Push::Sync);
        return Ok(nothing);
    }
    real(ctx)?;
    if let Some(me) = sync.me() {
        let own = hub::address(stall, sync.kept().port, true).is_ok_and(|own| own == me.hub);
        hub::open(ctx).await?;
        if !own && let Err(e) = super::second::take_over(ctx, actor, me).await {
            // Cut off after the stall was told of it, it goes on with it; before that nobody needs it.
            if !sync.kept().hosting {
                hub::close(ctx).await;
            }
            return Err(e);
        }
        sync.keep(stall, |k| k.hosting = true)?;
        sync.wake();
        return Ok(nothing);
    }
    let _one = alone(ctx).await?;
    let name = checked(&input.name)?;
    hub::open(ctx).await?;
    let code = hub::founding_code(ctx, &name).await?;
    let address = hub::address(stall, sync.kept().port, true)?;
    let made = found_at(ctx, &address, &code, &name).await;
    if made.is_err() {
        hub::close(ctx).await;
        return made;
    }
    sync.keep(stall, |k| k.hosting = true)?;
    hub::shout(ctx).await;
    made
}

/// Asks to join. What is here would be mixed into the other stall, so only an empty stall may.
///
/// # Errors
/// `SyncSample`, `SyncOn`, `SyncNotEmpty`, `SyncCodeBad`, `SyncHubAddress`, `NameMissing`, or what the hub says.
pub async fn join(ctx: &Ctx, input: SyncJoin) -> AppResult<()> {
    let _one = alone(ctx).await?;
    let (name, hub) = (checked(&input.name)?, address(&input.hub)?);
    let code = InviteCode::read(&input.code).map_err(|_| AppError::new(ErrorCode::SyncCodeBad))?;
    let stall = ctx.own();
    empty(ctx).await?;
    let replica = stall.store.sync_standing().await?.replica;
    // What it may is the owner's to say; until then it may nothing at the hub.
    let me = stall_sync::ask(&hub, &code, replica, &name, stall_core::Role::Owner).await.map_err(said)?;
    begin(ctx, me)
}

/// Brings a stall back by its words.
///
/// # Errors
/// As [`join`]; `SyncWordsCount {n}`, `SyncWordUnknown {no}`, `SyncWordsBad`; `SyncNoStall`.
pub async fn recover(ctx: &Ctx, input: SyncRecover) -> AppResult<()> {
    let _one = alone(ctx).await?;
    let (name, hub) = (checked(&input.name)?, address(&input.hub)?);
    let phrase = Phrase::read(&input.words).map_err(|why| match why {
        WordsFault::Count(n) => AppError::new(ErrorCode::SyncWordsCount).arg("n", n),
        WordsFault::Unknown(no) => AppError::new(ErrorCode::SyncWordUnknown).arg("no", no),
        WordsFault::Check => ErrorCode::SyncWordsBad.into(),
    })?;
    let stall = ctx.own();
    empty(ctx).await?;
    let replica = stall.store.sync_standing().await?.replica;
    let found = stall_sync::recover(&hub, &phrase, replica, &name, ctx.env().now()).await;
    let me = found.map_err(|e| match e {
        SyncError::Hub(h) if h.code == HubCode::NotFound => AppError::new(ErrorCode::SyncNoStall),
        other => said(other),
    })?;
    begin(ctx, me)
}

/// Leaves the stall and keeps what is here.
///
/// # Errors
/// `SyncOff`, `FolderReadOnly`; store errors.
pub async fn leave(ctx: &Ctx) -> AppResult<()> {
    let sync = ctx.sync();
    let _one = sync.0.changing.lock().await;
    sync.member()?;
    hub::close(ctx).await;
    sync.keep(ctx.own(), |k| (k.hosting, k.invites) = (false, Vec::new()))?;
    sync.become_(ctx.own(), None)?;
    ctx.own().store.sync_leave().await?;
    files::rest(ctx);
    *super::lock(&sync.0.files) = None;
    sync.see(|s| (s.problem, s.last, s.files) = (None, None, 0));
    sync.wake();
    ctx.push(Push::StallSwitched);
    Ok(())
}

/// Invites a laptop. It is let in by itself when it shows the code: to have been shown the code is the owner's word.
///
/// # Errors
/// `SyncOff`, `NameMissing`, or what the hub says.
pub async fn invite(ctx: &Ctx, input: SyncInviteInput) -> AppResult<SyncInvite> {
    let (sync, now) = (ctx.sync(), ctx.env().now());
    let me = sync.member()?;
    let name = checked(&input.name)?;
    let code = stall_sync::invite(&me, &name, input.role).await.map_err(said)?;
    let open = Open { code: code.text(), name, role: input.role, until: Ms(now.0 + GOOD_FOR) };
    let shown = shown(ctx, &me, &open)?;
    sync.keep(ctx.own(), |k| {
        k.invites.retain(|i| i.until > now);
        if k.invites.len() >= MOST {
            k.invites.remove(0);
        }
        k.invites.push(open);
    })?;
    sync.wake();
    ctx.push(Push::Sync);
    Ok(shown)
}

fn shown(ctx: &Ctx, me: &Identity, open: &Open) -> AppResult<SyncInvite> {
    let kept = ctx.sync().kept();
    let hub = if kept.hosting { hub::address(ctx.own(), kept.port, false)? } else { me.hub.clone() };
    let link = link(&hub, "join", Some(&open.code));
    Ok(SyncInvite {
        name: open.name.clone(),
        role: open.role,
        code: open.code.clone(),
        hub: plain(&hub).to_owned(),
        qr: qr(&link)?,
        link,
        expires_at: open.until,
    })
}

/// A line for a scanner, without a character for which it has to hold Shift or that an input method could take for another.
pub(super) fn link(hub: &str, what: &str, more: Option<&str>) -> String {
    let (base, pin) = hub.split_once('#').map_or((hub, None), |(base, pin)| (base, Some(pin)));
    let parts = [Some(base), Some(what), pin, more];
    format!("{LINK}{}", parts.into_iter().flatten().collect::<Vec<_>>().join("/"))
}

/// The hub that such a line names, or an address does.
pub(super) fn hub_of(line: &str) -> AppResult<String> {
    let line = line.trim();
    let Some(rest) = line.strip_prefix(LINK) else { return address(line) };
    let pinned = |pin: &str| pin.len() == 64 && pin.bytes().all(|b| b.is_ascii_hexdigit());
    let last = |s: &'_ str| s.rsplit_once('/').map(|(front, last)| (front.to_owned(), last.to_owned()));
    // From the end: a server's address may have a path of its own.
    let (mut base, mut pin) = (rest.to_owned(), None);
    if let Some((front, _code)) = last(&base)
        && (front.ends_with("/join") || last(&front).is_some_and(|(f, p)| pinned(&p) && f.ends_with("/join")))
    {
        base = front;
    }
    if let Some((front, found)) = last(&base).filter(|(_, p)| pinned(p)) {
        (base, pin) = (front, Some(found.to_ascii_lowercase()));
    }
    let base = base.strip_suffix("/hub").or_else(|| base.strip_suffix("/join")).unwrap_or(&base);
    address(&pin.map_or_else(|| base.to_owned(), |pin| format!("{base}#{pin}")))
}

/// Takes an invitation back: this laptop lets nobody in by it.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`.
pub fn uninvite(ctx: &Ctx, input: &SyncUninvite) -> AppResult<()> {
    ctx.sync().keep(ctx.own(), |k| k.invites.retain(|i| i.code != input.code))?;
    ctx.push(Push::Sync);
    Ok(())
}

/// The stall's laptops.
///
/// # Errors
/// `SyncOff`, or what the hub says.
pub async fn laptops(ctx: &Ctx) -> AppResult<SyncLaptops> {
    let me = ctx.sync().member()?;
    let now = ctx.env().now();
    let all = stall_sync::laptops(&me).await.map_err(said)?;
    let laptops = all.into_iter().map(|l| SyncLaptop {
        here: l.replica == me.replica,
        replica: l.replica.to_string(),
        name: l.name,
        role: l.role,
        since: l.since,
        gone: l.revoked,
    });
    let open = ctx.sync().kept().invites.into_iter().filter(|i| i.until > now);
    Ok(SyncLaptops {
        laptops: laptops.collect(),
        invites: open.map(|i| shown(ctx, &me, &i)).collect::<AppResult<_>>()?,
    })
}

/// Takes a laptop out of the stall.
///
/// # Errors
/// `SyncOff`; `NotAllowed` for this laptop itself; or what the hub says.
pub async fn revoke(ctx: &Ctx, input: &SyncRevoke) -> AppResult<()> {
    let me = ctx.sync().member()?;
    let replica = input.replica.parse().map_err(|_| AppError::new(ErrorCode::BadInput).arg("field", "replica"))?;
    if replica == me.replica {
        return Err(AppError::new(ErrorCode::NotAllowed).arg("name", "sync.revoke"));
    }
    stall_sync::revoke(&me, replica, ctx.env().now()).await.map_err(said)?;
    ctx.sync().wake();
    ctx.push(Push::Sync);
    Ok(())
}

/// Pauses, or keeps the exchange small.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull`.
pub fn set(ctx: &Ctx, input: SyncSet) -> AppResult<()> {
    ctx.sync().keep(ctx.own(), |k| (k.paused, k.small_only) = (input.paused, input.small_only))?;
    files::rest(ctx);
    now(ctx);
    ctx.push(Push::Sync);
    Ok(())
}

/// Exchanges now.
pub fn now(ctx: &Ctx) {
    ctx.sync().0.audit.ask();
    ctx.sync().wake();
}

/// Whether somebody is about to come, or this laptop is.
pub fn expecting(sync: &Peers) -> bool {
    !sync.kept().invites.is_empty() || sync.me().is_some_and(|me| me.asked())
}

/// Lets in who waits with the code of an open invitation.
///
/// # Errors
/// What the hub says; a join that does not prove its code is passed over.
pub async fn let_in(ctx: &Ctx, me: &Identity) -> SyncResult<()> {
    let (sync, now) = (ctx.sync(), ctx.env().now());
    if sync.kept().invites.is_empty() || me.asked() {
        return Ok(());
    }
    let waiting = stall_sync::waiting(me).await?;
    for open in sync.kept().invites {
        let Ok(code) = InviteCode::read(&open.code) else { continue };
        let Some(w) = waiting.iter().find(|w| w.join.invite == code.at_hub()) else { continue };
        let done = stall_sync::let_in(me, &code, &w.join, open.role, now).await;
        match &done {
            Ok(_) => tracing::info!(role = ?open.role, "a laptop was let in"),
            Err(e) => tracing::warn!(%e, "who showed an invitation was not let in"),
        }
        // A line that broke is tried again; any other answer is the last.
        if !matches!(done, Err(stall_sync::SyncError::Offline(_))) {
            sync.keep(ctx.own(), |k| k.invites.retain(|i| i.code != open.code))?;
            ctx.push(Push::Sync);
        }
    }
    sync.keep(ctx.own(), |k| k.invites.retain(|i| i.until > now))?;
    Ok(())
}

fn begin(ctx: &Ctx, me: Identity) -> AppResult<()> {
    ctx.sync().become_(ctx.own(), Some(me))?;
    ctx.sync().wake();
    ctx.push(Push::Sync);
    Ok(())
}

/// Held while a laptop that stands alone does so no longer.
async fn alone(ctx: &Ctx) -> AppResult<tokio::sync::MutexGuard<'_, ()>> {
    real(ctx)?;
    let one = ctx.sync().0.changing.lock().await;
    match ctx.sync().me() {
        Some(me) => Err(AppError::new(ErrorCode::SyncOn).arg("hub", plain(&me.hub))),
        None => Ok(one),
    }
}

pub(super) fn real(ctx: &Ctx) -> AppResult<()> {
    if ctx.stall().sample { Err(ErrorCode::SyncSample.into()) } else { Ok(()) }
}

async fn empty(ctx: &Ctx) -> AppResult<()> {
    if units::stall_is_empty(&ctx.own().store).await? { Ok(()) } else { Err(ErrorCode::SyncNotEmpty.into()) }
}

fn checked(name: &str) -> AppResult<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(ErrorCode::NameMissing.into());
    }
    if name.chars().count() > NAME {
        return Err(AppError::new(ErrorCode::FieldTooLong).arg("field", "name").arg("limit", NAME));
    }
    Ok(name.to_owned())
}

/// `https://host[:port][#fingerprint]`, or `http://` for a hub on this machine or in this network.
pub(super) fn address(typed: &str) -> AppResult<String> {
    let typed = typed.trim();
    let bad = |why: &dyn Display| AppError::new(ErrorCode::SyncHubAddress).detail(why);
    let with = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    // Of "https://" no host is left by this.
    let with = with.trim_end_matches('/').to_owned();
    let uri: http::Uri = plain(&with).parse().map_err(|e| bad(&e))?;
    let known = matches!(uri.scheme_str(), Some("https" | "http"));
    if !known || uri.host().is_none_or(str::is_empty) {
        return Err(bad(&"not http or https"));
    }
    Ok(with)
}

fn words(phrase: &Phrase) -> AppResult<SyncPhrase> {
    let of = |list| {
        let words = phrase.words(list).map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
        Ok::<_, AppError>(words.into_iter().map(str::to_owned).collect())
    };
    Ok(SyncPhrase { zh: of(Words::Chinese)?, en: of(Words::English)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_its_hub_whatever_path_the_hub_has() -> AppResult<()> {
        let pin = "0a".repeat(32);
        for hub in ["https://192.168.1.5:4911", "http://127.0.0.1:7420", "https://e.com/stalls", "https://e.com/hub"] {
            for (at, wanted) in [(hub.to_owned(), hub.to_owned()), (format!("{hub}#{pin}"), format!("{hub}#{pin}"))] {
                assert_eq!(hub_of(&link(&at, "hub", None))?, wanted);
                assert_eq!(hub_of(&format!(" {} ", link(&at, "join", Some("7K3M-AAAA-BBBB-CCCC"))))?, wanted);
                assert_eq!(hub_of(&at)?, wanted, "an address alone");
            }
        }
        let upper = link(&format!("https://e.com#{pin}"), "hub", None).replace(&pin, &pin.to_uppercase());
        assert_eq!(hub_of(&upper)?, format!("https://e.com#{pin}"));
        assert_eq!(hub_of("stallkeeper:ftp://x/hub").map_err(|e| e.code), Err(ErrorCode::SyncHubAddress));
        Ok(())
    }
}
