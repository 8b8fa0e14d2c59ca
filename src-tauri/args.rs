//! The command line: a window by default, `serve` for the browser, `seed` for bulk data.

use std::path::PathBuf;

/// What the program is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    Window,
    /// The HTTP door alone; port 0 takes a free one.
    Serve {
        port: u16,
        open: bool,
    },
    /// Fills an empty stall with made-up rows, for measuring.
    Seed {
        units: u32,
        orders: u32,
    },
    /// Looks at passport files.
    Verify {
        files: Vec<PathBuf>,
        /// The fingerprint or key they must be signed with.
        key: Option<String>,
    },
    Help,
    Version,
}

/// A read command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Args {
    pub task: Task,
    /// `None`: the platform's data folder.
    pub data: Option<PathBuf>,
    pub sample: bool,
}

/// What `--help` says.
pub const HELP: &str = "\
stallkeeper [--data DIR] [--sample]
    opens the window
stallkeeper serve [--port N] [--data DIR] [--sample] [--no-open]
    serves the same console to a browser on this machine
stallkeeper seed --data DIR [--units N] [--orders N]
    fills an empty stall with made-up rows, for measuring
stallkeeper verify [--key FINGERPRINT] FILE...
    checks passports (page or document): exit code 0 unaltered, 1 altered or another key, 2 no passport
  --data DIR   folder that holds the stall (default: the platform's data folder)
  --sample     open the sample stall, building it first when needed
  --port N     default: a free port
";

/// Reads the arguments behind the program's name.
///
/// # Errors
/// The argument that was not understood.
pub fn parse(args: impl IntoIterator<Item = String>) -> Result<Args, String> {
    let mut out = Args { task: Task::Window, data: None, sample: false };
    let mut args = args.into_iter();
    let mut first = true;
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
        match (arg.as_str(), &mut out.task) {
            ("serve", _) if first => out.task = Task::Serve { port: 0, open: true },
            ("seed", _) if first => out.task = Task::Seed { units: 10_000, orders: 20_000 },
            ("verify", _) if first => out.task = Task::Verify { files: Vec::new(), key: None },
            ("--key", Task::Verify { key, .. }) => *key = Some(value()?),
            ("--help" | "-h", _) => out.task = Task::Help,
            ("--version", _) => out.task = Task::Version,
            ("--data", _) => out.data = Some(value()?.into()),
            ("--sample", _) => out.sample = true,
            ("--port", Task::Serve { port, .. }) => *port = number(&value()?)?,
            ("--no-open", Task::Serve { open, .. }) => *open = false,
            ("--units", Task::Seed { units, .. }) => *units = number(&value()?)?,
            ("--orders", Task::Seed { orders, .. }) => *orders = number(&value()?)?,
            (name, Task::Verify { files, .. }) if !name.starts_with("--") => files.push(name.into()),
            _ => return Err(format!("not understood: {arg}")),
        }
        first = false;
    }
    match &out.task {
        Task::Verify { files, .. } if files.is_empty() => Err("verify needs a file".to_owned()),
        _ => Ok(out),
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("not a number in range: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Args, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn no_arguments_open_the_window() {
        assert_eq!(read(""), Ok(Args { task: Task::Window, data: None, sample: false }));
    }

    #[test]
    fn serve_takes_a_port_a_folder_and_the_sample() {
        let want = Args { task: Task::Serve { port: 4000, open: false }, data: Some("x".into()), sample: true };
        assert_eq!(read("serve --port 4000 --data x --sample --no-open"), Ok(want));
    }

    #[test]
    fn verify_takes_files_and_the_key_they_must_have() {
        let files = vec!["a.html".into(), "b.json".into()];
        let want = Args { task: Task::Verify { files, key: Some("9c41".into()) }, data: None, sample: false };
        assert_eq!(read("verify --key 9c41 a.html b.json"), Ok(want));
        assert!(read("verify").is_err());
    }

    #[test]
    fn unknown_and_misplaced_arguments_are_refused() {
        for line in ["--port 1", "serve --port 70000", "serve --port", "what", "serve --units 3", "--data"] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
