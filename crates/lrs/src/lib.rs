//! The embedded learning record store: the xAPI resources over the store
