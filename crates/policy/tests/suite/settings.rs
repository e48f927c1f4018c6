//! Settings, checked against the schema that a policy gives.

use mtl_policy_sdk::LateRule;
use mtl_uk_masters::Settings;
use serde_json::{Value, json};

use crate::guests::{committed, host};

#[tokio::test]
async fn each_wrong_setting_is_named() {
    let policy = host().compile(committed("uk-masters")).await.unwrap();
    for (settings, expected) in [
        (
            json!({"pass-mark": 10_001}),
            "/pass-mark: 10001 is more than 10000",
        ),
        (
            json!({"pass-mark": 49.5}),
            "/pass-mark: a whole number is needed, not 49.5",
        ),
        (
            json!({"late": {"ends": "sometimes"}}),
            "/late/ends: \"sometimes\" is not one of \"inclusive\", \"exclusive\"",
        ),
        (
            json!({"late": {"bands": [{"points": 5}]}}),
            "/late/bands/0: \"up-to\" is missing",
        ),
        (
            json!({"cap": {"mark": "50"}, "max-attempts": 0}),
            "/cap/mark: a whole number is needed, not \"50\"; /max-attempts: 0 is less than 1",
        ),
    ] {
        let error = policy.check_settings(&settings).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    let error = policy
        .check_settings(&json!({"passmark": 5000}))
        .unwrap_err();
    assert_eq!(error.problems[0].at, "/passmark");
    assert!(error.problems[0].what.contains("pass-mark"));
}

#[tokio::test]
async fn the_defaults_that_are_shipped_fit_their_schema() {
    let policy = host().compile(committed("uk-masters")).await.unwrap();
    let defaults: Value = serde_json::from_str(mtl_uk_masters::DEFAULTS).unwrap();
    policy.check_settings(&defaults).unwrap();
    let schema: Value = serde_json::from_str(mtl_uk_masters::SCHEMA).unwrap();
    assert_eq!(policy.description().settings_schema, schema);
}

#[test]
fn the_file_of_defaults_says_what_the_code_does() {
    let file = Settings::parse(mtl_uk_masters::DEFAULTS).unwrap();
    let code = Settings::parse("{}").unwrap();
    // These are empty unless an institution fills them.
    let code = Settings {
        pass_marks_by_level: file.pass_marks_by_level.clone(),
        late: LateRule {
            bands: file.late.bands.clone(),
            ..code.late
        },
        grades: file.grades.clone(),
        exit_awards: file.exit_awards.clone(),
        ..code
    };
    assert_eq!(file, code);
    assert_eq!((file.pass_mark(7), file.pass_mark(6)), (5000, 4000));
}

#[test]
fn uk_masters_names_what_the_schema_cannot_refuse() {
    for (text, at) in [
        ("{", None),
        (r#"{"pass-mark": "50"}"#, Some("/pass-mark")),
        (r#"{"late": {"unit": "weeks"}}"#, Some("/late/unit")),
        (
            r#"{"late": {"bands": [{"up-to": 1}]}}"#,
            Some("/late/bands"),
        ),
        (
            r#"{"late": {"bands": [{"up-to": 2, "cap": 1}, {"up-to": 1, "cap": 1}]}}"#,
            Some("/late/bands"),
        ),
        (
            r#"{"rounding": {"module": {"tie": "up"}}}"#,
            Some("/rounding/module/tie"),
        ),
    ] {
        let refusal = Settings::parse(text).unwrap_err();
        assert_eq!(refusal.at.as_deref(), at, "{text}");
    }
}
