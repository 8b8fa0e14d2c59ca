//! Network namespaces: the hub and every laptop in one of their own, a veth pair from each laptop to the hub.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    thread,
    time::Duration,
};

use nix::sched::{CloneFlags, setns};

use crate::line;

/// Named after the process, so that those of one that was killed are known.
const PREFIX: &str = "stall-ring-";
const NAMED: &str = "/run/netns";
/// The hub's end of every pair, so that a laptop need not ask for it: what is cut then hangs and is not refused.
const HUB_MAC: &str = "02:00:00:00:00:01";

/// Removed when dropped.
pub struct Namespace {
    name: String,
}

/// The hub's namespace and one for each laptop.
pub struct Market {
    pub hub: Arc<Namespace>,
    pub laptops: Vec<Arc<Namespace>>,
}

impl Market {
    /// Lays the lines; says why where the machine allows none.
    pub fn lay(laptops: u8) -> Result<Self, String> {
        sweep();
        let hub = Namespace::new("hub")?;
        let mut all = Vec::new();
        for n in 0..laptops {
            let laptop = Namespace::new(&n.to_string())?;
            let (near, far) = (&laptop.name, &hub.name);
            let pair = format!("hub{n}");
            ip(&format!("-n {near} link add cable type veth peer name {pair} address {HUB_MAC} netns {far}"))?;
            ip(&format!("-n {near} addr add {}/30 dev cable", host(n, 2)))?;
            ip(&format!("-n {far} addr add {}/30 dev {pair}", host(n, 1)))?;
            ip(&format!("-n {near} link set cable up"))?;
            ip(&format!("-n {far} link set {pair} up"))?;
            ip(&format!("-n {near} neigh replace {} lladdr {HUB_MAC} dev cable nud permanent", host(n, 1)))?;
            all.push(Arc::new(laptop));
        }
        Ok(Self { hub: Arc::new(hub), laptops: all })
    }
}

/// Where the hub is for this laptop.
pub fn hub_at(n: u8, port: u16) -> SocketAddr {
    SocketAddr::from((host(n, 1), port))
}

fn host(n: u8, end: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, n, end)
}

impl Namespace {
    fn new(what: &str) -> Result<Self, String> {
        // Two tests of one process may have some at a time.
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let name = format!("{PREFIX}{}-{}-{what}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
        ip(&format!("netns add {name}"))?;
        let new = Self { name };
        ip(&format!("-n {} link set lo up", new.name))?;
        Ok(new)
    }

    /// A program in here.
    pub fn command(&self, program: &Path) -> Command {
        let mut c = Command::new("ip");
        c.args(["netns", "exec", &self.name]).arg(program);
        c
    }

    /// Pulls the laptop's cable at the hub, whose namespace this is, or plugs it in.
    pub fn plug(&self, n: u8, on: bool) {
        ip(&format!("-n {} link set hub{n} {}", self.name, if on { "up" } else { "down" })).unwrap();
    }

    /// What runs in here, on a thread that entered.
    fn enter<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> thread::JoinHandle<T> {
        let space = File::open(Path::new(NAMED).join(&self.name)).unwrap();
        thread::spawn(move || {
            setns(space, CloneFlags::CLONE_NEWNET).unwrap();
            work()
        })
    }

    /// A connection from here; `None` where none comes about in this time.
    pub fn connect(&self, to: SocketAddr, within: Duration) -> Option<TcpStream> {
        self.enter(move || TcpStream::connect_timeout(&to, within).ok()).join().unwrap()
    }

    /// A port outside that leads to one on the loopback in here, which may change.
    pub fn door(&self, to: Arc<AtomicU16>) -> u16 {
        let outside = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        outside.set_nonblocking(true).unwrap();
        let port = outside.local_addr().unwrap().port();
        // A socket belongs to where it was made: the one that listens to the outside, those that connect to the inside.
        self.enter(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let outside = tokio::net::TcpListener::from_std(outside).unwrap();
                while let Ok((near, _)) = outside.accept().await {
                    tokio::spawn(line::joined(near, to.load(Ordering::SeqCst)));
                }
            });
        });
        port
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        ip(&format!("netns del {}", self.name)).ok();
    }
}

/// Removes what a ring left that was killed.
fn sweep() {
    let Ok(all) = std::fs::read_dir(NAMED) else { return };
    for name in all.flatten().filter_map(|e| e.file_name().into_string().ok()) {
        let of = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next());
        if of.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            ip(&format!("netns del {name}")).ok();
        }
    }
}

fn ip(args: &str) -> Result<(), String> {
    let done = Command::new("ip").args(args.split(' ')).output().map_err(|e| format!("`ip` does not start: {e}"))?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("`ip {args}`: {}", String::from_utf8_lossy(&done.stderr).trim()))
}
