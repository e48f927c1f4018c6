//! The whole system from the outside: real pages, real tokens, real databases.

#[macro_use]
mod both_databases;

mod browser;
mod deliveries;
mod flow;
mod harness;
mod hostile_policies;
mod isolation;
mod kills;
mod learning_records;
mod pairing;
mod refusals;
mod replay;
mod safety;
