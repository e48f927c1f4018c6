//! Tests of judgements.
