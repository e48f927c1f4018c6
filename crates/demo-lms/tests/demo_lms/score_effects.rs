//! What each recorded score did to the gradebook row, done again.

use serde_json::{Value, json};

use crate::platform::{ALL_SCOPES, Platform, recording};

/// The score behind each recorded line; `None` where nothing was sent between.
fn score(name: &str) -> Value {
    let graded = |given: f64, maximum: f64| {
        json!({
            "scoreGiven": given, "scoreMaximum": maximum,
            "activityProgress": "Completed", "gradingProgress": "FullyGraded",
        })
    };
    let with = |mut score: Value, name: &str, value: Value| {
        score[name] = value;
        score
    };
    let ungraded = |activity: &str, grading: &str| json!({"activityProgress": activity, "gradingProgress": grading});
    match name {
        "same again" | "no comment" => graded(80.0, 100.0),
        "given 150/100" => graded(150.0, 100.0),
        "given -5" => graded(-5.0, 100.0),
        "7/10" => graded(7.0, 10.0),
        "5/0" => graded(5.0, 0.0),
        "Pending with 60" => with(graded(60.0, 100.0), "gradingProgress", json!("Pending")),
        "PendingManual no score" => ungraded("Completed", "PendingManual"),
        "NotReady/Initialized no score" => ungraded("Initialized", "NotReady"),
        "NotReady/InProgress with 30" => {
            let score = with(graded(30.0, 100.0), "gradingProgress", json!("NotReady"));
            with(score, "activityProgress", json!("InProgress"))
        }
        "FullyGraded/InProgress 30" => {
            with(graded(30.0, 100.0), "activityProgress", json!("InProgress"))
        }
        "FullyGraded no scoreGiven" => ungraded("Completed", "FullyGraded"),
        "0/100" => graded(0.0, 100.0),
        "33.333333/100" => graded(33.333_333, 100.0),
        "comment" => with(graded(80.0, 100.0), "comment", json!("hi <b>x</b>")),
        "empty comment" => with(graded(80.0, 100.0), "comment", json!("")),
        other => panic!("an unknown line: {other}"),
    }
}

#[tokio::test]
async fn scores_do_to_the_gradebook_what_they_did_in_moodle() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    let mut seen = 0;
    for (second, line) in recording("score-effects-in-gradebook.txt")
        .lines()
        .enumerate()
    {
        let Some((name, effect)) = line.split_once(" base=200 ") else {
            assert!(line.contains("same second twice"), "{line}");
            continue;
        };
        let name = name.trim();
        // Marks are there to be erased.
        let stamp = |second: usize| format!("2026-11-23T16:{:02}:{:02}Z", second / 60, second % 60);
        let mut before = score("comment");
        before["userId"] = json!("6");
        before["timestamp"] = json!(stamp(2 * second));
        assert_eq!(platform.post_score(&token, &before).await.status, 200);
        let mut body = score(name);
        body["userId"] = json!("6");
        body["timestamp"] = json!(stamp(2 * second + 1));
        assert_eq!(
            platform.post_score(&token, &body).await.status,
            200,
            "{name}"
        );

        let row = effect.split_once("tm)=").unwrap().1;
        let mut fields = row.split_whitespace().next().unwrap().split('|');
        let raw = fields.next().unwrap().parse::<f64>().ok();
        let mark = fields.next().unwrap().parse::<f64>().ok();
        let rows = platform.lms.gradebook(platform.course);
        let ours = rows.iter().find(|row| row.person.0 == 6).unwrap();
        let grade = ours.grade.as_ref().unwrap();
        assert_eq!((grade.raw, grade.mark), (raw, mark), "{name}");
        let comment = (name == "comment").then(|| "hi <b>x</b>".to_owned());
        assert_eq!(grade.comment, comment, "{name}");
        seen += 1;
    }
    assert_eq!(seen, 16);
}

#[tokio::test]
async fn a_second_score_in_the_same_second_is_a_conflict() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    let mut body = score("7/10");
    body["userId"] = json!("6");
    body["timestamp"] = json!("2026-11-23T16:00:00.100Z");
    assert_eq!(platform.post_score(&token, &body).await.status, 200);
    body["timestamp"] = json!("2026-11-23T16:00:00.900Z");
    let answer = platform.post_score(&token, &body).await;
    assert_eq!(answer.status, 409);
    assert_eq!(
        answer.reason,
        "Refusing score with an earlier timestamp for item 2 and user 6"
    );
    let log = platform.lms.score_log();
    assert_eq!(
        log.iter()
            .map(|record| (record.status, record.effect.is_some()))
            .collect::<Vec<_>>(),
        [(200, true), (409, false)]
    );
}

#[tokio::test]
async fn a_column_that_is_given_another_maximum_keeps_the_shares() {
    let platform = Platform::new();
    let token = platform.access_token(ALL_SCOPES).await;
    let mut body = score("7/10");
    body["userId"] = json!("6");
    body["timestamp"] = json!("2026-11-23T16:00:00Z");
    platform.post_score(&token, &body).await;
    let item_type = "application/vnd.ims.lis.v2.lineitem+json";
    let put = axum::http::Request::put("/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", item_type)
        .body(r#"{"label":"Out of ten","scoreMaximum":10}"#.into())
        .unwrap();
    assert_eq!(platform.send(put).await.status, 200);
    let rows = platform.lms.gradebook(platform.course);
    let row = rows.iter().find(|row| row.person.0 == 6).unwrap();
    assert_eq!(row.label, "Out of ten");
    assert!((row.grade.as_ref().unwrap().mark.unwrap() - 7.0).abs() < 1e-9);
}
