//! The platform's answer: a signed token becomes a session, in one write.
//!
//! 1EdTech Security Framework 1.0, section 5.1.1.3; LTI Core 1.3, section 5.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_lti::MessageType;
use mtl_lti::launch::{
    Expectation, KeySet, KnownDeployments, LaunchRefusal, SigningAlgorithm, UnverifiedIdToken,
    VerifiedLaunch, verify_launch,
};
use mtl_lti::migration::OldIds;
use mtl_programme::{ActivityKey, DeploymentId, InstitutionId, LaunchId, RegistrationId};
use mtl_store::launch::{
    LaunchContext, LaunchLink, LaunchOutcome, LaunchPerson, LaunchWrite, NewSession,
};
use mtl_store::outbox::NewStatement;
use mtl_xapi::mtl::{Account, Event, Happening};
use std::time::Instant;
use url::Url;
use uuid::Uuid;

use super::details::LaunchDetails;
use super::due::due_of_link;
use super::error::{LaunchError, LaunchFailure};
use super::registrations::Known;
use super::state::LoginState;
use crate::Bridge;
use crate::effects::{LANGUAGE, registration, statement_place};
use crate::secret::{random_token, token_hash};
use crate::statement_sink::StatementSink;
use crate::visit::Standing;

/// How long a session lasts: a working day at a school, so that a draft begun in the morning can
/// be saved in the evening.
pub const SESSION_LIFETIME: TimeDelta = TimeDelta::hours(12);

/// What the platform posts.
#[derive(Clone, Debug)]
pub struct LaunchAnswer {
    /// The signed token.
    pub id_token: String,
    /// The state that the login sealed.
    pub state: String,
}

/// What shows that the answering browser is the one that began.
#[derive(Clone, Debug, Default)]
pub struct BrowserProof {
    /// From the launch's cookie.
    pub cookie_secret: Option<String>,
    /// From the platform's storage.
    pub storage_secret: Option<String>,
}

/// A launch that was let in.
#[derive(Clone, Debug)]
pub struct Launched {
    /// The launch.
    pub launch: LaunchId,
    /// For the session's cookie.
    pub session_token: String,
    /// When the session ends.
    pub expires_at: DateTime<Utc>,
    /// Which message it was.
    pub message: MessageType,
    /// The registration that verified it.
    pub(super) registration: RegistrationId,
    /// Origins that may show our pages in a frame.
    pub frame_ancestors: Vec<String>,
}

impl Bridge {
    /// Verifies the platform's answer and begins a session.
    pub async fn complete_launch(
        &self,
        answer: LaunchAnswer,
        proof: BrowserProof,
    ) -> Result<Launched, LaunchFailure> {
        let begun = Instant::now();
        let result = self.try_complete(answer, proof).await;
        let outcome = result
            .as_ref()
            .map_or_else(|failure| failure.error.code(), |_| "launched");
        metrics::counter!("mtl_launches_total", "outcome" => outcome).increment(1);
        metrics::histogram!("mtl_launch_seconds").record(begun.elapsed());
        result
    }

    async fn try_complete(
        &self,
        answer: LaunchAnswer,
        proof: BrowserProof,
    ) -> Result<Launched, LaunchFailure> {
        let state = self.open_state(&answer.state)?;
        if !state.is_proved_by(
            proof.cookie_secret.as_deref(),
            proof.storage_secret.as_deref(),
        ) {
            return Err(LaunchError::OtherBrowser.into());
        }
        let known = self
            .registration(state.registration)
            .await
            .map_err(LaunchError::Cached)?;
        let frame_ancestors = known.row.frame_origins.clone();
        let launch = match self.verify(&known, &answer.id_token, &state.nonce).await {
            Ok(launch) => launch,
            Err(error) => {
                let return_url = trusted_return_url(&error, &answer.id_token);
                return Err(LaunchFailure {
                    return_url,
                    frame_ancestors,
                    ..LaunchFailure::from(error)
                });
            }
        };
        let return_url = launch.presentation().and_then(|p| p.return_url.clone());
        match self.enter(&known, &launch).await {
            Ok(launched) => Ok(launched),
            Err(error) => Err(LaunchFailure {
                // This browser began the login, so it may know which launch came of it.
                entered: match error {
                    LaunchError::AlreadyUsed => self.find_entered(&state).await?,
                    _ => None,
                },
                return_url,
                frame_ancestors,
                ..LaunchFailure::from(error)
            }),
        }
    }

    /// What to say to a browser that posts an answer without the login's cookie: where it was let
    /// in with this answer before, and still has the session, that is a page gone back to or loaded
    /// again, and the launch goes on where it is. The answer itself is not accepted again.
    pub async fn find_repeated(
        &self,
        state: &str,
        session_token: &str,
    ) -> Result<Option<LaunchFailure>, LaunchError> {
        let Some(launch) = self.find_entered(&self.open_state(state)?).await? else {
            return Ok(None);
        };
        Ok(match self.load_visit(session_token, launch).await {
            Ok(visit) => Some(LaunchFailure {
                entered: Some(launch),
                frame_ancestors: visit.frame_ancestors.clone(),
                ..LaunchFailure::from(LaunchError::AlreadyUsed)
            }),
            Err(_) => None,
        })
    }

