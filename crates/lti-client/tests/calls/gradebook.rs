//! Scores, results and line items, against Moodle's recorded answers.

use mtl_lti::ags::{
    LineItem, MEDIA_LINE_ITEM, MEDIA_LINE_ITEMS, MEDIA_RESULTS, MEDIA_SCORE, SCOPE_LINE_ITEM,
    SCOPE_LINE_ITEM_READ,
};
use mtl_lti_client::{LineItemFilter, ServiceError};
use url::Url;

use crate::recordings::{Exchange, exchange, exchanges};
use crate::server::{Reply, Request, Server};
use crate::setting::{TOKEN, access, platforms, server_with_token};

const CONTAINER: &str = "/mod/lti/services.php/2/lineitems?type_id=1";

/// The line item whose scores were posted.
fn line_item(server: &Server, recorded: &Exchange) -> Url {
    server.url(
        &recorded
            .target()
            .replace("/scores", "")
            .replace("/results", ""),
    )
}

#[tokio::test]
async fn every_recorded_score_ends_as_moodle_ended_it() {
    let mut played = 0;
    for recorded in exchanges("moodle-4.5") {
        let is_ours = recorded
            .request
            .headers
            .get("Content-Type")
            .is_some_and(|t| t == MEDIA_SCORE);
        if !recorded.name.starts_with("score:") || !is_ours {
            continue;
        }
        played += 1;
        let name = recorded.name.clone();
        let body = recorded.request.body.clone().unwrap_or_default();
        let answer = recorded.clone();
        let server = server_with_token(move |_| answer.play("")).await;
        let item = line_item(&server, &recorded);
        let outcome = platforms()
            .ags()
            .post_score(&access(&server), &item, body.as_bytes())
            .await;
        let code = outcome
            .as_ref()
            .map_or_else(ServiceError::code, |()| "delivered");
        let expected = match recorded.response.status {
            200 => "delivered",
            400 | 404 => "platform_refused",
            401 => "token_not_accepted",
            409 => "platform_conflict",
            502 => "platform_failing",
            other => panic!("{name}: {other}"),
        };
        assert_eq!(code, expected, "{name}");
        let request = server.requests_to(recorded.target()).remove(0);
        assert_eq!(request.method, recorded.request.method);
        assert_eq!(
            request.target,
            recorded.target(),
            "{name}: the path before the query"
        );
        assert_eq!(request.body, body, "{name}: the very bytes");
        assert_eq!(request.header("content-type"), Some(MEDIA_SCORE));
        assert_eq!(request.header("authorization"), Some("Bearer token-1"));
    }
    assert!(played > 20, "{played}");
}

#[tokio::test]
async fn moodles_reasons_are_kept_without_the_persons_score() {
    let table = [
        (
            "score: ts older 1h",
            "the platform holds something later: \
             Refusing score with an earlier timestamp for item 2 and user 6",
        ),
        (
            "score: teacher user",
            "the platform refuses (400): Incorrect score received",
        ),
        (
            "score: unknown item",
            "the platform refuses (404): Not Found: Grade item 9999 doesn't exist",
        ),
    ];
    for (name, words) in table {
        let recorded = exchange(name);
        let answer = recorded.clone();
        let server = server_with_token(move |_| answer.play("")).await;
        let item = line_item(&server, &recorded);
        let error = platforms()
            .ags()
            .post_score(&access(&server), &item, b"{}")
            .await
            .unwrap_err();
        assert_eq!(error.to_string(), words);
    }
}

#[tokio::test]
async fn a_persons_result_is_found() {
    let recorded = exchange("results user_id");
    let answer = recorded.clone();
    let server = server_with_token(move |_| answer.play("")).await;
    let item = server.url("/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1");
    let found = platforms()
        .ags()
        .find_results(&access(&server), &item, "6")
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].result_score, Some(64.0));
    let request = server.requests_to("/mod/lti/services.php").remove(0);
    assert_eq!(request.target, recorded.target());
    assert_eq!(request.header("accept"), Some(MEDIA_RESULTS));
}

