//! What a policy may use at most.

use std::time::Duration;

/// What a policy may use at most, for each decision unless it says otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Wall-clock time of one decision, counted in ticks of a millisecond.
    pub deadline: Duration,
    /// Wall-clock time of `describe`, which is asked once when a policy is compiled.
    pub describe_deadline: Duration,
    /// Linear memory of an instance, in bytes.
    pub memory_bytes: usize,
    /// Stack of the compiled code, in bytes.
    pub stack_bytes: usize,
    /// What an answer may take in the host's memory, in bytes.
    pub answer_bytes: usize,
    /// A component as it is uploaded, in bytes.
    pub component_bytes: usize,
    /// Processor time of the compilation of a component, where it has a process of its own.
    pub compile_time: Duration,
    /// Memory of that process, in bytes.
    pub compile_memory_bytes: usize,
    /// Core instances, memories and tables of one component; a Python policy needs 38 instances.
    pub instances: u32,
    /// Entries of a table.
    pub table_elements: usize,
    /// Decisions that may run at the same time.
    pub concurrency: u32,
    /// Compiled policies that are kept in memory.
    pub compiled_policies: u64,
}

impl Default for Limits {
    /// Enough for policies in Rust, JavaScript and Python.
    fn default() -> Self {
        Self {
            deadline: Duration::from_millis(30),
            describe_deadline: Duration::from_secs(1),
            memory_bytes: 64 << 20,
            stack_bytes: 512 << 10,
            answer_bytes: 1 << 20,
            component_bytes: 32 << 20,
            compile_time: Duration::from_mins(2),
            compile_memory_bytes: 2 << 30,
            instances: 64,
            table_elements: 20_000,
            concurrency: 8,
            compiled_policies: 64,
        }
    }
}
