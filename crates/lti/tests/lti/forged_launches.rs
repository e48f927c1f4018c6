//! Each forged, stale, foreign or broken launch is refused, each for its own reason.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use mtl_lti::{
    Expectation, KnownDeployments, LaunchRefusal, SigningAlgorithm, SigningKey, UnverifiedIdToken,
    verify_launch,
};
use serde_json::{Value, json};

use crate::tokens::{CLIENT, ISSUER, NOW, Platform, claim, good_claims, signed};

fn without(name: &str) -> Value {
    let mut claims = good_claims();
    claims.as_object_mut().unwrap().remove(name).unwrap();
    claims
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = good_claims();
    claims[name] = value;
    claims
}

#[test]
fn each_wrong_claim_has_its_own_reason() {
    use LaunchRefusal as R;
    let platform = Platform::new();
    let message = claim("message_type");
    let deep = |settings: Value| {
        let mut claims = with(&message, json!("LtiDeepLinkingRequest"));
        claims["https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"] = settings;
        claims
    };
    let table: Vec<(&str, Value, Option<R>)> = vec![
        ("nothing wrong", good_claims(), None),
        ("no issuer", without("iss"), Some(R::WrongIssuer)),
        (
            "another issuer",
            with("iss", json!("https://evil.example")),
            Some(R::WrongIssuer),
        ),
        (
            "an issuer with a slash",
            with("iss", json!(format!("{ISSUER}/"))),
            Some(R::WrongIssuer),
        ),
        ("no audience", without("aud"), Some(R::WrongAudience)),
        (
            "wrong aud",
            with("aud", json!("client-2")),
            Some(R::WrongAudience),
        ),
        (
            "an empty list of audiences",
            with("aud", json!([])),
            Some(R::WrongAudience),
        ),
        (
            "an object for an audience",
            with("aud", json!({ "x": CLIENT })),
            Some(R::WrongAudience),
        ),
        ("a list of one audience", with("aud", json!([CLIENT])), None),
        (
            "missing azp with several aud",
            with("aud", json!([CLIENT, "other"])),
            Some(R::AuthorisedPartyMissing),
        ),
        (
            "an unreadable azp",
            with("azp", json!([CLIENT])),
            Some(R::AuthorisedPartyMissing),
        ),
        (
            "another authorised party",
            with("azp", json!("other")),
            Some(R::WrongAuthorisedParty),
        ),
        ("our own authorised party", with("azp", json!(CLIENT)), None),
        ("no exp", without("exp"), Some(R::ExpiryMissing)),
        (
            "exp is text",
            with("exp", json!("tomorrow")),
            Some(R::ExpiryMissing),
        ),
        (
            "exp beyond all time",
            with("exp", json!(1e300)),
            Some(R::ExpiryMissing),
        ),
        ("no iat", without("iat"), Some(R::IssueTimeMissing)),
        (
            "iat below zero",
            with("iat", json!(-1)),
            Some(R::IssueTimeMissing),
        ),
        ("expired", with("exp", json!(NOW - 61)), Some(R::Expired)),
        (
            "expired by less than the leeway",
            with("exp", json!(NOW - 59)),
            None,
        ),
        (
            "issued in the future",
            with("iat", json!(NOW + 61)),
            Some(R::IssuedInFuture),
        ),
        (
            "issued ahead by less than the leeway",
            with("iat", json!(NOW + 59)),
            None,
        ),
        (
            "times with fractions",
            with("iat", json!(1_795_448_000.15)),
            None,
        ),
        (
            "issued yesterday, valid for ever",
            {
                let mut claims = with("iat", json!(NOW - 86_400));
                claims["exp"] = json!(NOW + 86_400);
                claims
            },
            Some(R::IssuedTooLongAgo),
        ),
        ("no nonce", without("nonce"), Some(R::NonceMissing)),
        (
            "empty nonce",
            with("nonce", json!("")),
            Some(R::NonceMissing),
        ),
        (
            "wrong nonce",
            with("nonce", json!("nonce-2")),
            Some(R::WrongNonce),
        ),
        (
            "no deployment",
            without(&claim("deployment_id")),
            Some(R::DeploymentMissing),
        ),
        (
            "overlong deployment",
            with(&claim("deployment_id"), json!("d".repeat(256))),
            Some(R::DeploymentMissing),
        ),
        (
            "no version",
            without(&claim("version")),
            Some(R::WrongVersion),
        ),
        (
            "version 1.1",
            with(&claim("version"), json!("LTI-1p0")),
            Some(R::WrongVersion),
        ),
        (
            "version 1.3.1",
            with(&claim("version"), json!("1.3.1")),
            Some(R::WrongVersion),
        ),
        (
            "missing message type",
            without(&message),
            Some(R::MessageTypeMissing),
        ),
        (
            "unknown message type",
            with(&message, json!("LtiStartProctoring")),
            Some(R::UnknownMessageType),
        ),
        (
            "LTI 1.1 message type",
            with(&message, json!("basic-lti-launch-request")),
            Some(R::UnknownMessageType),
        ),
        (
            "no target link",
            without(&claim("target_link_uri")),
            Some(R::TargetLinkMissing),
        ),
        (
            "foreign target_link_uri",
            with(
                &claim("target_link_uri"),
                json!("https://evil.example/lti/launch"),
            ),
            Some(R::ForeignTargetLink),
        ),
        (
            "target_link_uri with our name as user",
            with(
                &claim("target_link_uri"),
                json!("https://mtl.example@evil.example/"),
            ),
            Some(R::ForeignTargetLink),
        ),
        ("no sub", without("sub"), Some(R::Anonymous)),
        ("empty sub", with("sub", json!("")), Some(R::Anonymous)),
        ("null sub", with("sub", Value::Null), Some(R::Anonymous)),
        (
            "overlong sub",
            with("sub", json!("s".repeat(256))),
            Some(R::SubjectTooLong),
        ),
        ("no roles", without(&claim("roles")), Some(R::RolesMissing)),
        (
            "roles of a wrong shape",
            with(&claim("roles"), json!({ "Instructor": true })),
            Some(R::RolesMissing),
        ),
        (
            "an empty list of roles",
            with(&claim("roles"), json!([])),
            None,
        ),
        (
            "no resource link",
            without(&claim("resource_link")),
            Some(R::ResourceLinkMissing),
        ),
        (
            "a resource link without id",
            with(&claim("resource_link"), json!({ "title": "x" })),
            Some(R::ResourceLinkMissing),
        ),
        (
            "deep linking without settings",
            with(&message, json!("LtiDeepLinkingRequest")),
            Some(R::DeepLinkingSettingsMissing),
        ),
        (
            "deep linking without a way back",
            deep(json!({ "accept_types": ["ltiResourceLink"] })),
            Some(R::DeepLinkingSettingsMissing),
        ),
        (
            "deep linking",
            deep(json!({ "deep_link_return_url": "https://lms.example/back" })),
            None,
        ),
        (
            "a review of nobody's work",
            with(&message, json!("LtiSubmissionReviewRequest")),
            Some(R::ForUserMissing),
        ),
    ];
    for (name, claims, reason) in table {
        assert_eq!(platform.verify_claims(&claims).err(), reason, "{name}");
    }
}

