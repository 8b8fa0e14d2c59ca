//! Counting requests, wrong codes and connections by address and by phone.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use stall_core::{AppError, AppResult, ErrorCode, Id, Ms};

use super::Limits;

/// Addresses and phones remembered before full buckets are forgotten.
const REMEMBERED: usize = 1000;

/// The counters. Time is passed in.
#[derive(Debug, Default)]
pub struct Rates {
    addresses: Mutex<HashMap<IpAddr, Bucket>>,
    devices: Mutex<HashMap<Id, Bucket>>,
    guesses: Mutex<HashMap<IpAddr, Bucket>>,
    connections: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Ms,
}

/// A connection that counts until it is dropped.
#[derive(Debug)]
pub struct Connected {
    all: Arc<Mutex<HashMap<IpAddr, usize>>>,
    address: IpAddr,
}

impl Rates {
    /// One more request from this address.
    ///
    /// # Errors
    /// `TooMany` with `seconds`.
    pub fn request(&self, address: IpAddr, limits: &Limits, now: Ms) -> AppResult<()> {
        take(&self.addresses, address, limits.burst, limits.per_second, now)
    }

    /// One more request of this phone.
    ///
    /// # Errors
    /// `TooMany` with `seconds`.
    pub fn device(&self, device: Id, limits: &Limits, now: Ms) -> AppResult<()> {
        take(&self.devices, device, limits.burst, limits.per_second, now)
    }

    /// One more code tried from this address. A right one counts too: it is used once.
    ///
    /// # Errors
    /// `TooMany` with `seconds`.
    pub fn guess(&self, address: IpAddr, limits: &Limits, now: Ms) -> AppResult<()> {
        take(&self.guesses, address, limits.guesses, limits.guesses / 60.0, now)
    }

    /// A place for one more connection, or none.
    pub fn connect(&self, address: IpAddr, limits: &Limits) -> Option<Connected> {
        let mut all = lock(&self.connections);
        let total: usize = all.values().sum();
        let here = all.entry(address).or_insert(0);
        if total >= limits.connections || *here >= limits.connections_per_address {
            return None;
        }
        *here += 1;
        Some(Connected { all: self.connections.clone(), address })
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        let mut all = lock(&self.all);
        if let Some(n) = all.get_mut(&self.address) {
            *n -= 1;
            if *n == 0 {
                all.remove(&self.address);
            }
        }
    }
}

fn take<K: Hash + Eq>(
    buckets: &Mutex<HashMap<K, Bucket>>,
    key: K,
    burst: f64,
    per_second: f64,
    now: Ms,
) -> AppResult<()> {
    let mut buckets = lock(buckets);
    if buckets.len() > REMEMBERED {
        buckets.retain(|_, b| filled(*b, burst, per_second, now) < burst);
    }
    let bucket = buckets.entry(key).or_insert(Bucket { left: burst, at: now });
    let left = filled(*bucket, burst, per_second, now);
    if left < 1.0 {
        let seconds = ((1.0 - left) / per_second).ceil();
        return Err(AppError::new(ErrorCode::TooMany).arg("seconds", seconds));
    }
    *bucket = Bucket { left: left - 1.0, at: now };
    Ok(())
}

/// A clock that was set back fills nothing.
#[expect(clippy::cast_precision_loss, reason = "milliseconds between two requests")]
fn filled(bucket: Bucket, burst: f64, per_second: f64, now: Ms) -> f64 {
    let passed = now.0.saturating_sub(bucket.at.0).max(0) as f64 / 1000.0;
    (bucket.left + passed * per_second).min(burst)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 5));

    #[test]
    fn a_bucket_gives_its_burst_then_what_time_brings() {
        let (rates, limits) = (Rates::default(), Limits { burst: 3.0, per_second: 1.0, ..Limits::default() });
        let asked: Vec<bool> = (0..5).map(|_| rates.request(HERE, &limits, Ms(0)).is_ok()).collect();
        assert_eq!(asked, [true, true, true, false, false]);
        assert!(rates.request(HERE, &limits, Ms(1000)).is_ok());
        assert!(rates.request(HERE, &limits, Ms(1001)).is_err());
        assert!(rates.request(IpAddr::V4(Ipv4Addr::new(192, 168, 1, 6)), &limits, Ms(1001)).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_opens_nothing() {
        let (rates, limits) = (Rates::default(), Limits { guesses: 1.0, ..Limits::default() });
        assert!(rates.guess(HERE, &limits, Ms(1_000_000)).is_ok());
        assert!(rates.guess(HERE, &limits, Ms(0)).is_err());
    }

    #[test]
    fn a_connection_counts_until_it_is_gone() {
        let (rates, limits) = (Rates::default(), Limits { connections_per_address: 2, ..Limits::default() });
        let (a, b) = (rates.connect(HERE, &limits), rates.connect(HERE, &limits));
        assert!(a.is_some() && b.is_some() && rates.connect(HERE, &limits).is_none());
        drop(a);
        assert!(rates.connect(HERE, &limits).is_some());
    }
}
