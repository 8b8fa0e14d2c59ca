//! A hub on this machine and laptops that go to it.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use stall_core::{
    Fen, Id, Ms, Role,
    api::{UnitEdit, UnitPatch},
};
use stall_hub::{Clock, Hub, Limits, blobs::Blobs, program::serve, secrets, storage};
use stall_media::BlobStore;
use stall_store::{Actor, Env, Op, Store, Tx, tables::units};
use stall_sync::{Client, Identity, Round};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// 2026-11-26.
pub const START: i64 = 1_795_651_200_000;

/// A running hub.
pub struct World {
    pub dir: TempDir,
    pub now: Arc<AtomicI64>,
    pub hub: Hub,
    pub address: SocketAddr,
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(Limits { burst: 1e9, ..Limits::default() }).await
    }

    pub async fn start_with(limits: Limits) -> Self {
        let dir = TempDir::new().unwrap();
        let now = Arc::new(AtomicI64::new(START));
        let read = Arc::clone(&now);
        let clock: Clock = Arc::new(move || read.load(Ordering::SeqCst));
        let storage = storage::open_sqlite(&dir.path().join("hub.db")).await.unwrap();
        let blobs = Blobs::folder(&dir.path().join("objects")).unwrap();
        let hub = Hub::open(storage, blobs, limits, clock).await.unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        tokio::spawn(serve::listen(tcp, hub.clone(), None, false));
        Self { dir, now, hub, address }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn pass(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    /// A founding code of the operator.
    pub async fn code(&self) -> String {
        let code = secrets::invite().unwrap();
        let founding = storage::Founding {
            code: secrets::invite_hash(&code).unwrap(),
            name: "老周数码".into(),
            quota: Limits::default().quota,
            until: i64::MAX,
        };
        self.hub.storage().add_founding(&founding).await.unwrap();
        code
    }

    /// A laptop's store; its clock is the hub's, wrong by `skew`.
    pub async fn store(&self, skew: i64) -> (Store, TempDir) {
        let dir = TempDir::new().unwrap();
        (self.store_in(dir.path().into(), skew).await, dir)
    }

    pub async fn store_in(&self, dir: PathBuf, skew: i64) -> Store {
        let now = Arc::clone(&self.now);
        self.open_in(dir, Env::with_clock(move || Ms(now.load(Ordering::SeqCst) + skew))).await
    }

    async fn open_in(&self, dir: PathBuf, env: Env) -> Store {
        Store::open(&dir, env).await.unwrap()
    }

    /// The first laptop of a stall.
    pub async fn owner(&self) -> Laptop {
        let (store, dir) = self.store(0).await;
        let replica = store.sync_standing().await.unwrap().replica;
        let code = self.code().await;
        let made = stall_sync::found(&self.url(), &code, replica, "周敏的电脑", Ms(START)).await.unwrap();
        Laptop::of(store, dir, made.identity)
    }

    /// One more, invited and let in by `owner`.
    pub async fn join(&self, owner: &Laptop, name: &str, role: Role, skew: i64) -> Laptop {
        let (store, dir) = self.store(skew).await;
        let replica = store.sync_standing().await.unwrap().replica;
        let me = owner.client.identity();
        let now = Ms(self.now.load(Ordering::SeqCst));
        let code = stall_sync::invite(me, name, role).await.unwrap();
        let identity = stall_sync::ask(&self.url(), &code, replica, name, role).await.unwrap();
        let waiting = stall_sync::waiting(me).await.unwrap();
        let join = &waiting.iter().find(|w| w.join.replica == replica).unwrap().join;
        stall_sync::let_in(me, &code, join, role, now).await.unwrap();
        Laptop::of(store, dir, identity)
    }
}

/// A laptop.
pub struct Laptop {
    pub store: Store,
    pub dir: TempDir,
    pub media: Arc<BlobStore>,
    pub client: Client,
    pub actor: Actor,
}

impl Laptop {
    pub fn of(store: Store, dir: TempDir, identity: Identity) -> Self {
        let actor = Actor::new(&identity.name, Role::Owner);
        let client = Client::new(store.clone(), identity).unwrap();
        let media = Arc::new(BlobStore::open(dir.path()).unwrap());
        Self { store, dir, media, client, actor }
    }

    /// Closes the store, changes its file as a migration would, and opens it again.
    pub async fn altered(self, world: &World, sql: &str) -> Self {
        let Self { store, dir, media, client, actor } = self;
        let identity = client.identity().clone();
        let env = store.env().clone();
        store.close().await;
        // The lock goes with the last who holds it.
        drop((store, client, media));
        let file = SqliteConnectOptions::new().filename(dir.path().join("stall.db"));
        let mut conn = file.connect().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        let store = world.open_in(dir.path().into(), env).await;
        Self { actor, ..Self::of(store, dir, identity) }
    }

    /// An action that no screen has, logged as any.
    pub async fn write(&self, sql: &'static str) {
        let act = async |tx: &mut Tx<'_>| {
            sqlx::query(sql).execute(tx.conn()).await?;
            Ok(())
        };
        self.store.transact(Op::EditUnits, &self.actor, act).await.unwrap();
    }

    pub async fn note(&self, unit: Id, text: &str) {
        let patch = UnitPatch { note: Some(text.into()), ..UnitPatch::default() };
        units::edit(&self.store, &self.actor, &UnitEdit { ids: vec![unit], patch }).await.unwrap();
    }

    pub async fn price(&self, unit: Id, yuan: i64) {
        let patch = UnitPatch { price_list: Some(Some(Fen(yuan * 100))), ..UnitPatch::default() };
        units::edit(&self.store, &self.actor, &UnitEdit { ids: vec![unit], patch }).await.unwrap();
    }

    pub async fn round(&mut self) -> Round {
        self.client.round().await.unwrap()
    }

    pub async fn add(&self, model: &str) -> Id {
        let patch = UnitPatch {
            model: Some(model.into()),
            cost: Some(Some(Fen(31_415_926))),
            price_floor: Some(Some(Fen(27_182_818))),
            price_list: Some(Some(Fen(399_900))),
            ..UnitPatch::default()
        };
        units::add(&self.store, &self.actor, &patch).await.unwrap().row.id
    }

    pub async fn one<T>(&self, sql: &'static str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
    {
        sqlx::query_scalar(sql).fetch_one(&mut *self.store.read().await.unwrap()).await.unwrap()
    }

    /// Every unit and fact, as text.
    pub async fn goods(&self) -> Vec<String> {
        let sql = "SELECT json_array(id, stock_no, model, note, price_list, grade) FROM units
                   UNION ALL SELECT json_array(id, kind, unit_id) FROM facts ORDER BY 1";
        sqlx::query_scalar(sql).fetch_all(&mut *self.store.read().await.unwrap()).await.unwrap()
    }
}