    async fn find_entered(&self, state: &LoginState) -> Result<Option<LaunchId>, LaunchError> {
        let nonce = state.nonce.clone();
        Ok(self.store().find_nonce(state.registration, nonce).await?)
    }

    /// Signature and claims. An unknown key makes the key set be fetched once more.
    async fn verify(
        &self,
        known: &Known,
        id_token: &str,
        nonce: &str,
    ) -> Result<VerifiedLaunch, LaunchError> {
        let keys = self.platforms().key_sets().find(&known.jwks_url).await?;
        match self.verify_with(&keys, known, id_token, nonce) {
            Err(LaunchRefusal::UnknownKey) => {
                let keys = self.platforms().key_sets().refresh(&known.jwks_url).await?;
                Ok(self.verify_with(&keys, known, id_token, nonce)?)
            }
            Err(LaunchRefusal::WrongNonce) => {
                // Another launch's nonce: it matters for the log whether that one was used.
                let token = UnverifiedIdToken::parse(id_token)?;
                let used = match token.nonce() {
                    Some(nonce) => self
                        .store()
                        .find_nonce(known.row.id, nonce.to_owned())
                        .await?
                        .is_some(),
                    None => false,
                };
                Err(if used {
                    LaunchError::NonceReused
                } else {
                    LaunchRefusal::WrongNonce.into()
                })
            }
            other => Ok(other?),
        }
    }

    fn verify_with(
        &self,
        keys: &KeySet,
        known: &Known,
        id_token: &str,
        nonce: &str,
    ) -> Result<VerifiedLaunch, LaunchRefusal> {
        let expected = Expectation {
            issuer: &known.row.issuer,
            client_id: &known.row.client_id,
            nonce,
            // Which ones are accepted is looked at once the token is verified.
            deployments: KnownDeployments::Any,
            tool_url: self.tool_url(),
            algorithms: SigningAlgorithm::ALL,
            now: self.now(),
            leeway: Expectation::LEEWAY,
            longest_launch: Expectation::LONGEST_LAUNCH,
        };
        verify_launch(UnverifiedIdToken::parse(id_token)?, keys, &expected)
    }

    async fn enter(&self, known: &Known, launch: &VerifiedLaunch) -> Result<Launched, LaunchError> {
        let details = LaunchDetails::of(launch)?;
        let (deployment, institution) = self.deployment_of(known, launch).await?;
        let old = self.old_ids(known, launch).await?;
        let (write, session_token) = self
            .prepare_write(known, launch, details, &old, deployment, institution)
            .await?;
        let id = write.launch;
        let expires_at = write.session.expires_at;
        // A mentor's claim and old ids change afterwards what the page must know.
        let first_visit = if launch.mentor_scope().is_none() && old == OldIds::default() {
            let session = token_hash(&session_token);
            Some(self.expected_visit(known, &write, session).await?)
        } else {
            None
        };
        let recorded = match self.store().record_launch(write).await? {
            LaunchOutcome::Recorded(recorded) => recorded,
            LaunchOutcome::NonceReplayed => return Err(LaunchError::AlreadyUsed),
        };
        // Both decide what somebody sees, so without them nobody is let in: a coach would go on
        // seeing people who are not theirs any more, and a participant would begin anew beside the
        // work that stands under their old ids. Opening the activity again tells both again.
        if let Some(scope) = launch.mentor_scope() {
            self.take_mentor_claim(known, institution, &recorded, scope)
                .await?;
        }
        self.take_over_old_ids(known, institution, deployment, &recorded, old)
            .await?;
        self.take_notes(known, launch, institution, deployment, &recorded)
            .await;
        if let Some(first_visit) = first_visit {
            self.first_visits().put(first_visit, &recorded);
        }
        let mut frame_ancestors = known.row.frame_origins.clone();
        let return_origin = launch
            .presentation()
            .and_then(|presentation| presentation.return_url.as_ref())
            .and_then(mtl_lti::url_rules::frame_origin);
        frame_ancestors.extend(return_origin);
        Ok(Launched {
            launch: id,
            session_token,
            expires_at,
            message: launch.message(),
            registration: known.row.id,
            frame_ancestors,
        })
    }