#[test]
fn signatures_are_only_taken_from_the_platform() {
    use LaunchRefusal as R;
    let platform = Platform::new();
    let stranger = SigningKey::generate().unwrap();
    let claims = good_claims();
    let kid = platform.key.kid();
    let good = platform.key.sign(&claims).unwrap();
    let der = platform.key.to_pkcs8_der().unwrap();
    let public = platform.key.public_key();
    let jwk = serde_json::to_vec(public).unwrap();
    let modulus = URL_SAFE_NO_PAD.decode(&public.n).unwrap();
    let public_der = public_key_der(&modulus);
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        base64::engine::general_purpose::STANDARD.encode(&public_der)
    );
    let of_stranger = {
        // A stranger's signature under the platform's key id.
        let token = stranger.sign(&claims).unwrap();
        let signature = token.rsplit('.').next().unwrap().to_owned();
        signed(&json!({"alg": "RS256", "kid": kid}), &claims, |_| {
            URL_SAFE_NO_PAD.decode(signature).unwrap()
        })
    };
    let changed = {
        let other = platform.key.sign(&with("sub", json!("1"))).unwrap();
        let parts: Vec<&str> = good.split('.').collect();
        let other: Vec<&str> = other.split('.').collect();
        format!("{}.{}.{}", parts[0], other[1], parts[2])
    };
    let none = |alg: &str| signed(&json!({ "alg": alg, "kid": kid }), &claims, |_| Vec::new());
    let table: Vec<(&str, String, Option<R>)> = vec![
        ("RS256", good.clone(), None),
        ("PS256", platform.ps256(kid, &claims), None),
        ("ES256", platform.es256(&claims), None),
        ("wrong signature", of_stranger, Some(R::WrongSignature)),
        ("claims exchanged", changed, Some(R::WrongSignature)),
        (
            "no signature",
            format!("{}.", &good[..good.rfind('.').unwrap()]),
            Some(R::TokenTruncated),
        ),
        (
            "cut off in the signature",
            good[..good.len() - 5].to_owned(),
            Some(R::TokenTruncated),
        ),
        (
            "something after the signature",
            format!("{good}AAAA"),
            Some(R::WrongSignature),
        ),
        (
            "signature in another alphabet",
            format!("{}+/", &good[..good.len() - 2]),
            Some(R::WrongSignature),
        ),
        ("alg none", none("none"), Some(R::AlgorithmNone)),
        ("alg None", none("nOnE"), Some(R::AlgorithmNone)),
        (
            "alg none, with a signature",
            signed(&json!({"alg": "none"}), &claims, |_| vec![1; 256]),
            Some(R::AlgorithmNone),
        ),
        (
            "HS256 with the public key as PEM",
            platform.hs256(pem.as_bytes(), &claims),
            Some(R::AlgorithmHmac),
        ),
        (
            "HS256 with the public key as DER",
            platform.hs256(&public_der, &claims),
            Some(R::AlgorithmHmac),
        ),
        (
            "HS256 with the public key as JWK",
            platform.hs256(&jwk, &claims),
            Some(R::AlgorithmHmac),
        ),
        (
            "HS256 with the modulus",
            platform.hs256(&modulus, &claims),
            Some(R::AlgorithmHmac),
        ),
        (
            "HS256 with the private key",
            platform.hs256(&der, &claims),
            Some(R::AlgorithmHmac),
        ),
        (
            "RS512",
            platform.rs512(&claims),
            Some(R::AlgorithmNotAllowed),
        ),
        (
            "an invented algorithm",
            none("XY1"),
            Some(R::AlgorithmNotAllowed),
        ),
        ("an empty algorithm", none(""), Some(R::AlgorithmNotAllowed)),
        (
            "a key that the platform does not have",
            stranger.sign(&claims).unwrap(),
            Some(R::UnknownKey),
        ),
        (
            "no key id, and several keys",
            signed(&json!({"alg": "RS256"}), &claims, |_| vec![1; 256]),
            Some(R::UnknownKey),
        ),
        (
            "a key for another algorithm",
            platform.ps256("rs256-only", &claims),
            Some(R::KeyNotForAlgorithm),
        ),
        (
            "a key of another kind",
            platform.ps256("curve", &claims),
            Some(R::KeyNotForAlgorithm),
        ),
    ];
    for (name, token, reason) in table {
        assert_eq!(platform.verify(&token).err(), reason, "{name}");
    }
}

