//! An institution's platforms, each with the state of its services.

use chrono::{DateTime, Utc};
use mtl_programme::{InstitutionId, RegistrationId};
use mtl_store::launch::{Deployment, Registration};
use mtl_store::registering::{CheckRow, Invitation, PlatformUse, WaitingDeployment};

use super::{Admin, AdminError};
use crate::Bridge;
use crate::institutions::SetupError;

/// A platform with what is known of it.
#[derive(Clone, Debug)]
pub struct PlatformState {
    /// The registration.
    pub registration: Registration,
    /// The institution's deployments, each with its latest launch in the last month.
    pub deployments: Vec<(Deployment, Option<DateTime<Utc>>)>,
    /// What was delivered.
    pub used: PlatformUse,
    /// What the latest tests found.
    pub checks: Vec<CheckRow>,
    /// When the platform last gave a token, as far as this process knows.
    pub last_token_at: Option<DateTime<Utc>>,
    /// Deployments that wait here.
    pub waiting: Vec<WaitingDeployment>,
}

impl PlatformState {
    /// The latest launch from any deployment.
    pub fn last_launch_at(&self) -> Option<DateTime<Utc>> {
        self.deployments.iter().filter_map(|(_, at)| *at).max()
    }

    /// When the platform last gave a token: seen, tested, or shown by a score that it took.
    pub fn last_token(&self) -> Option<DateTime<Utc>> {
        let tested = self.checks.iter().filter(|check| {
            // Scopes are addresses; `keys` is not.
            check.passed && check.service.contains(':')
        });
        tested
            .map(|check| check.checked_at)
            .chain(self.last_token_at)
            .chain(self.used.last_score_at)
            .max()
    }
}

/// A deployment that waits at a shared registration.
#[derive(Clone, Debug)]
pub struct WaitingHere {
    /// The registration.
    pub registration: Registration,
    /// The deployment.
    pub waiting: WaitingDeployment,
}

impl Bridge {
    /// The platforms of an administrator's institution.
    pub async fn list_platform_states(
        &self,
        admin: &Admin,
    ) -> Result<Vec<PlatformState>, AdminError> {
        let institution = admin.institution.id;
        let waiting = self
            .store()
            .list_waiting_deployments(Some(institution))
            .await?;
        let mut states = Vec::new();
        for registration in self.store().list_registrations_of(institution).await? {
            states.push(self.state_of(institution, registration, &waiting).await?);
        }
        Ok(states)
    }

    /// One platform of an administrator's institution.
    pub async fn load_platform_state(
        &self,
        admin: &Admin,
        registration: RegistrationId,
    ) -> Result<PlatformState, AdminError> {
        let institution = admin.institution.id;
        let registration = self.platform_of(admin, registration).await?;
        let waiting = self
            .store()
            .list_waiting_deployments(Some(institution))
            .await?;
        self.state_of(institution, registration, &waiting).await
    }

    async fn state_of(
        &self,
        institution: InstitutionId,
        registration: Registration,
        waiting: &[WaitingDeployment],
    ) -> Result<PlatformState, AdminError> {
        let id = registration.id;
        let used = self.store().load_platform_use(institution, id).await?;
        let deployments = self.store().list_deployments(id).await?;
        let tokens = self.platforms().tokens();
        Ok(PlatformState {
            deployments: deployments
                .into_iter()
                .filter(|deployment| deployment.institution == institution)
                .map(|deployment| {
                    let launches = used.launches.iter();
                    let last = launches
                        .filter(|launch| launch.deployment == deployment.id)
                        .map(|launch| launch.last_launch_at)
                        .max();
                    (deployment, last)
                })
                .collect(),
            checks: self.store().list_checks(id).await?,
            last_token_at: tokens.last_fetched(&id.to_string()),
            waiting: waiting
                .iter()
                .filter(|one| one.registration == id)
                .cloned()
                .collect(),
            used,
            registration,
        })
    }

    /// The invitations that can still be used.
    pub async fn list_invitations(&self, admin: &Admin) -> Result<Vec<Invitation>, AdminError> {
        Ok(self
            .store()
            .list_open_invitations(admin.institution.id, self.now())
            .await?)
    }

    /// Tries the services of a platform of an administrator's institution.
    pub async fn test_platform(
        &self,
        admin: &Admin,
        registration: RegistrationId,
    ) -> Result<Vec<CheckRow>, AdminError> {
        let registration = self.platform_of(admin, registration).await?;
        self.check_services(registration.id).await
    }

    /// Accepts a deployment that waits at a registration of the administrator's own institution.
    pub async fn accept_waiting(
        &self,
        admin: &Admin,
        registration: RegistrationId,
        lms_deployment: &str,
    ) -> Result<(), AdminError> {
        let registration = self.platform_of(admin, registration).await?;
        // Whose a deployment of a shared registration is, no single institution may say.
        if registration.institution != Some(admin.institution.id) {
            return Err(AdminError::UnknownPlatform);
        }
        self.accept_deployment(
            registration.id,
            lms_deployment.to_owned(),
            admin.institution.id,
        )
        .await?;
        Ok(())
    }

    /// Gives a deployment that waits to an institution: an operator's decision.
    pub async fn accept_deployment(
        &self,
        registration: RegistrationId,
        lms_deployment: String,
        institution: InstitutionId,
    ) -> Result<(), SetupError> {
        self.store()
            .accept_deployment(registration, lms_deployment, institution, self.now())
            .await?;
        self.registrations().forget_all();
        Ok(())
    }

    /// Every deployment that waits, for an operator.
    pub async fn list_waiting(&self) -> Result<Vec<WaitingHere>, SetupError> {
        let registrations = self.store().list_registrations().await?;
        let mut all = self.store().list_waiting_deployments(None).await?;
        for institution in self.store().list_institutions().await? {
            let own = self.store().list_waiting_deployments(Some(institution.id));
            all.extend(own.await?);
        }
        Ok(all
            .into_iter()
            .filter_map(|waiting| {
                let found = registrations
                    .iter()
                    .find(|one| one.id == waiting.registration)?;
                Some(WaitingHere {
                    registration: found.clone(),
                    waiting,
                })
            })
            .collect())
    }

    async fn platform_of(
        &self,
        admin: &Admin,
        registration: RegistrationId,
    ) -> Result<Registration, AdminError> {
        let all = self
            .store()
            .list_registrations_of(admin.institution.id)
            .await?;
        all.into_iter()
            .find(|one| one.id == registration)
            .ok_or(AdminError::UnknownPlatform)
    }
}
