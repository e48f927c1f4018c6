//! Tries a platform's services now, and says in words what came of it and what to do.

use mtl_lti_client::ServiceError;
use mtl_programme::RegistrationId;
use mtl_store::launch::Registration;
use mtl_store::registering::CheckRow;

use crate::Bridge;
use crate::administration::AdminError;
use crate::registering::{FURTHER_SCOPES, USED_SCOPES};

impl Bridge {
    /// Fetches a platform's key set and a token for each scope, and keeps the outcome for the
    /// administration's pages.
    pub async fn check_services(
        &self,
        registration: RegistrationId,
    ) -> Result<Vec<CheckRow>, AdminError> {
        let known = self
            .registration(registration)
            .await
            .map_err(|_| AdminError::UnknownPlatform)?;
        let checked_at = self.now();
        let row = |service: &str, outcome: Result<String, String>| CheckRow {
            service: service.to_owned(),
            passed: outcome.is_ok(),
            words: outcome.unwrap_or_else(|words| words),
            checked_at,
        };
        let keys = match self.platforms().key_sets().refresh(&known.jwks_url).await {
            Ok(keys) if keys.is_empty() => {
                Err("It holds no key that MTL Bridge can use (RSA or P-256).".to_owned())
            }
            Ok(keys) => Ok(match keys.len() {
                1 => "It answers with one key.".to_owned(),
                more => format!("It answers with {more} keys."),
            }),
            Err(error) => Err(in_words(&error)),
        };
        let mut rows = vec![row("keys", keys)];
        let signing = match self.own_keys().await {
            Ok(keys) => keys.signing,
            Err(error) => {
                rows.push(row("token", Err(format!("{error}."))));
                return Ok(rows);
            }
        };
        let access = known.access(signing);
        for scope in scopes_to_try(&known.row) {
            let outcome = self
                .platforms()
                .tokens()
                .try_access(&access, &[scope])
                .await;
            rows.push(row(
                scope,
                match outcome {
                    Ok(_) => Ok("The platform gives a token.".to_owned()),
                    Err(error) => Err(in_words(&error)),
                },
            ));
        }
        self.store()
            .record_checks(registration, rows.clone())
            .await?;
        Ok(rows)
    }
}

/// What was granted where that is known, else what every platform should grant.
fn scopes_to_try(registration: &Registration) -> Vec<&'static str> {
    let Some(granted) = &registration.scopes else {
        return USED_SCOPES.to_vec();
    };
    let is_granted = |scope: &&str| granted.iter().any(|one| one == scope);
    USED_SCOPES
        .into_iter()
        .chain(FURTHER_SCOPES)
        .filter(is_granted)
        .collect()
}

/// What happened, and what to do about it.
fn in_words(error: &ServiceError) -> String {
    let advice = match error.code() {
        "token_invalid_client" | "token_refused" => {
            "Check on the platform that the client ID is the one registered here, that the tool is \
             switched on, and that its public keyset URL is ours and can be reached from there."
        }
        "token_invalid_scope" => "Grant it in the tool’s settings on the platform.",
        "address_private" | "address_loopback" => {
            "If that is where the platform is, allow it in the configuration under outbound."
        }
        "address_not_https" | "address_has_user" | "address_without_host" | "address_reserved" => {
            "Register the platform again with its right addresses."
        }
        "platform_unreachable" => {
            "Check that the address is right, and that this machine may reach it."
        }
        "platform_failing" | "platform_busy" => "Try again in a few minutes.",
        "platform_refused" => "Check that the address is the platform’s own.",
        _ => "Register the platform again, or ask whoever runs it.",
    };
    let mut words = error.to_string();
    if let Some(first) = words.get(..1) {
        let first = first.to_uppercase();
        words.replace_range(..1, &first);
    }
    format!("{}. {advice}", words.trim_end_matches('.'))
}
