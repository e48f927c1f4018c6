//! Composes the statement of an event.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{
    Account, ActivityType, Event, Extension, Happening, Place, Profile, Role, Score, Verb,
    statement_id,
};
use crate::formats::render_timestamp;
use crate::{InvalidStatement, Statement, Version};

impl Happening {
    /// The verb of the statement.
    pub const fn verb(&self) -> Verb {
        match self {
            Self::Launched => Verb::Launched,
            Self::Initialized => Verb::Initialized,
            Self::Progressed { .. } => Verb::Progressed,
            Self::Submitted => Verb::Submitted,
            Self::Assessed { .. } => Verb::Assessed,
            Self::Scored { .. } => Verb::Scored,
            Self::Passed { .. } => Verb::Passed,
            Self::Failed { .. } => Verb::Failed,
            Self::Voided { .. } => Verb::Voided,
        }
    }
}

impl Profile {
    /// The statement of an event, in the shape of the receiving store's version.
    ///
    /// The same event gives the same bytes ([`Statement::to_json`]), whenever it is composed.
    /// Errors mean that the event has values which no statement can have, such as an institution
    /// whose IRI is none, or a language that is no language tag.
    pub fn statement(
        &self,
        event: &Event,
        version: Version,
    ) -> Result<Statement, InvalidStatement> {
        let verb = event.what.verb();
        let mut statement = json!({
            "id": statement_id(event.id, verb, self),
            "actor": event.actor.to_agent(),
            "verb": { "id": self.verb(verb), "display": { "en": verb.concept().label } },
            "object": self.object(event),
            "timestamp": render_timestamp(event.time),
            "context": self.context(event, version),
        });
        if let Some(result) = self.result(&event.what) {
            statement["result"] = result;
        }
        Statement::from_value(statement, version)
    }

    fn object(&self, event: &Event) -> Value {
        if let Happening::Voided { statement } = event.what {
            return json!({ "objectType": "StatementRef", "id": statement });
        }
        let place = &event.place;
        match (&place.activity, &place.module) {
            (Some(activity), _) => {
                let iri = place.iri(event, "activities", &activity.id);
                self.activity(&iri, activity.kind, &activity.title, &event.language)
            }
            (None, Some(_)) => self.module(event).unwrap_or_default(),
            (None, None) => self.programme(event),
        }
    }

    fn context(&self, event: &Event, version: Version) -> Value {
        let voiding = matches!(event.what, Happening::Voided { .. });
        let mut context = json!({
            "language": event.language,
            "contextActivities": {
                "category": [{ "objectType": "Activity", "id": self.iri() }],
            },
        });
        if let Some(registration) = event.registration {
            context["registration"] = json!(registration);
        }
        // A platform is allowed only where the object is an Activity (Data 2.4.6).
        if !voiding {
            context["platform"] = json!(event.platform);
            self.add_surroundings(event, &mut context["contextActivities"]);
        }
        let mut extensions = Map::new();
        if let Some(attempt) = event.attempt {
            extensions.insert(self.extension(Extension::Attempt), json!(attempt));
        }
        match &event.what {
            Happening::Assessed {
                role,
                participant,
                submission,
                ..
            } => {
                context["statement"] = json!({ "objectType": "StatementRef", "id": submission });
                extensions.insert(self.extension(Extension::Role), json!(self.role(*role)));
                match version {
                    Version::V1_0_3 => {
                        let name = self.extension(Extension::Participant);
                        extensions.insert(name, participant.to_agent());
                    }
                    Version::V2_0_0 => {
                        context["contextAgents"] =
                            json!([self.context_agent(participant, Role::Participant)]);
                    }
                }
            }
            Happening::Scored {
                released_by: Some(tutor),
                ..
            }
            | Happening::Passed {
                released_by: Some(tutor),
                ..
            }
            | Happening::Failed {
                released_by: Some(tutor),
                ..
            } => match version {
                Version::V1_0_3 => context["instructor"] = tutor.to_agent(),
                Version::V2_0_0 => {
                    context["contextAgents"] = json!([self.context_agent(tutor, Role::Tutor)]);
                }
            },
            _ => {}
        }
        if !extensions.is_empty() {
            context["extensions"] = Value::Object(extensions);
        }
        context
    }

