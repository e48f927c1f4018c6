//! `role_scope_mentor`: the platform says whose coach a person is (LTI Core 1.3, section 5.4.3).

use mtl_programme::partnership::{Pairing, PairingSource, PartnerRole, reconcile_claim};
use mtl_programme::{InstitutionId, PersonId};
use mtl_store::launch::RecordedLaunch;
use mtl_store::natural_ids::person_id;
use mtl_store::outbox::{AuditEntry, Effects};

use super::error::LaunchError;
use super::registrations::Known;
use crate::Bridge;

impl Bridge {
    /// Pairs a coach with the participants that the platform names, and ends the pairs that it
    /// named before and does not name any more. A tutor's pairs stay.
    ///
    /// What ends comes first, and must succeed. A new pair that could not be written keeps nobody
    /// out: its coach sees less for now, and the next launch names it again.
    pub(super) async fn take_mentor_claim(
        &self,
        known: &Known,
        institution: InstitutionId,
        coach: &RecordedLaunch,
        mentees: &[String],
    ) -> Result<(), LaunchError> {
        let now = self.now();
        let current: Vec<Pairing> = self
            .store()
            .list_pairings(institution, coach.context)
            .await?
            .into_iter()
            .map(|row| Pairing {
                participant: row.participant,
                partner: row.coach,
                role: PartnerRole::Coach,
                source: row.source.parse().unwrap_or(PairingSource::Tutor),
                since: row.paired_at,
            })
            .collect();
        let claimed: Vec<PersonId> = mentees
            .iter()
            .map(|subject| person_id(known.row.id, institution, subject))
            .collect();
        let changes = reconcile_claim(coach.person, &current, &claimed);
        let effects = |action: &str, participant: PersonId| {
            Effects::audited(AuditEntry {
                actor: None,
                action: action.to_owned(),
                object_kind: "pair".to_owned(),
                object: participant.to_string(),
                details: serde_json::json!({ "coach": coach.person, "source": "lms-claim" }),
            })
        };
        for participant in changes.end {
            let effects = effects("pair.ended", participant);
            self.store()
                .unpair(
                    institution,
                    coach.context,
                    participant,
                    coach.person,
                    now,
                    effects,
                )
                .await?;
        }
        for participant in changes.begin {
            let paired = self
                .store()
                .pair(
                    institution,
                    coach.context,
                    participant,
                    coach.person,
                    PairingSource::LmsClaim.as_str(),
                    coach.person,
                    now,
                    effects("pair.made", participant),
                )
                .await;
            if let Err(error) = paired {
                let code = error.code();
                tracing::warn!(coach = %coach.person, code, "a coach's pair was not written");
            }
        }
        Ok(())
    }
}
