//! The two doors to the one list of commands: the window (IPC) and the browser (HTTP).

pub(crate) mod assets;
mod events;
pub(crate) mod fail;
mod files;
pub mod guard;
pub mod http;
mod ipc;
pub(crate) mod media;
pub mod openapi;
mod scheme;
pub mod window;
