//! The words of the MTL: verbs, types of activities, roles and extensions, each with its IRI, a
//! label and a definition. The published profile is made from these tables.

use serde::{Deserialize, Serialize};

use crate::formats::is_iri;

/// The grade as a string, a result extension of the recipes of Jisc.
pub const JISC_GRADE: &str = "http://xapi.jisc.ac.uk/grade";

/// A word of the vocabulary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Concept {
    /// A whole IRI where somebody has defined the word; else the end of one of ours, which begins
    /// with the profile's base.
    iri: &'static str,
    /// What people read, in English.
    pub label: &'static str,
    /// What it means, in English.
    pub definition: &'static str,
}

const fn concept(iri: &'static str, label: &'static str, definition: &'static str) -> Concept {
    Concept {
        iri,
        label,
        definition,
    }
}

impl Concept {
    /// Whether the word is our own, and not somebody else's.
    pub fn is_minted(&self) -> bool {
        !is_iri(self.iri)
    }
}

/// The verbs of the bridge's statements.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verb {
    /// Came from the platform.
    Launched,
    /// Began an attempt.
    Initialized,
    /// Finished a stage.
    Progressed,
    /// Handed work in.
    Submitted,
    /// Judged a submission.
    Assessed,
    /// Was given a mark.
    Scored,
    /// Passed a module.
    Passed,
    /// Failed a module.
    Failed,
    /// Took a statement back.
    Voided,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 9] = [
        Self::Launched,
        Self::Initialized,
        Self::Progressed,
        Self::Submitted,
        Self::Assessed,
        Self::Scored,
        Self::Passed,
        Self::Failed,
        Self::Voided,
    ];

    /// The verb's row of the table.
    pub const fn concept(self) -> Concept {
        match self {
            Self::Launched => concept(
                "http://adlnet.gov/expapi/verbs/launched",
                "launched",
                "A person opened the programme, a module or an activity from the learning platform.",
            ),
            Self::Initialized => concept(
                "http://adlnet.gov/expapi/verbs/initialized",
                "initialized",
                "A participant teacher began an attempt at an activity.",
            ),
            Self::Progressed => concept(
                "http://adlnet.gov/expapi/verbs/progressed",
                "progressed",
                "A participant teacher finished a stage of an activity.",
            ),
            Self::Submitted => concept(
                "https://w3id.org/xapi/dod-isd/verbs/submitted",
                "submitted",
                "A participant teacher handed in a frozen snapshot of an activity.",
            ),
            Self::Assessed => concept(
                "https://w3id.org/xapi/dod-isd/verbs/assessed",
                "assessed",
                "A coach or tutor judged a submission against its criteria.",
            ),
            Self::Scored => concept(
                "http://adlnet.gov/expapi/verbs/scored",
                "scored",
                "A participant teacher was given a mark, which has been released.",
            ),
            Self::Passed => concept(
                "http://adlnet.gov/expapi/verbs/passed",
                "passed",
                "A participant teacher passed a module by a decision that has been released.",
            ),
            Self::Failed => concept(
                "http://adlnet.gov/expapi/verbs/failed",
                "failed",
                "A participant teacher failed a module by a decision that has been released.",
            ),
            Self::Voided => concept(
                crate::VOIDED,
                "voided",
                "An earlier statement was corrected and no longer holds.",
            ),
        }
    }
}

/// The types of what statements are about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityType {
    /// A whole programme that leads to an award.
    Programme,
    /// A module.
    Module,
    /// A strand that runs through the programme.
    Strand,
    /// Work on a question from one's own practice.
    ProfessionalScenario,
    /// Dialogue about passages of the work.
    Dialogue,
    /// Observation of teaching, with feedback and agreed actions.
    PeerObservation,
    /// Comparison of pupils' data before and after.
    PupilDataEnquiry,
    /// Something led with other professionals.
    Leadership,
    /// Pieces gathered for marking.
    AssessedSubmission,
}

impl ActivityType {
    /// Every type.
    pub const ALL: [Self; 9] = [
        Self::Programme,
        Self::Module,
        Self::Strand,
        Self::ProfessionalScenario,
        Self::Dialogue,
        Self::PeerObservation,
        Self::PupilDataEnquiry,
        Self::Leadership,
        Self::AssessedSubmission,
    ];

    /// The type's row of the table.
    pub const fn concept(self) -> Concept {
        match self {
            Self::Programme => concept(
                "http://adlnet.gov/expapi/activities/course",
                "programme",
                "A programme of study that leads to an award.",
            ),
            Self::Module => concept(
                "http://adlnet.gov/expapi/activities/module",
                "module",
                "A part of the programme that carries credit.",
            ),
            Self::Strand => concept(
                "activity-types/strand",
                "strand",
                "A theme of professional learning that runs through the programme.",
            ),
            Self::ProfessionalScenario => concept(
                "activity-types/professional-scenario",
                "professional scenario",
                "Work on a question from the participant teacher's own practice: plan, evidence, \
                 analysis, reflection and impact on pupils.",
            ),
            Self::Dialogue => concept(
                "http://id.tincanapi.com/activitytype/discussion",
                "critical professional dialogue",
                "Dialogue between participant teacher, coach and tutor about passages of the work.",
            ),
            Self::PeerObservation => concept(
                "activity-types/peer-observation",
                "peer observation",
                "Observation of teaching with an agreed focus, feedback and agreed actions.",
            ),
            Self::PupilDataEnquiry => concept(
                "activity-types/pupil-data-enquiry",
                "pupil-data enquiry",
                "Comparison of a class's data before and after a change of practice.",
            ),
            Self::Leadership => concept(
                "activity-types/leadership-and-shared-learning",
                "leadership and shared learning",
                "An event led with other professionals in and beyond the school.",
            ),
            Self::AssessedSubmission => concept(
                "http://adlnet.gov/expapi/activities/assessment",
                "assessed submission",
                "Frozen pieces of other activities, gathered for marking against criteria.",
            ),
        }
    }
}

