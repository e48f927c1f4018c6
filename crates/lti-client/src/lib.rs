//! Calls to LTI platforms: key sets, tokens, grades, behind the outbound guard
