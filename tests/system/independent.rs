//! Other people's reading of LTI: a platform made of `lti1p3platform` launches the real program and
//! gets its marks, and a tool made of `PyLTI1p3` takes launches of the demonstration LMS. Each runs in
//! a process of its own.

mod process;

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use chrono::Utc;
use mtl_demo_lms::{Flavour, ToolKeys, ToolRegistration};
use serde_json::Value;
use url::Url;

use self::process::Script;
use crate::harness::agent::{Agent, Ask, Page};
use crate::harness::database::Kind;
use crate::harness::installation::INSTITUTION;
use crate::harness::journey;
use crate::harness::platform::{CLIENT, FIRST, Platform};
use crate::harness::program::{Program, free_port};

const WORDS: &str = "What my pupils did, and what they said when I asked them.";
/// How often is looked for something that happens in another process, and how long between.
const TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(50);

/// The real program with the platform of `lti1p3platform`.
struct Town {
    program: Program,
    /// The platform's address.
    url: Url,
    _platform: Script,
}

impl Town {
    async fn start() -> Result<Self> {
        let mut program = Program::configure(Kind::Sqlite, None).await?;
        let port = free_port()?;
        let platform = Script::start(
            "lti_platform.py",
            &[
                ("--port", &port.to_string()),
                ("--tool", program.url.as_str()),
                ("--client-id", "independent"),
                ("--activity", FIRST),
            ],
        )?;
        let at = |path: &str| format!("http://127.0.0.1:{port}{path}");
        program.run(&[
            "platform",
            "add",
            "Independent",
            "--institution",
            INSTITUTION,
            "--issuer",
            &at(""),
            "--client-id",
            "independent",
            "--auth-url",
            &at("/authorise"),
            "--token-url",
            &at("/token"),
            "--jwks-url",
            &at("/keys"),
        ])?;
        program.start().await?;
        Ok(Self {
            program,
            url: Url::parse(&at("/"))?,
            _platform: platform,
        })
    }

    /// The whole way of a person through a link to the bridge's page.
    async fn open(&self, agent: &Agent, user: &str, message: &str) -> Result<Page> {
        let door = self.url.join(&format!("open/{user}/{message}"))?;
        let asked = agent.open(door).await?.ok()?;
        agent
            .send(&asked, &asked.form_to("/lti/launch")?)
            .await?
            .ok()
    }

    /// What the platform holds.
    async fn held(&self) -> Result<Value> {
        Ok(reqwest::get(self.url.join("held")?).await?.json().await?)
    }

