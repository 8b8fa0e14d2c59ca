//! Inspection: checklists by category, what their items take as answers, and the grade that follows from the answers.
//!
//! Pure: the same checklist, rule and answers give the same grade on every machine. `docs/inspection.md` tells the rule.

pub mod answer;
pub mod compare;
mod explain;
pub mod grade;
pub mod lists;
pub mod overlay;
pub mod report;
pub mod stats;

#[cfg(test)]
mod grade_tests;
