//! The object store: a folder by default, S3 by configuration. Every piece is an object of its own under a path nobody
//! had before, written before the row that names it: nothing is overwritten, and a row never points at nothing.

use std::{ops::Range, path::Path as FilePath, sync::Arc};

use bytes::Bytes;
use futures_util::TryStreamExt;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};

use crate::{
    error::{HubError, HubResult},
    hex, random,
    storage::{Kind, StallId},
};

/// Remembers the beat outside the database.
const MARK: &str = "mark";

/// Where sealed photographs and snapshots lie.
#[derive(Debug, Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

/// A bucket of S3 or what speaks like it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bucket {
    pub name: String,
    /// Empty: Amazon's.
    pub endpoint: String,
    /// Empty: us-east-1.
    pub region: String,
    /// `None`: from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`) or the machine's role.
    pub keys: Option<Keys>,
}

/// What opens a bucket.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    pub id: String,
    pub secret: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Blobs {
    /// Objects in a folder, made when it is not there.
    ///
    /// # Errors
    /// `internal` when it cannot be made.
    pub fn folder(dir: &FilePath) -> HubResult<Self> {
        std::fs::create_dir_all(dir)?;
        Ok(Self { store: Arc::new(LocalFileSystem::new_with_prefix(dir)?.with_fsync(true)) })
    }

    /// Objects in a bucket.
    ///
    /// # Errors
    /// `internal` when the settings do not fit together.
    #[cfg(feature = "s3")]
    pub fn bucket(bucket: &Bucket) -> HubResult<Self> {
        // Signatures and TLS by ring, as everywhere in the house. Already set: by us, earlier.
        tokio_rustls::rustls::crypto::ring::default_provider().install_default().ok();
        let mut builder = object_store::aws::AmazonS3Builder::from_env().with_bucket_name(&bucket.name);
        if let Some(keys) = &bucket.keys {
            builder = builder.with_access_key_id(&keys.id).with_secret_access_key(&keys.secret);
        }
        if !bucket.region.is_empty() {
            builder = builder.with_region(&bucket.region);
        }
        if !bucket.endpoint.is_empty() {
            builder = builder
                .with_endpoint(&bucket.endpoint)
                .with_allow_http(bucket.endpoint.starts_with("http://"))
                .with_virtual_hosted_style_request(false);
        }
        Ok(Self { store: Arc::new(builder.build()?) })
    }

    /// A path for a piece which nobody has.
    ///
    /// # Errors
    /// `internal` without random bytes.
    pub fn path(stall: &StallId, kind: Kind, name: &[u8], start: i64) -> HubResult<String> {
        let kind = match kind {
            Kind::Blob => "blobs",
            Kind::Snapshot => "snapshots",
        };
        let (stall, name, salt) = (hex::of(stall), hex::of(name), hex::of(&random::bytes::<8>()?));
        let fold = name.get(..2).unwrap_or("00");
        Ok(format!("{stall}/{kind}/{fold}/{name}-{start}-{salt}"))
    }

    /// Stores a piece.
    ///
    /// # Errors
    /// `internal`.
    pub async fn put(&self, path: &str, bytes: Bytes) -> HubResult<()> {
        self.store.put(&Path::from(path), PutPayload::from_bytes(bytes)).await?;
        Ok(())
    }

    /// A piece, or a part of it.
    ///
    /// # Errors
    /// `internal`, also when it is not there: a row named it.
    pub async fn get(&self, path: &str, range: Range<u64>) -> HubResult<Bytes> {
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        Ok(self.store.get_opts(&Path::from(path), options).await?.bytes().await?)
    }

    /// Deletes pieces; those that are gone already are gone.
    pub async fn delete(&self, paths: &[String]) {
        for path in paths {
            match self.store.delete(&Path::from(path.as_str())).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(e) => tracing::warn!(%e, "an object was not deleted; fsck will name it"),
            }
        }
    }

    /// All paths and sizes of a stall's pieces.
    ///
    /// # Errors
    /// `internal`.
    pub async fn list(&self, stall: &StallId) -> HubResult<Vec<(String, u64)>> {
        let prefix = Path::from(hex::of(stall));
        let listed = self.store.list(Some(&prefix)).map_ok(|m| (m.location.to_string(), m.size));
        listed.try_collect().await.map_err(HubError::from)
    }

    /// The beat kept beside the pieces: 0 when there is none.
    ///
    /// # Errors
    /// `internal` when the store does not answer.
    pub async fn mark(&self) -> HubResult<i64> {
        let got = match self.store.get(&Path::from(MARK)).await {
            Ok(got) => got.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(0),
            Err(e) => return Err(e.into()),
        };
        Ok(std::str::from_utf8(&got).ok().and_then(|t| t.trim().parse().ok()).unwrap_or(0))
    }

    /// Keeps the beat.
    ///
    /// # Errors
    /// `internal`.
    pub async fn set_mark(&self, beat: i64) -> HubResult<()> {
        self.put(MARK, Bytes::from(beat.to_string())).await
    }
}
