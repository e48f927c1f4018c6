//! Releases: marks, comments and statements go out together, and a correction takes back what it
//! replaces.

use chrono::TimeDelta;
use mtl_bridge_core::marking::{DeliveryState, MODULE_TAG};
use mtl_xapi::StatementQuery;
use mtl_xapi::mtl::{Profile, Verb};
use serde_json::{Value, json};

use super::app::TestApp;
use super::work::{Handed, policy};

/// The statements of one verb that are not voided, oldest first. A query also finds statements
/// that refer to what it asks for (xAPI 1.0.3, Communication 2.1.3); they are left out.
async fn stated(app: &TestApp, verb: &str) -> Vec<Value> {
    let query = StatementQuery {
        verb: Some(verb.to_owned()),
        ascending: true,
        ..StatementQuery::default()
    };
    let page = app
        .bridge
        .store()
        .query_statements(app.institution, query, None, 100)
        .await
        .unwrap();
    page.statements
        .iter()
        .map(|statement| serde_json::from_str::<Value>(&statement.body).unwrap())
        .filter(|statement| statement["verb"]["id"] == verb)
        .collect()
}

fn iri(app: &TestApp, verb: Verb) -> String {
    let profile: &Profile = app.bridge.profile();
    profile.verb(verb)
}

/// Heading, mark and comment of each cell of the first participant.
fn cells(app: &TestApp) -> Vec<(String, f64, String)> {
    let mut rows: Vec<_> = app
        .grades(app.people.participants[0])
        .into_iter()
        .map(|row| {
            let grade = row.grade.unwrap();
            (row.label, grade.mark.unwrap(), grade.comment.unwrap())
        })
        .collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows
}

async fn released(app: &TestApp, marks: [u32; 2]) -> Handed {
    let handed = Handed::start(app).await;
    app.bridge
        .install_policy(app.institution, policy("hostile", json!({})))
        .await
        .unwrap();
    for (number, mark) in marks.into_iter().enumerate() {
        handed.judge(app, number, mark).await;
    }
    handed.release(app).await;
    app.deliver().await;
    handed
}

#[tokio::test]
async fn a_release_reaches_every_column_with_the_assessors_words() {
    let app = TestApp::start().await;
    let handed = released(&app, [6_200, 6_700]).await;
    let cells = cells(&app);
    assert_eq!(cells.len(), 3, "{cells:?}");
    let of = |title: &str| cells.iter().find(|cell| cell.0.contains(title)).unwrap();
    assert_eq!(of("Scenario 1").1, 62.0);
    assert!(of("Scenario 1").2.contains("A careful piece of work 0."));
    assert_eq!(of("Scenario 2").1, 67.0);
    assert!(of("Scenario 2").2.contains("A careful piece of work 1."));
    assert_eq!(of("Looking closely").1, 65.0);
    assert_eq!(of("Looking closely").2, "Because it is so.");
    let items = app.lms.line_items(app.people.course);
    assert_eq!(
        items.iter().filter(|item| item.tag == MODULE_TAG).count(),
        1
    );

    let record = handed.record(&app).await;
    assert_eq!(record.deliveries.len(), 3);
    for delivery in &record.deliveries {
        assert_eq!(delivery.state, DeliveryState::Delivered(app.clock.now()));
    }
    assert_eq!(stated(&app, &iri(&app, Verb::Scored)).await.len(), 2);
    assert_eq!(stated(&app, &iri(&app, Verb::Passed)).await.len(), 1);
    // A second click does nothing.
    let again = record.decisions[0].id;
    let refused = app.bridge.release(&handed.tutor, again).await;
    assert_eq!(refused.unwrap_err().code(), "decision_not_releasable");
    assert_eq!(app.scores().await.len(), 3);
}

#[tokio::test]
async fn a_correction_sends_what_changed_and_voids_what_it_replaces() {
    let app = TestApp::start().await;
    let handed = released(&app, [6_200, 6_700]).await;
    let (scored, passed) = (iri(&app, Verb::Scored), iri(&app, Verb::Passed));
    let before = [stated(&app, &scored).await, stated(&app, &passed).await].concat();

    app.clock.advance(TimeDelta::minutes(10));
    handed.judge(&app, 0, 6_800).await;
    handed.release(&app).await;
    app.deliver().await;
    let marks: Vec<_> = cells(&app).into_iter().map(|cell| cell.1).collect();
    assert!(marks.contains(&68.0) && marks.contains(&67.0), "{marks:?}");
    assert!(
        !marks.contains(&62.0) && !marks.contains(&65.0),
        "{marks:?}"
    );
    // The second scenario's mark is as it was, and is not sent again.
    assert_eq!(app.lms.score_log().len(), 5);
    assert!(
        app.lms
            .score_log()
            .iter()
            .all(|record| record.status == 200)
    );

    let after = [stated(&app, &scored).await, stated(&app, &passed).await].concat();
    assert_eq!(after.len(), 3, "two components and the module");
    let mut replaced: Vec<_> = before
        .iter()
        .filter(|statement| !after.iter().any(|kept| kept["id"] == statement["id"]))
        .map(|statement| statement["id"].as_str().unwrap())
        .collect();
    let voiding = stated(&app, "http://adlnet.gov/expapi/verbs/voided").await;
    let mut voided: Vec<_> = voiding
        .iter()
        .map(|statement| statement["object"]["id"].as_str().unwrap())
        .collect();
    replaced.sort_unstable();
    voided.sort_unstable();
    assert_eq!((voided.len(), &voided), (2, &replaced));
}

#[tokio::test]
async fn a_tutor_reads_where_a_mark_cannot_go_before_the_release_and_after_it() {
    let app = TestApp::start_without_columns().await;
    let handed = Handed::start(&app).await;
    app.bridge
        .install_policy(app.institution, policy("hostile", json!({})))
        .await
        .unwrap();
    handed.judge(&app, 0, 6_200).await;
    handed.judge(&app, 1, 6_700).await;
    let decision = handed.decide(&app).await;
    let preview = app.bridge.preview_release(&handed.tutor, decision).await;
    let preview = preview.unwrap();
    assert_eq!(preview.len(), 3);
    for line in preview {
        let why = line.column.unwrap_err();
        assert!(why.contains("does not let this tool"), "{why}");
    }
    app.bridge.release(&handed.tutor, decision).await.unwrap();
    app.deliver().await;
    let record = handed.record(&app).await;
    assert_eq!(record.deliveries.len(), 3);
    for delivery in &record.deliveries {
        assert!(
            matches!(delivery.state, DeliveryState::Nowhere { .. }),
            "{delivery:?}"
        );
    }
    assert!(app.scores().await.is_empty());
}