/// `SubjectPublicKeyInfo` of an RSA key of 2048 bits with the exponent 65537 (RFC 3279 §2.3.1).
fn public_key_der(modulus: &[u8]) -> Vec<u8> {
    let mut der = vec![
        0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
        0x01, 0x01, 0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82,
        0x01, 0x01, 0x00,
    ];
    der.extend_from_slice(modulus);
    der.extend_from_slice(&[0x02, 0x03, 0x01, 0x00, 0x01]);
    der
}

#[test]
fn a_registration_says_which_algorithms_it_accepts() {
    let platform = Platform::new();
    let expectation = Expectation {
        algorithms: SigningAlgorithm::DEFAULT,
        ..platform.expectation()
    };
    for token in [
        platform.es256(&good_claims()),
        platform.ps256(platform.key.kid(), &good_claims()),
    ] {
        let token = UnverifiedIdToken::parse(&token).unwrap();
        let refusal = verify_launch(token, &platform.keys, &expectation).unwrap_err();
        assert_eq!(refusal, LaunchRefusal::AlgorithmNotAllowed);
    }
}

#[test]
fn a_registration_may_list_its_deployments() {
    let platform = Platform::new();
    let token = platform.key.sign(&good_claims()).unwrap();
    for (listed, reason) in [
        (vec!["d0".to_owned(), "d1".to_owned()], None),
        (
            vec!["d2".to_owned()],
            Some(LaunchRefusal::UnknownDeployment),
        ),
        (vec![], Some(LaunchRefusal::UnknownDeployment)),
    ] {
        let expectation = Expectation {
            deployments: KnownDeployments::Listed(&listed),
            ..platform.expectation()
        };
        let token = UnverifiedIdToken::parse(&token).unwrap();
        assert_eq!(
            verify_launch(token, &platform.keys, &expectation).err(),
            reason,
            "{listed:?}"
        );
    }
}

