//! Picking activities for a course: what a tutor sees, and what the platform gets back.

use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mtl_lti::claims::names;
use serde_json::{Value, json};

use super::app::TestApp;
use super::browser::{Answer, Browser, encode};
use super::hand_platform::{CLIENT, DEPLOYMENT, HandPlatform, LEARNER};

/// The claims of the answer on the page, which names a key that we publish.
async fn answered(browser: &mut Browser, page: &Answer) -> Value {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let token = page.input("JWT");
    let mut parts = token.split('.').map(|part| {
        let json = URL_SAFE_NO_PAD.decode(part).unwrap();
        serde_json::from_slice::<Value>(&json)
    });
    let head = parts.next().unwrap().unwrap();
    let claims = parts.next().unwrap().unwrap();
    let keys = browser.get("/.well-known/jwks.json").await.json();
    let keys = keys["keys"].as_array().unwrap();
    assert!(keys.iter().any(|key| key["kid"] == head["kid"]), "{head}");
    assert_eq!(head["alg"], "RS256");
    claims
}

fn items(claims: &Value) -> &Vec<Value> {
    claims[names::CONTENT_ITEMS].as_array().unwrap()
}

/// The fields of the review page's form as a browser would post them, with changes.
fn fields(page: &Answer, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = vec![("form_token".to_owned(), page.input("form_token"))];
    for part in page.body.split("name=\"activity\" value=\"").skip(1) {
        let key = part.split('"').next().unwrap().to_owned();
        for name in ["name", "due", "opens"] {
            let field = format!("{name}.{key}");
            let value = page.input(&field);
            fields.push((field, value));
        }
        let column = format!("column.{key}");
        if page
            .body
            .contains(&format!("name=\"{column}\" value=\"yes\" checked"))
        {
            fields.push((column, "yes".to_owned()));
        }
        fields.push(("activity".to_owned(), key));
    }
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    fields
}

async fn picking() -> (TestApp, HandPlatform, Browser) {
    let app = TestApp::start().await;
    let platform = HandPlatform::start(&app).await;
    let browser = Browser::new(&app);
    (app, platform, browser)
}

