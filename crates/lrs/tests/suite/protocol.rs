//! Versions, About, what is not there yet, and what every answer carries.

use axum::body::Body;
use axum::http::{Method, Request};

use crate::app::{App, statement};

#[tokio::test]
async fn the_version_is_asked_for_and_told() {
    let app = App::new().await;
    let mut client = app.client("north").await;
    for (sent, told) in [("1.0", "1.0.3"), ("1.0.1", "1.0.3"), ("2.0.0", "2.0.0")] {
        client.version = sent;
        let answer = client.get("statements").await;
        assert_eq!(
            (
                answer.status.as_u16(),
                answer.header("x-experience-api-version")
            ),
            (200, told)
        );
    }
    for sent in ["0.9", "1.1.0", "3.0.0", "new"] {
        client.version = sent;
        let answer = client.get("statements").await;
        assert_eq!(
            answer.refusal(),
            (400, "version-unknown".to_owned()),
            "{sent}"
        );
        assert_eq!(answer.header("x-experience-api-version"), "1.0.3");
    }
    let request = Request::get("/xapi/statements")
        .body(Body::empty())
        .unwrap();
    let answer = app.send(request).await;
    assert_eq!(answer.refusal(), (400, "version-missing".to_owned()));
}

#[tokio::test]
async fn about_is_open_to_all() {
    let app = App::new().await;
    let answer = app
        .send(Request::get("/xapi/about").body(Body::empty()).unwrap())
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text, r#"{"version":["1.0.0","1.0.3","2.0.0"]}"#);
    assert_eq!(answer.header("x-experience-api-version"), "1.0.3");
}

#[tokio::test]
async fn what_is_not_there_yet_says_so() {
    let app = App::new().await;
    let client = app.client("north").await;
    for path in [
        "activities",
        "activities/state",
        "activities/profile",
        "agents",
        "agents/profile",
    ] {
        let answer = client.get(path).await;
        assert_eq!(
            answer.refusal(),
            (501, "not-implemented".to_owned()),
            "{path}"
        );
        assert_eq!(answer.header("x-experience-api-version"), "1.0.3");
    }
    assert_eq!(
        client.get("verbs").await.refusal(),
        (404, "no-resource".to_owned())
    );
    let request = client
        .request(Method::DELETE, "statements")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        app.send(request).await.refusal(),
        (405, "method".to_owned())
    );
    let post = client
        .request(Method::POST, "statements?method=GET")
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        app.send(post).await.refusal(),
        (501, "not-implemented".to_owned())
    );
}

#[tokio::test]
async fn every_answer_of_statements_says_how_far_it_is_consistent() {
    let app = App::new().await;
    let client = app.client("north").await;
    let answers = [
        client.post(&statement(1)).await,
        client.post(&serde_json::json!({})).await,
        client.get("statements").await,
        client
            .get("statements?statementId=00000000-0000-0000-0000-000000000001")
            .await,
        client
            .get("statements?statementId=00000000-0000-0000-0000-000000000002")
            .await,
        client.get("statements?foo=bar").await,
        client.put("", &statement(1)).await,
    ];
    let mut earlier = String::new();
    for answer in answers {
        let through = answer.header("x-experience-api-consistent-through");
        assert!(
            through.starts_with("2026-11-23T") && through.ends_with('Z'),
            "{}",
            answer.text
        );
        assert!(through > earlier.as_str());
        through.clone_into(&mut earlier);
    }
    let stored = client.get("statements").await.json()["statements"][0]["stored"].clone();
    assert!(stored.as_str().unwrap() < earlier.as_str());
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let app = App::new().await;
    let client = app.client("north").await;
    client.store(&[statement(1)]).await;
    let request = client
        .request(Method::HEAD, "statements")
        .body(Body::empty())
        .unwrap();
    let answer = app.send(request).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
    assert_eq!(answer.header("content-type"), "application/json");
}
