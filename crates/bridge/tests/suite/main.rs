//! The use cases over a real store, with the demonstration LMS as the platform: what reaches
//! gradebooks and learning record stores, and what policies leave behind.
#![expect(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test fails by panicking; marks arrive as they were sent"
)]

mod app;
mod columns;
mod deliveries;
mod failures;
mod first_page;
mod keys;
mod lrs;
mod policies;
mod products;
mod releases;
mod reviews;
mod roster_service;
mod rosters;
mod unsent;
mod verifying;
mod work;