    async fn prepare_write(
        &self,
        known: &Known,
        launch: &VerifiedLaunch,
        details: Option<LaunchDetails>,
        old: &OldIds,
        deployment: DeploymentId,
        institution: InstitutionId,
    ) -> Result<(LaunchWrite, String), LaunchError> {
        let now = self.now();
        let id = LaunchId(Uuid::now_v7());
        let candidate_pseudonym = Uuid::new_v4();
        let session_token = random_token();
        let activity = self
            .activity_of_link(launch, old, institution, deployment)
            .await?;
        let roles: Vec<String> = launch
            .roles()
            .iter()
            .map(|role| role.as_uri().into_owned())
            .collect();
        let url = |url: &Url| url.as_str().to_owned();
        let ags = launch.ags();
        let link = launch.resource_link().map(|link| LaunchLink {
            id: link.id.clone(),
            title: link.title.clone(),
            activity: activity.brought.as_ref().map(ToString::to_string),
            line_item_url: ags.and_then(|ags| ags.lineitem.as_ref()).map(url),
            lineitems_url: ags.and_then(|ags| ags.lineitems.as_ref()).map(url),
            scopes: ags.map(|ags| ags.scope.clone()).unwrap_or_default(),
            memberships_url: launch.nrps().map(|nrps| url(&nrps.context_memberships_url)),
            due_at: due_of_link(launch),
        });
        let context = launch
            .context()
            .map_or_else(LaunchContext::default, |context| LaunchContext {
                id: context.id.clone(),
                title: context.title.clone(),
                label: context.label.clone(),
            });
        let statement = self
            .launched_statement(
                known,
                launch,
                institution,
                candidate_pseudonym,
                id,
                activity.opens,
            )
            .await?;
        let write = LaunchWrite {
            launch: id,
            institution,
            registration: known.row.id,
            deployment,
            nonce: launch.nonce().to_owned(),
            nonce_expires_at: launch.nonce_needed_until(),
            person: LaunchPerson {
                subject: launch.subject().to_owned(),
                name: launch.name(),
                given_name: launch.given_name().map(ToOwned::to_owned),
                family_name: launch.family_name().map(ToOwned::to_owned),
                email: launch.email().map(ToOwned::to_owned),
            },
            candidate_pseudonym,
            context,
            resource_link: link,
            role_kind: role_kind(Standing::of_roles(&roles)).to_owned(),
            roles,
            mentees: launch.mentees().to_vec(),
            message_type: launch.message().as_str().to_owned(),
            return_url: launch
                .presentation()
                .and_then(|p| p.return_url.as_ref())
                .map(url),
            locale: launch.locale().map(ToOwned::to_owned),
            details: details.as_ref().map(LaunchDetails::to_json).transpose()?,
            session: NewSession {
                token_hash: token_hash(&session_token).to_vec(),
                expires_at: now + SESSION_LIFETIME,
            },
            statement,
            now,
        };
        Ok((write, session_token))
    }

    /// The `launched` statement, about the activity that the link opens as far as it is known.
    async fn launched_statement(
        &self,
        known: &Known,
        launch: &VerifiedLaunch,
        institution: InstitutionId,
        candidate: Uuid,
        id: LaunchId,
        activity: Option<ActivityKey>,
    ) -> Result<Option<NewStatement>, LaunchError> {
        let Some(place) = activity.as_ref().and_then(|key| self.catalogue().find(key)) else {
            // A link that is not set up yet opens nothing that a statement could be about.
            return Ok(None);
        };
        let institution = self
            .institution(institution)
            .await
            .map_err(LaunchError::Cached)?;
        let sink = StatementSink::of(
            &institution.home_page,
            institution.lrs_endpoint.as_deref(),
            institution.lrs_version.as_deref(),
        );
        let name = match institution.actor_naming {
            mtl_store::launch::ActorNaming::Pseudonym => candidate.to_string(),
            mtl_store::launch::ActorNaming::PlatformUser => launch.subject().to_owned(),
        };
        let person =
            mtl_store::natural_ids::person_id(known.row.id, institution.id, launch.subject());
        let event = Event {
            id: id.0,
            time: self.now(),
            actor: Account {
                home_page: institution.home_page.clone(),
                name,
            },
            institution: institution.home_page.clone(),
            platform: known.row.name.clone(),
            language: LANGUAGE.to_owned(),
            registration: Some(registration(person, &place)),
            attempt: None,
            place: statement_place(&place),
            what: Happening::Launched,
        };
        match self.profile().statement(&event, sink.version()) {
            Ok(statement) => Ok(Some(sink.prepare(statement, event.time))),
            Err(error) => {
                tracing::error!(%error, "a statement could not be composed");
                Ok(None)
            }
        }
    }
}

/// Where the platform wants the person back, out of a token that was refused only after its
/// signature, issuer and audience had been verified.
fn trusted_return_url(error: &LaunchError, id_token: &str) -> Option<Url> {
    let trusted = match error {
        LaunchError::Token(refusal) => refusal.is_trusted(),
        LaunchError::NonceReused => true,
        _ => false,
    };
    if !trusted {
        return None;
    }
    UnverifiedIdToken::parse(id_token)
        .ok()?
        .return_url()
        .cloned()
}

fn role_kind(standing: Standing) -> &'static str {
    match standing {
        Standing { tutor: true, .. } => "tutor",
        Standing { lead: true, .. } => "programme-lead",
        Standing { coach: true, .. } => "coach",
        Standing {
            participant: true, ..
        } => "participant",
        _ => "none",
    }
}
