//! Every recorded launch verifies, and says what it said.

use chrono::{DateTime, TimeDelta};
use mtl_lti::login::LoginInitiation;
use mtl_lti::url_rules::ToolUrl;
use mtl_lti::{
    Expectation, KeySet, KnownDeployments, LaunchRefusal, MessageType, SigningAlgorithm,
    UnverifiedIdToken, VerifiedLaunch, verify_launch,
};
use serde_json::Value;
use url::Url;

use crate::recordings;

fn verify(recording: &Value, seconds_later: i64) -> Result<VerifiedLaunch, LaunchRefusal> {
    let claims = &recording["id_token_claims"];
    let mut tool = Url::parse(recording["launch_request"]["url"].as_str().unwrap()).unwrap();
    tool.set_path("/");
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seconds since 1970 with a fraction"
    )]
    let received =
        DateTime::from_timestamp(recording["received_at"].as_f64().unwrap() as i64, 0).unwrap();
    let deployments = [
        claims["https://purl.imsglobal.org/spec/lti/claim/deployment_id"]
            .as_str()
            .unwrap()
            .to_owned(),
    ];
    let expectation = Expectation {
        issuer: claims["iss"].as_str().unwrap(),
        client_id: claims["aud"].as_str().unwrap(),
        nonce: claims["nonce"].as_str().unwrap(),
        deployments: KnownDeployments::Listed(&deployments),
        tool_url: &ToolUrl::from_url(tool).unwrap(),
        algorithms: SigningAlgorithm::DEFAULT,
        now: received + TimeDelta::seconds(seconds_later),
        leeway: Expectation::LEEWAY,
        longest_launch: Expectation::LONGEST_LAUNCH,
    };
    let keys = KeySet::parse(recording["platform_jwks"].to_string().as_bytes()).unwrap();
    let token = recording["launch_request"]["form"]["id_token"]
        .as_str()
        .unwrap();
    verify_launch(UnverifiedIdToken::parse(token)?, &keys, &expectation)
}

fn find(name: &str) -> VerifiedLaunch {
    let launches = recordings::launches();
    let (_, recording) = launches
        .iter()
        .find(|(file, _)| file == name)
        .unwrap_or_else(|| panic!("no {name}"));
    verify(recording, 0).unwrap()
}

#[test]
fn every_recorded_launch_verifies_at_its_time() {
    let launches = recordings::launches();
    assert_eq!(launches.len(), 12);
    for (name, recording) in launches {
        let launch = verify(&recording, 0).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
        let claims = &recording["id_token_claims"];
        assert_eq!(launch.subject(), claims["sub"], "{name}");
        assert_eq!(launch.issuer(), claims["iss"], "{name}");
        assert_eq!(launch.client_id(), claims["aud"], "{name}");
        assert_eq!(launch.nonce(), claims["nonce"], "{name}");
        assert_eq!(launch.name().as_deref(), claims["name"].as_str(), "{name}");
        assert_eq!(launch.email(), claims["email"].as_str(), "{name}");
        assert_eq!(
            launch.target_link_uri(),
            recording["launch_request"]["url"],
            "{name}"
        );
        let message = &claims["https://purl.imsglobal.org/spec/lti/claim/message_type"];
        assert_eq!(launch.message().as_str(), message, "{name}");
        let lineitem =
            claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"]["lineitem"].as_str();
        assert_eq!(
            launch
                .ags()
                .and_then(|ags| ags.lineitem.as_ref())
                .map(Url::as_str),
            lineitem,
            "{name}"
        );
        assert_eq!(launch.unreadable_claims(), [""; 0], "{name}");
    }
}

#[test]
fn every_recorded_launch_expires() {
    for (name, recording) in recordings::launches() {
        assert_eq!(
            verify(&recording, 2 * 3600).unwrap_err(),
            LaunchRefusal::Expired,
            "{name}"
        );
        assert_eq!(
            verify(&recording, -120).unwrap_err(),
            LaunchRefusal::IssuedInFuture,
            "{name}"
        );
    }
}

#[test]
fn every_recorded_login_is_read() {
    for (name, recording) in recordings::launches() {
        let request = &recording["login_request"];
        let login = if request["method"] == "GET" {
            let url = Url::parse(request["url"].as_str().unwrap()).unwrap();
            LoginInitiation::parse(url.query_pairs())
        } else {
            let form = request["form"].as_object().unwrap();
            LoginInitiation::parse(
                form.iter()
                    .map(|(name, value)| (name, value.as_str().unwrap())),
            )
        };
        let login = login.unwrap_or_else(|error| panic!("{name}: {error}"));
        let claims = &recording["id_token_claims"];
        assert_eq!(login.issuer, claims["iss"], "{name}");
        assert_eq!(login.client_id.as_deref(), claims["aud"].as_str(), "{name}");
        let deployment = &claims["https://purl.imsglobal.org/spec/lti/claim/deployment_id"];
        assert_eq!(
            login.deployment_id.as_deref(),
            deployment.as_str(),
            "{name}"
        );
        assert_eq!(
            login.target_link_uri, recording["launch_request"]["url"],
            "{name}"
        );
        assert!(login.message_hint.is_some(), "{name}");
    }
}