#[test]
fn an_empty_expected_nonce_never_matches() {
    let platform = Platform::new();
    let token = platform.key.sign(&with("nonce", json!(" "))).unwrap();
    let expectation = Expectation {
        nonce: "",
        ..platform.expectation()
    };
    let token = UnverifiedIdToken::parse(&token).unwrap();
    assert_eq!(
        verify_launch(token, &platform.keys, &expectation).unwrap_err(),
        LaunchRefusal::WrongNonce
    );
}

#[test]
fn an_oversized_token_is_refused_unread() {
    let platform = Platform::new();
    let token = platform
        .key
        .sign(&with("padding", json!("x".repeat(64 * 1024))))
        .unwrap();
    assert_eq!(
        platform.verify(&token).unwrap_err(),
        LaunchRefusal::TokenTooLarge
    );
    let token = platform
        .key
        .sign(&with("padding", json!("x".repeat(40 * 1024))))
        .unwrap();
    assert!(platform.verify(&token).is_ok());
}

#[test]
fn the_lms_hears_of_it_only_when_it_is_really_the_lms() {
    let platform = Platform::new();
    let stranger = SigningKey::generate().unwrap();
    let trusted = |claims: &Value| platform.verify_claims(claims).unwrap_err().is_trusted();
    assert!(
        !platform
            .verify(&stranger.sign(&without("sub")).unwrap())
            .unwrap_err()
            .is_trusted()
    );
    assert!(!trusted(&with("iss", json!("https://evil.example"))));
    assert!(!trusted(&with("aud", json!("client-2"))));
    assert!(!trusted(&with("azp", json!("client-2"))));
    assert!(trusted(&without("sub")));
    assert!(trusted(&with("exp", json!(NOW - 1000))));
}

#[test]
fn an_odd_optional_claim_does_not_stop_a_launch() {
    let platform = Platform::new();
    let mut claims = good_claims();
    for (name, odd) in [
        ("name", json!({ "full": "x" })),
        ("email", json!([])),
        (&claim("context"), json!({ "title": "no id" })),
        (&claim("custom"), json!("text")),
        (&claim("launch_presentation"), json!(7)),
        (&claim("lis"), json!("text")),
        (&claim("lti1p1"), json!(true)),
        (
            "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint",
            json!("https://lms.example"),
        ),
        (
            "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",
            json!({ "context_memberships_url": "?" }),
        ),
        (
            "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings",
            json!({}),
        ),
    ] {
        claims[name] = odd;
    }
    let launch = platform.verify_claims(&claims).unwrap();
    assert_eq!(launch.name(), None);
    assert!(launch.context().is_none() && launch.ags().is_none() && launch.nrps().is_none());
    assert!(launch.presentation().is_none() && launch.custom_parameters().is_none());
    assert_eq!(
        launch.unreadable_claims(),
        [
            "name",
            "email",
            "context",
            "launch_presentation",
            "custom",
            "lis",
            "lti1p1",
            "endpoint",
            "namesroleservice",
            "deep_linking_settings"
        ]
    );
}

