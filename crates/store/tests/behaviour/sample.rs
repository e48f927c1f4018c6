//! Things for tests to store.

use chrono::{DateTime, TimeDelta, Utc};
use mtl_lti::ags::Score;
use mtl_programme::{ContextId, InstitutionId, LaunchId, PersonId, RegistrationId};
use mtl_store::launch::{
    ActorNaming, Deployment, LaunchContext, LaunchLink, LaunchOutcome, LaunchPerson, LaunchWrite,
    NewInstitution, NewRegistration, NewSession, RecordedLaunch,
};
use mtl_store::outbox::{AuditEntry, Effects, NewScore, NewStatement, ScoreTarget};
use mtl_store::sealing::Sealer;
use mtl_store::{Connection, Store, StoreError};
use mtl_xapi::{Receipt, Statement, Version};
use serde_json::{Value, json};
use uuid::Uuid;

/// The only value that a query finds.
macro_rules! value {
    ($store:expr, $sql:expr) => {
        $store
            .read(move |tx| {
                Box::pin(async move {
                    let answer = match tx.connection() {
                        Connection::Sqlite(connection) => {
                            sqlx::query_scalar($sql).fetch_one(&mut *connection).await
                        }
                        Connection::Postgres(connection) => {
                            sqlx::query_scalar($sql).fetch_one(&mut *connection).await
                        }
                    };
                    tx.note(answer)
                })
            })
            .await
            .unwrap()
    };
}

/// The time at which tests begin.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_448_000, 0).unwrap()
}

/// So many seconds after the beginning.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    now() + TimeDelta::seconds(seconds)
}

pub(crate) fn sealer() -> Sealer {
    Sealer::new(&[7; 32]).unwrap()
}

pub(crate) async fn institution(store: &Store, slug: &str) -> InstitutionId {
    let new = NewInstitution {
        slug: slug.to_owned(),
        name: format!("University of {slug}"),
        home_page: format!("https://{slug}.example"),
        time_zone: "Europe/London".to_owned(),
        actor_naming: ActorNaming::Pseudonym,
        lrs: None,
    };
    store.add_institution(new, &sealer(), now()).await.unwrap()
}

pub(crate) fn new_registration(client_id: &str) -> NewRegistration {
    NewRegistration {
        institution: None,
        name: "An LMS".to_owned(),
        issuer: "https://lms.example".to_owned(),
        client_id: client_id.to_owned(),
        auth_url: "https://lms.example/auth".to_owned(),
        token_url: "https://lms.example/token".to_owned(),
        token_audience: None,
        jwks_url: "https://lms.example/jwks".to_owned(),
        frame_origins: vec!["https://lms.example".to_owned()],
        product: Some("moodle".to_owned()),
        allow_new_deployments: false,
    }
}

/// A deployment of a shared registration that belongs to an institution.
pub(crate) async fn deployment(store: &Store, institution: InstitutionId) -> Deployment {
    let known = store
        .find_registrations("https://lms.example")
        .await
        .unwrap();
    let registration = match known.first() {
        Some(registration) => registration.id,
        None => store
            .add_registration(new_registration("client"), now())
            .await
            .unwrap(),
    };
    store
        .add_deployment(registration, institution.to_string(), institution, now())
        .await
        .unwrap()
}

/// A launch by the person with this subject, with the statement in the embedded store.
pub(crate) fn launch(deployment: &Deployment, subject: &str) -> LaunchWrite {
    let candidate = Uuid::new_v4();
    LaunchWrite {
        launch: LaunchId(Uuid::new_v4()),
        institution: deployment.institution,
        registration: deployment.registration,
        deployment: deployment.id,
        nonce: Uuid::new_v4().to_string(),
        nonce_expires_at: at(120),
        person: LaunchPerson {
            subject: subject.to_owned(),
            name: Some(format!("Person {subject}")),
            ..LaunchPerson::default()
        },
        candidate_pseudonym: candidate,
        context: LaunchContext {
            id: "course".to_owned(),
            title: Some("Teaching".to_owned()),
            label: None,
        },
        resource_link: Some(LaunchLink {
            id: "link".to_owned(),
            title: Some("Scenario".to_owned()),
            line_item_url: Some("https://lms.example/items/1?type_id=1".to_owned()),
            scopes: vec!["score".to_owned()],
            ..LaunchLink::default()
        }),
        roles: vec!["Learner".to_owned()],
        role_kind: "participant".to_owned(),
        mentees: Vec::new(),
        message_type: "LtiResourceLinkRequest".to_owned(),
        return_url: None,
        locale: Some("en-GB".to_owned()),
        details: None,
        session: NewSession {
            token_hash: Uuid::new_v4().into_bytes().repeat(2),
            expires_at: at(3600),
        },
        statement: Some(NewStatement::embedded(&statement(
            Uuid::new_v4(),
            &candidate.to_string(),
            "http://adlnet.gov/expapi/verbs/launched",
            "https://north.example/activity",
        ))),
        now: now(),
    }
}

