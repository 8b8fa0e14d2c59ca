use std::time::Duration;

use stall_core::{Id, Ms, api::JobKind};
use tokio::{io::AsyncReadExt, net::TcpListener, sync::broadcast};

use super::*;
use crate::jobs::Jobs;

fn job() -> (Jobs, Id, Running) {
    let jobs = Jobs::new(broadcast::channel(16).0);
    let id = Id::of_order("t", "", "1");
    let (_, running) = jobs.start(id, Ms(0), JobKind::Labels, 1, None, false);
    (jobs, id, running)
}

fn short() -> Patience {
    Patience { connect: Duration::from_secs(5), write: Duration::from_millis(300) }
}

fn at(listener: &TcpListener) -> io::Result<PrinterAt> {
    let addr = listener.local_addr()?;
    Ok(PrinterAt::Network { host: addr.ip().to_string(), port: addr.port() })
}

#[tokio::test]
async fn a_printer_gets_every_byte_in_order() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let place = at(&listener)?;
    let printer = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        let mut got = Vec::new();
        stream.read_to_end(&mut got).await?;
        io::Result::Ok(got)
    });
    let (_jobs, _, running) = job();
    let mut line = Line::open(&place, Patience::default(), &running).await?;
    line.send(vec![1; 100_000], &running).await?;
    line.send(vec![2; 3], &running).await?;
    line.finish(&running).await?;
    let got = printer.await??;
    assert_eq!((got.len(), got.last()), (100_003, Some(&2)));
    Ok(())
}

#[tokio::test]
async fn a_printer_that_takes_nothing_is_given_up_on() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let place = at(&listener)?;
    // Accepts and never reads.
    let printer = tokio::spawn(async move { listener.accept().await });
    let (_jobs, _, running) = job();
    let mut line = Line::open(&place, short(), &running).await?;
    let _held = printer.await??;
    let error = line.send(vec![0; 64 << 20], &running).await.err();
    assert_eq!(error.map(|e| e.code), Some(ErrorCode::PrinterHangs));
    Ok(())
}

#[tokio::test]
async fn a_person_can_stop_while_a_printer_hangs() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let place = at(&listener)?;
    let printer = tokio::spawn(async move { listener.accept().await });
    let (jobs, id, running) = job();
    let mut line = Line::open(&place, Patience::default(), &running).await?;
    let _held = printer.await??;
    let (sent, stopped) = tokio::join!(line.send(vec![0; 64 << 20], &running), async {
        tokio::task::yield_now().await;
        jobs.cancel(id)
    });
    stopped?;
    assert_eq!(sent.err().map(|e| e.code), Some(ErrorCode::Cancelled));
    Ok(())
}

#[tokio::test]
async fn a_closed_port_is_told_from_a_machine_that_is_not_there() -> Result<(), Box<dyn std::error::Error>> {
    // Held and not listened at: a port that is let go may be another test's by then.
    let held = TcpSocket::new_v4()?;
    held.bind("127.0.0.1:0".parse()?)?;
    let place = PrinterAt::Network { host: "127.0.0.1".into(), port: held.local_addr()?.port() };
    let (_jobs, _, running) = job();
    let refused = Line::open(&place, short(), &running).await.err();
    assert_eq!(refused.map(|e| e.code), Some(ErrorCode::PrinterRefused));
    let nowhere = PrinterAt::Network { host: "no-such-printer.invalid".into(), port: 9100 };
    let unknown = Line::open(&nowhere, short(), &running).await.err();
    assert_eq!(unknown.map(|e| e.code), Some(ErrorCode::PrinterUnreachable));
    Ok(())
}

#[tokio::test]
async fn a_device_that_is_missing_or_is_a_plain_file_is_refused() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let (_jobs, _, running) = job();
    let open = async |path: std::path::PathBuf| {
        let at = PrinterAt::Device { path: path.display().to_string() };
        Line::open(&at, short(), &running).await.err().map(|e| e.code)
    };
    assert_eq!(open(dir.path().join("lp9")).await, Some(ErrorCode::PrinterMissing));
    assert!(!dir.path().join("lp9").exists(), "a path with a slip in it makes no file");
    let file = dir.path().join("账本.xlsx");
    std::fs::write(&file, "kept")?;
    assert_eq!(open(file.clone()).await, Some(ErrorCode::PrinterAddress));
    assert_eq!(std::fs::read_to_string(file)?, "kept");
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn a_device_file_gets_the_bytes_and_one_that_blocks_is_given_up_on() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let (_jobs, _, running) = job();
    let make = |name: &str| {
        let pipe = dir.path().join(name);
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        made.map(|s| (s.success(), PrinterAt::Device { path: pipe.display().to_string() }, pipe))
    };
    let (made, at, _) = make("lp0")?;
    assert!(made);
    // A pipe that nobody reads blocks whoever opens it, as a port without a printer does.
    let blocked = Line::open(&at, short(), &running).await.err();
    assert_eq!(blocked.map(|e| e.code), Some(ErrorCode::PrinterHangs));
    let (_, at, from) = make("lp1")?;
    let reader = std::thread::spawn(move || std::fs::read(from));
    let mut line = Line::open(&at, Patience::default(), &running).await?;
    line.send(b"SIZE 40 mm".to_vec(), &running).await?;
    line.finish(&running).await?;
    let got = reader.join().map_err(|_| "the reader broke off")??;
    assert_eq!(got, b"SIZE 40 mm");
    Ok(())
}
