//! A hub for a test, and its two kinds.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use stall_core::sync::HexBytes;
use stall_hub::{
    Clock, Hub, Limits,
    blobs::Blobs,
    program::serve,
    secrets,
    storage::{self, Founding, Storage},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{laptop::Laptop, postgres, s3};

/// Which stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    SqliteFolder,
    PostgresS3,
}

/// Makes a test of a body over both kinds of hub.
macro_rules! both {
    ($($name:ident)*) => {
        mod over_sqlite_and_a_folder {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::world::World::start($crate::world::Kind::SqliteFolder).await.unwrap()).await;
            })*
        }
        mod over_postgres_and_s3 {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                match $crate::world::World::start($crate::world::Kind::PostgresS3).await {
                    Some(world) => super::$name(world).await,
                    None => $crate::postgres::left_out(),
                }
            })*
        }
    };
}
pub(crate) use both;

/// A running hub with a clock that the test moves.
pub struct World {
    pub kind: Kind,
    pub dir: TempDir,
    pub now: Arc<AtomicI64>,
    pub limits: Limits,
    database: String,
    bucket: Option<s3::Bucket>,
    pub hub: Hub,
    pub address: SocketAddr,
    server: Option<JoinHandle<()>>,
}

/// 2026-11-26.
pub const START: i64 = 1_795_651_200_000;

impl World {
    /// `None`: there is no PostgreSQL here.
    pub async fn start(kind: Kind) -> Option<Self> {
        // The clock stands still: rates would never fill again.
        Self::with(kind, Limits { burst: 1e9, ..Limits::default() }).await
    }

    pub async fn with(kind: Kind, limits: Limits) -> Option<Self> {
        // Set by another test already.
        tokio_rustls::rustls::crypto::ring::default_provider().install_default().ok();
        let dir = TempDir::new().unwrap();
        let (database, bucket) = match kind {
            Kind::SqliteFolder => (String::new(), None),
            Kind::PostgresS3 => (postgres::database().await?, Some(s3::Bucket::start().await)),
        };
        let now = Arc::new(AtomicI64::new(START));
        let (hub, address, server) = open(kind, dir.path().into(), &database, bucket.as_ref(), limits, &now).await;
        Some(Self { kind, dir, now, limits, database, bucket, hub, address, server: Some(server) })
    }

    /// Another process at the same stores.
    pub async fn another(&self) -> (Hub, SocketAddr) {
        let dir = self.dir.path().into();
        let (hub, address, _) =
            open(self.kind, dir, &self.database, self.bucket.as_ref(), self.limits, &self.now).await;
        (hub, address)
    }

    /// Stops it as a signal does.
    pub async fn stop(&mut self) {
        self.hub.stop();
        if let Some(server) = self.server.take() {
            server.await.unwrap();
        }
        self.hub.storage().close().await;
    }

    /// Starts it again over what lies there, at another port.
    pub async fn again(&mut self) {
        let dir = self.dir.path().into();
        let (hub, address, server) =
            open(self.kind, dir, &self.database, self.bucket.as_ref(), self.limits, &self.now).await;
        (self.hub, self.address, self.server) = (hub, address, Some(server));
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn pass(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    pub fn time(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    pub fn storage(&self) -> &dyn Storage {
        self.hub.storage().as_ref()
    }

    /// A code of the operator.
    pub async fn code(&self, name: &str) -> String {
        let code = secrets::invite().unwrap();
        let hash = secrets::invite_hash(&code).unwrap();
        let founding = Founding { code: hash, name: name.into(), quota: self.limits.quota, until: i64::MAX };
        self.storage().add_founding(&founding).await.unwrap();
        code
    }

    /// A stall with its first laptop. `seed` tells stalls apart.
    pub async fn stall(&self, seed: u8) -> Laptop {
        let code = self.code(&format!("stall {seed}")).await;
        let mut owner = Laptop::founder(self.address, seed);
        let made = owner.make_stall();
        let answer = owner.post("/v1/stalls", Some(&code), &made).await;
        owner.token = answer.ok()["token"].as_str().unwrap().to_owned();
        owner
    }
}

async fn open(
    kind: Kind,
    dir: PathBuf,
    database: &str,
    bucket: Option<&s3::Bucket>,
    limits: Limits,
    now: &Arc<AtomicI64>,
) -> (Hub, SocketAddr, JoinHandle<()>) {
    let storage = match kind {
        Kind::SqliteFolder => storage::open_sqlite(&dir.join("hub.db")).await.unwrap(),
        Kind::PostgresS3 => storage::open_postgres(database, 4).await.unwrap(),
    };
    let blobs = match bucket {
        None => Blobs::folder(&dir.join("objects")).unwrap(),
        Some(bucket) => bucket.blobs(),
    };
    let now = now.clone();
    let clock: Clock = Arc::new(move || now.load(Ordering::SeqCst));
    let hub = Hub::open(storage, blobs, limits, clock).await.unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = tcp.local_addr().unwrap();
    let server = tokio::spawn(serve::listen(tcp, hub.clone(), None, false));
    (hub, address, server)
}

/// Hex of some bytes.
pub fn hex(bytes: &[u8]) -> String {
    HexBytes(bytes.to_vec()).to_string()
}
