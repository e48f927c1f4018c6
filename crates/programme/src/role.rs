//! Roles in the programme and what each may do; the LMS's own roles are mapped to these elsewhere.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a person is in the programme, in one course or pairing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProgrammeRole {
    /// A practising teacher who studies for the award.
    Participant,
    /// An experienced colleague in the participant's school.
    Coach,
    /// The university's tutor.
    Tutor,
    /// Marks again without seeing the first judgement.
    SecondMarker,
    /// Settles judgements that differ.
    Moderator,
    /// The external examiner: reads a sample and changes nothing.
    External,
    /// Answers for the programme at one institution.
    ProgrammeLead,
}

impl ProgrammeRole {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::Participant,
        Self::Coach,
        Self::Tutor,
        Self::SecondMarker,
        Self::Moderator,
        Self::External,
        Self::ProgrammeLead,
    ];

    /// The stable name, as stored and as the custom parameter `mtl_role` writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Participant => "participant",
            Self::Coach => "coach",
            Self::Tutor => "tutor",
            Self::SecondMarker => "second-marker",
            Self::Moderator => "moderator",
            Self::External => "external",
            Self::ProgrammeLead => "programme-lead",
        }
    }

    /// The title shown to people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Participant => "Participant teacher",
            Self::Coach => "In-school coach",
            Self::Tutor => "University tutor",
            Self::SecondMarker => "Second marker",
            Self::Moderator => "Moderator",
            Self::External => "External examiner",
            Self::ProgrammeLead => "Programme lead",
        }
    }

    /// Whether the person does the activities and submits work of their own.
    pub const fn may_submit(self) -> bool {
        matches!(self, Self::Participant)
    }

    /// Whether the person may read other people's work at all. A coach reads only that of the
    /// participants paired with them, an external only what is in their sample.
    pub const fn may_read_others_work(self) -> bool {
        !matches!(self, Self::Participant)
    }

    /// Whether the person sees only people they are paired with.
    pub const fn sees_only_paired(self) -> bool {
        matches!(self, Self::Coach)
    }

    /// Whether the person sees only a sample that was drawn for them.
    pub const fn sees_only_sample(self) -> bool {
        matches!(self, Self::External)
    }

    /// Whether the person sees the whole cohort of a course.
    pub const fn may_see_cohort(self) -> bool {
        matches!(
            self,
            Self::Tutor | Self::SecondMarker | Self::Moderator | Self::ProgrammeLead
        )
    }

    /// Whether the person may record a judgement of submitted work.
    pub const fn may_judge(self) -> bool {
        matches!(
            self,
            Self::Coach | Self::Tutor | Self::SecondMarker | Self::Moderator
        )
    }

    /// Whether a judgement by this role of marked work must carry a mark: the university's markers
    /// answer for the mark, while a coach says whether the work holds in practice.
    pub const fn must_give_mark(self) -> bool {
        matches!(self, Self::Tutor | Self::SecondMarker | Self::Moderator)
    }

    /// Whether the person must not see other judgements before giving their own.
    pub const fn judges_blind(self) -> bool {
        matches!(self, Self::SecondMarker)
    }

    /// Whether the person may release a decision to the participant and the gradebook.
    pub const fn may_release(self) -> bool {
        matches!(self, Self::Tutor | Self::Moderator | Self::ProgrammeLead)
    }

    /// Whether the person may reopen referred work as a further attempt, or extend a date.
    pub const fn may_reopen(self) -> bool {
        matches!(self, Self::Tutor | Self::ProgrammeLead)
    }

    /// Whether the person may pair participants with coaches and tutors.
    pub const fn may_pair(self) -> bool {
        matches!(self, Self::Tutor | Self::ProgrammeLead)
    }

    /// Whether the person may choose which activity a link in a course leads to.
    pub const fn may_bind_link(self) -> bool {
        matches!(self, Self::Tutor | Self::ProgrammeLead)
    }

    /// Whether the person may import a catalogue, name markers and approve policies.
    pub const fn may_lead(self) -> bool {
        matches!(self, Self::ProgrammeLead)
    }
}

impl fmt::Display for ProgrammeRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ProgrammeRole {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == name)
            .ok_or_else(|| UnknownRole(name.to_owned()))
    }
}

/// A name that is no role of the programme.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(
    "There is no role {0:?}; the roles are participant, coach, tutor, second-marker, moderator, external and programme-lead."
)]
pub struct UnknownRole(pub String);

impl UnknownRole {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        "role_unknown"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_serde_and_lead_back() {
        for role in ProgrammeRole::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
            let json = serde_json::to_string(&role).unwrap();
            assert_eq!(json, format!("\"{role}\""));
        }
        assert!("teacher".parse::<ProgrammeRole>().is_err());
    }

    /// One row for each role: submits, judges, gives a mark, releases, reopens, pairs, leads.
    #[test]
    fn who_may_do_what() {
        let table: Vec<String> = ProgrammeRole::ALL
            .into_iter()
            .map(|role| {
                let letters = [
                    (role.may_submit(), 's'),
                    (role.may_judge(), 'j'),
                    (role.must_give_mark(), 'm'),
                    (role.may_release(), 'r'),
                    (role.may_reopen(), 'o'),
                    (role.may_pair(), 'p'),
                    (role.may_see_cohort(), 'c'),
                    (role.may_lead(), 'l'),
                ];
                let row: String = letters
                    .into_iter()
                    .map(|(may, letter)| if may { letter } else { '-' })
                    .collect();
                format!("{row} {role}")
            })
            .collect();
        assert_eq!(
            table,
            [
                "s------- participant",
                "-j------ coach",
                "-jmropc- tutor",
                "-jm---c- second-marker",
                "-jmr--c- moderator",
                "-------- external",
                "---ropcl programme-lead",
            ]
        );
    }
}