#[test]
fn odd_shapes_inside_a_claim_are_left_out_one_by_one() {
    let platform = Platform::new();
    let mut claims = good_claims();
    claims["sub"] = json!(42);
    claims["given_name"] = json!("Ada");
    claims[claim("context")] = json!({ "id": 7, "title": null, "type": "CourseSection" });
    claims[claim("custom")] = json!({ "mtl_activity": "mtl/inquiry", "n": 3, "deep": { "x": 1 } });
    claims[claim("role_scope_mentor")] = json!(["5", 6, null]);
    claims[claim("launch_presentation")] =
        json!({ "return_url": "not a url", "height": 600, "locale": "cy" });
    claims["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"] =
        json!({ "scope": "one", "lineitems": "https://lms.example/items", "lineitem": "" });
    let launch = platform.verify_claims(&claims).unwrap();
    assert_eq!(launch.subject(), "42");
    assert_eq!(launch.name().as_deref(), Some("Ada"));
    assert_eq!(launch.context().unwrap().id, "7");
    assert_eq!(launch.context().unwrap().title, None);
    assert!(launch.context().unwrap().is_course());
    assert_eq!(launch.custom("mtl_activity"), Some("mtl/inquiry"));
    assert_eq!(launch.custom("n"), Some("3"));
    assert_eq!(launch.mentees(), ["5", "6"]);
    // The claim counts beside the role Mentor only.
    assert_eq!(launch.mentor_scope(), None);
    assert_eq!(launch.presentation().unwrap().return_url, None);
    assert_eq!(
        launch.presentation().unwrap().height.as_deref(),
        Some("600")
    );
    assert_eq!(launch.locale(), Some("cy"));
    assert_eq!(launch.ags().unwrap().scope, ["one"]);
    assert_eq!(launch.ags().unwrap().lineitem, None);
    assert_eq!(launch.unreadable_claims(), [""; 0]);
}

#[test]
fn a_mentors_claim_that_is_absent_differs_from_one_that_names_nobody() {
    let platform = Platform::new();
    let scope = |mentees: Option<Value>| {
        let mut claims = with(&claim("roles"), json!(["Mentor"]));
        if let Some(mentees) = mentees {
            claims[claim("role_scope_mentor")] = mentees;
        }
        let launch = platform.verify_claims(&claims).unwrap();
        launch.mentor_scope().map(<[String]>::to_vec)
    };
    assert_eq!(scope(None), None);
    assert_eq!(scope(Some(Value::Null)), None);
    assert_eq!(scope(Some(json!({ "odd": 1 }))), None);
    assert_eq!(scope(Some(json!([]))), Some(Vec::new()));
    assert_eq!(scope(Some(json!([7]))), Some(vec!["7".to_owned()]));
}

#[test]
fn the_groups_service_of_a_course_is_read() {
    let platform = Platform::new();
    let name = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice";
    let groups = json!({
        "scope": ["https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"],
        "context_groups_url": "https://lms.example/groups",
        "service_versions": ["1.0"],
    });
    let launch = platform.verify_claims(&with(name, groups)).unwrap();
    let groups = launch.groups().unwrap();
    assert_eq!(groups.context_groups_url.path(), "/groups");
    assert_eq!(groups.context_group_sets_url, None);
    let launch = platform.verify_claims(&with(name, json!([]))).unwrap();
    assert!(launch.groups().is_none());
    assert_eq!(launch.unreadable_claims(), ["groupsservice"]);
}

#[test]
fn a_nonce_is_remembered_until_its_token_can_do_no_harm() {
    let platform = Platform::new();
    let launch = platform.verify_claims(&good_claims()).unwrap();
    assert_eq!(launch.nonce_needed_until().timestamp(), NOW + 59 + 60);
    // A token that lives for a year is dead to us after an hour.
    let launch = platform
        .verify_claims(&with("exp", json!(NOW + 365 * 86_400)))
        .unwrap();
    assert_eq!(
        launch.nonce_needed_until() - launch.issued_at(),
        TimeDelta::hours(1) + TimeDelta::seconds(60)
    );
}
