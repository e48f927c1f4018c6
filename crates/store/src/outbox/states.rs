//! The words for kinds and states of outbox rows.

/// What is delivered.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DeliveryKind {
    /// A mark for a gradebook.
    Score,
    /// A statement for a learning record store.
    Statement,
}

/// Where a delivery stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DeliveryState {
    /// Waits for its time or its turn.
    Pending,
    /// A worker is sending it.
    Leased,
    /// The receiver has it.
    Delivered,
    /// It failed for good; a person must look at it.
    Dead,
    /// A newer score took its place before it was sent.
    Superseded,
}

/// Gives each variant its word in the database, and back.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            /// The word in the database.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The variant of a word.
            pub fn find(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::StoreError;

            fn try_from(word: String) -> Result<Self, Self::Error> {
                Self::find(&word).ok_or_else(|| $crate::StoreError::Damaged {
                    what: stringify!($name),
                    reason: format!("{word:?} is unknown"),
                })
            }
        }
    };
}

pub(crate) use words;

words!(DeliveryKind {
    Score = "score",
    Statement = "statement",
});

words!(DeliveryState {
    Pending = "pending",
    Leased = "leased",
    Delivered = "delivered",
    Dead = "dead",
    Superseded = "superseded",
});
