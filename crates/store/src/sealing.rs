//! Encryption of secrets.
