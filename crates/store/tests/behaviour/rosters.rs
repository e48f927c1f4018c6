//! Lists of people: the same people as launches make, who left, whose turn it is to read.

use chrono::TimeDelta;
use mtl_programme::InstitutionId;
use mtl_store::launch::{Deployment, RecordedLaunch};
use mtl_store::natural_ids::{context_id, person_id};
use mtl_store::roster::{DueRoster, ListedPerson, RosterWrite};
use mtl_store::work::MemberRow;

use crate::opened::Opened;
use crate::sample::{at, count, deployment, launch, now, recorded, run, text};
use crate::work_sample::north_and_south;

fn listed(subject: &str, role: &str) -> ListedPerson {
    ListedPerson {
        subject: subject.to_owned(),
        name: Some(format!("Listed {subject} O'Neill & Söhne")),
        roles: vec![role.to_owned()],
        groups: vec!["g\"1".to_owned()],
        ..ListedPerson::default()
    }
}

fn whole(there: &Deployment, people: Vec<ListedPerson>, seconds: i64) -> RosterWrite {
    RosterWrite {
        institution: there.institution,
        context: context_id(there.id, "course"),
        registration: there.registration,
        people,
        is_whole: true,
        differences_url: None,
        course_groups: None,
        now: at(seconds),
    }
}

async fn members(opened: &Opened, there: &Deployment) -> Vec<MemberRow> {
    let context = context_id(there.id, "course");
    opened
        .store
        .list_members(there.institution, context)
        .await
        .unwrap()
}

/// A launch that offers the course's list.
async fn offered(opened: &Opened, there: &Deployment, subject: &str) -> RecordedLaunch {
    let mut write = launch(there, subject);
    if let Some(link) = &mut write.resource_link {
        link.memberships_url = Some("https://lms.example/members".to_owned());
    }
    recorded(&opened.store, write).await
}

pub(crate) async fn a_list_and_a_launch_make_one_person(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let there = deployment(store, north).await;
    let people = vec![listed("7", "Learner"), listed("8", "Mentor")];
    store.record_roster(whole(&there, people, 1)).await.unwrap();
    let before = members(opened, &there).await;
    assert_eq!(before.len(), 2);
    assert_eq!(before[0].person, person_id(there.registration, north, "7"));
    assert_eq!(before[0].name.as_deref(), Some("Listed 7 O'Neill & Söhne"));
    assert_eq!(
        (before[0].last_seen_at, before[0].listed_at),
        (None, Some(at(1)))
    );
    assert_eq!(before[0].listed_roles, ["Learner"]);
    assert_eq!(before[0].groups, ["g\"1"]);
    assert!(before[0].roles.is_empty());
    assert_eq!(before[0].whole_at, Some(at(1)));

    // The launch finds the person, keeps the pseudonym, and a name that it does not tell.
    let pseudonym = text(
        store,
        "SELECT p.pseudonym FROM person p JOIN account a ON a.person = p.id WHERE a.subject = '7'",
    )
    .await;
    let mut nameless = launch(&there, "7");
    nameless.person.name = None;
    let came = recorded(store, nameless).await;
    assert_eq!(came.person, before[0].person);
    assert_eq!(came.pseudonym.to_string(), pseudonym);
    let after = members(opened, &there).await;
    assert_eq!(after.len(), 2);
    assert_eq!(after[0].name, before[0].name);
    assert_eq!(after[0].last_seen_at, Some(now()));
    assert_eq!(count(store, "SELECT count(*) FROM person").await, 2);
    assert_eq!(count(store, "SELECT count(*) FROM account").await, 2);

    // Another institution sees nothing of it.
    let context = context_id(there.id, "course");
    assert_eq!(store.list_members(south, context).await.unwrap(), []);
}

pub(crate) async fn who_left_is_marked_and_comes_back(opened: &Opened) {
    let store = &opened.store;
    let (north, _) = north_and_south(store).await;
    let there = deployment(store, north).await;
    let all = vec![
        listed("7", "Learner"),
        listed("8", "Learner"),
        listed("9", "Learner"),
    ];
    store
        .record_roster(whole(&there, all.clone(), 1))
        .await
        .unwrap();
    let left = async || -> Vec<_> {
        let rows = members(opened, &there).await;
        rows.into_iter().map(|row| row.left_at).collect()
    };
    // One is missing, one is said to be inactive; a day later still.
    let mut fewer = vec![all[0].clone(), listed("9", "Learner")];
    fewer[1].has_left = true;
    fewer[1].roles = Vec::new();
    for seconds in [10, 20] {
        store
            .record_roster(whole(&there, fewer.clone(), seconds))
            .await
            .unwrap();
        assert_eq!(left().await, [None, Some(at(10)), Some(at(10))]);
    }
    let rows = members(opened, &there).await;
    assert_eq!(rows[2].listed_roles, ["Learner"]);
    assert_eq!(count(store, "SELECT count(*) FROM person").await, 3);

    // Differences name only whom they concern.
    let mut back = whole(&there, vec![listed("8", "Mentor")], 30);
    back.is_whole = false;
    back.differences_url = Some("https://lms.example/members?since=30".to_owned());
    store.record_roster(back).await.unwrap();
    assert_eq!(left().await, [None, None, Some(at(10))]);
    let rows = members(opened, &there).await;
    assert_eq!(rows[1].changed_at, Some(at(30)));
    assert_eq!(rows[0].changed_at, None);
    let row = store
        .load_roster(north, context_id(there.id, "course"))
        .await
        .unwrap();
    assert_eq!((row.read_at, row.whole_at), (None, None), "no such course");
    // Somebody of whom nothing was known is not made because they left.
    let mut stranger = whole(&there, vec![listed("77", "Learner")], 40);
    stranger.is_whole = false;
    stranger.people[0].has_left = true;
    store.record_roster(stranger).await.unwrap();
    assert_eq!(count(store, "SELECT count(*) FROM person").await, 3);
}

