//! Looks over a whole installation and says what to do: the public address, the clock, the database,
//! learning record stores, policies, platforms.

mod own_address;
mod platforms;
mod within;

use serde::Serialize;

use crate::Bridge;

/// How grave a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// All is well.
    Good,
    /// Works, but somebody should look at it.
    Look,
    /// Something does not work.
    Broken,
}

/// One thing that was looked at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// How grave.
    pub level: Level,
    /// What was looked at.
    pub subject: String,
    /// What was found.
    pub found: String,
    /// What to do, where there is something.
    pub advice: Option<String>,
}

impl Finding {
    fn good(subject: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            level: Level::Good,
            subject: subject.into(),
            found: found.into(),
            advice: None,
        }
    }

    fn look(
        subject: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Look,
            advice: Some(advice.into()),
            ..Self::good(subject, found)
        }
    }

    /// Something that does not work.
    pub fn broken(
        subject: impl Into<String>,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            level: Level::Broken,
            ..Self::look(subject, found, advice)
        }
    }
}

impl Bridge {
    /// Looks at everything. What cannot be looked at because something else is broken is left out.
    pub async fn examine(&self) -> Vec<Finding> {
        let mut findings = self.examine_database().await;
        if findings.iter().any(|found| found.level == Level::Broken) {
            return findings;
        }
        findings.extend(self.examine_own_address().await);
        findings.extend(self.examine_institutions().await);
        findings.extend(self.examine_platforms().await);
        findings.extend(self.examine_outbox().await);
        findings
    }
}
