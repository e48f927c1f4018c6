//! Credentials, scopes, and walls between institutions.

use axum::body::Body;
use axum::http::Request;
use mtl_lrs::Scope;

use crate::app::{App, basic, id, statement};

#[tokio::test]
async fn credentials_are_needed() {
    let app = App::new().await;
    let client = app.client("north").await;
    let key = app
        .store
        .list_lrs_credentials(client.institution)
        .await
        .unwrap()[0]
        .access_key
        .clone();
    let with = |authorization: String| {
        Request::get("/xapi/statements")
            .header("x-experience-api-version", "1.0.3")
            .header("authorization", authorization)
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(app.send(with(basic(&key, "the-secret"))).await.status, 200);
    for authorization in [
        basic(&key, "another"),
        basic(&key, ""),
        basic("nobody", "the-secret"),
        "Bearer the-secret".to_owned(),
        "Basic ???".to_owned(),
        String::new(),
    ] {
        let answer = app.send(with(authorization)).await;
        assert_eq!(answer.refusal(), (401, "unauthorized".to_owned()));
        assert!(
            answer
                .header("www-authenticate")
                .starts_with("Basic realm=")
        );
        assert_eq!(answer.header("x-experience-api-version"), "1.0.3");
    }
    let (institution, credential) = (client.institution, client.credential);
    app.store
        .revoke_lrs_credential(institution, credential, app.now())
        .await
        .unwrap();
    assert_eq!(client.get("statements").await.status, 401);
}

#[tokio::test]
async fn scopes_say_what_a_credential_may_do() {
    let app = App::new().await;
    let writer = app.client_with("north", &[Scope::StatementsWrite]).await;
    let other = app.client_with("north", &[Scope::StatementsWrite]).await;
    let both = [Scope::StatementsWrite, Scope::StatementsReadMine];
    let own = app.client_with("north", &both).await;
    let reader = app.client_with("north", &[Scope::StatementsRead]).await;

    other.store(&[statement(1)]).await;
    own.store(&[statement(2)]).await;
    assert_eq!(reader.get("statements").await.numbers(), [2, 1]);
    assert_eq!(own.get("statements").await.numbers(), [2]);
    let one = |number| format!("statements?statementId={}", id(number));
    assert_eq!(own.get(&one(2)).await.status, 200);
    assert_eq!(own.get(&one(1)).await.status, 404);
    assert_eq!(
        writer.get("statements").await.refusal(),
        (403, "forbidden".to_owned())
    );
    assert_eq!(
        reader.post(&statement(3)).await.refusal(),
        (403, "forbidden".to_owned())
    );
    let put = reader
        .put(&format!("?statementId={}", id(3)), &statement(3))
        .await;
    assert_eq!(put.refusal(), (403, "forbidden".to_owned()));
}

#[tokio::test]
async fn one_institution_never_reads_anothers() {
    let app = App::new().await;
    let north = app.client("north").await;
    let south = app.client("south").await;
    north.store(&[statement(1)]).await;
    assert!(south.get("statements").await.numbers().is_empty());
    let agent = r#"{"account":{"homePage":"https://north.example.ac.uk","name":"ann"}}"#;
    assert!(south.find(&[("agent", agent)]).await.numbers().is_empty());
    assert_eq!(
        south
            .get(&format!("statements?statementId={}", id(1)))
            .await
            .status,
        404
    );

    // The same id is free in another institution, and a voiding statement has no effect there.
    let mut different = statement(1);
    different["result"] = serde_json::json!({"success": true});
    south.store(&[different]).await;
    let voiding = serde_json::json!({
        "actor": {"mbox": "mailto:admin@example.org"},
        "verb": {"id": mtl_xapi::VOIDED},
        "object": {"objectType": "StatementRef", "id": id(1)},
    });
    south.store(&[voiding]).await;
    assert_eq!(north.get("statements").await.numbers(), [1]);
    assert_eq!(
        south
            .get(&format!("statements?statementId={}", id(1)))
            .await
            .status,
        404
    );

    // A cursor of one institution opens nothing of another.
    north.store(&[statement(2), statement(3)]).await;
    let more = north.get("statements?limit=1").await.json()["more"].clone();
    let path = more
        .as_str()
        .unwrap()
        .trim_start_matches("/xapi/")
        .to_owned();
    assert!(
        south
            .get(&path)
            .await
            .numbers()
            .iter()
            .all(|number| *number != 2)
    );
}

#[tokio::test]
async fn the_authority_is_the_credential() {
    let app = App::new().await;
    let client = app.client("north").await;
    let mut forged = statement(1);
    forged["authority"] = serde_json::json!({"mbox": "mailto:rector@example.org"});
    client.store(&[forged]).await;
    let found = client
        .get(&format!("statements?statementId={}", id(1)))
        .await
        .json();
    assert_eq!(
        found["authority"],
        serde_json::json!({
            "objectType": "Agent",
            "name": "credential of north",
            "account": {
                "homePage": "https://mtl.example.ac.uk/xapi",
                "name": client.credential.to_string(),
            },
        })
    );
}
