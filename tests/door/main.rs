//! The program through its HTTP door, as a browser meets it.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "tests")]

mod app;
mod bad_files;
mod batch;
mod disk;
mod exchange;
mod files;
mod guard;
mod inspect;
mod labels;
mod lan;
mod lost;
mod openapi;
mod passports;
mod path;
mod photos;
mod presence;
mod pushes;
mod roles;
mod sample;
mod second;
mod shots;
mod sync;
mod undo;
mod watch;
