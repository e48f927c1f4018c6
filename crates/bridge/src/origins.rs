//! Further origins of a platform: where its pages frame the bridge and its services may be.

use mtl_lti::url_rules::frame_origin;
use mtl_store::launch::Registration;
use url::Url;

use crate::Bridge;
use crate::institutions::SetupError;

impl Bridge {
    /// Adds the origin of an address to the registration of a client id (and issuer, where the client
    /// id alone is not enough). Running replicas follow within half a minute.
    pub async fn add_platform_origin(
        &self,
        client_id: &str,
        issuer: Option<&str>,
        address: &Url,
    ) -> Result<String, SetupError> {
        let origin = frame_origin(address)
            .filter(|_| address.has_host() && address.username().is_empty())
            .ok_or_else(|| SetupError::Field {
                field: "origin",
                fault: format!("{address} is not a web address"),
                mend: "write it as https://lms.example.ac.uk",
            })?;
        let registration = self.find_platform(client_id, issuer).await?;
        self.store()
            .add_registration_origin(registration.id, origin.clone())
            .await?;
        self.registrations().forget_all();
        Ok(origin)
    }

    /// The one platform with this client id, and this issuer where one is named.
    pub(crate) async fn find_platform(
        &self,
        client_id: &str,
        issuer: Option<&str>,
    ) -> Result<Registration, SetupError> {
        let mut found = self.list_platforms().await?;
        found.retain(|row| {
            row.client_id == client_id && issuer.is_none_or(|issuer| row.issuer == issuer)
        });
        match (found.pop(), found.is_empty()) {
            (Some(registration), true) => Ok(registration),
            (None, _) => Err(SetupError::Field {
                field: "client id",
                fault: format!("no platform has the client id {client_id:?}"),
                mend: "look at: mtl-bridge platform list",
            }),
            (Some(_), false) => Err(SetupError::Field {
                field: "client id",
                fault: format!("several platforms have the client id {client_id:?}"),
                mend: "name the issuer too, with --issuer",
            }),
        }
    }
}
