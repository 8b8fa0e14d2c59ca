//! Measures the taking in of photographs and prints one JSON object.
//!
//! `bench_photos --make N DIR` writes N believable photographs of 12 million pixels into DIR.
//! `bench_photos DIR [threads=2] [rounds=1]` measures our pipeline at 1 and at `threads` threads, and the naive one of the
//! `image` crate, interleaved by round. CPU time is the process's own: other programs on the machine matter little to it.
#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, reason = "a measuring program")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use serde_json::{Value, json};
use stall_media::{Format, Worker};
use turbojpeg::{Compressor, Image, PixelFormat, Subsamp};

const WIDTH: usize = 4032;
const HEIGHT: usize = 3024;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--make", count, dir] => make(count.parse().expect("a number"), Path::new(dir)),
        [dir, ref rest @ ..] => {
            let number = |at: usize, default: usize| rest.get(at).map_or(default, |v| v.parse().expect("a number"));
            println!("{:#}", measure(Path::new(dir), number(0, 2), number(1, 1)));
        }
        [] => println!("bench_photos --make N DIR | bench_photos DIR [threads] [rounds]"),
    }
}

// ---- photographs -------------------------------------------------------------------------------------------------------

/// Gradients, soft discs, hard edges and sensor grain: what a phone writes of a thing on a table, 3-4 MB each.
fn make(count: usize, dir: &Path) {
    fs::create_dir_all(dir).unwrap();
    let mut compressor = Compressor::new().unwrap();
    compressor.set_quality(93).unwrap();
    compressor.set_subsamp(Subsamp::Sub2x2).unwrap();
    for n in 0..count {
        let rgb = paint(n as u64 + 1);
        let image =
            Image { pixels: rgb.as_slice(), width: WIDTH, pitch: WIDTH * 3, height: HEIGHT, format: PixelFormat::RGB };
        let plain = compressor.compress_to_vec(image).unwrap();
        // Every third one lies on its side, as phones write them.
        let mut bytes = b"\xff\xd8\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        bytes.extend_from_slice(&[if n % 3 == 0 { 6 } else { 1 }, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend_from_slice(&plain[2..]);
        fs::write(dir.join(format!("IMG_{n:04}.jpg")), bytes).unwrap();
    }
}

fn paint(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut unit = || (next() >> 40) as f32 / (1u32 << 24) as f32;
    let discs: Vec<[f32; 6]> = (0..60)
        .map(|_| [unit() * WIDTH as f32, unit() * HEIGHT as f32, 30.0 + unit() * 500.0, unit(), unit(), unit()])
        .collect();
    let mut rgb = vec![0u8; WIDTH * HEIGHT * 3];
    for y in 0..HEIGHT {
        let near: Vec<&[f32; 6]> = discs.iter().filter(|d| (d[1] - y as f32).abs() <= d[2]).collect();
        for x in 0..WIDTH {
            let (fx, fy) = (x as f32 / WIDTH as f32, y as f32 / HEIGHT as f32);
            let mut pixel = [0.35 + 0.4 * fx, 0.4 + 0.3 * fy, 0.55 - 0.25 * fx * fy];
            for [cx, cy, r, a, b, c] in near.iter().map(|d| **d) {
                let (dx, dy) = (x as f32 - cx, y as f32 - cy);
                let d2 = dx * dx + dy * dy;
                if d2 < r * r {
                    let light = 1.0 - 0.5 * d2 / (r * r);
                    let weave = if ((x / 7) ^ (y / 7)) & 1 == 0 { 1.0 } else { 0.94 };
                    pixel = [a * light * weave, b * light, c * light * weave];
                }
            }
            let grain = (unit() + unit() - 1.0) * 0.05;
            let at = (y * WIDTH + x) * 3;
            for (out, v) in rgb[at..at + 3].iter_mut().zip(pixel) {
                *out = ((v + grain).clamp(0.0, 1.0) * 255.0) as u8;
            }
        }
    }
    rgb
}

// ---- measuring ---------------------------------------------------------------------------------------------------------

#[derive(Default, Clone, Copy)]
struct Sum {
    cpu: Duration,
    wall: Duration,
    photos: usize,
}

