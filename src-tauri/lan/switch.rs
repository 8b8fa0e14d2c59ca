//! Opening and closing the door; what it watches while it is open.

use std::{
    net::Ipv4Addr,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{LanStatus, LanSwitch, Push},
};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Lan, addresses, certificate,
    certificate::Tls,
    kept,
    serve::{self, Listener},
};
use crate::ctx::Ctx;

/// Ports tried first, then the next pairs. Below what systems give to outgoing connections, so that no chance takes them.
const FIRST_PORT: u16 = 27_180;
const TRIES: u16 = 200;
/// The network is looked at this often.
const LOOK: Duration = Duration::from_secs(3);
/// Requests under way are waited for this long.
const LINGER: Duration = Duration::from_secs(5);

/// The open door.
#[derive(Debug)]
pub struct Open {
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// Opens the door again where the owner left it open. What stands in the way is seen in the status.
pub async fn resume(ctx: &Ctx) {
    let lan = ctx.lan();
    if lan.kept().on {
        let mut open = lan.0.open.lock().await;
        if open.is_none() {
            try_open(ctx, &mut open, false).await;
        }
    }
}

/// Opens or closes the door, and keeps it so. A door that cannot open is no failure: the status says why.
///
/// # Errors
/// `FolderReadOnly`, `DiskFull` when it cannot be kept.
pub async fn switch(ctx: &Ctx, input: LanSwitch) -> AppResult<LanStatus> {
    let lan = ctx.lan();
    let mut open = lan.0.open.lock().await;
    if open.is_some() && (!input.on || input.new_ports) {
        shut(lan, &mut open).await;
    }
    kept::make_dir(&lan.0.dir)?;
    lan.kept().on = input.on;
    lan.keep()?;
    if input.on && open.is_none() {
        try_open(ctx, &mut open, input.new_ports).await;
    } else if !input.on {
        lan.see(|s| s.problem = None);
    }
    ctx.push(Push::Lan);
    Ok(lan.status())
}

/// Closes the door at the program's end; it stays switched on for the next start.
pub async fn close(lan: &Lan) {
    shut(lan, &mut *lan.0.open.lock().await).await;
}

async fn shut(lan: &Lan, open: &mut Option<Open>) {
    if let Some(Open { stop, tasks }) = open.take() {
        stop.cancel();
        tasks.close();
        if tokio::time::timeout(LINGER, tasks.wait()).await.is_err() {
            tracing::warn!("a request of a phone did not end with the door");
        }
    }
    lan.see(|s| s.open = false);
}

async fn try_open(ctx: &Ctx, open: &mut Option<Open>, new_ports: bool) {
    let lan = ctx.lan();
    match start(ctx, new_ports).await {
        Ok(opened) => *open = Some(opened),
        Err(e) => {
            tracing::warn!(code = ?e.code, detail = e.detail, "the door for phones did not open");
            lan.see(|s| (s.open, s.problem) = (false, Some(e)));
        }
    }
    ctx.push(Push::Lan);
}

async fn start(ctx: &Ctx, new_ports: bool) -> AppResult<Open> {
    let lan = ctx.lan();
    kept::make_dir(&lan.0.dir)?;
    let (http, https) = bind(lan, new_ports).await?;
    let found = addresses::now();
    let tls = lan.certificate(&found)?;
    let fingerprint = Some(tls.fingerprint.clone());
    let tls = Arc::new(RwLock::new(tls));
    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    for (listener, tls) in [(http, None), (https, Some(tls.clone()))] {
        let port = listener.local_addr().map_err(|e| AppError::from_io(&e))?.port();
        let listener = Listener { tcp: listener, tls, port, ctx: ctx.clone() };
        tasks.spawn(serve::run(listener, stop.clone(), tasks.clone()));
    }
    lan.see(|s| {
        (s.open, s.fingerprint, s.problem) = (true, fingerprint, network(&found));
        s.addresses = found;
    });
    tasks.spawn(watch(ctx.clone(), tls, stop.clone()));
    Ok(Open { stop, tasks })
}

/// Both ports: the kept ones, else the first pair that is free, which is then kept.
async fn bind(lan: &Lan, new_ports: bool) -> AppResult<(TcpListener, TcpListener)> {
    let (http, https) = {
        let kept = lan.kept();
        (kept.http_port, kept.https_port)
    };
    if http != 0 && !new_ports {
        return Ok((listen(http).await?, listen(https).await?));
    }
    for n in 0..TRIES {
        let port = FIRST_PORT + n * 2;
        if port == http {
            continue;
        }
        if let (Ok(a), Ok(b)) = (listen(port).await, listen(port + 1).await) {
            {
                let mut kept = lan.kept();
                (kept.http_port, kept.https_port) = (port, port + 1);
            }
            lan.keep()?;
            return Ok((a, b));
        }
    }
    Err(AppError::new(ErrorCode::LanPortTaken).arg("port", FIRST_PORT))
}

async fn listen(port: u16) -> AppResult<TcpListener> {
    let bound = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await;
    bound.map_err(|e| AppError::new(ErrorCode::LanPortTaken).arg("port", port).detail(e))
}

fn network(found: &[(String, Ipv4Addr)]) -> Option<AppError> {
    found.is_empty().then(|| ErrorCode::LanNoNetwork.into())
}

/// Tells the screens when the machine's addresses change or a phone comes or goes.
async fn watch(ctx: Ctx, tls: Arc<RwLock<Tls>>, stop: CancellationToken) {
    let lan = ctx.lan().clone();
    let mut here = Vec::new();
    let mut tick = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        let found = tokio::task::spawn_blocking(addresses::now).await.unwrap_or_default();
        let mut changed = false;
        if found != lan.seen().addresses {
            match lan.certificate(&found) {
                Ok(new) => {
                    let fingerprint = Some(new.fingerprint.clone());
                    *tls.write().unwrap_or_else(PoisonError::into_inner) = new;
                    changed = lan.see(|s| {
                        (s.fingerprint, s.problem) = (fingerprint, network(&found));
                        s.addresses = found;
                    });
                }
                Err(e) => tracing::warn!(code = ?e.code, detail = e.detail, "no certificate for the new address"),
            }
        }
        let now = lan.0.live.here(lan.0.env.now());
        changed |= now != here;
        here = now;
        if changed {
            ctx.push(Push::Lan);
        }
    }
}

impl Lan {
    fn keep(&self) -> AppResult<()> {
        let kept = self.kept().clone();
        kept::write(&self.0.dir, &kept)
    }

    /// The certificate for these addresses.
    fn certificate(&self, found: &[(String, Ipv4Addr)]) -> AppResult<Tls> {
        let mut kept = self.kept();
        let before = kept.clone();
        let tls = certificate::ready(&self.0.dir, &mut kept, found, self.0.env.now())?;
        if *kept != before {
            kept::write(&self.0.dir, &kept)?;
        }
        Ok(tls)
    }
}
