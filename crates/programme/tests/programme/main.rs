//! Tests of the programme from outside the crate, as one binary.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

mod shipped_catalogue;
