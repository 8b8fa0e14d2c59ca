//! The programs: started, killed, stopped, started again on the same folder and port.

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Ended with the test, whatever becomes of it.
struct Running(Child);

impl Running {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn program(name: &str) -> PathBuf {
    let app = PathBuf::from(env!("CARGO_BIN_EXE_stallkeeper"));
    app.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX))
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
    dir: TempDir,
    child: Running,
}

impl Hub {
    pub async fn start() -> Self {
        let dir = TempDir::new().unwrap();
        let port = free_port().await;
        let child = Self::run(&dir, port).await;
        Self { port, dir, child }
    }

    async fn run(dir: &TempDir, port: u16) -> Running {
        let mut c = Command::new(program("stall-hub"));
        c.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"]).arg(dir.path());
        let child = Running(c.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
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
        self.child = Self::run(&self.dir, self.port).await;
    }

    pub async fn freeze(&self, how_long: Duration) {
        freeze(&self.child, how_long).await;
    }
}

pub struct Laptop {
    pub name: &'static str,
    dir: TempDir,
    child: Running,
    base: String,
    token: String,
    client: reqwest::Client,
}

impl Laptop {
    pub async fn start(name: &'static str) -> Self {
        let dir = TempDir::new().unwrap();
        let (child, base, token) = Self::run(&dir);
        let client = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { name, dir, child, base, token, client }
    }

    fn run(dir: &TempDir) -> (Running, String, String) {
        let mut c = Command::new(program("stallkeeper"));
        c.args(["serve", "--no-open", "--port", "0", "--data"]).arg(dir.path());
        let mut child = Running(c.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
        // The address comes within a moment: the runtime has another thread for the lines meanwhile.
        for line in BufReader::new(child.0.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some((base, token)) = line.split_once("/?token=")
                && let Some(at) = base.find("http://")
            {
                return (child, base[at..].to_owned(), token.trim().to_owned());
            }
        }
        panic!("the program ended without its address");
    }

    /// The answer, or `None` where the program refuses.
    pub async fn call(&self, name: &str, input: Value) -> Option<Value> {
        let sent = self.client.post(format!("{}/api/{name}", self.base)).bearer_auth(&self.token).json(&input).send();
        let answer = sent.await.unwrap_or_else(|e| panic!("{}: {name}: {e}", self.name));
        let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap());
        assert!(!status.is_server_error() || status == 502, "{}: {name}: {body}", self.name);
        status.is_success().then_some(body)
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
        self.dir.path().join("stall/stall.db")
    }

    pub async fn kill(&mut self) {
        self.child.kill();
    }

    pub async fn again(&mut self) {
        (self.child, self.base, self.token) = Self::run(&self.dir);
    }

    pub async fn freeze(&self, how_long: Duration) {
        freeze(&self.child, how_long).await;
    }
}
