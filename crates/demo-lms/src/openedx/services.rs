//! The services of Open edX: columns, scores and results (AGS 2.0), and the roster (NRPS 2.0).

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::Response,
};
use chrono::Utc;
use serde_json::{Value, json};

use crate::{
    CourseId, Flavour, Grade, ItemId, LineItem, Lms, PersonId, ScoreEffect, ScoreRecord, ToolId,
    answer::answer,
    fields::Fields,
    identifiers::{context_of, resource_link_of, subject_of},
    lost_answer::lose,
    scope,
    state::State as Kept,
};

const LINE_ITEM: &str = "application/vnd.ims.lis.v2.lineitem+json";
const LINE_ITEMS: &str = "application/vnd.ims.lis.v2.lineitemcontainer+json";
const SCORE: &str = "application/vnd.ims.lis.v1.score+json";
const RESULTS: &str = "application/vnd.ims.lis.v2.resultcontainer+json";

type Outcome = Result<Response, (StatusCode, String)>;

/// Who asks, if the token has one of the scopes.
fn authorise(
    lms: &Lms,
    headers: &HeaderMap,
    scopes: &[&str],
) -> Result<ToolId, (StatusCode, String)> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let live = lms.live();
    let grant = token.and_then(|token| live.find_token(token, lms.now()));
    let has = |scope: &&str| {
        grant.is_some_and(|grant| grant.scopes.iter().any(|granted| granted == scope))
    };
    match grant {
        Some(grant) if scopes.iter().any(has) => Ok(grant.tool),
        Some(_) => Err((
            StatusCode::FORBIDDEN,
            "You do not have permission".to_owned(),
        )),
        None => Err((StatusCode::UNAUTHORIZED, "Invalid token".to_owned())),
    }
}

fn respond(outcome: Outcome) -> Response {
    outcome.unwrap_or_else(|(status, detail)| {
        let body = json!({"detail": detail}).to_string();
        answer(status, None, "application/json", body)
    })
}

fn json_answer(status: StatusCode, media_type: &str, body: &Value) -> Response {
    answer(status, None, media_type, body.to_string())
}

fn find_item(lms: &Lms, tool: ToolId, item: u32) -> Result<LineItem, (StatusCode, String)> {
    lms.read(|state| state.items.get(&ItemId(item)).cloned())
        .filter(|item| item.tool == tool)
        .ok_or_else(|| (StatusCode::NOT_FOUND, "Not found.".to_owned()))
}

pub(super) async fn members(State(lms): State<Lms>, uri: Uri, headers: HeaderMap) -> Response {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    let course = query.get("course").and_then(|course| course.parse().ok());
    respond(roster(&lms, &headers, course))
}

fn roster(lms: &Lms, headers: &HeaderMap, course: Option<CourseId>) -> Outcome {
    let tool = authorise(lms, headers, &[scope::MEMBERSHIP_READ_ONLY])?;
    let body = lms.read(|state| {
        let course = match course {
            Some(course) => state.courses.get(&course),
            None => state.courses.values().next(),
        }?;
        let shares = &state.tools.get(&tool)?.registration;
        let members = course.members.iter().filter_map(|(person, role)| {
            let role = role.roster_role()?;
            let person = state.people.get(person)?;
            let mut member = json!({
                "user_id": subject_of(state, Flavour::OpenEdx, person.id),
                "status": "Active",
                "roles": [format!("http://purl.imsglobal.org/vocab/lis/v2/membership#{role}")],
            });
            if shares.share_names {
                member["name"] = json!(person.name());
            }
            if shares.share_emails {
                member["email"] = json!(person.email());
            }
            Some(member)
        });
        let members: Vec<Value> = members.collect();
        // An empty roster was recorded as an empty list, without the container around it.
        (!members.is_empty()).then(|| {
            json!({
                "id": format!("{}/members?course={}", lms.base(), course.id),
                "context": {
                    "id": context_of(state, Flavour::OpenEdx, course.id),
                    "label": course.label,
                    "title": course.title,
                },
                "members": members,
            })
        })
    });
    let body = body.unwrap_or_else(|| json!([]));
    Ok(json_answer(StatusCode::OK, "application/json", &body))
}

pub(super) async fn list(State(lms): State<Lms>, uri: Uri, headers: HeaderMap) -> Response {
    let query = Fields::parse(uri.query().unwrap_or_default().as_bytes());
    respond(items(&lms, &headers, &query))
}

fn items(lms: &Lms, headers: &HeaderMap, query: &Fields) -> Outcome {
    let tool = authorise(
        lms,
        headers,
        &[scope::LINE_ITEM, scope::LINE_ITEM_READ_ONLY],
    )?;
    let link = query.get("link");
    let [resource, tag] = ["resource_id", "tag"].map(|name| query.filled(name));
    let body = lms.read(|state| {
        let items = state.items.values().filter(|item| {
            item.tool == tool
                && link.is_none_or(|link| item.link.is_some_and(|own| own.to_string() == link))
                && resource.is_none_or(|id| item.resource_id == id)
                && tag.is_none_or(|tag| item.tag == tag)
        });
        Value::Array(
            items
                .map(|item| describe(state, lms.base(), item))
                .collect(),
        )
    });
    Ok(json_answer(StatusCode::OK, LINE_ITEMS, &body))
}

