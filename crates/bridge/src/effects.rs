//! What a change causes outside: statements, scores and lines of the audit trail, gathered while
//! the change is prepared and written in its transaction.

use chrono::{DateTime, Utc};
use mtl_programme::{ActivityKind, AttemptId, Mark, PersonId, ProgrammeRole, Strand};
use mtl_store::outbox::{AuditEntry, Effects, NewScore};
use mtl_xapi::mtl::{
    Account, ActivityRef, ActivityType, Event, Happening, Place as StatementPlace, Profile, Role,
    Score, Strand as StatementStrand, Titled, Verb, statement_id,
};
use uuid::Uuid;

use crate::catalogue::Place;
use crate::visit::Visit;

/// Gathers the effects of one change.
pub(crate) struct Causes<'a> {
    visit: &'a Visit,
    profile: &'a Profile,
    effects: Effects,
}

impl<'a> Causes<'a> {
    pub(crate) fn new(visit: &'a Visit, profile: &'a Profile) -> Self {
        Self {
            visit,
            profile,
            effects: Effects::default(),
        }
    }

    /// The effects, to be handed to the store with the change.
    pub(crate) fn done(self) -> Effects {
        self.effects
    }

    /// A participant began an attempt.
    pub(crate) fn initialized(
        self,
        place: &Place<'_>,
        attempt: AttemptId,
        number: i64,
        now: DateTime<Utc>,
    ) -> Self {
        let own = self.visit.actor.clone();
        let event = self.event(attempt.0, own, self.visit.person, place, Some(number), now);
        self.stating(&Event {
            what: Happening::Initialized,
            ..event
        })
    }

    /// A tutor opened a further attempt for a participant.
    pub(crate) fn reopened(
        self,
        place: &Place<'_>,
        person: PersonId,
        participant: Account,
        attempt: AttemptId,
        number: i64,
        now: DateTime<Utc>,
    ) -> Self {
        let event = self.event(attempt.0, participant, person, place, Some(number), now);
        self.stating(&Event {
            what: Happening::Initialized,
            ..event
        })
    }

    /// A participant worked on a draft; `stages` of the six are filled.
    pub(crate) fn progressed(
        self,
        place: &Place<'_>,
        attempt: AttemptId,
        number: i64,
        revision: i64,
        percent: u8,
        now: DateTime<Utc>,
    ) -> Self {
        let own = self.visit.actor.clone();
        let id = Uuid::new_v5(&attempt.0, format!("revision {revision}").as_bytes());
        let event = self.event(id, own, self.visit.person, place, Some(number), now);
        self.stating(&Event {
            what: Happening::Progressed { percent },
            ..event
        })
    }

    /// A participant handed in.
    pub(crate) fn submitted(
        self,
        place: &Place<'_>,
        attempt: AttemptId,
        number: i64,
        now: DateTime<Utc>,
    ) -> Self {
        let own = self.visit.actor.clone();
        let event = self.event(attempt.0, own, self.visit.person, place, Some(number), now);
        self.stating(&Event {
            what: Happening::Submitted,
            ..event
        })
    }

    /// The person of the visit judged somebody's submission.
    pub(crate) fn assessed(
        self,
        place: &Place<'_>,
        judged: &Judged,
        role: ProgrammeRole,
        mark: Option<Mark>,
        now: DateTime<Utc>,
    ) -> Self {
        let own = self.visit.actor.clone();
        let event = self.event(
            judged.event,
            own,
            judged.person,
            place,
            Some(judged.number),
            now,
        );
        let what = Happening::Assessed {
            role: statement_role(role),
            participant: judged.participant.clone(),
            submission: statement_id(judged.attempt.0, Verb::Submitted, self.profile),
            score: mark.map(score),
        };
        self.stating(&Event { what, ..event })
    }

    /// A component's mark was released.
    pub(crate) fn scored(
        self,
        place: &Place<'_>,
        result: &ReleasedResult,
        mark: Mark,
        now: DateTime<Utc>,
    ) -> Self {
        let event = self.event(
            result.event,
            result.participant.clone(),
            result.person,
            place,
            result.number,
            now,
        );
        let what = Happening::Scored {
            score: score(mark),
            grade: result.grade.clone(),
            released_by: Some(self.visit.actor.clone()),
        };
        self.stating(&Event { what, ..event })
    }

    /// The module's outcome was released.
    pub(crate) fn settled(
        self,
        place: &Place<'_>,
        result: &ReleasedResult,
        passed: bool,
        mark: Option<Mark>,
        now: DateTime<Utc>,
    ) -> Self {
        let mut event = self.event(
            result.event,
            result.participant.clone(),
            result.person,
            place,
            None,
            now,
        );
        event.place.activity = None;
        event.place.strands = strands(&place.module.strands());
        let (score, grade) = (mark.map(score), result.grade.clone());
        let released_by = Some(self.visit.actor.clone());
        let what = if passed {
            Happening::Passed {
                score,
                grade,
                released_by,
            }
        } else {
            Happening::Failed {
                score,
                grade,
                released_by,
            }
        };
        self.stating(&Event { what, ..event })
    }

    /// An earlier statement no longer holds.
    pub(crate) fn voided(
        self,
        place: &Place<'_>,
        earlier: Uuid,
        verb: Verb,
        now: DateTime<Utc>,
    ) -> Self {
        let own = self.visit.actor.clone();
        let statement = statement_id(earlier, verb, self.profile);
        let mut event = self.event(statement, own, self.visit.person, place, None, now);
        event.registration = None;
        self.stating(&Event {
            what: Happening::Voided { statement },
            ..event
        })
    }

