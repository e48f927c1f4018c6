//! Every statement of the MTL, word for word.

use chrono::DateTime;
use mtl_xapi::mtl::{
    Account, ActivityRef, ActivityType, Event, Happening, Place, Profile, Role, Score, Strand,
    Titled, Verb, statement_id,
};
use mtl_xapi::{Statement, Version};
use serde_json::{Value, json};
use uuid::Uuid;

const PARTICIPANT: &str = "7b0c5f0e-1a77-4a3c-9d7a-0f3c8f6f1d01";
const TUTOR: &str = "7b0c5f0e-1a77-4a3c-9d7a-0f3c8f6f1d02";

fn profile() -> Profile {
    Profile::new("https://mtl.example.ac.uk/xapi/profile").unwrap()
}

fn account(name: &str) -> Account {
    Account {
        home_page: "https://university.example.ac.uk".to_owned(),
        name: name.to_owned(),
    }
}

fn event(what: Happening) -> Event {
    Event {
        id: Uuid::from_u128(1),
        time: DateTime::from_timestamp_micros(1_790_000_000_123_456).unwrap(),
        actor: account(PARTICIPANT),
        institution: "https://university.example.ac.uk/".to_owned(),
        platform: "Moodle".to_owned(),
        language: "en-GB".to_owned(),
        registration: Some(Uuid::from_u128(2)),
        attempt: Some(1),
        place: Place {
            programme: Titled {
                id: "mtl".to_owned(),
                title: "MTL".to_owned(),
            },
            module: Some(Titled {
                id: "m1".to_owned(),
                title: "Developing".to_owned(),
            }),
            activity: Some(ActivityRef {
                id: "first question".to_owned(),
                title: "A question".to_owned(),
                kind: ActivityType::ProfessionalScenario,
            }),
            strands: vec![
                Strand {
                    number: 3,
                    title: "Pedagogic awareness".to_owned(),
                },
                Strand {
                    number: 1,
                    title: "Environments".to_owned(),
                },
            ],
        },
        what,
    }
}

fn compose(event: &Event, version: Version) -> Value {
    profile().statement(event, version).unwrap().into_value()
}

fn agent(name: &str) -> Value {
    json!({
        "objectType": "Agent",
        "account": {"homePage": "https://university.example.ac.uk", "name": name},
    })
}

fn mark(hundredths: u32) -> Score {
    Score::from_hundredths(hundredths).unwrap()
}

#[test]
fn a_launch_in_full() {
    let activity = |id: &str, kind: &str, title: &str| {
        json!({
            "objectType": "Activity",
            "id": id,
            "definition": {"type": kind, "name": {"en-GB": title}},
        })
    };
    let strand = "https://mtl.example.ac.uk/xapi/profile/activity-types/strand";
    let expected = json!({
        "id": statement_id(Uuid::from_u128(1), Verb::Launched, &profile()),
        "actor": agent(PARTICIPANT),
        "verb": {
            "id": "http://adlnet.gov/expapi/verbs/launched",
            "display": {"en": "launched"},
        },
        "object": activity(
            "https://university.example.ac.uk/programmes/mtl/activities/first%20question",
            "https://mtl.example.ac.uk/xapi/profile/activity-types/professional-scenario",
            "A question",
        ),
        "timestamp": "2026-09-21T14:13:20.123Z",
        "context": {
            "registration": "00000000-0000-0000-0000-000000000002",
            "platform": "Moodle",
            "language": "en-GB",
            "contextActivities": {
                "parent": [activity(
                    "https://university.example.ac.uk/programmes/mtl/modules/m1",
                    "http://adlnet.gov/expapi/activities/module",
                    "Developing",
                )],
                "grouping": [
                    activity(
                        "https://university.example.ac.uk/programmes/mtl",
                        "http://adlnet.gov/expapi/activities/course",
                        "MTL",
                    ),
                    activity(
                        "https://mtl.example.ac.uk/xapi/profile/strands/1",
                        strand,
                        "Environments",
                    ),
                    activity(
                        "https://mtl.example.ac.uk/xapi/profile/strands/3",
                        strand,
                        "Pedagogic awareness",
                    ),
                ],
                "category": [{
                    "objectType": "Activity",
                    "id": "https://mtl.example.ac.uk/xapi/profile",
                }],
            },
            "extensions": {"https://mtl.example.ac.uk/xapi/profile/extensions/attempt": 1},
        },
    });
    assert_eq!(
        compose(&event(Happening::Launched), Version::V1_0_3),
        expected
    );
    assert_eq!(
        compose(&event(Happening::Launched), Version::V2_0_0),
        expected
    );
}

