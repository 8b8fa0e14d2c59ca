//! A line that can be cut: a TCP relay in front of the hub, one for each laptop.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
};

pub struct Line {
    port: u16,
    cut: Arc<(AtomicBool, Notify)>,
}

impl Line {
    /// A line to the hub at this port.
    pub async fn to(hub: u16) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = tcp.local_addr().unwrap().port();
        let cut = Arc::new((AtomicBool::new(false), Notify::new()));
        let state = Arc::clone(&cut);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = tcp.accept().await {
                let state = Arc::clone(&state);
                tokio::spawn(async move {
                    let broken = state.1.notified();
                    if state.0.load(Ordering::SeqCst) {
                        return;
                    }
                    if let Ok(mut far) = TcpStream::connect(("127.0.0.1", hub)).await {
                        tokio::select! {
                            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                            () = broken => {}
                        }
                    }
                });
            }
        });
        Self { port, cut }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Cuts it, in the middle of whatever goes over it, or mends it.
    pub fn cut(&self, cut: bool) {
        self.cut.0.store(cut, Ordering::SeqCst);
        if cut {
            self.cut.1.notify_waiters();
        }
    }
}
