//! What goes wrong on the way to a hub, by a seed: connections refused, requests and answers lost in their middle, requests
//! that come late or twice, slow lines. And programs that die at an await.

use std::{
    future::Future,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::rng::Rng;

/// A future that is dropped when it was polled so often: `None`.
pub struct Cut<'f, T> {
    inner: Pin<Box<dyn Future<Output = T> + 'f>>,
    left: u32,
}

impl<'f, T> Cut<'f, T> {
    pub fn after(polls: u32, inner: impl Future<Output = T> + 'f) -> Self {
        Self { inner: Box::pin(inner), left: polls }
    }
}

impl<T> Future for Cut<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let Some(left) = self.left.checked_sub(1) else { return Poll::Ready(None) };
        self.left = left;
        self.inner.as_mut().poll(context).map(Some)
    }
}

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Whole,
    Refused,
    /// Breaks after so many bytes to the hub.
    CutUp(usize),
    /// Breaks after so many bytes of the answers: the hub has done what it was asked.
    CutDown(usize),
    /// What is sent comes to the hub later, when its sender has long given up.
    Held,
    Slow,
}

/// How often what happened.
#[derive(Debug, Default)]
pub struct Met {
    pub broken: AtomicUsize,
    /// Requests that came late, or a second time.
    pub late: AtomicUsize,
}

/// A way to a hub that comes and goes at other ports.
#[derive(Clone)]
pub struct FaultyLine {
    pub address: SocketAddr,
    pub met: Arc<Met>,
    hub: Arc<AtomicU16>,
    rough: Arc<AtomicBool>,
    rng: Arc<Mutex<Rng>>,
    late: Arc<Mutex<Vec<Vec<u8>>>>,
    now: Arc<Mutex<CancellationToken>>,
}

impl FaultyLine {
    pub async fn to(hub: Arc<AtomicU16>, seed: u64) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Self {
            address: tcp.local_addr().unwrap(),
            met: Arc::default(),
            hub,
            rough: Arc::default(),
            rng: Arc::new(Mutex::new(Rng(seed))),
            late: Arc::default(),
            now: Arc::default(),
        };
        let of = line.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = tcp.accept().await {
                let of = of.clone();
                let end = of.now.lock().unwrap().clone();
                tokio::spawn(async move {
                    tokio::select! {
                        () = end.cancelled() => {}
                        () = of.carry(near) => {}
                    }
                });
            }
        });
        line
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Breaks every connection; those made from now on have faults or none.
    pub fn weather(&self, rough: bool) {
        self.rough.store(rough, Ordering::SeqCst);
        std::mem::take(&mut *self.now.lock().unwrap()).cancel();
    }

    /// Lets something that was held back, or sent before, come to the hub.
    pub async fn deliver(&self) {
        let kept = {
            let mut late = self.late.lock().unwrap();
            let at = self.rng.lock().unwrap().below(late.len());
            if late.is_empty() { None } else { Some(late.swap_remove(at)) }
        };
        let Some(bytes) = kept else { return };
        let Ok(mut hub) = TcpStream::connect(self.hub()).await else { return };
        if hub.write_all(&bytes).await.is_ok() {
            let mut room = vec![0; 16 << 10];
            while matches!(timeout(Duration::from_millis(60), hub.read(&mut room)).await, Ok(Ok(n)) if n > 0) {}
            self.met.late.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn hub(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.hub.load(Ordering::SeqCst)).into()
    }

    fn fate(&self) -> (Fate, bool) {
        let mut rng = self.rng.lock().unwrap();
        let again = rng.one_in(4);
        if !self.rough.load(Ordering::SeqCst) {
            return (Fate::Whole, again);
        }
        let n = 1 << rng.below(14);
        let n = n + rng.below(n);
        let fate = match rng.below(8) {
            0..2 => Fate::Whole,
            2 => Fate::Refused,
            3 => Fate::CutUp(n),
            4..6 => Fate::CutDown(n - 1),
            6 => Fate::Held,
            _ => Fate::Slow,
        };
        (fate, again)
    }

    async fn carry(self, near: TcpStream) {
        let (fate, again) = self.fate();
        if !matches!(fate, Fate::Whole | Fate::Slow) {
            self.met.broken.fetch_add(1, Ordering::SeqCst);
        }
        if fate == Fate::Refused {
            return;
        }
        let Ok(far) = TcpStream::connect(self.hub()).await else { return };
        let (from_near, to_near) = near.into_split();
        let (from_far, to_far) = far.into_split();
        let mut heard = Vec::new();
        tokio::select! {
            () = up(fate, from_near, to_far, &mut heard) => {}
            () = down(fate, from_far, to_near) => {}
        }
        if fate == Fate::Held || again {
            self.late.lock().unwrap().push(heard);
        }
    }
}

async fn up(fate: Fate, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, heard: &mut Vec<u8>) {
    let mut room = vec![0; 16 << 10];
    loop {
        let read = if fate == Fate::Held && !heard.is_empty() {
            // The whole request is here once it is quiet.
            match timeout(Duration::from_millis(5), from.read(&mut room)).await {
                Ok(read) => read,
                Err(_) => return,
            }
        } else {
            from.read(&mut room).await
        };
        let Ok(n @ 1..) = read else { return };
        heard.extend_from_slice(&room[..n]);
        let n = match fate {
            Fate::Held => continue,
            Fate::CutUp(most) => n.min((most + n).saturating_sub(heard.len())),
            _ => n,
        };
        if fate == Fate::Slow {
            sleep(Duration::from_millis(2)).await;
        }
        if to.write_all(&room[..n]).await.is_err() || matches!(fate, Fate::CutUp(most) if heard.len() >= most) {
            return;
        }
    }
}

async fn down(fate: Fate, mut from: OwnedReadHalf, mut to: OwnedWriteHalf) {
    let (mut room, mut passed) = (vec![0; 16 << 10], 0);
    loop {
        let Ok(n @ 1..) = from.read(&mut room).await else { return };
        let n = match fate {
            Fate::CutDown(most) => n.min(most - passed),
            _ => n,
        };
        passed += n;
        if fate == Fate::Slow {
            sleep(Duration::from_millis(2)).await;
        }
        if to.write_all(&room[..n]).await.is_err() || matches!(fate, Fate::CutDown(most) if passed >= most) {
            return;
        }
    }
}
