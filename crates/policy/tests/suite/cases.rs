//! Golden cases: read from TOML, filled with what goes without saying, compared as far as they say.

use std::fs;
use std::path::Path;

use mtl_programme::assessment::{AwardWork, ModuleWork};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// One golden case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) settings: Value,
    pub(crate) work: Option<Value>,
    pub(crate) award: Option<Value>,
    pub(crate) expected: Option<Value>,
    pub(crate) refused: Option<Value>,
}

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

/// Every case of a folder.
pub(crate) fn read(folder: &Path) -> Vec<Case> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .flat_map(|path| {
            let text = fs::read_to_string(path).unwrap();
            let file: File =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            file.case
        })
        .collect()
}

/// Module work out of what a case says about it.
pub(crate) fn module_work(said: &Value) -> ModuleWork {
    let mut work = json!({
        "module": "m1", "credits": 30, "level": 7, "cohort-start": "2025-09-01", "sitting": 1,
        "now": "2026-06-01T09:00:00",
    });
    merge(&mut work, said);
    fill(&mut work);
    serde_json::from_value(work).unwrap()
}

/// Award work out of what a case says about it.
pub(crate) fn award_work(said: &Value) -> AwardWork {
    let mut work = json!({
        "award": "Master's in Teaching and Learning", "credits-required": 180,
        "cohort-start": "2025-09-01", "now": "2026-06-01T09:00:00",
    });
    merge(&mut work, said);
    fill(&mut work);
    if let Some(modules) = work.get_mut("modules").and_then(Value::as_array_mut) {
        for module in modules {
            let mut full = json!({"level": 7, "sitting": 1});
            merge(&mut full, module);
            *module = full;
        }
    }
    serde_json::from_value(work).unwrap()
}

/// Writes moments out and adds what goes without saying.
fn fill(value: &mut Value) {
    if let Value::Array(items) = value {
        items.iter_mut().for_each(fill);
    }
    let Value::Object(members) = value else {
        return;
    };
    if members.contains_key("assessor") {
        let id = members["id"].as_str().unwrap().to_owned();
        default(members, "reference", json!(format!("person-{id}")));
        default(members, "at", json!("2026-02-01T10:00:00"));
    } else if members.contains_key("attempts") || members.contains_key("elements") {
        // An element has no kind, and a component without attempts or elements gets its own below.
        let has_elements = members.contains_key("elements");
        if has_elements {
            default(members, "kind", json!("assessed-submission"));
        }
    }
    if let Some(components) = members.get_mut("components").and_then(Value::as_array_mut) {
        for component in components {
            default(
                component.as_object_mut().unwrap(),
                "kind",
                json!("professional-scenario"),
            );
        }
    }
    for (name, member) in members.iter_mut() {
        let moment = matches!(
            name.as_str(),
            "now" | "due" | "extended-to" | "submitted" | "at"
        );
        match member.as_str() {
            Some(text) if moment => {
                let at: chrono::NaiveDateTime = text.parse().unwrap();
                *member = json!({"instant": at.and_utc().timestamp(), "local": text});
            }
            _ => fill(member),
        }
    }
}

fn default(members: &mut Map<String, Value>, name: &str, value: Value) {
    members.entry(name).or_insert(value);
}

/// Lays `over` on top, table by table.
pub(crate) fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                merge(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (base, over) => base.clone_from(over),
    }
}

/// Where `actual` is not as expected; a table may hold more, a list may not, and `"absent"` is
/// nothing at all.
pub(crate) fn difference(expected: &Value, actual: &Value, at: &str) -> Option<String> {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            expected.iter().find_map(|(name, expected)| {
                let at = format!("{at}/{name}");
                match actual.get(name) {
                    Some(actual) => difference(expected, actual, &at),
                    None if expected == "absent" => None,
                    None => Some(format!("{at}: {expected} expected, but there is nothing")),
                }
            })
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            (0..expected.len()).find_map(|index| {
                difference(&expected[index], &actual[index], &format!("{at}/{index}"))
            })
        }
        _ if expected == actual => None,
        _ => Some(format!("{at}: {expected} expected, not {actual}")),
    }
}
