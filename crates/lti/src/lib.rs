//! LTI 1.3 messages, claims and verification: pure, given keys and the time