    /// A score goes to the gradebook.
    pub(crate) fn scoring(mut self, score: NewScore) -> Self {
        self.effects.scores.push(score);
        self
    }

    /// A line of the audit trail: who did what to which thing, with ids only.
    pub(crate) fn audited(self, action: &'static str, object: Uuid) -> Self {
        self.audited_with(action, object, serde_json::Value::Null)
    }

    /// A line of the audit trail with details; never names or what people wrote of each other.
    pub(crate) fn audited_with(
        mut self,
        action: &'static str,
        object: Uuid,
        details: serde_json::Value,
    ) -> Self {
        self.effects.audit.push(AuditEntry {
            actor: Some(self.visit.person),
            action: action.to_owned(),
            object_kind: action.split('.').next().unwrap_or(action).to_owned(),
            object: object.to_string(),
            details,
        });
        self
    }

    fn event(
        &self,
        id: Uuid,
        actor: Account,
        participant: PersonId,
        place: &Place<'_>,
        number: Option<i64>,
        time: DateTime<Utc>,
    ) -> Event {
        Event {
            id,
            time,
            actor,
            institution: self.visit.home_page.clone(),
            platform: self.visit.platform.clone(),
            language: LANGUAGE.to_owned(),
            registration: Some(registration(participant, place)),
            attempt: number.and_then(|number| u32::try_from(number).ok()),
            place: statement_place(place),
            what: Happening::Launched,
        }
    }

    fn stating(mut self, event: &Event) -> Self {
        match self
            .profile
            .statement(event, self.visit.statements.version())
        {
            Ok(statement) => {
                let statement = self.visit.statements.prepare(statement, event.time);
                self.effects.statements.push(statement);
            }
            // The values come from the catalogue and the configuration, which were checked; should
            // one slip through, the person's work must not fail for it.
            Err(error) => tracing::error!(%error, "a statement could not be composed"),
        }
        self
    }
}

/// A submission that is judged.
pub(crate) struct Judged {
    /// The judgement's event.
    pub(crate) event: Uuid,
    /// The attempt.
    pub(crate) attempt: AttemptId,
    /// Its number.
    pub(crate) number: i64,
    /// Whose it is.
    pub(crate) person: PersonId,
    /// Their account in statements.
    pub(crate) participant: Account,
}

/// A result that is released.
pub(crate) struct ReleasedResult {
    /// The release's event.
    pub(crate) event: Uuid,
    /// Whose it is.
    pub(crate) person: PersonId,
    /// Their account in statements.
    pub(crate) participant: Account,
    /// Which attempt, for a component.
    pub(crate) number: Option<i64>,
    /// The grade in the institution's words.
    pub(crate) grade: Option<String>,
}

/// The language of the catalogue and of the pages.
pub(crate) const LANGUAGE: &str = "en-GB";

/// The id of one person's run through one module: `context.registration` of its statements.
pub(crate) fn registration(person: PersonId, place: &Place<'_>) -> Uuid {
    let name = format!("{}/{}", place.programme.id, place.module.id);
    Uuid::new_v5(&person.0, name.as_bytes())
}

/// Where an activity stands, as statements say it.
pub(crate) fn statement_place(place: &Place<'_>) -> StatementPlace {
    StatementPlace {
        programme: Titled {
            id: place.programme.id.clone(),
            title: place.programme.title.clone(),
        },
        module: Some(Titled {
            id: place.module.id.clone(),
            title: place.module.title.clone(),
        }),
        activity: Some(ActivityRef {
            id: place.activity.id.clone(),
            title: place.activity.title.clone(),
            kind: activity_type(place.activity.kind),
        }),
        strands: strands(&place.activity.strands),
    }
}

fn strands(strands: &[Strand]) -> Vec<StatementStrand> {
    strands
        .iter()
        .map(|strand| StatementStrand {
            number: strand.number(),
            title: strand.title().to_owned(),
        })
        .collect()
}

fn activity_type(kind: ActivityKind) -> ActivityType {
    match kind {
        ActivityKind::ProfessionalScenario => ActivityType::ProfessionalScenario,
        ActivityKind::ProfessionalDialogue => ActivityType::Dialogue,
        ActivityKind::PeerObservation => ActivityType::PeerObservation,
        ActivityKind::PupilDataEnquiry => ActivityType::PupilDataEnquiry,
        ActivityKind::SharedLearning => ActivityType::Leadership,
        ActivityKind::AssessedSubmission => ActivityType::AssessedSubmission,
    }
}

fn statement_role(role: ProgrammeRole) -> Role {
    match role {
        ProgrammeRole::Participant => Role::Participant,
        ProgrammeRole::Coach => Role::Coach,
        ProgrammeRole::SecondMarker => Role::SecondMarker,
        ProgrammeRole::Moderator | ProgrammeRole::External => Role::Moderator,
        ProgrammeRole::Tutor | ProgrammeRole::ProgrammeLead => Role::Tutor,
    }
}

fn score(mark: Mark) -> Score {
    // A mark is at most 10000 hundredths by its type, and so is a score.
    Score::from_hundredths(mark.hundredths()).unwrap_or(Score::FULL)
}