    /// Parent: what contains the object. Grouping: the programme, then the strands by number.
    fn add_surroundings(&self, event: &Event, lists: &mut Value) {
        let place = &event.place;
        let programme = self.programme(event);
        let mut grouping = Vec::new();
        if let (Some(_), Some(module)) = (&place.activity, self.module(event)) {
            lists["parent"] = json!([module]);
        } else if place.activity.is_some() || place.module.is_some() {
            lists["parent"] = json!([programme]);
        }
        if place.activity.is_some() || place.module.is_some() {
            grouping.push(programme);
        }
        let mut strands: Vec<_> = place.strands.iter().collect();
        strands.sort();
        strands.dedup();
        grouping.extend(strands.into_iter().map(|strand| {
            let iri = self.strand(strand.number);
            self.activity(&iri, ActivityType::Strand, &strand.title, &event.language)
        }));
        if !grouping.is_empty() {
            lists["grouping"] = Value::Array(grouping);
        }
    }

    fn result(&self, what: &Happening) -> Option<Value> {
        match what {
            Happening::Progressed { percent } => Some(json!({
                "extensions": { self.extension(Extension::Progress): percent },
            })),
            Happening::Assessed { score, .. } => {
                score.map(|score| json!({ "score": score.to_json() }))
            }
            Happening::Scored { score, grade, .. } => {
                Some(self.outcome(None, Some(*score), grade.as_deref()))
            }
            Happening::Passed { score, grade, .. } => {
                Some(self.outcome(Some(true), *score, grade.as_deref()))
            }
            Happening::Failed { score, grade, .. } => {
                Some(self.outcome(Some(false), *score, grade.as_deref()))
            }
            _ => None,
        }
    }

    fn outcome(&self, success: Option<bool>, score: Option<Score>, grade: Option<&str>) -> Value {
        let mut result = json!({});
        if let Some(success) = success {
            result["success"] = json!(success);
        }
        if let Some(score) = score {
            result["score"] = score.to_json();
        }
        if let Some(grade) = grade {
            result["extensions"] = json!({ self.extension(Extension::Grade): grade });
        }
        result
    }

    fn context_agent(&self, account: &Account, role: Role) -> Value {
        json!({
            "objectType": "contextAgent",
            "agent": account.to_agent(),
            "relevantTypes": [self.role(role)],
        })
    }

    fn programme(&self, event: &Event) -> Value {
        let programme = &event.place.programme;
        let iri = event.place.programme_iri(event);
        self.activity(
            &iri,
            ActivityType::Programme,
            &programme.title,
            &event.language,
        )
    }

    fn module(&self, event: &Event) -> Option<Value> {
        let module = event.place.module.as_ref()?;
        let iri = event.place.iri(event, "modules", &module.id);
        Some(self.activity(&iri, ActivityType::Module, &module.title, &event.language))
    }

    fn activity(&self, iri: &str, kind: ActivityType, title: &str, language: &str) -> Value {
        json!({
            "objectType": "Activity",
            "id": iri,
            "definition": { "type": self.activity_type(kind), "name": { language: title } },
        })
    }
}

impl Place {
    fn programme_iri(&self, event: &Event) -> String {
        let institution = event.institution.trim_end_matches('/');
        format!(
            "{institution}/programmes/{}",
            path_segment(&self.programme.id)
        )
    }

    fn iri(&self, event: &Event, folder: &str, id: &str) -> String {
        format!(
            "{}/{folder}/{}",
            self.programme_iri(event),
            path_segment(id)
        )
    }
}

/// An id as one segment of a path: all but the unreserved characters of RFC 3986 is encoded.
fn path_segment(id: &str) -> String {
    let mut segment = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            segment.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(segment, "%{byte:02X}");
        }
    }
    segment
}
