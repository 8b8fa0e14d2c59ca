//! Counts what passes between a laptop and its hub: every byte of the sockets, heads and bodies.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// A way to a hub that counts.
pub struct Meter {
    pub url: String,
    up: Arc<AtomicU64>,
    down: Arc<AtomicU64>,
}

impl Meter {
    pub async fn before(hub: &str) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", tcp.local_addr().unwrap());
        let meter = Self { url, up: Arc::default(), down: Arc::default() };
        let (hub, up, down) = (hub.to_owned(), Arc::clone(&meter.up), Arc::clone(&meter.down));
        tokio::spawn(async move {
            while let Ok((laptop, _)) = tcp.accept().await {
                let hub = TcpStream::connect(&hub).await.unwrap();
                laptop.set_nodelay(true).unwrap();
                hub.set_nodelay(true).unwrap();
                let ((from, to), (back, forth)) = (laptop.into_split(), hub.into_split());
                tokio::spawn(carry(from, forth, Arc::clone(&up)));
                tokio::spawn(carry(back, to, Arc::clone(&down)));
            }
        });
        meter
    }

    /// Bytes up and down since the last time.
    pub fn take(&self) -> (u64, u64) {
        (self.up.swap(0, Ordering::SeqCst), self.down.swap(0, Ordering::SeqCst))
    }
}

/// Counted before it goes on, so that who has heard an answer finds it counted.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, count: Arc<AtomicU64>) {
    let mut piece = vec![0; 64 << 10];
    while let Ok(n) = from.read(&mut piece).await {
        count.fetch_add(n as u64, Ordering::SeqCst);
        if n == 0 || to.write_all(&piece[..n]).await.is_err() {
            break;
        }
    }
}