    async fn wait_for_score(&self) -> Result<Value> {
        for _ in 0..TRIES {
            let held = self.held().await?;
            if held["scores"]
                .as_array()
                .is_some_and(|scores| !scores.is_empty())
            {
                return Ok(held);
            }
            tokio::time::sleep(PAUSE).await;
        }
        anyhow::bail!(
            "no score comes: {}\n{}",
            self.held().await?,
            self.program.log()
        )
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_librarys_platform_launches_the_bridge_and_gets_its_mark() -> Result<()> {
    let town = Town::start().await?;
    let (amara, ruth) = (Agent::new(), Agent::new());
    let page = town.open(&amara, "learner-1", "link").await?;
    ensure!(page.says("Scenario 1"), "{}", page.words());
    let checked = journey::write(&amara, &page, FIRST, WORDS).await?;
    journey::submit(&amara, &checked).await?;

    let cohort = town.open(&ruth, "tutor-1", "link").await?;
    let work = journey::open_submission(&ruth, &cohort, "Amara Okafor", "Scenario 1").await?;
    let judged = journey::judge(&ruth, &work, 64, WORDS).await?;
    let record = journey::open_record(&ruth, &judged, "Amara Okafor").await?;
    let decided = journey::decide(&ruth, &record).await?;
    journey::release(&ruth, &decided).await?;

    let held = town.wait_for_score().await?;
    let score = &held["scores"][0];
    ensure!(
        score["line_item"] == "1"
            && score["userId"] == "learner-1"
            && score["scoreGiven"] == 64.0
            && score["scoreMaximum"] == 100.0
            && score["gradingProgress"] == "FullyGraded",
        "{score}"
    );
    ensure!(held["refused"] == Value::Array(Vec::new()), "{held}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_people_of_another_librarys_platform_are_there_before_they_come() -> Result<()> {
    let town = Town::start().await?;
    let ruth = Agent::new();
    let page = town.open(&ruth, "tutor-1", "link").await?;
    let address = format!("{}/cohort", page.base()?);
    let mut cohort = ruth.follow(&page, &address).await?.ok()?;
    for _ in 0..TRIES {
        // Tomasz is on the second page of the list.
        if cohort.says("Amara Okafor") && cohort.says("Tomasz Nowak") {
            let held = town.held().await?;
            ensure!(held["refused"] == Value::Array(Vec::new()), "{held}");
            return Ok(());
        }
        // A reading that is under way already is not begun again.
        let refresh = cohort.form_to("/cohort/refresh")?;
        cohort = ruth.send(&cohort, &refresh).await?.ok()?;
        tokio::time::sleep(PAUSE).await;
    }
    anyhow::bail!(
        "{}\n{}\n{}",
        cohort.words(),
        town.held().await?,
        town.program.log()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_librarys_platform_accepts_what_a_tutor_picked() -> Result<()> {
    let town = Town::start().await?;
    let ruth = Agent::new();
    let page = town.open(&ruth, "tutor-1", "pick").await?;
    let review = format!("{}/pick/review?a={FIRST}", page.base()?);
    let review = ruth.follow(&page, &review).await?.ok()?;
    let answer = ruth.send(&review, &review.form_to("/pick")?).await?.ok()?;
    let accepted = ruth.send(&answer, &answer.form_to("/picked")?).await?;
    let held = town.held().await?;
    ensure!(accepted.status == 200, "{}: {held}", accepted.words());
    let [item] = held["content_items"]
        .as_array()
        .context("nothing")?
        .as_slice()
    else {
        anyhow::bail!("{held}");
    };
    ensure!(
        item["type"] == "ltiResourceLink"
            && item["url"] == town.program.url.join("lti/launch")?.as_str()
            && item["custom"]["mtl_activity"] == FIRST
            && item["lineItem"]["resourceId"] == FIRST
            && item["lineItem"]["scoreMaximum"] == 100,
        "{item}"
    );
    ensure!(held["refused"] == Value::Array(Vec::new()), "{held}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_librarys_tool_works_with_the_demonstration_moodle() -> Result<()> {
    work_with(Flavour::Moodle).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_librarys_tool_works_with_the_demonstration_canvas() -> Result<()> {
    work_with(Flavour::Canvas).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_librarys_tool_works_with_the_demonstration_open_edx() -> Result<()> {
    work_with(Flavour::OpenEdx).await
}

/// A participant's launch with a score, and a tutor's.
async fn work_with(flavour: Flavour) -> Result<()> {
    let (platform, _, _script) = start_tool(flavour, CLIENT).await?;
    let link = platform.links.first;
    let amara = platform.participant(0)?;
    let said = amara.launch(link).await?.ok()?.json()?;
    let subject = said["subject"].as_str().context("no subject")?;
    ensure!(
        said["student"] == true && said["teacher"] == false && said["has_ags"] == true,
        "{said}"
    );
    ensure!(said["custom"]["mtl_activity"] == FIRST, "{said}");
    ensure!(platform.mark_of(amara.person, link) == Some(83.0), "{said}");
    let comment = platform
        .comment_of(amara.person, link)
        .context("no comment")?;
    ensure!(comment.contains("Read by someone else"), "{comment}");
    let results = said["results"].as_array().context("no results")?;
    let own = results.iter().find(|result| result["userId"] == subject);
    ensure!(own.context("no result")?["resultScore"] == 83.0, "{said}");
    let columns = said["line_items"].as_array().context("no columns")?;
    let own = columns
        .iter()
        .find(|column| column["id"] == said["column"]["id"]);
    ensure!(own.context("no column")?["label"] == "Scenario 1", "{said}");
    let members = said["members"].as_array().context("no members")?;
    ensure!(
        members.iter().any(|member| member["user_id"] == subject),
        "{said}"
    );

    let said = platform.tutor()?.launch(link).await?.ok()?.json()?;
    ensure!(
        said["teacher"] == true && said["student"] == false,
        "{said}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_lms_takes_what_another_librarys_tool_picks() -> Result<()> {
    let (platform, tool, _script) = start_tool(Flavour::Moodle, "picker").await?;
    let launch = tool.join("lti/launch")?;
    let registered = platform.lms.register_tool(
        ToolRegistration::new(
            "Somebody else's",
            "picker",
            "1",
            tool.join("lti/login")?,
            vec![launch.clone()],
            ToolKeys::Url(tool.join(".well-known/jwks.json")?),
        )
        .with_picker(launch),
    );
    let agent = Agent::new();
    let cookie = platform.lms.sign_in(platform.seeded.tutor)?;
    agent.keep(&platform.url, &cookie);
    let begun = platform
        .lms
        .begin_picking(&cookie, registered, platform.course())?;
    let ask = Ask::post(begun.url, &begun.fields).from(&platform.url);
    let asked = agent.load(ask).await?.ok()?;
    let answer = agent
        .send(&asked, &asked.form_to("/lti/launch")?)
        .await?
        .ok()?;
    let back = answer.form_to("/contentitem_return.php")?;
    agent.send(&answer, &back).await?.ok()?;
    let links = platform.lms.links(platform.course());
    let picked = links
        .iter()
        .find(|link| link.title == "Picked by someone else")
        .context("the link is not in the course")?;
    ensure!(
        picked.custom == [("picked".to_owned(), "yes".to_owned())],
        "{picked:?}"
    );
    Ok(())
}

/// The demonstration LMS and the tool of `PyLTI1p3`, which has this client id there.
async fn start_tool(flavour: Flavour, client_id: &str) -> Result<(Platform, Url, Script)> {
    let port = free_port()?;
    let tool = Url::parse(&format!("http://localhost:{port}"))?;
    let platform = Platform::start_as(flavour, &tool, Utc::now).await?;
    let ends = platform.lms.endpoints();
    let script = Script::start(
        "lti_tool.py",
        &[
            ("--port", &port.to_string()),
            ("--issuer", &ends.issuer),
            ("--client-id", client_id),
            ("--auth-url", &ends.authorization),
            ("--token-url", &ends.token),
            ("--jwks-url", &ends.jwks),
        ],
    )?;
    Ok((platform, tool, script))
}
