//! The demonstration LMS as the platform of a test, served on a loopback port, with a course whose
//! links lead to the bridge.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use mtl_bridge_core::institutions::PlatformSetup;
use mtl_demo_lms::{
    CourseId, Demonstration, Flavour, GradebookRow, LinkId, LinkSeed, Lms, LmsConfig, NewPerson,
    PersonId, Role, ScoreEffect, ScoreRecord, ToolId, ToolKeys, ToolRegistration,
};
use mtl_lti::course_copy::HISTORY_PARAMETERS;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use url::Url;

use super::agent::{Agent, Page};
use super::program::free_port;

/// The client id of the registration that belongs to one institution.
pub(crate) const CLIENT: &str = "mtl-bridge";
/// Its deployment.
pub(crate) const DEPLOYMENT: &str = "1";
/// The first scored activity, and the module that it belongs to.
pub(crate) const FIRST: &str = "mtl/first-question";
/// The second one.
pub(crate) const SECOND: &str = "mtl/small-change";
/// The module of both.
pub(crate) const MODULE: &str = "mtl/looking-closely";

/// How long a port may stay taken, also on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The links of the course.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Links {
    /// [`FIRST`], with a gradebook column.
    pub(crate) first: LinkId,
    /// [`SECOND`], with a gradebook column.
    pub(crate) second: LinkId,
    /// An activity of a kind that has no page yet.
    pub(crate) unbuilt: LinkId,
    /// One that names no activity.
    pub(crate) unbound: LinkId,
}

/// A running platform.
pub(crate) struct Platform {
    /// The platform itself.
    pub(crate) lms: Lms,
    /// Its address, which is its issuer.
    pub(crate) url: Url,
    /// Its people and its course.
    pub(crate) seeded: Demonstration,
    /// The course's links.
    pub(crate) links: Links,
    tool: Url,
    /// The bridge, as the platform knows it.
    pub(crate) registered: ToolId,
    product: &'static str,
    server: Server,
}

/// The platform's server, on threads of its own: when it stops, everything that is under way is cut
/// off.
struct Server(Option<Runtime>);

impl Server {
    fn start(lms: &Lms, listener: std::net::TcpListener) -> Result<Self> {
        const THREADS: usize = 2;
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()?;
        let pages = lms.router();
        runtime.spawn(async move {
            if let Ok(listener) = TcpListener::from_std(listener) {
                let _ = axum::serve(listener, pages).await;
            }
        });
        Ok(Self(Some(runtime)))
    }

