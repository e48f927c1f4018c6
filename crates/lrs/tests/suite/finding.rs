//! GET of one statement, voiding, and formats.

use serde_json::json;

use crate::app::{App, id, statement};

#[tokio::test]
async fn illegal_requests() {
    let app = App::new().await;
    let client = app.client("north").await;
    let one = id(1);
    let table = [
        (
            vec![("statementId", one.as_str()), ("voidedStatementId", &one)],
            "parameter-combination",
        ),
        (
            vec![("statementId", one.as_str()), ("limit", "1")],
            "parameter-combination",
        ),
        (vec![("statementId", "1")], "parameter-value"),
        (vec![("StatementId", one.as_str())], "unknown-parameter"),
        (vec![("agent", "ann")], "parameter-value"),
        (vec![("cursor", "x")], "parameters"),
        (
            vec![("statementId", one.as_str()), ("cursor", &one)],
            "parameters",
        ),
    ];
    for (parameters, code) in table {
        let answer = client.find(&parameters).await;
        assert_eq!(answer.refusal(), (400, code.to_owned()), "{parameters:?}");
    }
    let missing = client.find(&[("statementId", &one)]).await;
    assert_eq!(missing.refusal(), (404, "not-found".to_owned()));
}

#[tokio::test]
async fn a_voided_statement_is_found_as_such_only() {
    let app = App::new().await;
    let client = app.client("north").await;
    let voiding = json!({
        "id": id(2),
        "actor": {"mbox": "mailto:admin@example.org"},
        "verb": {"id": mtl_xapi::VOIDED},
        "object": {"objectType": "StatementRef", "id": id(1)},
    });
    client.store(&[statement(1)]).await;
    assert_eq!(
        client.find(&[("voidedStatementId", &id(1))]).await.status,
        404
    );
    client.store(&[voiding]).await;
    assert_eq!(client.find(&[("statementId", &id(1))]).await.status, 404);
    let voided = client.find(&[("voidedStatementId", &id(1))]).await;
    assert_eq!(
        (voided.status.as_u16(), &voided.json()["id"]),
        (200, &json!(id(1)))
    );
    assert_eq!(client.get("statements").await.numbers(), [2]);
    let verb = "http://example.org/verbs/did";
    assert_eq!(client.find(&[("verb", verb)]).await.numbers(), [2]);
    // What voids cannot itself be voided.
    let again = json!({
        "id": id(3),
        "actor": {"mbox": "mailto:admin@example.org"},
        "verb": {"id": mtl_xapi::VOIDED},
        "object": {"objectType": "StatementRef", "id": id(2)},
    });
    client.store(&[again]).await;
    assert_eq!(client.find(&[("statementId", &id(2))]).await.status, 200);
}

#[tokio::test]
async fn formats() {
    let app = App::new().await;
    let client = app.client("north").await;
    client.store(&[statement(1)]).await;
    let one = id(1);
    let ids = client
        .find(&[("statementId", &one), ("format", "ids")])
        .await
        .json();
    assert_eq!(ids["verb"], json!({"id": "http://example.org/verbs/did"}));
    assert_eq!(ids["object"], json!({"id": "http://example.org/activity"}));
    let exact = client.find(&[("format", "exact")]).await.json()["statements"][0].clone();
    assert_eq!(exact["object"], statement(1)["object"]);

    let request = client
        .request(axum::http::Method::GET, "statements?format=canonical")
        .header("accept-language", "cy, de;q=0.5")
        .body(axum::body::Body::empty())
        .unwrap();
    let canonical = app.send(request).await.json()["statements"][0].clone();
    assert_eq!(canonical["verb"]["display"], json!({"de": "tat"}));
    assert_eq!(
        canonical["object"]["definition"]["name"],
        json!({"cy": "Gweithgaredd"})
    );
}

#[tokio::test]
async fn with_attachments_the_answer_has_parts() {
    let app = App::new().await;
    let client = app.client("north").await;
    client.store(&[statement(1)]).await;
    let answer = client.find(&[("attachments", "true")]).await;
    let boundary = answer
        .header("content-type")
        .strip_prefix("multipart/mixed; boundary=")
        .unwrap();
    let start = format!("--{boundary}\r\nContent-Type: application/json\r\n\r\n");
    let json = answer.text.strip_prefix(&start).unwrap();
    let json = json
        .strip_suffix(&format!("\r\n--{boundary}--\r\n"))
        .unwrap();
    let list: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(list["statements"][0]["id"], json!(id(1)));
    let plain = client.find(&[("attachments", "false")]).await;
    assert_eq!(plain.header("content-type"), "application/json");
}
