//! Opening what the command line names.

use std::sync::Arc;

use super::args::Place;
use crate::{
    blobs::Blobs,
    error::{HubError, HubResult},
    hub::{Hub, system_clock},
    limits::Limits,
    storage::{self, Storage},
};

/// The database's file.
pub const DB: &str = "hub.db";
/// The folder of objects.
pub const OBJECTS: &str = "objects";
#[cfg(feature = "postgres")]
const CONNECTIONS: u32 = 16;

/// The database.
pub async fn storage(place: &Place) -> HubResult<Arc<dyn Storage>> {
    match &place.database {
        None => {
            private(&place.data)?;
            storage::open_sqlite(&place.data.join(DB)).await
        }
        #[cfg(feature = "postgres")]
        Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
            storage::open_postgres(url, CONNECTIONS).await
        }
        Some(_) => Err(HubError::internal("the address of a database begins with postgres://")),
    }
}

/// The objects.
pub fn blobs(place: &Place) -> HubResult<Blobs> {
    match &place.bucket {
        None => {
            private(&place.data)?;
            Blobs::folder(&place.data.join(OBJECTS))
        }
        #[cfg(feature = "s3")]
        Some(bucket) => Blobs::bucket(bucket),
        #[cfg(not(feature = "s3"))]
        Some(_) => Err(HubError::internal("this build has no S3")),
    }
}

/// Both, as a hub.
pub async fn hub(place: &Place) -> HubResult<Hub> {
    Hub::open(storage(place).await?, blobs(place)?, Limits::default(), system_clock()).await
}

/// A folder nobody else on the machine reads.
fn private(dir: &std::path::Path) -> HubResult<()> {
    let fresh = !dir.exists();
    std::fs::create_dir_all(dir)?;
    #[cfg(unix)]
    if fresh {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o700))?;
    }
    let _ = fresh;
    Ok(())
}
