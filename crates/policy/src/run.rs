//! One run: a fresh instance under the limits, one call, and nothing left behind.

use std::time::Duration;

use wasmtime::component::InstancePre;
use wasmtime::{Engine, PoolConcurrencyLimitError, ResourceLimiter, Store, Trap};

use crate::contract::wit;
use crate::engine::{TICK, Ticker};
use crate::failure::{Incompatibility, PolicyFailure};
use crate::limits::Limits;

/// Fuel that no run within its deadline can use up: fuel is counted, not rationed.
const FUEL: u64 = u64::MAX / 2;

/// What a store keeps for the host.
pub(crate) struct Running {
    limiter: Limiter,
}

/// Refuses growth beyond the limits, and remembers that it did.
pub(crate) struct Limiter {
    pub(crate) memory_bytes: usize,
    pub(crate) refused: bool,
    table_elements: usize,
    instances: usize,
}

/// Ends the guest at a growth that was refused. A guest that was only told "no" could go on and
/// answer with something that looks like a decision.
#[derive(Debug, thiserror::Error)]
#[error("beyond the limit of a policy")]
struct BeyondLimit;

impl Limiter {
    fn grow(&mut self, desired: usize, limit: usize) -> wasmtime::Result<bool> {
        if desired <= limit {
            return Ok(true);
        }
        self.refused = true;
        Err(wasmtime::Error::new(BeyondLimit))
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.grow(desired, self.memory_bytes)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.grow(desired, self.table_elements)
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        2
    }
}

/// What a run came to, and what it cost.
pub(crate) struct Run<T> {
    pub(crate) result: Result<T, PolicyFailure>,
    pub(crate) fuel: u64,
}

/// The exports of a policy, looked up once.
pub(crate) type Prepared = wit::PolicyPre<Running>;

/// Looks up and type-checks the contract's exports.
pub(crate) fn prepare(instance: InstancePre<Running>) -> wasmtime::Result<Prepared> {
    wit::PolicyPre::new(instance)
}

/// Calls one export of a fresh instance.
pub(crate) fn run<T>(
    engine: &Engine,
    ticker: &Ticker,
    limits: &Limits,
    deadline: Duration,
    prepared: &Prepared,
    call: impl FnOnce(&wit::Guest, &mut Store<Running>) -> wasmtime::Result<T>,
) -> Run<T> {
    let _ticking = ticker.hold();
    let mut store = Store::new(
        engine,
        Running {
            limiter: Limiter {
                memory_bytes: limits.memory_bytes,
                refused: false,
                table_elements: limits.table_elements,
                instances: limits.instances as usize,
            },
        },
    );
    store.limiter(|running| &mut running.limiter);
    store.set_hostcall_fuel(limits.answer_bytes);
    // The first tick may come at once, so one more than the deadline has.
    let ticks = deadline.as_millis() / TICK.as_millis() + 1;
    store.set_epoch_deadline(u64::try_from(ticks).unwrap_or(u64::MAX));
    let result = start(&mut store, prepared, deadline).and_then(|policy| {
        call(policy.mtl_policy_assessment(), &mut store)
            .map_err(|error| PolicyFailure::from_call(&error, &store.data().limiter, deadline))
    });
    Run {
        result,
        fuel: FUEL.saturating_sub(store.get_fuel().unwrap_or(FUEL)),
    }
}

/// Makes the instance. The guest's own start code runs here already, under the same limits.
fn start(
    store: &mut Store<Running>,
    prepared: &Prepared,
    deadline: Duration,
) -> Result<wit::Policy, PolicyFailure> {
    store
        .set_fuel(FUEL)
        .and_then(|()| prepared.instantiate(&mut *store))
        .map_err(|error| {
            if store.data().limiter.refused || error.is::<Trap>() {
                return PolicyFailure::from_call(&error, &store.data().limiter, deadline);
            }
            let reason = format!("{error:#}");
            if error.is::<PoolConcurrencyLimitError>() {
                return Incompatibility::Host(reason).into();
            }
            Incompatibility::Resources { reason }.into()
        })
}
