//! A platform with the people, the course and the columns of the recordings, and a tool for it.

use std::{
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    body::Body,
    http::{HeaderMap, Request, StatusCode, header},
};
use chrono::{DateTime, Utc};
use hyper::ext::ReasonPhrase;
use mtl_demo_lms::{
    CourseId, Flavour, LinkId, LinkSeed, Lms, LmsConfig, NewCourse, NewPerson, PersonId, Role,
    ToolKeys, ToolRegistration,
};
use mtl_lti::SigningKey;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const BASE: &str = "http://127.0.0.1:8090";
pub(crate) const CLIENT_ID: &str = "qHOzGokrg9eez1F";
pub(crate) const ALL_SCOPES: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/score \
     https://purl.imsglobal.org/spec/lti-ags/scope/lineitem \
     https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly \
     https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly \
     https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly";
pub(crate) const SCORE_TYPE: &str = "application/vnd.ims.lis.v1.score+json";

/// The second in which most of the recorded assertions were made.
const RECORDED_AT: i64 = 1_795_447_869;

/// A clock that stands still until it is set.
#[derive(Clone)]
pub(crate) struct StillClock(Arc<AtomicI64>);

impl StillClock {
    pub(crate) fn set(&self, seconds: i64) {
        self.0.store(seconds, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::Relaxed), 0).unwrap()
    }
}

/// The tool's key; one for all tests, since making one takes a while.
pub(crate) fn tool_key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate().unwrap())
}

/// The platform of the recordings, with the numbers that they have.
pub(crate) struct Platform {
    pub(crate) lms: Lms,
    pub(crate) clock: StillClock,
    pub(crate) course: CourseId,
    pub(crate) link: LinkId,
}

pub(crate) const ADMINISTRATOR: PersonId = PersonId(2);
pub(crate) const TEACHER: PersonId = PersonId(3);
pub(crate) const LEARNER: PersonId = PersonId(5);

impl Platform {
    pub(crate) fn new() -> Self {
        Self::kept_in(None)
    }

    pub(crate) fn kept_in(data_file: Option<PathBuf>) -> Self {
        Self::open(Flavour::Moodle, data_file)
    }

    /// The same people and course on another platform.
    pub(crate) fn of(flavour: Flavour) -> Self {
        Self::open(flavour, None)
    }

    fn open(flavour: Flavour, data_file: Option<PathBuf>) -> Self {
        let clock = StillClock(Arc::new(AtomicI64::new(RECORDED_AT)));
        let reading = clock.clone();
        let mut config = LmsConfig::new(BASE.parse().unwrap()).with_clock(move || reading.now());
        config.data_file = data_file;
        config.flavour = flavour;
        let lms = Lms::open(config).unwrap();
        lms.register_tool(registration());

        let people = [
            ("Admin", "User", "admin", Role::Administrator),
            ("Tara", "Teacher", "teacher1", Role::Tutor),
            ("Tim", "Assistant", "ta1", Role::TeachingAssistant),
            ("Sören", "Öst", "student1", Role::Participant),
            ("Mei", "王", "student2", Role::Participant),
            ("Sean", "O'Neil & Sons", "student3", Role::Participant),
        ];
        let course = lms.add_course(NewCourse {
            label: "LTI101".to_owned(),
            title: "LTI lab course".to_owned(),
        });
        for (given, family, username, role) in people {
            let mut person = NewPerson::named(given, family);
            username.clone_into(&mut person.username);
            let id = lms.add_person(person);
            lms.enrol(course, id, role).unwrap();
        }
        let target: url::Url = "http://127.0.0.1:9001/launch".parse().unwrap();
        let link = lms
            .add_link(
                course,
                LinkSeed::new("Lab activity A", target)
                    .described("lab INTRO")
                    .with_custom("instr", "act A")
                    .graded(),
            )
            .unwrap();
        Self {
            lms,
            clock,
            course,
            link,
        }
    }

    pub(crate) fn cookie(&self, person: PersonId) -> String {
        self.lms.sign_in(person).unwrap()
    }

