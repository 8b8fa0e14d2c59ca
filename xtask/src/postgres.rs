//! A PostgreSQL out of Debian's packages, for a measurement: set up as it comes, gone with this.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use crate::sh::{Res, cmd, read};

/// A running server.
pub struct Postgres {
    child: Child,
    port: u16,
}

impl Postgres {
    /// Starts one; `None` where it is not installed.
    pub fn start() -> Res<Option<Self>> {
        let Some(bin) = programs() else { return Ok(None) };
        let dir = std::env::temp_dir().join(format!("stall-bench-pg-{}", std::process::id()));
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| l.local_addr());
        let port = free.map_err(|e| format!("no port: {e}"))?.port();
        // It ends when the pipe of its standard input does, so with this process, however that ends.
        let script = format!(
            "set -e; {bin}/initdb -D {dir} -U postgres -A trust >/dev/null; \
             {bin}/postgres -D {dir} -k {dir} -h 127.0.0.1 -p {port} >{dir}/log 2>&1 & \
             pid=$!; cat >/dev/null; kill -INT $pid; wait $pid || true; rm -rf {dir}",
            bin = bin.display(),
            dir = dir.display(),
        );
        // The server does not run as root.
        let root = read(cmd("id", &["-u"])).is_ok_and(|u| u.trim() == "0");
        let mut command = if root {
            cmd("runuser", &["-u", "postgres", "--", "sh", "-c", &script])
        } else {
            cmd("sh", &["-c", &script])
        };
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn();
        let server = Self { child: child.map_err(|e| format!("PostgreSQL does not start: {e}"))?, port };
        for _ in 0..300 {
            if server.answers(&bin) {
                return Ok(Some(server));
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err("PostgreSQL is there but did not start".to_owned())
    }

    fn answers(&self, bin: &Path) -> bool {
        let ready = bin.join("pg_isready").to_string_lossy().into_owned();
        cmd(&ready, &["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]).status().is_ok_and(|s| s.success())
    }

    /// The address of its first database.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().ok();
    }
}

fn programs() -> Option<PathBuf> {
    let mut bins: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|v| v.path().join("bin")).collect();
    bins.sort();
    bins.into_iter().rfind(|b| b.join("initdb").exists())
}
