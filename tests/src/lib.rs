//! Tests of the whole system, from the outside
