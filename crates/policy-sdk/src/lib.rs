//! For authors of assessment policies.
