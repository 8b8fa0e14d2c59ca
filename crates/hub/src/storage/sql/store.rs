//! The trait over one database: each call is a function of a file beside.

use async_trait::async_trait;
use bytes::Bytes;

use super::{
    super::{
        Added, Bearer, Beat, Claim, Copied, Founding, Hash, Held, Kept, Kind, Lineage, Name, NewCertificate,
        NewEnvelope, NewInvite, NewJoin, NewPiece, NewStall, Object, Page, Placing, Pull, Pushed, Relay, Replica,
        ReplicaId, Stall, StallId, Storage, Told,
    },
    claims,
    dialect::{News, Pool},
    hub, joins, members, objects, pull, push, relay, stalls,
};
use crate::error::HubResult;

/// An open database.
#[derive(Debug)]
pub struct Sql {
    pub writer: Pool,
    pub readers: Pool,
    pub news: News,
}

#[async_trait]
impl Storage for Sql {
    async fn ready(&self) -> HubResult<()> {
        hub::ready(self).await
    }
    async fn beat(&self) -> HubResult<Beat> {
        hub::beat(self).await
    }
    async fn renew_lineages(&self, beat: i64) -> HubResult<u64> {
        hub::renew_lineages(self, beat).await
    }
    async fn renew_lineage(&self, stall: &StallId, old: &Lineage) -> HubResult<Lineage> {
        hub::renew_lineage(self, stall, old).await
    }
    async fn admin(&self) -> HubResult<Option<Hash>> {
        hub::admin(self).await
    }
    async fn set_admin(&self, hash: &Hash) -> HubResult<()> {
        hub::set_admin(self, hash).await
    }
    async fn add_founding(&self, founding: &Founding) -> HubResult<()> {
        stalls::add_founding(self, founding).await
    }
    async fn foundings(&self, now: i64) -> HubResult<Vec<Founding>> {
        stalls::foundings(self, now).await
    }
    async fn found(&self, code: Option<&Hash>, new: &NewStall) -> HubResult<()> {
        stalls::found(self, code, new).await
    }
    async fn add_invite(&self, stall: &StallId, invite: &NewInvite) -> HubResult<()> {
        joins::add_invite(self, stall, invite).await
    }
    async fn invited_to(&self, invite: &Hash) -> HubResult<Option<StallId>> {
        joins::invited_to(self, invite).await
    }
    async fn join(&self, join: &NewJoin) -> HubResult<()> {
        joins::join(self, join).await
    }
    async fn joins(&self, stall: &StallId) -> HubResult<Vec<(Bytes, i64)>> {
        joins::joins(self, stall).await
    }
    async fn add_token(&self, stall: &StallId, token: &Hash, replica: &ReplicaId, now: i64) -> HubResult<()> {
        joins::add_token(self, stall, token, replica, now).await
    }
    async fn token(&self, stall: &StallId, token: &Hash) -> HubResult<Option<Bearer>> {
        joins::token(self, stall, token).await
    }
    async fn stalls(&self) -> HubResult<Vec<Stall>> {
        stalls::stalls(self).await
    }
    async fn stall(&self, stall: &StallId) -> HubResult<Option<Stall>> {
        stalls::stall(self, stall).await
    }
    async fn set_quota(&self, stall: &StallId, bytes: i64) -> HubResult<bool> {
        stalls::set_quota(self, stall, bytes).await
    }
    async fn add_certificates(&self, stall: &StallId, known: i64, new: &[NewCertificate], now: i64) -> HubResult<bool> {
        members::add_certificates(self, stall, known, new, now).await
    }
    async fn certificates(&self, stall: &StallId) -> HubResult<Vec<Bytes>> {
        members::certificates(self, stall).await
    }
    async fn replica(&self, stall: &StallId, replica: &ReplicaId) -> HubResult<Option<Replica>> {
        let mut conn = self.readers.acquire().await?;
        members::replica(&mut conn, stall, replica).await
    }
    async fn add_wraps(&self, stall: &StallId, wraps: &[Bytes]) -> HubResult<()> {
        members::add_wraps(self, stall, wraps).await
    }
    async fn wraps(&self, stall: &StallId, after: i64) -> HubResult<Vec<(i64, Bytes)>> {
        members::wraps(self, stall, after).await
    }
    async fn push(&self, stall: &StallId, envelopes: &[NewEnvelope], now: i64) -> HubResult<Pushed> {
        push::push(self, stall, envelopes, now).await
    }
    async fn set_relay(&self, stall: &StallId, to: Relay) -> HubResult<()> {
        relay::set(self, stall, to).await
    }
    async fn tail(&self, stall: &StallId, replica: &ReplicaId) -> HubResult<Option<(i64, Hash)>> {
        relay::tail(&mut *self.readers.acquire().await?, stall, replica).await
    }
    async fn held(&self, stall: &StallId, skip: i64, budget: usize) -> HubResult<Vec<Held>> {
        relay::held(self, stall, skip, budget).await
    }
    async fn place(&self, stall: &StallId, of: &Copied, placing: &[Placing]) -> HubResult<i64> {
        relay::place(self, stall, of, placing).await
    }
    async fn pull(&self, ask: &Pull) -> HubResult<Page> {
        pull::pull(self, ask).await
    }
    async fn walk(&self, stall: &StallId, after: i64, limit: i64) -> HubResult<Vec<Kept>> {
        pull::walk(self, stall, after, limit).await
    }
    async fn replicas(&self, stall: &StallId) -> HubResult<Vec<Replica>> {
        members::replicas(self, stall).await
    }
    async fn missing(&self, stall: &StallId, kind: Kind, names: &[Name]) -> HubResult<Vec<bool>> {
        objects::missing(self, stall, kind, names).await
    }
    async fn object(&self, stall: &StallId, kind: Kind, name: &[u8]) -> HubResult<Option<Object>> {
        objects::object(self, stall, kind, name).await
    }
    async fn add_piece(&self, stall: &StallId, piece: &NewPiece) -> HubResult<Added> {
        objects::add_piece(self, stall, piece).await
    }
    async fn finish(&self, stall: &StallId, kind: Kind, name: &[u8], now: i64) -> HubResult<bool> {
        objects::finish(self, stall, kind, name, now).await
    }
    async fn drop_object(&self, stall: &StallId, kind: Kind, name: &[u8]) -> HubResult<Vec<String>> {
        objects::drop_object(self, stall, kind, name).await
    }
    async fn doom(&self, stall: &StallId, kind: Kind, names: &[Name], now: i64) -> HubResult<u64> {
        objects::doom(self, stall, kind, names, now).await
    }
    async fn sweep(&self, doomed_by: i64, idle_by: i64) -> HubResult<Vec<String>> {
        objects::sweep(self, doomed_by, idle_by).await
    }
    async fn objects(&self, stall: &StallId, kind: Kind) -> HubResult<Vec<Object>> {
        objects::objects(self, stall, kind).await
    }
    async fn count(&self, stall: &StallId, kind: Kind) -> HubResult<u64> {
        objects::count(self, stall, kind).await
    }
    async fn names(&self, stall: &StallId, kind: Kind, after: &[u8], most: i64) -> HubResult<Vec<Name>> {
        objects::names(self, stall, kind, after, most).await
    }
    async fn claim(&self, stall: &StallId, claim: &Claim, now: i64) -> HubResult<(ReplicaId, i64)> {
        claims::claim(self, stall, claim, now).await
    }
    async fn news(&self) -> Option<HubResult<Told>> {
        self.news.next().await
    }
    async fn tell(&self, told: &Told) {
        self.news.tell(&self.writer, told).await;
    }
    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
