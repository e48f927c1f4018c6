//! A visit: who asks, from which course, as what. Every page and every change begins with one.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use mtl_lti::Role;
use mtl_lti::url_rules::frame_origin;
use mtl_programme::catalogue::Activity;
use mtl_programme::{
    ActivityKey, ContextId, DeploymentId, InstitutionId, LaunchId, PersonId, RegistrationId,
    ResourceLinkId,
};
use mtl_store::StoreError;
use mtl_store::launch::ActorNaming;
use mtl_store::work::{StatementNames, VisitRow};
use mtl_xapi::mtl::Account;
use url::Url;

use crate::Bridge;
use crate::launch::LaunchDetails;
use crate::people::nameless;
use crate::secret::token_hash;
use crate::statement_sink::StatementSink;

/// Why a page cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// The browser has no session, or one that is not known.
    #[error("there is no session")]
    NoSession,
    /// The session ended.
    #[error("the session has ended")]
    Expired,
    /// The session is somebody else's: another person opened the tool in this browser since.
    #[error("the session is another person's")]
    OtherPerson,
    /// There was no such launch.
    #[error("there is no such launch")]
    UnknownLaunch,
    /// The store failed.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
}

impl VisitError {
    /// A stable name for logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoSession => "session_missing",
            Self::Expired => "session_expired",
            Self::OtherPerson => "session_of_other_person",
            Self::UnknownLaunch => "launch_unknown",
            Self::Store(error) => error.code(),
        }
    }
}

/// What the roles of a launch make of a person in the course.
#[expect(
    clippy::struct_excessive_bools,
    reason = "a person may be several of these at once"
)]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Does the activities.
    pub participant: bool,
    /// Reads and judges the work of their own participants.
    pub coach: bool,
    /// Reads, judges and decides on everybody's work in the course.
    pub tutor: bool,
    /// Sees catalogue, policies and statements.
    pub lead: bool,
}

impl Standing {
    /// From the roles of a launch, as they came.
    ///
    /// An Instructor is never a participant at once, and a Mentor is a coach whatever else the
    /// platform sends: some platforms know no Mentor and send Learner beside it.
    pub fn of_roles(roles: &[String]) -> Self {
        let roles: mtl_lti::Roles = roles.iter().map(|role| Role::parse(role)).collect();
        let tutor = roles.is_instructor() || roles.is_teaching_assistant();
        let lead = roles.is_administrator();
        let coach = roles.is_mentor() && !tutor;
        Self {
            participant: roles.is_learner() && !tutor && !lead && !coach,
            coach,
            tutor,
            lead,
        }
    }

    /// Whether the person works with other people's work at all.
    pub fn is_staff(self) -> bool {
        self.coach || self.tutor || self.lead
    }
}

/// The course of a visit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Course {
    /// The course.
    pub id: ContextId,
    /// Its title, or a neutral word.
    pub title: String,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
}

impl Course {
    /// The day on which the cohort started: due dates and the choice of regulations count from it.
    /// Until a tutor sets it, it is the day on which the course first opened the tool.
    pub fn cohort_start(&self, zone: Tz) -> NaiveDate {
        self.first_seen.with_timezone(&zone).date_naive()
    }
}

/// The link of a visit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The link.
    pub id: ResourceLinkId,
    /// Its title, or a neutral word.
    pub title: String,
    /// When it is due, where the platform or its tutor has set a date for it.
    pub due: Option<DateTime<Utc>>,
    /// Whether the platform keeps marks for it.
    pub has_line_item: bool,
}

/// Who asks, from where, as what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Visit {
    /// The institution: part of every question to the store.
    pub institution: InstitutionId,
    /// The launch, which stands in every address.
    pub launch: LaunchId,
    /// The person.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they are here.
    pub standing: Standing,
    /// The course.
    pub context: Course,
    /// The link.
    pub link: Link,
    /// The activity that the link opens.
    pub activity: Option<ActivityKey>,
    /// What the launch's message brought besides; none where it opens an activity.
    pub details: Option<LaunchDetails>,
    /// Where the platform wants the person back.
    pub return_url: Option<Url>,
    /// Origins that may show our pages in a frame.
    pub frame_ancestors: Vec<String>,
    /// The language of the launch.
    pub locale: Option<String>,
    /// The institution's time zone.
    pub time_zone: Tz,
    pub(crate) registration: RegistrationId,
    pub(crate) deployment: DeploymentId,
    pub(crate) home_page: String,
    pub(crate) platform: String,
    pub(crate) actor: Account,
    pub(crate) actor_naming: ActorNaming,
    pub(crate) statements: StatementSink,
}

