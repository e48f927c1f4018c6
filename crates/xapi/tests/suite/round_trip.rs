//! What was sent is what is kept: properties over generated statements.

use mtl_xapi::{
    Statement, Version, equivalent, format, index_entries, parse_json, parse_statement,
    to_canonical_json,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1_000_000i32..1_000_000).prop_map(|n| Value::from(f64::from(n) / 1000.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..4)
                .prop_map(|map| map.into_iter().collect::<Value>()),
        ]
    })
}

fn actor() -> impl Strategy<Value = Value> {
    prop_oneof![
        "[a-z]{1,8}".prop_map(|name| json!({"mbox": format!("mailto:{name}@Example.org")})),
        "[0-9a-fA-F]{40}".prop_map(|digest| json!({"mbox_sha1sum": digest})),
        (".{0,12}", ".{1,12}").prop_map(|(name, account)| json!({
            "name": name,
            "account": {"homePage": "https://u.example", "name": account},
        })),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    let object = prop_oneof![
        "[a-z0-9/]{1,12}".prop_map(|path| json!({"id": format!("http://example.org/{path}")})),
        actor().prop_map(|mut agent| {
            agent["objectType"] = json!("Agent");
            agent
        }),
        any::<u128>().prop_map(|id| json!({
            "objectType": "StatementRef",
            "id": uuid::Uuid::from_u128(id),
        })),
    ];
    (
        any::<u128>(),
        actor(),
        object,
        anything(),
        0u32..=10_000,
        prop::collection::vec(actor(), 0..3),
    )
        .prop_map(|(id, actor, object, extension, mark, members)| {
            json!({
                "id": uuid::Uuid::from_u128(id),
                "actor": actor,
                "verb": {"id": "http://example.org/verb"},
                "object": object,
                "result": {
                    "score": {"scaled": f64::from(mark) / 10_000.0},
                    "extensions": {"http://example.org/extension": extension},
                },
                "context": {
                    "team": {"objectType": "Group", "member": members},
                    "contextActivities": {"other": [{"id": "http://example.org/other"}]},
                },
                "timestamp": "2026-01-02T03:04:05.678Z",
            })
        })
}

proptest! {
    #[test]
    fn json_survives(value in anything()) {
        let text = to_canonical_json(&value);
        prop_assert_eq!(&parse_json(text.as_bytes()).unwrap(), &value);
    }

    #[test]
    fn a_statement_survives(value in statement()) {
        let statement = parse_statement(value.to_string().as_bytes(), Version::V1_0_3).unwrap();
        prop_assert_eq!(statement.as_value(), &value);
        let again = parse_statement(statement.to_json().as_bytes(), Version::V1_0_3).unwrap();
        prop_assert_eq!(again.to_json(), statement.to_json());
        prop_assert!(equivalent(statement.as_value(), again.as_value()));

        let ids = Statement::from_value(format::render_ids(&statement), Version::V1_0_3).unwrap();
        prop_assert_eq!(index_entries(&ids).related_agents, index_entries(&statement).related_agents);
    }

    #[test]
    fn no_json_breaks_the_validation(value in anything(), text in any::<Vec<u8>>()) {
        let _ = Statement::from_value(value, Version::V2_0_0);
        let _ = parse_statement(&text, Version::V1_0_3);
    }

    #[test]
    fn any_value_in_any_place_breaks_nothing(whole in statement(), value in anything(), place in 0usize..6) {
        let name = ["actor", "verb", "object", "result", "context", "timestamp"][place];
        let mut changed = whole;
        changed[name] = value;
        if let Ok(statement) = Statement::from_value(changed, Version::V1_0_3) {
            let _ = (index_entries(&statement), format::render_ids(&statement));
            prop_assert!(equivalent(statement.as_value(), statement.as_value()));
        }
    }
}
