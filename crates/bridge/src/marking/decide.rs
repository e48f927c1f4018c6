//! Asking the policy, and keeping what it said with the receipt.

use mtl_policy::{CheckedSettings, CompiledPolicy, Undecided};
use mtl_programme::{DecisionId, InstitutionId, PersonId};
use mtl_store::work::{BoundPolicy, NewDecision};
use std::time::Instant;
use uuid::Uuid;

use super::MarkingError;
use super::module_work::{Clockwork, gather};
use crate::Bridge;
use crate::visit::Visit;

impl Bridge {
    /// Lets the institution's policy decide a participant's module. Whatever comes out is kept:
    /// a decision, or the reason why there is none.
    pub async fn decide_module(
        &self,
        visit: &Visit,
        person: PersonId,
        programme: &str,
        module: &str,
    ) -> Result<DecisionId, MarkingError> {
        if !self.role_towards(visit, person).await?.may_release() {
            return Err(MarkingError::NotAllowed);
        }
        let (programme, module) = self
            .catalogue()
            .find_module(programme, module)
            .ok_or(MarkingError::NotFound)?;
        let bound = self
            .store()
            .find_bound_policy(visit.institution, &programme.id, &module.id)
            .await?
            .ok_or(MarkingError::NoPolicy)?;
        let now = self.now();
        let attempts = self
            .store()
            .list_attempts(visit.institution, person)
            .await?;
        let attempts: Vec<_> = attempts
            .into_iter()
            .filter(|row| row.programme == programme.id && row.context == visit.context.id)
            .collect();
        let judgements = self
            .store()
            .list_judgements(visit.institution, person)
            .await?;
        let time = Clockwork {
            now,
            zone: visit.time_zone,
            cohort_start: visit.context.cohort_start(visit.time_zone),
        };
        let work = gather(module, person, &attempts, &judgements, &time)?;
        let (policy, settings) = self.load_policy(visit.institution, &bound).await?;
        let begun = Instant::now();
        let answer = self
            .policies()
            .decide_module(&policy, &work, &settings)
            .await;
        metrics::histogram!("mtl_decision_seconds").record(begun.elapsed());
        let outcome = answer.as_ref().map_or_else(Undecided::code, |_| "decided");
        metrics::counter!("mtl_decisions_total", "outcome" => outcome).increment(1);
        let id = DecisionId(Uuid::now_v7());
        let (decision, failure, receipt) = match answer {
            Ok(decided) => (
                Some(serde_json::to_string(&decided.decision)?),
                None,
                decided.receipt,
            ),
            Err(undecided) => {
                let code = undecided.code();
                tracing::warn!(code, failure = %undecided.failure, "the policy gave no decision");
                (
                    None,
                    Some(undecided.failure.to_string()),
                    *undecided.receipt,
                )
            }
        };
        self.store()
            .record_decision(
                visit.institution,
                NewDecision {
                    id,
                    person,
                    context: visit.context.id,
                    programme: programme.id.clone(),
                    module: module.id.clone(),
                    decision,
                    failure,
                    receipt: Some(serde_json::to_string(&receipt)?),
                    policy_digest: bound.digest,
                    decided_by: visit.person,
                    decided_at: now,
                },
                self.effects(visit).audited("decision.made", id.0).done(),
            )
            .await?;
        Ok(id)
    }

    /// The compiled policy, from the cache or from the store, and its settings.
    pub(crate) async fn load_policy(
        &self,
        institution: InstitutionId,
        bound: &BoundPolicy,
    ) -> Result<(CompiledPolicy, CheckedSettings), MarkingError> {
        let policy = if let Some(policy) = self.policies().find_compiled(&bound.digest) {
            policy
        } else {
            let component = self
                .store()
                .find_policy_component(institution, &bound.digest)
                .await?
                .ok_or(MarkingError::NoPolicy)?;
            self.policies()
                .compile(component)
                .await
                .map_err(MarkingError::Policy)?
        };
        let settings: serde_json::Value = serde_json::from_str(&bound.settings)?;
        let settings = policy
            .check_settings(&settings)
            .map_err(MarkingError::Settings)?;
        Ok((policy, settings))
    }
}
