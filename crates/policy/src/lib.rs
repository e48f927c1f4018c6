//! The sandbox that runs assessment policies, and the checks of what they answer.
//!
//! A policy is a WebAssembly component. [`PolicyHost`] compiles it once; every decision runs in a
//! fresh instance under hard limits, and nothing that comes back is believed before it was held
//! against the work ([`AnswerFault`] lists the ways in which it can be wrong). Every run leaves a
//! receipt from which it can be run again.
//!
//! **Invariant.** A failing policy leaves the work undecided, with its reason; it never makes a
//! mark, never blocks other work for longer than the deadline, and never ends the process.

mod answer;
mod cache;
mod compile;
mod confined;
mod contract;
mod engine;
mod failure;
mod host;
mod limits;
mod policy;
mod replay;
mod run;
mod schema;

pub use answer::AnswerFault;
pub use cache::CompiledCache;
pub use confined::{CompilerProgram, compile_confined};
pub use failure::{Incompatibility, PolicyFailure, TrapKind, Undecided};
pub use host::{Decided, HostError, PolicyHost};
pub use limits::Limits;
pub use policy::{CheckedSettings, CompiledPolicy, PolicyDescription, PolicyRule};
pub use replay::{ReplayError, Replayed};
pub use schema::{SchemaProblem, SettingsError, SettingsProblem};
