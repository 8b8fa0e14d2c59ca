//! A laptop of a stall: its store and its client.

use std::path::Path;

use stall_core::{Role, api::UnitQuery};
use stall_store::{Actor, Env, Store, tables::units};
use stall_sync::{Client, Identity, Round};

use crate::{hub::HubProcess, stock};

pub struct Laptop {
    pub store: Store,
    pub client: Client,
    pub actor: Actor,
}

/// How a first sync went.
pub struct First {
    pub seconds: f64,
    /// Until the search found the planted unit, all of `seconds` with it.
    pub ready: f64,
    pub round: Round,
}

impl Laptop {
    /// The first of a stall.
    pub async fn found(hub: &HubProcess, dir: &Path) -> Self {
        let store = Store::open(dir, Env::system()).await.unwrap();
        let replica = store.sync_standing().await.unwrap().replica;
        let made = stall_sync::found(&hub.url(), &hub.code, replica, "周敏的电脑", store.env().now()).await.unwrap();
        Self::of(store, made.identity)
    }

    /// One more, invited and let in by `owner`. It goes to the hub by `url`.
    pub async fn join(url: &str, owner: &Self, dir: &Path) -> Self {
        let store = Store::open(dir, Env::system()).await.unwrap();
        let replica = store.sync_standing().await.unwrap().replica;
        let (me, name, role) = (owner.client.identity(), "阿强的电脑", Role::Owner);
        let code = stall_sync::invite(me, name, role).await.unwrap();
        let identity = stall_sync::ask(url, &code, replica, name, role).await.unwrap();
        let waiting = stall_sync::waiting(me).await.unwrap();
        let join = &waiting.iter().find(|w| w.join.replica == replica).unwrap().join;
        stall_sync::let_in(me, &code, join, role, store.env().now()).await.unwrap();
        Self::of(store, identity)
    }

    /// The same laptop going another way to the hub.
    pub fn by(self, url: &str) -> Self {
        let mut identity = self.client.identity().clone();
        url.clone_into(&mut identity.hub);
        Self::of(self.store, identity)
    }

    fn of(store: Store, identity: Identity) -> Self {
        let actor = Actor::new(&identity.name, identity.role);
        Self { client: Client::new(store.clone(), identity).unwrap(), store, actor }
    }

    pub async fn round(&mut self) -> Round {
        self.client.round().await.unwrap()
    }

    /// Makes a snapshot and brings it to the hub.
    pub async fn snapshot(&mut self) {
        self.round().await;
        let clock = std::time::Instant::now();
        let made = self.client.snapshots().unwrap().now().await.unwrap();
        println!("  snapshot: {made:?} in {:.2} s", clock.elapsed().as_secs_f64());
    }

    /// The first exchange of an empty laptop, and the first search in what came.
    pub async fn first(&mut self) -> First {
        let clock = std::time::Instant::now();
        let round = self.round().await;
        let seconds = clock.elapsed().as_secs_f64();
        let planted = UnitQuery { text: stock::PLANTED.into(), ..UnitQuery::default() };
        assert_eq!(units::list(&self.store, &planted).await.unwrap().total, 1, "the search finds what was planted");
        First { seconds, ready: clock.elapsed().as_secs_f64(), round }
    }
}
