//! The sandbox from the outside: golden cases, hostile guests, receipts, caches, settings.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed; the place says where"
)]

mod cache;
mod cases;
mod golden;
mod guests;
mod hostile;
mod native;
mod receipts;
mod settings;
mod uploads;