    fn stop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Platform {
    /// Serves a platform whose tool is the bridge at `tool`.
    pub(crate) async fn start(
        tool: &Url,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Result<Self> {
        Self::start_as(Flavour::Moodle, tool, clock).await
    }

    /// Serves a platform that behaves like another one.
    pub(crate) async fn start_as(
        flavour: Flavour,
        tool: &Url,
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
    ) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", free_port()?)).await?;
        let listener = listener.into_std()?;
        let url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
        let config = LmsConfig::new(url.clone()).with_flavour(flavour);
        let lms = Lms::open(config.with_clock(clock))?;
        let registered = lms.register_tool(registration("MTL Bridge", CLIENT, DEPLOYMENT, tool)?);
        let launch = tool.join("lti/launch")?;
        let seeds = [
            link("Scenario 1", &launch, FIRST).graded(),
            link("Scenario 2", &launch, SECOND).graded(),
            link("A first statement", &launch, "mtl/where-i-stand"),
            LinkSeed::new("Not set up", launch),
        ];
        let seeded = lms.seed_demonstration(&seeds)?;
        let [first, second, unbuilt, unbound] = seeded.links[..] else {
            anyhow::bail!("the course has {} links", seeded.links.len());
        };
        let server = Server::start(&lms, listener)?;
        let links = Links {
            first,
            second,
            unbuilt,
            unbound,
        };
        Ok(Self {
            lms,
            url,
            seeded,
            links,
            tool: tool.clone(),
            registered,
            product: match flavour {
                Flavour::Canvas => "canvas",
                Flavour::OpenEdx => "openedx",
                _ => "moodle",
            },
            server,
        })
    }

    /// Stops the platform where it stands: what is under way is cut off, and nobody answers.
    pub(crate) fn stop(&mut self) {
        self.server.stop();
    }

    /// Starts it again at the same address. It knows its course and gradebook, but none of the
    /// tokens that it gave.
    pub(crate) fn start_again(&mut self) -> Result<()> {
        self.lms.forget_access_tokens();
        let port = self.url.port().context("the address has no port")?;
        let begun = Instant::now();
        let listener = loop {
            // What was stopped a moment ago may still hold the port.
            match std::net::TcpListener::bind(("127.0.0.1", port)) {
                Ok(listener) => break listener,
                Err(error) if begun.elapsed() > PATIENCE => return Err(error.into()),
                Err(_) => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        self.server = Server::start(&self.lms, listener)?;
        Ok(())
    }

    /// Adds a link to the course.
    pub(crate) fn add_link(&self, title: &str, activity: &str, graded: bool) -> Result<LinkId> {
        let seed = link(title, &self.tool.join("lti/launch")?, activity);
        let seed = if graded { seed.graded() } else { seed };
        Ok(self.lms.add_link(self.course(), seed)?)
    }

    /// What an administrator of the bridge enters for the registration of a client id.
    pub(crate) fn setup(
        &self,
        institution: Option<&str>,
        client_id: &str,
    ) -> Result<PlatformSetup> {
        let ends = self.lms.endpoints();
        Ok(PlatformSetup {
            institution: institution.map(ToOwned::to_owned),
            name: format!("LMS ({client_id})"),
            issuer: ends.issuer,
            client_id: client_id.to_owned(),
            auth_url: Url::parse(&ends.authorization)?,
            token_url: Url::parse(&ends.token)?,
            token_audience: None,
            jwks_url: Url::parse(&ends.jwks)?,
            frame_origins: Vec::new(),
            product: Some(self.product.to_owned()),
            deployments: Vec::new(),
            ask_for_deployments: false,
        })
    }

    /// Registers the bridge once more under another client id, with a link of its own in the same
    /// course.
    pub(crate) fn add_tool(&self, client_id: &str, deployment: &str) -> Result<(ToolId, LinkId)> {
        let registered = registration(client_id, client_id, deployment, &self.tool)?;
        let tool = self.lms.register_tool(registered);
        let seed = link(client_id, &self.tool.join("lti/launch")?, FIRST).graded();
        let link = self.lms.add_link_of(tool, self.course(), seed)?;
        Ok((tool, link))
    }

    /// The same, where nobody asked for the histories of copied things, with a link that names no
    /// activity and has no column.
    pub(crate) fn add_bare_tool(
        &self,
        client_id: &str,
        deployment: &str,
    ) -> Result<(ToolId, LinkId)> {
        let mut registered = registration(client_id, client_id, deployment, &self.tool)?;
        registered.custom = Vec::new();
        let tool = self.lms.register_tool(registered);
        let seed = LinkSeed::new(client_id, self.tool.join("lti/launch")?);
        let link = self.lms.add_link_of(tool, self.course(), seed)?;
        Ok((tool, link))
    }

    /// The course.
    pub(crate) fn course(&self) -> CourseId {
        self.seeded.course
    }

    /// Adds a person to the course.
    pub(crate) fn add_member(&self, given: &str, family: &str, role: Role) -> Result<PersonId> {
        let person = self.lms.add_person(NewPerson::named(given, family));
        self.lms.enrol(self.course(), person, role)?;
        Ok(person)
    }

    /// A person in front of a browser of their own, signed in to the platform.
    pub(crate) fn visitor(&self, person: PersonId) -> Result<Visitor> {
        self.visitor_with(person, Agent::new())
    }

    /// A person in front of that browser.
    pub(crate) fn visitor_with(&self, person: PersonId, agent: Agent) -> Result<Visitor> {
        let cookie = self.lms.sign_in(person)?;
        agent.keep(&self.url, &cookie);
        let known = self
            .lms
            .people()
            .into_iter()
            .find(|known| known.id == person);
        let name = known.context("nobody has that number")?.name();
        Ok(Visitor {
            lms: self.lms.clone(),
            url: self.url.clone(),
            person,
            name,
            cookie,
            agent,
        })
    }

    /// The university tutor.
    pub(crate) fn tutor(&self) -> Result<Visitor> {
        self.visitor(self.seeded.tutor)
    }

    /// The coach of the first two participants.
    pub(crate) fn coach(&self) -> Result<Visitor> {
        self.visitor(self.seeded.coach)
    }

    /// A participant, counted from nought.
    pub(crate) fn participant(&self, number: usize) -> Result<Visitor> {
        self.visitor(self.seeded.participants[number])
    }

    /// The mark of a person in the column of a link.
    pub(crate) fn mark_of(&self, person: PersonId, link: LinkId) -> Option<f64> {
        self.cell(|row| row.person == person && row.link == Some(link))
    }

    /// The mark of a person in the module's own column.
    pub(crate) fn module_mark_of(&self, person: PersonId) -> Option<f64> {
        self.cell(|row| row.person == person && row.tag == "mtl-module")
    }

    /// The feedback of a person in the column of a link.
    pub(crate) fn comment_of(&self, person: PersonId, link: LinkId) -> Option<String> {
        let rows = self.lms.gradebook(self.course());
        let row = rows
            .into_iter()
            .find(|row| row.person == person && row.link == Some(link))?;
        row.grade?.comment
    }

    fn cell(&self, fits: impl Fn(&GradebookRow) -> bool) -> Option<f64> {
        let rows = self.lms.gradebook(self.course());
        rows.into_iter().find(fits)?.grade?.mark
    }

    /// The posted scores that were written into the gradebook.
    pub(crate) fn counted_scores(&self) -> Vec<CountedScore> {
        let log = self.lms.score_log();
        let counted = log
            .iter()
            .filter(|record| record.effect == Some(ScoreEffect::Written));
        counted.filter_map(CountedScore::read).collect()
    }
}

/// A score that the gradebook took.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct CountedScore {
    /// The column.
    pub(crate) item: u32,
    /// Whose it is.
    pub(crate) person: String,
    /// The mark.
    pub(crate) given: f64,
    /// Its own time, as it was sent.
    pub(crate) timestamp: String,
    /// The whole body.
    pub(crate) body: Value,
}

impl CountedScore {
    fn read(record: &ScoreRecord) -> Option<Self> {
        let body: Value = serde_json::from_str(&record.body).ok()?;
        Some(Self {
            item: record.item.0,
            person: body["userId"].as_str()?.to_owned(),
            given: body["scoreGiven"].as_f64()?,
            timestamp: body["timestamp"].as_str()?.to_owned(),
            body,
        })
    }
}

/// A person in front of a browser.
#[derive(Clone)]
pub(crate) struct Visitor {
    lms: Lms,
    /// The platform's address.
    pub(crate) url: Url,
    /// Who it is, for the platform.
    pub(crate) person: PersonId,
    /// Their name.
    pub(crate) name: String,
    cookie: String,
    /// The browser.
    pub(crate) agent: Agent,
}

impl Visitor {
    /// Opens a link of the course: the whole way through the login to the first page.
    pub(crate) async fn launch(&self, link: LinkId) -> Result<Page> {
        let asked = self.begin(link).await?;
        let answer = asked.form_to("/lti/launch")?;
        self.agent.send(&asked, &answer).await
    }

    /// Opens the bridge's picker for a course.
    pub(crate) async fn pick(&self, tool: ToolId, course: CourseId) -> Result<Page> {
        let begun = self.lms.begin_picking(&self.cookie, tool, course)?;
        let ask = super::agent::Ask::post(begun.url, &begun.fields).from(&self.url);
        let asked = self.agent.load(ask).await?.ok()?;
        let answer = asked.form_to("/lti/launch")?;
        self.agent.send(&asked, &answer).await
    }

    /// The way to the platform's page that posts the token.
    pub(crate) async fn begin(&self, link: LinkId) -> Result<Page> {
        let begun = self.lms.begin_launch(&self.cookie, link)?;
        let ask = super::agent::Ask::post(begun.url, &begun.fields).from(&self.url);
        self.agent.load(ask).await?.ok()
    }
}

fn registration(
    name: &str,
    client_id: &str,
    deployment: &str,
    tool: &Url,
) -> Result<ToolRegistration> {
    let launch = tool.join("lti/launch")?;
    let mut registration = ToolRegistration::new(
        name,
        client_id,
        deployment,
        tool.join("lti/login")?,
        vec![launch.clone()],
        ToolKeys::Url(tool.join(".well-known/jwks.json")?),
    )
    .with_picker(launch);
    registration.custom = HISTORY_PARAMETERS
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    Ok(registration)
}

fn link(title: &str, launch: &Url, activity: &str) -> LinkSeed {
    LinkSeed::new(title, launch.clone()).with_custom("mtl_activity", activity)
}
