//! The programs: started, killed, stopped, started again on the same folder and port.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    clock::{self, Clock},
    namespace::Namespace,
};

/// Ended with the test, whatever becomes of it.
struct Running(Child);

impl Running {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
        clock::forget(self.0.id());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
        clock::forget(self.0.id());
    }
}

fn program(name: &str) -> PathBuf {
    let app = PathBuf::from(env!("CARGO_BIN_EXE_stallkeeper"));
    app.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// A program in its namespace, or in everybody's.
fn command(name: &str, place: Option<&Namespace>) -> Command {
    let program = program(name);
    place.map_or_else(|| Command::new(&program), |p| p.command(&program))
}

/// Stops a process and lets it go on: a laptop whose lid was closed.
async fn freeze(child: &Running, how_long: Duration) {
    if cfg!(unix) {
        let send = |signal: &str| Command::new("kill").args([signal, &child.0.id().to_string()]).status().unwrap();
        send("-STOP");
        tokio::time::sleep(how_long).await;
        send("-CONT");
    }
}

async fn free_port() -> u16 {
    tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

pub struct Hub {
    pub port: u16,
    place: Option<Arc<Namespace>>,
    dir: TempDir,
    child: Running,
}

impl Hub {
    pub async fn start(place: Option<Arc<Namespace>>) -> Self {
        let dir = TempDir::new().unwrap();
        let port = free_port().await;
        let child = Self::run(&dir, port, place.as_deref()).await;
        Self { port, place, dir, child }
    }

    async fn run(dir: &TempDir, port: u16, place: Option<&Namespace>) -> Running {
        let mut c = command("stall-hub", place);
        let host = if place.is_some() { "0.0.0.0" } else { "127.0.0.1" };
        c.args(["serve", "--listen", &format!("{host}:{port}"), "--data"]).arg(dir.path());
        let child = Running(c.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let here = std::net::SocketAddr::from(([127, 0, 0, 1], port));
        for _ in 0..200 {
            let listens = match place {
                Some(place) => place.connect(here, Duration::from_secs(2)).is_some(),
                None => tokio::net::TcpStream::connect(here).await.is_ok(),
            };
            if listens {
                return child;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the hub does not listen");
    }

    /// A founding code.
    pub async fn code(&self) -> String {
        let mut c = Command::new(program("stall-hub"));
        let out = c.args(["stall", "create", "ring", "--data"]).arg(self.dir.path()).output().unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let code = |w: &&str| w.len() == 19 && w.matches('-').count() == 3;
        text.split_whitespace().find(code).unwrap_or_else(|| panic!("no code in {text:?}")).to_owned()
    }

    pub async fn kill(&mut self) {
        self.child.kill();
    }

    pub async fn again(&mut self) {
        self.child = Self::run(&self.dir, self.port, self.place.as_deref()).await;
    }

    pub async fn freeze(&self, how_long: Duration) {
        freeze(&self.child, how_long).await;
    }
}

pub struct Laptop {
    pub name: &'static str,
    pub clock: Option<Clock>,
    place: Option<Arc<Namespace>>,
    dir: TempDir,
    child: Running,
    /// The program's port, and the one by which it is reached from here.
    port: Arc<AtomicU16>,
    door: u16,
    token: String,
    client: reqwest::Client,
}

impl Laptop {
    /// `faketime`: the library that shifts its clock.
    pub async fn start(name: &'static str, place: Option<Arc<Namespace>>, faketime: Option<&std::path::Path>) -> Self {
        let dir = TempDir::new().unwrap();
        let clock = Clock::new(faketime, dir.path());
        let (child, port, token) = Self::run(&dir, place.as_deref(), clock.as_ref());
        let port = Arc::new(AtomicU16::new(port));
        let door = place.as_ref().map_or(0, |p| p.door(Arc::clone(&port)));
        let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { name, clock, place, dir, child, port, door, token, client }
    }

    fn run(dir: &TempDir, place: Option<&Namespace>, clock: Option<&Clock>) -> (Running, u16, String) {
        let mut c = command("stallkeeper", place);
        c.args(["serve", "--no-open", "--port", "0", "--data"]).arg(dir.path().join("data"));
        if let Some(clock) = clock {
            clock.rule(&mut c);
        }
        let mut child = Running(c.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
        // The address comes within a moment: the runtime has another thread for the lines meanwhile.
        for line in BufReader::new(child.0.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((base, token)) = line.split_once("/?token=")
                && let Some(port) = base.rsplit(':').next().and_then(|p| p.parse().ok())
            {
                return (child, port, token.trim().to_owned());
            }
        }
        panic!("the program ended without its address");
    }

    /// To the program, which answers to its own name only.
    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        let own = self.port.load(Ordering::SeqCst);
        let port = if self.door == 0 { own } else { self.door };
        let sent = self.client.post(format!("http://127.0.0.1:{port}/api/{path}"));
        sent.header("host", format!("127.0.0.1:{own}")).bearer_auth(&self.token)
    }

    /// Its namespace.
    pub fn place(&self) -> Option<&Namespace> {
        self.place.as_deref()
    }

    /// Stages a file; gives its id.
    pub async fn stage(&self, name: &str, bytes: String) -> Value {
        let sent = self.post(&format!("files.put?name={name}")).body(bytes).send().await.unwrap();
        sent.json::<Value>().await.unwrap()["id"].clone()
    }

    /// The time of day there.
    pub async fn now(&self) -> i64 {
        self.call("inbox.list", json!({})).await.unwrap()["now"].as_i64().unwrap()
    }

    /// The answer, or `None` where the program refuses.
    pub async fn call(&self, name: &str, input: Value) -> Option<Value> {
        self.asked(name, input).await.ok()
    }

    /// The answer of what may not be refused.
    pub async fn must(&self, name: &str, input: Value) -> Value {
        self.asked(name, input).await.unwrap_or_else(|said| panic!("{}: {name} is refused: {said}", self.name))
    }

    /// The answer, or what is said instead.
    async fn asked(&self, name: &str, input: Value) -> Result<Value, Value> {
        let answer = self.post(name).json(&input).send().await.unwrap_or_else(|e| panic!("{}: {name}: {e}", self.name));
        let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap());
        assert!(!status.is_server_error() || status == 502, "{}: {name}: {body}", self.name);
        if status.is_success() { Ok(body) } else { Err(body) }
    }

    pub async fn until_on(&self) {
        for _ in 0..400 {
            let s = self.call("sync.status", json!({})).await.unwrap();
            if s["state"] == "on" && s["last"].is_number() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{} was not let in", self.name);
    }

    /// The stall's database.
    pub fn database(&self) -> PathBuf {
        self.dir.path().join("data/stall/stall.db")
    }

    pub async fn kill(&mut self) {
        self.child.kill();
    }

    pub async fn again(&mut self) {
        let (child, port, token) = Self::run(&self.dir, self.place.as_deref(), self.clock.as_ref());
        self.port.store(port, Ordering::SeqCst);
        (self.child, self.token) = (child, token);
    }

    pub async fn freeze(&self, how_long: Duration) {
        freeze(&self.child, how_long).await;
    }
}
