//! Invitations: an address with a random token, of which only the hash is kept.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_programme::InstitutionId;
use mtl_store::registering::{Invitation, NewInvitation};
use url::Url;

use super::error::RegisterError;
use crate::Bridge;
use crate::institutions::SetupError;
use crate::secret::{random_token, token_hash};

/// How long an invitation works: long enough to reach another department.
pub const INVITATION_LIFETIME: TimeDelta = TimeDelta::days(7);

/// What an invitation is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct InvitationPlan {
    /// Several institutions will share the registration; each deployment is given to one by hand.
    pub shared: bool,
    /// New deployments wait until an administrator accepts them.
    pub ask_for_deployments: bool,
}

/// An invitation to give away. The address is shown this once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InvitationLink {
    /// The address to paste on the platform.
    pub url: Url,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// What the holder of an invitation may know of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invited {
    /// Who invites.
    pub institution: String,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
    /// The institution's time zone.
    pub time_zone: String,
}

impl Bridge {
    /// Makes an invitation for one platform.
    pub async fn invite_platform(
        &self,
        institution: InstitutionId,
        plan: InvitationPlan,
    ) -> Result<InvitationLink, SetupError> {
        let token = random_token();
        let now = self.now();
        let expires_at = now + INVITATION_LIFETIME;
        let new = NewInvitation {
            token_hash: token_hash(&token).to_vec(),
            institution,
            shared: plan.shared,
            allow_new_deployments: !plan.shared && !plan.ask_for_deployments,
            expires_at,
        };
        self.store().add_invitation(new, now).await?;
        let mut url = self.tool_url().as_url().clone();
        url.set_path(&format!("{}lti/register/{token}", url.path()));
        Ok(InvitationLink { url, expires_at })
    }

    /// Looks at an invitation that can still be used.
    pub async fn look_at_invitation(&self, token: &str) -> Result<Invited, RegisterError> {
        let invitation = self.open_invitation(token).await?;
        let institution = self
            .store()
            .load_institution(invitation.institution)
            .await?;
        Ok(Invited {
            institution: institution.name,
            expires_at: invitation.expires_at,
            time_zone: institution.time_zone,
        })
    }

    /// The invitation of a token, if it can still be used.
    pub(super) async fn open_invitation(&self, token: &str) -> Result<Invitation, RegisterError> {
        let found = self
            .store()
            .find_invitation(token_hash(token).to_vec())
            .await?
            .ok_or(RegisterError::UnknownInvitation)?;
        if found.used_at.is_some() {
            return Err(RegisterError::InvitationUsed);
        }
        if found.expires_at <= self.now() {
            return Err(RegisterError::InvitationExpired);
        }
        Ok(found)
    }
}
