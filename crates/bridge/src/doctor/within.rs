//! What belongs to the installation itself: the database, institutions, what waits to go out.

use mtl_store::launch::Institution;
use url::Url;

use super::Finding;
use super::own_address::own_calls;
use crate::Bridge;

/// A clock that differs by more makes launches and tokens fail; by less, it is worth a look.
pub(super) const CLOCK_BROKEN_SECONDS: i64 = 50;
pub(super) const CLOCK_LOOK_SECONDS: i64 = 5;

impl Bridge {
    pub(super) async fn examine_database(&self) -> Vec<Finding> {
        const SUBJECT: &str = "database";
        if let Err(error) = self.store().ready().await {
            return vec![Finding::broken(
                SUBJECT,
                error.to_string(),
                "Look at database.url and the server, then run `mtl-bridge migrate`.",
            )];
        }
        let health = match self.store().health().await {
            Ok(health) => health,
            Err(error) => {
                return vec![Finding::broken(
                    SUBJECT,
                    error.to_string(),
                    "Look at the database’s own log.",
                )];
            }
        };
        let mut findings = vec![if health.not_durable.is_empty() {
            let found = format!("{}, schema current, commits are durable", health.version);
            Finding::good(SUBJECT, found)
        } else {
            Finding::look(
                SUBJECT,
                format!(
                    "{}: a commit may be lost when the machine stops ({})",
                    health.version,
                    health.not_durable.join(", ")
                ),
                "Set it back: marks and work must not be lost.",
            )
        }];
        let seconds = (health.now - self.now()).num_seconds();
        findings.push(clock("clock against the database", seconds));
        findings
    }

    pub(super) async fn examine_institutions(&self) -> Vec<Finding> {
        let institutions = match self.list_institutions().await {
            Ok(institutions) => institutions,
            Err(error) => {
                return vec![Finding::broken(
                    "institutions",
                    error.to_string(),
                    "Look at the database.",
                )];
            }
        };
        if institutions.is_empty() {
            return vec![Finding::look(
                "institutions",
                "there is none",
                "Add one with `mtl-bridge institution add`.",
            )];
        }
        let mut findings = Vec::new();
        for institution in institutions {
            findings.push(self.examine_policies(&institution).await);
            findings.push(examine_lrs(&institution).await);
        }
        findings
    }

    async fn examine_policies(&self, institution: &Institution) -> Finding {
        let slug = &institution.slug;
        let subject = format!("policy of {slug}");
        match self.store().list_policy_bindings(institution.id).await {
            Ok(bound) if bound.is_empty() => Finding::look(
                subject,
                "none is installed, so no module can be decided",
                format!("Install one with `mtl-bridge policy install {slug}`."),
            ),
            Ok(bound) => {
                let names: Vec<String> = bound
                    .iter()
                    .map(|one| format!("{} {}", one.name, one.version))
                    .collect();
                Finding::good(subject, names.join(", "))
            }
            Err(error) => Finding::broken(subject, error.to_string(), "Look at the database."),
        }
    }

    pub(super) async fn examine_outbox(&self) -> Vec<Finding> {
        let Ok(depth) = self.store().outbox_depth().await else {
            return Vec::new();
        };
        depth
            .into_iter()
            .map(|kind| {
                let subject = format!("{}s on their way", kind.kind.as_str());
                match kind.dead {
                    0 => Finding::good(subject, format!("{} wait", kind.pending)),
                    dead => Finding::look(
                        subject,
                        format!("{} wait, {dead} need a person", kind.pending),
                        "See why with `mtl-bridge deliveries list <institution> --state dead`.",
                    ),
                }
            })
            .collect()
    }
}

async fn examine_lrs(institution: &Institution) -> Finding {
    let subject = format!("learning record store of {}", institution.slug);
    let Some(endpoint) = &institution.lrs_endpoint else {
        return Finding::good(subject, "the embedded one");
    };
    let about = Url::parse(&format!("{}/about", endpoint.trim_end_matches('/')));
    let (Ok(about), Ok(calls)) = (about, own_calls()) else {
        return Finding::broken(
            subject,
            format!("{endpoint} is not an address"),
            "Set it anew.",
        );
    };
    match calls.probe(&about).await {
        // Some stores show even this to those with a key only; that they answer is enough.
        Ok(answer) if matches!(answer.status, 200 | 401 | 403) => {
            Finding::good(subject, format!("{endpoint} answers"))
        }
        Ok(answer) => Finding::broken(
            subject,
            format!("{about} answers with status {}", answer.status),
            "Look at the endpoint: it ends before /statements.",
        ),
        Err(error) => Finding::broken(
            subject,
            format!("{endpoint}: {error}"),
            "Look at its address and whether this machine may reach it. Statements wait until then.",
        ),
    }
}

/// How far another clock is ahead of ours.
pub(super) fn clock(subject: &str, seconds: i64) -> Finding {
    let found = match seconds {
        0 => "they agree".to_owned(),
        1.. => format!("it is {seconds} s ahead of this machine"),
        _ => format!("it is {} s behind this machine", -seconds),
    };
    let advice = "Keep both clocks right with NTP: tokens that are dated wrongly are refused.";
    match seconds.abs() {
        CLOCK_BROKEN_SECONDS.. => Finding::broken(subject, found, advice),
        CLOCK_LOOK_SECONDS.. => Finding::look(subject, found, advice),
        _ => Finding::good(subject, found),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_by_a_minute_is_broken() {
        for (seconds, level) in [
            (0, Level::Good),
            (-4, Level::Good),
            (5, Level::Look),
            (-49, Level::Look),
            (-50, Level::Broken),
            (3600, Level::Broken),
        ] {
            assert_eq!(clock("clock", seconds).level, level, "{seconds}");
        }
        assert!(clock("clock", -60).found.contains("60 s behind"));
    }
}