pub(super) async fn one(
    State(lms): State<Lms>,
    Path(item): Path<u32>,
    headers: HeaderMap,
) -> Response {
    let scopes = [scope::LINE_ITEM, scope::LINE_ITEM_READ_ONLY];
    let outcome = authorise(&lms, &headers, &scopes).and_then(|tool| {
        let item = find_item(&lms, tool, item)?;
        let body = lms.read(|state| describe(state, lms.base(), &item));
        Ok(json_answer(StatusCode::OK, LINE_ITEM, &body))
    });
    respond(outcome)
}

fn describe(state: &Kept, base: &str, item: &LineItem) -> Value {
    let link = item.link;
    json!({
        "id": format!("{base}/lineitems/{}", item.id),
        "resourceId": item.resource_id,
        "scoreMaximum": item.maximum,
        "label": item.label,
        "tag": item.tag,
        "resourceLinkId": link.map(|link| resource_link_of(state, Flavour::OpenEdx, link)),
        "startDateTime": null,
        "endDateTime": null,
    })
}

pub(super) async fn score(
    State(lms): State<Lms>,
    Path(item): Path<u32>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let outcome = accept(&lms, &headers, item, &body).await;
    let (status, reason, effect) = match &outcome {
        Ok((effect, _)) => (StatusCode::CREATED, String::new(), Some(*effect)),
        Err((status, reason)) => (*status, reason.clone(), None),
    };
    let course = lms.read(|state| Some(state.items.get(&ItemId(item))?.course));
    let record = ScoreRecord {
        received_at: lms.now(),
        course: course.unwrap_or(CourseId(0)),
        item: ItemId(item),
        body: String::from_utf8_lossy(&body).into_owned(),
        status: status.as_u16(),
        reason,
        effect,
        answered: true,
    };
    if let Some(answer) = lose(&lms, record).await {
        return answer;
    }
    respond(outcome.map(|(_, json)| json_answer(StatusCode::CREATED, SCORE, &json)))
}

async fn accept(
    lms: &Lms,
    headers: &HeaderMap,
    item: u32,
    body: &[u8],
) -> Result<(ScoreEffect, Value), (StatusCode, String)> {
    let bad = |why: &str| (StatusCode::BAD_REQUEST, why.to_owned());
    let tool = authorise(lms, headers, &[scope::SCORE])?;
    let column = find_item(lms, tool, item)?;
    let json: Value = serde_json::from_slice(body).map_err(|_| bad("JSON parse error"))?;
    let time = json["timestamp"].as_str().unwrap_or_default();
    let time = chrono::DateTime::parse_from_rfc3339(time);
    let time = time
        .map_err(|_| bad("timestamp: wrong format"))?
        .with_timezone(&Utc);
    let given = json["scoreGiven"].as_f64();
    let maximum = json["scoreMaximum"].as_f64();
    if given.is_some() && maximum.is_none() {
        return Err(bad("scoreMaximum: required when scoreGiven is set"));
    }
    let is_graded = json["gradingProgress"] == "FullyGraded";
    let ungradable = lms.faults().ungradable;
    let (written, version) = lms.change(|state| {
        let user = json["userId"].as_str().unwrap_or_default();
        let person = find_learner(state, column.course, user)
            .filter(|person| !ungradable.contains(person))
            .ok_or_else(|| bad("userId: unknown"))?;
        let cells = state.grades.entry(column.id).or_default();
        let before = cells.get(&person);
        if before.is_some_and(|before| before.timestamp >= time) {
            return Err(bad(
                "Score timestamp can only be updated to a later point in time",
            ));
        }
        // Only a finished mark reaches the gradebook; another leaves what is there.
        let kept = before.and_then(|before| before.mark);
        let mark = given.filter(|_| is_graded).map(|given| match maximum {
            Some(maximum) if maximum > 0.0 => given * column.maximum / maximum,
            _ => given,
        });
        let comment = json["comment"].as_str().map(ToOwned::to_owned);
        let grade = Grade {
            raw: mark.or(kept),
            mark: mark.or(kept),
            comment,
            comments: Vec::new(),
            submission: None,
            timestamp: time,
        };
        cells.insert(person, grade);
        Ok(if mark.is_some() {
            ScoreEffect::Written
        } else {
            ScoreEffect::Kept
        })
    });
    let effect = written?;
    let saved = lms.wait_durable(version).await;
    saved.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok((effect, json))
}

fn find_learner(state: &Kept, course: CourseId, user: &str) -> Option<PersonId> {
    let members = state.courses.get(&course)?.members.iter();
    let mut learners = members.filter(|(_, role)| role.is_gradable());
    let found = learners.find(|(person, _)| subject_of(state, Flavour::OpenEdx, **person) == user);
    found.map(|(person, _)| *person)
}

pub(super) async fn results(
    State(lms): State<Lms>,
    Path(item): Path<u32>,
    headers: HeaderMap,
) -> Response {
    let outcome = authorise(&lms, &headers, &[scope::RESULT_READ_ONLY]).and_then(|tool| {
        let item = find_item(&lms, tool, item)?;
        let url = format!("{}/lineitems/{}", lms.base(), item.id);
        let results = lms.read(|state| {
            let cells = state.grades.get(&item.id).into_iter().flatten();
            let results = cells.filter_map(|(person, grade)| {
                let user = subject_of(state, Flavour::OpenEdx, *person);
                Some(json!({
                    "id": format!("{url}/results/{user}"),
                    "userId": user,
                    "resultScore": grade.mark?,
                    "resultMaximum": item.maximum,
                    "scoreOf": url,
                    "comment": grade.comment,
                }))
            });
            Value::Array(results.collect())
        });
        Ok(json_answer(StatusCode::OK, RESULTS, &results))
    });
    respond(outcome)
}
