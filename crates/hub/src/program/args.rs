//! The command line. Every option may also come from the environment: `--tls-cert` as `STALL_HUB_TLS_CERT`.

use std::{net::SocketAddr, path::PathBuf};

use crate::blobs::Bucket;

/// What the program is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    Serve(Serve),
    Create {
        name: String,
        quota: Option<i64>,
    },
    List,
    /// A further invite to a stall: its id or the beginning of it.
    Invite {
        stall: String,
    },
    Quota {
        stall: String,
        bytes: i64,
    },
    Backup {
        to: PathBuf,
    },
    /// The database was put back from a copy by other means.
    Restored,
    Fsck,
    AdminToken,
    Help,
    Version,
}

/// How the server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serve {
    pub listen: SocketAddr,
    /// Certificate chain and key, PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// The address of a laptop is what the proxy says it is.
    pub behind_proxy: bool,
}

/// Where everything lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub data: PathBuf,
    /// A `postgres://` address instead of the file in `data`.
    pub database: Option<String>,
    /// A bucket instead of the folder in `data`.
    pub bucket: Option<Bucket>,
}

/// A read command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Args {
    pub task: Task,
    pub place: Place,
}

/// What `--help` says.
pub const HELP: &str = "\
stall-hub serve [--listen ADDRESS:PORT] [--tls-cert FILE --tls-key FILE] [--behind-proxy]
    runs the hub; without options on 127.0.0.1:7420, with SQLite and a folder
stall-hub stall create NAME [--quota GB]
    prints an invite with which the owner's laptop founds the stall
stall-hub stall list
stall-hub invite STALL
    prints a further invite; STALL is the id of `stall list` or its beginning
stall-hub quota STALL GB
stall-hub backup FOLDER
    writes a copy of everything there, also while the hub runs
stall-hub restored
    after a database was put back by other means than a folder of `backup`: laptops send again what they kept
stall-hub fsck
    checks every byte that is kept: exit code 0 sound, 1 damaged
stall-hub admin-token
    prints a new token with which stalls can be made over HTTP; the one before ends

  --data FOLDER        default: stall-hub-data
  --database ADDRESS   postgres://user:password@host/name instead of SQLite (better in STALL_HUB_DATABASE)
  --bucket NAME        an S3 bucket instead of a folder; keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY
  --s3-endpoint URL    of a bucket that is not Amazon's
  --s3-region NAME
Every option can be set as STALL_HUB_<NAME> too. Logs: STALL_HUB_LOG=debug.
";

const GB: i64 = 1 << 30;

/// Reads the arguments behind the program's name; `env` gives what the environment says.
///
/// # Errors
/// What was not understood.
pub fn parse(args: impl IntoIterator<Item = String>, env: impl Fn(&str) -> Option<String>) -> Result<Args, String> {
    let (mut words, mut given, mut args) = (Vec::new(), Vec::new(), args.into_iter());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--help" | "-h" => words = vec!["help".to_owned()],
            "--version" => words = vec!["version".to_owned()],
            "--behind-proxy" => given.push((arg, "yes".to_owned())),
            "--listen" | "--tls-cert" | "--tls-key" | "--quota" | "--data" | "--database" | "--bucket"
            | "--s3-endpoint" | "--s3-region" => {
                let value = args.next().ok_or_else(|| format!("{arg} needs a value"))?;
                given.push((arg, value));
            }
            _ if arg.starts_with('-') => return Err(format!("not understood: {arg}")),
            _ => words.push(arg),
        }
        if matches!(words.first().map(String::as_str), Some("help" | "version")) {
            break;
        }
    }
    let option = |name: &str| {
        let said = given.iter().rev().find(|(n, _)| n.strip_prefix("--") == Some(name)).map(|(_, v)| v.clone());
        let named = || format!("STALL_HUB_{}", name.to_uppercase().replace('-', "_"));
        said.or_else(|| env(&named())).filter(|v| !v.is_empty())
    };
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let task = match words.as_slice() {
        ["serve"] => Task::Serve(serve(&option)?),
        ["stall", "create", name] => {
            Task::Create { name: (*name).to_owned(), quota: option("quota").map(|q| bytes(&q)).transpose()? }
        }
        ["stall", "list"] => Task::List,
        ["invite", stall] => Task::Invite { stall: (*stall).to_owned() },
        ["quota", stall, gb] => Task::Quota { stall: (*stall).to_owned(), bytes: bytes(gb)? },
        ["backup", to] => Task::Backup { to: to.into() },
        ["restored"] => Task::Restored,
        ["fsck"] => Task::Fsck,
        ["admin-token"] => Task::AdminToken,
        ["help"] | [] => Task::Help,
        ["version"] => Task::Version,
        words => return Err(format!("not understood: {}", words.join(" "))),
    };
    let bucket = option("bucket").map(|name| Bucket {
        name,
        endpoint: option("s3-endpoint").unwrap_or_default(),
        region: option("s3-region").unwrap_or_default(),
        keys: None,
    });
    let data = option("data").unwrap_or_else(|| "stall-hub-data".to_owned()).into();
    Ok(Args { task, place: Place { data, database: option("database"), bucket } })
}

