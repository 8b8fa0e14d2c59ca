//! The markup, written exactly as a browser writes it back: double quotes, no short tags, no entity but three.

use std::fmt::Write;

use base64::{Engine, engine::general_purpose::STANDARD};
use stall_core::{
    AppError, AppResult, ErrorCode,
    api::{PassportCopy, PassportLang, PassportRow, PassportTone, PassportView},
};

use super::tag;
use crate::{
    doc::Document,
    escape::{attribute, text},
    form::Pictures,
    page_words::{Words, words},
    qr,
    view::view,
};

/// The page before and behind the slot.
pub fn page(
    doc: &Document,
    lang: PassportLang,
    copy: PassportCopy,
    photos: &Pictures,
    style: &str,
    script: &str,
) -> AppResult<(String, String)> {
    let v = view(doc, lang, copy)?;
    let w = words(&v, copy);
    let html_lang = if lang == PassportLang::Zh { "zh-CN" } else { "en" };
    let title = format!("{} {} {}", w.title, v.number, v.model);
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{html_lang}\" data-lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'\"><title>{}</title><style>{style}</style></head><body>\n<div id=\"verdict\" role=\"status\" aria-live=\"polite\"><noscript>{}</noscript></div>\n<main>\n",
        tag(lang),
        text(&title),
        text(w.no_script)
    );
    let mut at = Builder { v: &v, w: &w, photos, out: &mut out };
    at.part("head", Builder::head)?;
    at.part("grade", Builder::grade)?;
    at.part("flaws", Builder::flaws)?;
    at.part("checks", Builder::checks)?;
    at.part("photos", Builder::pictures)?;
    at.part("facts", Builder::facts)?;
    let qr = qr::svg(&qr::payload(doc)?)?;
    at.part("foot", |b| b.foot(&qr))?;
    out.push_str("</main>\n");
    // `</script` can not stand in the built script: it would end it.
    let script = script.replace("</script", "<\\/script");
    Ok((out, format!("\n<script>{script}</script>\n</body></html>\n")))
}

struct Builder<'a> {
    v: &'a PassportView,
    w: &'a Words,
    photos: &'a Pictures,
    out: &'a mut String,
}

