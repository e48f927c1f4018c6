//! Handing a launch over to a new tab, where the browser keeps our cookie: once, within a minute.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_programme::{LaunchId, RegistrationId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::complete::Launched;
use super::error::LaunchError;
use crate::Bridge;

/// How long a hand-over works.
const LIFETIME: TimeDelta = TimeDelta::seconds(60);

#[derive(Serialize, Deserialize)]
struct Sealed {
    id: Uuid,
    registration: RegistrationId,
    launch: LaunchId,
    session_token: String,
    session_end: DateTime<Utc>,
    until: DateTime<Utc>,
}

/// A launch that goes on in a new tab.
#[derive(Clone, Debug)]
pub struct HandedOver {
    /// The launch.
    pub launch: LaunchId,
    /// For the session's cookie.
    pub session_token: String,
    /// When the session ends.
    pub expires_at: DateTime<Utc>,
}

impl Bridge {
    /// A token for the address that is opened in the new tab.
    pub fn begin_handover(&self, launched: &Launched) -> Result<String, LaunchError> {
        let sealed = Sealed {
            id: Uuid::new_v4(),
            registration: launched.registration,
            launch: launched.launch,
            session_token: launched.session_token.clone(),
            session_end: launched.expires_at,
            until: self.now() + LIFETIME,
        };
        let message = serde_json::to_vec(&sealed)
            .map_err(|_| LaunchError::Internal("a hand-over could not be written"))?;
        self.handover_sealer()
            .seal(&message)
            .map_err(|_| LaunchError::Internal("a hand-over could not be sealed"))
    }

    /// Takes a launch over; each token works once.
    pub async fn complete_handover(&self, token: &str) -> Result<HandedOver, LaunchError> {
        let message = self
            .handover_sealer()
            .open(token)
            .map_err(|_| LaunchError::StateForged)?;
        let sealed: Sealed =
            serde_json::from_slice(&message).map_err(|_| LaunchError::StateForged)?;
        if self.now() > sealed.until {
            return Err(LaunchError::StateExpired);
        }
        let first = self
            .store()
            .spend_nonce(
                sealed.registration,
                format!("handover {}", sealed.id),
                sealed.launch,
                sealed.until,
            )
            .await?;
        if !first {
            return Err(LaunchError::AlreadyUsed);
        }
        Ok(HandedOver {
            launch: sealed.launch,
            session_token: sealed.session_token,
            expires_at: sealed.session_end,
        })
    }
}
