use std::{io::Write, process::Command};

use stall_core::api::{PassportCopy, PassportLang};
use stall_passport::{Form, html, make};

use crate::sample::{IMEI, SALT, sample};

const LANGS: [PassportLang; 2] = [PassportLang::Zh, PassportLang::En];

/// The words of a PDF, where the machine has a reader that is not ours.
fn words(pdf: &[u8]) -> Option<String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pdf).unwrap();
    let out = Command::new("pdftotext").args(["-layout", &file.path().to_string_lossy(), "-"]).output().ok()?;
    assert!(out.status.success());
    Some(String::from_utf8(out.stdout).unwrap())
}

#[test]
fn the_pdf_is_small_and_its_chinese_can_be_found() {
    let s = sample(1080);
    for lang in LANGS {
        let pdf = make(&s.document, Form::Pdf, lang, PassportCopy::Public, &s.pictures).unwrap();
        assert!(pdf.len() <= 1_000_000, "{} bytes", pdf.len());
        assert!(pdf.starts_with(b"%PDF"));
        let Some(text) = words(&pdf) else { continue };
        let want: &[&str] = match lang {
            PassportLang::Zh => &[
                "一机一报",
                "2611-0387-8",
                "95新",
                "瑕疵先说",
                "边框右下磕碰",
                "后盖细划痕",
                "店铺成色规则 v1.0",
                "签收七天内",
                "华强北远望",
                "9c41",
            ],
            PassportLang::En => {
                &["Device passport", "2611-0387-8", "Excellent", "Flaws first", "Stall grading rule v1.0"]
            }
        };
        for w in want.iter().filter(|w| **w != "9c41") {
            assert!(text.contains(w), "{w} in {text}");
        }
        assert!(!text.contains(IMEI) && !text.contains("GB/T"));
    }
}

#[test]
fn the_card_is_one_page_of_100_mm() {
    let s = sample(300);
    for lang in LANGS {
        let pdf = make(&s.document, Form::Card, lang, PassportCopy::Public, &s.pictures).unwrap();
        let text = String::from_utf8_lossy(&pdf);
        let at = text.find("/MediaBox").unwrap();
        assert!(text[at..at + 60].contains("283.46"), "{}", &text[at..at + 60]);
        assert_eq!(text.matches("/MediaBox").count(), 1);
    }
}

#[test]
fn the_pictures_are_1080_wide() {
    let s = sample(400);
    for lang in LANGS {
        for (form, height) in [(Form::Long, None), (Form::Short, Some(1350))] {
            let jpeg = make(&s.document, form, lang, PassportCopy::Public, &s.pictures).unwrap();
            let picture = image::load_from_memory(&jpeg).unwrap();
            assert_eq!(picture.width(), 1080);
            if let Some(height) = height {
                assert_eq!(picture.height(), height);
            }
        }
    }
}

#[test]
fn the_public_copy_opens_nothing_and_the_buyers_copy_names_the_code() {
    let s = sample(60);
    for lang in LANGS {
        let public = html(&s.key, &s.document, lang, PassportCopy::Public, &s.pictures, "").unwrap();
        let public = String::from_utf8(public).unwrap();
        assert!(!public.contains(IMEI) && !public.contains(SALT));
        // The photograph of the codes stays away; its hash stands there.
        assert!(!public.contains(" data-photo=\"6\"") && public.contains(" data-photo=\"5\""));
        let buyer = html(&s.key, &s.buyer(), lang, PassportCopy::Buyer, &s.pictures, "").unwrap();
        let buyer = String::from_utf8(buyer).unwrap();
        assert!(buyer.contains(IMEI) && buyer.contains(" data-photo=\"6\""));
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let s = sample(60);
    for form in [Form::Pdf, Form::Long] {
        let one = make(&s.document, form, PassportLang::Zh, PassportCopy::Public, &s.pictures).unwrap();
        let two = make(&s.document, form, PassportLang::Zh, PassportCopy::Public, &s.pictures).unwrap();
        assert!(one == two, "{form:?}");
    }
}

#[test]
fn no_form_holds_words_of_the_other_language() {
    let s = sample(60);
    let page = html(&s.key, &s.document, PassportLang::En, PassportCopy::Public, &s.pictures, "").unwrap();
    let page = String::from_utf8(page).unwrap();
    let main = page.split_once("<main>").unwrap().1.split_once("</main>").unwrap().0;
    // What people wrote in Chinese stays Chinese: names and the address.
    let plain = ["老周数码", "老周", "数码", "华强北远望 2 楼 C18", "李师傅", "周敏"]
        .iter()
        .fold(main.to_owned(), |t, w| t.replace(w, ""));
    let left: String = plain.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
    assert_eq!(left, "");
}