#[test]
fn a_learner_of_moodle_in_a_browser() {
    let launch = find("moodle-4.5/ltiresourcelinkrequest-learner-lineitem-chromium-iframe.json");
    assert_eq!(launch.message(), MessageType::ResourceLink);
    assert!(
        launch.roles().is_learner()
            && !launch.roles().is_instructor()
            && !launch.roles().is_administrator()
    );
    let context = launch.context().unwrap();
    assert_eq!(
        (context.id.as_str(), context.label.as_deref()),
        ("2", Some("LTI101"))
    );
    assert!(context.is_course());
    let link = launch.resource_link().unwrap();
    assert_eq!(
        (link.id.as_str(), link.title.as_deref()),
        ("4", Some("Cross-site activity"))
    );
    let ags = launch.ags().unwrap();
    assert_eq!(
        ags.lineitem.as_ref().unwrap().as_str(),
        "http://127.0.0.1:8090/mod/lti/services.php/2/lineitems/8/lineitem?type_id=4"
    );
    assert!(ags.grants(mtl_lti::ags::SCOPE_SCORE) && ags.grants(mtl_lti::ags::SCOPE_LINE_ITEM));
    assert_eq!(
        launch.nrps().unwrap().context_memberships_url.as_str(),
        "http://127.0.0.1:8090/mod/lti/services.php/CourseSection/2/bindings/4/memberships"
    );
    let presentation = launch.presentation().unwrap();
    assert_eq!(presentation.document_target.as_deref(), Some("iframe"));
    assert_eq!(
        presentation.return_url.as_ref().unwrap().path(),
        "/mod/lti/return.php"
    );
    assert_eq!(launch.locale(), Some("en"));
    assert_eq!(launch.given_name(), Some("Mei"));
    assert_eq!(launch.family_name(), Some("王"));
    assert_eq!(launch.platform_product().as_deref(), Some("moodle"));
    assert_eq!(
        launch.lis().unwrap().person_sourcedid.as_deref(),
        Some("SIS-student2")
    );
    assert_eq!(launch.custom("user_name"), Some("student2"));
    assert_eq!(
        launch.custom("due"),
        None,
        "a variable that Moodle does not know"
    );
    assert_eq!(launch.custom("ctx_history"), None, "empty");
    assert_eq!(
        launch.nonce_needed_until().timestamp(),
        launch.issued_at().timestamp() + 120
    );
}

#[test]
fn an_administrator_of_moodle_who_teaches() {
    let launch = find(
        "moodle-4.5/ltiresourcelinkrequest-administrator+instructor+administrator-nolineitem.json",
    );
    assert!(
        launch.roles().is_instructor()
            && launch.roles().is_administrator()
            && !launch.roles().is_learner()
    );
    assert!(launch.ags().unwrap().lineitem.is_none());
    assert!(launch.ags().unwrap().lineitems.is_some());
}

#[test]
fn a_picker_is_asked_by_moodle() {
    let launch = find("moodle-4.5/ltideeplinkingrequest-instructor-nolineitem.json");
    assert_eq!(launch.message(), MessageType::DeepLinking);
    assert!(launch.resource_link().is_none());
    let settings = launch.deep_linking().unwrap();
    assert!(settings.accepts("ltiResourceLink") && !settings.accepts("link"));
    assert!(settings.accept_multiple && settings.accept_lineitem && !settings.auto_create);
    assert_eq!(
        settings.accept_presentation_document_targets,
        ["frame", "iframe", "window"]
    );
    assert_eq!(
        settings.deep_link_return_url.path(),
        "/mod/lti/contentitem_return.php"
    );
    assert_eq!(settings.data, None);
}

#[test]
fn a_review_of_one_persons_work_on_moodle() {
    let launch = find("moodle-4.5/ltisubmissionreviewrequest-instructor-lineitem.json");
    assert_eq!(launch.message(), MessageType::SubmissionReview);
    assert_eq!(launch.subject(), "3");
    assert_eq!(launch.for_user().unwrap().user_id, "5");
    assert_eq!(launch.custom("exercise"), Some("ex-2"));
    assert_eq!(launch.custom("upper"), Some("X"), "the lower-cased copy");
}

#[test]
fn a_learner_of_open_edx() {
    let launch = find("openedx-11.4/ltiresourcelinkrequest-none+learner+none-lineitem.json");
    assert!(launch.roles().is_learner() && !launch.roles().is_administrator());
    assert_eq!(launch.roles().iter().count(), 3);
    assert_eq!(launch.context().unwrap().id, "course-v1:X+Y+Z");
    assert!(launch.context().unwrap().types.is_empty());
    assert_eq!(launch.name().as_deref(), Some("Edx User"));
    assert_eq!(launch.given_name(), None);
    assert_eq!(launch.platform_product(), None);
    assert_eq!(launch.custom("exercise"), Some("ex-9"));
}

#[test]
fn an_author_of_open_edx_picks() {
    let launch = find(
        "openedx-11.4/ltideeplinkingrequest-none+administrator+instructor+none-nolineitem.json",
    );
    assert!(launch.roles().is_instructor() && launch.roles().is_administrator());
    assert!(launch.deep_linking().unwrap().auto_create);
    assert!(launch.presentation().is_none() && launch.ags().is_none() && launch.nrps().is_none());
}
