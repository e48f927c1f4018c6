//! Whether each platform answers: its key set, a token for each scope, its clock.

use mtl_lti_client::ServiceError;
use mtl_store::launch::Registration;
use url::Url;

use super::Finding;
use super::within::clock;
use crate::Bridge;
use crate::registering::scope_words;

impl Bridge {
    pub(super) async fn examine_platforms(&self) -> Vec<Finding> {
        let platforms = match self.list_platforms().await {
            Ok(platforms) => platforms,
            Err(error) => {
                return vec![Finding::broken(
                    "platforms",
                    error.to_string(),
                    "Look at the database.",
                )];
            }
        };
        if platforms.is_empty() {
            return vec![Finding::look(
                "platforms",
                "none is registered",
                "Make a registration address with `mtl-bridge platform register-url`.",
            )];
        }
        let mut findings = Vec::new();
        for platform in platforms {
            findings.extend(self.examine_platform(&platform).await);
        }
        if let Ok(waiting) = self.list_waiting().await
            && !waiting.is_empty()
        {
            findings.push(Finding::look(
                "deployments",
                format!("{} wait until somebody accepts them", waiting.len()),
                "See `mtl-bridge platform waiting`.",
            ));
        }
        findings
    }

    async fn examine_platform(&self, platform: &Registration) -> Vec<Finding> {
        let name = &platform.name;
        let mut findings = match self.check_services(platform.id).await {
            Ok(checks) => checks
                .into_iter()
                .map(|check| {
                    let service = match check.service.as_str() {
                        "keys" => "key set",
                        scope => scope_words(scope),
                    };
                    let subject = format!("{name}: {service}");
                    if check.passed {
                        Finding::good(subject, check.words)
                    } else {
                        // The words end with what to do.
                        let (found, advice) = check
                            .words
                            .split_once(". ")
                            .unwrap_or((&check.words, "Register the platform again."));
                        Finding::broken(subject, found, advice)
                    }
                })
                .collect(),
            Err(error) => vec![Finding::broken(
                name.clone(),
                error.to_string(),
                "Register the platform again.",
            )],
        };
        if let Some(date) = self.date_of(&platform.jwks_url).await {
            let seconds = (date - self.now()).num_seconds();
            findings.push(clock(&format!("{name}: clock"), seconds));
        }
        findings
    }

    /// The time that a platform's server says it is.
    async fn date_of(&self, address: &str) -> Option<chrono::DateTime<chrono::Utc>> {
        let address = Url::parse(address).ok()?;
        let answer: Result<_, ServiceError> = self.platforms().probe(&address).await;
        answer.ok()?.date
    }
}
