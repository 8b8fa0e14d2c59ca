//! A bucket over HTTP, kept by s3s-fs.

use std::net::SocketAddr;

use hyper_util::rt::TokioIo;
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use stall_hub::blobs::{Blobs, Bucket as Settings, Keys};
use tempfile::TempDir;
use tokio::net::TcpListener;

const BUCKET: &str = "stalls";
const KEY: &str = "AKIDTEST";
const SECRET: &str = "secret-of-the-test";

pub struct Bucket {
    _dir: TempDir,
    address: SocketAddr,
}

impl Bucket {
    pub async fn start() -> Self {
        let dir = TempDir::new().unwrap();
        std::fs::create_dir(dir.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(dir.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(KEY, SECRET));
        let service = builder.build();
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = tcp.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let http = hyper::server::conn::http1::Builder::new();
                    http.serve_connection(TokioIo::new(stream), service).await.ok();
                });
            }
        });
        Self { _dir: dir, address }
    }

    pub fn blobs(&self) -> Blobs {
        let endpoint = format!("http://{}", self.address);
        let keys = Some(Keys { id: KEY.into(), secret: SECRET.into() });
        let settings = Settings { name: BUCKET.into(), endpoint, region: "us-east-1".into(), keys };
        Blobs::bucket(&settings).unwrap()
    }
}
