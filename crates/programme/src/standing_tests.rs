//! Tests of standing and coverage.