pub(crate) async fn recorded(store: &Store, write: LaunchWrite) -> RecordedLaunch {
    match store.record_launch(write).await.unwrap() {
        LaunchOutcome::Recorded(recorded) => recorded,
        LaunchOutcome::NonceReplayed => panic!("the nonce was used before"),
    }
}

/// A completed statement.
pub(crate) fn statement(id: Uuid, name: &str, verb: &str, activity: &str) -> Statement {
    completed(json!({
        "id": id,
        "actor": {"objectType": "Agent",
            "account": {"homePage": "https://north.example", "name": name}},
        "verb": {"id": verb},
        "object": {"objectType": "Activity", "id": activity},
    }))
}

/// A statement with what a store adds.
pub(crate) fn completed(value: Value) -> Statement {
    let mut statement = Statement::from_value(value, Version::V1_0_3).unwrap();
    statement.receive(&Receipt {
        id: statement.id().unwrap(),
        stored: now(),
        authority: json!({"mbox": "mailto:bridge@north.example"}),
        version: Version::V1_0_3,
    });
    statement
}

/// The platform of all scores.
pub(crate) const PLATFORM: RegistrationId = RegistrationId(Uuid::from_u128(1));

/// A mark out of a hundred for a line item.
pub(crate) fn score(line_item: &str, person: PersonId, given: f64) -> NewScore {
    NewScore {
        registration: PLATFORM,
        deployment: mtl_programme::DeploymentId(Uuid::from_u128(2)),
        target: ScoreTarget::LineItem {
            url: format!("https://lms.example/{line_item}"),
            link: None,
        },
        context: ContextId(Uuid::from_u128(4)),
        person,
        score: Score::graded("7", given, 100.0, DateTime::UNIX_EPOCH),
        repeats_comment: true,
        causes: vec![Uuid::from_u128(3)],
    }
}

pub(crate) fn entry(object: &str) -> AuditEntry {
    AuditEntry {
        actor: None,
        action: "test.done".to_owned(),
        object_kind: "test".to_owned(),
        object: object.to_owned(),
        details: json!({}),
    }
}

/// Records effects as a change of their own.
pub(crate) async fn record(
    store: &Store,
    institution: InstitutionId,
    effects: Effects,
    now: DateTime<Utc>,
) {
    store
        .write(move |tx| Box::pin(async move { effects.record(tx, institution, now).await }))
        .await
        .unwrap();
}

pub(crate) async fn enqueue(
    store: &Store,
    institution: InstitutionId,
    score: NewScore,
    now: DateTime<Utc>,
) {
    let effects = Effects {
        scores: vec![score],
        ..Effects::default()
    };
    record(store, institution, effects, now).await;
}

/// Runs any SQL in a transaction.
pub(crate) async fn run(store: &Store, sql: &'static str) -> Result<u64, StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                let answer = match tx.connection() {
                    Connection::Sqlite(connection) => sqlx::query(sql)
                        .execute(&mut *connection)
                        .await
                        .map(|done| done.rows_affected()),
                    Connection::Postgres(connection) => sqlx::query(sql)
                        .execute(&mut *connection)
                        .await
                        .map(|done| done.rows_affected()),
                };
                tx.note(answer)
            })
        })
        .await
}

/// Counts the rows of a query such as `SELECT count(*) FROM launch`.
pub(crate) async fn count(store: &Store, sql: &'static str) -> i64 {
    value!(store, sql)
}

/// The text that a query finds.
pub(crate) async fn text(store: &Store, sql: &'static str) -> String {
    value!(store, sql)
}
