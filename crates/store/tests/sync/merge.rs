//! The rules, seen from the tables.
