//! Records a verified launch: the nonce, the person, the course, the link, the session and the
//! statement, all or nothing, in one round trip.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use mtl_programme::{
    ContextId, DeploymentId, InstitutionId, LaunchId, PersonId, RegistrationId, ResourceLinkId,
};
use uuid::Uuid;

use super::cache::{RowKey, RowState};
use super::record_sql::{Shape, StatementGoes, text};
use crate::column::{MaybeAt, UuidText, millis, texts};
use crate::natural_ids::{context_id, person_id, resource_link_id};
use crate::ordered_ids::ordered_id;
use crate::outbox::{Destination, NewStatement};
use crate::statements::keys;
use crate::transaction::fetch_all;
use crate::{Dialect, Store, StoreError};

/// A verified launch, as it is to be recorded.
#[derive(Clone, Debug)]
pub struct LaunchWrite {
    /// The launch's new id.
    pub launch: LaunchId,
    /// The institution of the deployment.
    pub institution: InstitutionId,
    /// The registration whose key verified the token.
    pub registration: RegistrationId,
    /// The deployment that the token names.
    pub deployment: DeploymentId,
    /// The token's nonce.
    pub nonce: String,
    /// When the token would be refused anyway: its `exp` and the leeway.
    pub nonce_expires_at: DateTime<Utc>,
    /// Who launches.
    pub person: LaunchPerson,
    /// The pseudonym that the person gets if they are new; a random id. The statement is composed
    /// with it, and the person's own takes its place where they have one.
    pub candidate_pseudonym: Uuid,
    /// From which course; the default is a launch from outside any.
    pub context: LaunchContext,
    /// From which link; absent where content is picked.
    pub resource_link: Option<LaunchLink>,
    /// The person's roles, as the platform wrote them.
    pub roles: Vec<String>,
    /// What they are here in one word.
    pub role_kind: String,
    /// The platform's user ids of those whom they mentor here (`role_scope_mentor`).
    pub mentees: Vec<String>,
    /// The message's type.
    pub message_type: String,
    /// Where the person goes back to.
    pub return_url: Option<String>,
    /// The person's language.
    pub locale: Option<String>,
    /// What else the launch said that later pages need, as JSON.
    pub details: Option<String>,
    /// The session that begins.
    pub session: NewSession,
    /// The statement about the launch, where one is made.
    pub statement: Option<NewStatement>,
    /// The time.
    pub now: DateTime<Utc>,
}

/// Who launches.
#[derive(Clone, Debug, Default, Hash)]
pub struct LaunchPerson {
    /// The platform's `sub`.
    pub subject: String,
    /// Their name, where it was sent.
    pub name: Option<String>,
    /// Their given name.
    pub given_name: Option<String>,
    /// Their family name.
    pub family_name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
}

/// The course of a launch.
#[derive(Clone, Debug, Default, Hash)]
pub struct LaunchContext {
    /// The platform's id; empty for a launch from outside any course.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// Its short name.
    pub label: Option<String>,
}

/// The link of a launch.
#[derive(Clone, Debug, Default, Hash)]
pub struct LaunchLink {
    /// The platform's id.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// The activity that the link itself names (`custom.mtl_activity`); it wins over a binding.
    pub activity: Option<String>,
    /// Its own line item.
    pub line_item_url: Option<String>,
    /// The course's line items.
    pub lineitems_url: Option<String>,
    /// The granted scopes of the grade service.
    pub scopes: Vec<String>,
    /// The course's roster.
    pub memberships_url: Option<String>,
    /// When the platform, or the tutor who placed the link, says that it is due.
    pub due_at: Option<DateTime<Utc>>,
}

/// A session that begins with the launch.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// SHA-256 of the cookie's random value.
    pub token_hash: Vec<u8>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// What became of a launch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LaunchOutcome {
    /// It is recorded, and the session has begun.
    Recorded(RecordedLaunch),
    /// Its nonce was used before; nothing was written.
    NonceReplayed,
}

