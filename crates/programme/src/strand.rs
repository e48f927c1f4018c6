//! The four strands of the MTL; every activity carries at least one.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One of the four strands, serialised by its number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Strand {
    /// Strand 1.
    LearningEnvironments,
    /// Strand 2.
    ProfessionalLearning,
    /// Strand 3.
    PedagogicAwareness,
    /// Strand 4.
    WiderSchoolExperience,
}

impl Strand {
    /// All four, in order of their numbers.
    pub const ALL: [Self; 4] = [
        Self::LearningEnvironments,
        Self::ProfessionalLearning,
        Self::PedagogicAwareness,
        Self::WiderSchoolExperience,
    ];

    /// The number people know it by, 1 to 4.
    pub const fn number(self) -> u8 {
        match self {
            Self::LearningEnvironments => 1,
            Self::ProfessionalLearning => 2,
            Self::PedagogicAwareness => 3,
            Self::WiderSchoolExperience => 4,
        }
    }

    /// The strand with this number.
    pub fn find(number: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|strand| strand.number() == number)
    }

    /// The strand's full title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::LearningEnvironments => "Creating effective learning environments",
            Self::ProfessionalLearning => "Developing effective professional learning",
            Self::PedagogicAwareness => "Creating pedagogic awareness and effectiveness",
            Self::WiderSchoolExperience => "Developing wider school experience",
        }
    }

    /// A title for places where there is little room.
    pub const fn short_title(self) -> &'static str {
        match self {
            Self::LearningEnvironments => "Learning environments",
            Self::ProfessionalLearning => "Professional learning",
            Self::PedagogicAwareness => "Pedagogy",
            Self::WiderSchoolExperience => "Wider school",
        }
    }

    /// The stable name in URLs and statements.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LearningEnvironments => "learning-environments",
            Self::ProfessionalLearning => "professional-learning",
            Self::PedagogicAwareness => "pedagogic-awareness",
            Self::WiderSchoolExperience => "wider-school-experience",
        }
    }
}

impl fmt::Display for Strand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.title())
    }
}

impl From<Strand> for u8 {
    fn from(strand: Strand) -> Self {
        strand.number()
    }
}

impl TryFrom<u8> for Strand {
    type Error = UnknownStrand;

    fn try_from(number: u8) -> Result<Self, UnknownStrand> {
        Self::find(number).ok_or(UnknownStrand(number))
    }
}

/// A number that is no strand.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("There is no strand {0}; the strands are numbered 1 to 4.")]
pub struct UnknownStrand(pub u8);

impl UnknownStrand {
    /// A stable name for logs and answers.
    pub const fn code(self) -> &'static str {
        "strand_unknown"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_strands() {
        for (index, strand) in Strand::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(strand.number()), index + 1);
            assert_eq!(Strand::try_from(strand.number()), Ok(strand));
        }
        assert_eq!(Strand::try_from(0), Err(UnknownStrand(0)));
        assert_eq!(Strand::try_from(5), Err(UnknownStrand(5)));
        assert_eq!(serde_json::to_string(&Strand::ALL).unwrap(), "[1,2,3,4]");
    }
}
