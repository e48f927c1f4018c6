//! Recorded services, registrations and pickers' answers are read by our types.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use mtl_lti::SigningKey;
use mtl_lti::ags::{GradeResult, LineItem, Score};
use mtl_lti::deep_linking::{ContentItem, DeepLinkingResponse};
use mtl_lti::nrps::{MembershipContainer, MembershipStatus};
use mtl_lti::paging::find_next_page;
use mtl_lti::registration::{ConfigurationError, PlatformConfiguration, ToolRegistration};
use serde_json::Value;
use url::Url;

use crate::recordings::read;

fn exchange(name: &str) -> Value {
    let exchanges = read("moodle-4.5/services-exchanges.json");
    let found = exchanges
        .as_array()
        .unwrap()
        .iter()
        .find(|exchange| exchange["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}")).clone()
}

fn body(exchange: &Value) -> &[u8] {
    exchange["response"]["body"].as_str().unwrap().as_bytes()
}

#[test]
fn moodles_line_items_are_read() {
    let items = LineItem::parse_list(body(&exchange("lineitems"))).unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(items[0].label, "Lab activity A");
    assert_eq!(items[0].resource_id, None, "empty is none");
    assert_eq!(items[0].resource_link_id.as_deref(), Some("1"));
    assert_eq!(items[1].resource_id.as_deref(), Some("r-new"));
    assert_eq!(items[1].tag.as_deref(), Some("sep"));
    assert_eq!(items[1].resource_link_id, None);
    let created: LineItem = serde_json::from_slice(body(&exchange("lineitem create"))).unwrap();
    assert_eq!(
        created.start_date_time.unwrap().to_rfc3339(),
        "2026-01-01T00:00:00+00:00"
    );
    assert!(created.id.is_some());
}

#[test]
fn what_we_would_create_is_what_moodle_was_sent() {
    let recorded = exchange("lineitem create");
    let sent: Value = serde_json::from_str(recorded["request"]["body"].as_str().unwrap()).unwrap();
    let mut item = LineItem::new("Probe <i>item</i>", 10.0);
    item.tag = Some("t".into());
    item.resource_id = Some("r".into());
    item.start_date_time = DateTime::from_timestamp(1_767_225_600, 0);
    item.end_date_time = DateTime::from_timestamp(1_796_083_200, 0);
    assert_eq!(serde_json::to_value(&item).unwrap(), sent);
}

#[test]
fn moodles_next_page_is_found_behind_its_typographic_quotation_marks() {
    let recorded = exchange("lineitems limit=1");
    let asked = Url::parse(recorded["request"]["url"].as_str().unwrap()).unwrap();
    let link = recorded["response"]["headers"]["Link"].as_str().unwrap();
    let next = find_next_page([link.as_bytes()], &asked).unwrap();
    assert_eq!(
        next.as_str(),
        "http://127.0.0.1:8090/mod/lti/services.php/2/lineitems?type_id=1&limit=1&from=1"
    );
    // On the wire the marks are UTF-8; the recording shows each of their bytes as one character.
    let wire: Vec<u8> = link
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    assert_eq!(find_next_page([wire.as_slice()], &asked), Some(next));

    let recorded = exchange("nrps limit=2");
    let link = recorded["response"]["headers"]["Link"].as_str().unwrap();
    let next = find_next_page([link.as_bytes()], &asked).unwrap();
    assert_eq!(next.query(), Some("limit=2&from=2"));
}

#[test]
fn moodles_results_are_read_and_compared() {
    let results = GradeResult::parse_list(body(&exchange("results"))).unwrap();
    assert_eq!(results.len(), 3);
    assert_eq!(results[0].comment.as_deref(), Some("Well <b>done</b>"));
    let mut score = Score::graded("5", 14.7, 20.0, DateTime::UNIX_EPOCH);
    score.comment = Some("Well <b>done</b>".into());
    assert!(results[0].shows(&score));
    assert!(!results[1].shows(&score));
}

#[test]
fn scores_that_moodle_took_can_be_read() {
    // A demonstration platform reads scores with this type, so it must be able to read real ones.
    for name in ["score: ts no fraction Z", "score: ts +00:00 ms"] {
        let recorded = exchange(name);
        let sent = recorded["request"]["body"].as_str().unwrap();
        let score: Score = serde_json::from_str(sent).unwrap();
        assert_eq!(score.user_id, "6", "{name}");
        assert!(score.score_given.is_some(), "{name}");
    }
}

