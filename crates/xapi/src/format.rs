//! How a stored statement is shown: `exact`, `ids` or `canonical` (Communication 2.1.3).

use serde_json::{Map, Value};

use crate::Statement;
use crate::actor::{IDENTIFIERS, is_group};

/// The parameter `format`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// Only what identifies Agents, Groups, Activities and verbs.
    Ids,
    /// As received.
    #[default]
    Exact,
    /// With the store's own definitions, each in one language.
    Canonical,
}

impl Format {
    /// Reads the parameter; case matters.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ids" => Some(Self::Ids),
            "exact" => Some(Self::Exact),
            "canonical" => Some(Self::Canonical),
            _ => None,
        }
    }
}

/// What the store knows of Activities and verbs, for the canonical format.
pub trait Definitions {
    /// The definition of an Activity.
    fn activity_definition(&self, id: &str) -> Option<Value>;
    /// The display of a verb, as a language map.
    fn verb_display(&self, id: &str) -> Option<Value>;
}

/// A store that keeps no definitions of its own: those of each statement stand.
pub struct OwnDefinitions;

impl Definitions for OwnDefinitions {
    fn activity_definition(&self, _: &str) -> Option<Value> {
        None
    }

    fn verb_display(&self, _: &str) -> Option<Value> {
        None
    }
}

/// The statement with nothing but identifiers in its Agents, Groups, Activities and verbs.
pub fn render_ids(statement: &Statement) -> Value {
    let mut value = statement.as_value().clone();
    visit(&mut value, &mut |part, value| match part {
        Part::Actor => *value = actor_ids(value),
        Part::Activity => keep(value, &["objectType", "id"]),
        Part::Verb => keep(value, &["id"]),
    });
    value
}

/// The statement with canonical definitions and displays, each in the language that fits
/// `accept_language` (the request's header) best; Agents and Groups as received.
pub fn render_canonical(
    statement: &Statement,
    definitions: &impl Definitions,
    accept_language: Option<&str>,
) -> Value {
    let wanted = parse_accept_language(accept_language.unwrap_or_default());
    let mut value = statement.as_value().clone();
    visit(&mut value, &mut |part, value| {
        let Value::Object(map) = value else { return };
        let id = map.get("id").and_then(Value::as_str).unwrap_or_default();
        match part {
            Part::Actor => {}
            Part::Activity => {
                if let Some(definition) = definitions.activity_definition(id) {
                    map.insert("definition".to_owned(), definition);
                }
                if let Some(definition) = map.get_mut("definition") {
                    choose_in_definition(definition, &wanted);
                }
            }
            Part::Verb => {
                if let Some(display) = definitions.verb_display(id) {
                    map.insert("display".to_owned(), display);
                }
                if let Some(display) = map.get_mut("display") {
                    choose_language(display, &wanted);
                }
            }
        }
    });
    value
}

#[derive(Clone, Copy)]
enum Part {
    Actor,
    Activity,
    Verb,
}

/// Calls `change` for every Agent or Group, Activity and verb of a statement.
fn visit(statement: &mut Value, change: &mut impl FnMut(Part, &mut Value)) {
    for name in ["actor", "authority"] {
        if let Some(actor) = statement.get_mut(name) {
            change(Part::Actor, actor);
        }
    }
    if let Some(verb) = statement.get_mut("verb") {
        change(Part::Verb, verb);
    }
    if let Some(context) = statement.get_mut("context") {
        visit_context(context, change);
    }
    let Some(object) = statement.get_mut("object") else {
        return;
    };
    match object.get("objectType").and_then(Value::as_str) {
        None | Some("Activity") => change(Part::Activity, object),
        Some("Agent" | "Group") => change(Part::Actor, object),
        Some("SubStatement") => visit(object, change),
        Some(_) => {}
    }
}

fn visit_context(context: &mut Value, change: &mut impl FnMut(Part, &mut Value)) {
    for name in ["instructor", "team"] {
        if let Some(actor) = context.get_mut(name) {
            change(Part::Actor, actor);
        }
    }
    for (list, name) in [("contextAgents", "agent"), ("contextGroups", "group")] {
        for entry in context
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(actor) = entry.get_mut(name) {
                change(Part::Actor, actor);
            }
        }
    }
    if let Some(Value::Object(lists)) = context.get_mut("contextActivities") {
        for activity in lists.values_mut().filter_map(Value::as_array_mut).flatten() {
            change(Part::Activity, activity);
        }
    }
}

fn keep(value: &mut Value, names: &[&str]) {
    if let Value::Object(map) = value {
        map.retain(|name, _| names.contains(&name.as_str()));
    }
}

fn actor_ids(actor: &Value) -> Value {
    let mut ids = Map::new();
    for name in ["objectType"].iter().chain(&IDENTIFIERS) {
        if let Some(value) = actor.get(name) {
            ids.insert((*name).to_owned(), value.clone());
        }
    }
    let anonymous = is_group(actor) && !IDENTIFIERS.iter().any(|name| actor.get(name).is_some());
    if let Some(Value::Array(members)) = actor.get("member").filter(|_| anonymous) {
        ids.insert("member".to_owned(), members.iter().map(actor_ids).collect());
    }
    Value::Object(ids)
}

