//! Where the data is kept.

/// Which database is opened, and how many connections it may have.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// `sqlite:` followed by a path, or a `postgres://` address.
    pub url: String,
    /// The most connections of the pool: readers on SQLite (its one writer comes on top),
    /// everything on PostgreSQL (a listening worker takes one more).
    pub max_connections: u32,
}

impl StoreConfig {
    /// A configuration with ten connections.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 10,
        }
    }
}
