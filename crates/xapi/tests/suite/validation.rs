//! Tables of valid and invalid statements: a full statement, changed in one place.

use mtl_xapi::{Statement, Version, parse_statement};
use serde_json::{Value, json};

/// A statement with everything that is common in 1.0.3.
fn full() -> Value {
    json!({
        "id": "12345678-1234-5678-1234-567812345678",
        "actor": {"objectType": "Agent", "name": "Ann", "account": {"homePage": "https://u.example", "name": "1"}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en-GB": "answered"}},
        "object": {
            "objectType": "Activity",
            "id": "http://example.org/activity",
            "definition": {
                "name": {"en": "Question"},
                "description": {"en": "Which?"},
                "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
                "moreInfo": "https://example.org/more",
                "interactionType": "choice",
                "correctResponsesPattern": ["a"],
                "choices": [{"id": "a", "description": {"en": "A"}}, {"id": "b"}],
                "extensions": {"http://example.org/e": null}
            }
        },
        "result": {
            "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
            "success": true,
            "completion": false,
            "response": "a",
            "duration": "PT1M0.5S",
            "extensions": {"http://example.org/e": {"anything": [null, {"at": "all"}]}}
        },
        "context": {
            "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
            "instructor": {"mbox": "mailto:tutor@example.org"},
            "team": {"objectType": "Group", "name": "Team", "member": [{"openid": "https://id.example/1"}]},
            "contextActivities": {"parent": [{"id": "http://example.org/parent"}], "other": {"id": "http://example.org/other"}},
            "revision": "1",
            "platform": "Moodle",
            "language": "en-GB",
            "statement": {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"},
            "extensions": {"http://example.org/e": ""}
        },
        "timestamp": "2026-01-02T03:04:05.678Z",
        "stored": "2026-01-02T03:04:06Z",
        "authority": {"mbox_sha1sum": "cd9b00a5611f94eaa7b1661edab976068e364975"},
        "version": "1.0.0",
        "attachments": [{
            "usageType": "http://example.org/usage",
            "display": {"en": "Essay"},
            "description": {"en": "The essay"},
            "contentType": "text/plain; charset=ascii",
            "length": 27,
            "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
            "fileUrl": "https://example.org/essay"
        }]
    })
}

fn sub_statement() -> Value {
    json!({
        "objectType": "SubStatement",
        "actor": {"mbox": "mailto:a@example.org"},
        "verb": {"id": "http://example.org/verb"},
        "object": {"id": "http://example.org/activity"},
        "timestamp": "2999-01-01T00:00:00Z"
    })
}

fn reference() -> Value {
    json!({"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"})
}

/// The full statement with one property set, or removed where the value is absent.
fn with(pointer: &str, value: impl Into<Option<Value>>) -> Value {
    let mut statement = full();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/");
    let parent = statement.pointer_mut(parent).unwrap();
    match value.into() {
        Some(value) => parent[name.as_str()] = value,
        None => {
            parent.as_object_mut().unwrap().remove(&name);
        }
    }
    statement
}

/// The full statement with another object, and without what only an Activity may stand beside.
fn with_object(object: Value) -> Value {
    let mut statement = with("/object", object);
    let context = statement["context"].as_object_mut().unwrap();
    context.remove("revision");
    context.remove("platform");
    statement
}

fn fault(value: &Value, version: Version) -> Option<(String, &'static str)> {
    let invalid = parse_statement(value.to_string().as_bytes(), version).err()?;
    let first = &invalid.errors[0];
    Some((first.path.clone(), first.code()))
}

#[test]
fn valid_statements() {
    let group =
        json!({"objectType": "Group", "account": {"homePage": "https://u.example", "name": "g"}});
    let two = json!({"objectType": "Group", "member": [{"mbox": "mailto:a@x.org"}, {"mbox": "mailto:b@x.org"}]});
    let table = [
        full(),
        json!({
            "actor": {"mbox": "mailto:xapi@adlnet.gov"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/created"},
            "object": {"id": "http://example.adlnet.gov/xapi/example/activity"}
        }),
        with("/actor", group.clone()),
        with("/actor", two.clone()),
        with("/authority", two),
        with("/context/instructor", group.clone()),
        with("/verb/display", json!({})),
        with("/result/score", json!({})),
        with("/result/score/scaled", json!(-1)),
        with("/result/score/raw", json!(10.0)),
        with("/result/duration", json!("P4W")),
        with("/context/extensions", json!({})),
        with("/context/language", json!("tlh")),
        with("/attachments", json!([])),
        with("/attachments/0/fileUrl", None),
        with("/timestamp", json!("2999-01-01T00:00:00+01:00")),
        with("/version", json!("1.0")),
        with("/version", json!("1.0.9")),
        with("/object/objectType", None),
        with_object(json!({"objectType": "Agent", "mbox": "mailto:a@x.org"})),
        with_object(group),
        with_object(reference()),
        with_object(sub_statement()),
        with_object({
            let mut sub = sub_statement();
            sub["object"] = reference();
            sub
        }),
        {
            let mut voiding = with_object(reference());
            voiding["verb"] = json!({"id": mtl_xapi::VOIDED});
            voiding
        },
    ];
    for statement in table {
        assert_eq!(fault(&statement, Version::V1_0_3), None, "{statement}");
        assert_eq!(fault(&statement, Version::V2_0_0), None, "{statement}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn invalid_statements() {
    let anonymous = json!({"objectType": "Group"});
    let nested = json!({"objectType": "Group", "member": [{"objectType": "Group", "member": []}]});
    let one = json!({"objectType": "Group", "member": [{"mbox": "mailto:a@x.org"}]});
    let two_identifiers = json!({"mbox": "mailto:a@x.org", "openid": "https://id.example"});
    let no_name = json!({"account": {"homePage": "https://u.example"}});
    let no_home = json!({"account": {"name": "1"}});
    let mut with_id = sub_statement();
    with_id["id"] = json!("12345678-1234-5678-1234-567812345678");
    let mut nested_sub = sub_statement();
    nested_sub["object"] = sub_statement();
    let mut voiding_sub = sub_statement();
    voiding_sub["verb"] = json!({"id": mtl_xapi::VOIDED});
    let mut incomplete_sub = sub_statement();
    incomplete_sub.as_object_mut().unwrap().remove("verb");
    let table = [
        // Formatting (Data 2.2).
        (json!("a string"), "$", "wrong-type"),
        (with("/actor", None), "$.actor", "missing-property"),
        (with("/verb", None), "$.verb", "missing-property"),
        (with("/object", None), "$.object", "missing-property"),
        (with("/Actor", json!({})), "$.Actor", "unknown-property"),
        (with("/foo", json!(1)), "$.foo", "unknown-property"),
        (
            with("/actor/foo bar", json!(1)),
            "$.actor[\"foo bar\"]",
            "unknown-property",
        ),
        (with("/actor", json!(null)), "$.actor", "null"),
        (
            with("/verb/display/en-GB", json!(null)),
            "$.verb.display[\"en-GB\"]",
            "wrong-type",
        ),
        (
            with("/context/contextActivities/parent", json!([null])),
            "$.context.contextActivities.parent[0]",
            "null",
        ),
        (
            with("/result/score/raw", json!("5")),
            "$.result.score.raw",
            "wrong-type",
        ),
        (
            with("/result/success", json!("true")),
            "$.result.success",
            "wrong-type",
        ),
        (
            with("/result/completion", json!(1)),
            "$.result.completion",
            "wrong-type",
        ),
        (with("/id", json!(12345)), "$.id", "wrong-type"),
        (
            with("/id", json!("AA97B177-9383-4934-8543-0F91A7A028368")),
            "$.id",
            "uuid",
        ),
        // Actors (Data 2.4.2).
        (
            with("/actor", json!({"name": "Ann"})),
            "$.actor",
            "identifier",
        ),
        (with("/actor", two_identifiers), "$.actor", "identifier"),
        (
            with("/actor", json!({"mbox": "ann@x.org"})),
            "$.actor.mbox",
            "mbox",
        ),
        (
            with("/actor", json!({"mbox_sha1sum": "abc"})),
            "$.actor.mbox_sha1sum",
            "sha1",
        ),
        (
            with("/actor", json!({"openid": "ann"})),
            "$.actor.openid",
            "iri",
        ),
        (
            with("/actor", no_name),
            "$.actor.account.name",
            "missing-property",
        ),
        (
            with("/actor", no_home),
            "$.actor.account.homePage",
            "missing-property",
        ),
        (
            with("/actor/account/homePage", json!("u.example")),
            "$.actor.account.homePage",
            "iri",
        ),
        (
            with("/actor/objectType", json!("agent")),
            "$.actor.objectType",
            "object-type",
        ),
        (
            with("/actor/member", json!([])),
            "$.actor.member",
            "unknown-property",
        ),
        (with("/actor", anonymous), "$.actor", "group"),
        (with("/actor", nested), "$.actor.member[0]", "group"),
        (
            with("/context/team", json!({"mbox": "mailto:a@x.org"})),
            "$.context.team.objectType",
            "missing-property",
        ),
        (with("/authority", one), "$.authority", "authority"),
        // Verbs and objects (Data 2.4.3, 2.4.4).
        (with("/verb", json!({})), "$.verb.id", "missing-property"),
        (with("/verb/id", json!("passed")), "$.verb.id", "iri"),
        (
            with("/verb/display", json!({"a12345678": "x"})),
            "$.verb.display.a12345678",
            "language-tag",
        ),
        (
            with("/verb/display", json!("passed")),
            "$.verb.display",
            "wrong-type",
        ),
        (
            with("/object", json!({})),
            "$.object.id",
            "missing-property",
        ),
        (
            with("/object/objectType", json!("activity")),
            "$.object.objectType",
            "object-type",
        ),
        (
            with("/object/objectType", json!(1)),
            "$.object.objectType",
            "wrong-type",
        ),
        (
            with("/object/definition/type", json!("x")),
            "$.object.definition.type",
            "iri",
        ),
        (
            with("/object/definition/extensions", json!({"x": 1})),
            "$.object.definition.extensions.x",
            "iri",
        ),
        (
            with("/object/definition/interactionType", json!("Choice")),
            "$.object.definition.interactionType",
            "interaction",
        ),
        (
            with("/object/definition/interactionType", json!("likert")),
            "$.object.definition.choices",
            "interaction",
        ),
        (
            with("/object/definition/interactionType", None),
            "$.object.definition.choices",
            "interaction",
        ),
        (
            with(
                "/object/definition/choices",
                json!([{"id": "a"}, {"id": "a"}]),
            ),
            "$.object.definition.choices",
            "interaction",
        ),
        (
            with_object(json!({"objectType": "StatementRef", "id": "x"})),
            "$.object.id",
            "uuid",
        ),
        (
            with_object(json!({"objectType": "StatementRef"})),
            "$.object.id",
            "missing-property",
        ),
        (with_object(with_id), "$.object.id", "sub-statement"),
        (with_object(nested_sub), "$.object.object", "sub-statement"),
        (with_object(voiding_sub), "$.object.object", "voiding"),
        (
            with_object(incomplete_sub),
            "$.object.verb",
            "missing-property",
        ),
        (
            with("/verb/id", json!(mtl_xapi::VOIDED)),
            "$.object",
            "voiding",
        ),
        // Results (Data 2.4.5).
        (
            with("/result/score/scaled", json!(1.01)),
            "$.result.score.scaled",
            "score",
        ),
        (
            with("/result/score/scaled", json!(-1.00001)),
            "$.result.score.scaled",
            "score",
        ),
        (
            with("/result/score/raw", json!(11)),
            "$.result.score.raw",
            "score",
        ),
        (
            with("/result/score/raw", json!(-1)),
            "$.result.score.raw",
            "score",
        ),
        (
            with("/result/score/min", json!(10)),
            "$.result.score",
            "score",
        ),
        (
            with("/result/duration", json!("PA1H0M0S")),
            "$.result.duration",
            "duration",
        ),
        (
            with("/result/duration", json!("P0003-06-04T12:30:05")),
            "$.result.duration",
            "duration",
        ),
        // Contexts (Data 2.4.6).
        (
            with("/context/registration", json!("x")),
            "$.context.registration",
            "uuid",
        ),
        (
            with("/context/language", json!("en_GB")),
            "$.context.language",
            "language-tag",
        ),
        (
            with("/context/contextActivities/sibling", json!([])),
            "$.context.contextActivities.sibling",
            "unknown-property",
        ),
        (
            with("/context/contextActivities/parent", json!("x")),
            "$.context.contextActivities.parent",
            "wrong-type",
        ),
        (
            with("/context/statement", sub_statement()),
            "$.context.statement.actor",
            "unknown-property",
        ),
        (
            with("/object", reference()),
            "$.context.revision",
            "context-object",
        ),
        // Times, version, attachments (Data 2.4.7 to 2.4.11).
        (
            with("/timestamp", json!("2008-09-15T15:53:00.601-00:00")),
            "$.timestamp",
            "timestamp",
        ),
        (with("/stored", json!("yesterday")), "$.stored", "timestamp"),
        (with("/version", json!("0.9.9")), "$.version", "version"),
        (with("/version", json!("1.1.0")), "$.version", "version"),
        (
            with("/attachments", json!({})),
            "$.attachments",
            "wrong-type",
        ),
        (
            with("/attachments/0/usageType", None),
            "$.attachments[0].usageType",
            "missing-property",
        ),
        (
            with("/attachments/0/length", json!("27")),
            "$.attachments[0].length",
            "attachment",
        ),
        (
            with("/attachments/0/length", json!(-1)),
            "$.attachments[0].length",
            "attachment",
        ),
        (
            with("/attachments/0/sha2", json!("x")),
            "$.attachments[0].sha2",
            "attachment",
        ),
        (
            with("/attachments/0/contentType", json!(1)),
            "$.attachments[0].contentType",
            "wrong-type",
        ),
        (
            with("/attachments/0/fileUrl", json!("essay")),
            "$.attachments[0].fileUrl",
            "iri",
        ),
    ];
    for (statement, path, code) in table {
        let found = fault(&statement, Version::V1_0_3);
        assert_eq!(found, Some((path.to_owned(), code)), "{statement}");
        assert!(fault(&statement, Version::V2_0_0).is_some(), "{statement}");
    }
}

#[test]
fn what_only_one_version_knows() {
    let agents = |value: Value| with("/context/contextAgents", value);
    let good = agents(json!([{
        "objectType": "contextAgent",
        "agent": {"mbox": "mailto:a@x.org"},
        "relevantTypes": ["http://example.org/type"]
    }]));
    assert_eq!(fault(&good, Version::V2_0_0), None);
    let unknown = ("$.context.contextAgents".to_owned(), "unknown-property");
    assert_eq!(fault(&good, Version::V1_0_3), Some(unknown));

    let agent = json!({"mbox": "mailto:a@x.org"});
    let path = "$.context.contextAgents[0]";
    let table = [
        (
            json!([{"objectType": "x", "agent": agent}]),
            ".objectType",
            "object-type",
        ),
        (json!([{"agent": agent}]), ".objectType", "missing-property"),
        (
            json!([{"objectType": "contextAgent"}]),
            ".agent",
            "missing-property",
        ),
        (
            json!([{"objectType": "contextAgent", "agent": agent, "relevantTypes": []}]),
            ".relevantTypes",
            "wrong-type",
        ),
        (
            json!([{"objectType": "contextAgent", "agent": agent, "relevantTypes": ["abc"]}]),
            ".relevantTypes[0]",
            "iri",
        ),
    ];
    for (value, at, code) in table {
        assert_eq!(
            fault(&agents(value), Version::V2_0_0),
            Some((format!("{path}{at}"), code))
        );
    }
    let group = with(
        "/context/contextGroups",
        json!([{"objectType": "contextGroup", "group": {"objectType": "Group", "member": []}}]),
    );
    assert_eq!(fault(&group, Version::V2_0_0), None);

    let newer = with("/version", json!("2.0.0"));
    assert_eq!(fault(&newer, Version::V2_0_0), None);
    assert_eq!(
        fault(&newer, Version::V1_0_3),
        Some(("$.version".to_owned(), "version"))
    );
    let zoneless = with("/timestamp", json!("2026-01-02T03:04:05"));
    assert_eq!(fault(&zoneless, Version::V1_0_3), None);
    assert_eq!(
        fault(&zoneless, Version::V2_0_0),
        Some(("$.timestamp".to_owned(), "timestamp"))
    );
}

#[test]
fn every_fault_is_told_and_none_quotes_a_value() {
    let mut statement = full();
    statement["actor"] = json!({"mbox": "secret person"});
    statement["verb"] = json!({"id": "secret verb"});
    let invalid = Statement::from_value(statement, Version::V1_0_3).unwrap_err();
    assert_eq!(
        invalid.to_string(),
        "$.actor.mbox: mailto: and one address is expected (Data 2.4.2.3); \
         $.verb.id: an IRI with a scheme is expected (Data 4.3)"
    );
}
