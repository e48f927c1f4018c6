//! The catalogue: a programme's phases, modules, components, activities and criteria, read from a
//! TOML file whose every mistake is reported with its line, its column and its mend.

mod check;
mod criteria;
mod due;
mod errors;
mod model;
mod read;
mod read_activity;
mod read_criteria;
mod table;

pub use criteria::{Band, CriteriaSet, Criterion, Exemplar};
pub use due::DueRule;
pub use errors::{CatalogueError, CatalogueErrors, Problem};
pub use model::{Activity, Component, Element, Found, Module, Phase, Programme};
pub use read::parse_programme;

#[cfg(test)]
mod catalogue_tests;
