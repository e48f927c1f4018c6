//! How values stand in columns: times as Unix milliseconds, identifiers as UUIDs, lists as JSON.
//!
//! A row type names the wrapper and gets the value itself:
//! `#[sqlx(try_from = "At")] created_at: DateTime<Utc>`.

use chrono::{DateTime, Utc};
use mtl_programme::{
    AttemptId, ContextId, DecisionId, DeploymentId, EventId, EvidenceId, InstitutionId,
    JudgementId, LaunchId, PersonId, RegistrationId, ResourceLinkId,
};
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Type};
use uuid::Uuid;

/// Declares a wrapper around a type that both databases know.
macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident($stored:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name(pub $stored);

        impl<DB: Database> Type<DB> for $name
        where
            $stored: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <$stored as Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <$stored as Type<DB>>::compatible(info)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $name
        where
            $stored: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                <$stored as Decode<'r, DB>>::decode(value).map(Self)
            }
        }
    )*};
}

columns! {
    /// A time in Unix milliseconds.
    At(i64);
    /// A time that may be absent.
    MaybeAt(Option<i64>);
    /// An identifier that may be absent.
    MaybeId(Option<Uuid>);
    /// A list of texts, kept as a JSON array.
    Texts(String);
    /// A list of texts that may be absent.
    MaybeTexts(Option<String>);
    /// A UUID kept as text, because queries put it into other texts.
    UuidText(String);
}

/// A time as it is kept.
pub fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// A kept time; one outside chrono's range reads as the epoch.
pub fn time(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// A list of texts as it is kept.
pub fn texts(list: &[String]) -> String {
    serde_json::Value::from(list).to_string()
}

impl From<At> for DateTime<Utc> {
    fn from(at: At) -> Self {
        time(at.0)
    }
}

impl From<MaybeAt> for Option<DateTime<Utc>> {
    fn from(at: MaybeAt) -> Self {
        at.0.map(time)
    }
}

impl TryFrom<Texts> for Vec<String> {
    type Error = serde_json::Error;

    fn try_from(texts: Texts) -> Result<Self, Self::Error> {
        serde_json::from_str(&texts.0)
    }
}

impl TryFrom<MaybeTexts> for Option<Vec<String>> {
    type Error = serde_json::Error;

    fn try_from(texts: MaybeTexts) -> Result<Self, Self::Error> {
        texts.0.as_deref().map(serde_json::from_str).transpose()
    }
}

impl TryFrom<UuidText> for Uuid {
    type Error = uuid::Error;

    fn try_from(text: UuidText) -> Result<Self, Self::Error> {
        text.0.parse()
    }
}

macro_rules! maybe_ids {
    ($($id:ident)*) => {$(
        impl From<MaybeId> for Option<$id> {
            fn from(id: MaybeId) -> Self {
                id.0.map($id)
            }
        }
    )*};
}

maybe_ids! {
    InstitutionId PersonId RegistrationId DeploymentId ContextId ResourceLinkId LaunchId AttemptId
    EvidenceId JudgementId DecisionId EventId
}
