//! Counting requests and wrong codes. Time is passed in.

use std::{
    collections::HashMap,
    hash::Hash as StdHash,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use crate::{
    error::{HubError, HubResult},
    limits::Limits,
    storage::{Hash, ReplicaId, StallId},
};

/// Keys remembered before full buckets are forgotten.
const REMEMBERED: usize = 4000;

/// The counters.
#[derive(Debug, Default)]
pub struct Rates {
    addresses: Buckets<IpAddr>,
    tokens: Buckets<Hash>,
    guesses: Buckets<IpAddr>,
    presence: Buckets<(StallId, ReplicaId)>,
}

#[derive(Debug)]
struct Buckets<K>(Mutex<HashMap<K, Bucket>>);

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: i64,
}

impl Rates {
    /// One more request from this address. Many laptops may share it.
    ///
    /// # Errors
    /// `slow` with `after_ms`.
    pub fn address(&self, address: IpAddr, limits: &Limits, now: i64) -> HubResult<()> {
        self.addresses.take(address, limits.burst * 10.0, limits.per_second * 10.0, now)
    }

    /// One more request with this token.
    ///
    /// # Errors
    /// `slow` with `after_ms`.
    pub fn token(&self, token: &Hash, limits: &Limits, now: i64) -> HubResult<()> {
        self.tokens.take(*token, limits.burst, limits.per_second, now)
    }

    /// A laptop says once more what it has open: each time wakes all the others.
    ///
    /// # Errors
    /// `slow` with `after_ms`.
    pub fn presence(&self, of: (StallId, ReplicaId), limits: &Limits, now: i64) -> HubResult<()> {
        self.presence.take(of, limits.presence_burst, limits.presence_per_second, now)
    }

    /// Whether this address may still guess; nothing is counted.
    ///
    /// # Errors
    /// `slow` with `after_ms`.
    pub fn may_guess(&self, address: IpAddr, limits: &Limits, now: i64) -> HubResult<()> {
        self.guesses.look(&address, limits.guesses, limits.guesses / 60.0, now)
    }

    /// A code or token was wrong.
    pub fn wrong(&self, address: IpAddr, limits: &Limits, now: i64) {
        // Refused or not, it is counted: the next look answers.
        self.guesses.take(address, limits.guesses, limits.guesses / 60.0, now).ok();
    }
}

impl<K: StdHash + Eq> Buckets<K> {
    fn take(&self, key: K, burst: f64, per_second: f64, now: i64) -> HubResult<()> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > REMEMBERED {
            buckets.retain(|_, b| filled(*b, burst, per_second, now) < burst);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { left: burst, at: now });
        let left = filled(*bucket, burst, per_second, now);
        enough(left, per_second)?;
        *bucket = Bucket { left: left - 1.0, at: now };
        Ok(())
    }

    fn look(&self, key: &K, burst: f64, per_second: f64, now: i64) -> HubResult<()> {
        let buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.get(key).map_or(Ok(()), |b| enough(filled(*b, burst, per_second, now), per_second))
    }
}

fn enough(left: f64, per_second: f64) -> HubResult<()> {
    if left < 1.0 {
        let seconds = ((1.0 - left) / per_second).ceil();
        return Err(HubError::slow(seconds as i64 * 1000));
    }
    Ok(())
}

/// A clock that was set back fills nothing.
#[expect(clippy::cast_precision_loss, reason = "milliseconds between two requests")]
fn filled(bucket: Bucket, burst: f64, per_second: f64, now: i64) -> f64 {
    let passed = now.saturating_sub(bucket.at).max(0) as f64 / 1000.0;
    (bucket.left + passed * per_second).min(burst)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 5));
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 6));

    #[test]
    fn a_bucket_gives_its_burst_then_what_time_brings() {
        let (rates, limits) = (Rates::default(), Limits { burst: 3.0, per_second: 1.0, ..Limits::default() });
        let asked: Vec<bool> = (0..5).map(|_| rates.token(&[1; 32], &limits, 0).is_ok()).collect();
        assert_eq!(asked, [true, true, true, false, false]);
        assert!(rates.token(&[1; 32], &limits, 1000).is_ok());
        assert!(rates.token(&[1; 32], &limits, 1001).is_err());
        assert!(rates.token(&[2; 32], &limits, 1001).is_ok());
    }

    #[test]
    fn right_codes_cost_nothing_and_wrong_ones_run_out() {
        let (rates, limits) = (Rates::default(), Limits { guesses: 2.0, ..Limits::default() });
        for _ in 0..100 {
            assert!(rates.may_guess(HERE, &limits, 0).is_ok());
        }
        rates.wrong(HERE, &limits, 0);
        rates.wrong(HERE, &limits, 0);
        assert!(rates.may_guess(HERE, &limits, 0).is_err() && rates.may_guess(THERE, &limits, 0).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_opens_nothing() {
        let (rates, limits) = (Rates::default(), Limits { guesses: 1.0, ..Limits::default() });
        rates.wrong(HERE, &limits, 1_000_000);
        assert!(rates.may_guess(HERE, &limits, 0).is_err());
    }
}
