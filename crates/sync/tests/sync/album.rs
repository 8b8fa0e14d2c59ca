//! Laptops with photographs.

use std::{collections::BTreeMap, fs, path::Path};

use stall_core::{Id, api::ThirdPartyFile, api::ThirdPartyInput};
use stall_media::{Blob, Size, Worker, ingest};
use stall_store::tables::{photos, photos::NewPhoto, third_party};
use stall_sync::{Client, FileWish, FilesRound, SyncResult};
use tokio_util::sync::CancellationToken;

use crate::{line::Line, world::Laptop};

/// A picture of noise: `side` times `side` pixels of three bytes, and no shorter when packed.
pub fn picture(n: u64, side: u32) -> Vec<u8> {
    let row = (side * 3).next_multiple_of(4);
    let mut out = b"BM".to_vec();
    for v in [54 + row * side, 0, 54, 40, side, side, 1 | 24 << 16, 0, row * side, 2835, 2835, 0, 0] {
        out.extend_from_slice(&v.to_le_bytes());
    }
    let mut seed = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    out.extend((0..row * side).map(|_| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 32) as u8
    }));
    out
}

/// Every file of a folder's photographs, with its bytes.
pub fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![dir.join("blobs"), dir.join("copies")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                all.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap());
            }
        }
    }
    all
}

impl Laptop {
    /// Takes a photograph of a unit.
    pub async fn photograph(&self, unit: Id, n: u64, side: u32) -> Blob {
        let bytes = picture(n, side);
        let taken = ingest(&self.media, &bytes, "a.bmp", &mut Worker::new().unwrap()).unwrap();
        let new = NewPhoto {
            blob: taken.blob.as_str().to_owned(),
            file_name: "a.bmp".into(),
            width: side,
            height: side,
            bytes: bytes.len() as u64,
            dhash: Some(taken.dhash),
            sharp: None,
            light: None,
            shot: String::new(),
            source: String::new(),
            taken_at: None,
        };
        photos::add(&self.store, &self.actor, unit, vec![new], None).await.unwrap();
        taken.blob
    }

    /// Keeps somebody else's report with its file.
    pub async fn report(&self, unit_id: Id, bytes: &[u8]) -> Blob {
        let blob = self.media.put(bytes).unwrap();
        let (issuer, no) = ("拍拍验机".to_owned(), String::new);
        let input = ThirdPartyInput { unit_id, issuer, number: no(), date: no(), url: no(), note: no(), file: None };
        let file = ThirdPartyFile { blob: blob.as_str().into(), name: "a.pdf".into(), bytes: bytes.len() as u32 };
        third_party::add(&self.store, &self.actor, &input, Some(file)).await.unwrap();
        blob
    }

    pub async fn try_files(&mut self, wish: FileWish) -> SyncResult<FilesRound> {
        let carrier = self.client.files().await?;
        carrier.round(&self.media, wish, &CancellationToken::new(), &|_| {}).await
    }

    pub async fn files(&mut self, wish: FileWish) -> FilesRound {
        self.try_files(wish).await.unwrap()
    }

    /// Rows, then all files.
    pub async fn both(&mut self) -> FilesRound {
        self.round().await;
        self.files(FileWish::All).await
    }

    pub fn has(&self) -> BTreeMap<String, Vec<u8>> {
        files(self.dir.path())
    }

    pub fn holds(&self, blob: &Blob, size: Size) -> bool {
        self.media.path(blob, size).is_file()
    }

    /// Goes to the hub by a line.
    pub fn by(&mut self, line: &Line) {
        let mut identity = self.client.identity().clone();
        identity.hub = line.url();
        self.client = Client::new(self.store.clone(), identity).unwrap();
    }

    /// Parts that lie in the folder, with something in them.
    pub fn parts(&self) -> usize {
        let parts = fs::read_dir(self.dir.path().join("parts")).unwrap();
        parts.filter(|p| p.as_ref().unwrap().metadata().unwrap().len() > 0).count()
    }
}
