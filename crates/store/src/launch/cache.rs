//! Rows that are known to be unchanged.

#[derive(Debug)]
pub(crate) struct LaunchCache {}
impl LaunchCache {
    pub(crate) fn new() -> Self {
        Self {}
    }
}