/// The path that all pages of the launch begin with.
fn base(page: &Answer) -> String {
    page.path.split('/').take(3).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_tutor_finds_activities_by_module_and_strand_without_script() {
    let (app, platform, mut browser) = picking().await;
    let page = platform
        .pick(&app, &mut browser, &json!({}), &json!({}))
        .await;
    assert!(page.says("Add activities to your course"), "{}", page.body);
    assert!(
        page.says("Teaching, 2026 entry")
            && page.says("Scenario 1: A question from your own classroom")
    );
    assert!(page.says("due 12 weeks after the start, at 16:00"));
    // Kinds that have no page yet are marked and cannot be chosen.
    let at = page.body.find("value=\"mtl/where-i-stand\"").unwrap();
    assert!(page.body[at..at + 200].contains("disabled") && page.says("Not here yet"));

    let base = base(&page);
    let found = browser
        .get(&format!(
            "{base}/pick?q=small%20CHANGE&strand=&a=mtl/first-question"
        ))
        .await;
    assert!(found.says("1 activity fits."), "{}", found.body);
    // What was chosen before stays chosen.
    assert!(found.says("Chosen before this search"));
    let at = found.body.find("value=\"mtl/first-question\"").unwrap();
    assert!(found.body[at..at + 100].contains("checked"));
    let none = browser.get(&format!("{base}/pick?q=xyzzy")).await;
    assert!(none.says("Nothing fits that search."));
    let strand = browser.get(&format!("{base}/pick?strand=2")).await;
    assert!(strand.says("Scenario 2") && !strand.says("Scenario 1: A question"));
    let empty = browser.get(&format!("{base}/pick/review?q=x")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.says("Choose at least one activity"));
}

/// What a browser without script sends of the picker: the boxes that are ticked on the page.
fn ticked(page: &Answer) -> Vec<(String, String)> {
    page.body
        .split("<input type=\"checkbox\"")
        .skip(1)
        .filter_map(|part| {
            let tag = &part[..part.find('>').unwrap()];
            let value = |name: &str| {
                let rest = tag.split_once(&format!(" {name}=\"")).unwrap().1;
                rest[..rest.find('"').unwrap()].to_owned()
            };
            tag.ends_with(" checked")
                .then(|| (value("name"), value("value")))
        })
        .collect()
}

#[tokio::test]
async fn what_is_unticked_of_a_whole_module_is_not_added_without_script() {
    let (app, platform, mut browser) = picking().await;
    let page = platform
        .pick(&app, &mut browser, &json!({}), &json!({}))
        .await;
    let base = base(&page);
    assert!(ticked(&page).is_empty());
    assert!(page.says("To leave one out, tick the others one by one instead."));

    // The whole module, and a search that shows all of it, one of it, or nothing.
    for query in ["", "q=small+change", "q=xyzzy", "strand=2"] {
        let page = browser
            .get(&format!("{base}/pick?m=mtl/looking-closely&{query}"))
            .await;
        let mut fields = ticked(&page);
        fields.sort();
        let activity = |key: &str| ("a".to_owned(), format!("mtl/{key}"));
        assert_eq!(
            fields,
            [activity("first-question"), activity("small-change")],
            "{query}"
        );
        // One is unticked.
        fields.remove(0);
        let review = browser
            .get(&format!("{base}/pick/review?{}", encode(&fields)))
            .await;
        assert!(review.says("1 activity for"), "{}", review.body);
        assert!(!review.says("A question from your own classroom"));
    }
}

#[tokio::test]
async fn a_whole_module_comes_with_its_columns_names_and_dates() {
    let (app, platform, mut browser) = picking().await;
    let settings = json!({ "data": "opaque \"data\"" });
    let page = platform
        .pick(&app, &mut browser, &settings, &json!({}))
        .await;
    let base = base(&page);
    let review = browser
        .get(&format!(
            "{base}/pick/review?m=mtl/looking-closely&start=2026-09-21"
        ))
        .await;
    assert!(review.says("2 activities for"), "{}", review.body);
    assert_eq!(review.input("due.mtl/first-question"), "2026-12-14T16:00");
    let changes = [
        ("name.mtl/small-change", "A small change"),
        ("opens.mtl/first-question", "2026-10-01T09:00"),
    ];
    let page = browser
        .post(&format!("{base}/pick"), &fields(&review, &changes))
        .await;
    assert!(
        page.says("Adding 2 activities to your course"),
        "{}",
        page.body
    );
    // Only the verified address gets the answer, by script or by button.
    let action = page.attribute("method=\"post\" action");
    assert_eq!(
        action,
        platform
            .url
            .join("/return?course=2&sesskey=RY3HIAYIUF")
            .unwrap()
            .as_str()
    );
    assert!(page.body.contains(" data-send>"));
    let policy = page.header(header::CONTENT_SECURITY_POLICY);
    let origin = platform.url.origin().ascii_serialization();
    assert!(
        policy.contains(&format!("form-action 'self' {origin};")),
        "{policy}"
    );

    let claims = answered(&mut browser, &page).await;
    assert_eq!(claims["iss"], CLIENT);
    assert_eq!(
        claims["aud"],
        json!([platform.url.origin().ascii_serialization()])
    );
    assert_eq!(claims[names::DEPLOYMENT_ID], DEPLOYMENT);
    assert_eq!(claims[names::DEEP_LINKING_DATA], "opaque \"data\"");
    let [first, second] = &items(&claims)[..] else {
        panic!("{claims}");
    };
    assert_eq!(first["type"], "ltiResourceLink");
    assert_eq!(first["url"], "http://localhost:8080/lti/launch");
    assert_eq!(
        first["title"],
        "Scenario 1: A question from your own classroom"
    );
    assert_eq!(second["title"], "A small change");
    assert_eq!(first["custom"]["mtl_activity"], "mtl/first-question");
    assert_eq!(
        first["custom"]["mtl_link_history"],
        "$ResourceLink.id.history"
    );
    assert_eq!(
        first["custom"]["mtl_context_history"],
        "$Context.id.history"
    );
    assert_eq!(first["custom"]["mtl_due"], "2026-12-14T16:00:00Z");
    assert_eq!(first["custom"]["mtl_set_in"], "course-1");
    assert_eq!(first["submission"]["endDateTime"], "2026-12-14T16:00:00Z");
    assert_eq!(first["available"]["startDateTime"], "2026-10-01T08:00:00Z");
    let column = &first["lineItem"];
    assert_eq!(column["scoreMaximum"], 100);
    assert_eq!(column["resourceId"], "mtl/first-question");
    assert_eq!(column["tag"], "mtl-activity");
    assert_eq!(column["label"], first["title"]);
    assert!(
        column["submissionReview"]["reviewableStatus"]
            .as_array()
            .unwrap()
            .contains(&"Submitted".into())
    );
}

/// The answers that Moodle and Open edX took have the members that ours has, of the same types.
#[tokio::test]
async fn the_answer_has_the_shape_that_moodle_and_open_edx_took() {
    let (app, platform, mut browser) = picking().await;
    let page = platform
        .pick(&app, &mut browser, &json!({}), &json!({}))
        .await;
    let base = base(&page);
    let review = browser
        .get(&format!("{base}/pick/review?a=mtl/first-question"))
        .await;
    let page = browser
        .post(&format!("{base}/pick"), &fields(&review, &[]))
        .await;
    let ours = answered(&mut browser, &page).await;
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/recordings");
    for lms in ["moodle-4.5", "openedx-11.4"] {
        let file = folder
            .join(lms)
            .join("deep-linking-responses-accepted.json");
        let taken: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        for theirs in taken.as_array().unwrap() {
            same_members(&ours, &theirs["claims"], "answer");
        }
    }
}

/// Each member of `theirs` is in `ours` with the same type; members of free choice are left alone.
fn same_members(ours: &Value, theirs: &Value, place: &str) {
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            for (name, value) in theirs {
                let is_free = place.ends_with(".custom") || value.is_null();
                if !is_free {
                    let own = ours
                        .get(name)
                        .unwrap_or_else(|| panic!("{place} has no {name}"));
                    same_members(own, value, &format!("{place}.{name}"));
                }
            }
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            same_members(&ours[0], &theirs[0], &format!("{place}[]"));
        }
        _ => assert_eq!(
            std::mem::discriminant(ours),
            std::mem::discriminant(theirs),
            "{place}: {ours} and {theirs}"
        ),
    }
}

