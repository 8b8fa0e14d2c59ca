//! A line that can be cut, one for each laptop: a veth pair whose end is pulled, or, where the machine allows no namespaces, a
//! TCP relay in front of the hub.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
};

use crate::namespace::{self, Namespace};

/// So long nothing comes through a line that is cut.
const SILENCE: Duration = Duration::from_millis(300);

pub struct Line {
    /// The hub, as this laptop sees it.
    pub at: SocketAddr,
    how: How,
}

enum How {
    Cable { n: u8, hub: Arc<Namespace>, laptop: Arc<Namespace> },
    Relay(Arc<(AtomicBool, Notify)>),
}

/// Joins a connection to a port on this machine.
pub async fn joined(mut near: TcpStream, port: u16) {
    if let Ok(mut far) = TcpStream::connect(("127.0.0.1", port)).await {
        tokio::io::copy_bidirectional(&mut near, &mut far).await.ok();
    }
}

impl Line {
    /// The cable of this laptop to the hub at this port.
    pub fn cable(n: u8, hub: Arc<Namespace>, laptop: Arc<Namespace>, port: u16) -> Self {
        Self { at: namespace::hub_at(n, port), how: How::Cable { n, hub, laptop } }
    }

    /// A relay to the hub at this port.
    pub async fn relay(hub: u16) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = tcp.local_addr().unwrap();
        let cut = Arc::new((AtomicBool::new(false), Notify::new()));
        let state = Arc::clone(&cut);
        tokio::spawn(async move {
            while let Ok((near, _)) = tcp.accept().await {
                let state = Arc::clone(&state);
                tokio::spawn(async move {
                    let broken = state.1.notified();
                    if !state.0.load(Ordering::SeqCst) {
                        tokio::select! {
                            () = joined(near, hub) => {}
                            () = broken => {}
                        }
                    }
                });
            }
        });
        Self { at, how: How::Relay(cut) }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// Cuts it, in the middle of whatever goes over it, or mends it, and looks that it is so. Connections over a cable hang, those
    /// over a relay are closed.
    pub fn cut(&self, cut: bool) {
        match &self.how {
            How::Cable { n, hub, laptop } => {
                hub.plug(*n, !cut);
                if cut {
                    assert!(laptop.connect(self.at, SILENCE).is_none(), "the cable of laptop {n} is cut and carries");
                } else {
                    let mended = (0..20).any(|_| laptop.connect(self.at, Duration::from_secs(2)).is_some());
                    assert!(mended, "the cable of laptop {n} is mended and carries nothing");
                }
            }
            How::Relay(state) => {
                state.0.store(cut, Ordering::SeqCst);
                if cut {
                    state.1.notify_waiters();
                }
            }
        }
    }
}