#[test]
fn moodles_roster_is_read_with_plain_names() {
    let page = MembershipContainer::parse(body(&exchange("nrps"))).unwrap();
    assert_eq!(page.context.unwrap().id, "2");
    let sean = page
        .members
        .iter()
        .find(|member| member.user_id == "7")
        .unwrap();
    assert_eq!(sean.name.as_deref(), Some("Sean O'Neil & Sons"));
    assert_eq!(sean.family_name.as_deref(), Some("O'Neil & Sons"));
    assert_eq!(sean.status, MembershipStatus::Active);
    assert!(sean.roles.is_learner());
    let tara = page
        .members
        .iter()
        .find(|member| member.user_id == "3")
        .unwrap();
    assert!(tara.roles.is_instructor());
    assert_eq!(tara.email.as_deref(), Some("teacher1@example.invalid"));
    let per_link = MembershipContainer::parse(body(&exchange("nrps rlid"))).unwrap();
    assert_eq!(per_link.members.len(), page.members.len());
}

#[test]
fn open_edx_answers_an_empty_list_for_nobody() {
    let exchanges = read("openedx-11.4/services-exchanges.json");
    assert_eq!(
        MembershipContainer::parse(body(&exchanges[1]))
            .unwrap()
            .members,
        []
    );
}

#[test]
fn moodles_configuration_and_its_registration_answer_are_read() {
    let recorded = read("moodle-4.5/dynamic-registration.json");
    let source = Url::parse(recorded[0]["request"]["url"].as_str().unwrap()).unwrap();
    let configuration = PlatformConfiguration::parse(body(&recorded[0]), &source).unwrap();
    assert_eq!(configuration.issuer, "http://127.0.0.1:8090");
    assert_eq!(configuration.platform.product_family_code, "moodle");
    assert_eq!(
        configuration.platform.messages_supported[1].placements,
        ["ContentArea"]
    );
    assert!(
        configuration
            .platform
            .variables
            .iter()
            .any(|name| name == "Context.id.history")
    );
    assert_eq!(
        configuration.assertion_audience(),
        "http://127.0.0.1:8090/mod/lti/token.php"
    );
    let elsewhere = Url::parse("https://evil.example/openid-configuration").unwrap();
    assert_eq!(
        PlatformConfiguration::parse(body(&recorded[0]), &elsewhere).unwrap_err(),
        ConfigurationError::ForeignIssuer
    );

    let asked: ToolRegistration =
        serde_json::from_str(recorded[1]["request"]["body"].as_str().unwrap()).unwrap();
    assert_eq!(asked.client_id, None);
    let answer: ToolRegistration = serde_json::from_slice(body(&recorded[1])).unwrap();
    assert_eq!(answer.client_id.as_deref(), Some("g8nMWktCPuXmEGU"));
    assert_eq!(answer.tool.deployment_id.as_deref(), Some("3"));
    assert_eq!(answer.tool.messages[0].kind, "LtiDeepLinkingRequest");
    assert_eq!(answer.scopes().count(), 5);
}

#[test]
fn what_moodle_was_asked_for_is_what_we_would_ask_for() {
    let recorded = read("moodle-4.5/dynamic-registration.json");
    let sent: Value =
        serde_json::from_str(recorded[1]["request"]["body"].as_str().unwrap()).unwrap();
    let ours: ToolRegistration = serde_json::from_value(sent.clone()).unwrap();
    assert_eq!(serde_json::to_value(&ours).unwrap(), sent);
}

#[test]
fn pickers_answers_that_platforms_took_are_the_ones_that_we_write() {
    let key = SigningKey::generate().unwrap();
    for platform in ["moodle-4.5", "openedx-11.4"] {
        let accepted = read(&format!("{platform}/deep-linking-responses-accepted.json"));
        for answer in accepted.as_array().unwrap() {
            let claims = &answer["claims"];
            let text = |name: &str| claims[name].as_str().unwrap();
            let items: Vec<ContentItem> = serde_json::from_value(
                claims["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"].clone(),
            )
            .unwrap();
            let now = DateTime::from_timestamp(claims["iat"].as_i64().unwrap() + 60, 0).unwrap();
            let token = DeepLinkingResponse {
                client_id: text("iss"),
                issuer: claims["aud"][0].as_str().unwrap(),
                deployment_id: text("https://purl.imsglobal.org/spec/lti/claim/deployment_id"),
                nonce: text("nonce"),
                data: None,
                items: &items,
                message: None,
                error_message: None,
                now,
            }
            .sign(&key)
            .unwrap();
            let payload = URL_SAFE_NO_PAD
                .decode(token.split('.').nth(1).unwrap())
                .unwrap();
            let mut ours: Value = serde_json::from_slice(&payload).unwrap();
            // The recorded answers lived longer, and had an empty echo where there was nothing to echo.
            let ours = ours.as_object_mut().unwrap();
            ours.insert("exp".into(), claims["exp"].clone());
            ours.insert(
                "https://purl.imsglobal.org/spec/lti-dl/claim/data".into(),
                Value::Null,
            );
            assert_eq!(&Value::Object(ours.clone()), claims, "{platform}");
        }
    }
}
