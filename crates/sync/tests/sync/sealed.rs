//! Every byte that lies at the hub, read: nothing that a laptop planted is among it, in whatever way it might be written.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use stall_core::{
    Role,
    api::{ThirdPartyFile, ThirdPartyInput},
    photo_edit::{Edit, Edits},
};
use stall_media::{Worker, make_edited};
use stall_store::tables::{photo_edits, third_party, units};
use stall_sync::FileWish;

use crate::{
    actions::{Stall, act},
    album::picture,
    line::Line,
    world::{Laptop, World},
};

/// Words that stand in a model, a note, an order's buyer, a file's name, a document, the name of who works, and what every
/// action says.
const WORDS: [&str; 10] = [
    "PLANTED-MODEL",
    "PLANTED-NOTE",
    "PLANTED-BUYER",
    "PLANTED-STREET",
    "PLANTED-FILE-NAME",
    "PLANTED-DOCUMENT",
    "PLANTED-WORKER",
    "13812345678",
    "price_floor",
    "add_unit",
];
/// A cost, a floor, a price.
const PRICES: [i64; 3] = [31_415_926, 27_182_818, 399_900];

/// Everything under a folder, with its path.
fn lying(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut all, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                // A temporary file may be gone between the two.
                all.extend(fs::read(&path).map(|bytes| (path, bytes)));
            }
        }
    }
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Base64 of what stands somewhere in a longer text: without the characters that its neighbours have a part in.
fn base64(bytes: &[u8], before: usize) -> Vec<u8> {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: Vec<u8> =
        std::iter::repeat_n(&0, before).chain(bytes).flat_map(|b| (0..8).rev().map(move |n| b >> n & 1)).collect();
    let signs = bits.chunks_exact(6).map(|c| SIGNS[c.iter().fold(0, |v, bit| v << 1 | usize::from(*bit))]);
    signs.skip((before * 8).div_ceil(6)).collect()
}

/// The ways a text may lie somewhere.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let plain = text.as_bytes();
    let wide = |of: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(of).collect::<Vec<u8>>();
    let mut all = vec![plain.to_vec(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)];
    all.extend([hex(plain).into_bytes(), hex(plain).to_uppercase().into_bytes()]);
    all.extend((0..3).map(|before| base64(plain, before)));
    all
}

/// What is looked for.
struct Planted {
    needles: Vec<(String, Vec<u8>)>,
    /// Every 16 bytes of the pictures and papers that are no mere repetition.
    windows: HashSet<[u8; 16]>,
}

impl Planted {
    fn new() -> Self {
        let mut needles = Vec::new();
        for word in WORDS.map(str::to_owned).into_iter().chain(PRICES.map(|p| p.to_string())) {
            needles.extend(forms(&word).into_iter().map(|f| (word.clone(), f)));
        }
        for price in &PRICES[..2] {
            // As SQLite has it, and as a machine has a word of eight bytes.
            needles.push((price.to_string(), price.to_be_bytes()[4..].to_vec()));
            needles.push((price.to_string(), price.to_le_bytes().to_vec()));
        }
        Self { needles, windows: HashSet::new() }
    }

    /// A file's bytes, and its hash, by which a hub could tell that it knows it.
    fn file(&mut self, name: &str, bytes: &[u8]) {
        let hash = blake3::hash(bytes);
        self.needles.extend(forms(&hash.to_hex()).into_iter().map(|f| (format!("hash of {name}"), f)));
        self.needles.push((format!("hash of {name}"), hash.as_bytes().to_vec()));
        let all = bytes.array_windows::<16>().filter(|w| w.iter().collect::<HashSet<_>>().len() > 5);
        self.windows.extend(all.copied());
    }

    /// What of it is there.
    fn found(&self, lying: &[(PathBuf, Vec<u8>)]) -> Vec<String> {
        // By the first two bytes: millions are read, and few begin like anything.
        let mut begin = vec![Vec::new(); 1 << 16];
        for (what, needle) in &self.needles {
            begin[usize::from(u16::from_be_bytes([needle[0], needle[1]]))].push((what, needle));
        }
        let mut met = vec![false; 1 << 22];
        self.windows.iter().for_each(|w| met[short(w)] = true);
        let mut found = Vec::new();
        for (path, bytes) in lying {
            let name = path.display().to_string();
            for text in [bytes.as_slice(), name.as_bytes()] {
                for at in 0..text.len().saturating_sub(1) {
                    let all = &begin[usize::from(u16::from_be_bytes([text[at], text[at + 1]]))];
                    // Four bytes meet by chance in megabytes of noise.
                    let here = |n: &Vec<u8>| (n.len() > 4 || !name.contains("objects")) && text[at..].starts_with(n);
                    found.extend(all.iter().filter(|(_, n)| here(n)).map(|(what, _)| format!("{what} in {name}")));
                }
            }
            if bytes.array_windows::<16>().any(|w| met[short(w)] && self.windows.contains(w)) {
                found.push(format!("a piece of a file in {name}"));
            }
        }
        found
    }
}

