//! The pages: what each shows, as plain data, beside the template that shows it.
//!
//! Nothing here reads a store or a clock. Handlers fill these structs; tests fill them with
//! examples and look at what comes out.

pub(crate) mod activity;
pub(crate) mod admin;
pub(crate) mod cohort;
pub(crate) mod home;
pub(crate) mod launch;
pub(crate) mod lead;
pub(crate) mod link;
pub(crate) mod marking;
pub(crate) mod module_record;
pub(crate) mod parts;
pub(crate) mod pick;
pub(crate) mod problem;
pub(crate) mod register;
pub(crate) mod review;
pub(crate) mod roster;
pub(crate) mod scenario;
pub(crate) mod shell;

#[cfg(test)]
mod gallery;
