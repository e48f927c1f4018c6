//! Whether two statements with the same id are the same statement (Data 2.3.1, *Statement
//! Comparison Requirements*).

use serde_json::{Map, Value, json};

use crate::actor::{is_group, with_lower_domain};
use crate::formats::{parse_timestamp, truncated_to_hundredths};
use crate::{Version, to_canonical_json};

/// Whether the statements differ in nothing but what a store may add or change: `id`, `authority`,
/// `stored`, `version`, a timestamp that one of them lacks or has from the store, definitions of Activities, the display
/// of verbs, time zones and decimals beyond the millisecond, the order of a Group's members, the
/// case of a domain, and durations beyond a hundredth of a second. An `objectType` that only says
/// the default makes no difference either, since servers add it.
///
/// Both must be statements; other JSON is never equivalent to one.
pub fn equivalent(one: &Value, other: &Value) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else {
        return false;
    };
    let timestamps_agree = match (given_timestamp(one), given_timestamp(other)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    timestamps_agree && essence(one) == essence(other)
}

/// The timestamp, unless the store has set it: a statement that came without one has the time at
/// which it was stored (Data 2.4.7).
fn given_timestamp(statement: &Map<String, Value>) -> Option<Value> {
    let timestamp = instant(statement.get("timestamp")?);
    let stored = statement.get("stored").map(instant);
    (stored.as_ref() != Some(&timestamp)).then_some(timestamp)
}

/// The immutable part of a statement, without its timestamp, in one spelling.
fn essence(statement: &Map<String, Value>) -> Value {
    let mut essence = Map::new();
    for (name, value) in statement {
        let value = match name.as_str() {
            "id" | "authority" | "stored" | "version" | "timestamp" => continue,
            "actor" => actor(value),
            "verb" => verb(value),
            "object" => object(value),
            "result" => result(value),
            "context" => context(value),
            _ => value.clone(),
        };
        essence.insert(name.clone(), value);
    }
    Value::Object(essence)
}

/// Milliseconds, to which a store may round (Data 4.5); text that is no time stands for itself.
fn instant(value: &Value) -> Value {
    let time = value
        .as_str()
        .and_then(|text| parse_timestamp(text, Version::V1_0_3));
    time.map_or_else(
        || value.clone(),
        |time| Value::from(time.timestamp_millis()),
    )
}

fn verb(verb: &Value) -> Value {
    json!({ "id": verb.get("id") })
}

fn object(object: &Value) -> Value {
    match object.get("objectType").and_then(Value::as_str) {
        None | Some("Activity") => activity(object),
        Some("Agent" | "Group") => actor(object),
        Some("SubStatement") => {
            let Some(map) = object.as_object() else {
                return object.clone();
            };
            let mut value = essence(map);
            if let Some(timestamp) = map.get("timestamp") {
                value["timestamp"] = instant(timestamp);
            }
            value
        }
        Some(_) => lower_case_uuid_at(object, "id"),
    }
}

fn activity(activity: &Value) -> Value {
    json!({ "objectType": "Activity", "id": activity.get("id") })
}

fn actor(actor: &Value) -> Value {
    let Some(map) = actor.as_object() else {
        return actor.clone();
    };
    let mut map = map.clone();
    if !is_group(actor) {
        map.insert("objectType".to_owned(), Value::from("Agent"));
    }
    if let Some(Value::String(mbox)) = map.get_mut("mbox") {
        *mbox = with_lower_domain(mbox);
    }
    if let Some(Value::String(digest)) = map.get_mut("mbox_sha1sum") {
        digest.make_ascii_lowercase();
    }
    if let Some(Value::Array(members)) = map.get_mut("member") {
        *members = members.iter().map(self::actor).collect();
        members.sort_by_cached_key(to_canonical_json);
    }
    Value::Object(map)
}

fn result(result: &Value) -> Value {
    let mut result = result.clone();
    if let Some(Value::String(duration)) = result.get_mut("duration") {
        *duration = truncated_to_hundredths(duration);
    }
    result
}

