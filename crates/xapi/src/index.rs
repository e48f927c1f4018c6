//! The facts about a statement by which it is found again (Communication 2.1.3).

use std::collections::BTreeSet;

use serde_json::Value;
use uuid::Uuid;

use crate::actor::is_group;
use crate::{AgentKey, Statement};

/// What a store keeps beside a statement so that every filter is a look-up.
///
/// A statement whose object is a reference is also found by the facts of the statement to which
/// it refers, and so on; the store follows [`IndexEntries::refers_to`] for that.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct IndexEntries {
    /// The IRI of the verb.
    pub verb: String,
    /// The actor, the object, and the members where they are Groups: what `agent` finds.
    pub agents: BTreeSet<AgentKey>,
    /// Those and authority, instructor, team, context agents and groups, and all of them again in
    /// a `SubStatement`: what `agent` finds with `related_agents`.
    pub related_agents: BTreeSet<AgentKey>,
    /// The object, if it is an Activity: what `activity` finds.
    pub activities: BTreeSet<String>,
    /// That, the context activities, and all of them again in a `SubStatement`: what `activity`
    /// finds with `related_activities`.
    pub related_activities: BTreeSet<String>,
    /// The registration of the context.
    pub registration: Option<Uuid>,
    /// The statement to which the object refers.
    pub refers_to: Option<Uuid>,
    /// The statement that this one voids; then also in `refers_to`.
    pub voids: Option<Uuid>,
}

/// The index entries of a statement. The authority counts, so the store completes the statement
/// ([`Statement::receive`]) before it asks.
pub fn index_entries(statement: &Statement) -> IndexEntries {
    let mut entries = IndexEntries {
        verb: statement.verb_id().to_owned(),
        registration: statement.registration(),
        refers_to: statement.refers_to(),
        voids: statement.voids(),
        ..IndexEntries::default()
    };
    add_agents(Some(statement.actor()), &mut entries.agents);
    if matches!(statement.object_type(), "Agent" | "Group") {
        add_agents(Some(statement.object()), &mut entries.agents);
    }
    entries
        .activities
        .extend(statement.activity_id().map(str::to_owned));

    entries.related_agents.clone_from(&entries.agents);
    entries.related_activities.clone_from(&entries.activities);
    add_agents(statement.authority(), &mut entries.related_agents);
    add_context(statement.as_value(), &mut entries);
    if statement.object_type() == "SubStatement" {
        add_sub_statement(statement.object(), &mut entries);
    }
    entries
}

fn add_sub_statement(sub_statement: &Value, entries: &mut IndexEntries) {
    add_agents(sub_statement.get("actor"), &mut entries.related_agents);
    add_context(sub_statement, entries);
    let Some(object) = sub_statement.get("object") else {
        return;
    };
    match object.get("objectType").and_then(Value::as_str) {
        None | Some("Activity") => add_activity(object, &mut entries.related_activities),
        Some("Agent" | "Group") => add_agents(Some(object), &mut entries.related_agents),
        Some(_) => {}
    }
}

fn add_context(statement: &Value, entries: &mut IndexEntries) {
    let Some(context) = statement.get("context") else {
        return;
    };
    add_agents(context.get("instructor"), &mut entries.related_agents);
    add_agents(context.get("team"), &mut entries.related_agents);
    for (list, name) in [("contextAgents", "agent"), ("contextGroups", "group")] {
        for entry in context
            .get(list)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            add_agents(entry.get(name), &mut entries.related_agents);
        }
    }
    let lists = context.get("contextActivities").and_then(Value::as_object);
    for activity in lists
        .into_iter()
        .flat_map(|lists| lists.values())
        .filter_map(Value::as_array)
    {
        for activity in activity {
            add_activity(activity, &mut entries.related_activities);
        }
    }
}

fn add_activity(activity: &Value, activities: &mut BTreeSet<String>) {
    activities.extend(
        activity
            .get("id")
            .and_then(Value::as_str)
            .map(str::to_owned),
    );
}

fn add_agents(actor: Option<&Value>, agents: &mut BTreeSet<AgentKey>) {
    let Some(actor) = actor else { return };
    agents.extend(AgentKey::of(actor));
    if is_group(actor) {
        let members = actor.get("member").and_then(Value::as_array);
        agents.extend(members.into_iter().flatten().filter_map(AgentKey::of));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{VOIDED, Version};
    use serde_json::json;

    fn mbox(name: &str) -> Value {
        json!({"mbox": format!("mailto:{name}@x.org")})
    }

    fn keys<'k>(keys: impl IntoIterator<Item = &'k AgentKey>) -> Vec<&'k str> {
        keys.into_iter()
            .map(|key| {
                key.as_str()
                    .trim_start_matches("mbox|mailto:")
                    .trim_end_matches("@x.org")
            })
            .collect()
    }

    #[test]
    fn everything_is_indexed_in_its_place() {
        let value = json!({
            "actor": {"objectType": "Group", "mbox": "mailto:group@x.org", "member": [mbox("member")]},
            "verb": {"id": "http://x.org/verb"},
            "object": {
                "objectType": "SubStatement",
                "actor": mbox("sub-actor"),
                "verb": {"id": "http://x.org/other"},
                "object": {"id": "http://x.org/sub-object"},
                "context": {"contextActivities": {"other": {"id": "http://x.org/sub-other"}}},
            },
            "authority": mbox("authority"),
            "context": {
                "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
                "instructor": mbox("instructor"),
                "team": {"objectType": "Group", "member": [mbox("team-member")]},
                "contextAgents": [{"objectType": "contextAgent", "agent": mbox("context-agent")}],
                "contextActivities": {"parent": [{"id": "http://x.org/parent"}]},
            },
        });
        let entries = index_entries(&Statement::from_value(value, Version::V2_0_0).unwrap());
        assert_eq!(entries.verb, "http://x.org/verb");
        assert_eq!(keys(&entries.agents), ["group", "member"]);
        assert_eq!(
            keys(&entries.related_agents),
            [
                "authority",
                "context-agent",
                "group",
                "instructor",
                "member",
                "sub-actor",
                "team-member"
            ]
        );
        assert!(entries.activities.is_empty());
        assert_eq!(
            entries.related_activities.iter().collect::<Vec<_>>(),
            [
                "http://x.org/parent",
                "http://x.org/sub-object",
                "http://x.org/sub-other"
            ]
        );
        assert!(entries.registration.is_some());
        assert_eq!((entries.refers_to, entries.voids), (None, None));
    }

    #[test]
    fn a_voiding_statement_refers_to_what_it_voids() {
        let target = Uuid::from_u128(7);
        let value = json!({
            "actor": mbox("a"),
            "verb": {"id": VOIDED},
            "object": {"objectType": "StatementRef", "id": target},
        });
        let entries = index_entries(&Statement::from_value(value, Version::V1_0_3).unwrap());
        assert_eq!(
            (entries.refers_to, entries.voids),
            (Some(target), Some(target))
        );
    }
}
