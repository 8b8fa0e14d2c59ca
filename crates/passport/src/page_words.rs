//! The fixed words of every form.

use serde::Serialize;
use stall_core::api::{PassportCopy, PassportLang, PassportView};

#[derive(Debug, Serialize)]
pub struct Words {
    pub title: &'static str,
    /// The title set apart by letters where that is the custom.
    pub version: String,
    pub flaws: &'static str,
    pub flaws_note: String,
    pub no_flaws: &'static str,
    pub badges: &'static str,
    pub main: &'static str,
    pub main_note: String,
    pub all: &'static str,
    pub all_note: String,
    pub photos: &'static str,
    pub photos_note: &'static str,
    pub private: &'static str,
    pub facts: &'static str,
    pub how: &'static str,
    pub how_title: &'static str,
    pub signer: &'static str,
    pub signature: &'static str,
    pub seal: &'static str,
    pub digit: String,
    pub copy: &'static str,
    pub own_rule: &'static str,
    pub good: &'static str,
    pub flaw: &'static str,
    pub open: &'static str,
    pub no_script: &'static str,
}

/// The words around a view.
pub fn words(v: &PassportView, copy: PassportCopy) -> Words {
    let (flaws, main, all) = (v.flaws.len(), v.main.len(), v.checked);
    let digit = v.number.chars().last().unwrap_or(' ');
    let buyer = copy == PassportCopy::Buyer;
    match v.lang {
        PassportLang::Zh => Words {
            title: "一机一报",
            version: format!("第 {} 版 · {}", v.version, v.issued),
            flaws: "瑕疵先说",
            flaws_note: if flaws == 0 { String::new() } else { format!("{flaws} 处") },
            no_flaws: "逐项检查，没有发现瑕疵。",
            badges: "必须知道",
            main: "检查",
            main_note: format!("{all} 项中买家最常问的 {main} 项"),
            all: "全部检查",
            all_note: format!("{all} 项，逐项如实"),
            photos: "照片",
            photos_note: "原片留档，每张都有指纹",
            private: "仅买家副本",
            facts: "机器与售后",
            how_title: "怎么验真",
            how: "向店家要网页版报告，用任何浏览器打开，断网也能自己验签名；扫码可核对编号与报告指纹。",
            signer: "掌柜签名",
            signature: "签名 ed25519",
            seal: "报告指纹 b3",
            digit: format!("末位 {digit} 是校验码，念错一位即不符"),
            copy: if buyer { "买家副本：含完整串号，请勿公开" } else { "" },
            own_rule: "成色按店铺成色规则评定，不代表任何国家标准或第三方认证。时间为北京时间。",
            good: "正常",
            flaw: "有瑕疵",
            open: "未检查",
            no_script: "这个浏览器没有运行脚本，尚未验签。请换一个浏览器打开，或用 stallkeeper verify 检查。",
        },
        PassportLang::En => Words {
            title: "Device passport",
            version: format!("Version {} · {}", v.version, v.issued),
            flaws: "Flaws first",
            flaws_note: match flaws {
                0 => String::new(),
                1 => "1 flaw".to_owned(),
                n => format!("{n} flaws"),
            },
            no_flaws: "Checked item by item: no flaw was found.",
            badges: "Good to know",
            main: "Checks",
            main_note: format!("{main} of {all}: those buyers ask about most"),
            all: "Every check",
            all_note: format!("{all} items, as found"),
            photos: "Photographs",
            photos_note: "originals kept, each with its fingerprint",
            private: "buyer's copy only",
            facts: "Device and terms",
            how_title: "How to check it",
            how: "Ask the stall for the web page of this report and open it in any browser: it checks its own signature, even offline. The code repeats number and fingerprint.",
            signer: "Signed for the stall",
            signature: "Signature ed25519",
            seal: "Report b3",
            digit: format!("The last digit, {digit}, checks the others"),
            copy: if buyer { "Buyer's copy: shows the full codes, keep it to yourself" } else { "" },
            own_rule: "Graded by the stall's own rule; no claim to any national standard or certificate. Times are UTC+8.",
            good: "in order",
            flaw: "flaw",
            open: "not checked",
            no_script: "This browser ran no script, so nothing was checked yet. Open the file in another browser, or check it with stallkeeper verify.",
        },
    }
}