impl Builder<'_> {
    fn part(&mut self, name: &str, inner: impl FnOnce(&mut Self) -> AppResult<()>) -> AppResult<()> {
        let _ = write!(self.out, "<section data-part=\"{name}\">");
        inner(self)?;
        self.out.push_str("</section>\n");
        Ok(())
    }

    fn head(&mut self) -> AppResult<()> {
        let (v, w) = (self.v, self.w);
        let mut place = text(&v.stall);
        if !v.address.is_empty() {
            let _ = write!(place, " · {}", text(&v.address));
        }
        let _ = write!(
            self.out,
            "<div class=\"top\"><div><h1>{}</h1><p class=\"sub\">{place}</p></div><div class=\"no\"><b>{}</b><span>{}</span></div><div class=\"stamp\" aria-hidden=\"true\">{}</div></div>",
            text(w.title),
            text(&v.number),
            text(&w.version),
            stamp(&v.stall).iter().map(|l| format!("<i>{}</i>", text(l))).collect::<String>()
        );
        if !w.copy.is_empty() {
            let _ = write!(self.out, "<p class=\"copy\">{}</p>", text(w.copy));
        }
        Ok(())
    }

    fn grade(&mut self) -> AppResult<()> {
        let (v, w) = (self.v, self.w);
        self.out.push_str("<div class=\"hero\">");
        if let Some(n) = v.hero {
            self.photo(n, "hero-photo")?;
        }
        let _ = write!(
            self.out,
            "<div class=\"what\"><h2 class=\"name\">{}</h2><p class=\"spec\">{}</p><div class=\"gr\"><b>{}</b><small>{}<br>{}</small></div>",
            text(&v.model),
            text(&v.spec),
            text(&v.grade),
            text(&v.rule),
            text(&v.computed)
        );
        if !v.badges.is_empty() {
            let all: String = v.badges.iter().map(|b| format!("<span>{}</span>", text(b))).collect();
            let _ = write!(self.out, "<p class=\"badges\"><em>{}</em>{all}</p>", text(w.badges));
        }
        self.out.push_str("<dl class=\"why\">");
        for r in &v.reasons {
            let _ = write!(self.out, "<div><dt>{}</dt><dd>{}</dd></div>", text(&r.label), text(&r.value));
        }
        self.out.push_str("</dl></div></div>");
        Ok(())
    }

    fn heading(&mut self, title: &str, note: &str) {
        let _ = write!(self.out, "<div class=\"h\"><h3>{}</h3><span>{}</span></div>", text(title), text(note));
    }

    fn flaws(&mut self) -> AppResult<()> {
        let (v, w) = (self.v, self.w);
        self.heading(w.flaws, &w.flaws_note);
        if v.flaws.is_empty() {
            let _ = write!(self.out, "<p class=\"none\">{}</p>", text(w.no_flaws));
            return Ok(());
        }
        let mut shown = Vec::new();
        self.out.push_str("<ol class=\"fl\">");
        for f in &v.flaws {
            let _ = write!(self.out, "<li><span class=\"n\">{}</span>", f.no);
            match f.photo {
                // A photograph is embedded once; of two flaws in one, the second points at the first.
                Some(n) if v.hero != Some(n) && !shown.contains(&n) => {
                    self.photo(n, "flaw-photo")?;
                    shown.push(n);
                }
                _ => {}
            }
            let _ = write!(self.out, "<p><b>{}</b><small>{}</small></p></li>", text(&f.title), text(&f.detail));
        }
        self.out.push_str("</ol>");
        Ok(())
    }

    fn row(&mut self, r: &PassportRow) {
        let (class, sign, word) = match r.tone {
            PassportTone::Good => ("good", "✓", self.w.good),
            PassportTone::Flaw => ("flaw", "!", self.w.flaw),
            PassportTone::Open => ("open", "–", self.w.open),
            PassportTone::Plain => ("plain", "", ""),
        };
        let _ = write!(
            self.out,
            "<div class=\"{class}\"><dt>{}</dt><dd>{}<i title=\"{}\">{sign}</i></dd></div>",
            text(&r.label),
            text(&r.value),
            attribute(word)
        );
    }

    fn checks(&mut self) -> AppResult<()> {
        let (v, w) = (self.v, self.w);
        self.heading(w.main, &w.main_note);
        self.out.push_str("<dl class=\"ck\">");
        for r in &v.main {
            self.row(r);
        }
        let _ = write!(self.out, "</dl><details><summary>{} · {}</summary>", text(w.all), text(&w.all_note));
        for g in &v.groups {
            let _ = write!(self.out, "<h4>{}</h4><dl class=\"ck\">", text(&g.title));
            for r in &g.rows {
                self.row(r);
            }
            self.out.push_str("</dl>");
        }
        self.out.push_str("</details>");
        Ok(())
    }

    fn pictures(&mut self) -> AppResult<()> {
        let (v, w) = (self.v, self.w);
        self.heading(w.photos, w.photos_note);
        let told: Vec<u32> = v.flaws.iter().filter_map(|f| f.photo).collect();
        self.out.push_str("<div class=\"six\">");
        for (n, p) in (0u32..).zip(&v.photos) {
            if v.hero == Some(n) || told.contains(&n) {
                continue;
            }
            if p.copy.is_empty() {
                let _ = write!(
                    self.out,
                    "<figure class=\"closed\"><div>{}</div><figcaption>{}</figcaption></figure>",
                    text(w.private),
                    text(&p.caption)
                );
            } else {
                self.photo(n, "shot")?;
            }
        }
        self.out.push_str("</div>");
        Ok(())
    }

    fn facts(&mut self) -> AppResult<()> {
        self.heading(self.w.facts, "");
        self.out.push_str("<dl class=\"facts\">");
        for r in &self.v.facts {
            let _ = write!(self.out, "<div><dt>{}</dt><dd>{}</dd></div>", text(&r.label), text(&r.value));
        }
        self.out.push_str("</dl>");
        Ok(())
    }

    fn foot(&mut self, qr: &str) -> AppResult<()> {
        let (v, w) = (self.v, self.w);
        let _ = write!(
            self.out,
            "<div class=\"foot\"><div class=\"q\">{qr}</div><p><b>{}</b> {}<br>{}</p>",
            text(w.how_title),
            text(w.how),
            text(w.own_rule)
        );
        if !v.signer.is_empty() {
            let _ =
                write!(self.out, "<div class=\"sign\"><b>{}</b><span>{}</span></div>", text(&v.signer), text(w.signer));
        }
        let _ = write!(
            self.out,
            "</div><div class=\"fine\"><span>{} {} · {} {}</span><span>{}</span></div>",
            text(w.signature),
            text(&v.key),
            text(w.seal),
            text(&v.seal),
            text(&w.digit)
        );
        Ok(())
    }

    fn photo(&mut self, n: u32, class: &str) -> AppResult<()> {
        let Some(p) = self.v.photos.get(n as usize) else { return Ok(()) };
        let jpeg =
            self.photos.get(&p.copy).ok_or_else(|| AppError::new(ErrorCode::FileMissing).arg("name", &p.copy))?;
        let _ = write!(
            self.out,
            "<figure class=\"{class}\"><img alt=\"{}\" data-photo=\"{n}\" src=\"data:image/jpeg;base64,",
            attribute(&p.caption)
        );
        STANDARD.encode_string(jpeg.as_slice(), self.out);
        let _ = write!(self.out, "\"><figcaption>{}</figcaption></figure>", text(&p.caption));
        Ok(())
    }
}

/// Two lines of two, or what fits: the stall's name as a seal.
pub fn stamp(name: &str) -> Vec<String> {
    let plain: Vec<char> =
        name.chars().take_while(|c| !matches!(c, '(' | '（')).filter(|c| !c.is_whitespace()).collect();
    if plain.iter().any(|c| c.is_ascii_alphabetic()) || plain.is_empty() {
        return plain.first().map(|c| vec![c.to_uppercase().to_string()]).unwrap_or_default();
    }
    let plain = &plain[..plain.len().min(4)];
    plain.chunks(if plain.len() > 2 { 2 } else { 1 }).map(|c| c.iter().collect()).collect()
}
