//! A line to the hub that counts, and breaks when it was told to.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// Bytes both ways, and how many more get through.
#[derive(Debug, Clone)]
pub struct Line {
    pub address: SocketAddr,
    up: Arc<AtomicU64>,
    down: Arc<AtomicU64>,
    left: Arc<AtomicI64>,
    hub: Arc<Mutex<SocketAddr>>,
    opened: Arc<AtomicU64>,
}

impl Line {
    pub async fn to(hub: SocketAddr) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let whole = || Arc::new(AtomicI64::new(i64::MAX));
        let line = Self {
            address: tcp.local_addr().unwrap(),
            up: Arc::default(),
            down: Arc::default(),
            left: whole(),
            hub: Arc::new(Mutex::new(hub)),
            opened: Arc::default(),
        };
        let of = line.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = tcp.accept().await {
                of.opened.fetch_add(1, Ordering::SeqCst);
                if of.left.load(Ordering::SeqCst) > 0 {
                    let hub = *of.hub.lock().unwrap();
                    tokio::spawn(of.clone().carry(near, hub));
                }
            }
        });
        line
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Breaks for good after so many more bytes in both directions together.
    pub fn breaks_after(&self, bytes: i64) {
        self.left.store(bytes, Ordering::SeqCst);
    }

    /// New connections go to another hub.
    pub fn leads_to(&self, hub: SocketAddr) {
        *self.hub.lock().unwrap() = hub;
    }

    pub fn mend(&self) {
        self.left.store(i64::MAX, Ordering::SeqCst);
    }

    /// Bytes that got through since the last look, up and down.
    pub fn counted(&self) -> (u64, u64) {
        (self.up.swap(0, Ordering::SeqCst), self.down.swap(0, Ordering::SeqCst))
    }

    /// Connections that were made.
    pub fn opened(&self) -> u64 {
        self.opened.load(Ordering::SeqCst)
    }

    async fn carry(self, near: TcpStream, hub: SocketAddr) {
        let Ok(far) = TcpStream::connect(hub).await else { return };
        let (from_near, to_near) = near.into_split();
        let (from_far, to_far) = far.into_split();
        tokio::select! {
            () = self.pass(from_near, to_far, &self.up) => {}
            () = self.pass(from_far, to_near, &self.down) => {}
        }
    }

    async fn pass(&self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, count: &AtomicU64) {
        let mut room = vec![0; 16 << 10];
        loop {
            let read = tokio::time::timeout(Duration::from_millis(20), from.read(&mut room)).await;
            if self.left.load(Ordering::SeqCst) <= 0 {
                return;
            }
            let n = match read {
                Err(_) => continue,
                Ok(Ok(n)) if n > 0 => n,
                Ok(_) => return,
            };
            let left = self.left.fetch_sub(n as i64, Ordering::SeqCst);
            let n = n.min(usize::try_from(left).unwrap_or(0));
            if to.write_all(&room[..n]).await.is_err() {
                return;
            }
            count.fetch_add(n as u64, Ordering::SeqCst);
        }
    }
}
