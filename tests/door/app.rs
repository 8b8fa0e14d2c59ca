//! A running program on a folder of its own.

use std::path::PathBuf;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use stall_core::Role;
use stall_store::Env;
use stallkeeper::{Ctx, door::http::HttpDoor};
use tempfile::TempDir;

pub struct App {
    pub ctx: Ctx,
    pub base: String,
    pub token: String,
    pub client: Client,
    _door: Stop,
    /// Where the test has none of its own.
    _dir: Option<TempDir>,
}

/// Ends the door with the test, so that another program can open the same folder.
struct Stop(tokio::task::AbortHandle);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Begins the program with an empty stall.
pub async fn start() -> App {
    start_with(Env::system()).await
}

/// Begins with a clock of the test's.
pub async fn start_with(env: Env) -> App {
    let dir = TempDir::new().unwrap();
    let ctx = Ctx::open(dir.path(), env).await.unwrap();
    App { _dir: Some(dir), ..serve(ctx).await }
}

/// Begins the program on a folder of the test's.
pub async fn start_in(dir: &std::path::Path) -> App {
    try_start_in(dir).await.unwrap()
}

/// The same, or `None` while an earlier one still holds the folder.
pub async fn try_start_in(dir: &std::path::Path) -> Option<App> {
    match Ctx::open(dir, Env::system()).await {
        Ok(ctx) => Some(serve(ctx).await),
        Err(e) if e.code == stall_core::ErrorCode::StallBusy => None,
        Err(e) => panic!("{e}"),
    }
}

async fn serve(ctx: Ctx) -> App {
    let door = HttpDoor::bind(ctx.clone(), 0).await.unwrap();
    let (base, token) = (format!("http://{}", door.addr), door.owner_token.clone());
    let stop = Stop(tokio::spawn(door.serve(std::future::pending())).abort_handle());
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    App { ctx, base, token, client, _door: stop, _dir: None }
}

impl App {
    /// The folder it works in.
    pub fn data(&self) -> &std::path::Path {
        self.ctx.data()
    }

    pub fn post(&self, token: &str, name: &str, input: &Value) -> RequestBuilder {
        self.client.post(format!("{}/api/{name}", self.base)).bearer_auth(token).json(input)
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub async fn call_as(&self, token: &str, name: &str, input: Value) -> (u16, Value) {
        told(self.post(token, name, &input).send().await.unwrap()).await
    }

    pub async fn call(&self, name: &str, input: Value) -> (u16, Value) {
        self.call_as(&self.token, name, input).await
    }

    /// Calls what must work.
    pub async fn ok(&self, name: &str, input: Value) -> Value {
        let (status, body) = self.call(name, input).await;
        assert_eq!(status, 200, "{name}: {body}");
        body
    }

    /// Calls what must be refused; gives status and code.
    pub async fn refused(&self, name: &str, input: Value) -> (u16, String) {
        let (status, body) = self.call(name, input).await;
        assert_ne!(status, 200, "{name} worked: {body}");
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    }

    pub fn mint(&self, role: Role) -> String {
        self.ctx.mint(role).unwrap()
    }

    pub fn upload(&self, name: &str, bytes: Vec<u8>) -> RequestBuilder {
        let url = reqwest::Url::parse_with_params(&format!("{}/api/files.put", self.base), [("name", name)]).unwrap();
        self.client.post(url).bearer_auth(&self.token).body(bytes)
    }

    /// Stages a file; gives its id.
    pub async fn stage(&self, name: &str, bytes: Vec<u8>) -> String {
        let (status, body) = told(self.upload(name, bytes).send().await.unwrap()).await;
        assert_eq!(status, 200, "{body}");
        body["id"].as_str().unwrap().to_owned()
    }

    /// Takes a unit in; gives its id.
    pub async fn unit(&self, patch: Value) -> String {
        let unit = self.ok("units.add", patch).await;
        unit["row"]["id"].as_str().unwrap().to_owned()
    }

    /// Pushes from now on, as a browser gets them.
    pub async fn listen(&self) -> Pushes {
        let response = self.get("/api/events").send().await.unwrap();
        assert_eq!(response.status(), 200);
        Pushes::of(response)
    }

    /// Takes photographs into a unit and waits until the job has ended; gives the job.
    pub async fn add_photos(&self, unit: &str, files: &[String]) -> Value {
        let mut pushes = self.listen().await;
        let job = self.ok("photos.add", json!({ "unit_id": unit, "files": files })).await;
        pushes.until(|p| p["type"] == "job" && p["job"]["id"] == job["id"] && p["job"]["state"] != "running").await["job"]
            .clone()
    }

    /// How many units, orders and changes there are: what must stay the same when something is refused.
    pub async fn written(&self) -> (Value, Value, Value) {
        let units = self.ok("units.list", json!({})).await["total"].clone();
        let orders = self.ok("orders.list", json!({})).await["total"].clone();
        (units, orders, self.ok("undo.state", json!({})).await["undo"].clone())
    }
}

/// Status and JSON of an answer.
pub async fn told(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON ({status}): {text}")))
}

/// The stream of server-sent events.
pub struct Pushes {
    response: Response,
    rest: String,
}

impl Pushes {
    pub fn of(response: Response) -> Self {
        Self { response, rest: String::new() }
    }

    /// Waits for the end of the stream; false when it says more.
    pub async fn ended(&mut self) -> bool {
        loop {
            match self.response.chunk().await {
                Ok(None) | Err(_) => return true,
                Ok(Some(chunk)) if chunk.starts_with(b":") => {}
                Ok(Some(_)) => return false,
            }
        }
    }

    /// The next push that is wanted.
    pub async fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            while let Some(end) = self.rest.find("\n\n") {
                let event: String = self.rest.drain(..end + 2).collect();
                let data = event.lines().find_map(|l| l.strip_prefix("data:"));
                if let Some(push) = data.map(|d| serde_json::from_str::<Value>(d).unwrap()).filter(|p| wanted(p)) {
                    return push;
                }
            }
            let chunk = self.response.chunk().await.unwrap().expect("the stream goes on");
            self.rest.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

/// A photograph of the sample stall.
pub fn photo(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/sample/photos").join(name)).unwrap()
}
