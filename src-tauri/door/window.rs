//! The desktop window.

use std::path::{Path, PathBuf};

use stall_core::{
    AppError, AppResult, ErrorCode, Role,
    api::{PickKind, Push},
};
use tauri::{AppHandle, Emitter, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder};
use tokio::sync::broadcast::error::RecvError;

use super::{ipc::WindowSession, scheme};
use crate::ctx::{Answer, Ctx, Dialogs};

const LABEL: &str = "main";
/// Photographs looked at in a chosen folder, not deeper than one more level.
const PICTURES: [&str; 12] = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "hif", "avif"];
const SHEETS: [&str; 7] = ["xlsx", "xlsm", "xls", "csv", "txt", "tsv", "zip"];

/// Opens the window and runs until it is closed.
///
/// # Errors
/// `Internal` when the window system is not there.
pub fn run(ctx: Ctx) -> AppResult<()> {
    let failed = |e: tauri::Error| AppError::new(ErrorCode::Internal).detail(e);
    let session = WindowSession(ctx.mint(Role::Owner)?);
    let media = ctx.clone();
    let closing = ctx.clone();
    let app = tauri::Builder::default()
        .manage(ctx.clone())
        .manage(session)
        .invoke_handler(tauri::generate_handler![super::ipc::call, super::ipc::put_file])
        .register_asynchronous_uri_scheme_protocol("stall", move |_, request, responder| {
            let (ctx, path) = (media.clone(), request.uri().path().to_owned());
            tauri::async_runtime::spawn(async move { responder.respond(scheme::answer(ctx, path).await) });
        })
        .setup(move |app| {
            WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
                .title("掌柜")
                .inner_size(1366.0, 768.0)
                .min_inner_size(1024.0, 640.0)
                .disable_drag_drop_handler()
                .build()?;
            ctx.set_dialogs(Box::new(Native(app.handle().clone())));
            forward(&ctx, app.handle().clone());
            Ok(())
        })
        .build(context())
        .map_err(failed)?;
    app.run(move |_, event| {
        if matches!(event, RunEvent::Exit) {
            tauri::async_runtime::block_on(closing.close());
        }
    });
    Ok(())
}

#[expect(clippy::exit, reason = "in tauri's macro: it ends the program where its thread cannot start")]
fn context() -> tauri::Context {
    tauri::generate_context!()
}

fn forward(ctx: &Ctx, app: AppHandle) {
    let mut pushes = ctx.subscribe();
    tauri::async_runtime::spawn(async move {
        loop {
            let push = match pushes.recv().await {
                Ok(push) => push,
                Err(RecvError::Lagged(_)) => Push::Lagged,
                Err(RecvError::Closed) => return,
            };
            if let Err(e) = app.emit("push", push) {
                tracing::warn!(%e, "a push did not reach the window");
            }
        }
    });
}

/// Dialogues of the system, in front of our window.
struct Native(AppHandle);

impl Native {
    fn dialog(&self) -> rfd::AsyncFileDialog {
        let dialog = rfd::AsyncFileDialog::new();
        match self.0.get_webview_window(LABEL) {
            Some(window) => dialog.set_parent(&window),
            None => dialog,
        }
    }
}

impl Dialogs for Native {
    fn pick(&self, kind: PickKind) -> Answer<AppResult<Vec<PathBuf>>> {
        let dialog = self.dialog();
        match kind {
            PickKind::PhotoFolder => {
                let chosen = dialog.pick_folder();
                Box::pin(async move { chosen.await.map_or(Ok(Vec::new()), |f| photos_in(f.path())) })
            }
            PickKind::Photos => {
                let chosen = dialog.add_filter("照片 Photos", &PICTURES).pick_files();
                Box::pin(async move { Ok(paths(chosen.await)) })
            }
            PickKind::Sheet => {
                let chosen = dialog.add_filter("表格 Spreadsheets", &SHEETS).pick_file();
                Box::pin(async move { Ok(paths(chosen.await.map(|f| vec![f]))) })
            }
        }
    }

    fn folder(&self) -> Answer<Option<PathBuf>> {
        let chosen = self.dialog().pick_folder();
        Box::pin(async move { chosen.await.map(|f| f.path().to_owned()) })
    }

    fn save(&self, name: &str) -> Answer<Option<PathBuf>> {
        let chosen = self.dialog().set_file_name(name).save_file();
        Box::pin(async move { chosen.await.map(|f| f.path().to_owned()) })
    }
}

fn paths(chosen: Option<Vec<rfd::FileHandle>>) -> Vec<PathBuf> {
    chosen.unwrap_or_default().iter().map(|f| f.path().to_owned()).collect()
}

/// Photographs of a folder and of the folders in it, by name.
fn photos_in(dir: &Path) -> AppResult<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut left = vec![(dir.to_owned(), 0)];
    while let Some((dir, depth)) = left.pop() {
        for entry in std::fs::read_dir(&dir).map_err(|e| AppError::from_io(&e))?.flatten() {
            let path = entry.path();
            let ext = path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase).unwrap_or_default();
            if path.is_file() && PICTURES.contains(&ext.as_str()) {
                found.push(path);
            } else if path.is_dir() && depth == 0 {
                left.push((path, 1));
            }
        }
    }
    found.sort();
    Ok(found)
}
