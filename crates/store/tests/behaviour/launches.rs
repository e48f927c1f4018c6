//! Recording launches, and what pages look up of them.

use std::collections::HashSet;

use chrono::TimeDelta;
use futures_util::future::join_all;
use mtl_programme::LaunchId;
use mtl_store::Store;
use mtl_store::launch::{LaunchContext, LaunchOutcome, LaunchWrite};
use mtl_store::outbox::{Destination, NewStatement};
use mtl_store::work::VisitRow;
use mtl_xapi::{AgentKey, StatementQuery};
use uuid::Uuid;

use crate::opened::Opened;
use crate::sample::{at, count, deployment, institution, launch, now, recorded, statement, text};

async fn visit(store: &Store, hash: &[u8], launch: LaunchId) -> VisitRow {
    let hash = hash.try_into().unwrap();
    store.find_visit(hash, launch).await.unwrap().unwrap()
}

pub(crate) async fn everything_is_recorded(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let deployment = deployment(store, institution).await;
    let mut write = launch(&deployment, "7");
    write.mentees = vec!["8".to_owned(), "9".to_owned()];
    write.details = Some(r#"{"data":"x"}"#.to_owned());
    write.return_url = Some("https://lms.example/return".to_owned());
    let (id, hash) = (write.launch, write.session.token_hash.clone());
    let candidate = write.candidate_pseudonym;
    let recorded = recorded(store, write).await;
    assert_eq!(recorded.pseudonym, candidate);
    assert_eq!(recorded.activity, None);

    let page = visit(store, &hash, id).await;
    assert_eq!(page.institution, institution);
    assert_eq!(page.name.as_deref(), Some("Person 7"));
    assert_eq!(page.subject.as_deref(), Some("7"));
    assert_eq!(page.context_title.as_deref(), Some("Teaching"));
    assert_eq!(page.activity, None);
    assert_eq!(page.frame_origins, ["https://lms.example"]);
    assert_eq!(
        (page.session_person, page.session_expires_at),
        (Some(recorded.person), Some(at(3600)))
    );
    assert_eq!(page.person, recorded.person);
    assert_eq!(page.context, Some(recorded.context));
    assert_eq!(page.resource_link, recorded.resource_link);
    assert_eq!(page.roles, ["Learner"]);
    assert_eq!(page.details.as_deref(), Some(r#"{"data":"x"}"#));
    assert_eq!(
        page.return_url.as_deref(),
        Some("https://lms.example/return")
    );
    assert_eq!(page.launched_at, now());

    let member = store
        .find_membership(institution, recorded.context, recorded.person)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(member.mentees, ["8", "9"]);
    assert_eq!(member.name.as_deref(), Some("Person 7"));

    let link = recorded.resource_link.unwrap();
    let link = store
        .find_resource_link(institution, link)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        link.line_item_url.as_deref(),
        Some("https://lms.example/items/1?type_id=1")
    );
    assert_eq!(link.scopes, ["score"]);
    assert_eq!(
        store
            .list_resource_links(institution, recorded.context)
            .await
            .unwrap(),
        [link]
    );
    let context = store
        .load_context(institution, recorded.context)
        .await
        .unwrap();
    assert_eq!(
        (context.lms_context.as_str(), context.deployment),
        ("course", deployment.id)
    );
}

pub(crate) async fn one_nonce_is_accepted_once(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let deployment = deployment(store, institution).await;
    // Two replicas, as far as the database has any.
    let replica = opened.another().await;
    let pairs = (0..200).map(|number| {
        let one = launch(&deployment, &(number % 20).to_string());
        let mut other = one.clone();
        other.launch = LaunchId(Uuid::new_v4());
        other.session.token_hash = Uuid::new_v4().into_bytes().repeat(2);
        let replica = &replica;
        async move {
            let (one, other) = tokio::join!(store.record_launch(one), replica.record_launch(other));
            [one.unwrap(), other.unwrap()]
                .iter()
                .filter(|outcome| matches!(outcome, LaunchOutcome::Recorded(_)))
                .count()
        }
    });
    let accepted = join_all(pairs).await;
    assert!(
        accepted.iter().all(|accepted| *accepted == 1),
        "{accepted:?}"
    );
    for (sql, expected) in [
        ("SELECT count(*) FROM launch", 200),
        ("SELECT count(*) FROM session", 200),
        ("SELECT count(*) FROM nonce", 200),
        ("SELECT count(*) FROM statement", 200),
        ("SELECT count(*) FROM person", 20),
    ] {
        assert_eq!(count(store, sql).await, expected, "{sql}");
    }
    replica.close().await;
}

pub(crate) async fn a_replay_writes_nothing(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let deployment = deployment(store, institution).await;
    let first = launch(&deployment, "7");
    let nonce = first.nonce.clone();
    recorded(store, first).await;

    let mut replay = launch(&deployment, "8");
    replay.nonce = nonce;
    replay.context.id.push_str(" of another name");
    if let Some(link) = &mut replay.resource_link {
        link.id.push_str(" of another name");
    }
    let outcome = store.record_launch(replay.clone()).await.unwrap();
    assert_eq!(outcome, LaunchOutcome::NonceReplayed);
    replay.statement = replay.statement.map(|statement| NewStatement {
        destination: Destination::Outbox,
        ..statement
    });
    let outcome = store.record_launch(replay.clone()).await.unwrap();
    assert_eq!(outcome, LaunchOutcome::NonceReplayed);
    for sql in [
        "SELECT count(*) FROM person",
        "SELECT count(*) FROM account",
        "SELECT count(*) FROM context",
        "SELECT count(*) FROM resource_link",
        "SELECT count(*) FROM membership",
        "SELECT count(*) FROM session",
        "SELECT count(*) FROM launch",
        "SELECT count(*) FROM statement",
    ] {
        assert_eq!(count(store, sql).await, 1, "{sql}");
    }
    assert_eq!(count(store, "SELECT count(*) FROM outbox").await, 0);

    // A nonce is one registration's own, and what the replay would have written is not remembered
    // as written.
    replay.nonce = Uuid::new_v4().to_string();
    recorded(store, replay).await;
    assert_eq!(count(store, "SELECT count(*) FROM person").await, 2);
    assert_eq!(count(store, "SELECT count(*) FROM resource_link").await, 2);
}

pub(crate) async fn the_stored_pseudonym_wins(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let deployment = deployment(store, institution).await;
    let first = recorded(store, launch(&deployment, "7")).await;
    // Once with the row known to be unchanged, once from a replica that has never seen it.
    let cold = opened.another().await;
    for replica in [store, &cold] {
        let write = launch(&deployment, "7");
        assert_ne!(write.candidate_pseudonym, first.pseudonym);
        let again = recorded(replica, write).await;
        assert_eq!(again.pseudonym, first.pseudonym);
    }
    let query = StatementQuery {
        agent: Some(AgentKey::account(
            "https://north.example",
            &first.pseudonym.to_string(),
        )),
        ..StatementQuery::default()
    };
    let found = store
        .query_statements(institution, query, None, 10)
        .await
        .unwrap();
    assert_eq!(found.statements.len(), 3);
    let name = format!(r#""name":"{}""#, first.pseudonym);
    assert!(
        found
            .statements
            .iter()
            .all(|statement| statement.body.contains(&name))
    );
    let kept = text(store, "SELECT pseudonym FROM person").await;
    assert_eq!(kept, first.pseudonym.to_string());
    cold.close().await;
}

pub(crate) async fn people_who_launch_twice_at_once_have_one_pseudonym(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let deployment = deployment(store, institution).await;
    let replica = opened.another().await;
    for subject in 0..10 {
        let subject = subject.to_string();
        let launches = (0..8).map(|number| {
            let store = if number % 2 == 0 { store } else { &replica };
            recorded(store, launch(&deployment, &subject))
        });
        let pseudonyms: HashSet<_> = join_all(launches)
            .await
            .into_iter()
            .map(|recorded| recorded.pseudonym)
            .collect();
        assert_eq!(pseudonyms.len(), 1);
    }
    let named = "SELECT count(DISTINCT value) FROM statement_key WHERE kind = 'agent'";
    assert_eq!(count(store, named).await, 10);
    replica.close().await;
}

pub(crate) async fn changes_are_written_and_bindings_kept(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let deployment = deployment(store, institution).await;
    let first = recorded(store, launch(&deployment, "7")).await;
    let link = first.resource_link.unwrap();
    store
        .bind_resource_link(institution, link, "mtl/scenario".to_owned())
        .await
        .unwrap();
    // Nothing has changed for the platform; the binding is seen all the same.
    let again = recorded(store, launch(&deployment, "7")).await;
    assert_eq!(again.activity.as_deref(), Some("mtl/scenario"));

    let mut changed = launch(&deployment, "7");
    changed.person.name = Some("New Name".to_owned());
    changed.context.title = Some("New title".to_owned());
    changed.roles = vec!["Instructor".to_owned()];
    if let Some(link) = &mut changed.resource_link {
        link.line_item_url = None;
    }
    let again = recorded(store, changed.clone()).await;
    assert_eq!(again.activity.as_deref(), Some("mtl/scenario"));
    let context = store
        .load_context(institution, first.context)
        .await
        .unwrap();
    assert_eq!(context.title.as_deref(), Some("New title"));
    let member = store
        .find_membership(institution, first.context, first.person)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(member.name.as_deref(), Some("New Name"));
    assert_eq!(member.roles, ["Instructor"]);
    let row = store
        .find_resource_link(institution, link)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.line_item_url, row.activity.as_deref()),
        (None, Some("mtl/scenario"))
    );

    // The activity that the link itself names wins.
    let mut named = launch(&deployment, "7");
    if let Some(link) = &mut named.resource_link {
        link.activity = Some("mtl/other".to_owned());
    }
    let again = recorded(store, named).await;
    assert_eq!(again.activity.as_deref(), Some("mtl/other"));

    // From outside any course, and without a link.
    let mut outside = launch(&deployment, "7");
    outside.context = LaunchContext::default();
    outside.resource_link = None;
    let outside = recorded(store, outside).await;
    assert_eq!((outside.resource_link, outside.activity), (None, None));
    assert_ne!(outside.context, first.context);
}

pub(crate) async fn a_statement_goes_where_it_should(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let deployment = deployment(store, institution).await;
    let first = recorded(store, launch(&deployment, "7")).await;

    let mut none = launch(&deployment, "7");
    none.statement = None;
    recorded(store, none).await;
    let mut queued = launch(&deployment, "7");
    let id = Uuid::new_v4();
    queued.statement = Some(NewStatement::outbox(&statement(
        id,
        &queued.candidate_pseudonym.to_string(),
        "http://adlnet.gov/expapi/verbs/launched",
        "https://north.example/activity",
    )));
    recorded(store, queued).await;

    assert_eq!(count(store, "SELECT count(*) FROM statement").await, 1);
    let claimed = store
        .claim_statements(institution, now(), TimeDelta::seconds(30), 10)
        .await
        .unwrap();
    assert_eq!(claimed.statements.len(), 1);
    assert_eq!(claimed.statements[0].statement, id);
    let name = format!(r#""name":"{}""#, first.pseudonym);
    assert!(claimed.statements[0].body.contains(&name));
}

pub(crate) async fn a_session_opens_its_own_launches_only(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let deployment = deployment(store, institution).await;
    let write = |subject: &str| -> (LaunchWrite, LaunchId, Vec<u8>) {
        let write = launch(&deployment, subject);
        let (id, hash) = (write.launch, write.session.token_hash.clone());
        (write, id, hash)
    };
    let (first, first_id, first_hash) = write("7");
    let (second, second_id, second_hash) = write("7");
    let (foreign, foreign_id, _) = write("8");
    for launch in [first, second, foreign] {
        recorded(store, launch).await;
    }
    let opens = async |hash: &Vec<u8>, id, seconds| {
        let row = visit(store, hash, id).await;
        row.session_person == Some(row.person) && row.session_expires_at > Some(at(seconds))
    };
    // Two tabs of one person share whichever session came last.
    assert!(opens(&second_hash, first_id, 1).await);
    assert!(opens(&first_hash, second_id, 1).await);
    assert!(!opens(&first_hash, foreign_id, 1).await);
    assert!(!opens(&vec![0; 32], first_id, 1).await);
    assert!(opens(&first_hash, first_id, 3599).await);
    assert!(!opens(&first_hash, first_id, 3600).await);

    // A browser that keeps its token gets more time, but never another person's session.
    let (mut again, again_id, _) = write("7");
    again.session.token_hash.clone_from(&second_hash);
    again.session.expires_at = at(7200);
    recorded(store, again).await;
    assert!(opens(&second_hash, again_id, 7199).await);
    let (mut thief, thief_id, _) = write("8");
    thief.session.token_hash.clone_from(&second_hash);
    recorded(store, thief).await;
    assert!(!opens(&second_hash, thief_id, 1).await);
    assert!(opens(&second_hash, first_id, 1).await);
}

pub(crate) async fn what_has_run_out_is_purged(opened: &Opened) {
    let store = &opened.store;
    let institution = institution(store, "north").await;
    let deployment = deployment(store, institution).await;
    recorded(store, launch(&deployment, "7")).await;
    let purged = store.purge_expired(at(119)).await.unwrap();
    assert_eq!((purged.nonces, purged.sessions, purged.launches), (0, 0, 0));
    let purged = store.purge_expired(at(3600)).await.unwrap();
    assert_eq!((purged.nonces, purged.sessions, purged.launches), (1, 1, 0));
    let purged = store.purge_expired(at(86_400 * 30)).await.unwrap();
    assert_eq!((purged.nonces, purged.sessions, purged.launches), (0, 0, 1));
}
