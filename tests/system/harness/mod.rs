//! What the tests stand on: a platform, a bridge (in this process or as the program), user agents,
//! and the ways that people go.

pub(crate) mod agent;
pub(crate) mod database;
pub(crate) mod forgery;
pub(crate) mod html;
pub(crate) mod installation;
pub(crate) mod journey;
pub(crate) mod platform;
pub(crate) mod program;
pub(crate) mod records;
