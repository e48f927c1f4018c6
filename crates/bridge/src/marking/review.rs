//! A submission review: the platform sends somebody straight to one person's work.
//!
//! Submission Review 1.0, section 3. What they may see is what they may see anyway: the message only
//! chooses the page.

use mtl_programme::AttemptId;
use mtl_store::natural_ids::person_id;

use super::{MarkingError, Person};
use crate::Bridge;
use crate::visit::Visit;

/// Where a submission review leads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Review {
    /// To the person's own work.
    Own,
    /// To the newest attempt that was handed in.
    Submission(AttemptId),
    /// Nothing was handed in yet.
    Nothing {
        /// By whom.
        participant: Person,
        /// Whether there is a draft.
        has_begun: bool,
    },
    /// The person belongs to nobody's work in this course.
    UnknownPerson,
    /// The work is not for whoever looks: a coach sees their own participants, a participant
    /// themself.
    NotYours,
    /// The link has no activity yet, so it is nobody's work.
    NotSetUp,
}

impl Bridge {
    /// Where a review of the work of the platform's user leads the person of this visit.
    pub async fn find_review(&self, visit: &Visit, user_id: &str) -> Result<Review, MarkingError> {
        let Some(activity) = &visit.activity else {
            return Ok(Review::NotSetUp);
        };
        let participant = person_id(visit.registration, visit.institution, user_id);
        if participant == visit.person && visit.standing.participant {
            return Ok(Review::Own);
        }
        let sees_all = visit.standing.tutor || visit.standing.lead;
        if !sees_all && !self.is_paired(visit, participant).await? {
            return Ok(Review::NotYours);
        }
        let people = self.people_of(visit).await?;
        if !people.knows(participant) {
            return Ok(Review::UnknownPerson);
        }
        let attempts = self
            .store()
            .list_attempts(visit.institution, participant)
            .await?;
        let own = || {
            attempts.iter().filter(|row| {
                row.context == visit.context.id
                    && row.programme == activity.programme
                    && row.activity == activity.activity
            })
        };
        let newest = own()
            .filter(|row| row.submitted_at.is_some())
            .max_by_key(|row| row.number);
        Ok(match newest {
            Some(row) => Review::Submission(row.id),
            None => Review::Nothing {
                participant: Person {
                    id: participant,
                    name: people.name_of(participant),
                },
                has_begun: own().next().is_some(),
            },
        })
    }
}
