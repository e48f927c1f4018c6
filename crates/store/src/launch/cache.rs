//! Remembers rows that a launch would write just as they are, so that it need not write them.
//!
//! Filled only after the commit. An entry lives for half an hour, so a row that another replica has
//! changed meanwhile is written again, and a membership's last sighting stays true to the hour.

use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::time::Duration;

use moka::sync::Cache;
use uuid::Uuid;

const ROWS: u64 = 50_000;
const LIFE: Duration = Duration::from_mins(30);

/// A row that a launch writes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum RowKey {
    /// A person with their account.
    Person(Uuid),
    /// A course.
    Context(Uuid),
    /// A link.
    ResourceLink(Uuid),
    /// What a person (the second) is in a course (the first).
    Membership(Uuid, Uuid),
}

/// A row with a digest of what the launch says of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct RowState {
    key: RowKey,
    digest: u64,
}

impl RowState {
    pub(crate) fn new(key: RowKey, content: &impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        Self {
            key,
            digest: hasher.finish(),
        }
    }
}

/// The digests of rows as they were last committed.
#[derive(Debug)]
pub(crate) struct LaunchCache {
    rows: Cache<RowKey, u64>,
}

impl LaunchCache {
    pub(crate) fn new() -> Self {
        Self {
            rows: Cache::builder()
                .max_capacity(ROWS)
                .time_to_live(LIFE)
                .build(),
        }
    }

    /// Whether the row is known to be just so.
    pub(crate) fn knows(&self, state: RowState) -> bool {
        self.rows.get(&state.key) == Some(state.digest)
    }

    /// The row was committed just so.
    pub(crate) fn remember(&self, state: RowState) {
        self.rows.insert(state.key, state.digest);
    }
}
