//! Fractional ranks: strings that sort bytewise, so that an item can be placed between two others without touching them.
//!
//! Digits are base 62 (`0-9A-Za-z`, in ASCII order). A rank never ends in `0`, so there is always room below it.
//! Appending grows by a leading counter (`a0`, `a1`, … `az`, `b00`), so a list filled at the end keeps short ranks.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn value(b: u8) -> usize {
    DIGITS.iter().position(|d| *d == b).unwrap_or(0)
}

/// A rank strictly between `a` and `b` bytewise; `None` is the open end of the list.
///
/// When `a >= b` (ranks made elsewhere may collide) the answer is just behind `a`.
#[must_use]
pub fn between(a: Option<&str>, b: Option<&str>) -> String {
    let a = a.unwrap_or("");
    match b {
        None => after(a),
        Some(b) if a < b => middle(a.as_bytes(), Some(b.as_bytes())),
        Some(_) => after(a),
    }
}

/// `n` ranks in order, strictly between `a` and `b`.
#[must_use]
pub fn n_between(a: Option<&str>, b: Option<&str>, n: usize) -> Vec<String> {
    let Some(top) = b.filter(|b| a.unwrap_or("") < *b) else {
        let mut out: Vec<String> = Vec::with_capacity(n);
        for _ in 0..n {
            let prev = out.last().map(String::as_str).or(a);
            out.push(between(prev, None));
        }
        return out;
    };
    let mut out = Vec::with_capacity(n);
    split(a, Some(top), n, &mut out);
    out
}

fn split(a: Option<&str>, b: Option<&str>, n: usize, out: &mut Vec<String>) {
    if n == 0 {
        return;
    }
    let mid = between(a, b);
    let left = n / 2;
    split(a, Some(&mid), left, out);
    out.push(mid.clone());
    split(Some(&mid), b, n - left - 1, out);
}

/// A short rank behind `a`: the counter head is raised; a head at its end grows by a digit.
fn after(a: &str) -> String {
    let a = a.as_bytes();
    let Some(&head) = a.first() else { return "a1".to_owned() };
    // Heads a..z carry 1..26 counter digits. Anything else was made by `middle` below the first rank.
    if !head.is_ascii_lowercase() {
        return "a1".to_owned();
    }
    let width = usize::from(head - b'a') + 1;
    let mut digits: Vec<usize> = (1..=width).map(|i| a.get(i).map_or(0, |b| value(*b))).collect();
    for d in digits.iter_mut().rev() {
        if *d < 61 {
            *d += 1;
            let mut out = vec![head];
            out.extend(digits.iter().map(|d| DIGITS[*d]));
            return finish(out);
        }
        *d = 0;
    }
    if head == b'z' {
        // 62^26 appends: only reachable with foreign ranks; still right, only longer.
        return middle(a, None);
    }
    let mut out = vec![head + 1];
    out.extend(std::iter::repeat_n(b'0', width));
    out.push(b'1');
    finish(out)
}

/// A trailing zero would leave no room below: a middle digit keeps it.
fn finish(mut out: Vec<u8>) -> String {
    if out.last() == Some(&b'0') {
        out.push(b'V');
    }
    String::from_utf8(out).unwrap_or_default()
}

/// The midpoint of two fractions; `b` is `None` for 1.
fn middle(a: &[u8], b: Option<&[u8]>) -> String {
    let mut out = Vec::new();
    let mut b = b;
    let mut i = 0;
    loop {
        let lo = a.get(i).map_or(0, |d| value(*d));
        let hi = match b {
            Some(b) => b.get(i).map_or(0, |d| value(*d)),
            None => 62,
        };
        if b.is_some() && lo == hi {
            out.push(DIGITS[lo]);
        } else if hi > lo + 1 {
            out.push(DIGITS[lo.midpoint(hi)]);
            return String::from_utf8(out).unwrap_or_default();
        } else {
            // Neighbours: keep the lower digit, then anything behind the rest of `a` fits.
            out.push(DIGITS[lo]);
            b = None;
        }
        i += 1;
        // A foreign `b` that is `a` with zeros behind it leaves no room; stop rather than run for ever.
        if i > a.len() && b.is_some_and(|b| i >= b.len()) {
            out.push(b'V');
            return String::from_utf8(out).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_rank_leaves_room_on_both_sides() {
        let first = between(None, None);
        let before = between(None, Some(&first));
        let behind = between(Some(&first), None);
        assert!(before < first && first < behind);
    }

    #[test]
    fn ten_thousand_appends_stay_within_five_characters_and_sorted() {
        let ranks = n_between(None, None, 10_000);
        assert!(ranks.windows(2).all(|w| w[0] < w[1]));
        assert!(ranks.iter().all(|r| r.len() <= 5), "{:?}", ranks.iter().map(String::len).max());
    }

    #[test]
    fn many_between_two_neighbours_are_spread_and_short() {
        let ranks = n_between(Some("a1"), Some("a2"), 1_000);
        assert_eq!(ranks.len(), 1_000);
        assert!(ranks.windows(2).all(|w| w[0] < w[1]));
        assert!("a1" < ranks[0].as_str() && ranks[999].as_str() < "a2");
        assert!(ranks.iter().all(|r| r.len() <= 6));
    }

    #[test]
    fn equal_or_crossed_neighbours_give_a_rank_behind_the_first() {
        assert!(between(Some("a5"), Some("a5")).as_str() > "a5");
        assert!(between(Some("a7"), Some("a5")).as_str() > "a7");
        assert_eq!(n_between(Some("a5"), Some("a5"), 3).len(), 3);
    }

    proptest! {
        #[test]
        fn any_sequence_of_insertions_stays_strictly_sorted(places in prop::collection::vec(any::<prop::sample::Index>(), 1..200)) {
            let mut list: Vec<String> = Vec::new();
            for p in places {
                let at = p.index(list.len() + 1);
                let a = at.checked_sub(1).map(|i| list[i].clone());
                let b = list.get(at).cloned();
                let r = between(a.as_deref(), b.as_deref());
                prop_assert!(a.as_ref().is_none_or(|a| *a < r), "{a:?} {r}");
                prop_assert!(b.as_ref().is_none_or(|b| r < *b), "{r} {b:?}");
                prop_assert!(!r.ends_with('0'));
                list.insert(at, r);
            }
        }

        #[test]
        fn inserting_at_the_top_again_and_again_works(n in 1usize..300) {
            let mut top = between(None, None);
            for _ in 0..n {
                let r = between(None, Some(&top));
                prop_assert!(r < top);
                top = r;
            }
        }

        #[test]
        fn n_between_is_strictly_inside(n in 0usize..60, gap in 0usize..5) {
            let base = n_between(None, None, 6);
            let ranks = n_between(Some(&base[gap]), Some(&base[gap + 1]), n);
            prop_assert_eq!(ranks.len(), n);
            let mut all = vec![base[gap].clone()];
            all.extend(ranks);
            all.push(base[gap + 1].clone());
            prop_assert!(all.windows(2).all(|w| w[0] < w[1]));
        }
    }
}
