//! The engine's configuration, and the thread that ticks its epochs.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig,
    WasmFeatures,
};

use crate::limits::Limits;

/// How often the epoch ticks while something runs.
pub(crate) const TICK: Duration = Duration::from_millis(1);

/// Ticks without anything running after which the thread goes to sleep.
const IDLE_TICKS: u32 = 100;

/// An engine under the limits.
pub(crate) fn new_engine(limits: &Limits) -> wasmtime::Result<Engine> {
    // Callers that bring their own thread, as back-tests do, come on top of the asynchronous ones.
    let slots = limits.concurrency.max(1).saturating_mul(2);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(slots)
        .total_core_instances(slots.saturating_mul(limits.instances))
        .total_memories(slots.saturating_mul(2))
        .total_tables(slots.saturating_mul(limits.instances))
        .max_core_instances_per_component(limits.instances)
        .max_memories_per_component(2)
        .max_tables_per_component(limits.instances)
        .max_memory_size(limits.memory_bytes)
        .table_elements(limits.table_elements)
        .max_component_instance_size(1 << 20)
        .max_core_instance_size(1 << 20)
        // A small policy's memory is set back by copying instead of by giving pages back to the
        // kernel and faulting them in again at the next decision.
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);

    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .memory_init_cow(true)
        .epoch_interruption(true)
        .consume_fuel(true)
        .max_wasm_stack(limits.stack_bytes)
        .cranelift_opt_level(OptLevel::Speed)
        .cranelift_nan_canonicalization(true)
        .wasm_component_model(true)
        .concurrency_support(false)
        .wasm_features(WasmFeatures::THREADS, false)
        .wasm_features(WasmFeatures::MEMORY64, false)
        .wasm_relaxed_simd(false);
    Engine::new(&config)
}

/// SHA-256 of the engine's compatibility hash, in hex: what compiled code fits.
pub(crate) fn compatibility(engine: &Engine) -> String {
    struct Sink(Sha256);
    impl Hasher for Sink {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            0
        }
    }
    let mut sink = Sink(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut sink);
    crate::cache::hex(&sink.0.finalize())
}

/// Ticks the engine's epoch while decisions run. It sleeps when none does, so that an idle bridge
/// stays idle.
pub(crate) struct Ticker {
    state: Arc<TickerState>,
    thread: thread::Thread,
}

struct TickerState {
    running: AtomicU32,
    parked: AtomicBool,
    ended: AtomicBool,
}

impl Ticker {
    pub(crate) fn start(engine: &Engine) -> std::io::Result<Self> {
        let state = Arc::new(TickerState {
            running: AtomicU32::new(0),
            parked: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        let (engine, shared) = (engine.clone(), Arc::clone(&state));
        let thread = thread::Builder::new()
            .name("policy-epoch".into())
            .spawn(move || tick(&engine, &shared))?
            .thread()
            .clone();
        Ok(Self { state, thread })
    }

    /// Keeps the epoch ticking until the guard is dropped.
    pub(crate) fn hold(&self) -> Ticking<'_> {
        self.state.running.fetch_add(1, Ordering::SeqCst);
        if self.state.parked.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Ticking(self)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

/// While this lives, the epoch ticks.
pub(crate) struct Ticking<'a>(&'a Ticker);

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.0.state.running.fetch_sub(1, Ordering::SeqCst);
    }
}

fn tick(engine: &Engine, state: &TickerState) {
    let mut idle = 0;
    let mut last = Instant::now();
    while !state.ended.load(Ordering::SeqCst) {
        thread::sleep(TICK);
        // On a busy machine a sleep takes longer than it was asked to, so the ticks that were slept
        // through are made up for; otherwise a deadline would be as late as all of them together.
        while last.elapsed() >= TICK {
            engine.increment_epoch();
            last += TICK;
        }
        idle = if state.running.load(Ordering::SeqCst) > 0 {
            0
        } else {
            idle + 1
        };
        if idle >= IDLE_TICKS {
            // Said before looking again: who starts now either is seen here or sees it and wakes
            // this thread.
            state.parked.store(true, Ordering::SeqCst);
            while state.running.load(Ordering::SeqCst) == 0 && !state.ended.load(Ordering::SeqCst) {
                thread::park();
            }
            state.parked.store(false, Ordering::SeqCst);
            (idle, last) = (0, Instant::now());
        }
    }
}