fn serve(option: &impl Fn(&str) -> Option<String>) -> Result<Serve, String> {
    let listen = option("listen").unwrap_or_else(|| "127.0.0.1:7420".to_owned());
    let listen = listen.parse().map_err(|_| format!("not an address and port: {listen}"))?;
    let tls = match (option("tls-cert"), option("tls-key")) {
        (Some(cert), Some(key)) => Some((cert.into(), key.into())),
        (None, None) => None,
        _ => return Err("--tls-cert and --tls-key belong together".to_owned()),
    };
    Ok(Serve { listen, tls, behind_proxy: option("behind-proxy").is_some() })
}

fn bytes(gb: &str) -> Result<i64, String> {
    let whole: i64 = gb.parse().map_err(|_| format!("not a number of GB: {gb}"))?;
    whole.checked_mul(GB).filter(|b| *b > 0).ok_or_else(|| format!("not a number of GB in range: {gb}"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn read(line: &str) -> Result<Args, String> {
        parse(line.split_whitespace().map(str::to_owned), |_| None)
    }

    #[test]
    fn serve_works_without_options() {
        let args = read("serve").unwrap();
        let listen = "127.0.0.1:7420".parse().unwrap();
        assert_eq!(args.task, Task::Serve(Serve { listen, tls: None, behind_proxy: false }));
        assert_eq!(args.place, Place { data: "stall-hub-data".into(), database: None, bucket: None });
    }

    #[test]
    fn options_come_from_the_line_before_the_environment() {
        let env = |name: &str| match name {
            "STALL_HUB_DATA" => Some("/env".to_owned()),
            "STALL_HUB_S3_REGION" => Some("eu".to_owned()),
            "STALL_HUB_DATABASE" => Some(String::new()),
            _ => None,
        };
        let line = "fsck --data /line --bucket b";
        let args = parse(line.split(' ').map(str::to_owned), env).unwrap();
        let bucket = Bucket { name: "b".into(), endpoint: String::new(), region: "eu".into(), keys: None };
        assert_eq!(args.place, Place { data: "/line".into(), database: None, bucket: Some(bucket) });
    }

    #[test]
    fn stalls_are_made_invited_to_and_bounded() {
        assert_eq!(
            read("stall create A --quota 3").unwrap().task,
            Task::Create { name: "A".into(), quota: Some(3 * GB) }
        );
        assert_eq!(read("invite ab12").unwrap().task, Task::Invite { stall: "ab12".into() });
        assert_eq!(read("quota ab12 7").unwrap().task, Task::Quota { stall: "ab12".into(), bytes: 7 * GB });
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for line in [
            "what",
            "serve --listen nowhere",
            "serve --tls-cert a",
            "quota a -1",
            "quota a x",
            "--what",
            "serve --listen",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
