//! Counters, as Prometheus reads them.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Upper ends of the histogram's buckets, seconds.
const ENDS: [f64; 8] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// The counters of this process.
#[derive(Debug, Default)]
pub struct Metrics {
    statuses: [AtomicU64; 6],
    pub pushed_groups: AtomicU64,
    pub pushed_bytes: AtomicU64,
    pub pulled_envelopes: AtomicU64,
    pub pulled_bytes: AtomicU64,
    pub object_bytes_in: AtomicU64,
    pub object_bytes_out: AtomicU64,
    pub wrong_tokens: AtomicU64,
    pub swept_objects: AtomicU64,
    buckets: [AtomicU64; ENDS.len()],
    micros: AtomicU64,
    requests: AtomicU64,
}

/// Counts on.
pub fn add(counter: &AtomicU64, n: usize) {
    counter.fetch_add(n as u64, Ordering::Relaxed);
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, status: u16, took: Duration) {
        if let Some(counter) = self.statuses.get(usize::from(status / 100)) {
            add(counter, 1);
        }
        for (end, bucket) in ENDS.iter().zip(&self.buckets) {
            if took.as_secs_f64() <= *end {
                add(bucket, 1);
            }
        }
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
        add(&self.requests, 1);
    }

    /// The text of `/metrics`.
    #[must_use]
    pub fn text(&self, listeners: usize) -> String {
        let mut out = String::new();
        let get = |c: &AtomicU64| c.load(Ordering::Relaxed);
        let counters = [
            ("pushed_groups_total", "Groups put into order.", &self.pushed_groups),
            ("pushed_bytes_total", "Bytes of pushes.", &self.pushed_bytes),
            ("pulled_envelopes_total", "Envelopes given out.", &self.pulled_envelopes),
            ("pulled_bytes_total", "Bytes of pages given out.", &self.pulled_bytes),
            ("object_bytes_in_total", "Bytes of photographs and snapshots received.", &self.object_bytes_in),
            ("object_bytes_out_total", "Bytes of photographs and snapshots given out.", &self.object_bytes_out),
            ("wrong_tokens_total", "Tokens and invites that were wrong.", &self.wrong_tokens),
            ("swept_objects_total", "Pieces deleted by the sweep.", &self.swept_objects),
        ];
        for (name, help, counter) in counters {
            let _ = writeln!(out, "# HELP stall_hub_{name} {help}\n# TYPE stall_hub_{name} counter");
            let _ = writeln!(out, "stall_hub_{name} {}", get(counter));
        }
        let _ = writeln!(out, "# HELP stall_hub_answers_total Requests by class of status.");
        let _ = writeln!(out, "# TYPE stall_hub_answers_total counter");
        for (class, counter) in self.statuses.iter().enumerate().skip(1) {
            let _ = writeln!(out, "stall_hub_answers_total{{class=\"{class}xx\"}} {}", get(counter));
        }
        let _ = writeln!(out, "# HELP stall_hub_request_seconds Time to the head of an answer.");
        let _ = writeln!(out, "# TYPE stall_hub_request_seconds histogram");
        for (end, bucket) in ENDS.iter().zip(&self.buckets) {
            let _ = writeln!(out, "stall_hub_request_seconds_bucket{{le=\"{end}\"}} {}", get(bucket));
        }
        let requests = get(&self.requests);
        let _ = writeln!(out, "stall_hub_request_seconds_bucket{{le=\"+Inf\"}} {requests}");
        let sum = Duration::from_micros(get(&self.micros)).as_secs_f64();
        let _ = writeln!(out, "stall_hub_request_seconds_sum {sum}\nstall_hub_request_seconds_count {requests}");
        let _ = writeln!(out, "# HELP stall_hub_listeners Laptops waiting for news.");
        let _ = writeln!(out, "# TYPE stall_hub_listeners gauge\nstall_hub_listeners {listeners}");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_in_its_class_and_in_every_wider_bucket() {
        let metrics = Metrics::default();
        metrics.answered(200, Duration::from_millis(7));
        metrics.answered(404, Duration::from_secs(9));
        let text = metrics.text(3);
        for line in [
            "stall_hub_answers_total{class=\"2xx\"} 1",
            "stall_hub_answers_total{class=\"4xx\"} 1",
            "stall_hub_request_seconds_bucket{le=\"0.005\"} 0",
            "stall_hub_request_seconds_bucket{le=\"0.01\"} 1",
            "stall_hub_request_seconds_bucket{le=\"5\"} 1",
            "stall_hub_request_seconds_bucket{le=\"+Inf\"} 2",
            "stall_hub_listeners 3",
        ] {
            assert!(text.lines().any(|l| l == line), "{line}\n{text}");
        }
    }
}
