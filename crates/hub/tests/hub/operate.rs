//! The program from its command line, and fsck.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use stall_core::Role;
use stall_hub::fsck;

use crate::{
    laptop::Laptop,
    world::{Kind, World, both, hex},
};

both! { fsck_finds_a_sound_hub_sound }

async fn fill(world: &World) -> Laptop {
    let mut owner = world.stall(1).await;
    let mut helper = owner.add(2, Role::Host, world.time()).await;
    owner.write(&[0, 0], &[0, 1, 2]).await.ok();
    owner.write(&[1], &[0]).await.ok();
    helper.write(&[3], &[0]).await.ok();
    let photo = vec![5; 3000];
    let hash = hex(blake3::hash(&photo).as_bytes());
    let path = format!("/v1/blobs/{}?size=3000&hash={hash}", hex(&[1; 32]));
    owner.put(&format!("{path}&offset=0"), &photo[..2000]).await.ok();
    owner.put(&format!("{path}&offset=2000"), &photo[2000..]).await.ok();
    owner
}

async fn fsck_finds_a_sound_hub_sound(world: World) {
    fill(&world).await;
    let report = fsck::check(world.storage(), world.hub.blobs()).await.unwrap();
    assert_eq!(report.damage, [""; 0]);
    assert_eq!((report.stalls, report.envelopes, report.groups, report.objects, report.bytes), (1, 3, 4, 1, 3000));
    assert_eq!(report.orphans, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fsck_finds_a_flipped_bit_wherever_it_is() {
    let world = World::start(Kind::SqliteFolder).await.unwrap();
    fill(&world).await;
    let file = world.dir.path().join("hub.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    // Flipping twice puts it right again: so one after the other.
    for (table, column, condition) in [
        ("parts", "bytes", "last=2 AND part=1"),
        ("envelopes", "header", "last=3"),
        ("envelopes", "id", "last=2"),
        ("envelopes", "effs", "last=2"),
        ("replicas", "last_id", "role='owner'"),
        ("pieces", "hash", "start=0"),
        ("objects", "hash", "kind=0"),
        ("certificates", "bytes", "n=2"),
    ] {
        let read = format!("SELECT {column} FROM {table} WHERE {condition}");
        let before: Vec<u8> = sqlx::query_scalar(sqlx::AssertSqlSafe(read)).fetch_one(&pool).await.unwrap();
        let mut bytes = before.clone();
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        let write = format!("UPDATE {table} SET {column}=$1 WHERE {condition}");
        for (value, sound) in [(bytes, false), (before, true)] {
            sqlx::query(sqlx::AssertSqlSafe(write.clone())).bind(value).execute(&pool).await.unwrap();
            let report = fsck::check(world.storage(), world.hub.blobs()).await.unwrap();
            assert_eq!(report.damage.is_empty(), sound, "{table}.{column} {:?}", report.damage);
        }
    }
    // In a picture on the disk.
    let objects = world.dir.path().join("objects");
    let picture = walk(&objects).into_iter().find(|p| p.metadata().unwrap().len() == 2000).unwrap();
    let mut bytes = std::fs::read(&picture).unwrap();
    bytes[7] ^= 1;
    std::fs::write(&picture, bytes).unwrap();
    let report = fsck::check(world.storage(), world.hub.blobs()).await.unwrap();
    assert_eq!(report.damage.len(), 2, "the piece and the whole: {:?}", report.damage);
    // A row that is gone, and a picture.
    sqlx::query("DELETE FROM envelopes WHERE last=3").execute(&pool).await.unwrap();
    std::fs::remove_file(picture).unwrap();
    let report = fsck::check(world.storage(), world.hub.blobs()).await.unwrap();
    assert!(report.damage.iter().any(|d| d.contains("were expected")), "{:?}", report.damage);
    assert!(report.damage.iter().any(|d| d.contains("cannot be read")), "{:?}", report.damage);
}

fn walk(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        if entry.path().is_dir() { out.extend(walk(&entry.path())) } else { out.push(entry.path()) }
    }
    out
}

fn program(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stall-hub"));
    command.args(args).env("STALL_HUB_DATA", data).env("STALL_HUB_LISTEN", "127.0.0.1:0");
    command
}

fn said(data: &Path, args: &[&str]) -> (String, i32) {
    let out = program(data, args).output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
    (text, out.status.code().unwrap())
}

/// A process that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

fn serve(data: &Path) -> (Running, std::net::SocketAddr) {
    let mut child = Running(program(data, &["serve"]).stderr(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(child.0.stderr.take().unwrap()).lines();
    let line = lines.by_ref().map(Result::unwrap).find(|l| l.contains("the hub listens")).unwrap();
    // Read on, so that the process does not stop at a full pipe.
    std::thread::spawn(move || lines.count());
    let address = line.split("address=").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    (child, address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_serves_at_once_and_is_operated_while_it_runs() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (mut child, address) = serve(&data);
    let (code, exit) = said(&data, &["stall", "create", "档口一", "--quota", "3"]);
    assert_eq!(exit, 0, "{code}");
    let (listed, _) = said(&data, &["stall", "list"]);
    assert!(listed.contains("not founded yet") && listed.contains("档口一") && listed.contains("3.00 GB"), "{listed}");
    let (renewed, _) = said(&data, &["invite", "档口一"]);
    tokio_rustls::rustls::crypto::ring::default_provider().install_default().ok();
    let mut owner = Laptop::founder(address, 1);
    let made = owner.make_stall();
    let first = code.lines().next().unwrap();
    assert_eq!(owner.post("/v1/stalls", Some(first), &made).await.code(), "invite_gone", "the one before ended");
    let answer = owner.post("/v1/stalls", renewed.lines().next(), &made).await.ok();
    owner.token = answer["token"].as_str().unwrap().into();
    owner.write(&[0], &[0]).await.ok();
    let photo = vec![5; 100];
    let path = format!("/v1/blobs/{}?size=100&hash={}", hex(&[1; 32]), hex(blake3::hash(&photo).as_bytes()));
    owner.put(&path, &photo).await.ok();
    let id = hex(&owner.stall);
    assert!(said(&data, &["quota", &id[..6], "5"]).0.contains("of 5.00 GB"));
    assert_eq!(said(&data, &["quota", "ffffffffff", "5"]).1, 1);
    let (sound, exit) = said(&data, &["fsck"]);
    assert_eq!(
        (sound.as_str(), exit),
        ("1 stalls, 1 envelopes with 1 changes, 1 objects with 100 bytes, 0 pieces nobody names\n", 0)
    );
    let copy = dir.path().join("copy");
    let (text, exit) = said(&data, &["backup", copy.to_str().unwrap()]);
    assert!(exit == 0 && text.contains("1 objects copied"), "{text}");
    let (text, _) = said(&data, &["backup", copy.to_str().unwrap()]);
    assert!(text.contains("0 objects copied"), "{text}");
    let (admin, _) = said(&data, &["admin-token"]);
    let second = Laptop::founder(address, 2);
    second.post("/v1/stalls", Some(admin.trim()), &second.make_stall()).await.ok();
    // A kill as of a power cut loses nothing that was acknowledged.
    child.0.kill().unwrap();
    child.0.wait().unwrap();
    let (child, address) = serve(&data);
    owner.address = address;
    assert_eq!(owner.pull("after=0").await.1, 1);
    let before = owner.hello(None, 0).await.ok()["lineage"].clone();
    drop(child);
    // The backup, put in place: whole, and known for one.
    let (_child, address) = serve(&copy);
    owner.address = address;
    assert_ne!(owner.hello(None, 0).await.ok()["lineage"], before);
    assert!(owner.get(&format!("/v1/blobs/{}", hex(&[1; 32]))).await.bytes == photo);
}

#[cfg(unix)]
#[test]
fn the_program_ends_gently_when_it_is_told_to() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, _) = serve(dir.path());
    Command::new("kill").arg("-TERM").arg(child.0.id().to_string()).status().unwrap();
    assert!(child.0.wait().unwrap().success());
}

#[test]
fn what_is_not_understood_is_said_with_the_help() {
    let dir = tempfile::tempdir().unwrap();
    let (text, exit) = said(dir.path(), &["serve", "--port"]);
    assert!(exit == 2 && text.contains("not understood: --port") && text.contains("stall-hub fsck"), "{text}");
    let (text, exit) = said(dir.path(), &["fsck", "--database", "mysql://x"]);
    assert!(exit == 1 && text.contains("postgres://"), "{text}");
}