pub(crate) async fn whoever_was_erased_stays_so(opened: &Opened) {
    let store = &opened.store;
    let (north, _) = north_and_south(store).await;
    let there = deployment(store, north).await;
    let list = || whole(&there, vec![listed("7", "Learner")], 1);
    store.record_roster(list()).await.unwrap();
    run(
        store,
        "UPDATE person SET erased_at = 5, name = NULL, given_name = NULL",
    )
    .await
    .unwrap();
    run(store, "DELETE FROM account").await.unwrap();
    store.record_roster(list()).await.unwrap();
    assert_eq!(members(opened, &there).await, []);
    assert_eq!(count(store, "SELECT count(*) FROM account").await, 0);
    let named = "SELECT count(*) FROM person WHERE name IS NOT NULL OR erased_at IS NULL";
    assert_eq!(count(store, named).await, 0);
}

pub(crate) async fn one_of_many_may_read_a_list(opened: &Opened) {
    let store = &opened.store;
    let (north, south) = north_and_south(store).await;
    let there = deployment(store, north).await;
    let none = launch(&there, "7");
    let context = recorded(store, none).await.context;
    let due = async |asked: i64, launched: i64| {
        store
            .list_due_rosters(at(asked), at(launched), 10)
            .await
            .unwrap()
    };
    assert_eq!(due(0, 0).await, [], "no link offers a list");
    let offers = offered(opened, &there, "8").await;
    assert_eq!(offers.context, context);
    let own = DueRoster {
        institution: north,
        context,
    };
    assert_eq!(due(0, 0).await, [own]);
    assert_eq!(due(0, 1).await, [], "nobody came for long");

    let claim = async |institution: InstitutionId, seconds: i64| {
        let not_since = at(seconds) - TimeDelta::seconds(10);
        store
            .claim_roster(institution, context, not_since, at(seconds))
            .await
            .unwrap()
    };
    let both = tokio::join!(claim(north, 100), claim(north, 100));
    assert!(both.0 ^ both.1, "{both:?}");
    assert!(!claim(north, 105).await);
    assert!(claim(south, 105).await, "an institution of its own");
    assert_eq!(due(99, 0).await, []);
    assert_eq!(due(100, 0).await, [own]);

    let row = store.load_roster(north, context).await.unwrap();
    assert_eq!(
        row.memberships_url.as_deref(),
        Some("https://lms.example/members")
    );
    assert_eq!(row.registration, Some(there.registration));
    assert_eq!((row.asked_at, row.answered_at), (Some(at(100)), None));
    store
        .record_roster_failure(north, context, "roster_gone", at(101))
        .await
        .unwrap();
    let row = store.load_roster(north, context).await.unwrap();
    assert_eq!(row.failure.as_deref(), Some("roster_gone"));
    assert_eq!((row.answered_at, row.read_at), (Some(at(101)), None));
    assert!(claim(north, 110).await);
}

pub(crate) async fn a_reading_takes_its_failure_away_and_keeps_the_groups(opened: &Opened) {
    let store = &opened.store;
    let (north, _) = north_and_south(store).await;
    let there = deployment(store, north).await;
    let context = offered(opened, &there, "7").await.context;
    store
        .record_groups_service(
            north,
            context,
            "https://lms.example/groups".to_owned(),
            None,
        )
        .await
        .unwrap();
    store
        .record_roster_failure(north, context, "roster_gone", at(1))
        .await
        .unwrap();
    let mut write = whole(&there, vec![listed("7", "Learner")], 2);
    write.course_groups = Some("[1]".to_owned());
    write.differences_url = Some("https://lms.example/members?since=2".to_owned());
    store.record_roster(write).await.unwrap();
    let mut changes = whole(&there, Vec::new(), 3);
    changes.is_whole = false;
    store.record_roster(changes).await.unwrap();
    let row = store.load_roster(north, context).await.unwrap();
    assert_eq!((row.failure, row.differences_url), (None, None));
    assert_eq!((row.read_at, row.whole_at), (Some(at(3)), Some(at(2))));
    assert_eq!(row.course_groups.as_deref(), Some("[1]"));
    assert_eq!(
        row.groups_url.as_deref(),
        Some("https://lms.example/groups")
    );
    assert_eq!(members(opened, &there).await[0].left_at, None);

    // A slow reading that began before these changes nothing.
    let slow = whole(&there, vec![listed("8", "Learner")], 1);
    store.record_roster(slow).await.unwrap();
    let rows = members(opened, &there).await;
    assert_eq!((rows.len(), rows[0].left_at), (1, None));
    let row = store.load_roster(north, context).await.unwrap();
    assert_eq!(row.read_at, Some(at(3)));
}

pub(crate) async fn a_thousand_are_written_at_once(opened: &Opened) {
    let store = &opened.store;
    let (north, _) = north_and_south(store).await;
    let there = deployment(store, north).await;
    let people: Vec<_> = (0..1_000)
        .map(|number| listed(&number.to_string(), "Learner"))
        .collect();
    for seconds in [1, 2] {
        store
            .record_roster(whole(&there, people.clone(), seconds))
            .await
            .unwrap();
    }
    assert_eq!(members(opened, &there).await.len(), 1_000);
}
