//! The hub through its HTTP door, over SQLite with a folder and over PostgreSQL with S3.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod attacks;
mod laptop;
mod objects;
mod operate;
mod order;
mod people;
mod postgres;
mod presence;
mod relay;
mod restored;
mod s3;
mod several;
mod tls;
mod world;