#[tokio::test]
async fn other_peoples_results_are_left_out() {
    // A platform that gives all, whatever it is asked.
    let server = server_with_token(|_| exchange("results").play("")).await;
    let item = server.url("/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1");
    let found = platforms()
        .ags()
        .find_results(&access(&server), &item, "5")
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].user_id, "5");
}

/// Moodle's line items: the first page of one with its odd `Link`, and a second page.
fn paged(request: &Request) -> Reply {
    let authority = request.header("host").unwrap();
    if request.target.contains("from=1") {
        exchange("lineitems tag").play(authority)
    } else {
        exchange("lineitems limit=1").play(authority)
    }
}

#[tokio::test]
async fn lists_are_read_to_the_last_page() {
    let server = server_with_token(paged).await;
    let filter = LineItemFilter {
        limit: Some(1),
        ..LineItemFilter::default()
    };
    let found = platforms()
        .ags()
        .list_line_items(&access(&server), &server.url(CONTAINER), &filter)
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
    let pages = server.requests_to("/mod/lti/services.php");
    let targets: Vec<_> = pages.iter().map(|page| page.target.as_str()).collect();
    assert_eq!(
        targets,
        [
            format!("{CONTAINER}&limit=1"),
            format!("{CONTAINER}&limit=1&from=1")
        ]
    );
    assert!(
        pages
            .iter()
            .all(|page| page.header("accept") == Some(MEDIA_LINE_ITEMS))
    );
}

#[tokio::test]
async fn lists_do_not_lead_elsewhere_or_round_in_circles() {
    let other = Server::start(|_| Reply::json("[]")).await;
    let link = format!("Link: <{}>; rel=\"next\"", other.url("/next"));
    let away = server_with_token(move |_| Reply::answer("200 OK", &[link.as_str()], "[]")).await;
    let circle =
        server_with_token(|_| Reply::answer("200 OK", &["Link: </items>; rel=\"next\""], "[]"))
            .await;
    for server in [&away, &circle] {
        let filter = LineItemFilter::default();
        let listed = platforms()
            .ags()
            .list_line_items(&access(server), &server.url("/items"), &filter)
            .await;
        assert_eq!(listed.unwrap_err().code(), "answer_unreadable");
    }
    assert!(other.requests().is_empty(), "the token went nowhere else");
}

fn wanted(resource_id: &str, tag: &str) -> LineItem {
    LineItem {
        resource_id: Some(resource_id.to_owned()),
        tag: Some(tag.to_owned()),
        ..LineItem::new("Probe <i>item</i>", 10.0)
    }
}

#[tokio::test]
async fn a_column_that_is_there_is_found() {
    // A platform that gives all, whatever it is asked.
    let server = server_with_token(|_| exchange("lineitems").play("lms.example")).await;
    let find = async |wanted: &LineItem| {
        platforms()
            .ags()
            .find_line_item(&access(&server), &server.url(CONTAINER), wanted)
            .await
            .unwrap()
    };
    let found = find(&wanted("r-new", "sep")).await.unwrap();
    assert_eq!(found.label, "Created by AGS");
    let requests = server.requests_to("/mod/lti/services.php");
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].target,
        format!("{CONTAINER}&resource_id=r-new&tag=sep")
    );
    assert_eq!(find(&wanted("r", "t")).await, None);
}

#[tokio::test]
async fn a_mark_does_not_go_into_the_first_column_that_is_there() {
    let server = server_with_token(|_| exchange("lineitems").play("lms.example")).await;
    let nameless = LineItem::new("Module 1", 100.0);
    let found = platforms()
        .ags()
        .find_line_item(&access(&server), &server.url(CONTAINER), &nameless)
        .await
        .unwrap();
    assert_eq!(found, None);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_links_own_column_is_found_whatever_the_teacher_calls_it() {
    let column = |number: u32, link: &str, resource: &str| {
        format!(
            r#"{{"id":"https://lms.example/items/{number}","label":"Column {number}",
                "scoreMaximum":10,"resourceId":"{resource}","resourceLinkId":"{link}"}}"#
        )
    };
    let table = [
        (vec![column(1, "8", "r"), column(2, "7", "x")], Some(2)),
        (vec![column(3, "7", "x"), column(4, "7", "r")], Some(4)),
        (vec![column(5, "7", "x"), column(6, "7", "y")], Some(5)),
        (vec![column(7, "8", "r")], None),
    ];
    for (columns, number) in table {
        let list = format!("[{}]", columns.join(","));
        let server = server_with_token(move |_| Reply::json(&list)).await;
        let wanted = LineItem {
            resource_link_id: Some("7".to_owned()),
            ..wanted("r", "t")
        };
        let found = platforms()
            .ags()
            .find_line_item(&access(&server), &server.url("/items"), &wanted)
            .await
            .unwrap();
        let label = number.map(|number| format!("Column {number}"));
        assert_eq!(found.map(|item| item.label), label);
        let asked = &server.requests_to("/items")[0];
        assert_eq!(asked.target, "/items?resource_link_id=7");
    }
}

