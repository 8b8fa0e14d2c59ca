//! PostgreSQL: for a hub of many stalls, or of several processes.

use std::{sync::Arc, time::Duration};

use sqlx::{
    migrate::Migrator,
    postgres::{PgListener, PgPoolOptions},
};

use super::Storage;
use crate::{
    error::{HubError, HubResult},
    hex, random,
};

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/postgres");

/// What differs from the other database.
mod dialect {
    use bytes::Bytes;
    use sqlx::postgres::{PgListener, PgNotification};
    use stall_core::sync::HexBytes;
    use tokio::sync::Mutex;

    use super::super::Told;
    use crate::{
        error::{HubError, HubResult},
        hex,
    };

    pub type Db = sqlx::Postgres;
    pub type Conn = sqlx::PgConnection;
    pub type Pool = sqlx::PgPool;
    pub const BEGIN: &str = "BEGIN";
    pub const LOCK_STALL: &str = "SELECT stall,name,root,recovery,lineage,head,max_eff,quota,used,relay,since FROM stalls \
                                  WHERE stall=$1 FOR UPDATE";
    pub const LOCK_REPLICA: &str = "SELECT replica,signer,role,revoked,next_rseq,last_id,last_eff FROM replicas \
                                    WHERE stall=$1 AND replica=$2 FOR UPDATE";
    pub const HEADS: &str = "stall_hub_head";
    pub const PRESENCE: &str = "stall_hub_presence";

    /// News between the processes at one database.
    #[derive(Debug)]
    pub struct News {
        pub listener: Mutex<PgListener>,
        /// Of this process: its own words come back to it.
        pub own: String,
    }

    impl News {
        pub async fn next(&self) -> Option<HubResult<Told>> {
            let mut listener = self.listener.lock().await;
            loop {
                match listener.recv().await {
                    Ok(n) if n.channel() == PRESENCE && n.payload().starts_with(&self.own) => {}
                    Ok(n) => return Some(read(&n).ok_or_else(|| HubError::internal("news that is none"))),
                    Err(e) => return Some(Err(e.into())),
                }
            }
        }

        /// After the commit: inside, all commits of the database would queue for it. One that is lost is made good by
        /// the listeners' own look at the head.
        pub async fn tell(&self, pool: &Pool, told: &Told) {
            let (channel, payload) = match told {
                Told::Head(stall, head) => (HEADS, format!("{} {head}", hex::of(stall))),
                Told::Presence(stall, replica, sealed) => {
                    (PRESENCE, format!("{} {} {} {}", self.own, hex::of(stall), hex::of(replica), hex::of(sealed)))
                }
            };
            let told = sqlx::query("SELECT pg_notify($1,$2)").bind(channel).bind(payload).execute(pool).await;
            if let Err(e) = told {
                tracing::warn!(%e, channel, "other processes were not told");
            }
        }
    }

    fn read(n: &PgNotification) -> Option<Told> {
        let words: Vec<&str> = n.payload().split(' ').collect();
        match (n.channel(), words.as_slice()) {
            (HEADS, [stall, head]) => Some(Told::Head(hex::array(stall)?, head.parse().ok()?)),
            (PRESENCE, [_, stall, replica, sealed]) => {
                let sealed = sealed.parse::<HexBytes>().ok()?.0;
                Some(Told::Presence(hex::array(stall)?, hex::array(replica)?, Bytes::from(sealed)))
            }
            _ => None,
        }
    }
}

#[path = "sql/claims.rs"]
mod claims;
#[path = "sql/hub.rs"]
mod hub;
#[path = "sql/joins.rs"]
mod joins;
#[path = "sql/members.rs"]
mod members;
#[path = "sql/objects.rs"]
mod objects;
#[path = "sql/pull.rs"]
mod pull;
#[path = "sql/push.rs"]
mod push;
#[path = "sql/relay.rs"]
mod relay;
#[path = "sql/rows.rs"]
mod rows;
#[path = "sql/stalls.rs"]
mod stalls;
#[path = "sql/store.rs"]
mod store;

/// Opens the database at a `postgres://` address and brings it to this version.
///
/// # Errors
/// `internal` when it does not answer or a newer version wrote it.
pub async fn open(url: &str, connections: u32) -> HubResult<Arc<dyn Storage>> {
    let pool = PgPoolOptions::new()
        .max_connections(connections.max(2))
        .acquire_timeout(Duration::from_secs(10))
        .connect(url)
        .await?;
    MIGRATOR.run(&pool).await.map_err(HubError::internal)?;
    let mut listener = PgListener::connect(url).await?;
    listener.listen_all([dialect::HEADS, dialect::PRESENCE]).await?;
    let own = hex::of(&random::bytes::<8>()?);
    let news = dialect::News { listener: tokio::sync::Mutex::new(listener), own };
    Ok(Arc::new(store::Sql { writer: pool.clone(), readers: pool, news }))
}
