//! Starting: arguments, folder, logs, then one of the doors. What goes wrong here is told in plain words.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use stall_core::{AppError, AppResult, ErrorCode};
use stall_store::Env;

use crate::{
    args::{self, Args, Task},
    ctx::Ctx,
    door::{http::HttpDoor, window},
    logs,
};

/// How long work under way may take to end after the door has closed. Whatever is cut off then is as after a kill: nothing acknowledged is lost.
const LINGER: Duration = Duration::from_secs(10);

/// Runs the program; `args` come without the program's name. Exit code 2 means it could not start.
pub fn run(args: impl IntoIterator<Item = String>) -> ExitCode {
    let args = match args::parse(args) {
        Ok(args) => args,
        Err(why) => {
            tell(&format!("{why}\n\n{}", args::HELP));
            return ExitCode::from(2);
        }
    };
    match args.task.clone() {
        Task::Verify { files, key } => return crate::passports::words::verify(&files, key.as_deref(), chinese()),
        Task::Help => say(args::HELP),
        Task::Version => say(&format!("stallkeeper {}\n", env!("CARGO_PKG_VERSION"))),
        _ => {
            if let Err(e) = begin(&args) {
                tell(&format!("{}\n", sorry(&e)));
                if args.task == Task::Window {
                    let title = if chinese() { "掌柜打不开" } else { "Stallkeeper cannot start" };
                    rfd::MessageDialog::new()
                        .set_level(rfd::MessageLevel::Error)
                        .set_title(title)
                        .set_description(sorry(&e))
                        .show();
                }
                return ExitCode::from(2);
            }
        }
    }
    ExitCode::SUCCESS
}

fn begin(args: &Args) -> AppResult<()> {
    let data = args.data.clone().or_else(default_data).ok_or_else(|| AppError::new(ErrorCode::FolderReadOnly))?;
    std::fs::create_dir_all(&data).map_err(|e| AppError::from_io(&e).arg("folder", data.display()))?;
    let _logs = logs::start(&data);
    let done = work(args, &data);
    if let Err(e) = &done {
        tracing::error!(code = ?e.code, detail = e.detail, "could not start");
    }
    done
}

fn work(args: &Args, data: &Path) -> AppResult<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| AppError::new(ErrorCode::Internal).detail(e))?;
    let ctx = runtime.block_on(Ctx::open(data, Env::system()))?;
    let done = open(&runtime, ctx, args);
    // A thread that does not come back must not keep the program, and with it the stall's lock, alive.
    runtime.shutdown_timeout(LINGER);
    done
}

/// One of the doors, until it is closed.
fn open(runtime: &tokio::runtime::Runtime, ctx: Ctx, args: &Args) -> AppResult<()> {
    match args.task {
        Task::Serve { port, open } => runtime.block_on(serve(ctx, port, open, args.sample)),
        Task::Seed { units, orders } => runtime.block_on(async {
            let done = crate::seed::fill(&ctx, units, orders).await;
            ctx.close().await;
            done
        }),
        _ => {
            tauri::async_runtime::set(runtime.handle().clone());
            runtime.block_on(crate::lan::resume(&ctx));
            runtime.block_on(crate::sync::resume(&ctx));
            if args.sample {
                let ctx = ctx.clone();
                runtime.spawn(async move {
                    if let Err(e) = crate::sample::open(&ctx).await {
                        tracing::error!(code = ?e.code, detail = e.detail, "the sample stall did not open");
                    }
                });
            }
            window::run(ctx)
        }
    }
}

/// Windows: `%LOCALAPPDATA%\Stallkeeper`; elsewhere the like.
fn default_data() -> Option<PathBuf> {
    dirs::data_local_dir().map(|d| d.join(if cfg!(windows) { "Stallkeeper" } else { "stallkeeper" }))
}

async fn serve(ctx: Ctx, port: u16, open: bool, sample: bool) -> AppResult<()> {
    if sample {
        crate::sample::open(&ctx).await?;
    }
    let door = HttpDoor::bind(ctx.clone(), port).await?;
    crate::lan::resume(&ctx).await;
    crate::sync::resume(&ctx).await;
    let url = door.url();
    say(&format!("Stallkeeper: {url}\n"));
    if open && open::that_detached(&url).is_err() {
        tell("Open this address in a browser.\n");
    }
    // Screens that listen for pushes never hang up by themselves: stop at once, writes under way run on.
    let served = tokio::select! {
        served = door.serve(std::future::pending()) => served,
        () = stopped() => Ok(()),
    };
    ctx.close().await;
    served
}

async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    tokio::signal::ctrl_c().await.ok();
}

fn chinese() -> bool {
    sys_locale::get_locale().is_none_or(|l| l.starts_with("zh"))
}

/// What happened and what to do, before there is a UI to translate it.
fn sorry(e: &AppError) -> String {
    use ErrorCode as E;
    let folder = e.args.get("folder").map_or("", String::as_str);
    let (zh, en) = match e.code {
        E::StallBusy if e.args.contains_key("port") => (
            "这个端口已被占用。请换一个 --port,或不写让程序自己选。".to_owned(),
            "This port is taken. Choose another --port, or leave it out.".to_owned(),
        ),
        E::StallBusy => (
            format!("掌柜已经打开着这个铺子。请切换到已打开的窗口,或先把它关掉。\n{folder}"),
            format!("Another Stallkeeper has this stall open. Switch to it, or close it first.\n{folder}"),
        ),
        E::StallNewer => (
            format!("这个铺子是更新版本的掌柜写的。请先更新掌柜再打开;数据没有改动。\n{folder}"),
            format!("A newer Stallkeeper wrote this stall. Update Stallkeeper first; nothing was changed.\n{folder}"),
        ),
        E::StallDamaged => (
            format!("铺子的数据文件损坏,没有打开,也没有改动。请从备份恢复,或把文件夹发给技术支持。\n{folder}"),
            format!(
                "The stall's file is damaged. It was not opened and not changed. Restore a backup, or ask for help.\n{folder}"
            ),
        ),
        E::FolderReadOnly => (
            format!("这个文件夹不能写入。请检查权限,或用 --data 换一个文件夹。\n{folder}"),
            format!("This folder cannot be written. Check its permissions, or choose another with --data.\n{folder}"),
        ),
        E::DiskFull => (
            format!("磁盘已满。请腾出空间后再打开。\n{folder}"),
            format!("The disk is full. Free some space and start again.\n{folder}"),
        ),
        _ => (format!("出了意外的错误:{e}"), format!("Something unexpected went wrong: {e}")),
    };
    if chinese() { zh } else { en }
}

#[expect(clippy::print_stdout, reason = "the address line and the help are the program's output")]
pub fn say(text: &str) {
    print!("{text}");
    std::io::Write::flush(&mut std::io::stdout()).ok();
}

#[expect(clippy::print_stderr, reason = "a program that cannot start says why")]
fn tell(text: &str) {
    eprint!("{text}");
}
