//! Stores that refuse us, send us elsewhere, are busy, slow or absent.

use std::time::Duration;

use mtl_lrs_client::{DeliveryLimits, Halt, LrsAuth, LrsTarget, StatementOutcome};
use mtl_xapi::Version;
use wiremock::matchers::{any, body_json, header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::fake_lrs::{client, client_with, statement, statements, target};

async fn answering(response: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(response)
        .mount(&server)
        .await;
    server
}

async fn halt_of(server: &MockServer) -> Halt {
    let delivery = client().deliver(&target(server), statements(60)).await;
    assert!(
        delivery
            .outcomes
            .iter()
            .all(|(_, o)| *o == StatementOutcome::Pending)
    );
    assert_eq!(
        server.received_requests().await.unwrap().len(),
        1,
        "one request is enough"
    );
    delivery.halt.unwrap()
}

#[tokio::test]
async fn refused_credentials_pause_the_store() {
    for status in [401, 403, 404, 405] {
        let server = answering(ResponseTemplate::new(status)).await;
        let halt = halt_of(&server).await;
        assert!(
            matches!(halt, Halt::Paused { status: found, .. } if found == status),
            "{halt:?}"
        );
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = answering(ResponseTemplate::new(200)).await;
    for status in [301, 302, 307, 308] {
        let response = ResponseTemplate::new(status).insert_header("location", elsewhere.uri());
        let server = answering(response).await;
        let halt = halt_of(&server).await;
        assert!(
            matches!(halt, Halt::Paused { status: found, .. } if found == status),
            "{halt:?}"
        );
    }
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_busy_store_is_given_its_time() {
    for status in [429, 502, 503, 504] {
        let response = ResponseTemplate::new(status).insert_header("retry-after", "120");
        let halt = halt_of(&answering(response).await).await;
        let wait = Some(Duration::from_mins(2));
        assert!(
            matches!(&halt, Halt::RetryLater { after, .. } if *after == wait),
            "{halt:?}"
        );
        let halt = halt_of(&answering(ResponseTemplate::new(status)).await).await;
        assert!(
            matches!(&halt, Halt::RetryLater { after: None, .. }),
            "{halt:?}"
        );
    }
}

#[tokio::test]
async fn a_store_that_cannot_be_reached_or_does_not_answer() {
    let auth = || LrsAuth::Basic {
        key: "the-key".to_owned(),
        secret: "the-secret".to_owned(),
    };
    // A port that was free a moment ago, and is again.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let closed = format!("http://127.0.0.1:{port}/");
    let absent = LrsTarget::new(&closed, auth(), Version::V1_0_3).unwrap();
    let delivery = client().deliver(&absent, statements(2)).await;
    let expected = Halt::RetryLater {
        after: None,
        reason: "the LRS cannot be reached".to_owned(),
    };
    assert_eq!(delivery.halt, Some(expected));

    let slow = answering(ResponseTemplate::new(200).set_delay(Duration::from_mins(1))).await;
    let request_timeout = Duration::from_millis(100);
    let limits = DeliveryLimits {
        request_timeout,
        ..DeliveryLimits::default()
    };
    let delivery = client_with(limits)
        .deliver(&target(&slow), statements(2))
        .await;
    let expected = Halt::RetryLater {
        after: None,
        reason: "the LRS did not answer in time".to_owned(),
    };
    assert_eq!(delivery.halt, Some(expected));
}

#[tokio::test]
async fn headers_and_body_of_a_request() {
    let server = MockServer::start().await;
    let body: serde_json::Value = serde_json::from_str(&statement(1, "did")).unwrap();
    Mock::given(method("POST"))
        .and(path("/xapi/statements"))
        .and(header("authorization", "Basic dGhlLWtleTp0aGUtc2VjcmV0"))
        .and(header("x-experience-api-version", "2.0.0"))
        .and(header("content-type", "application/json"))
        .and(header("accept", "application/json"))
        .and(header(
            "user-agent",
            concat!("mtl-bridge/", env!("CARGO_PKG_VERSION")),
        ))
        .and(body_json(vec![body]))
        .respond_with(ResponseTemplate::new(200).set_body_string("not even JSON"))
        .expect(1)
        .mount(&server)
        .await;
    let auth = LrsAuth::Basic {
        key: "the-key".to_owned(),
        secret: "the-secret".to_owned(),
    };
    let endpoint = format!("{}/xapi/", server.uri());
    let target = LrsTarget::new(&endpoint, auth, Version::V2_0_0).unwrap();
    let delivery = client().deliver(&target, statements(1)).await;
    assert_eq!(delivery.outcomes, [(1, StatementOutcome::Delivered)]);
    let shown = format!("{target:?} {:?}", client());
    assert!(
        !shown.contains("the-key") && !shown.contains("the-secret"),
        "{shown}"
    );
}

#[tokio::test]
async fn an_endless_answer_is_cut_and_a_statement_is_refused_with_few_words() {
    let server = answering(ResponseTemplate::new(400).set_body_string("x".repeat(5_000_000))).await;
    let delivery = client().deliver(&target(&server), statements(1)).await;
    let [(1, StatementOutcome::Refused(refusal))] = delivery.outcomes.as_slice() else {
        panic!("{:?}", delivery.halt)
    };
    assert_eq!(refusal.message.len(), 1_000);
}
