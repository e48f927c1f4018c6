//! The contract's types and the macro that exports a policy, generated from the WIT package.
//!
//! A policy implements [`Guest`] and says `mtl_policy_sdk::contract::export_policy!(MyPolicy with_types_in
//! mtl_policy_sdk::contract::bindings);` in its own crate.

#[expect(
    missing_docs,
    clippy::pedantic,
    reason = "generated from the WIT package, where everything is documented"
)]
pub mod bindings {
    wit_bindgen::generate!({
        path: "wit/0.1.0",
        world: "policy",
        pub_export_macro: true,
        export_macro_name: "export_policy",
    });
}

pub use bindings::export_policy;
pub use bindings::exports::mtl::policy::assessment::*;

use crate::exact::Exact;

/// The contract that this SDK is for.
pub const CONTRACT: &str = "mtl:policy@0.1.0";

impl From<Exact> for ExactMark {
    fn from(value: Exact) -> Self {
        Self {
            numerator: value.numerator,
            denominator: value.denominator,
        }
    }
}

impl From<ExactMark> for Exact {
    fn from(value: ExactMark) -> Self {
        Self {
            numerator: value.numerator,
            denominator: value.denominator,
        }
    }
}