/// A number below 2^22 of the first bytes.
fn short(window: &[u8; 16]) -> usize {
    let first = u32::from_be_bytes([window[0], window[1], window[2], window[3]]);
    (first.wrapping_mul(0x9E37_79B1) >> 10) as usize
}

/// A document of some length with a planted word, kept with a planted name.
async fn paper(a: &Laptop, unit_id: stall_core::Id) -> Vec<u8> {
    let text: Vec<u8> = (0..9_000).flat_map(|n| format!("{n} PLANTED-DOCUMENT ").into_bytes()).collect();
    let blob = a.media.put(&text).unwrap();
    let empty = String::new;
    let input = ThirdPartyInput {
        unit_id,
        issuer: "拍拍".into(),
        number: empty(),
        date: empty(),
        url: empty(),
        note: empty(),
        file: None,
    };
    let file =
        ThirdPartyFile { blob: blob.as_str().into(), name: "PLANTED-FILE-NAME.pdf".into(), bytes: text.len() as u32 };
    third_party::add(&a.store, &a.actor, &input, Some(file)).await.unwrap();
    text
}

#[test]
fn the_reader_finds_what_lies_open_in_whatever_way() {
    let mut planted = Planted::new();
    let photo = picture(5, 40);
    planted.file("photo", &photo);
    let at = |bytes: Vec<u8>| vec![(PathBuf::from("hub.db-wal"), bytes)];
    // Without its head, which is that of every picture of the size.
    let noise = picture(6, 40)[54..].to_vec();
    assert!(planted.found(&at(noise.clone())).is_empty());
    let hash = blake3::hash(&photo);
    let mut open: Vec<Vec<u8>> = WORDS.iter().flat_map(|w| forms(w)).collect();
    open.extend([photo[777..793].to_vec(), hash.as_bytes().to_vec(), hash.to_hex().to_string().into_bytes()]);
    open.extend([31_415_926_i32.to_be_bytes().to_vec(), b"399900".to_vec()]);
    for bytes in open {
        let text = [&noise[..501], &bytes, &noise[501..]].concat();
        assert!(!planted.found(&at(text)).is_empty(), "{bytes:?}");
    }
    for n in 0..3 {
        let whole = [&b"abc"[..n], b"PLANTED-MODEL", b"xyz"].concat();
        assert!(!planted.found(&at(base64(&whole, 0))).is_empty(), "{n} before it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_word_price_name_picture_or_paper_of_a_laptop_lies_open_at_the_hub() {
    let world = World::start().await;
    let mut a = world.owner().await;
    a.actor.name = "PLANTED-WORKER".into();
    let mut planted = Planted::new();
    let mut first = None;
    for n in 0..20 {
        let unit = a.add(&format!("PLANTED-MODEL-{n}")).await;
        a.note(unit, "PLANTED-NOTE").await;
        first.get_or_insert(unit);
    }
    let unit = first.unwrap();
    let cover = a.photograph(unit, 1, 650).await;
    a.photograph(unit, 2, 300).await;
    a.write("UPDATE photos SET file_name = 'PLANTED-FILE-NAME.jpg'").await;
    let photo = units::get(&a.store, unit).await.unwrap().photos[0].id;
    let edits = Edits::of(&[Edit::Turn { quarters: 1 }]).unwrap();
    make_edited(&a.media, &cover, &edits, &mut Worker::new().unwrap()).unwrap();
    photo_edits::set(&a.store, &a.actor, photo, &edits).await.unwrap();
    paper(&a, unit).await;
    let clock = std::sync::Arc::new(std::sync::atomic::AtomicI64::new(crate::world::START));
    act(&Stall { store: a.store.clone(), me: a.actor.clone(), clock }, (17, 0, 1)).await;
    a.write(
        "UPDATE orders SET receiver_name = 'PLANTED-BUYER', receiver_phone = '13812345678', address = 'PLANTED-STREET'",
    )
    .await;
    for (name, bytes) in a.has() {
        planted.file(&name, &bytes);
    }
    assert!(planted.windows.len() > 500_000, "{}", planted.windows.len());
    a.round().await;
    // Once in the middle of an upload, with the database open and its WAL full.
    let line = Line::to(world.address).await;
    a.by(&line);
    line.breaks_after(900_000);
    drop(a.try_files(FileWish::All).await);
    let running = lying(world.dir.path());
    assert!(running.iter().any(|(path, bytes)| path.ends_with("hub.db-wal") && bytes.len() > 10_000), "there is a WAL");
    assert_eq!(planted.found(&running), Vec::<String>::new());
    // Then with all of it there, and a second laptop that has read it.
    line.mend();
    let done = a.both().await;
    assert_eq!((done.waiting_up, done.refused), (0, 0), "{done:?}");
    let mut b = world.join(&a, "阿强", Role::Owner, 0).await;
    b.both().await;
    assert!(a.has() == b.has());
    assert_eq!(b.one::<String>("SELECT receiver_name FROM orders LIMIT 1").await, "PLANTED-BUYER");
    world.hub.stop();
    world.hub.storage().close().await;
    let all = lying(world.dir.path());
    let read: usize = all.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(read > 2_000_000, "there was something to read: {read}");
    assert_eq!(planted.found(&all), Vec::<String>::new());
}
