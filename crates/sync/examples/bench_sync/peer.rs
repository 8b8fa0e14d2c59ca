//! PouchDB, in processes of its own (`crates/sync/benches/pouchdb`).

use std::{path::Path, process::Command};

use serde_json::Value;

/// The quicker of its runs, s; how many documents it carried is checked.
pub fn seconds(peer: &Path, docs: &Path, folder: &Path, units: u32) -> f64 {
    let out = Command::new("node").arg(peer.join("peer.mjs")).arg(docs).arg(folder).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let said: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(said["docs"], units);
    let mut best = f64::INFINITY;
    for run in said["runs"].as_array().unwrap() {
        assert_eq!(run["docs"], units);
        let took = run["seconds"].as_f64().unwrap();
        best = best.min(took);
        println!(
            "  peer: PouchDB {} (leveldb) from express-pouchdb, node {}, batches of {}: {took:.2} s, {:.0} documents/s",
            said["version"].as_str().unwrap(),
            said["node"].as_str().unwrap(),
            run["batch"],
            f64::from(units) / took
        );
    }
    best
}
