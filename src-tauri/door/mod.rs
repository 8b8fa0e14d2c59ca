//! The two doors to the one list of commands: the window (IPC) and the browser (HTTP).

mod assets;
mod events;
mod fail;
mod files;
pub mod guard;
pub mod http;
mod ipc;
mod media;
pub mod openapi;
mod scheme;
pub mod window;
