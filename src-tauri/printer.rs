//! The line to a label printer: a TCP port, or a device the system shows as a file. Every wait has an end.

use std::{
    future::Future,
    io::{self, Write},
    pin::pin,
    time::Duration,
};

use stall_core::{AppError, AppResult, ErrorCode, api::PrinterAt};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    sync::{mpsc, oneshot},
};

use crate::jobs::Running;

/// How long a printer is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub connect: Duration,
    /// Without taking a label: paper is changed in less, and a person can stop the job at any time.
    pub write: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), write: Duration::from_secs(60) }
    }
}

/// How often a wait looks whether the person pressed stop.
const LOOK: Duration = Duration::from_millis(100);
/// Little is kept by the system, so that "sent" means that the printer has it.
const SEND_BUFFER: u32 = 16 << 10;

/// An open line.
#[derive(Debug)]
pub struct Line {
    to: To,
    at: String,
    patience: Patience,
}

#[derive(Debug)]
enum To {
    Network(TcpStream),
    Device(mpsc::Sender<Chunk>),
}

/// Bytes for the device's thread and where it says how it went.
type Chunk = (Vec<u8>, oneshot::Sender<io::Result<()>>);

impl Line {
    /// Opens it.
    ///
    /// # Errors
    /// `PrinterUnreachable`, `PrinterRefused`, `PrinterMissing`, `PrinterNoRights`, `PrinterAddress` for a path that is a
    /// plain file, `PrinterHangs`; all with `at`.
    pub async fn open(at: &PrinterAt, patience: Patience, running: &Running) -> AppResult<Self> {
        let (to, at) = match at {
            PrinterAt::Network { host, port } => {
                let shown = format!("{host}:{port}");
                let wait = connect(host, *port);
                let stream = waited(wait, patience.connect, ErrorCode::PrinterUnreachable, &shown, running).await?;
                (To::Network(stream.map_err(|e| failed(&e, &shown))?), shown)
            }
            PrinterAt::Device { path } => (To::Device(device(path, patience, running).await?), path.clone()),
        };
        Ok(Self { to, at, patience })
    }

    /// Sends one label.
    ///
    /// # Errors
    /// `PrinterHangs`, `PrinterBrokeOff`, `Cancelled`.
    pub async fn send(&mut self, bytes: Vec<u8>, running: &Running) -> AppResult<()> {
        let (limit, at) = (self.patience.write, self.at.clone());
        let sent = match &mut self.to {
            To::Network(stream) => {
                let work = async {
                    stream.write_all(&bytes).await?;
                    stream.flush().await
                };
                waited(work, limit, ErrorCode::PrinterHangs, &at, running).await?
            }
            To::Device(thread) => waited(ask(thread, bytes), limit, ErrorCode::PrinterHangs, &at, running).await?,
        };
        sent.map_err(|e| failed(&e, &at))
    }

    /// Says that nothing more comes.
    ///
    /// # Errors
    /// As [`Line::send`].
    pub async fn finish(mut self, running: &Running) -> AppResult<()> {
        if let To::Network(stream) = &mut self.to {
            let (limit, at) = (self.patience.write, self.at.clone());
            let shut = waited(stream.shutdown(), limit, ErrorCode::PrinterHangs, &at, running).await?;
            // It has everything; that it closed first is no error.
            shut.ok();
        }
        Ok(())
    }
}

async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::HostUnreachable);
    for addr in tokio::net::lookup_host((host, port)).await? {
        let socket = if addr.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        socket.set_send_buffer_size(SEND_BUFFER)?;
        match socket.connect(addr).await {
            Ok(stream) => return Ok(stream),
            Err(e) => last = e,
        }
    }
    Err(last)
}

/// A device blocks where it likes (a port without a cable, a pipe without a reader), so it has a thread of its own that
/// nobody has to wait for.
async fn device(path: &str, patience: Patience, running: &Running) -> AppResult<mpsc::Sender<Chunk>> {
    let (send, mut chunks) = mpsc::channel::<Chunk>(1);
    let (opened, told) = oneshot::channel();
    let place = path.to_owned();
    std::thread::spawn(move || {
        let mut file = match open_device(&place) {
            Ok(file) => {
                opened.send(Ok(())).ok();
                file
            }
            Err(e) => {
                opened.send(Err(e)).ok();
                return;
            }
        };
        while let Some((bytes, done)) = chunks.blocking_recv() {
            let result = file.write_all(&bytes).and_then(|()| file.flush());
            done.send(result).ok();
        }
    });
    let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
    let wait = async { told.await.map_err(gone)? };
    let result = waited(wait, patience.write, ErrorCode::PrinterHangs, path, running).await?;
    result.map_err(|e| device_failed(&e, path))?;
    Ok(send)
}

/// Never creates and never overwrites a file: a slip in the path must not cost a document.
fn open_device(path: &str) -> io::Result<std::fs::File> {
    if let Ok(meta) = std::fs::metadata(path)
        && (meta.is_file() || meta.is_dir())
    {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    std::fs::OpenOptions::new().write(true).open(path)
}

async fn ask(thread: &mpsc::Sender<Chunk>, bytes: Vec<u8>) -> io::Result<()> {
    let (done, told) = oneshot::channel();
    let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
    thread.send((bytes, done)).await.map_err(|_| gone())?;
    told.await.map_err(|_| gone())?
}

/// The answer of `work`, unless it takes too long or the person pressed stop.
async fn waited<T>(
    work: impl Future<Output = T>,
    limit: Duration,
    late: ErrorCode,
    at: &str,
    running: &Running,
) -> AppResult<T> {
    let mut look = tokio::time::interval(LOOK);
    let (mut work, mut end) = (pin!(work), pin!(tokio::time::sleep(limit)));
    loop {
        tokio::select! {
            value = &mut work => return Ok(value),
            () = &mut end => return Err(AppError::new(late).arg("at", at)),
            _ = look.tick() => {
                if running.cancelled() {
                    return Err(ErrorCode::Cancelled.into());
                }
            }
        }
    }
}

fn failed(e: &io::Error, at: &str) -> AppError {
    use io::ErrorKind as K;
    let code = match e.kind() {
        K::ConnectionRefused => ErrorCode::PrinterRefused,
        K::BrokenPipe | K::ConnectionReset | K::ConnectionAborted | K::UnexpectedEof | K::WriteZero => {
            ErrorCode::PrinterBrokeOff
        }
        // A name that names nothing, no way there, no answer.
        _ => ErrorCode::PrinterUnreachable,
    };
    AppError::new(code).arg("at", at).detail(e)
}

fn device_failed(e: &io::Error, at: &str) -> AppError {
    let code = match e.kind() {
        io::ErrorKind::NotFound => ErrorCode::PrinterMissing,
        io::ErrorKind::PermissionDenied => ErrorCode::PrinterNoRights,
        io::ErrorKind::InvalidInput => ErrorCode::PrinterAddress,
        _ => ErrorCode::PrinterBrokeOff,
    };
    AppError::new(code).arg("at", at).detail(e)
}

#[cfg(test)]
#[path = "printer_tests.rs"]
mod tests;
