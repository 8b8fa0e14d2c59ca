//! `bench`: the ratios of PERFORMANCE.md, both sides in one run.
use crate::sh::Res;

pub fn bench() -> Res {
    Err("written below".into())
}
