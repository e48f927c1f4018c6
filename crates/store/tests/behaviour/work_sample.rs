//! Work for tests to store: attempts, decisions, and effects that can be counted.

use chrono::{DateTime, Utc};
use mtl_programme::{AttemptId, ContextId, DecisionId, InstitutionId, PersonId};
use mtl_store::Store;
use mtl_store::outbox::{Effects, NewStatement};
use mtl_store::work::{AttemptRow, NewAttempt, NewDecision, Submission};
use uuid::Uuid;

use crate::sample::{count, entry, institution, now, score, statement};

/// Two institutions: one that works and one that must not see it.
pub(crate) async fn north_and_south(store: &Store) -> (InstitutionId, InstitutionId) {
    (
        institution(store, "north").await,
        institution(store, "south").await,
    )
}

pub(crate) fn person() -> PersonId {
    PersonId(Uuid::new_v4())
}

pub(crate) fn course() -> ContextId {
    ContextId(Uuid::new_v4())
}

/// One statement, one score and one entry of the audit trail.
pub(crate) fn one_of_each() -> Effects {
    Effects {
        statements: vec![NewStatement::embedded(&statement(
            Uuid::new_v4(),
            "somebody",
            "http://adlnet.gov/expapi/verbs/initialized",
            "https://north.example/activity",
        ))],
        scores: vec![score(&Uuid::new_v4().to_string(), person(), 62.0)],
        audit: vec![entry("work")],
    }
}

/// Statements, scores and entries so far.
pub(crate) async fn effects_so_far(store: &Store) -> [i64; 3] {
    [
        count(store, "SELECT count(*) FROM statement").await,
        count(store, "SELECT count(*) FROM outbox WHERE kind = 'score'").await,
        count(store, "SELECT count(*) FROM audit").await,
    ]
}

/// The first attempt of somebody in a course.
pub(crate) fn new_attempt(person: PersonId, context: ContextId) -> NewAttempt {
    NewAttempt {
        id: AttemptId(Uuid::new_v4()),
        person,
        context,
        resource_link: None,
        programme: "mtl".to_owned(),
        module: "looking-closely".to_owned(),
        activity: "first-question".to_owned(),
        component: Some("scenario-1".to_owned()),
        number: 1,
        due_at: None,
        opened_at: now(),
        draft: r#"{"revision":0}"#.to_owned(),
        revision: 0,
        words: 0,
    }
}

/// A new attempt in a new course, by a new person.
pub(crate) async fn opened_attempt(store: &Store, institution: InstitutionId) -> AttemptRow {
    let (row, new) = store
        .open_attempt(
            institution,
            new_attempt(person(), course()),
            Effects::default(),
        )
        .await
        .unwrap();
    assert!(new);
    row
}

/// What freezes an attempt at a revision.
pub(crate) fn submission(attempt: AttemptId, revision: i64, at: DateTime<Utc>) -> Submission {
    Submission {
        attempt,
        evidence: Vec::new(),
        revision,
        snapshot: format!(r#"{{"revision":{revision}}}"#),
        snapshot_digest: "ab".repeat(32),
        submitted_at: at,
    }
}

/// An attempt that was handed in as it was opened.
pub(crate) async fn submitted_attempt(store: &Store, institution: InstitutionId) -> AttemptRow {
    let row = opened_attempt(store, institution).await;
    let frozen = store
        .submit_attempt(
            institution,
            submission(row.id, 0, now()),
            Effects::default(),
        )
        .await
        .unwrap();
    assert!(frozen);
    row
}

/// A decision that gives a mark.
pub(crate) fn new_decision(
    person: PersonId,
    context: ContextId,
    decided_at: DateTime<Utc>,
) -> NewDecision {
    NewDecision {
        id: DecisionId(Uuid::now_v7()),
        person,
        context,
        programme: "mtl".to_owned(),
        module: "looking-closely".to_owned(),
        decision: Some(r#"{"mark":6200}"#.to_owned()),
        failure: None,
        receipt: Some(r#"{"input":{}}"#.to_owned()),
        policy_digest: "cd".repeat(32),
        decided_by: self::person(),
        decided_at,
    }
}
