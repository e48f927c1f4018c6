//! The platform held against the recordings of a real Moodle, and against a tool of its own.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod authorisation;
mod canvas;
mod canvas_notices;
mod canvas_registration;
mod canvas_services;
mod copying;
mod faults;
mod keeping;
mod launching;
mod openedx;
mod pages;
mod picking;
mod platform;
mod recorded_services;
mod registering;
mod reviewing;
mod score_effects;
mod tool_keys;