/// A recorded launch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordedLaunch {
    /// The person.
    pub person: PersonId,
    /// Their pseudonym.
    pub pseudonym: Uuid,
    /// The course.
    pub context: ContextId,
    /// The link.
    pub resource_link: Option<ResourceLinkId>,
    /// The activity of the link (`programme/activity`); absent until it is bound.
    pub activity: Option<String>,
    /// The person's name, by this launch or an earlier one.
    pub name: Option<String>,
    /// When the course was first seen; absent where another launch added it at the same moment.
    pub context_created_at: Option<DateTime<Utc>>,
    /// Whether someone was paired with the person as their coach in this course.
    pub is_coach: bool,
}

#[derive(sqlx::FromRow)]
struct Answer {
    #[sqlx(try_from = "UuidText")]
    pseudonym: Uuid,
    activity: Option<String>,
    name: Option<String>,
    #[sqlx(try_from = "MaybeAt")]
    context_created_at: Option<DateTime<Utc>>,
    is_coach: bool,
}

/// Everything that the statement binds, worked out before it runs.
struct Prepared {
    write: LaunchWrite,
    person: PersonId,
    context: ContextId,
    resource_link: Option<ResourceLinkId>,
    roles: String,
    mentees: String,
    scopes: String,
    candidate: String,
    statement_row: Uuid,
    statement_keys: Option<String>,
}

impl Store {
    /// Records a launch. Of launches with the same nonce exactly one is recorded, whenever and
    /// wherever they arrive; for the others nothing at all is written.
    pub async fn record_launch(&self, write: LaunchWrite) -> Result<LaunchOutcome, StoreError> {
        let prepared = Arc::new(Prepared::new(write));
        let states = prepared.row_states();
        let changed = |state: RowState| !self.cache().knows(state);
        let shape = Shape {
            person: changed(states.person),
            context: changed(states.context),
            resource_link: states.resource_link.is_some_and(changed),
            membership: changed(states.membership),
            statement: prepared.statement_goes(),
        };
        let answer = {
            let prepared = Arc::clone(&prepared);
            self.write_one_statement(move |tx| {
                Box::pin(async move { prepared.run(tx, shape).await })
            })
            .await?
        };
        let Some(answer) = answer else {
            return Ok(LaunchOutcome::NonceReplayed);
        };
        states.all().for_each(|state| self.cache().remember(state));
        Ok(LaunchOutcome::Recorded(RecordedLaunch {
            person: prepared.person,
            pseudonym: answer.pseudonym,
            context: prepared.context,
            resource_link: prepared.resource_link,
            activity: answer.activity,
            name: answer.name,
            context_created_at: answer.context_created_at,
            is_coach: answer.is_coach,
        }))
    }
}

struct RowStates {
    person: RowState,
    context: RowState,
    resource_link: Option<RowState>,
    membership: RowState,
}

impl RowStates {
    fn all(&self) -> impl Iterator<Item = RowState> {
        [self.person, self.context, self.membership]
            .into_iter()
            .chain(self.resource_link)
    }
}

impl Prepared {
    fn new(write: LaunchWrite) -> Self {
        let statement_keys = match write.statement.as_ref().map(|s| &s.destination) {
            Some(Destination::Embedded(entries)) => Some(keys(entries)),
            _ => None,
        };
        Self {
            person: person_id(write.registration, write.institution, &write.person.subject),
            context: context_id(write.deployment, &write.context.id),
            resource_link: write
                .resource_link
                .as_ref()
                .map(|link| resource_link_id(write.deployment, &link.id)),
            roles: texts(&write.roles),
            mentees: texts(&write.mentees),
            scopes: texts(
                write
                    .resource_link
                    .as_ref()
                    .map_or(&[], |link| link.scopes.as_slice()),
            ),
            candidate: write.candidate_pseudonym.to_string(),
            statement_row: ordered_id(write.now),
            statement_keys,
            write,
        }
    }

