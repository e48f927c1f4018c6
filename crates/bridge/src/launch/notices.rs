//! Notices that a platform sends by itself: a course was copied, long before anybody opens a link
//! in it.
//!
//! Platform Notification Service 1.0.

use std::time::Duration;

use chrono::TimeDelta;
use mtl_lti::launch::{
    CONTEXT_COPY, Expectation, KeySet, KnownDeployments, LaunchRefusal, NoticeHandler, NoticePost,
    SCOPE_NOTICE_HANDLERS, SigningAlgorithm, UnverifiedIdToken, VerifiedLaunch, VerifiedNotice,
    verify_notice,
};
use mtl_lti_client::ServiceError;
use mtl_programme::{DeploymentId, InstitutionId};
use mtl_store::StoreError;
use mtl_store::launch::DueSubscription;
use mtl_store::natural_ids::context_id;
use url::Url;

use super::error::LaunchError;
use super::registrations::Known;
use crate::Bridge;

/// More notices than a platform sends at once.
const MOST_NOTICES: usize = 200;
/// How long a try may take before another may be made.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// The longest pause between two tries.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(12);
/// How long a service's address is known to be noted.
const NOTED: Duration = Duration::from_hours(12);
const MOST: u64 = 10_000;

/// Deployments whose service is noted, so that their launches write nothing more.
#[derive(Clone)]
pub(crate) struct NotedServices(moka::sync::Cache<DeploymentId, Url>);

impl NotedServices {
    pub(crate) fn new() -> Self {
        Self(
            moka::sync::Cache::builder()
                .max_capacity(MOST)
                .time_to_live(NOTED)
                .build(),
        )
    }
}

/// Why a notice was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// Not a list of signed notices.
    #[error("the post is not a list of notices")]
    Malformed,
    /// No registration for its issuer and audience.
    #[error("the notice is from no registered platform")]
    UnknownPlatform,
    /// Signature or claims.
    #[error("the notice: {0}")]
    Token(#[from] LaunchRefusal),
    /// The deployment is not registered.
    #[error("the notice is from a deployment that is not accepted")]
    UnknownDeployment,
    /// The platform's key set could not be had.
    #[error("the platform's key set: {0}")]
    KeySet(#[from] ServiceError),
    /// Registrations could not be read.
    #[error("registrations: {0}")]
    Registrations(#[from] LaunchError),
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
}

impl NoticeError {
    /// A stable name for logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "notice_malformed",
            Self::UnknownPlatform => "notice_platform_unknown",
            Self::Token(refusal) => refusal.code(),
            Self::UnknownDeployment => "notice_deployment_unknown",
            Self::KeySet(_) => "key_set_unavailable",
            Self::Registrations(error) => error.code(),
            Self::Store(error) => error.code(),
        }
    }

    /// Whether the platform should send it again.
    pub fn is_fault(&self) -> bool {
        matches!(
            self,
            Self::KeySet(_) | Self::Registrations(_) | Self::Store(_)
        )
    }
}

impl Bridge {
    /// Our address for notices.
    pub fn notices_url(&self) -> String {
        format!("{}lti/notices", self.tool_url().as_url())
    }

    /// Takes what a platform posts. Each notice stands on its own; the first that could not be taken
    /// is answered, after the others were.
    pub async fn receive_notices(&self, body: &[u8]) -> Result<(), NoticeError> {
        let post: NoticePost = serde_json::from_slice(body).map_err(|_| NoticeError::Malformed)?;
        if post.notices.len() > MOST_NOTICES {
            return Err(NoticeError::Malformed);
        }
        let mut answer = Ok(());
        for notice in &post.notices {
            let taken = Box::pin(self.receive_notice(&notice.jwt)).await;
            let outcome = taken.as_ref().map_or_else(NoticeError::code, |()| "taken");
            metrics::counter!("mtl_notices_total", "outcome" => outcome).increment(1);
            answer = answer.and(taken);
        }
        answer
    }

    async fn receive_notice(&self, token: &str) -> Result<(), NoticeError> {
        let unverified = UnverifiedIdToken::parse(token)?;
        let issuer = unverified.issuer().ok_or(NoticeError::UnknownPlatform)?;
        let audiences = unverified.audiences();
        let known = self
            .registrations_of(issuer)
            .await?
            .iter()
            .find(|known| audiences.contains(&known.row.client_id))
            .cloned()
            .ok_or(NoticeError::UnknownPlatform)?;
        let keys = self.platforms().key_sets().find(&known.jwks_url).await?;
        let notice = match self.verify_notice(&keys, &known, token) {
            Err(LaunchRefusal::UnknownKey) => {
                let keys = self.platforms().key_sets().refresh(&known.jwks_url).await?;
                self.verify_notice(&keys, &known, token)?
            }
            other => other?,
        };
        let deployment = known
            .deployments
            .iter()
            .find(|deployment| deployment.lms_deployment == notice.deployment_id())
            .ok_or(NoticeError::UnknownDeployment)?;
        if notice.kind() == CONTEXT_COPY {
            self.note_copied_course(deployment.institution, deployment.id, &notice)
                .await?;
        } else {
            tracing::info!(kind = notice.kind(), "a notice of another kind");
        }
        Ok(())
    }

