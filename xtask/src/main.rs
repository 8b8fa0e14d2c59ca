//! Every job of the repository: `cargo xtask help`.

#[cfg(feature = "schema")]
mod schema;

fn main() {
    #[cfg(feature = "schema")]
    if std::env::args().nth(1).as_deref() == Some("schema") {
        let r = schema::write("crates/store/migrations".as_ref(), "target/sqlx.db".as_ref());
        if let Err(e) = r {
            eprintln!("{e}");
            std::process::exit(1);
        }
    }
}
