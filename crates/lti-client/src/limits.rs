//! How long a call may take and how much of an answer is read.

use std::time::Duration;

/// Bounds of every call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CallLimits {
    /// Time to resolve a name and connect.
    pub connect_timeout: Duration,
    /// Time for a call with the whole of its answer.
    pub total_timeout: Duration,
    /// Bytes of a key set, after decompression.
    pub key_set_bytes: usize,
    /// Bytes of any other answer, after decompression.
    pub answer_bytes: usize,
    /// How long a key set is kept at the least, whatever the platform says of caching.
    pub key_set_least: Duration,
    /// For how long a key set that has expired is still used while a new one cannot be fetched.
    pub key_set_stale: Duration,
    /// How often unknown keys may cause the same key set to be fetched again, and how often an expired
    /// one is asked for while the platform does not give it.
    pub key_set_refresh: Duration,
    /// How long no call of a registration goes out after a first "too many requests" that does not
    /// say how long; twice as long after each further one, to a minute.
    pub throttle_pause: Duration,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(20),
            key_set_bytes: 1024 * 1024,
            answer_bytes: 4 * 1024 * 1024,
            key_set_least: Duration::from_mins(5),
            key_set_stale: Duration::from_hours(6),
            key_set_refresh: Duration::from_secs(10),
            throttle_pause: Duration::from_secs(1),
        }
    }
}
