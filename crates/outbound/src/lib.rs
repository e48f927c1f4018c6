//! The outbound guard: which addresses the bridge may call.
//!
//! Registrations, tokens and institutions' settings name addresses that the bridge calls from inside a
//! university's network. [`OutboundRules::check_url`] looks at a URL before a call, and the client that
//! [`client_builder`] makes looks at the very addresses that it connects to.
//!
//! **Architecture invariant.** The client follows no redirects and asks no proxy: either would call an
//! address that nobody has checked.

mod address;
mod resolver;
mod rules;

use std::error::Error as _;

use reqwest::{ClientBuilder, redirect};

pub use rules::{AddressRefusal, OutboundRules};

/// What every client begins with. Time-outs are the caller's.
pub fn client_builder(rules: OutboundRules) -> ClientBuilder {
    ClientBuilder::new()
        .user_agent(concat!("mtl-bridge/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(resolver::GuardedResolver::of_the_system(rules))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .referer(false)
}

/// The guard's refusal, from the depths of a connection's error.
pub fn find_refusal(error: &reqwest::Error) -> Option<AddressRefusal> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(refusal) = error.downcast_ref::<AddressRefusal>() {
            return Some(*refusal);
        }
        source = error.source();
    }
    None
}
