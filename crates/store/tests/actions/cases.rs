//! How long a property is tried.

/// How many histories: `everyday`, or what `cargo xtask soak` says (STALL_CASES).
pub fn cases(everyday: u32) -> u32 {
    std::env::var("STALL_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(everyday)
}
