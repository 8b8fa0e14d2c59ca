//! The addresses of this machine in its own network.

use std::net::Ipv4Addr;

use if_addrs::IfAddr;

/// Card and address, best first. Empty where there is no network.
pub fn now() -> Vec<(String, Ipv4Addr)> {
    let cards = match if_addrs::get_if_addrs() {
        Ok(cards) => cards,
        Err(e) => {
            tracing::warn!(%e, "the system does not tell its addresses");
            Vec::new()
        }
    };
    let v4 = cards.into_iter().filter_map(|card| match &card.addr {
        IfAddr::V4(v4) => Some((card.name.clone(), v4.ip)),
        IfAddr::V6(_) => None,
    });
    stall_core::lan::sorted(v4.collect())
}

/// What can be shown: the machine itself where there is nothing else.
pub fn offered(found: Vec<(String, Ipv4Addr)>) -> Vec<(String, Ipv4Addr)> {
    if found.is_empty() { vec![(String::new(), Ipv4Addr::LOCALHOST)] } else { found }
}
