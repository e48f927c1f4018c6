//! Who works with whom: pairings of participants with coaches and tutors, and where they come from.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::PersonId;
use crate::role::ProgrammeRole;

/// What a person is to a participant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartnerRole {
    /// The in-school coach.
    Coach,
    /// The university tutor.
    Tutor,
}

impl PartnerRole {
    /// The stable name, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Coach => "coach",
            Self::Tutor => "tutor",
        }
    }

    /// The role in the programme.
    pub const fn role(self) -> ProgrammeRole {
        match self {
            Self::Coach => ProgrammeRole::Coach,
            Self::Tutor => ProgrammeRole::Tutor,
        }
    }
}

/// Where a pairing comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PairingSource {
    /// The LMS said so in a launch: the claim `role_scope_mentor` (LTI Core 1.3, 5.4.3) names the
    /// participants of a mentor.
    LmsClaim,
    /// A tutor or programme lead made it here.
    Tutor,
}

impl PairingSource {
    /// The stable name, as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LmsClaim => "lms-claim",
            Self::Tutor => "tutor",
        }
    }

    /// What people read.
    pub const fn title(self) -> &'static str {
        match self {
            Self::LmsClaim => "from the learning environment",
            Self::Tutor => "made by a tutor",
        }
    }
}

/// One person works with one participant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Pairing {
    /// The participant.
    pub participant: PersonId,
    /// The coach or tutor.
    pub partner: PersonId,
    /// Which of the two.
    pub role: PartnerRole,
    /// Where it comes from.
    pub source: PairingSource,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// One participant's partners.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Partnership {
    /// The participant.
    pub participant: PersonId,
    /// The coaches, longest first.
    pub coaches: Vec<PersonId>,
    /// The tutors, longest first.
    pub tutors: Vec<PersonId>,
}

impl Partnership {
    /// Gathers a participant's partners; each person is named once, however often they are paired.
    pub fn of(participant: PersonId, pairings: &[Pairing]) -> Self {
        let partners = |role| {
            let mut paired: Vec<&Pairing> = pairings
                .iter()
                .filter(|pairing| pairing.participant == participant && pairing.role == role)
                .collect();
            paired.sort_by_key(|pairing| (pairing.since, pairing.partner));
            let mut people: Vec<PersonId> = Vec::new();
            for pairing in paired {
                if !people.contains(&pairing.partner) {
                    people.push(pairing.partner);
                }
            }
            people
        };
        Self {
            participant,
            coaches: partners(PartnerRole::Coach),
            tutors: partners(PartnerRole::Tutor),
        }
    }

    /// What is missing for the partnership to work, in words for a tutor.
    pub fn find_missing(&self) -> Option<&'static str> {
        match (self.coaches.is_empty(), self.tutors.is_empty()) {
            (true, true) => Some("no coach and no tutor yet"),
            (true, false) => Some("no coach yet"),
            (false, true) => Some("no tutor yet"),
            (false, false) => None,
        }
    }
}

/// What a launch with a mentor claim changes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PairingChanges {
    /// Participants to pair with the coach, from the claim.
    pub begin: Vec<PersonId>,
    /// Participants whose pairing from an earlier claim ends.
    pub end: Vec<PersonId>,
}

/// Holds a coach's pairings against the participants that the LMS now names. What a tutor paired
/// stays, whatever the LMS says; a claim that names nobody ends what earlier claims began, while a
/// launch without a claim says nothing at all and must not be asked about.
pub fn reconcile_claim(
    coach: PersonId,
    current: &[Pairing],
    claimed: &[PersonId],
) -> PairingChanges {
    let paired = |participant: PersonId, source: Option<PairingSource>| {
        current.iter().any(|pairing| {
            pairing.partner == coach
                && pairing.role == PartnerRole::Coach
                && pairing.participant == participant
                && source.is_none_or(|source| pairing.source == source)
        })
    };
    let mut changes = PairingChanges::default();
    for participant in claimed {
        // Nobody is their own coach, even where an LMS names everybody. What a tutor paired stays a
        // tutor's, so that no later claim ends it.
        if *participant != coach
            && !paired(*participant, None)
            && !changes.begin.contains(participant)
        {
            changes.begin.push(*participant);
        }
    }
    for pairing in current {
        if paired(pairing.participant, Some(PairingSource::LmsClaim))
            && !claimed.contains(&pairing.participant)
            && !changes.end.contains(&pairing.participant)
        {
            changes.end.push(pairing.participant);
        }
    }
    changes
}

macro_rules! names {
    ($type:ident, $what:literal, [$($variant:ident),*]) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $type {
            type Err = PairingNameError;

            fn from_str(name: &str) -> Result<Self, PairingNameError> {
                [$(Self::$variant),*]
                    .into_iter()
                    .find(|known| known.as_str() == name)
                    .ok_or_else(|| PairingNameError { what: $what, name: name.to_owned() })
            }
        }
    };
}

names!(PartnerRole, "partner role", [Coach, Tutor]);
names!(PairingSource, "source of pairings", [LmsClaim, Tutor]);

/// A stored name that means nothing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("There is no {what} {name:?}.")]
pub struct PairingNameError {
    what: &'static str,
    name: String,
}

impl PairingNameError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        "pairing_name"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn person(number: u128) -> PersonId {
        PersonId(Uuid::from_u128(number))
    }

    fn pairing(participant: u128, role: PartnerRole, source: PairingSource) -> Pairing {
        Pairing {
            participant: person(participant),
            partner: person(100),
            role,
            source,
            since: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_claim_adds_and_ends_only_what_claims_made() {
        use PairingSource::{LmsClaim, Tutor};
        let current = [
            pairing(1, PartnerRole::Coach, LmsClaim),
            pairing(2, PartnerRole::Coach, LmsClaim),
            pairing(3, PartnerRole::Coach, Tutor),
            pairing(4, PartnerRole::Tutor, Tutor),
        ];
        let claimed = [1, 3, 5, 5, 100].map(person);
        let changes = reconcile_claim(person(100), &current, &claimed);
        assert_eq!(changes.begin, [person(5)]);
        assert_eq!(changes.end, [person(2)]);
        let changes = reconcile_claim(person(100), &current, &[]);
        assert_eq!(changes.begin, []);
        assert_eq!(changes.end, [person(1), person(2)]);
        assert_eq!(
            reconcile_claim(person(7), &current, &[]),
            PairingChanges::default()
        );
    }

    #[test]
    fn a_partnership_names_each_person_once() {
        let mut pairings = vec![
            pairing(1, PartnerRole::Coach, PairingSource::LmsClaim),
            pairing(1, PartnerRole::Coach, PairingSource::Tutor),
        ];
        let partnership = Partnership::of(person(1), &pairings);
        assert_eq!(partnership.coaches, [person(100)]);
        assert_eq!(partnership.find_missing(), Some("no tutor yet"));
        pairings.push(pairing(1, PartnerRole::Tutor, PairingSource::Tutor));
        assert_eq!(Partnership::of(person(1), &pairings).find_missing(), None);
        assert_eq!(
            Partnership::of(person(2), &pairings).find_missing(),
            Some("no coach and no tutor yet")
        );
    }

    #[test]
    fn names_lead_back() {
        for role in [PartnerRole::Coach, PartnerRole::Tutor] {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        for source in [PairingSource::LmsClaim, PairingSource::Tutor] {
            assert_eq!(source.as_str().parse(), Ok(source));
        }
        assert!("friend".parse::<PartnerRole>().is_err());
    }
}