#[test]
fn each_verb_and_its_result() {
    let submission = Uuid::from_u128(9);
    let grade = |grade: &str| json!({"http://xapi.jisc.ac.uk/grade": grade});
    let released_by = Some(account(TUTOR));
    let table = [
        (
            Happening::Initialized,
            "http://adlnet.gov/expapi/verbs/initialized",
            Value::Null,
        ),
        (
            Happening::Progressed { percent: 40 },
            "http://adlnet.gov/expapi/verbs/progressed",
            json!({"extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": 40}}),
        ),
        (
            Happening::Submitted,
            "https://w3id.org/xapi/dod-isd/verbs/submitted",
            Value::Null,
        ),
        (
            Happening::Assessed {
                role: Role::Tutor,
                participant: account(PARTICIPANT),
                submission,
                score: Some(mark(6_125)),
            },
            "https://w3id.org/xapi/dod-isd/verbs/assessed",
            json!({"score": {"scaled": 0.6125, "raw": 61.25, "min": 0, "max": 100}}),
        ),
        (
            Happening::Scored {
                score: mark(5_250),
                grade: None,
                released_by: released_by.clone(),
            },
            "http://adlnet.gov/expapi/verbs/scored",
            json!({"score": {"scaled": 0.525, "raw": 52.5, "min": 0, "max": 100}}),
        ),
        (
            Happening::Passed {
                score: Some(mark(7_000)),
                grade: Some("Distinction".to_owned()),
                released_by: released_by.clone(),
            },
            "http://adlnet.gov/expapi/verbs/passed",
            json!({
                "success": true,
                "score": {"scaled": 0.7, "raw": 70, "min": 0, "max": 100},
                "extensions": grade("Distinction"),
            }),
        ),
        (
            Happening::Failed {
                score: None,
                grade: Some("Refer".to_owned()),
                released_by,
            },
            "http://adlnet.gov/expapi/verbs/failed",
            json!({"success": false, "extensions": grade("Refer")}),
        ),
    ];
    for (what, verb, result) in table {
        let statement = compose(&event(what.clone()), Version::V1_0_3);
        assert_eq!(statement["verb"]["id"], verb);
        assert_eq!(
            statement.get("result").cloned().unwrap_or_default(),
            result,
            "{what:?}"
        );
        let id = statement_id(Uuid::from_u128(1), what.verb(), &profile());
        assert_eq!(statement["id"], json!(id));
    }
}

#[test]
fn the_other_person_in_each_version() {
    let assessed = event(Happening::Assessed {
        role: Role::Coach,
        participant: account(PARTICIPANT),
        submission: Uuid::from_u128(9),
        score: None,
    });
    let base = "https://mtl.example.ac.uk/xapi/profile";
    let one = compose(&assessed, Version::V1_0_3);
    let reference =
        json!({"objectType": "StatementRef", "id": "00000000-0000-0000-0000-000000000009"});
    assert_eq!(one["context"]["statement"], reference);
    assert_eq!(
        one["context"]["extensions"],
        json!({
            format!("{base}/extensions/attempt"): 1,
            format!("{base}/extensions/participant"): agent(PARTICIPANT),
            format!("{base}/extensions/role"): format!("{base}/roles/coach"),
        })
    );
    assert_eq!(one.get("result"), None);
    let two = compose(&assessed, Version::V2_0_0);
    assert_eq!(
        two["context"]["contextAgents"],
        json!([{
            "objectType": "contextAgent",
            "agent": agent(PARTICIPANT),
            "relevantTypes": [format!("{base}/roles/participant")],
        }])
    );

    let scored = event(Happening::Scored {
        score: mark(0),
        grade: None,
        released_by: Some(account(TUTOR)),
    });
    let one = compose(&scored, Version::V1_0_3);
    assert_eq!(one["context"]["instructor"], agent(TUTOR));
    let two = compose(&scored, Version::V2_0_0);
    assert_eq!(two["context"].get("instructor"), None);
    assert_eq!(two["context"]["contextAgents"][0]["agent"], agent(TUTOR));
}

#[test]
fn a_correction_voids() {
    let wrong = Uuid::from_u128(77);
    let value = compose(
        &event(Happening::Voided { statement: wrong }),
        Version::V1_0_3,
    );
    assert_eq!(value["verb"]["id"], mtl_xapi::VOIDED);
    assert_eq!(
        value["object"],
        json!({"objectType": "StatementRef", "id": wrong})
    );
    assert_eq!(value["context"].get("platform"), None);
    assert_eq!(Statement::from_stored(value).voids(), Some(wrong));
}

#[test]
fn the_object_is_the_most_particular_place() {
    let mut module = event(Happening::Launched);
    module.place.activity = None;
    let value = compose(&module, Version::V1_0_3);
    let programme = "https://university.example.ac.uk/programmes/mtl";
    assert_eq!(value["object"]["id"], format!("{programme}/modules/m1"));
    assert_eq!(
        value["context"]["contextActivities"]["parent"][0]["id"],
        programme
    );

    let mut whole = module;
    whole.place.module = None;
    whole.place.strands.clear();
    whole.registration = None;
    let value = compose(&whole, Version::V1_0_3);
    assert_eq!(value["object"]["id"], programme);
    let lists = value["context"]["contextActivities"].as_object().unwrap();
    assert_eq!(lists.keys().collect::<Vec<_>>(), ["category"]);
}

#[test]
fn the_same_event_gives_the_same_bytes() {
    let first = event(Happening::Scored {
        score: mark(5_250),
        grade: None,
        released_by: None,
    });
    let kept = serde_json::to_string(&first).unwrap();
    let again: Event = serde_json::from_str(&kept).unwrap();
    let bytes = profile()
        .statement(&first, Version::V1_0_3)
        .unwrap()
        .to_json();
    assert_eq!(
        profile()
            .statement(&again, Version::V1_0_3)
            .unwrap()
            .to_json(),
        bytes
    );
    assert!(
        bytes.starts_with(r#"{"actor":{"account":{"homePage":"#),
        "{bytes}"
    );
    assert!(bytes.contains(r#""score":{"max":100,"min":0,"raw":52.5,"scaled":0.525}"#));
    assert!(!bytes.contains("mbox") && !bytes.contains(r#""name":"Ann"#));
}

#[test]
fn an_event_that_no_statement_can_tell_is_refused() {
    let mut wrong = event(Happening::Launched);
    wrong.institution = "university".to_owned();
    wrong.language = "English language".to_owned();
    let invalid = profile().statement(&wrong, Version::V1_0_3).unwrap_err();
    assert!(invalid.errors.iter().any(|error| error.code() == "iri"));
    assert!(
        invalid
            .errors
            .iter()
            .any(|error| error.code() == "language-tag")
    );
}
