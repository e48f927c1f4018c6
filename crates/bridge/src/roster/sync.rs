//! Reads a course's list from its platform and keeps it. Nothing is taken from a list that was not
//! read to its end, nor from one that names nobody.

use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mtl_lti::nrps::{Member, MembershipFilter, MembershipStatus};
use mtl_lti_client::{PlatformAccess, Roster, ServiceError};
use mtl_programme::{ContextId, InstitutionId, RegistrationId};
use mtl_store::StoreError;
use mtl_store::roster::{ListedPerson, RosterRow, RosterWrite};
use url::Url;

use super::problem::RosterProblem;
use crate::Bridge;

/// After so long the whole list is read, even where the platform tells differences.
const WHOLE_EVERY: TimeDelta = TimeDelta::hours(24);
/// How often the worker has the list of a course read.
const READ_EVERY: TimeDelta = TimeDelta::hours(6);
/// Courses from which nobody came for so long are left alone.
const IN_USE: TimeDelta = TimeDelta::days(30);
/// How often the worker looks, and how many courses it then takes.
const LOOK: Duration = Duration::from_mins(1);
const AT_ONCE: u32 = 20;
/// The longest that a reading may take, with all its pages.
const LONGEST: Duration = Duration::from_mins(5);
/// Longest user id (OpenID Connect Core, section 2) and longest name that is kept.
const LONGEST_ID: usize = 255;
const LONGEST_NAME: usize = 200;

/// How much of a list to ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// What changed, where the platform tells that; now and then all of it.
    AsOffered,
}

/// Why a list could not be read.
enum Failed {
    Service(ServiceError),
    Problem(RosterProblem),
    Store(StoreError),
}

impl From<ServiceError> for Failed {
    fn from(error: ServiceError) -> Self {
        Self::Service(error)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Bridge {
    /// Keeps the lists of courses that are in use up to date, until `stop` completes.
    pub async fn run_rosters(&self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let pass = async {
                look.tick().await;
                if let Err(error) = self.read_due_rosters().await {
                    tracing::warn!(code = error.code(), "lists of people wait for the database");
                }
            };
            tokio::select! {
                () = &mut stop => break,
                () = pass => {}
            }
        }
    }

    /// Reads the lists that are due; for the worker and for tests.
    pub async fn read_due_rosters(&self) -> Result<(), StoreError> {
        let now = self.now();
        let (old, in_use) = (now - READ_EVERY, now - IN_USE);
        for due in self.store().list_due_rosters(old, in_use, AT_ONCE).await? {
            let is_ours = self
                .store()
                .claim_roster(due.institution, due.context, old, now)
                .await?;
            if is_ours {
                self.sync_roster(due.institution, due.context, Extent::AsOffered)
                    .await;
            }
        }
        Ok(())
    }

    /// Reads a list whose reading was claimed, and keeps it or why it could not be read.
    pub(super) async fn sync_roster(
        &self,
        institution: InstitutionId,
        context: ContextId,
        extent: Extent,
    ) {
        let reading = self.try_sync(institution, context, extent);
        let outcome = match tokio::time::timeout(LONGEST, reading).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Failed::Problem(RosterProblem::Unreachable)),
        };
        let problem = match &outcome {
            Ok(()) => None,
            Err(Failed::Service(error)) => Some(RosterProblem::from(error)),
            Err(Failed::Problem(problem)) => Some(*problem),
            Err(Failed::Store(_)) => Some(RosterProblem::Internal),
        };
        let word = problem.map_or("read", RosterProblem::code);
        metrics::counter!("mtl_rosters_total", "outcome" => word).increment(1);
        let Some(problem) = problem else { return };
        let cause = match &outcome {
            Err(Failed::Service(error)) => error.code(),
            Err(Failed::Store(error)) => error.code(),
            _ => problem.code(),
        };
        tracing::warn!(code = problem.code(), cause, %context, "a list of people was not read");
        let kept = self
            .store()
            .record_roster_failure(institution, context, problem.code(), self.now())
            .await;
        if let Err(error) = kept {
            tracing::warn!(code = error.code(), %context, "nor could that be kept");
        }
    }

    async fn try_sync(
        &self,
        institution: InstitutionId,
        context: ContextId,
        extent: Extent,
    ) -> Result<(), Failed> {
        let row = self.store().load_roster(institution, context).await?;
        let source = row.memberships_url.as_deref().zip(row.registration);
        let (list, registration) = source.ok_or(Failed::Problem(RosterProblem::Gone))?;
        let list = Url::parse(list).map_err(|_| Failed::Problem(RosterProblem::Gone))?;
        let access = self.service_access(registration).await?;
        let asked_at = self.now();
        let (roster, is_whole) = self
            .read_list(&access, &row, &list, extent, asked_at)
            .await?;
        if is_whole && roster.members.is_empty() {
            return Err(Failed::Problem(RosterProblem::Empty));
        }
        let course_groups = match self.read_groups(&access, &row).await {
            Ok(groups) => groups,
            Err(error) => {
                tracing::info!(code = error.code(), %context, "the groups were not read");
                None
            }
        };
        let differences = roster
            .differences
            .filter(|url| url.origin() == list.origin());
        self.store()
            .record_roster(RosterWrite {
                institution,
                context,
                registration,
                people: roster.members.into_iter().filter_map(listed).collect(),
                is_whole,
                differences_url: differences.map(String::from),
                course_groups,
                now: asked_at,
            })
            .await?;
        Ok(())
    }

    /// What changed since the last reading where the platform tells that (NRPS 2.0, section 2.4.3),
    /// else everybody; and whether it is everybody.
    async fn read_list(
        &self,
        access: &PlatformAccess,
        row: &RosterRow,
        list: &Url,
        extent: Extent,
        now: DateTime<Utc>,
    ) -> Result<(Roster, bool), ServiceError> {
        let nrps = self.platforms().nrps();
        let whole_is_due = row.whole_at.is_none_or(|at| now - at >= WHOLE_EVERY);
        let differences = row
            .differences_url
            .as_deref()
            .filter(|_| extent == Extent::AsOffered && !whole_is_due && row.failure.is_none())
            .and_then(|url| Url::parse(url).ok());
        if let Some(url) = differences {
            match nrps.list_members(access, &url).await {
                Ok(roster) => return Ok((roster, false)),
                // Such an address may run out. The whole list says the same.
                Err(
                    ServiceError::Permanent { .. }
                    | ServiceError::Conflict { .. }
                    | ServiceError::Unreadable(_),
                ) => {}
                Err(error) => return Err(error),
            }
        }
        let filter = MembershipFilter {
            with_groups: row.groups_url.is_some(),
            ..MembershipFilter::default()
        };
        let roster = nrps.list_members(access, &filter.to_url(list)).await?;
        Ok((roster, true))
    }

    async fn service_access(&self, registration: RegistrationId) -> Result<PlatformAccess, Failed> {
        let known = self.registration(registration).await.map_err(|error| {
            tracing::warn!(code = error.code(), "a registration could not be read");
            Failed::Problem(RosterProblem::Internal)
        })?;
        let keys = self.own_keys().await.map_err(|error| {
            tracing::warn!(%error, "no key to sign with");
            Failed::Problem(RosterProblem::Internal)
        })?;
        Ok(known.access(keys.signing))
    }
}

