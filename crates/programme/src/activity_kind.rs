//! The six kinds of activity, and which of them people can already use.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a participant does in an activity. Each kind has its own page, states and statements.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityKind {
    /// A question from one's own practice, followed from plan to impact.
    ProfessionalScenario,
    /// Participant, coach and tutor talk about passages of the participant's work.
    ProfessionalDialogue,
    /// An observed lesson with an agreed focus and agreed actions.
    PeerObservation,
    /// A class table examined before and after a change.
    PupilDataEnquiry,
    /// Something led with other professionals, in and beyond the school.
    SharedLearning,
    /// Frozen pieces of the other kinds, gathered for marking.
    AssessedSubmission,
}

impl ActivityKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::ProfessionalScenario,
        Self::ProfessionalDialogue,
        Self::PeerObservation,
        Self::PupilDataEnquiry,
        Self::SharedLearning,
        Self::AssessedSubmission,
    ];

    /// The stable name in catalogues, URLs and statements.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProfessionalScenario => "professional-scenario",
            Self::ProfessionalDialogue => "professional-dialogue",
            Self::PeerObservation => "peer-observation",
            Self::PupilDataEnquiry => "pupil-data-enquiry",
            Self::SharedLearning => "shared-learning",
            Self::AssessedSubmission => "assessed-submission",
        }
    }

    /// The title shown to people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ProfessionalScenario => "Professional scenario",
            Self::ProfessionalDialogue => "Critical professional dialogue",
            Self::PeerObservation => "Peer observation",
            Self::PupilDataEnquiry => "Pupil-data enquiry",
            Self::SharedLearning => "Leadership and shared learning",
            Self::AssessedSubmission => "Assessed submission",
        }
    }

    /// One sentence that tells a teacher what the kind is.
    pub const fn description(self) -> &'static str {
        match self {
            Self::ProfessionalScenario => {
                "You take a question from your own classroom, plan a change, gather evidence, and say what theory and practice have to say to each other about it."
            }
            Self::ProfessionalDialogue => {
                "You, your coach and your tutor discuss passages of your work, and you record what you believe about teaching so that you can see it change."
            }
            Self::PeerObservation => {
                "A colleague watches you teach with a focus that you both agreed, and you settle together what to do next."
            }
            Self::PupilDataEnquiry => {
                "You compare a class before and after a change, with the size of the difference and how sure you can be of it."
            }
            Self::SharedLearning => {
                "You lead a piece of learning for other professionals, and a partner confirms what you contributed."
            }
            Self::AssessedSubmission => {
                "You gather finished pieces of your work and introduce them with a commentary, for marking against the criteria."
            }
        }
    }

    /// Whether people can do activities of this kind in this version. The others are listed, and
    /// their page says that they are not there yet.
    pub const fn is_built(self) -> bool {
        matches!(self, Self::ProfessionalScenario)
    }

    /// The stages that a catalogue may write a prompt for, in order.
    pub const fn stages(self) -> &'static [KindStage] {
        match self {
            Self::ProfessionalScenario => SCENARIO,
            Self::ProfessionalDialogue => DIALOGUE,
            Self::PeerObservation => OBSERVATION,
            Self::PupilDataEnquiry => PUPIL_DATA,
            Self::SharedLearning => SHARED_LEARNING,
            Self::AssessedSubmission => SUBMISSION,
        }
    }
}

/// A stage of an activity as catalogues and pages name it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KindStage {
    /// The stable name: the key of the prompt in the catalogue.
    pub id: &'static str,
    /// The title shown to people.
    pub title: &'static str,
}

const fn stage(id: &'static str, title: &'static str) -> KindStage {
    KindStage { id, title }
}

const SCENARIO: &[KindStage] = &[
    stage("context", "Context and question"),
    stage("plan", "Plan"),
    stage("evidence", "Evidence"),
    stage("analysis", "Analysis"),
    stage("reflection", "Reflection"),
    stage("impact", "Impact on pupils"),
];
const DIALOGUE: &[KindStage] = &[
    stage("stance", "Where you stand"),
    stage("opening", "Opening the conversation"),
    stage("response", "Answering each other"),
    stage("looking-back", "Looking back"),
];
const OBSERVATION: &[KindStage] = &[
    stage("focus", "Agreed focus"),
    stage("notes", "Notes against time"),
    stage("conversation", "Feedback conversation"),
    stage("actions", "Agreed actions"),
];
const PUPIL_DATA: &[KindStage] = &[
    stage("question", "Question"),
    stage("table", "Class table"),
    stage("comparison", "Before and after"),
    stage("interpretation", "What it means"),
];
const SHARED_LEARNING: &[KindStage] = &[
    stage("purpose", "Purpose"),
    stage("partners", "Partners"),
    stage("contribution", "Your contribution"),
    stage("confirmation", "Confirmation by a partner"),
    stage("change", "What changed"),
];
const SUBMISSION: &[KindStage] = &[
    stage("selection", "Selection"),
    stage("commentary", "Commentary"),
    stage("declaration", "Declaration"),
];

impl fmt::Display for ActivityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ActivityKind {
    type Err = UnknownActivityKind;

    fn from_str(name: &str) -> Result<Self, UnknownActivityKind> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| UnknownActivityKind(name.to_owned()))
    }
}

/// A name that is no kind of activity.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("There is no kind of activity called {0:?}.")]
pub struct UnknownActivityKind(pub String);

impl UnknownActivityKind {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        "activity_kind_unknown"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Stage;

    #[test]
    fn names_are_those_of_serde_and_lead_back() {
        for kind in ActivityKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            let json = serde_json::to_string(&kind).unwrap();
            assert_eq!(json, format!("\"{kind}\""));
            assert!(kind.description().ends_with('.'));
        }
        assert!("essay".parse::<ActivityKind>().is_err());
    }

    #[test]
    fn says_honestly_what_is_built() {
        let built: Vec<_> = ActivityKind::ALL
            .into_iter()
            .filter(|kind| kind.is_built())
            .collect();
        assert_eq!(built, [ActivityKind::ProfessionalScenario]);
    }

    #[test]
    fn scenario_stages_are_those_of_the_scenario() {
        let listed: Vec<_> = ActivityKind::ProfessionalScenario
            .stages()
            .iter()
            .map(|stage| (stage.id, stage.title))
            .collect();
        let known: Vec<_> = Stage::ALL
            .into_iter()
            .map(|stage| (stage.as_str(), stage.title()))
            .collect();
        assert_eq!(listed, known);
    }
}
