use stall_core::{
    api::{LabelBars, LabelLanguage},
    labels::{self, papers},
};

use super::{awkward, bits, laid, reader, words};

#[test]
fn both_codes_of_every_paper_decode_at_both_resolutions() {
    for paper in papers() {
        for dpi in [203, 300] {
            for kind in [LabelBars::StockNo, LabelBars::Device] {
                for (name, facts) in awkward() {
                    let label = laid(paper, &words(&facts, kind), dpi);
                    let picture = bits(&label);
                    let at = format!("{} {dpi} dpi {kind:?} {name}", paper.id);
                    assert_eq!(reader::qr(&picture).as_deref(), Ok(facts.stock_no.as_str()), "{at}");
                    assert_eq!(reader::bars(&picture).as_ref(), Ok(&label.bars), "{at}");
                    if kind == LabelBars::StockNo {
                        assert_eq!(label.bars, facts.stock_no, "{at}");
                    }
                }
            }
        }
    }
}

#[test]
fn an_imei_fits_every_paper_without_margins_of_its_own_at_203_dpi() {
    let facts = labels::example(LabelLanguage::Zh);
    for paper in papers() {
        let label = laid(paper, &words(&facts, LabelBars::Device), 203);
        let wide = paper.width - 2.0 * paper.inset >= 38.5;
        assert_eq!(label.bars == super::IMEI, wide, "{}", paper.id);
    }
}

#[test]
fn bars_that_would_be_too_thin_say_the_stock_number_instead() {
    let (_, facts) = awkward().pop().unwrap();
    let label = laid(&papers()[0], &words(&facts, LabelBars::Device), 203);
    assert_eq!(label.bars, facts.stock_no);
}

#[test]
fn a_place_is_read_from_its_label_in_latin_and_in_chinese() {
    for paper in papers() {
        for name in ["A-03", "东墙 2 层", "REPAIR-BENCH-12"] {
            let label = laid(paper, &labels::shelf_words(name, "老周二手机"), 203);
            let picture = bits(&label);
            let code = format!("SHELF:{name}");
            assert_eq!(reader::qr(&picture), Ok(code.clone()), "{} {name}", paper.id);
            if !label.bars.is_empty() {
                assert_eq!(reader::bars(&picture), Ok(code), "{} {name}", paper.id);
            }
        }
    }
}

#[test]
fn every_bar_and_module_is_whole_dots_wide() {
    use stall_print::Mark;
    for dpi in [203, 300] {
        let label = laid(&papers()[0], &words(&labels::example(LabelLanguage::Zh), LabelBars::StockNo), dpi);
        let bars: Vec<i32> = label
            .marks
            .iter()
            .filter_map(|m| match m {
                Mark::Rect { w, h, .. } if *h > 3 * *w => Some(*w),
                _ => None,
            })
            .collect();
        let module = *bars.iter().min().unwrap();
        assert!(bars.len() > 10 && bars.iter().all(|w| w % module == 0), "{bars:?}");
    }
}
