//! One run: a fresh instance under the limits, one call, and nothing left behind.

use std::time::Duration;

use wasmtime::component::{Component, ComponentExportIndex, Instance, InstancePre, Linker};
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

/// A policy that is ready to run: instantiated as far as it goes, its exports looked up.
pub(crate) struct Prepared {
    instance: InstancePre<Running>,
    exports: wit::PolicyIndices,
    decide_module: ComponentExportIndex,
    decide_award: ComponentExportIndex,
}

impl Prepared {
    /// Looks up the contract's exports.
    pub(crate) fn new(engine: &Engine, component: &Component) -> wasmtime::Result<Self> {
        let instance = Linker::new(engine).instantiate_pre(component)?;
        let find = |name| {
            let interface = component.get_export_index(None, "mtl:policy/assessment@0.1.0")?;
            component.get_export_index(Some(&interface), name)
        };
        let missing = |name: &str| wasmtime::Error::msg(format!("no function {name}"));
        Ok(Self {
            exports: wit::PolicyIndices::new(&instance)?,
            decide_module: find("decide-module").ok_or_else(|| missing("decide-module"))?,
            decide_award: find("decide-award").ok_or_else(|| missing("decide-award"))?,
            instance,
        })
    }

    /// Calls `describe`, after the types of all exports were checked.
    pub(crate) fn describe(
        &self,
        instance: &Instance,
        store: &mut Store<Running>,
    ) -> wasmtime::Result<Result<wit::Description, Incompatibility>> {
        match self.exports.load(&mut *store, instance) {
            Ok(policy) => policy.mtl_policy_assessment().call_describe(store).map(Ok),
            Err(error) => Ok(Err(Incompatibility::Exports {
                reason: format!("{error:#}"),
            })),
        }
    }

    /// Calls `decide-module`. The other exports were checked when the policy described itself.
    pub(crate) fn decide_module(
        &self,
        instance: &Instance,
        store: &mut Store<Running>,
        work: wit::ModuleWork<'_>,
        settings: &str,
    ) -> wasmtime::Result<Answer<wit::ModuleDecision>> {
        let function = instance
            .get_typed_func::<(wit::ModuleWork<'_>, &str), _>(&mut *store, self.decide_module)?;
        let (answer,) = function.call(store, (work, settings))?;
        Ok(answer)
    }

    /// Calls `decide-award`.
    pub(crate) fn decide_award(
        &self,
        instance: &Instance,
        store: &mut Store<Running>,
        work: wit::AwardWork<'_>,
        settings: &str,
    ) -> wasmtime::Result<Answer<wit::AwardDecision>> {
        let function = instance
            .get_typed_func::<(wit::AwardWork<'_>, &str), _>(&mut *store, self.decide_award)?;
        let (answer,) = function.call(store, (work, settings))?;
        Ok(answer)
    }
}

/// What a policy answers when it is asked to decide.
pub(crate) type Answer<D> = Result<D, wit::Refusal>;

/// Calls a fresh instance.
pub(crate) fn run<T>(
    engine: &Engine,
    ticker: &Ticker,
    limits: &Limits,
    deadline: Duration,
    prepared: &Prepared,
    call: impl FnOnce(&Instance, &mut Store<Running>) -> wasmtime::Result<T>,
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
    let result = start(&mut store, prepared, deadline).and_then(|instance| {
        call(&instance, &mut store)
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
) -> Result<Instance, PolicyFailure> {
    store
        .set_fuel(FUEL)
        .and_then(|()| prepared.instance.instantiate(&mut *store))
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
