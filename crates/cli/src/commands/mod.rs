//! The commands, one file each.

pub(crate) mod admin_link;
pub(crate) mod compile_policy;
pub(crate) mod config;
pub(crate) mod consumer_key;
pub(crate) mod deliveries;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod generate;
pub(crate) mod institution;
pub(crate) mod keys;
mod lrs_key;
pub(crate) mod migrate;
pub(crate) mod platform;
pub(crate) mod policy;
pub(crate) mod serve;
mod verify;
pub(crate) mod waiting;
pub(crate) mod worker;
