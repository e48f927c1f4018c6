//! The same token posted twice at the same moment: exactly one post is let in, whichever bridge it
//! comes to.

use anyhow::{Context as _, Result, ensure};
use futures_util::future::{join, join_all};
use mtl_demo_lms::Role;
use reqwest::header::{CONTENT_TYPE, COOKIE};
use reqwest::redirect::Policy;
use url::Url;

use crate::harness::agent::Agent;
use crate::harness::database::Kind;
use crate::harness::forgery::{self, Login};
use crate::harness::installation::{Installation, Plan};

const PAIRS: usize = 200;
/// Pairs that are posted together, so that pairs compete with pairs, too.
const TOGETHER: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_each_pair_is_let_in_on_sqlite() -> Result<()> {
    race(Plan::on(Kind::Sqlite)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_each_pair_is_let_in_by_two_replicas_on_postgres() -> Result<()> {
    race(Plan::on(Kind::Postgres).replicas(2)).await
}

async fn race(plan: Plan) -> Result<()> {
    let town = Installation::start(plan).await?;
    let platform = &town.platform;
    let first = town.replicas.first().context("no bridge")?.url.clone();
    let last = town.replicas.last().context("no bridge")?.url.clone();
    let http = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .build()?;
    let before = town.database.count_rows().await?;
    for group in 0..PAIRS / TOGETHER {
        let mut pairs = Vec::new();
        for number in 0..TOGETHER {
            // Half of the people come for the first time.
            let person = if number % 2 == 0 {
                platform.seeded.participants[0]
            } else {
                platform.add_member("New", &format!("Comer {group}.{number}"), Role::Participant)?
            };
            let visitor = platform.visitor_with(person, Agent::new())?;
            let login = forgery::begin(&visitor, &town.url, platform.links.first, platform).await?;
            let token = forgery::honest(platform, &visitor, platform.links.first, &login.nonce)?;
            pairs.push((login, token));
        }
        let answers = join_all(pairs.iter().map(|(login, token)| {
            join(
                post(&http, &first, login, token),
                post(&http, &last, login, token),
            )
        }))
        .await;
        for (one, other) in answers {
            let (one, other) = (one?, other?);
            ensure!(
                matches!((one, other), (303, 400) | (400, 303)),
                "a pair was answered {one} and {other}"
            );
        }
    }
    let after = town.database.count_rows().await?;
    for table in ["nonce", "launch", "session"] {
        let pairs = i64::try_from(PAIRS)?;
        assert_eq!(after[table] - before[table], pairs, "rows of {table}");
    }
    Ok(())
}

async fn post(http: &reqwest::Client, at: &Url, login: &Login, token: &str) -> Result<u16> {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(login.fields(token))
        .finish();
    let answer = http
        .post(at.join("lti/launch")?)
        .header(COOKIE, login.cookies())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await?;
    Ok(answer.status().as_u16())
}