#[tokio::test]
async fn on_moodle_the_link_stays_the_tools_own_so_that_its_column_keeps_its_names() {
    let (app, platform, mut browser) = picking().await;
    let moodle = json!({ (names::TOOL_PLATFORM): { "product_family_code": "moodle" } });
    let page = platform.pick(&app, &mut browser, &json!({}), &moodle).await;
    let base = base(&page);
    let review = browser
        .get(&format!("{base}/pick/review?a=mtl/first-question"))
        .await;
    let page = browser
        .post(&format!("{base}/pick"), &fields(&review, &[]))
        .await;
    let claims = answered(&mut browser, &page).await;
    assert!(items(&claims)[0].get("url").is_none(), "{claims}");
}

#[tokio::test]
async fn nothing_chosen_closes_the_picker_politely() {
    let (app, platform, mut browser) = picking().await;
    let page = platform
        .pick(&app, &mut browser, &json!({}), &json!({}))
        .await;
    let leave = [
        ("form_token", page.input("form_token")),
        ("leave", "yes".to_owned()),
    ];
    let page = browser.post(&format!("{}/pick", base(&page)), &leave).await;
    assert!(page.says("Going back to your course"));
    let claims = answered(&mut browser, &page).await;
    assert_eq!(items(&claims).len(), 0);
    assert!(claims.get(names::DEEP_LINKING_ERROR_MESSAGE).is_none());
}

