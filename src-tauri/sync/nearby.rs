//! Hubs in this network, by mDNS: told of and found. What is found is only an address: who is there proves itself by the
//! fingerprint a laptop knows already, or by the owner's side of an invitation.

use std::{collections::BTreeMap, net::Ipv4Addr, time::Duration};

use mdns_sd::{ResolvedService, ServiceDaemon, ServiceEvent, ServiceInfo};
use stall_core::api::{SyncHubNear, SyncNearby};
use stall_sync::Identity;

use crate::{ctx::Ctx, lan::addresses_now};

const SERVICE: &str = "_stallkeeper._tcp.local.";
const LISTEN: Duration = Duration::from_secs(2);
const FINGERPRINT: &str = "fp";
const NAME: &str = "name";
/// A label of DNS holds so many bytes.
const LABEL: usize = 63;

/// Tells the network of this hub as long as it lives.
pub struct Shout(ServiceDaemon);

impl std::fmt::Debug for Shout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shout")
    }
}

impl Drop for Shout {
    fn drop(&mut self) {
        self.0.shutdown().ok();
    }
}

impl Shout {
    /// Begins; `None` where the system lets nobody speak: others then type the address.
    pub fn begin(me: &Identity, port: u16, fingerprint: &str) -> Option<Self> {
        let failed = |e: mdns_sd::Error| tracing::warn!(%e, "nobody is told of the hub");
        let daemon = ServiceDaemon::new().inspect_err(|e| tracing::warn!(%e, "no mDNS")).ok()?;
        let label = format!("stall-{}", fingerprint.get(..12).unwrap_or_default());
        let properties = [(FINGERPRINT, fingerprint), (NAME, short(&me.name))];
        let host = format!("{label}.local.");
        let info = ServiceInfo::new(SERVICE, &label, &host, "", port, &properties[..]).map_err(failed).ok()?;
        daemon.register(info.enable_addr_auto()).map_err(failed).ok()?;
        Some(Self(daemon))
    }
}

/// A name no longer than a label.
fn short(name: &str) -> &str {
    let mut end = name.len().min(LABEL);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or_default()
}

/// Listens for two seconds.
pub async fn nearby() -> SyncNearby {
    let found = heard().await;
    let hubs = found.into_iter().map(|(hub, (name, ip))| SyncHubNear { name, hub, ip: ip.to_string() });
    SyncNearby { hubs: hubs.collect() }
}

/// Goes to the laptop's hub where it has another address now; true when it was found there.
pub async fn follow(ctx: &Ctx, me: &Identity) -> bool {
    let Some((_, pin)) = me.hub.split_once('#') else { return false };
    // The hub here is always reached through this machine itself.
    if ctx.sync().kept().hosting {
        return false;
    }
    let Some(hub) = heard().await.into_keys().find(|hub| hub.ends_with(pin) && *hub != me.hub) else { return false };
    let mut moved = me.clone();
    moved.hub = hub;
    ctx.sync().me().as_ref() == Some(me) && ctx.sync().become_(ctx.own(), Some(moved)).is_ok()
}

/// Addresses with fingerprints, each with the name of who is there.
async fn heard() -> BTreeMap<String, (String, Ipv4Addr)> {
    let mut found = BTreeMap::new();
    let Ok(daemon) = ServiceDaemon::new() else { return found };
    if let Ok(events) = daemon.browse(SERVICE) {
        let until = tokio::time::Instant::now() + LISTEN;
        while let Ok(Ok(event)) = tokio::time::timeout_at(until, events.recv_async()).await {
            if let ServiceEvent::ServiceResolved(info) = event
                && let Some((hub, who)) = read(&info)
            {
                found.insert(hub, who);
            }
        }
    }
    daemon.shutdown().ok();
    found
}

fn read(info: &ResolvedService) -> Option<(String, (String, Ipv4Addr))> {
    let pin = info.get_property_val_str(FINGERPRINT).filter(|p| p.len() == 64)?;
    let name = info.get_property_val_str(NAME).unwrap_or_default().to_owned();
    let all: Vec<Ipv4Addr> = info.get_addresses_v4().into_iter().collect();
    // One in a network of ours, if there is one.
    let ours = addresses_now();
    let near = |ip: &&Ipv4Addr| ours.iter().any(|(_, own)| own.octets().get(..3) == ip.octets().get(..3));
    let ip = *all.iter().find(near).or(all.first())?;
    Some((format!("https://{ip}:{}#{pin}", info.get_port()), (name, ip)))
}
