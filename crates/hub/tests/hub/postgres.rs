//! PostgreSQL from Debian's packages, started once for all tests and gone with them.

use std::{
    io::Write,
    net::{Ipv4Addr, TcpListener},
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use sqlx::{Connection, PgConnection};
use tokio::sync::OnceCell;

static SERVER: OnceCell<Option<u16>> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Says plainly that a test did not run.
pub fn left_out() {
    let said = b"LEFT OUT: no PostgreSQL under /usr/lib/postgresql (apt-get install postgresql)\n";
    std::io::stderr().write_all(said).unwrap();
}

/// The address of an empty database.
pub async fn database() -> Option<String> {
    let port = (*SERVER.get_or_init(start).await)?;
    let name = format!("hub{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(&address(port, "postgres")).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await.unwrap();
    Some(address(port, &name))
}

fn address(port: u16, name: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{name}")
}

async fn start() -> Option<u16> {
    let bin = programs()?;
    let dir = std::env::temp_dir().join(format!("stall-hub-pg-{}", std::process::id()));
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    // It ends when the pipe of its standard input does, so with this process, however that ends.
    let script = format!(
        "set -e; {bin}/initdb -D {dir} -U postgres -A trust --no-sync >/dev/null; \
         {bin}/postgres -D {dir} -k {dir} -h 127.0.0.1 -p {port} -c fsync=off -c max_connections=200 >{dir}/log 2>&1 & \
         pid=$!; cat >/dev/null; kill -INT $pid; wait $pid || true; rm -rf {dir}",
        bin = bin.display(),
        dir = dir.display(),
    );
    // The server does not run as root.
    let root = Command::new("id").arg("-u").output().unwrap().stdout.starts_with(b"0\n");
    let mut command = if root {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", "sh", "-c", &script]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", &script]);
        command
    };
    let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // Never dropped: its end of the pipe closes with the process.
    std::mem::forget(child);
    for _ in 0..300 {
        if PgConnection::connect(&address(port, "postgres")).await.is_ok() {
            return Some(port);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("PostgreSQL is there but did not start");
}

fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut bins: Vec<PathBuf> = versions.flatten().map(|v| v.path().join("bin")).collect();
    bins.sort();
    bins.into_iter().rfind(|b| b.join("initdb").exists())
}
