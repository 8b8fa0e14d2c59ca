use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use stall_core::api::{PassportCopy, PassportLang};
use stall_passport::{Fault, StallKey, canon, html, verify};

use crate::sample::sample;

/// A small generator, so that a failure is found again (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % n
    }
}

fn thousand_changes_are_refused(file: &[u8]) {
    assert!(verify(file).whole(), "{:?}", verify(file).faults);
    let mut dice = Dice(0x8785);
    let mut changed = file.to_vec();
    for _ in 0..1000 {
        let (at, by) = (dice.below(file.len()), u8::try_from(1 + dice.below(255)).unwrap());
        changed[at] ^= by;
        let v = verify(&changed);
        assert!(!v.whole(), "byte {at} changed to {:#x} was not noticed", changed[at]);
        changed[at] ^= by;
    }
    assert!(verify(&changed).whole());
}

#[test]
fn every_one_of_a_thousand_changes_of_a_byte_is_refused_in_the_document() {
    let s = sample(60);
    thousand_changes_are_refused(&s.document.bytes().unwrap());
    thousand_changes_are_refused(&s.buyer().bytes().unwrap());
}

#[test]
fn every_one_of_a_thousand_changes_of_a_byte_is_refused_in_the_page() {
    let s = sample(60);
    for (document, copy) in [(s.document.clone(), PassportCopy::Public), (s.buyer(), PassportCopy::Buyer)] {
        thousand_changes_are_refused(
            &html(&s.key, &document, PassportLang::Zh, copy, &s.pictures, "let a = 1;").unwrap(),
        );
    }
}

fn changed(at: &str, to: Value) -> Vec<Fault> {
    let mut v: Value = serde_json::from_slice(&sample(20).buyer().bytes().unwrap()).unwrap();
    *v.pointer_mut(at).unwrap() = to;
    verify(&canon::canonical(&v).unwrap()).faults
}

#[test]
fn what_was_altered_is_named() {
    assert_eq!(changed("/sections/grade/id", json!("S")), [Fault::Section("grade")]);
    assert_eq!(changed("/sections/device/model", json!("iPhone 16")), [Fault::Section("device")]);
    assert_eq!(changed("/sections/flaws", json!([])), [Fault::Section("flaws")]);
    assert_eq!(changed("/sections/terms/warranty_days", json!(365)), [Fault::Section("terms")]);
    assert_eq!(changed("/seal/version", json!(3)), [Fault::Signature]);
    assert_eq!(changed("/seal/number", json!("2611-0388-8")), [Fault::Signature, Fault::Number]);
    assert_eq!(changed("/opening/codes/0/code", json!("350000000004183")), [Fault::Opening("imei".into())]);
    assert_eq!(changed("/opening/salt", json!("0".repeat(32))), [Fault::Opening("imei".into())]);
    assert_eq!(changed("/sections/stall", json!({"name": "x"})), [Fault::Section("stall"), Fault::Form]);
}

#[test]
fn another_key_can_not_pass_for_the_first_one() {
    // Someone signs the altered document anew: it is whole, but its key is not the stall's.
    let s = sample(20);
    let thief = StallKey::from_bytes(&[8; 32]);
    let mut sections = s.document.sections.clone();
    sections.grade.id = "S".into();
    let place = stall_passport::Place {
        number: s.document.seal.number.clone(),
        version: 2,
        issued_at: s.document.seal.issued_at,
        previous: None,
    };
    let forged = stall_passport::issue(&thief, place, sections).unwrap();
    let v = verify(&forged.bytes().unwrap());
    assert!(v.whole());
    assert_ne!(v.document.unwrap().seal.key, s.key.public());
    // With the stall's key written in, the signature breaks.
    let mut forged = forged;
    forged.seal.key = s.key.public();
    assert_eq!(verify(&forged.bytes().unwrap()).faults, [Fault::Signature]);
}

#[test]
fn bytes_that_mean_nothing_can_not_be_changed_either() {
    let file = sample(20).document.bytes().unwrap();
    let spaced = [b" ".as_slice(), &file].concat();
    assert_eq!(verify(&spaced).faults, [Fault::Form]);
    for nothing in [b"".as_slice(), b"{}", b"%PDF-1.7", b"<html></html>", &[0xff; 40]] {
        assert!(verify(nothing).document.is_none());
        assert!(!verify(nothing).whole());
    }
}

#[test]
fn the_page_names_the_photograph_and_the_words_that_were_altered() {
    let s = sample(60);
    let page = html(&s.key, &s.document, PassportLang::Zh, PassportCopy::Public, &s.pictures, "").unwrap();
    let text = String::from_utf8(page).unwrap();
    let other = STANDARD.encode(s.pictures.values().last().unwrap().as_slice());
    let from = text.find(" data-photo=\"2\"").unwrap() + " data-photo=\"2\" src=\"data:image/jpeg;base64,".len();
    let to = from + text[from..].find('"').unwrap();
    let swapped = format!("{}{other}{}", &text[..from], &text[to..]);
    assert_eq!(verify(swapped.as_bytes()).faults, [Fault::Photo(2), Fault::Page("photos".into())]);
    let lied = text.replacen("95新", "充新", 1);
    assert_eq!(verify(lied.as_bytes()).faults, [Fault::Page("grade".into())]);
    let styled = text.replacen("--seal:#a9281d", "--seal:#000000", 1);
    assert_eq!(verify(styled.as_bytes()).faults, [Fault::Page("style".into())]);
    let titled = text.replacen("<title>", "<title>!", 1);
    assert_eq!(verify(titled.as_bytes()).faults, [Fault::Page("frame".into())]);
}
