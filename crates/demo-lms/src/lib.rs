//! An LTI platform for tests and the demonstration