/// What statements call a person, by the institution's choice.
pub(crate) fn statement_name(naming: ActorNaming, names: &StatementNames) -> String {
    match (naming, &names.subject) {
        (ActorNaming::PlatformUser, Some(subject)) => subject.clone(),
        (ActorNaming::PlatformUser, None) | (ActorNaming::Pseudonym, _) => {
            names.pseudonym.to_string()
        }
    }
}

impl Visit {
    /// The link, if it is the one that opens this activity: its column takes the marks.
    pub(crate) fn link_for(&self, activity: &ActivityKey) -> Option<ResourceLinkId> {
        (self.activity.as_ref() == Some(activity)).then_some(self.link.id)
    }

    /// When an activity is due for this cohort: the date that was set for its link, else the one
    /// that follows from the programme.
    pub fn due_of(&self, activity: &Activity) -> Option<DateTime<Utc>> {
        let is_own = |key: &ActivityKey| key.activity == activity.id;
        let set = self.activity.as_ref().filter(|key| is_own(key));
        set.and(self.link.due).or_else(|| {
            let rule = activity.due?;
            rule.due_at(self.context.cohort_start(self.time_zone), &self.time_zone)
        })
    }

    /// What statements go by; an operator may look for it.
    pub fn actor_name(&self) -> &str {
        &self.actor.name
    }

    pub(crate) fn of(launch: LaunchId, row: VisitRow) -> Self {
        let names = StatementNames {
            pseudonym: row.pseudonym,
            subject: row.subject,
        };
        let actor_naming = ActorNaming::find(&row.actor_naming).unwrap_or(ActorNaming::Pseudonym);
        let mut standing = Standing::of_roles(&row.roles);
        if row.is_coach && !standing.tutor {
            // Paired by a tutor: the platform knows this person as a learner or an observer. A
            // learner goes on with their own work too.
            standing.coach = true;
        }
        // A web address only: it becomes a link on every page.
        let return_url = row
            .return_url
            .and_then(|url| Url::parse(&url).ok())
            .filter(|url| frame_origin(url).is_some());
        let mut frame_ancestors = row.frame_origins;
        if let Some(origin) = return_url.as_ref().and_then(frame_origin)
            && !frame_ancestors.contains(&origin)
        {
            frame_ancestors.push(origin);
        }
        Self {
            institution: row.institution,
            launch,
            person: row.person,
            name: row.name.unwrap_or_else(|| nameless(row.person)),
            standing,
            context: Course {
                id: row.context.unwrap_or(ContextId(row.deployment.0)),
                title: row
                    .context_title
                    .unwrap_or_else(|| "Your course".to_owned()),
                first_seen: row.context_created_at.unwrap_or(row.launched_at),
            },
            link: Link {
                id: row.resource_link.unwrap_or(ResourceLinkId(launch.0)),
                title: row.link_title.unwrap_or_else(|| "This activity".to_owned()),
                due: row.link_due_at,
                has_line_item: row.has_line_item,
            },
            activity: row.activity.and_then(|key| key.parse().ok()),
            details: row
                .details
                .and_then(|details| serde_json::from_str(&details).ok()),
            return_url,
            frame_ancestors,
            locale: row.locale,
            // Checked when the institution was added.
            time_zone: row.time_zone.parse().unwrap_or(Tz::Europe__London),
            statements: StatementSink::of(
                &row.home_page,
                row.lrs_endpoint.as_deref(),
                row.lrs_version.as_deref(),
            ),
            actor: Account {
                home_page: row.home_page.clone(),
                name: statement_name(actor_naming, &names),
            },
            actor_naming,
            registration: row.registration,
            deployment: row.deployment,
            home_page: row.home_page,
            platform: row.platform,
        }
    }
}

impl Bridge {
    /// The visit of a browser's session to a launch.
    pub async fn load_visit(
        &self,
        session_token: &str,
        launch: LaunchId,
    ) -> Result<Arc<Visit>, VisitError> {
        let session = token_hash(session_token);
        if let Some(visit) = self.first_visits().take(launch, session) {
            return Ok(visit);
        }
        let row = self
            .store()
            .find_visit(session, launch)
            .await?
            .ok_or(VisitError::UnknownLaunch)?;
        match (row.session_person, row.session_expires_at) {
            (None, _) | (_, None) => Err(VisitError::NoSession),
            (Some(person), _) if person != row.person => Err(VisitError::OtherPerson),
            (_, Some(end)) if end <= self.now() => Err(VisitError::Expired),
            _ => Ok(Arc::new(Visit::of(launch, row))),
        }
    }

    /// A token for the forms of one launch: what a foreign site cannot know. It outlives the session,
    /// so a form that was open when its person signed in anew, perhaps in another tab, still works;
    /// whether it may, the session says.
    pub fn form_token(&self, launch: LaunchId) -> String {
        self.form_signer().sign(format!("form {launch}").as_bytes())
    }
}
