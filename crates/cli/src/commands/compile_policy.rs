//! `compile-policy`, which this program runs of itself: one component, under limits of the kernel.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use mtl_policy::{Limits, compile_confined};

/// Limits other than the usual ones.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Processor time, in seconds.
    #[arg(long)]
    seconds: Option<u64>,
    /// Memory, in MiB.
    #[arg(long)]
    mebibytes: Option<usize>,
}

pub(crate) fn run(options: &Options) -> ExitCode {
    let usual = Limits::default();
    compile_confined(&Limits {
        compile_time: options
            .seconds
            .map_or(usual.compile_time, Duration::from_secs),
        compile_memory_bytes: options
            .mebibytes
            .map_or(usual.compile_memory_bytes, |mebibytes| mebibytes << 20),
        ..usual
    })
}
