//! Routers, sessions and pages: the only place that speaks HTTP to people.

mod assets;
#[cfg(test)]
mod contrast_tests;
mod cookies;
mod csp;
mod forms;
mod markdown;
mod moments;
mod pages;
