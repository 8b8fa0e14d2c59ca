//! The program `stall-hub`: the hub with a command line, TLS and logs.

mod args;
mod operate;
mod place;
pub mod serve;

use std::{io::Write, process::ExitCode};

use args::{Args, Task};

use crate::error::HubResult;

/// Runs the program; `args` come without its name. Exit code 0 done, 1 failed (`fsck`: damaged), 2 not understood.
pub fn run(args: impl IntoIterator<Item = String>) -> ExitCode {
    let args = match args::parse(args, |name| std::env::var(name).ok()) {
        Ok(args) => args,
        Err(e) => {
            write(&mut std::io::stderr(), &format!("{e}\n\n{}", args::HELP));
            return ExitCode::from(2);
        }
    };
    log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => {
            write(&mut std::io::stderr(), &format!("no runtime: {e}\n"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(task(args)) {
        Ok(sound) => ExitCode::from(u8::from(!sound)),
        Err(e) => {
            write(&mut std::io::stderr(), &format!("{e}\n"));
            ExitCode::FAILURE
        }
    }
}

async fn task(args: Args) -> HubResult<bool> {
    let place = args.place;
    let mut out = std::io::stdout();
    match args.task {
        Task::Help => write(&mut out, args::HELP),
        Task::Version => write(&mut out, &format!("stall-hub {}\n", env!("CARGO_PKG_VERSION"))),
        Task::Serve(how) => serve::run(&place, &how).await?,
        Task::Create { name, quota } => write(&mut out, &operate::create(&place, &name, quota).await?),
        Task::List => write(&mut out, &operate::list(&place).await?),
        Task::Invite { stall } => write(&mut out, &operate::invite(&place, &stall).await?),
        Task::Quota { stall, bytes } => write(&mut out, &operate::quota(&place, &stall, bytes).await?),
        Task::Backup { to } => write(&mut out, &operate::backup(&place, &to).await?),
        Task::Restored => write(&mut out, &operate::restored(&place).await?),
        Task::AdminToken => write(&mut out, &operate::admin_token(&place).await?),
        Task::Fsck => {
            let (said, sound) = operate::fsck(&place).await?;
            write(&mut out, &said);
            return Ok(sound);
        }
    }
    Ok(true)
}

/// Nobody may be reading: that is no failure.
fn write(to: &mut impl Write, text: &str) {
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}

/// To stderr, where systemd and containers take it. Tokens and bodies are never logged.
fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("STALL_HUB_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
}
