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

const TABLE: [Facts; 13] = [
    Facts {
        stage: Stage::Context,
        name: "setting",
        title: "Your setting",
        help: "The class, the school and what made you look more closely. Name no pupil, colleague or school.",
        max_chars: LONG,
        is_required: true,
    },
    Facts {
        stage: Stage::Context,
        name: "question",
        title: "Your question",
        help: "One question that you can work on in the time you have.",
        max_chars: SHORT,
        is_required: true,
    },
    Facts {
        stage: Stage::Plan,
        name: "actions",
        title: "What you will do",
        help: "The change, who is involved and when.",
        max_chars: LONG,
        is_required: true,
    },
    Facts {
        stage: Stage::Plan,
        name: "measures",
        title: "How you will know",
        help: "What you will look at before, during and after.",
        max_chars: MIDDLE,
        is_required: true,
    },
    Facts {
        stage: Stage::Plan,
        name: "ethics",
        title: "Care and consent",
        help: "Who agreed to what, who could be at a disadvantage, and how you keep pupils from being recognised.",
        max_chars: MIDDLE,
        is_required: true,
    },
    Facts {
        stage: Stage::Evidence,
        name: "account",
        title: "What happened",
        help: "Tell it from the evidence, and point to each file or link that shows it.",
        max_chars: LONG,
        is_required: true,
    },
    Facts {
        stage: Stage::Analysis,
        name: "theory",
        title: "The theory you draw on",
        help: "Name the ideas and the sources, and use them to read your evidence.",
        max_chars: LONG,
        is_required: true,
    },
    Facts {
        stage: Stage::Analysis,
        name: "practice-reply",
        title: "What practice says back",
        help: "Where your classroom bears the theory out, and where it does not.",
        max_chars: LONG,
        is_required: true,
    },
    Facts {
        stage: Stage::Analysis,
        name: "references",
        title: "References",
        help: "Every source that you name, in your university's style. They do not count towards the words.",
        max_chars: MIDDLE,
        is_required: true,
    },
    Facts {
        stage: Stage::Reflection,
        name: "learning",
        title: "What you have learned",
        help: "About your own practice, and about what you used to take for granted.",
        max_chars: LONG,
        is_required: true,
    },
    Facts {
        stage: Stage::Reflection,
        name: "next-steps",
        title: "What you will do next",
        help: "What you keep, change or stop, and the help you need for it.",
        max_chars: MIDDLE,
        is_required: false,
    },
    Facts {
        stage: Stage::Impact,
        name: "pupils",
        title: "What changed for pupils",
        help: "Which pupils, what you saw, and for whom nothing changed.",
        max_chars: LONG,
        is_required: true,
    },
    Facts {
        stage: Stage::Impact,
        name: "confidence",
        title: "How sure you are",
        help: "What else could explain it, and what would change your mind.",
        max_chars: MIDDLE,
        is_required: false,
    },
];

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

    /// The table has a row for every field, in their order: a test holds it to that.
    const fn facts(self) -> &'static Facts {
        &TABLE[self as usize]
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
            // serde knows the variant's name, so this also holds the table to their order.
            assert_eq!(field.as_str().parse(), Ok(field));
            assert_eq!(
                serde_json::to_string(&field).unwrap(),
                format!("\"{field}\"")
            );
            assert!(index == 0 || Field::ALL[index - 1] < field);
        }
    }
}