#[tokio::test]
async fn a_column_is_made_as_it_is_wanted() {
    let server = server_with_token(|_| exchange("lineitem create").play("lms.example")).await;
    let wanted = wanted("r", "t");
    let made = platforms()
        .ags()
        .create_line_item(&access(&server), &server.url(CONTAINER), &wanted)
        .await
        .unwrap();
    let id = "http://lms.example/mod/lti/services.php/2/lineitems/5/lineitem?type_id=1";
    assert_eq!(made.id.unwrap().as_str(), id);
    let request = server.requests_to("/mod/lti/services.php").remove(0);
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", CONTAINER)
    );
    assert_eq!(request.header("content-type"), Some(MEDIA_LINE_ITEM));
    assert_eq!(
        serde_json::from_str::<LineItem>(&request.body).unwrap(),
        wanted
    );
}

#[tokio::test]
async fn a_column_that_may_not_be_made_is_a_lasting_failure() {
    let server = server_with_token(|_| exchange("lineitem create bad rl").play("")).await;
    let refused = platforms()
        .ags()
        .create_line_item(&access(&server), &server.url(CONTAINER), &wanted("r", "t"))
        .await;
    assert!(
        matches!(refused, Err(ServiceError::Permanent { status: 403, .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_deleted_column_is_told_from_a_person_without_a_row() {
    for (status, there) in [("200 OK", true), ("404 Not Found", false)] {
        let server = server_with_token(move |_| Reply::answer(status, &[], "{}")).await;
        let url = server.url("/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1");
        let found = platforms()
            .ags()
            .has_line_item(&access(&server), &url)
            .await
            .unwrap();
        assert_eq!(found, there);
        let request = server.requests_to("/mod/lti/services.php").remove(0);
        assert_eq!(request.header("accept"), Some(MEDIA_LINE_ITEM));
    }
}

#[tokio::test]
async fn everybodys_results_are_read_at_once() {
    let server = server_with_token(|_| exchange("results").play("")).await;
    let item = server.url("/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1");
    let found = platforms()
        .ags()
        .list_results(&access(&server), &item)
        .await
        .unwrap();
    assert!(found.len() > 1, "{found:?}");
    let asked = server.requests_to("/mod/lti/services.php").remove(0);
    assert!(!asked.target.contains("limit"), "{}", asked.target);
}

#[tokio::test]
async fn the_wider_right_is_used_where_the_narrow_one_is_not_granted() {
    let narrow = url::form_urlencoded::byte_serialize(SCOPE_LINE_ITEM_READ.as_bytes());
    let narrow: String = narrow.collect();
    let server = Server::start(move |request| match request.target.as_str() {
        TOKEN if request.body.ends_with(&narrow) => exchange("token: unknown scope only").play(""),
        TOKEN => Reply::json(r#"{"access_token":"a","expires_in":3600}"#),
        _ => Reply::json("[]"),
    })
    .await;
    let filter = LineItemFilter::default();
    let listed = platforms()
        .ags()
        .list_line_items(&access(&server), &server.url(CONTAINER), &filter)
        .await
        .unwrap();
    assert_eq!(listed, []);
    let last = server.requests_to(TOKEN).remove(1);
    let scope = url::form_urlencoded::parse(last.body.as_bytes())
        .last()
        .unwrap()
        .1
        .into_owned();
    assert_eq!(scope, SCOPE_LINE_ITEM);
}
