//! The embedded statement store.

use chrono::{DateTime, Utc};
use mtl_programme::InstitutionId;
use mtl_store::Store;
use mtl_store::statements::{NewLrsCredential, NewStoredStatement, StatementOutcome};
use mtl_xapi::{AgentKey, Statement, StatementQuery, VOIDED};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::{at, completed, institution, now};

const DONE: &str = "http://adlnet.gov/expapi/verbs/completed";

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn mbox(name: &str) -> Value {
    json!({"mbox": format!("mailto:{name}@x.example")})
}

fn simple(number: u128, name: &str, verb: &str, activity: &str) -> Statement {
    completed(json!({
        "id": id(number),
        "actor": mbox(name),
        "verb": {"id": verb},
        "object": {"id": format!("http://x.example/{activity}")},
    }))
}

fn reference(number: u128, name: &str, verb: &str, target: u128) -> Statement {
    completed(json!({
        "id": id(number),
        "actor": mbox(name),
        "verb": {"id": verb},
        "object": {"objectType": "StatementRef", "id": id(target)},
    }))
}

async fn send(
    store: &Store,
    institution: InstitutionId,
    statements: &[Statement],
    now: DateTime<Utc>,
) -> Vec<StatementOutcome> {
    let new = statements.iter().map(NewStoredStatement::new).collect();
    store
        .record_statements(institution, new, now)
        .await
        .unwrap()
}

async fn find(store: &Store, institution: InstitutionId, query: StatementQuery) -> Vec<u128> {
    let page = store
        .query_statements(institution, query, None, 100)
        .await
        .unwrap();
    assert_eq!(page.more, None);
    page.statements
        .iter()
        .map(|statement| statement.id.as_u128())
        .collect()
}

fn agent(name: &str) -> Option<AgentKey> {
    AgentKey::of(&mbox(name))
}