impl Sum {
    fn add(&mut self, cpu: Duration, wall: Duration, photos: usize) {
        self.cpu += cpu;
        self.wall += wall;
        self.photos += photos;
    }

    fn json(self) -> Value {
        let each = self.photos.max(1) as f64;
        json!({
            "photos": self.photos,
            "cpu_ms_per_photo": self.cpu.as_secs_f64() * 1000.0 / each,
            "wall_ms_per_photo": self.wall.as_secs_f64() * 1000.0 / each,
            "photos_per_s": each / self.wall.as_secs_f64().max(1e-9),
        })
    }
}

fn measure(dir: &Path, threads: usize, rounds: usize) -> Value {
    let mut files: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    let bytes: u64 = files.iter().map(|f| fs::metadata(f).unwrap().len()).sum();
    let (mut one, mut many, mut naive_one) = (Sum::default(), Sum::default(), Sum::default());
    let before = resident_kb("VmRSS");
    run(&files, 1, &mut Sum::default());
    let peak_one = resident_kb("VmHWM");
    // A thread's photographs, without files or fsync: the CPU is what is compared, and every peer makes the same two sizes.
    for _ in 0..rounds {
        run(&files, 1, &mut one);
        run(&files, threads, &mut many);
    }
    let peak_many = resident_kb("VmHWM");
    let few = &files[..files.len().min(6)];
    for _ in 0..rounds {
        let (cpu, wall) = (cpu(), Instant::now());
        for file in few {
            naive(&fs::read(file).unwrap());
        }
        naive_one.add(self::cpu() - cpu, wall.elapsed(), few.len());
    }
    let per = |s: Sum| s.cpu.as_secs_f64() / s.photos.max(1) as f64;
    let speed = |s: Sum| s.photos as f64 / s.wall.as_secs_f64().max(1e-9);
    json!({
        "what": "12 MP JPEG to 1600 + 320 + dHash + EXIF",
        "files": files.len(),
        "mean_bytes": bytes / files.len().max(1) as u64,
        "rounds": rounds,
        "threads": threads,
        "ours": one.json(),
        "ours_threads": many.json(),
        "naive_image": naive_one.json(),
        "naive_over_ours_cpu": per(naive_one) / per(one),
        "scaling_wall": speed(many) / speed(one),
        "scaling_cpu": per(one) / per(many) * threads as f64,
        "rss_mb": { "before": before / 1024, "peak_1": peak_one / 1024, "peak_threads": peak_many / 1024,
                    "per_worker": peak_one.saturating_sub(before) / 1024 },
    })
}

fn run(files: &[PathBuf], threads: usize, sum: &mut Sum) {
    let (cpu, wall, next) = (cpu(), Instant::now(), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut worker = Worker::new().unwrap();
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let bytes = fs::read(file).unwrap();
                    let hash = blake3::hash(&bytes);
                    let made = worker.make(&bytes, Format::Jpeg).unwrap();
                    std::hint::black_box((hash, made));
                }
            });
        }
    });
    sum.add(self::cpu() - cpu, wall.elapsed(), files.len());
}

/// What one would write first: everything at full size, in the `image` crate alone.
fn naive(bytes: &[u8]) {
    let mut full = image::load_from_memory(bytes).unwrap();
    if bytes.get(30) == Some(&6) {
        full = full.rotate90();
    }
    for side in [1600, 320] {
        let small = full.resize(side, side, FilterType::Lanczos3);
        let mut out = Vec::new();
        JpegEncoder::new_with_quality(&mut out, 82).encode_image(&small.into_rgb8()).unwrap();
        std::hint::black_box(out);
    }
}

/// CPU time of this process. Elsewhere than on Linux the wall clock stands in: run it on a quiet machine.
fn cpu() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let start = *START;
    // All threads, user and system, in ticks of 10 ms.
    let Ok(stat) = fs::read_to_string("/proc/self/stat") else {
        return start.elapsed();
    };
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|v| v.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn resident_kb(what: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with(what)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|v| v.parse().ok()).unwrap_or(0)
}
