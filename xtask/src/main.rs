//! Every job of the repository. No other script language sets anything up.

mod bench;
mod check;
mod e2e;
mod postgres;
mod run;
mod setup;
mod sh;
mod sqlx_prepare;
mod test;

#[cfg(feature = "schema")]
mod schema;

#[cfg(feature = "schema")]
use sh::Res;

const HELP: &str = "cargo xtask <job>

  run [--sample] [--data DIR]   set up what is missing and open the console (browser door where there is no display)
  test                          set up and run every test
  check                         formatting, lints, types, bindings, checked queries, dictionaries, sizes, licences
  bindings                      write ui/src/ipc/gen from the Rust types
  sqlx                          write .sqlx from the queries and the migrations
  shots                         pictures of every screen into target/shots
  seed --units N --orders N [--data DIR]   a stall full of made-up goods
  bench [part ...]              the measurements of PERFORMANCE.md and SYNC.md, both sides in one run; or some of: photographs,
                                labels, passport, ingest, store, hub, sync
  soak                          the long rings: 200 kills, 2,000 histories, 10M of the sync model, the process ring, API fuzz
  setup                         only install what is missing
";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let rest = args.get(1..).unwrap_or_default();
    let done = match args.first().map(String::as_str) {
        Some("run") => run::run(rest),
        Some("seed") => run::seed(rest),
        Some("test") => test::test(),
        Some("soak") => test::soak(),
        Some("check") => check::check(),
        Some("bindings") => check::bindings(),
        Some("sqlx") => sqlx_prepare::prepare(),
        Some("shots") => e2e::shots(),
        Some("bench") => bench::bench(rest),
        Some("setup") => setup::everything(),
        #[cfg(feature = "schema")]
        Some("schema") => schema(rest),
        _ => {
            print!("{HELP}");
            Ok(())
        }
    };
    if let Err(e) = done {
        eprintln!("\nxtask: {e}");
        std::process::exit(1);
    }
}

#[cfg(feature = "schema")]
fn schema(rest: &[String]) -> Res {
    let file = rest.first().map_or("target/sqlx.db", String::as_str);
    schema::write("crates/store/migrations".as_ref(), file.as_ref()).map_err(|e| e.to_string())
}
