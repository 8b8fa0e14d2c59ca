//! A hub in a process of its own: this program started again.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use stall_hub::{Hub, Limits, blobs::Blobs, program::serve::listen, secrets, storage, system_clock};
use tokio::net::TcpListener;

/// The first argument of the process that is the hub.
pub const SERVE: &str = "hub";

/// A running hub; it ends with this.
pub struct HubProcess {
    child: Child,
    /// Host and port.
    pub address: String,
    /// Founds one stall.
    pub code: String,
}

impl HubProcess {
    pub fn start(dir: &Path) -> Self {
        std::fs::create_dir_all(dir).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(SERVE)
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let (address, code) = said.trim().split_once(' ').unwrap();
        Self { address: address.to_owned(), code: code.to_owned(), child }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().ok();
    }
}

/// Serves until the other process lets go; says first where and for which founding code.
pub async fn serve(dir: &Path) {
    let storage = storage::open_sqlite(&dir.join("hub.db")).await.unwrap();
    // What one laptop may ask for in a second is less than what is measured.
    let limits = Limits { burst: 1e9, per_second: 1e9, ..Limits::default() };
    let blobs = Blobs::folder(&dir.join("objects")).unwrap();
    let hub = Hub::open(storage, blobs, limits, system_clock()).await.unwrap();
    let code = secrets::invite().unwrap();
    let founding = storage::Founding {
        code: secrets::invite_hash(&code).unwrap(),
        name: "老周数码".into(),
        quota: 64 << 30,
        until: i64::MAX,
    };
    hub.storage().add_founding(&founding).await.unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{} {code}", tcp.local_addr().unwrap());
    let listening = tokio::spawn(listen(tcp, hub.clone(), None, false));
    tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new())).await.unwrap().unwrap();
    hub.stop();
    listening.await.unwrap();
}