/// A member as they are kept; none for the platform's test user and for one without a usable id.
fn listed(member: Member) -> Option<ListedPerson> {
    let subject = member.user_id;
    let is_usable = !subject.is_empty()
        && subject.len() <= LONGEST_ID
        && !subject.chars().any(char::is_control);
    if !is_usable || member.roles.is_test_user() {
        return None;
    }
    let given_name = member.given_name.as_deref().and_then(tidy);
    let family_name = member.family_name.as_deref().and_then(tidy);
    let parts = [given_name.as_deref(), family_name.as_deref()];
    let from_parts = || {
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    };
    Some(ListedPerson {
        name: member.name.as_deref().and_then(tidy).or_else(from_parts),
        roles: member
            .roles
            .iter()
            .map(|role| role.as_uri().into_owned())
            .collect(),
        groups: member
            .group_enrollments
            .into_iter()
            .map(|group| group.group_id)
            .filter(|id| !id.chars().any(char::is_control))
            .collect(),
        has_left: member.status != MembershipStatus::Active,
        subject,
        given_name,
        family_name,
    })
}

/// A name without what no name has: control characters, white space around it, a thousand letters.
fn tidy(name: &str) -> Option<String> {
    let plain: String = name
        .chars()
        .filter(|letter| !letter.is_control())
        .take(LONGEST_NAME)
        .collect();
    let plain = plain.trim();
    (!plain.is_empty()).then(|| plain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(json: &str) -> Member {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_person_of_whom_the_platform_tells_nothing_but_an_id_is_listed() {
        let person = listed(member(r#"{"user_id":"7"}"#)).unwrap();
        assert_eq!(person.subject, "7");
        assert_eq!((person.name, person.has_left), (None, false));
        assert!(person.roles.is_empty());
    }

    #[test]
    fn names_are_put_together_and_tidied() {
        let parts =
            member(r#"{"user_id":"7","given_name":" Siân ","family_name":"O\u0000&#39;Neill"}"#);
        let person = listed(parts).unwrap();
        assert_eq!(person.name.as_deref(), Some("Siân O'Neill"));
        let long = member(&format!(
            r#"{{"user_id":"7","name":"{}"}}"#,
            "x".repeat(900)
        ));
        assert_eq!(listed(long).unwrap().name.unwrap().len(), LONGEST_NAME);
    }

    #[test]
    fn test_users_and_broken_ids_are_left_out() {
        let test_user = r#"{"user_id":"7","roles":["Learner","http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]}"#;
        for json in [test_user, r#"{"user_id":""}"#, r#"{"user_id":"a\u0000b"}"#] {
            assert_eq!(listed(member(json)), None, "{json}");
        }
        let gone = listed(member(r#"{"user_id":"7","status":"Inactive"}"#)).unwrap();
        assert!(gone.has_left);
    }
}
