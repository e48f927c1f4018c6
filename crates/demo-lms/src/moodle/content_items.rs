//! What Moodle 4.5 makes of a picker's answer: the form of a new activity, saved at once.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use serde_json::{Map, Value, json};

use crate::{
    CourseId, Lms, LmsError, SubmissionReview, Tool, ToolId,
    assertion::UnverifiedAssertion,
    content_item::{ContentItem, PickerAnswer},
    fields::Fields,
    pages, scope,
    state::State as Kept,
};

/// What a teacher is told where the tool says nothing itself.
const FETCHED: &str = "Successfully fetched tool configuration from the selected content.";

pub(super) async fn return_from_picker(
    State(lms): State<Lms>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let Some(session) = lms.session(&headers) else {
        return pages::sign_in(&lms, StatusCode::OK);
    };
    let asked = asked(&query, &lms.read(|state| session.key(&state.session_key)));
    let form = Fields::parse(&body);
    let Some((course, tool)) = asked.filter(|(course, _)| {
        lms.read(|state| {
            let course = state.find_course(*course);
            let role = course
                .ok()
                .and_then(|course| course.members.get(&session.person));
            role.is_some_and(crate::Role::edits_courses)
        })
    }) else {
        return refused();
    };
    let Some(answer) = verify(&lms, tool, form.get("JWT").unwrap_or_default()).await else {
        return refused();
    };
    let (placed, version) = lms.change(|state| place_all(state, course, tool, &answer.items));
    let saved = lms.wait_durable(version).await;
    let (Ok(content), Ok(())) = (placed, saved) else {
        return refused();
    };
    let alert = match (&answer.problem, &answer.message) {
        (Some(problem), _) => Some(problem.as_str()),
        (None, Some(message)) => Some(message.as_str()),
        (None, None) => (!answer.items.is_empty()).then_some(FETCHED),
    };
    let titles = answer.items.iter().map(|item| item.title.as_deref());
    pages::picked(
        course,
        &titles
            .map(|title| title.unwrap_or("An activity without a name"))
            .collect::<Vec<_>>(),
        alert,
        answer.problem.is_some(),
        &content.to_string(),
    )
}

/// The course and the tool in the return address, if it is of this session.
fn asked(query: &Fields, session_key: &str) -> Option<(CourseId, ToolId)> {
    let course = query.get("course")?.parse().ok()?;
    let tool = query.get("id")?.parse().ok()?;
    (query.get("sesskey")? == session_key).then_some((course, tool))
}

/// Checks what Moodle checks: the signature, the times, and that the issuer is the client. It looks
/// neither at `aud` nor at the nonce, the deployment or the type of the message.
async fn verify(lms: &Lms, tool: ToolId, token: &str) -> Option<PickerAnswer> {
    let registration = lms.read(|state| Some(state.find_tool(tool).ok()?.registration.clone()))?;
    let answer = UnverifiedAssertion::parse(token).ok()?;
    let key_id = answer.key_id().ok()?;
    let keys = lms.tool_keys().find_keys(&registration.keys, key_id).await;
    let claims = answer.verify(&keys, lms.skewed_now()).ok()?;
    (claims["iss"] == registration.client_id).then(|| PickerAnswer::read(claims))
}

fn refused() -> Response {
    pages::message(
        StatusCode::NOT_FOUND,
        "Nothing was added",
        "The tool's answer was not one that this platform accepts. Open the picker again from the \
         course page.",
    )
}

/// Makes the activities, and says what Moodle's page would have filled its form with.
fn place_all(
    state: &mut Kept,
    course: CourseId,
    tool: ToolId,
    items: &[ContentItem],
) -> Result<Value, LmsError> {
    let tool = state.find_tool(tool)?.clone();
    for item in items {
        let is_graded = is_graded(&tool, item);
        crate::placing::place(state, course, &tool, item, is_graded);
    }
    let mut forms: Vec<Value> = items.iter().map(|item| form(&tool, item)).collect();
    Ok(match forms.len() {
        0 => Value::Null,
        1 => forms.remove(0),
        _ => json!({"multiple": forms}),
    })
}

/// Whether the activity gets a column: the tool may send scores, and asked for one or always gets
/// one.
fn is_graded(tool: &Tool, item: &ContentItem) -> bool {
    let registration = &tool.registration;
    let may_grade = [scope::SCORE, scope::LINE_ITEM, scope::LINE_ITEM_READ_ONLY]
        .iter()
        .any(|scope| registration.may(scope));
    may_grade && (registration.grade_every_link || item.column.is_some())
}

/// The values with which Moodle's page fills the form of a new activity.
fn form(tool: &Tool, item: &ContentItem) -> Value {
    let mut form = Map::new();
    let mut set = |name: &str, value: Value| form.insert(name.to_owned(), value);
    set(
        "name",
        json!(item.title.as_ref().unwrap_or(&tool.registration.name)),
    );
    set("introeditor", json!({"text": item.text, "format": "2"}));
    if let Some(icon) = &item.icon {
        set("icon", json!(icon));
    }
    match &item.url {
        Some(url) => {
            set("toolurl", json!(url));
            set("typeid", json!(0));
        }
        None => {
            set("typeid", json!(tool.id.to_string()));
        }
    }
    let graded = is_graded(tool, item);
    set("instructorchoiceacceptgrades", json!(u8::from(graded)));
    if graded {
        let maximum = item.column.as_ref().map_or(100.0, |wish| wish.maximum);
        set(
            "grade_modgrade_point",
            crate::moodle::services::number(maximum),
        );
    }
    if let Some(wish) = item.column.as_ref().filter(|_| graded) {
        let review = wish.review.as_ref();
        set("lineitemresourceid", json!(wish.resource_id));
        set("lineitemtag", json!(wish.tag));
        set("lineitemsubreviewurl", json!(review.map_or("", review_url)));
        let custom = review.map(|review| lines(&review.custom));
        set("lineitemsubreviewparams", json!(custom.unwrap_or_default()));
    }
    set("instructorchoicesendname", json!(0));
    set("instructorchoicesendemailaddr", json!(0));
    set("launchcontainer", json!(1));
    if !item.custom.is_empty() {
        set("instructorcustomparameters", json!(lines(&item.custom)));
    }
    Value::Object(form)
}

fn review_url(review: &SubmissionReview) -> &str {
    review.url.as_ref().map_or("DEFAULT", url::Url::as_str)
}

fn lines(parameters: &[(String, String)]) -> String {
    let lines: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    lines.join("\n")
}
