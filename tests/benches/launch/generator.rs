//! The generator: plays the platform and the browsers. Tokens are signed between the two halves of
//! a launch, outside of everything that is measured.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use mtl_demo_lms::{LaunchOrder, Lms, PersonId, Role};
use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use url::Url;

use crate::harness::platform::{CLIENT, DEPLOYMENT, Platform};

/// A browser that was here before: it is known to keep cookies, so a login is one request.
const KEPT: &str = "mtl-kept=1";

/// Plays the platform.
pub(crate) struct Generator {
    platform: Arc<Platform>,
    login: Url,
    launch: Url,
}

/// A login, as far as the platform's door.
struct Begun {
    person: PersonId,
    state: String,
    nonce: String,
    cookie: String,
    took: Duration,
}

/// A login with its token.
struct Signed {
    begun: Begun,
    id_token: String,
}

/// One run over many launches.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// How long each launch took: login, token and first page, without the signing.
    pub(crate) took: Vec<Duration>,
    /// How long all took together, without the signing.
    pub(crate) wall: Duration,
}

/// How requests are spread over time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// So many connections, each as fast as it can.
    Saturated(usize),
    /// So many launches begin in a second, however long they take.
    Steady(f64),
}

impl Generator {
    pub(crate) fn new(platform: Arc<Platform>, tool: &Url) -> Result<Self> {
        Ok(Self {
            platform,
            login: tool.join("lti/login")?,
            launch: tool.join("lti/launch")?,
        })
    }

    /// Adds people to the course.
    pub(crate) fn add_people(&self, count: usize) -> Result<Vec<PersonId>> {
        (0..count)
            .map(|number| {
                self.platform
                    .add_member("Teacher", &format!("{number:05}"), Role::Participant)
            })
            .collect()
    }

    /// One launch for each of these people.
    pub(crate) async fn run(&self, people: &[PersonId], pace: Pace) -> Result<Run> {
        let (begun, login_wall) = spread(people.to_vec(), pace, |http, person| {
            self.log_in(http, person)
        })
        .await?;
        let signed = self.sign(begun).await?;
        let (took, launch_wall) =
            spread(signed, pace, |http, signed| self.come_in(http, signed)).await?;
        Ok(Run {
            took,
            wall: login_wall + launch_wall,
        })
    }

    async fn log_in(&self, http: Client, person: PersonId) -> Result<Begun> {
        let fields = [
            ("iss", self.platform.url.as_str().trim_end_matches('/')),
            ("target_link_uri", self.launch.as_str()),
            ("login_hint", &person.to_string()),
            (
                "lti_message_hint",
                "{\"cmid\":2,\"launchid\":\"ltilaunch1_1234567890\"}",
            ),
            ("client_id", CLIENT),
            ("lti_deployment_id", DEPLOYMENT),
        ];
        let sent = Instant::now();
        let answer = post(&http, &self.login, &fields, KEPT).await?;
        let took = sent.elapsed();
        let to = location(&answer)?;
        let cookie = cookie(&answer, "mtl-login-")?;
        answer.bytes().await?;
        let to = Url::parse(&to)?;
        let of = |name: &str| {
            let found = to.query_pairs().find(|(known, _)| known == name);
            found
                .map(|(_, value)| value.into_owned())
                .context("a request without state")
        };
        Ok(Begun {
            person,
            state: of("state")?,
            nonce: of("nonce")?,
            cookie,
            took,
        })
    }

    async fn sign(&self, begun: Vec<Begun>) -> Result<Vec<Signed>> {
        let lms: Lms = self.platform.lms.clone();
        let link = self.platform.links.first;
        tokio::task::spawn_blocking(move || {
            begun
                .into_iter()
                .map(|begun| {
                    let order = LaunchOrder::new(begun.person, link, begun.nonce.clone());
                    Ok(Signed {
                        id_token: lms.issue_launch(&order)?,
                        begun,
                    })
                })
                .collect()
        })
        .await?
    }

    async fn come_in(&self, http: Client, signed: Signed) -> Result<Duration> {
        let begun = &signed.begun;
        let fields = [
            ("id_token", signed.id_token.as_str()),
            ("state", &begun.state),
        ];
        let cookies = format!("{KEPT}; {}", begun.cookie);
        let sent = Instant::now();
        let answer = post(&http, &self.launch, &fields, &cookies).await?;
        let page = self.launch.join(&location(&answer)?)?;
        let session = cookie(&answer, "mtl-session")?;
        answer.bytes().await?;
        let answer = http.get(page).header(COOKIE, session).send().await?;
        ensure!(
            answer.status() == 200,
            "the first page answered {}",
            answer.status()
        );
        answer.bytes().await?;
        Ok(begun.took + sent.elapsed())
    }
}

/// Does something for each item at that pace; answers the results and how long it took.
async fn spread<I, T, F>(
    items: Vec<I>,
    pace: Pace,
    each: impl Fn(Client, I) -> F,
) -> Result<(Vec<T>, Duration)>
where
    F: Future<Output = Result<T>>,
{
    let begun = Instant::now();
    let done = match pace {
        Pace::Saturated(connections) => {
            let items = std::sync::Mutex::new(items.into_iter());
            let next = || {
                items
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .next()
            };
            let lines = (0..connections).map(|_| async {
                let http = client()?;
                let mut done = Vec::new();
                while let Some(item) = next() {
                    done.push(each(http.clone(), item).await?);
                }
                anyhow::Ok(done)
            });
            try_join_all(lines).await?.into_iter().flatten().collect()
        }
        Pace::Steady(rate) => {
            let http = client()?;
            let lines = items.into_iter().enumerate().map(|(number, item)| {
                #[expect(clippy::cast_precision_loss, reason = "a few thousand items")]
                let at = Duration::from_secs_f64(number as f64 / rate);
                let (http, each) = (http.clone(), &each);
                async move {
                    tokio::time::sleep_until((begun + at).into()).await;
                    each(http, item).await
                }
            });
            try_join_all(lines).await?
        }
    };
    Ok((done, begun.elapsed()))
}

fn client() -> Result<Client> {
    Ok(Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .tcp_nodelay(true)
        .build()?)
}

async fn post(http: &Client, to: &Url, fields: &[(&str, &str)], cookies: &str) -> Result<Response> {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let answer = http
        .post(to.clone())
        .header(COOKIE, cookies)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await?;
    ensure!(
        answer.status() == 303,
        "{} answered {}",
        to.path(),
        answer.status()
    );
    Ok(answer)
}

fn location(answer: &Response) -> Result<String> {
    let location = answer
        .headers()
        .get(LOCATION)
        .context("no address to go on to")?;
    Ok(location.to_str()?.to_owned())
}

fn cookie(answer: &Response, prefix: &str) -> Result<String> {
    let cookies = answer.headers().get_all(SET_COOKIE).iter();
    let mut cookies = cookies.filter_map(|value| value.to_str().ok());
    let cookie = cookies
        .find(|cookie| cookie.starts_with(prefix))
        .context("no cookie")?;
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}