    /// Sends a request through the router, as a server would.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.lms.router().oneshot(request).await.unwrap();
        let status = response.status();
        let reason = response.extensions().get::<ReasonPhrase>().map_or_else(
            || status.canonical_reason().unwrap_or_default().to_owned(),
            |reason| String::from_utf8_lossy(reason.as_bytes()).into_owned(),
        );
        let headers = response.headers().clone();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        Answer {
            status,
            reason,
            headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post_form(
        &self,
        path: &str,
        cookie: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// An access token for these scopes.
    pub(crate) async fn access_token(&self, scopes: &str) -> String {
        let now = self.clock.now().timestamp();
        let assertion = tool_key()
            .sign(&json!({
                "iss": CLIENT_ID,
                "sub": CLIENT_ID,
                "aud": format!("{BASE}/mod/lti/token.php"),
                "iat": now,
                "exp": now + 60,
                "jti": "one",
            }))
            .unwrap();
        let answer = self
            .post_form(
                "/mod/lti/token.php",
                "",
                &[
                    ("grant_type", "client_credentials"),
                    (
                        "client_assertion_type",
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    ),
                    ("client_assertion", &assertion),
                    ("scope", scopes),
                ],
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Creates a column through the service.
    pub(crate) async fn create_column(&self, token: &str, column: &Value) -> Answer {
        let request = Request::post("/mod/lti/services.php/2/lineitems?type_id=1")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(
                header::CONTENT_TYPE,
                "application/vnd.ims.lis.v2.lineitem+json",
            );
        self.send(request.body(Body::from(column.to_string())).unwrap())
            .await
    }

    /// Posts a score to column 2.
    pub(crate) async fn post_score(&self, token: &str, score: &Value) -> Answer {
        let request =
            Request::post("/mod/lti/services.php/2/lineitems/2/lineitem/scores?type_id=1")
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::CONTENT_TYPE, SCORE_TYPE);
        self.send(request.body(Body::from(score.to_string())).unwrap())
            .await
    }
}

/// An activity of the tool, to be placed.
pub(crate) fn activity(title: &str) -> LinkSeed {
    LinkSeed::new(title, "http://127.0.0.1:9001/launch".parse().unwrap())
}

pub(crate) fn registration() -> ToolRegistration {
    let key_set = [tool_key()].into_iter().collect::<mtl_lti::Jwks>();
    let mut registration = ToolRegistration::new(
        "pylab",
        CLIENT_ID,
        "1",
        "http://127.0.0.1:9001/login".parse().unwrap(),
        vec![
            "http://127.0.0.1:9001/launch".parse().unwrap(),
            "http://127.0.0.1:9001/deep".parse().unwrap(),
        ],
        ToolKeys::Inline(serde_json::to_value(key_set).unwrap()),
    );
    registration.picker_url = Some("http://127.0.0.1:9001/deep".parse().unwrap());
    registration.grade_every_link = true;
    registration.custom = [
        ("toolparam", "fromtool"),
        ("user_name", "$User.username"),
        ("ctx_history", "$Context.id.history"),
        ("person_sourcedid", "$Person.sourcedId"),
        ("due", "$ResourceLink.submission.endDateTime"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .to_vec();
    registration
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) reason: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The header as text, bytes beyond ASCII included.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        Some(String::from_utf8(value.as_bytes().to_vec()).unwrap())
    }

    /// The form on a page that sends itself: where to, and its fields.
    pub(crate) fn form(&self) -> Option<(String, Vec<(String, String)>)> {
        let action = between(&self.body, "action=\"", "\"")?;
        let fields = self
            .body
            .split("<input type=\"hidden\" name=\"")
            .skip(1)
            .map(|input| {
                let name = input.split('"').next().unwrap();
                let value = between(input, "value=\"", "\"").unwrap();
                (name.to_owned(), unescape(&value))
            })
            .collect();
        Some((unescape(&action), fields))
    }

    /// The value of the attribute that follows this text.
    pub(crate) fn attribute(&self, start: &str) -> Option<String> {
        Some(unescape(&between(
            &self.body,
            &format!("{start}=\""),
            "\"",
        )?))
    }

    /// What the page carries for scripts under this name.
    pub(crate) fn data(&self, name: &str) -> Option<String> {
        self.attribute(&format!(" data-{name}"))
    }

    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let (_, fields) = self.form()?;
        fields
            .into_iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    let (inside, _) = rest.split_once(end)?;
    Some(inside.to_owned())
}

fn unescape(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#38;", "&")
}

/// A recorded document.
pub(crate) fn recording(name: &str) -> String {
    recording_of("moodle-4.5", name)
}

/// A recorded document of another platform.
pub(crate) fn recording_of(platform: &str, name: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/recordings");
    let folder = folder.join(platform);
    let path = folder.join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
