//! The texts of a scenario: which stage each belongs to, what it is called and how long it may be.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Stage;

/// One text of a scenario. The order is the order on the page and in a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// The class, the school, and why this matters now.
    Setting,
    /// The question itself.
    Question,
    /// What will be done, with whom and when.
    Actions,
    /// What will be looked at to know whether it worked.
    Measures,
    /// Consent, safeguarding and fairness.
    Ethics,
    /// What happened, told from the evidence.
    Account,
    /// The theory and research that the work draws on.
    Theory,
    /// What practice says back to that theory.
    PracticeReply,
    /// The list of sources; not counted as words of the work.
    References,
    /// What the teacher learned about their own practice.
    Learning,
    /// What the teacher will do next.
    NextSteps,
    /// What changed for pupils.
    Pupils,
    /// How the teacher knows, and what else could explain it.
    Confidence,
}

struct Facts {
    stage: Stage,
    name: &'static str,
    title: &'static str,
    help: &'static str,
    max_chars: usize,
    is_required: bool,
}

const LONG: usize = 20_000;
const MIDDLE: usize = 8_000;
const SHORT: usize = 1_000;

impl Field {
    /// Every field in order.
    pub const ALL: [Self; 13] = [
        Self::Setting,
        Self::Question,
        Self::Actions,
        Self::Measures,
        Self::Ethics,
        Self::Account,
        Self::Theory,
        Self::PracticeReply,
        Self::References,
        Self::Learning,
        Self::NextSteps,
        Self::Pupils,
        Self::Confidence,
    ];

    const fn facts(self) -> Facts {
        let (stage, name, title, help, max_chars, is_required) = match self {
            Self::Setting => (
                Stage::Context,
                "setting",
                "Your setting",
                "The class, the school and what made you look more closely. Name no pupil, colleague or school.",
                LONG,
                true,
            ),
            Self::Question => (
                Stage::Context,
                "question",
                "Your question",
                "One question that you can work on in the time you have.",
                SHORT,
                true,
            ),
            Self::Actions => (
                Stage::Plan,
                "actions",
                "What you will do",
                "The change, who is involved and when.",
                LONG,
                true,
            ),
            Self::Measures => (
                Stage::Plan,
                "measures",
                "How you will know",
                "What you will look at before, during and after.",
                MIDDLE,
                true,
            ),
            Self::Ethics => (
                Stage::Plan,
                "ethics",
                "Care and consent",
                "Who agreed to what, who could be at a disadvantage, and how you keep pupils from being recognised.",
                MIDDLE,
                true,
            ),
            Self::Account => (
                Stage::Evidence,
                "account",
                "What happened",
                "Tell it from the evidence, and point to each file or link that shows it.",
                LONG,
                true,
            ),
            Self::Theory => (
                Stage::Analysis,
                "theory",
                "The theory you draw on",
                "Name the ideas and the sources, and use them to read your evidence.",
                LONG,
                true,
            ),
            Self::PracticeReply => (
                Stage::Analysis,
                "practice-reply",
                "What practice says back",
                "Where your classroom bears the theory out, and where it does not.",
                LONG,
                true,
            ),
            Self::References => (
                Stage::Analysis,
                "references",
                "References",
                "Every source that you name, in your university's style. They do not count towards the words.",
                MIDDLE,
                true,
            ),
            Self::Learning => (
                Stage::Reflection,
                "learning",
                "What you have learned",
                "About your own practice, and about what you used to take for granted.",
                LONG,
                true,
            ),
            Self::NextSteps => (
                Stage::Reflection,
                "next-steps",
                "What you will do next",
                "What you keep, change or stop, and the help you need for it.",
                MIDDLE,
                false,
            ),
            Self::Pupils => (
                Stage::Impact,
                "pupils",
                "What changed for pupils",
                "Which pupils, what you saw, and for whom nothing changed.",
                LONG,
                true,
            ),
            Self::Confidence => (
                Stage::Impact,
                "confidence",
                "How sure you are",
                "What else could explain it, and what would change your mind.",
                MIDDLE,
                false,
            ),
        };
        Facts {
            stage,
            name,
            title,
            help,
            max_chars,
            is_required,
        }
    }

    /// The stage on whose page the text stands.
    pub const fn stage(self) -> Stage {
        self.facts().stage
    }

    /// The stable name in forms, stored drafts and snapshots.
    pub const fn as_str(self) -> &'static str {
        self.facts().name
    }

    /// The label shown to people.
    pub const fn title(self) -> &'static str {
        self.facts().title
    }

    /// One sentence of help that every scenario shows; the catalogue's prompt comes above it.
    pub const fn help(self) -> &'static str {
        self.facts().help
    }

    /// The longest text that is accepted, in characters.
    pub const fn max_chars(self) -> usize {
        self.facts().max_chars
    }

    /// Whether the work cannot be submitted without it.
    pub const fn is_required(self) -> bool {
        self.facts().is_required
    }

    /// Whether its words count towards the length of the work.
    pub const fn counts_words(self) -> bool {
        !matches!(self, Self::References)
    }

    /// The fields of one stage, in order.
    pub fn of_stage(stage: Stage) -> impl Iterator<Item = Self> {
        Self::ALL
            .into_iter()
            .filter(move |field| field.stage() == stage)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(name: &str) -> Result<Self, UnknownField> {
        Self::ALL
            .into_iter()
            .find(|field| field.as_str() == name)
            .ok_or_else(|| UnknownField(name.to_owned()))
    }
}

/// A name that is no text of a scenario.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("A professional scenario has no text called {0:?}.")]
pub struct UnknownField(pub String);

impl UnknownField {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        "scenario_field_unknown"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_has_a_required_text_and_names_are_those_of_serde() {
        for stage in Stage::ALL {
            assert!(Field::of_stage(stage).any(Field::is_required), "{stage}");
        }
        for (index, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field.as_str().parse(), Ok(field));
            assert_eq!(
                serde_json::to_string(&field).unwrap(),
                format!("\"{field}\"")
            );
            assert!(index == 0 || Field::ALL[index - 1] < field);
        }
    }
}
