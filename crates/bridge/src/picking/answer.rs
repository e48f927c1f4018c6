//! The signed answer to a picker's request, which the browser carries to the platform.

use std::collections::HashSet;

use mtl_lti::deep_linking::{ContentItem, DeepLinkingResponse};
use mtl_store::outbox::{AuditEntry, Effects};
use url::Url;

use super::item::{Target, content_item};
use super::{PickError, PickRules, PickedActivity};
use crate::Bridge;
use crate::launch::PickRequest;
use crate::secret::random_token;
use crate::visit::Visit;

/// What the browser posts to the platform, in the form field `JWT`.
#[derive(Clone)]
pub struct PickAnswer {
    /// Where to. Never log it: it may hold a session key of the platform.
    pub return_url: Url,
    /// The signed answer.
    pub token: String,
    /// How many activities it adds.
    pub added: usize,
}

impl std::fmt::Debug for PickAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PickAnswer")
            .field("added", &self.added)
            .finish_non_exhaustive()
    }
}

impl Bridge {
    /// Signs the answer; nothing picked is an answer without items, at which a platform closes its
    /// picker (Deep Linking 2.0, section 4.5).
    pub async fn answer_pick(
        &self,
        visit: &Visit,
        picked: &[PickedActivity],
    ) -> Result<PickAnswer, PickError> {
        let request = self.pick_request(visit)?;
        let known = self
            .registration(visit.registration)
            .await
            .map_err(PickError::Cached)?;
        let items = self.items_of(visit, request, picked, &known).await?;
        // One that another replica has just accepted is not in memory yet.
        let deployments = self.store().list_deployments(known.row.id).await?;
        let deployment = deployments
            .iter()
            .find(|deployment| deployment.id == visit.deployment)
            .map(|deployment| deployment.lms_deployment.as_str())
            .ok_or(PickError::NotPicking)?;
        let now = self.now();
        if !picked.is_empty() {
            self.record_pick(visit, picked).await?;
        }
        let keys = self.own_keys().await?;
        let token = DeepLinkingResponse {
            client_id: &known.row.client_id,
            issuer: &known.row.issuer,
            deployment_id: deployment,
            nonce: &random_token(),
            data: request.settings.data.as_deref(),
            items: &items,
            message: None,
            error_message: None,
            now,
        }
        .sign(&keys.signing)?;
        Ok(PickAnswer {
            return_url: request.settings.deep_link_return_url.clone(),
            token,
            added: items.len(),
        })
    }

    async fn items_of(
        &self,
        visit: &Visit,
        request: &PickRequest,
        picked: &[PickedActivity],
        known: &crate::launch::Known,
    ) -> Result<Vec<ContentItem>, PickError> {
        let rules = PickRules::of(&request.settings);
        let mut seen = HashSet::new();
        let picked: Vec<_> = picked
            .iter()
            .filter(|picked| seen.insert(&picked.key))
            .collect();
        if picked.is_empty() {
            return Ok(Vec::new());
        }
        if !rules.takes_activities {
            return Err(PickError::NothingAccepted);
        }
        if picked.len() > 1 && !rules.several {
            return Err(PickError::OnlyOne);
        }
        let context = self
            .store()
            .load_context(visit.institution, visit.context.id)
            .await?;
        let is_moodle = request.product.as_deref() == Some("moodle")
            || known.row.product.as_deref() == Some("moodle");
        let target = Target {
            settings: &request.settings,
            lms_context: &context.lms_context,
            // Moodle keeps `resourceId` and `tag` only for links of the tool itself, and makes a
            // link of any tool with a fitting address out of an item that names one.
            url: (!is_moodle)
                .then(|| Url::parse(self.launch_url()).ok())
                .flatten(),
        };
        picked
            .into_iter()
            .map(|picked| {
                let place = self
                    .catalogue()
                    .find(&picked.key)
                    .filter(|place| place.activity.kind.is_built())
                    .ok_or_else(|| PickError::Unavailable(picked.key.clone()))?;
                if let (Some(opens), Some(due)) = (picked.opens, picked.due)
                    && opens >= due
                {
                    return Err(PickError::OpensTooLate(picked.key.clone()));
                }
                Ok(content_item(&place, picked, &target))
            })
            .collect()
    }

    /// Who placed what where stays in the audit trail.
    async fn record_pick(&self, visit: &Visit, picked: &[PickedActivity]) -> Result<(), PickError> {
        let keys: Vec<String> = picked.iter().map(|picked| picked.key.to_string()).collect();
        let effects = Effects::audited(AuditEntry {
            actor: Some(visit.person),
            action: "activities.picked".to_owned(),
            object_kind: "course".to_owned(),
            object: visit.context.id.to_string(),
            details: serde_json::json!({ "activities": keys, "launch": visit.launch }),
        });
        let (institution, now) = (visit.institution, self.now());
        self.store()
            .write(move |tx| Box::pin(async move { effects.record(tx, institution, now).await }))
            .await?;
        Ok(())
    }
}