pub(crate) async fn duplicates_pass_and_conflicts_store_nothing(opened: &Opened) {
    use StatementOutcome::{Conflict, Duplicate, Stored};
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let one = simple(1, "a", DONE, "one");
    assert_eq!(
        send(store, institution, std::slice::from_ref(&one), now()).await,
        [Stored]
    );
    let two = simple(2, "a", DONE, "two");
    let batch = [two.clone(), one.clone(), two.clone()];
    assert_eq!(
        send(store, institution, &batch, now()).await,
        [Stored, Duplicate, Duplicate]
    );

    let batch = [simple(3, "a", DONE, "three"), simple(1, "b", DONE, "one")];
    assert_eq!(
        send(store, institution, &batch, now()).await,
        [Stored, Conflict]
    );
    assert_eq!(
        store.find_statement(institution, id(3)).await.unwrap(),
        None
    );
    let kept = store
        .find_statement(institution, id(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(kept.body, one.to_json());
    assert_eq!(kept.stored_at(), now());
    assert_eq!(
        find(store, institution, StatementQuery::default()).await,
        [2, 1]
    );
    assert!(send(store, institution, &[], now()).await.is_empty());
}

pub(crate) async fn filters_find_what_they_should(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let registration = Uuid::from_u128(99);
    let rich = completed(json!({
        "id": id(3),
        "actor": mbox("a"),
        "verb": {"id": "http://x.example/judged"},
        "object": {"id": "http://x.example/one"},
        "context": {
            "registration": registration,
            "instructor": mbox("tutor"),
            "contextActivities": {"parent": [{"id": "http://x.example/module"}]},
        },
    }));
    let sent = [
        simple(1, "a", DONE, "one"),
        simple(2, "b", DONE, "one"),
        rich,
        simple(4, "a", DONE, "module"),
    ];
    for (statement, seconds) in sent.into_iter().zip(1..) {
        send(store, institution, &[statement], at(seconds)).await;
    }
    let all = StatementQuery::default;
    let module = || Some("http://x.example/module".to_owned());
    let table: Vec<(&str, StatementQuery, &[u128])> = vec![
        ("all", all(), &[4, 3, 2, 1]),
        (
            "ascending",
            StatementQuery {
                ascending: true,
                ..all()
            },
            &[1, 2, 3, 4],
        ),
        (
            "agent",
            StatementQuery {
                agent: agent("a"),
                ..all()
            },
            &[4, 3, 1],
        ),
        (
            "no such agent",
            StatementQuery {
                agent: agent("c"),
                ..all()
            },
            &[],
        ),
        (
            "instructor is no agent",
            StatementQuery {
                agent: agent("tutor"),
                ..all()
            },
            &[],
        ),
        (
            "related agent",
            StatementQuery {
                agent: agent("tutor"),
                related_agents: true,
                ..all()
            },
            &[3],
        ),
        (
            "related agents also are agents",
            StatementQuery {
                agent: agent("a"),
                related_agents: true,
                ..all()
            },
            &[4, 3, 1],
        ),
        (
            "verb",
            StatementQuery {
                verb: Some(DONE.to_owned()),
                ..all()
            },
            &[4, 2, 1],
        ),
        (
            "activity",
            StatementQuery {
                activity: module(),
                ..all()
            },
            &[4],
        ),
        (
            "related activity",
            StatementQuery {
                activity: module(),
                related_activities: true,
                ..all()
            },
            &[4, 3],
        ),
        (
            "registration",
            StatementQuery {
                registration: Some(registration),
                ..all()
            },
            &[3],
        ),
        (
            "agent and verb",
            StatementQuery {
                agent: agent("a"),
                verb: Some(DONE.to_owned()),
                ..all()
            },
            &[4, 1],
        ),
        (
            "agent and activity",
            StatementQuery {
                agent: agent("a"),
                activity: module(),
                related_activities: true,
                ..all()
            },
            &[4, 3],
        ),
        (
            "since is after",
            StatementQuery {
                since: Some(at(2)),
                ..all()
            },
            &[4, 3],
        ),
        (
            "until is at or before",
            StatementQuery {
                until: Some(at(2)),
                ..all()
            },
            &[2, 1],
        ),
        (
            "between",
            StatementQuery {
                since: Some(at(1)),
                until: Some(at(3)),
                agent: agent("a"),
                ..all()
            },
            &[3],
        ),
    ];
    for (name, query, expected) in table {
        assert_eq!(find(store, institution, query).await, expected, "{name}");
    }
}

pub(crate) async fn pages_follow_each_other(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let statements: Vec<_> = (1..=25)
        .map(|number| simple(number, "a", DONE, "one"))
        .collect();
    // All in one request, hence in one millisecond.
    send(store, institution, &statements, now()).await;
    for ascending in [true, false] {
        let query = StatementQuery {
            ascending,
            agent: agent("a"),
            ..StatementQuery::default()
        };
        let (mut found, mut cursor, mut pages) = (Vec::new(), None, 0);
        loop {
            let page = store
                .query_statements(institution, query.clone(), cursor, 10)
                .await
                .unwrap();
            found.extend(
                page.statements
                    .iter()
                    .map(|statement| statement.id.as_u128()),
            );
            pages += 1;
            cursor = page.more;
            if cursor.is_none() {
                break;
            }
        }
        let mut expected: Vec<u128> = (1..=25).collect();
        if !ascending {
            expected.reverse();
        }
        assert_eq!((found, pages), (expected, 3));
    }
}

pub(crate) async fn voiding_works_in_either_order(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    send(store, institution, &[simple(1, "a", DONE, "one")], at(1)).await;
    send(
        store,
        institution,
        &[reference(2, "tutor", VOIDED, 1)],
        at(2),
    )
    .await;
    send(
        store,
        institution,
        &[reference(3, "tutor", VOIDED, 4)],
        at(3),
    )
    .await;
    send(store, institution, &[simple(4, "a", DONE, "one")], at(4)).await;
    for number in [1, 4] {
        assert_eq!(
            store.find_statement(institution, id(number)).await.unwrap(),
            None
        );
        let voided = store
            .find_voided_statement(institution, id(number))
            .await
            .unwrap();
        assert!(voided.unwrap().voided);
    }
    // A voiding statement cannot be voided, and one that only refers voids nothing.
    send(
        store,
        institution,
        &[reference(5, "tutor", VOIDED, 2)],
        at(5),
    )
    .await;
    send(store, institution, &[simple(6, "a", DONE, "one")], at(6)).await;
    send(store, institution, &[reference(7, "tutor", DONE, 6)], at(7)).await;
    for number in [2, 6] {
        assert!(
            store
                .find_statement(institution, id(number))
                .await
                .unwrap()
                .is_some()
        );
        assert_eq!(
            store
                .find_voided_statement(institution, id(number))
                .await
                .unwrap(),
            None
        );
    }
    assert_eq!(
        find(store, institution, StatementQuery::default()).await,
        [7, 6, 5, 3, 2]
    );
}

pub(crate) async fn a_reference_is_found_by_its_target(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    send(store, institution, &[simple(1, "a", DONE, "one")], at(1)).await;
    send(store, institution, &[simple(2, "b", DONE, "one")], at(2)).await;
    send(
        store,
        institution,
        &[reference(3, "tutor", "http://x.example/praised", 1)],
        at(3),
    )
    .await;
    send(
        store,
        institution,
        &[reference(4, "tutor", VOIDED, 2)],
        at(4),
    )
    .await;
    let by = |name: &str| StatementQuery {
        agent: agent(name),
        ..StatementQuery::default()
    };
    assert_eq!(find(store, institution, by("a")).await, [3, 1]);
    // The voided statement is not found, but what voids it is.
    assert_eq!(find(store, institution, by("b")).await, [4]);
    assert_eq!(find(store, institution, by("tutor")).await, [4, 3]);
    // One statement matches all filters, or its target does; not the two of them together.
    let mixed = StatementQuery {
        verb: Some("http://x.example/praised".to_owned()),
        ..by("a")
    };
    assert!(find(store, institution, mixed).await.is_empty());
    // The times are those of the reference.
    let since = StatementQuery {
        since: Some(at(1)),
        ..by("a")
    };
    assert_eq!(find(store, institution, since).await, [3]);
}

pub(crate) async fn institutions_do_not_see_each_other(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = (
        institution(store, "north").await,
        institution(store, "south").await,
    );
    send(store, north, &[simple(1, "a", DONE, "one")], now()).await;
    // The same id is free elsewhere, and a voiding statement reaches only its own.
    let outcome = send(store, south, &[simple(1, "b", DONE, "two")], now()).await;
    assert_eq!(outcome, [StatementOutcome::Stored]);
    send(store, south, &[reference(2, "b", VOIDED, 1)], now()).await;
    assert!(store.find_statement(north, id(1)).await.unwrap().is_some());
    assert!(
        store
            .find_voided_statement(south, id(1))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(store.find_statement(north, id(2)).await.unwrap(), None);
    assert_eq!(find(store, north, StatementQuery::default()).await, [1]);
    let by = StatementQuery {
        agent: agent("b"),
        ..StatementQuery::default()
    };
    assert!(find(store, north, by).await.is_empty());
}

pub(crate) async fn credentials_open_until_they_are_revoked(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = (
        institution(store, "north").await,
        institution(store, "south").await,
    );
    let new = NewLrsCredential {
        name: "Dashboard".to_owned(),
        access_key: "key".to_owned(),
        secret_hash: "$argon2id$…".to_owned(),
        scopes: vec!["statements/read".to_owned()],
    };
    let id = store
        .add_lrs_credential(north, new.clone(), now())
        .await
        .unwrap();
    let again = store.add_lrs_credential(south, new, now()).await;
    assert_eq!(again.unwrap_err().code(), "store_conflict");
    let found = store.find_lrs_credential("key").await.unwrap().unwrap();
    assert_eq!((found.id, found.institution), (id, north));
    assert_eq!(found.scopes, ["statements/read"]);
    assert_eq!(store.find_lrs_credential("other").await.unwrap(), None);
    assert!(store.revoke_lrs_credential(south, id, now()).await.is_err());
    store.revoke_lrs_credential(north, id, at(5)).await.unwrap();
    assert_eq!(store.find_lrs_credential("key").await.unwrap(), None);
    let listed = store.list_lrs_credentials(north).await.unwrap();
    assert_eq!(listed[0].revoked_at, Some(at(5)));
    assert!(store.list_lrs_credentials(south).await.unwrap().is_empty());
}
