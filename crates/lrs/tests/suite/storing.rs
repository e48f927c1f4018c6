//! POST and PUT: what is taken, what is refused, and that a request is taken whole or not at all.

use axum::body::Body;
use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{App, id, statement};

#[tokio::test]
async fn a_statement_is_completed_and_kept() {
    let app = App::new().await;
    let client = app.client("north").await;
    let mut sent = statement(1);
    sent["context"] = json!({"contextActivities": {"parent": {"id": "http://example.org/p"}}});
    let answer = client.post(&sent).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (200, json!([id(1)]))
    );

    let answer = client
        .get(&format!("statements?statementId={}", id(1)))
        .await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(
        answer.header("last-modified"),
        "Mon, 23 Nov 2026 08:53:20 GMT"
    );
    let found = answer.json();
    for name in ["actor", "verb", "object"] {
        assert_eq!(found[name], sent[name]);
    }
    let parents = &found["context"]["contextActivities"]["parent"];
    assert_eq!(parents, &json!([{"id": "http://example.org/p"}]));
    assert_eq!(found["version"], "1.0.0");
    assert_eq!(found["timestamp"], found["stored"]);
    assert!(
        found["stored"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-23T08:53:20.")
    );
}

#[tokio::test]
async fn ids_come_back_in_their_order() {
    let app = App::new().await;
    let client = app.client("north").await;
    let mut nameless = statement(2);
    nameless.as_object_mut().unwrap().remove("id");
    let answer = client
        .post(&json!([statement(3), nameless, statement(1)]))
        .await;
    let ids = answer.json();
    assert_eq!((&ids[0], &ids[2]), (&json!(id(3)), &json!(id(1))));
    let made = client
        .get(&format!(
            "statements?statementId={}",
            ids[1].as_str().unwrap()
        ))
        .await;
    assert_eq!((made.status.as_u16(), &made.json()["id"]), (200, &ids[1]));
    assert_eq!(client.post(&json!([])).await.json(), json!([]));
}

#[tokio::test]
async fn put_is_for_one_statement() {
    let app = App::new().await;
    let client = app.client("north").await;
    let mut nameless = statement(1);
    nameless.as_object_mut().unwrap().remove("id");
    let path = format!("?statementId={}", id(1));
    let answer = client.put(&path, &nameless).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
    assert_eq!(client.put(&path, &statement(1)).await.status, 204);
    assert_eq!(client.get("statements").await.numbers(), [1]);

    let table = [
        ("", "parameters"),
        ("?statementId=1", "parameters"),
        (
            "?statementid=00000000-0000-0000-0000-000000000001",
            "parameters",
        ),
        (
            "?statementId=00000000-0000-0000-0000-000000000001&x=1",
            "parameters",
        ),
        (
            "?statementId=00000000-0000-0000-0000-000000000002",
            "id-differs",
        ),
    ];
    for (parameters, code) in table {
        let answer = client.put(parameters, &statement(1)).await;
        assert_eq!(answer.refusal(), (400, code.to_owned()), "{parameters}");
    }
    assert_eq!(
        client.put(&path, &json!([statement(1)])).await.refusal().0,
        400
    );
}

#[tokio::test]
async fn the_same_again_is_fine_and_another_is_a_conflict() {
    let app = App::new().await;
    let client = app.client("north").await;
    let mut same = statement(1);
    same["timestamp"] = json!("2026-01-02T03:04:05Z");
    client.store(&[same.clone()]).await;
    same["timestamp"] = json!("2026-01-02T04:04:05+01:00");
    same["verb"]["display"] = json!({"en": "really did"});
    assert_eq!(client.post(&same).await.json(), json!([id(1)]));
    let mut other = same.clone();
    other["verb"]["id"] = json!("http://example.org/verbs/did-otherwise");
    let batch = json!([statement(2), other, statement(3)]);
    let answer = client.post(&batch).await;
    assert_eq!(answer.refusal(), (409, "conflict".to_owned()));
    assert!(answer.json()["message"].as_str().unwrap().contains(&id(1)));
    let put = client.put(&format!("?statementId={}", id(1)), &other).await;
    assert_eq!(put.refusal(), (409, "conflict".to_owned()));
    assert_eq!(
        client.get("statements").await.numbers(),
        [1],
        "nothing of the batch was stored"
    );
    let kept = client.get("statements").await.json()["statements"][0].clone();
    assert_eq!(kept["verb"]["display"]["en"], "did");
}

#[tokio::test]
async fn faults_are_named() {
    let app = App::new().await;
    let client = app.client("north").await;
    let mut bad = statement(2);
    bad["actor"] = json!({"mbox": "ann"});
    let answer = client.post(&json!([statement(1), bad])).await;
    assert_eq!(answer.refusal(), (400, "mbox".to_owned()));
    assert_eq!(
        answer.json()["faults"],
        json!([{
            "path": "$[1].actor.mbox",
            "code": "mbox",
            "message": "mailto: and one address is expected",
            "section": "Data 2.4.2.3",
        }])
    );
    let twice = client.post(&json!([statement(1), statement(1)])).await;
    assert_eq!(twice.refusal(), (400, "uuid".to_owned()));
    let broken = client
        .post_as("application/json", "{\"actor\":".to_owned())
        .await;
    assert_eq!(broken.refusal(), (400, "malformed-json".to_owned()));
    assert!(client.get("statements").await.numbers().is_empty());
}

#[tokio::test]
async fn content_types() {
    let app = App::new().await;
    let client = app.client("north").await;
    let body = || statement(1).to_string();
    let table = [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("text/plain", 400),
        ("application/jsonx", 400),
        ("multipart/form-data", 400),
        ("multipart/mixed; boundary=x", 501),
        ("application/x-www-form-urlencoded", 501),
    ];
    for (content_type, status) in table {
        let answer = client.post_as(content_type, body()).await;
        assert_eq!(answer.status.as_u16(), status, "{content_type}");
    }
    let request = client
        .request(Method::POST, "statements")
        .body(Body::from(body()))
        .unwrap();
    assert_eq!(
        app.send(request).await.refusal(),
        (400, "content-type".to_owned())
    );
    let request = client
        .request(Method::POST, "statements?x=1")
        .header("content-type", "application/json")
        .body(Body::from(body()))
        .unwrap();
    assert_eq!(
        app.send(request).await.refusal(),
        (400, "parameters".to_owned())
    );
}

#[tokio::test]
async fn attachments_without_data_need_a_url() {
    let app = App::new().await;
    let client = app.client("north").await;
    let attachment = |file_url: Option<&str>| -> Value {
        let mut attachment = json!({
            "usageType": "http://example.org/usage",
            "display": {"en": "Essay"},
            "contentType": "text/plain",
            "length": 5,
            "sha2": "a".repeat(64),
        });
        if let Some(url) = file_url {
            attachment["fileUrl"] = json!(url);
        }
        let mut statement = statement(1);
        statement["attachments"] = json!([attachment]);
        statement
    };
    let answer = client.post(&attachment(None)).await;
    assert_eq!(answer.refusal(), (400, "attachment-data".to_owned()));
    assert_eq!(
        client
            .post(&attachment(Some("https://example.org/essay")))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn large_bodies() {
    let app = App::with(|settings| settings.body_bytes = 2_000).await;
    let client = app.client("north").await;
    assert_eq!(client.post(&statement(1)).await.status, 200);
    let mut large = statement(2);
    large["result"] = json!({"response": "x".repeat(2_000)});
    assert_eq!(
        client.post(&large).await.refusal(),
        (413, "too-large".to_owned())
    );
}
