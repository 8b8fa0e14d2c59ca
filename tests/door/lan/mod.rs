//! The door for phones, through real sockets.

mod bodies;
mod gate;
mod pairing;
mod restart;
mod rights;
mod upload;

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use stall_core::Id;
use stall_media::Blob;

use crate::app::{App, Pushes, told};

/// A paired phone of a running program.
pub struct Phone {
    pub base: String,
    pub token: String,
    pub id: String,
}

/// Opens the door; gives its plain address on this machine.
pub async fn open(app: &App) -> String {
    let status = app.ok("lan.switch", json!({ "on": true })).await;
    assert_eq!((&status["open"], &status["problem"]["code"]), (&json!(true), &no_network(&status)), "{status}");
    format!("http://127.0.0.1:{}", status["http_port"])
}

/// A machine without a network may run the tests too.
fn no_network(status: &Value) -> Value {
    let only_here = status["addresses"][0]["ip"] == "127.0.0.1";
    if only_here { json!("lan_no_network") } else { Value::Null }
}

pub async fn pair(app: &App, base: &str, code: &Value) -> (u16, Value) {
    let post = app.client.post(format!("{base}/lan/pair")).json(&json!({ "code": code }));
    told(post.send().await.unwrap()).await
}

pub async fn invite(app: &App, name: &str) -> Value {
    app.ok("lan.invite", json!({ "name": name, "role": "photographer" })).await
}

/// Opens the door and pairs a phone.
pub async fn paired(app: &App, name: &str) -> Phone {
    let base = open(app).await;
    let invited = invite(app, name).await;
    let (status, got) = pair(app, &base, &invited["code"]).await;
    assert_eq!(status, 200, "{got}");
    let text = |key: &str| got[key].as_str().unwrap().to_owned();
    Phone { base, token: text("token"), id: text("id") }
}

impl Phone {
    pub fn get(&self, app: &App, path: &str) -> RequestBuilder {
        app.client.get(format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub fn post(&self, app: &App, name: &str, input: &Value) -> RequestBuilder {
        app.client.post(format!("{}/api/{name}", self.base)).bearer_auth(&self.token).json(input)
    }

    pub async fn call(&self, app: &App, name: &str, input: Value) -> (u16, Value) {
        told(self.post(app, name, &input).send().await.unwrap()).await
    }

    pub fn put(&self, app: &App, id: Id, query: &str, bytes: Vec<u8>) -> RequestBuilder {
        let url = format!("{}/lan/photos/{id}?{query}", self.base);
        let hash = Blob::of(&bytes).as_str().to_owned();
        app.client.put(url).bearer_auth(&self.token).header("x-blake3", hash).body(bytes)
    }

    /// Sends a photograph; gives status and answer.
    pub async fn send(&self, app: &App, id: Id, query: &str, bytes: Vec<u8>) -> (u16, Value) {
        told(self.put(app, id, query, bytes).send().await.unwrap()).await
    }

    pub async fn receipt(&self, app: &App, id: Id) -> Value {
        told(self.get(app, &format!("/lan/photos/{id}")).send().await.unwrap()).await.1
    }

    pub async fn listen(&self, app: &App) -> Pushes {
        let response = self.get(app, "/lan/events").send().await.unwrap();
        assert_eq!(response.status(), 200);
        Pushes::of(response)
    }

    pub fn address(&self) -> &str {
        self.base.trim_start_matches("http://")
    }
}

/// An id as a phone makes it.
pub fn new_id(app: &App) -> Id {
    app.ctx.env().new_id().unwrap()
}

/// File names of a unit's photographs, in order.
pub async fn photos(app: &App, unit: &str) -> Vec<String> {
    let detail = app.ok("units.get", json!({ "id": unit })).await;
    detail["photos"].as_array().unwrap().iter().map(|p| p["file_name"].as_str().unwrap().to_owned()).collect()
}
