//! The crate from the outside: what is valid, what is not, and what the MTL says.

mod mtl_statements;
mod round_trip;
mod validation;
