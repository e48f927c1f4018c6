//! The six stages of a professional scenario, in the order in which a teacher meets them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One stage of a professional scenario.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The class, the school and the question that comes from them.
    Context,
    /// What will be tried, what will count as evidence, and who is protected how.
    Plan,
    /// What was seen and gathered: text, files and links.
    Evidence,
    /// The theory that the work draws on, and what practice says back to it.
    Analysis,
    /// What the teacher has learned and will do differently.
    Reflection,
    /// What changed for pupils.
    Impact,
}

impl Stage {
    /// Every stage in order.
    pub const ALL: [Self; 6] = [
        Self::Context,
        Self::Plan,
        Self::Evidence,
        Self::Analysis,
        Self::Reflection,
        Self::Impact,
    ];

    /// The stable name in URLs, catalogues and stored drafts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::Plan => "plan",
            Self::Evidence => "evidence",
            Self::Analysis => "analysis",
            Self::Reflection => "reflection",
            Self::Impact => "impact",
        }
    }

    /// The title shown to people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Context => "Context and question",
            Self::Plan => "Plan",
            Self::Evidence => "Evidence",
            Self::Analysis => "Analysis",
            Self::Reflection => "Reflection",
            Self::Impact => "Impact on pupils",
        }
    }

    /// The place of the stage, 1 to 6.
    pub const fn number(self) -> u8 {
        match self {
            Self::Context => 1,
            Self::Plan => 2,
            Self::Evidence => 3,
            Self::Analysis => 4,
            Self::Reflection => 5,
            Self::Impact => 6,
        }
    }

    /// The stage that comes next, if there is one.
    pub fn next(self) -> Option<Self> {
        let next = self.number() + 1;
        Self::ALL.into_iter().find(|stage| stage.number() == next)
    }

    /// The stage that comes before, if there is one.
    pub fn previous(self) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.number() + 1 == self.number())
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Stage {
    type Err = UnknownStage;

    fn from_str(name: &str) -> Result<Self, UnknownStage> {
        Self::ALL
            .into_iter()
            .find(|stage| stage.as_str() == name)
            .ok_or_else(|| UnknownStage(name.to_owned()))
    }
}

/// A name that is no stage.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("A professional scenario has no stage called {0:?}.")]
pub struct UnknownStage(pub String);

impl UnknownStage {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        "stage_unknown"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_follow_one_another() {
        let mut stage = Stage::Context;
        for expected in &Stage::ALL[1..] {
            let next = stage.next().unwrap();
            assert_eq!(next, *expected);
            assert_eq!(next.previous(), Some(stage));
            assert_eq!(next.as_str().parse(), Ok(next));
            stage = next;
        }
        assert_eq!(stage.next(), None);
        assert_eq!(Stage::Context.previous(), None);
        assert!("theory".parse::<Stage>().is_err());
    }
}
