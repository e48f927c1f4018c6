//! Ids from natural keys.