    fn row_states(&self) -> RowStates {
        let write = &self.write;
        RowStates {
            person: RowState::new(RowKey::Person(self.person.0), &write.person),
            context: RowState::new(RowKey::Context(self.context.0), &write.context),
            resource_link: self
                .resource_link
                .zip(write.resource_link.as_ref())
                .map(|(id, link)| RowState::new(RowKey::ResourceLink(id.0), &(link, self.context))),
            membership: RowState::new(
                RowKey::Membership(self.context.0, self.person.0),
                &(&write.roles, &write.role_kind, &write.mentees),
            ),
        }
    }

    fn statement_goes(&self) -> StatementGoes {
        match self.write.statement.as_ref().map(|s| &s.destination) {
            None => StatementGoes::Nowhere,
            Some(Destination::Embedded(_)) => StatementGoes::Embedded,
            Some(Destination::Outbox) => StatementGoes::Outbox,
        }
    }

    async fn run(
        &self,
        tx: &mut crate::Tx<'_>,
        shape: Shape,
    ) -> Result<Option<Answer>, StoreError> {
        let write = &self.write;
        let link = write.resource_link.as_ref();
        let statement = write.statement.as_ref();
        let entries = statement.and_then(|statement| match &statement.destination {
            Destination::Embedded(entries) => Some(entries),
            Destination::Outbox => None,
        });
        let answers = fetch_all!(
            tx,
            Answer,
            [text(Dialect::Sqlite, shape), text(Dialect::Postgres, shape)],
            write.registration.0,                                  // $1
            &write.nonce,                                          // $2
            write.launch.0,                                        // $3
            millis(write.nonce_expires_at),                        // $4
            write.institution.0,                                   // $5
            millis(write.now),                                     // $6
            write.deployment.0,                                    // $7
            self.person.0,                                         // $8
            &self.candidate,                                       // $9
            &write.person.subject,                                 // $10
            write.person.name.as_deref(),                          // $11
            write.person.given_name.as_deref(),                    // $12
            write.person.family_name.as_deref(),                   // $13
            write.person.email.as_deref(),                         // $14
            self.context.0,                                        // $15
            &write.context.id,                                     // $16
            write.context.title.as_deref(),                        // $17
            write.context.label.as_deref(),                        // $18
            self.resource_link.map(|id| id.0),                     // $19
            link.map(|link| link.id.as_str()),                     // $20
            link.and_then(|link| link.title.as_deref()),           // $21
            link.and_then(|link| link.activity.as_deref()),        // $22
            link.and_then(|link| link.line_item_url.as_deref()),   // $23
            link.and_then(|link| link.lineitems_url.as_deref()),   // $24
            &self.scopes,                                          // $25
            link.and_then(|link| link.memberships_url.as_deref()), // $26
            &self.roles,                                           // $27
            &write.role_kind,                                      // $28
            &self.mentees,                                         // $29
            write.session.token_hash.as_slice(),                   // $30
            millis(write.session.expires_at),                      // $31
            &write.message_type,                                   // $32
            write.return_url.as_deref(),                           // $33
            write.locale.as_deref(),                               // $34
            write.details.as_deref(),                              // $35
            self.statement_row,                                    // $36
            statement.map(|statement| statement.id),               // $37
            statement.map(|statement| statement.body.as_str()),    // $38
            entries.map(|entries| entries.verb.as_str()),          // $39
            entries.and_then(|entries| entries.registration),      // $40
            self.statement_keys.as_deref(),                        // $41
            link.and_then(|link| link.due_at).map(millis),         // $42
        )?;
        if matches!(shape.statement, StatementGoes::Outbox) && !answers.is_empty() {
            tx.mark_outbox_filled();
        }
        Ok(answers.into_iter().next())
    }
}
