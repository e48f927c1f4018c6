//! Routers, sessions and pages
