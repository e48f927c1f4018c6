//! What people complain of in other tools, each named after what they would see here. Complaints
//! about single services have their tests beside those; docs/LTI-SUPPORT.md lists them all.

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use mtl_demo_lms::{Faults, LinkSeed, NewCourse, Role};
use reqwest::header::{HOST, LOCATION};
use url::Url;

use crate::harness::agent::Agent;
use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan};
use crate::harness::platform::{CLIENT, FIRST};
use crate::harness::program::Program;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_proxy_that_ends_https_people_come_back_to_the_public_address() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()?;
    let issuer = town.platform.lms.endpoints().issuer;
    let fields = [
        ("iss", issuer.as_str()),
        ("client_id", CLIENT),
        ("login_hint", "2"),
        ("target_link_uri", town.url.join("lti/launch")?.as_str()),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let login = town.replicas[0].url.join("lti/login")?;
    let sent = http
        .post(login)
        .header(HOST, "bridge.internal:3000")
        .header("X-Forwarded-Proto", "http")
        .header("X-Forwarded-Host", "elsewhere.example")
        .header("Cookie", "mtl-kept=1")
        .form(&fields)
        .send()
        .await?;
    let location = sent
        .headers()
        .get(LOCATION)
        .context("no way to the platform")?;
    let asked = Url::parse(location.to_str()?)?;
    let mut redirects = asked
        .query_pairs()
        .filter(|(name, _)| name == "redirect_uri");
    let (_, redirect) = redirects.next().context("no redirect_uri")?;
    assert_eq!(redirect, town.url.join("lti/launch")?.as_str());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slash_at_the_end_of_the_base_url_breaks_no_launch() -> Result<()> {
    let mut bridge = Program::configure(Kind::Sqlite, None).await?;
    let file = bridge.folder.path().join("mtl-bridge.toml");
    let text = std::fs::read_to_string(&file)?;
    let bare = bridge.url.as_str().trim_end_matches('/').to_owned();
    for address in [bare.clone(), format!("{bare}/")] {
        let line = format!("base_url = \"{address}\"");
        let lines = text.lines().map(|old| {
            if old.starts_with("base_url") {
                line.as_str()
            } else {
                old
            }
        });
        std::fs::write(&file, lines.collect::<Vec<_>>().join("\n"))?;
        bridge.start().await?;
        let amara = bridge.platform.participant(0)?;
        // The platform compares the redirect URI to the letter.
        let page = amara.launch(bridge.platform.links.first).await?.ok()?;
        ensure!(page.says(&amara.name), "{address}: {}", page.words());
        bridge.stop()?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_differ_by_less_than_a_minute_keep_nobody_out() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let link = town.platform.links.first;
    let skew = |milliseconds| {
        town.platform.lms.set_faults(Faults {
            clock_skew: TimeDelta::milliseconds(milliseconds),
            ..Faults::default()
        });
    };
    for milliseconds in [150, -150, 55_000, -55_000] {
        skew(milliseconds);
        let page = amara.launch(link).await?;
        ensure!(page.status == 200, "{milliseconds} ms: {}", page.words());
    }
    for milliseconds in [130_000, -200_000] {
        skew(milliseconds);
        let page = amara.launch(link).await?;
        ensure!(
            page.status == 400 && page.says("The clocks do not agree"),
            "{milliseconds} ms: {}",
            page.words()
        );
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_courses_in_two_tabs_of_one_browser_do_not_mix() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let lms = &town.platform.lms;
    let person = town.platform.seeded.participants[0];
    let elsewhere = lms.add_course(NewCourse {
        label: "SECOND".to_owned(),
        title: "A second course".to_owned(),
    });
    lms.enrol(elsewhere, person, Role::Participant)?;
    let seed = LinkSeed::new("The same activity", town.url.join("lti/launch")?);
    let there = lms.add_link(elsewhere, seed.with_custom("mtl_activity", FIRST).graded())?;

    // One browser, so one jar of cookies for both tabs.
    let amara = town.platform.visitor_with(person, Agent::new())?;
    let first = amara.launch(town.platform.links.first).await?.ok()?;
    let second = amara.launch(there).await?.ok()?;
    ensure!(second.says("A second course"), "{}", second.words());
    for (page, words) in [
        (&first, "Asked in the first course"),
        (&second, "Asked in the second"),
    ] {
        let form = page.form_to("/draft")?.fill("text.question", words)?;
        let saved = amara.agent.send(page, &form).await?.ok()?;
        ensure!(saved.url.path().starts_with(&page.base()?), "{}", saved.url);
    }
    for (link, words) in [
        (town.platform.links.first, "Asked in the first course"),
        (there, "Asked in the second"),
    ] {
        let page = amara.launch(link).await?.ok()?;
        ensure!(
            page.body.contains(words),
            "no {words:?} in {}",
            page.words()
        );
    }
    Ok(())
}
