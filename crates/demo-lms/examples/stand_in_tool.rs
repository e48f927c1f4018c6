//! The platform with a stand-in tool, to look at the pages without the bridge.
//!
//! The platform is at <http://127.0.0.1:8191>, the tool at <http://localhost:8190>.
//! `/as/4/course/2` opens a page as person 4 without a click, for taking pictures of it.

use axum::{
    Form, Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use mtl_demo_lms::{
    Endpoints, LinkSeed, Lms, LmsConfig, NewPerson, PersonId, ToolKeys, ToolRegistration,
};
use std::collections::HashMap;

const PLATFORM: &str = "http://127.0.0.1:8191";
const TOOL: &str = "http://localhost:8190";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lms = Lms::open(LmsConfig::new(PLATFORM.parse()?))?;
    let key = mtl_lti::SigningKey::generate()?;
    lms.register_tool(ToolRegistration::new(
        "Stand-in tool",
        "stand-in",
        "1",
        format!("{TOOL}/login").parse()?,
        vec![format!("{TOOL}/launch").parse()?],
        ToolKeys::Inline(serde_json::to_value(
            [&key].into_iter().collect::<mtl_lti::Jwks>(),
        )?),
    ));
    let target: url::Url = format!("{TOOL}/launch").parse()?;
    let link = |title: &str| LinkSeed::new(title, target.clone());
    let seeded = lms.seed_demonstration(&[
        link("Professional scenario: a question from your classroom")
            .in_section("Phase 1: Developing")
            .described("Describe the context, plan, gather evidence, and say what it shows.")
            .graded(),
        link("Professional scenario: assessment that helps")
            .in_section("Phase 1: Developing")
            .described("The second scenario of the module.")
            .graded(),
        link("Where you stand")
            .in_section("Phase 1: Developing")
            .described("What is next, and the marks so far."),
        link("Peer observation with another school")
            .in_section("Phase 2: Broadening and embedding")
            .described("Agree a focus, observe, talk it through, agree what happens next."),
    ])?;
    lms.add_person(NewPerson::named("Nobody", "Enrolled").about("Is in no course"));

    let tool = Router::new()
        .route("/login", post(login))
        .route("/launch", post(launch))
        .with_state(lms.endpoints());
    let shortcut = Router::new()
        .route("/as/{person}/{*page}", get(open_as))
        .with_state(lms.clone());
    let pages = lms.router().merge(shortcut);
    let tool_listener = tokio::net::TcpListener::bind("localhost:8190").await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8191").await?;
    tokio::try_join!(
        async { axum::serve(tool_listener, tool).await },
        async { axum::serve(listener, pages).await },
        async {
            let marked = mark(&lms, &key, &seeded.participants[..2]).await;
            marked.map_err(std::io::Error::other)
        },
    )?;
    Ok(())
}

/// Gives these people a mark in the first column, as a tool does (AGS 2.0 section 3.4).
async fn mark(
    lms: &Lms,
    key: &mtl_lti::SigningKey,
    people: &[PersonId],
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let now = chrono::Utc::now();
    let endpoints = lms.endpoints();
    let assertion = key.sign(&serde_json::json!({
        "iss": "stand-in", "sub": "stand-in", "aud": endpoints.token,
        "iat": now.timestamp() - 5, "exp": now.timestamp() + 60, "jti": "one",
    }))?;
    let client = reqwest::Client::builder().no_proxy().build()?;
    let scope = "https://purl.imsglobal.org/spec/lti-ags/scope/score";
    let answer = client.post(endpoints.token).form(&[
        ("grant_type", "client_credentials"),
        (
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ),
        ("client_assertion", &assertion),
        ("scope", scope),
    ]);
    let token: serde_json::Value = serde_json::from_str(&answer.send().await?.text().await?)?;
    let token = token["access_token"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let url = format!("{PLATFORM}/mod/lti/services.php/2/lineitems/2/lineitem/scores?type_id=1");
    for (person, given) in people.iter().zip([72.5, 48.0]) {
        let body = serde_json::json!({
            "userId": person.to_string(), "scoreGiven": given, "scoreMaximum": 100,
            "comment": "Your analysis connects the evidence to the theory well.\n\
                        Say more about what did not work.",
            "activityProgress": "Completed", "gradingProgress": "FullyGraded",
            "timestamp": now.to_rfc3339(),
        });
        client
            .post(&url)
            .bearer_auth(&token)
            .header("content-type", "application/vnd.ims.lis.v1.score+json")
            .body(body.to_string())
            .send()
            .await?
            .error_for_status()?;
    }
    Ok(())
}

/// Signs a person in and opens a page.
async fn open_as(
    State(lms): State<Lms>,
    Path((person, page)): Path<(u32, String)>,
) -> Result<Response, StatusCode> {
    let cookie = lms
        .sign_in(PersonId(person))
        .map_err(|_| StatusCode::NOT_FOUND)?;
    let cookie = format!("{cookie}; Path=/; HttpOnly; Secure; SameSite=None");
    let to = Redirect::to(&format!("/{page}"));
    Ok(([(header::SET_COOKIE, cookie)], to).into_response())
}

/// Sends the browser on to the platform (Security Framework 5.1.1.2).
async fn login(
    State(endpoints): State<Endpoints>,
    Form(fields): Form<HashMap<String, String>>,
) -> Response {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("scope", "openid")
        .append_pair("response_type", "id_token")
        .append_pair("response_mode", "form_post")
        .append_pair("prompt", "none")
        .append_pair("client_id", field("client_id"))
        .append_pair("redirect_uri", &format!("{TOOL}/launch"))
        .append_pair("login_hint", field("login_hint"))
        .append_pair("lti_message_hint", field("lti_message_hint"))
        .append_pair("nonce", "a-nonce")
        .append_pair("state", "a-state")
        .finish();
    Redirect::to(&format!("{}?{query}", endpoints.authorization)).into_response()
}

/// Shows that a token came; a real tool verifies it.
async fn launch(Form(fields): Form<HashMap<String, String>>) -> Html<String> {
    let size = fields.get("id_token").map_or(0, String::len);
    let error = fields.get("error").cloned().unwrap_or_default();
    Html(format!(
        "<!doctype html><html lang=en><meta name=viewport content='width=device-width'>\
         <title>Stand-in tool</title><body style='font-family:sans-serif;margin:2rem'>\
         <h1>The tool’s page</h1><p>A token of {size} characters came. {error}</p>"
    ))
}