fn context(context: &Value) -> Value {
    let mut context = lower_case_uuid_at(context, "registration");
    for name in ["instructor", "team"] {
        if let Some(value) = context.get_mut(name) {
            *value = actor(value);
        }
    }
    for (list, name) in [("contextAgents", "agent"), ("contextGroups", "group")] {
        for entry in context
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(value) = entry.get_mut(name) {
                *value = actor(value);
            }
        }
    }
    if let Some(value) = context.get_mut("statement") {
        *value = lower_case_uuid_at(value, "id");
    }
    if let Some(Value::Object(lists)) = context.get_mut("contextActivities") {
        for list in lists.values_mut() {
            *list = match &*list {
                Value::Array(activities) => activities.iter().map(activity).collect(),
                single => Value::Array(vec![activity(single)]),
            };
        }
    }
    context
}

fn lower_case_uuid_at(value: &Value, name: &str) -> Value {
    let mut value = value.clone();
    if let Some(Value::String(id)) = value.get_mut(name) {
        id.make_ascii_lowercase();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Value {
        json!({
            "id": "f1dd3573-d2f3-4ac9-a2a1-fe4bf9d7b3d2",
            "actor": {"mbox": "mailto:ann@example.org", "name": "Ann"},
            "verb": {"id": "http://adlnet.gov/expapi/verbs/passed", "display": {"en": "passed"}},
            "object": {"id": "http://example.org/a", "definition": {"name": {"en": "A"}}},
            "timestamp": "2026-01-02T03:04:05.678Z",
            "result": {"duration": "PT1.23S"},
            "context": {
                "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
                "team": {"objectType": "Group", "member": [
                    {"mbox": "mailto:a@example.org"}, {"mbox": "mailto:b@example.org"},
                ]},
                "contextActivities": {"parent": [{"id": "http://example.org/p"}]},
            },
        })
    }

    fn changed(pointer: &str, name: &str, value: Value) -> Value {
        let mut statement = base();
        statement.pointer_mut(pointer).unwrap()[name] = value;
        statement
    }

    #[test]
    fn what_a_store_may_change_makes_no_difference() {
        let table = [
            changed("", "id", json!("00000000-0000-0000-0000-000000000000")),
            changed("", "stored", json!("2026-01-03T00:00:00Z")),
            changed("", "version", json!("1.0.0")),
            changed("", "authority", json!({"mbox": "mailto:x@example.org"})),
            changed("", "timestamp", json!("2026-01-02T04:04:05.678999+01:00")),
            changed("/verb", "display", json!({"de": "bestanden"})),
            changed("/object", "definition", json!({})),
            changed("/object", "objectType", json!("Activity")),
            changed("/actor", "objectType", json!("Agent")),
            changed("/actor", "mbox", json!("mailto:ann@EXAMPLE.org")),
            changed("/result", "duration", json!("PT1.239S")),
            changed(
                "/context",
                "registration",
                json!("EC531277-B57B-4C15-8D91-D292C5B2B8F7"),
            ),
            changed(
                "/context/team",
                "member",
                json!([{"mbox": "mailto:b@example.org"}, {"mbox": "mailto:a@example.org"}]),
            ),
            changed(
                "/context/contextActivities",
                "parent",
                json!({"id": "http://example.org/p"}),
            ),
        ];
        for other in table {
            assert!(equivalent(&base(), &other), "{other}");
            assert!(equivalent(&other, &base()), "{other}");
        }
        let mut without = base();
        without.as_object_mut().unwrap().remove("timestamp");
        assert!(equivalent(&base(), &without));
        without["timestamp"] = json!("2026-02-03T00:00:00.5Z");
        assert!(!equivalent(&base(), &without));
        without["stored"] = json!("2026-02-03T00:00:00.500Z");
        assert!(equivalent(&base(), &without), "the store has set it");
    }

    #[test]
    fn everything_else_does() {
        let table = [
            changed("/actor", "name", json!("Bob")),
            changed("/actor", "mbox", json!("mailto:Ann@example.org")),
            changed(
                "/verb",
                "id",
                json!("http://adlnet.gov/expapi/verbs/failed"),
            ),
            changed("/object", "id", json!("http://example.org/b")),
            changed("/result", "duration", json!("PT1.24S")),
            changed("/result", "success", json!(true)),
            changed("", "timestamp", json!("2026-01-02T03:04:05.679Z")),
            changed("", "attachments", json!([])),
            changed("/context/contextActivities", "parent", json!([])),
            changed(
                "/context",
                "extensions",
                json!({"http://example.org/e": null}),
            ),
        ];
        for other in table {
            assert!(!equivalent(&base(), &other), "{other}");
        }
        assert!(!equivalent(&base(), &json!(null)));
    }
}