#[tokio::test]
async fn what_the_platform_does_not_take_is_not_offered() {
    let (app, platform, mut browser) = picking().await;
    let settings = json!({ "accept_multiple": false, "accept_lineitem": false,
        "accept_presentation_document_targets": ["window"] });
    let page = platform
        .pick(&app, &mut browser, &settings, &json!({}))
        .await;
    assert!(page.body.contains("type=\"radio\"") && !page.says("The whole module"));
    let base = base(&page);
    let both = "a=mtl/first-question&a=mtl/small-change";
    let two = browser.get(&format!("{base}/pick/review?{both}")).await;
    assert!(two.says("Your learning site takes one activity at a time here."));
    let review = browser
        .get(&format!("{base}/pick/review?a=mtl/small-change"))
        .await;
    assert!(review.says("does not take grade columns from here"));
    let page = browser
        .post(&format!("{base}/pick"), &fields(&review, &[]))
        .await;
    let claims = answered(&mut browser, &page).await;
    let item = &items(&claims)[0];
    assert!(
        item.get("lineItem").is_none() && item["window"]["targetName"] == "_blank",
        "{item}"
    );

    // The form cannot be talked into more.
    let mut forged = fields(&review, &[("column.mtl/small-change", "yes")]);
    forged.push(("activity".to_owned(), "mtl/first-question".to_owned()));
    let refused = browser.post(&format!("{base}/pick"), &forged).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);

    let settings = json!({ "accept_types": ["link", "html"] });
    let page = platform
        .pick(&app, &mut browser, &settings, &json!({}))
        .await;
    assert!(page.says("does not take activities in this place"));
}

#[tokio::test]
async fn wrong_dates_are_explained_and_nothing_typed_is_lost() {
    let (app, platform, mut browser) = picking().await;
    let page = platform
        .pick(&app, &mut browser, &json!({}), &json!({}))
        .await;
    let base = base(&page);
    let review = browser
        .get(&format!("{base}/pick/review?a=mtl/first-question"))
        .await;
    let changes = [
        ("name.mtl/first-question", "My own name"),
        ("due.mtl/first-question", "2026-12-01T17:00"),
        ("opens.mtl/first-question", "2026-12-02T09:00"),
    ];
    let refused = browser
        .post(&format!("{base}/pick"), &fields(&review, &changes))
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.says("It must be open before it is due."));
    assert_eq!(refused.input("name.mtl/first-question"), "My own name");
    let changes = [("due.mtl/first-question", "soon")];
    let refused = browser
        .post(&format!("{base}/pick"), &fields(&review, &changes))
        .await;
    assert!(refused.says("Enter a date and a time"), "{}", refused.body);
}

#[tokio::test]
async fn a_learner_is_refused_and_no_other_launch_picks() {
    let (app, platform, mut browser) = picking().await;
    let learner = json!({ (names::ROLES): [LEARNER], "sub": "learner-1" });
    let page = platform
        .pick(&app, &mut browser, &json!({}), &learner)
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.says("This is not yours to do"), "{}", page.body);
    let base = base(&page);
    for path in ["pick", "pick/review?a=mtl/first-question"] {
        let refused = browser.get(&format!("{base}/{path}")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}");
    }
    // A tutor who opened an activity was not asked to pick.
    let page = platform.launch(&app, &mut browser, &json!({})).await;
    assert!(page.says("Which activity belongs here?"), "{}", page.body);
    let none = browser
        .get(&format!("{}/pick", page.path.trim_end_matches('/')))
        .await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
