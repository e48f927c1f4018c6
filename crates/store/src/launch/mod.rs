//! Who launches what from where.
mod cache;
pub(crate) use cache::LaunchCache;