fn choose_in_definition(definition: &mut Value, wanted: &[String]) {
    for name in ["name", "description"] {
        if let Some(map) = definition.get_mut(name) {
            choose_language(map, wanted);
        }
    }
    for list in ["choices", "scale", "source", "target", "steps"] {
        for component in definition
            .get_mut(list)
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(map) = component.get_mut("description") {
                choose_language(map, wanted);
            }
        }
    }
}

/// Leaves one entry of a language map.
fn choose_language(map: &mut Value, wanted: &[String]) {
    let Value::Object(entries) = map else { return };
    let fits = |tag: &str, range: &str| {
        let tag = tag.to_ascii_lowercase();
        tag == *range
            || tag
                .strip_prefix(range)
                .is_some_and(|rest| rest.starts_with('-'))
    };
    // A range for a region is content with the language: `en-GB` takes `en` (RFC 4647, 3.4).
    let by_range = wanted.iter().find_map(|range| {
        let language = range.split('-').next().unwrap_or_default();
        let mut tags = [range.as_str(), language].into_iter();
        tags.find_map(|range| entries.keys().find(|tag| fits(tag, range)).cloned())
    });
    let first = || entries.keys().next().cloned();
    if let Some(chosen) = by_range.or_else(first) {
        entries.retain(|tag, _| *tag == chosen);
    }
}

/// The ranges of `Accept-Language` in the order of preference, in lower case (RFC 9110, 12.5.4).
fn parse_accept_language(header: &str) -> Vec<String> {
    let mut ranges: Vec<(u16, String)> = header
        .split(',')
        .filter_map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let range = parts
                .next()
                .filter(|range| !range.is_empty() && *range != "*")?;
            let quality = parts.find_map(|part| part.strip_prefix("q="));
            let quality = quality.map_or(Some(1000), parse_quality)?;
            (quality > 0).then(|| (quality, range.to_ascii_lowercase()))
        })
        .collect();
    ranges.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    ranges.into_iter().map(|(_, range)| range).collect()
}

/// A quality of at most three decimals, in thousandths.
fn parse_quality(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let whole: u16 = whole.parse().ok().filter(|whole| *whole <= 1)?;
    let decimals: u16 = format!("{decimals:0<3}").get(..3)?.parse().ok()?;
    Some((whole * 1000 + decimals).min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Version;
    use serde_json::json;

    fn statement() -> Statement {
        let value = json!({
            "actor": {"objectType": "Group", "name": "Pair", "member": [
                {"mbox": "mailto:a@x.org", "name": "A"},
            ]},
            "verb": {"id": "http://x.org/v", "display": {"de": "tat", "en": "did"}},
            "object": {
                "objectType": "Activity",
                "id": "http://x.org/a",
                "definition": {"type": "http://x.org/t", "name": {"cy": "C", "en-US": "E"}},
            },
            "context": {
                "instructor": {"account": {"homePage": "http://x.org", "name": "1"}, "name": "I"},
                "contextActivities": {"parent": [{"id": "http://x.org/p", "definition": {}}]},
            },
        });
        Statement::from_value(value, Version::V1_0_3).unwrap()
    }

    #[test]
    fn ids_only() {
        assert_eq!(
            render_ids(&statement()),
            json!({
                "actor": {"objectType": "Group", "member": [{"mbox": "mailto:a@x.org"}]},
                "verb": {"id": "http://x.org/v"},
                "object": {"objectType": "Activity", "id": "http://x.org/a"},
                "context": {
                    "instructor": {"account": {"homePage": "http://x.org", "name": "1"}},
                    "contextActivities": {"parent": [{"id": "http://x.org/p"}]},
                },
            })
        );
    }

    #[test]
    fn canonical_in_one_language() {
        let table = [
            (Some("en-GB, de;q=0.8"), "did", "E"),
            (Some("de, en;q=0.5"), "tat", "E"),
            (Some("de;q=0, cy"), "tat", "C"),
            (None, "tat", "C"),
        ];
        for (header, display, name) in table {
            let value = render_canonical(&statement(), &OwnDefinitions, header);
            let only = |value: &Value| {
                let values: Vec<_> = value.as_object().unwrap().values().cloned().collect();
                assert_eq!(values.len(), 1, "{header:?}");
                values[0].clone()
            };
            assert_eq!(only(&value["verb"]["display"]), display, "{header:?}");
            assert_eq!(
                only(&value["object"]["definition"]["name"]),
                name,
                "{header:?}"
            );
            assert_eq!(value["actor"]["name"], "Pair");
        }
    }

    #[test]
    fn the_stores_definitions_come_first() {
        struct Known;
        impl Definitions for Known {
            fn activity_definition(&self, id: &str) -> Option<Value> {
                (id == "http://x.org/p").then(|| json!({"name": {"en": "Parent"}}))
            }
            fn verb_display(&self, _: &str) -> Option<Value> {
                Some(json!({"en": "done"}))
            }
        }
        let value = render_canonical(&statement(), &Known, Some("en"));
        assert_eq!(value["verb"]["display"], json!({"en": "done"}));
        let parent = &value["context"]["contextActivities"]["parent"][0];
        assert_eq!(parent["definition"]["name"], json!({"en": "Parent"}));
    }
}
