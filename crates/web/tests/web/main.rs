//! The router over a real bridge on SQLite, with the demonstration LMS as its platform: what
//! browsers get, header by header and page by page. The whole journey from launch to gradebook is
//! followed by the system tests.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod administering;
mod app;
mod attempts;
mod browser;
mod course_copy;
mod groups;
mod guarding;
mod hand_platform;
mod launching;
mod marking;
mod migration;
mod people;
mod picking;
mod registering;
mod registrar;
mod unsent;
mod working;
