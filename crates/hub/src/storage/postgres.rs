//! PostgreSQL: for a hub of many stalls, or of several processes.

use std::{sync::Arc, time::Duration};

use sqlx::{
    migrate::Migrator,
    postgres::{PgListener, PgPoolOptions},
};

use super::Storage;
use crate::error::{HubError, HubResult};

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/postgres");

/// What differs from the other database.
mod dialect {
    use sqlx::postgres::PgListener;
    use tokio::sync::Mutex;

    use super::super::StallId;
    use crate::{
        error::{HubError, HubResult},
        hex,
    };

    pub type Db = sqlx::Postgres;
    pub type Conn = sqlx::PgConnection;
    pub type Pool = sqlx::PgPool;
    pub const BEGIN: &str = "BEGIN";
    pub const LOCK_STALL: &str =
        "SELECT stall,name,root,recovery,lineage,head,max_eff,quota,used,relay FROM stalls WHERE stall=$1 FOR UPDATE";
    pub const LOCK_REPLICA: &str = "SELECT replica,signer,role,revoked,next_rseq,last_id,last_eff FROM replicas \
                                    WHERE stall=$1 AND replica=$2 FOR UPDATE";
    pub const CHANNEL: &str = "stall_hub_head";

    /// News between the processes at one database.
    #[derive(Debug)]
    pub struct News(pub Mutex<PgListener>);

    impl News {
        pub async fn next(&self) -> Option<HubResult<(StallId, i64)>> {
            let heard = self.0.lock().await.recv().await;
            Some(heard.map_err(HubError::from).and_then(|n| {
                let read = n
                    .payload()
                    .split_once(' ')
                    .and_then(|(stall, head)| Some((hex::array(stall)?, head.parse().ok()?)));
                read.ok_or_else(|| HubError::internal("news that is none"))
            }))
        }

        /// After the commit: inside, all commits of the database would queue for it. One that is lost is made good by
        /// the listeners' own look at the head.
        pub async fn tell(&self, pool: &Pool, stall: &StallId, head: i64) {
            let payload = format!("{} {head}", hex::of(stall));
            let told = sqlx::query("SELECT pg_notify($1,$2)").bind(CHANNEL).bind(payload).execute(pool).await;
            if let Err(e) = told {
                tracing::warn!(%e, "other processes were not told of a new head");
            }
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
    listener.listen(dialect::CHANNEL).await?;
    let news = dialect::News(tokio::sync::Mutex::new(listener));
    Ok(Arc::new(store::Sql { writer: pool.clone(), readers: pool, news }))
}
