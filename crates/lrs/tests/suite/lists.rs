//! Filters and pages.

use serde_json::{Value, json};

use crate::app::{App, Client, id, statement};

const REGISTRATION: &str = "ec531277-b57b-4c15-8d91-d292c5b2b8f7";

type Parameter<'p> = (&'p str, &'p str);

/// Five statements, each stored by itself and so at a time of its own.
async fn five(client: &Client<'_>) {
    let mut group = statement(2);
    group["actor"] = json!({"objectType": "Group", "member": [{"mbox": "mailto:bob@x.org"}]});
    let mut verb = statement(3);
    verb["verb"] = json!({"id": "http://example.org/verbs/saw"});
    verb["object"] = json!({"objectType": "Agent", "mbox": "mailto:bob@x.org"});
    let mut context = statement(4);
    context["object"]["id"] = json!("http://example.org/other");
    context["context"] = json!({
        "registration": REGISTRATION,
        "instructor": {"mbox": "mailto:bob@x.org"},
        "contextActivities": {"parent": [{"id": "http://example.org/activity"}]},
    });
    let mut reference = statement(5);
    reference["actor"] = json!({"mbox": "mailto:eve@x.org"});
    reference["verb"] = json!({"id": "http://example.org/verbs/confirmed"});
    reference["object"] = json!({"objectType": "StatementRef", "id": id(3)});
    for statement in [statement(1), group, verb, context, reference] {
        client.store(&[statement]).await;
    }
}

#[tokio::test]
async fn each_filter() {
    let app = App::new().await;
    let client = app.client("north").await;
    five(&client).await;
    let ann = r#"{"account":{"homePage":"https://north.example.ac.uk","name":"ann"},"name":"A"}"#;
    let bob = r#"{"mbox":"mailto:bob@X.org"}"#;
    let authority = format!(
        r#"{{"account":{{"homePage":"https://mtl.example.ac.uk/xapi","name":"{}"}}}}"#,
        client.credential
    );
    let activity = "http://example.org/activity";
    let table: [(&[Parameter<'_>], &[u128]); 16] = [
        (&[], &[5, 4, 3, 2, 1]),
        (&[("ascending", "true")], &[1, 2, 3, 4, 5]),
        (&[("limit", "2")], &[5, 4]),
        (&[("limit", "2"), ("ascending", "true")], &[1, 2]),
        // A statement about another is found with it.
        (&[("agent", ann)], &[5, 4, 3, 1]),
        (&[("agent", bob)], &[5, 3, 2]),
        (&[("agent", bob), ("related_agents", "true")], &[5, 4, 3, 2]),
        (&[("agent", authority.as_str())], &[]),
        (
            &[("agent", authority.as_str()), ("related_agents", "true")],
            &[5, 4, 3, 2, 1],
        ),
        (&[("verb", "http://example.org/verbs/saw")], &[5, 3]),
        (&[("verb", "http://example.org/verbs/confirmed")], &[5]),
        (&[("activity", activity)], &[2, 1]),
        (
            &[("activity", activity), ("related_activities", "true")],
            &[4, 2, 1],
        ),
        (&[("registration", REGISTRATION)], &[4]),
        (
            &[("agent", bob), ("verb", "http://example.org/verbs/did")],
            &[2],
        ),
        (
            &[("registration", "00000000-0000-0000-0000-000000000000")],
            &[],
        ),
    ];
    for (parameters, expected) in table {
        assert_eq!(
            client.find(parameters).await.numbers(),
            expected,
            "{parameters:?}"
        );
    }
}

#[tokio::test]
async fn since_is_exclusive_and_until_inclusive() {
    let app = App::new().await;
    let client = app.client("north").await;
    five(&client).await;
    let list = client.find(&[("ascending", "true")]).await.json();
    let stored = |at: usize| list["statements"][at]["stored"].as_str().unwrap();
    let (second, fourth) = (stored(1), stored(3));
    assert_eq!(client.find(&[("since", second)]).await.numbers(), [5, 4, 3]);
    assert_eq!(client.find(&[("until", second)]).await.numbers(), [2, 1]);
    let between = [("since", second), ("until", fourth)];
    assert_eq!(client.find(&between).await.numbers(), [4, 3]);
}

async fn all_pages(client: &Client<'_>, first: &[(&str, &str)]) -> Vec<Vec<u128>> {
    let mut answer = client.find(first).await;
    let mut pages = vec![answer.numbers()];
    loop {
        let list: Value = answer.json();
        match list["more"].as_str().unwrap() {
            "" => return pages,
            more => answer = client.get(more.strip_prefix("/xapi/").unwrap()).await,
        }
        pages.push(answer.numbers());
    }
}

#[tokio::test]
async fn pages_lead_through_all() {
    let app = App::with(|settings| settings.page_statements = 3).await;
    let client = app.client("north").await;
    let statements: Vec<Value> = (1..=8).map(statement).collect();
    client.store(&statements).await;
    let verb = ("verb", "http://example.org/verbs/did");
    assert_eq!(
        all_pages(&client, &[]).await,
        [vec![8, 7, 6], vec![5, 4, 3], vec![2, 1]]
    );
    assert_eq!(
        all_pages(&client, &[verb, ("limit", "4"), ("ascending", "true")]).await,
        [vec![1, 2, 3], vec![4, 5, 6], vec![7, 8]]
    );
    assert_eq!(
        all_pages(&client, &[("limit", "2")]).await,
        [vec![8, 7], vec![6, 5], vec![4, 3], vec![2, 1]]
    );
    let exact = client
        .find(&[("limit", "0"), ("until", "2000-01-01T00:00:00Z")])
        .await
        .json();
    assert_eq!(exact, json!({"statements": [], "more": ""}));
}

#[tokio::test]
async fn pages_stay_true_while_statements_come() {
    let app = App::with(|settings| settings.page_statements = 2).await;
    let client = app.client("north").await;
    let statements: Vec<Value> = (1..=4).map(statement).collect();
    client.store(&statements).await;
    let first = client.get("statements").await;
    client.store(&[statement(5)]).await;
    let more = first.json()["more"].as_str().unwrap().to_owned();
    let second = client.get(more.strip_prefix("/xapi/").unwrap()).await;
    assert_eq!(
        (first.numbers(), second.numbers()),
        (vec![4, 3], vec![2, 1])
    );
}
