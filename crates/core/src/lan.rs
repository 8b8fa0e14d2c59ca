//! Addresses of this machine in its own network: which one a phone of the stall most likely reaches.

use std::net::Ipv4Addr;

/// How good an address is to offer, best first: a real card's private address, then other real ones, then cards that
/// virtual machines and tunnels make, then addresses a machine gives itself when nobody else does. `None`: never offered.
#[must_use]
pub fn place(card: &str, ip: Ipv4Addr) -> Option<u8> {
    if ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || ip.is_broadcast() {
        return None;
    }
    Some(match (ip.is_link_local(), made_up(card), ip.is_private()) {
        (true, ..) => 4,
        (_, true, _) => 3,
        (_, _, false) => 2,
        _ => u8::from(!wireless(card)),
    })
}

/// Cards of virtual machines, containers and tunnels, by the names their makers give them.
fn made_up(card: &str) -> bool {
    const NAMES: [&str; 18] = [
        "docker",
        "veth",
        "br-",
        "virbr",
        "vmnet",
        "vboxnet",
        "virtualbox",
        "vmware",
        "vethernet",
        "hyper-v",
        "wsl",
        "tun",
        "tap",
        "utun",
        "wg",
        "tailscale",
        "zerotier",
        "zt",
    ];
    let card = card.to_lowercase();
    NAMES.iter().any(|n| card.starts_with(n) || (n.len() > 5 && card.contains(n)))
}

/// A stall's phones are on its Wi-Fi or hotspot.
fn wireless(card: &str) -> bool {
    let card = card.to_lowercase();
    ["wl", "wi-fi", "wifi", "无线", "本地连接*", "ap", "hotspot"].iter().any(|n| card.starts_with(n))
}

/// Sorts the addresses to offer, best first.
#[must_use]
pub fn sorted(cards: Vec<(String, Ipv4Addr)>) -> Vec<(String, Ipv4Addr)> {
    let mut all: Vec<(u8, String, Ipv4Addr)> =
        cards.into_iter().filter_map(|(card, ip)| Some((place(&card, ip)?, card, ip))).collect();
    all.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
    all.dedup_by_key(|a| a.2);
    all.into_iter().map(|(_, card, ip)| (card, ip)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ips(cards: &[(&str, [u8; 4])]) -> Vec<String> {
        let cards = cards.iter().map(|(card, ip)| ((*card).to_owned(), Ipv4Addr::from(*ip))).collect();
        sorted(cards).into_iter().map(|(_, ip)| ip.to_string()).collect()
    }

    #[test]
    fn wifi_comes_before_cable_before_public_before_virtual_before_self_given() {
        let got = ips(&[
            ("docker0", [172, 17, 0, 1]),
            ("eth0", [10, 0, 0, 5]),
            ("lo", [127, 0, 0, 1]),
            ("Ethernet 2", [169, 254, 3, 4]),
            ("eth1", [8, 8, 4, 4]),
            ("vEthernet (WSL)", [172, 20, 0, 1]),
            ("wlan0", [192, 168, 43, 7]),
        ]);
        assert_eq!(got, ["192.168.43.7", "10.0.0.5", "8.8.4.4", "172.17.0.1", "172.20.0.1", "169.254.3.4"]);
    }

    #[test]
    fn loopback_is_never_offered() {
        assert!(ips(&[("lo", [127, 0, 0, 1]), ("lo", [127, 0, 1, 1])]).is_empty());
    }
}
