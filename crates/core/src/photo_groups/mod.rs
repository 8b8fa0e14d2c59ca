//! Many photographs of many devices at once: which belong together, and to which unit.
//!
//! What names a unit is a barcode in the first frame of each device, or the name of the file or its folder. What nothing
//! names is parted by the pauses in the shooting. Nothing is decided for good: a person looks at the groups before they
//! are written.

mod codes;
mod order;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use codes::candidates;
use codes::{Named, label, named};
pub use order::natural;

use crate::api::{BatchRules, FoundBy, Sure};
use crate::{Id, Ms};

/// After so long a pause the next picture is no longer taken for one of the device whose label came last.
const LABEL_ENDS: i64 = 15 * 60_000;
/// A pause within a device that is worth a second look.
const LONG: i64 = 3 * 60_000;

/// A photograph as the rule sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shot {
    /// Name of the file, with its ending.
    pub name: String,
    /// Name of the folder it lay in; empty when unknown.
    pub folder: String,
    /// When it was taken, else when the file was last written.
    pub at: Option<Ms>,
    /// Texts of the barcodes in the picture.
    pub codes: Vec<String>,
}

/// Codes (as [`candidates`] gives them) that name a unit.
pub type Known = HashMap<String, Id>;

/// Photographs of one device, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub unit: Option<Id>,
    pub by: FoundBy,
    pub sure: Sure,
    /// The code that named the unit, or a label's code that names none.
    pub code: Option<String>,
    /// The pause before it in ms, where that parts it.
    pub gap: Option<i64>,
    /// Positions in the input.
    pub shots: Vec<usize>,
    /// It goes on with what an earlier call ended with.
    pub goes_on: bool,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grouping {
    pub groups: Vec<Group>,
    /// Pictures of a label, which begin a group.
    pub labels: Vec<usize>,
    /// Pictures that nothing places (no name, no label, pauses not used), in order.
    pub left: Vec<usize>,
    /// The device that was being shot at the end.
    pub open: Option<Open>,
}

/// The device that is being shot: pictures that come next belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    pub unit: Option<Id>,
    pub by: FoundBy,
    pub code: Option<String>,
    /// When its last picture was taken.
    pub last: Option<Ms>,
}

/// Parts photographs into devices. `before` is where an earlier call ended, for pictures that come one by one.
#[must_use]
pub fn group(shots: &[Shot], known: &Known, rules: &BatchRules, before: Option<&Open>) -> Grouping {
    let mut made = Making { out: Grouping::default(), rules, now: None };
    let mut folder: Option<&str> = None;
    made.now = before.map(|open| Now { open: open.clone(), group: None, labels_only: false });
    for i in order::order(shots) {
        let shot = &shots[i];
        // Another folder is another camera or another device.
        if folder.is_some_and(|f| f != shot.folder) {
            made.now = None;
        }
        folder = Some(&shot.folder);
        made.place(i, shot, known);
    }
    let Making { mut out, now, .. } = made;
    out.open = now.map(|n| n.open);
    out
}

/// The device being shot, and its group once it has one.
struct Now {
    open: Open,
    group: Option<usize>,
    /// Only its label has been seen so far.
    labels_only: bool,
}

struct Making<'r> {
    out: Grouping,
    rules: &'r BatchRules,
    now: Option<Now>,
}

