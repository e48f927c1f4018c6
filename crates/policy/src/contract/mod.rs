//! The host's side of `mtl:policy@0.1.0`: generated types, and the way to and from our own.

mod from_wit;
mod to_wit;

/// Generated from the WIT package.
#[expect(unreachable_pub, reason = "generated, and used in this crate alone")]
pub(crate) mod wit {
    wasmtime::component::bindgen!({
        path: "../policy-sdk/wit/0.1.0",
        world: "policy",
        ownership: Borrowing { duplicate_if_necessary: true },
    });
    pub use exports::mtl::policy::assessment::*;
}

use crate::answer::{AnswerFault, named};

pub(crate) use from_wit::{award_decision, module_decision, refusal};
pub(crate) use to_wit::{with_award_work, with_module_work};
