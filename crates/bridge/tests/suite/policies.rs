//! Policies: installed whole or not at all, replayed byte for byte, and visible when they fail.

use mtl_bridge_core::policies::PolicyInstall;
use mtl_programme::DecisionId;
use serde_json::json;
use uuid::Uuid;

use super::app::TestApp;
use super::work::{Handed, MODULE, PROGRAMME, policy, uk_masters};

#[tokio::test]
async fn a_decision_is_replayed_byte_for_byte_after_its_policy_was_replaced() {
    let app = TestApp::start().await;
    let handed = Handed::start(&app).await;
    let installed = app
        .bridge
        .install_policy(app.institution, uk_masters())
        .await
        .unwrap();
    handed.judge(&app, 0, 6_200).await;
    handed.judge(&app, 1, 5_400).await;
    let decision = handed.decide(&app).await;
    let stored = handed.record(&app).await.decisions.remove(0);
    assert_eq!(stored.policy_digest, installed.digest);
    let decided = stored.decision.unwrap();
    // 62 × 0.4 + 54 × 0.6 = 57.2, rounded by the settings.
    assert_eq!(decided.mark.unwrap().hundredths(), 5_700);

    let other = policy("hostile", json!({"do": "trap"}));
    app.bridge
        .install_policy(app.institution, other)
        .await
        .unwrap();
    // On a replica that has compiled nothing.
    for bridge in [&app.bridge, &app.replica()] {
        let replayed = bridge
            .replay_decision(app.institution, decision)
            .await
            .unwrap();
        assert!(replayed.same && replayed.same_fuel);
    }
    let unknown = DecisionId(Uuid::new_v4());
    assert!(
        app.bridge
            .replay_decision(app.institution, unknown)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_hostile_policy_leaves_its_failure_and_no_mark() {
    let app = TestApp::start().await;
    let handed = Handed::start(&app).await;
    for number in [0, 1] {
        handed.judge(&app, number, 6_200).await;
    }
    for told in ["trap", "mark", "gift", "memory"] {
        app.bridge
            .install_policy(app.institution, policy("hostile", json!({"do": told})))
            .await
            .unwrap();
        app.clock.advance(chrono::TimeDelta::seconds(1));
        let decision = handed.decide(&app).await;
        let record = handed.record(&app).await;
        let newest = &record.decisions[0];
        assert_eq!(newest.id, decision);
        let words = newest.decision.as_ref().unwrap_err();
        assert!(!words.is_empty(), "{told}");
        let released = app.bridge.release(&handed.tutor, decision).await;
        assert_eq!(
            released.unwrap_err().code(),
            "decision_not_releasable",
            "{told}"
        );
        // The failure is replayed as it was.
        let replayed = app
            .bridge
            .replay_decision(app.institution, decision)
            .await
            .unwrap();
        assert!(replayed.same, "{told}");
    }
    app.deliver().await;
    assert!(app.scores().await.is_empty() && app.lms.score_log().is_empty());
    assert!(app.grades(app.people.participants[0]).is_empty());
}

#[tokio::test]
async fn a_bad_upload_never_touches_the_policy_in_force() {
    let app = TestApp::start().await;
    let good = app
        .bridge
        .install_policy(app.institution, policy("hostile", json!({})))
        .await
        .unwrap();
    let hostile = || policy("hostile", json!({}));
    for (install, why) in [
        (
            PolicyInstall {
                component: b"\0asm not really".to_vec(),
                ..hostile()
            },
            "not a component",
        ),
        (policy("hostile", json!({"do": 7})), "settings"),
        (
            PolicyInstall {
                programme: Some(PROGRAMME.to_owned()),
                module: Some("nowhere".to_owned()),
                ..hostile()
            },
            "an unknown module",
        ),
        (
            PolicyInstall {
                module: Some(MODULE.to_owned()),
                ..hostile()
            },
            "a module without its programme",
        ),
    ] {
        let installed = app.bridge.install_policy(app.institution, install).await;
        assert!(installed.is_err(), "{why}");
    }
    let bound = app
        .bridge
        .store()
        .list_policy_bindings(app.institution)
        .await
        .unwrap();
    assert_eq!(bound.len(), 1);
    assert_eq!(
        (&bound[0].digest, bound[0].settings.as_str()),
        (&good.digest, "{}")
    );
}