impl Making<'_> {
    fn place(&mut self, i: usize, shot: &Shot, known: &Known) {
        let named = if self.rules.names { named(shot, known) } else { None };
        let read = if self.rules.labels { label(shot, known) } else { None };
        match (named, read) {
            (Some(n), read) if read.as_ref().is_none_or(|l| l.unit.is_none() || l.unit == Some(n.unit)) => {
                self.by_name(i, n, read.is_some_and(|l| l.unit.is_some()));
            }
            // What the picture shows outweighs what a person typed.
            (_, Some(l)) => self.by_label(i, shot, l),
            _ => self.by_time(i, shot),
        }
    }

    fn by_name(&mut self, i: usize, n: Named, shows_label: bool) {
        let at = self.group_of(Some(n.unit), n.by, n.sure, Some(n.code));
        // In a folder of the unit's own the first frame may still be its label.
        if shows_label && n.by == FoundBy::Folder && self.out.groups.get(at).is_some_and(|g| g.shots.is_empty()) {
            self.out.labels.push(i);
        }
        self.push(at, i);
    }

    fn by_label(&mut self, i: usize, shot: &Shot, l: codes::Label) {
        let same =
            |open: &Open| open.by == FoundBy::Label && open.unit == l.unit && open.code.as_ref() == Some(&l.code);
        let unit = l.unit;
        match &mut self.now {
            // The label once more before the device, or a page of the device that shows its number (an IMEI page).
            Some(now) if same(&now.open) || (unit.is_some() && now.open.unit == unit) => {
                if now.labels_only {
                    self.out.labels.push(i);
                }
            }
            _ => {
                let open = Open { unit, by: FoundBy::Label, code: Some(l.code), last: None };
                self.now = Some(Now { open, group: None, labels_only: true });
                self.out.labels.push(i);
            }
        }
        self.go_on(i, shot);
    }

    fn by_time(&mut self, i: usize, shot: &Shot) {
        let pause = self.now.as_ref().and_then(|n| Some(shot.at?.0 - n.open.last?.0));
        let ends = match self.now.as_ref().map(|n| n.open.by) {
            Some(FoundBy::Label) => LABEL_ENDS,
            _ => i64::from(self.rules.gap_s) * 1000,
        };
        if self.now.is_some() && pause.is_none_or(|p| p <= ends) {
            if let Some(now) = &mut self.now {
                now.labels_only = false;
            }
            return self.go_on(i, shot);
        }
        if self.rules.gap_s == 0 {
            self.now = None;
            self.out.left.push(i);
            return;
        }
        let open = Open { unit: None, by: FoundBy::Gap, code: None, last: None };
        self.now = Some(Now { open, group: None, labels_only: false });
        self.go_on(i, shot);
        if let Some(g) = self.out.groups.last_mut() {
            g.gap = pause;
        }
    }

    /// Adds a picture to the device being shot.
    fn go_on(&mut self, i: usize, shot: &Shot) {
        let Some(mut now) = self.now.take() else { return };
        let at = now.group.unwrap_or_else(|| {
            let sure = match (now.open.by, now.open.unit) {
                (FoundBy::Label, Some(_)) => Sure::Sure,
                _ => Sure::Guess,
            };
            // A device whose label nobody knows is not that of another unknown label.
            let at = self.group_of(now.open.unit, now.open.by, sure, now.open.code.clone());
            // Only what an earlier call left open has a last picture before it has a group.
            self.out.groups[at].goes_on |= now.open.last.is_some();
            at
        });
        if let (Some(a), Some(b)) = (now.open.last, shot.at)
            && b.0 - a.0 > LONG
            && let Some(g) = self.out.groups.get_mut(at)
        {
            g.sure = g.sure.max(Sure::Likely);
        }
        now.group = Some(at);
        now.open.last = shot.at.or(now.open.last);
        self.now = Some(now);
        self.push(at, i);
    }

    fn push(&mut self, at: usize, i: usize) {
        if let Some(g) = self.out.groups.get_mut(at) {
            g.shots.push(i);
        }
    }

    /// The group of a unit, or a new one.
    fn group_of(&mut self, unit: Option<Id>, by: FoundBy, sure: Sure, code: Option<String>) -> usize {
        if unit.is_some()
            && let Some(at) = self.out.groups.iter().position(|g| g.unit == unit)
        {
            if let Some(g) = self.out.groups.get_mut(at) {
                g.sure = g.sure.max(sure);
            }
            return at;
        }
        self.out.groups.push(Group { unit, by, sure, code, gap: None, shots: Vec::new(), goes_on: false });
        self.out.groups.len() - 1
    }
}
