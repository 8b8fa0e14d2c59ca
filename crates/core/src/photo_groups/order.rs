//! The order photographs were taken in, as far as it can be known.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::Shot;

/// Positions in order: folder by folder; within one by time, or by name when some have none.
pub(super) fn order(shots: &[Shot]) -> Vec<usize> {
    let mut timed: HashMap<&str, bool> = HashMap::new();
    for s in shots {
        *timed.entry(&s.folder).or_insert(true) &= s.at.is_some();
    }
    let mut all: Vec<usize> = (0..shots.len()).collect();
    all.sort_by(|&a, &b| {
        let (x, y) = (&shots[a], &shots[b]);
        let by_time = || if timed.get(x.folder.as_str()) == Some(&true) { x.at.cmp(&y.at) } else { Ordering::Equal };
        natural(&x.folder, &y.folder).then_with(by_time).then_with(|| natural(&x.name, &y.name)).then(a.cmp(&b))
    });
    all
}

/// Compares names as people count: `IMG_9` before `IMG_10`.
#[must_use]
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut x, mut y) = (a, b);
    while !x.is_empty() && !y.is_empty() {
        let (p, q) = (run(x), run(y));
        let (l, r) = (&x[..p], &y[..q]);
        let digits = |s: &str| s.starts_with(|c: char| c.is_ascii_digit());
        let by = if digits(l) && digits(r) {
            let (l, r) = (l.trim_start_matches('0'), r.trim_start_matches('0'));
            l.len().cmp(&r.len()).then_with(|| l.cmp(r))
        } else {
            l.to_lowercase().cmp(&r.to_lowercase())
        };
        if by != Ordering::Equal {
            return by;
        }
        (x, y) = (&x[p..], &y[q..]);
    }
    // `01` and `1` are the same number: the rest must still have an order.
    x.len().cmp(&y.len()).then_with(|| a.cmp(b))
}

/// Length of the leading run of digits, or of what is none.
fn run(s: &str) -> usize {
    let digit = |c: char| c.is_ascii_digit();
    let first = s.starts_with(digit);
    s.find(|c| digit(c) != first).unwrap_or(s.len())
}
