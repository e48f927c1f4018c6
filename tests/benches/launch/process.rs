//! What a process has used, as Linux counts it.

use std::time::Duration;

use anyhow::{Context as _, Result};

/// CPU time of a process so far, user and system, to ten milliseconds (`proc(5)`, stat).
pub(crate) fn cpu_of(pid: u32) -> Result<Duration> {
    const TICKS_PER_SECOND: u64 = 100;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in brackets may hold spaces; what follows it may not.
    let (_, after) = stat.rsplit_once(')').context("an unknown form of stat")?;
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |at: usize| -> Result<u64> { Ok(fields.get(at).context("a short stat")?.parse()?) };
    Ok(Duration::from_millis(
        (ticks(11)? + ticks(12)?) * 1000 / TICKS_PER_SECOND,
    ))
}

/// CPU time of this process so far.
pub(crate) fn own_cpu() -> Result<Duration> {
    cpu_of(std::process::id())
}

/// Resident memory of a process in MB (`proc(5)`, status).
pub(crate) fn resident_megabytes(pid: u32) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: f64 = line
        .and_then(|line| line.split_whitespace().next())
        .context("no VmRSS")?
        .parse()?;
    Ok(kilobytes * 1024.0 / 1e6)
}
