//! Tests of reading catalogues.
