//! What happened, in plain values: the input from which a statement is composed.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Account, ActivityType, Role, Score};

/// Something that happened and is worth a statement. All of it comes from the store, so that the
/// statement can be composed anew at any time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// The event's own id; the statement's id is derived from it.
    pub id: Uuid,
    /// When it happened; statements carry milliseconds.
    pub time: DateTime<Utc>,
    /// Who did it. For a mark or decision, the participant whom it is about.
    pub actor: Account,
    /// The institution's IRI, under which those of programmes, modules and activities stand.
    pub institution: String,
    /// The name of the learning platform from which the person came.
    pub platform: String,
    /// The language of the titles and of the page (RFC 5646), such as `en-GB`.
    pub language: String,
    /// The module attempt; none before there is one.
    pub registration: Option<Uuid>,
    /// Which attempt at the activity, from 1.
    pub attempt: Option<u32>,
    /// Where in the programme it happened.
    pub place: Place,
    /// What happened.
    pub what: Happening,
}

/// A place in a programme. The most particular part that is present is the statement's object.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Place {
    /// The programme.
    pub programme: Titled,
    /// The module, if it happened inside one.
    pub module: Option<Titled>,
    /// The activity, if it happened inside one.
    pub activity: Option<ActivityRef>,
    /// The strands of the activity or module; their order makes no difference.
    pub strands: Vec<Strand>,
}

/// A part of the catalogue: its id in the catalogue and its title.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Titled {
    /// The id, unique among its like in the programme.
    pub id: String,
    /// The title in the event's language.
    pub title: String,
}

/// An activity of the catalogue.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ActivityRef {
    /// The id, unique in the programme.
    pub id: String,
    /// The title in the event's language.
    pub title: String,
    /// Its kind.
    pub kind: ActivityType,
}

/// One of the strands of the programme.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Strand {
    /// Its number, from 1.
    pub number: u8,
    /// The title in the event's language.
    pub title: String,
}

/// What happened; each variant is a verb.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "lowercase")]
pub enum Happening {
    /// A person came from the platform.
    Launched,
    /// A participant began an attempt.
    Initialized,
    /// A participant finished a stage of the work.
    Progressed {
        /// How much of the work is done, 0 to 100.
        percent: u8,
    },
    /// A participant handed in a frozen snapshot.
    Submitted,
    /// A coach or tutor judged a submission; they are the actor.
    Assessed {
        /// As what they judged.
        role: Role,
        /// Whose work it is.
        participant: Account,
        /// The id of the statement of the submission that was judged.
        submission: Uuid,
        /// The mark, if the judgement has one.
        score: Option<Score>,
    },
    /// A mark was released.
    Scored {
        /// The mark.
        score: Score,
        /// The grade in the institution's own words, such as `Merit`.
        grade: Option<String>,
        /// The tutor who released it.
        released_by: Option<Account>,
    },
    /// A decision that the module is passed was released.
    Passed {
        /// The module's mark.
        score: Option<Score>,
        /// The grade in the institution's own words.
        grade: Option<String>,
        /// The tutor who released it.
        released_by: Option<Account>,
    },
    /// A decision that the module is failed was released.
    Failed {
        /// The module's mark.
        score: Option<Score>,
        /// The grade in the institution's own words.
        grade: Option<String>,
        /// The tutor who released it.
        released_by: Option<Account>,
    },
    /// An earlier statement was wrong; the actor is who corrected it.
    Voided {
        /// The id of the statement that no longer holds.
        statement: Uuid,
    },
}