/// As what a person takes part.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The participant teacher.
    Participant,
    /// The in-school coach.
    Coach,
    /// The university tutor.
    Tutor,
    /// A second marker.
    SecondMarker,
    /// A moderator.
    Moderator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Participant,
        Self::Coach,
        Self::Tutor,
        Self::SecondMarker,
        Self::Moderator,
    ];

    /// The role's row of the table.
    pub const fn concept(self) -> Concept {
        match self {
            Self::Participant => concept(
                "roles/participant",
                "participant teacher",
                "The teacher who studies.",
            ),
            Self::Coach => concept(
                "roles/coach",
                "in-school coach",
                "The colleague in school who coaches.",
            ),
            Self::Tutor => concept(
                "roles/tutor",
                "university tutor",
                "The tutor of the university.",
            ),
            Self::SecondMarker => concept(
                "roles/second-marker",
                "second marker",
                "The marker who judges again without sight of the first judgement.",
            ),
            Self::Moderator => concept(
                "roles/moderator",
                "moderator",
                "The person who compares and settles judgements.",
            ),
        }
    }
}

/// What statements carry beyond the specification's own properties.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Extension {
    /// Of a context: which attempt at the activity, from 1.
    Attempt,
    /// Of a context: the IRI of the actor's role.
    Role,
    /// Of a context, before 2.0: the account of the participant whose work was judged.
    Participant,
    /// Of a result: how much is done, 0 to 100.
    Progress,
    /// Of a result: the grade in the institution's own words.
    Grade,
}

impl Extension {
    /// Every extension.
    pub const ALL: [Self; 5] = [
        Self::Attempt,
        Self::Role,
        Self::Participant,
        Self::Progress,
        Self::Grade,
    ];

    /// The extension's row of the table.
    pub const fn concept(self) -> Concept {
        match self {
            Self::Attempt => concept(
                "extensions/attempt",
                "attempt",
                "The number of the attempt at the activity, from 1.",
            ),
            Self::Role => concept("extensions/role", "role", "The IRI of the actor's role."),
            Self::Participant => concept(
                "extensions/participant",
                "participant",
                "The Agent whose work was judged.",
            ),
            Self::Progress => concept(
                "https://w3id.org/xapi/cmi5/result/extensions/progress",
                "progress",
                "How much of the activity is done, from 0 to 100.",
            ),
            Self::Grade => concept(
                JISC_GRADE,
                "grade",
                "The grade in the institution's own words.",
            ),
        }
    }
}

/// The MTL profile under its base: turns words into IRIs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    base: String,
}

/// A base that is no IRI.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "the base of the MTL profile must be an IRI, such as https://mtl.example.ac.uk/xapi/profile"
)]
pub struct InvalidBase;

impl Profile {
    /// The profile under `base`, an IRI that also names the profile itself. A slash at its end
    /// makes no difference.
    pub fn new(base: &str) -> Result<Self, InvalidBase> {
        let base = base.trim_end_matches('/');
        if is_iri(base) && !base.contains(['?', '#']) {
            Ok(Self {
                base: base.to_owned(),
            })
        } else {
            Err(InvalidBase)
        }
    }

    /// The IRI of the profile, which every statement carries as its category.
    pub fn iri(&self) -> &str {
        &self.base
    }

    /// The IRI of a word.
    pub fn concept(&self, concept: &Concept) -> String {
        if concept.is_minted() {
            format!("{}/{}", self.base, concept.iri)
        } else {
            concept.iri.to_owned()
        }
    }

    /// The IRI of a verb.
    pub fn verb(&self, verb: Verb) -> String {
        self.concept(&verb.concept())
    }

    /// The IRI of a type of activity.
    pub fn activity_type(&self, kind: ActivityType) -> String {
        self.concept(&kind.concept())
    }

    /// The IRI of a role.
    pub fn role(&self, role: Role) -> String {
        self.concept(&role.concept())
    }

    /// The IRI of an extension.
    pub fn extension(&self, extension: Extension) -> String {
        self.concept(&extension.concept())
    }

    /// The IRI of a strand.
    pub fn strand(&self, number: u8) -> String {
        format!("{}/strands/{number}", self.base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_word_has_its_own_iri() {
        let profile = Profile::new("https://mtl.example.ac.uk/xapi/profile/").unwrap();
        let concepts: Vec<Concept> = (Verb::ALL.iter().map(|verb| verb.concept()))
            .chain(ActivityType::ALL.iter().map(|kind| kind.concept()))
            .chain(Role::ALL.iter().map(|role| role.concept()))
            .chain(Extension::ALL.iter().map(|extension| extension.concept()))
            .collect();
        let iris: BTreeSet<String> = concepts.iter().map(|c| profile.concept(c)).collect();
        assert_eq!(iris.len(), concepts.len());
        assert!(iris.iter().all(|iri| is_iri(iri)));
        assert!(
            concepts
                .iter()
                .all(|c| !c.label.is_empty() && c.definition.ends_with('.'))
        );
        assert_eq!(
            profile.role(Role::Coach),
            "https://mtl.example.ac.uk/xapi/profile/roles/coach"
        );
    }

    #[test]
    fn a_base_is_an_iri() {
        for base in ["", "mtl", "/xapi", "https://x.org/a b", "https://x.org/?q"] {
            assert_eq!(Profile::new(base), Err(InvalidBase), "{base}");
        }
    }
}