    fn verify_notice(
        &self,
        keys: &KeySet,
        known: &Known,
        token: &str,
    ) -> Result<VerifiedNotice, LaunchRefusal> {
        let expected = Expectation {
            issuer: &known.row.issuer,
            client_id: &known.row.client_id,
            nonce: "",
            deployments: KnownDeployments::Any,
            tool_url: self.tool_url(),
            algorithms: SigningAlgorithm::ALL,
            now: self.now(),
            leeway: Expectation::LEEWAY,
            longest_launch: Expectation::LONGEST_LAUNCH,
        };
        verify_notice(UnverifiedIdToken::parse(token)?, keys, &expected)
    }

    async fn note_copied_course(
        &self,
        institution: InstitutionId,
        deployment: DeploymentId,
        notice: &VerifiedNotice,
    ) -> Result<(), NoticeError> {
        let Some(context) = notice.context() else {
            return Ok(());
        };
        let context = context_id(deployment, &context.id);
        let origins = notice.origin_contexts().to_vec();
        self.store()
            .note_context_origins(institution, deployment, context, origins)
            .await?;
        tracing::info!(%context, "a course was copied");
        Ok(())
    }

    /// A launch says where its deployment's notices are subscribed to: kept for the worker.
    pub(super) async fn note_notice_service(
        &self,
        known: &Known,
        launch: &VerifiedLaunch,
        institution: InstitutionId,
        deployment: DeploymentId,
    ) -> Result<(), StoreError> {
        let Some(service) = launch.notifications().filter(|service| {
            let granted = &service.scope;
            // A platform that lists no scopes grants them with the registration.
            let may = granted.is_empty() || granted.iter().any(|s| s == SCOPE_NOTICE_HANDLERS);
            may && service.sends(CONTEXT_COPY)
        }) else {
            return Ok(());
        };
        let url = &service.platform_notification_service_url;
        let noted = &self.noted_services().0;
        if noted.get(&deployment).as_ref() == Some(url) {
            return Ok(());
        }
        self.store()
            .note_notice_service(
                institution,
                known.row.id,
                deployment,
                url.as_str().to_owned(),
                self.now(),
            )
            .await?;
        noted.insert(deployment, url.clone());
        Ok(())
    }

    /// Subscribes to the notices that are to be subscribed to by now; answers how many tries it was.
    pub async fn subscribe_to_notices(&self) -> Result<usize, StoreError> {
        let mut tries = 0;
        while let Some(due) = self.store().claim_subscription(self.now(), LEASE).await? {
            tries += 1;
            let outcome = match self.try_subscription(&due).await {
                Ok(()) => Ok(self.now()),
                Err(error) => {
                    let code = error.code();
                    tracing::warn!(deployment = %due.deployment, code, "notices could not be subscribed to");
                    Err((code.to_owned(), self.now() + pause_after(due.tries)))
                }
            };
            self.store()
                .settle_subscription(due.deployment, outcome)
                .await?;
        }
        Ok(tries)
    }

    async fn try_subscription(&self, due: &DueSubscription) -> Result<(), ServiceError> {
        let known = self
            .registration(due.registration)
            .await
            .map_err(|_| ServiceError::unreadable("the registration"))?;
        let keys = self
            .own_keys()
            .await
            .map_err(|_| ServiceError::unreadable("the bridge's own keys"))?;
        let service = Url::parse(&due.service_url)
            .map_err(|_| ServiceError::unreadable("the address of the notification service"))?;
        let handler = NoticeHandler {
            notice_type: CONTEXT_COPY.to_owned(),
            handler: self.notices_url(),
        };
        self.platforms()
            .notice_handlers()
            .subscribe(&known.access(keys.signing), &service, &handler)
            .await
    }
}

/// Two minutes, then twice as long each time.
fn pause_after(tries: i64) -> TimeDelta {
    let doubled = u32::try_from(tries.clamp(0, 10)).unwrap_or(10);
    TimeDelta::minutes(1 << doubled).min(LONGEST_PAUSE)
}
