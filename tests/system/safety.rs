//! What the bridge never does: write at a login, let strangers frame a page, take a form from
//! another site, send people to an address that nobody vouched for.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::harness::agent::{Agent, Ask, Page};
use crate::harness::database::Kind;
use crate::harness::forgery::{self, LTI};
use crate::harness::installation::{Installation, Plan};
use crate::harness::platform::FIRST;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_writes_nothing() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let before = town.database.count_rows().await?;
    for number in 0..4 {
        let visitor = town.platform.participant(number)?;
        let asked = visitor.begin(town.platform.links.first).await?;
        ensure!(
            asked.url.origin() == town.platform.url.origin(),
            "{}",
            asked.url
        );
    }
    assert_eq!(town.database.count_rows().await?, before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_platform_may_frame_a_page() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let page = amara.launch(town.platform.links.first).await?.ok()?;
    let platform = town.platform.url.origin().ascii_serialization();
    assert_eq!(ancestors(&page)?, platform);
    assert_eq!(
        page.header("x-content-type-options").as_deref(),
        Some("nosniff")
    );
    assert_eq!(page.header("cache-control").as_deref(), Some("no-store"));
    // Without a launch, nobody may.
    let stranger = Agent::new().open(town.url.join("lti/nothing")?).await?;
    ensure!(stranger.status == 404, "{}", stranger.status);
    let policy = stranger
        .header("content-security-policy")
        .context("no policy")?;
    ensure!(
        policy.contains("form-action 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_are_kept_in_frames_and_from_scripts() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let asked = amara.begin(town.platform.links.first).await?;
    let form = asked.form_to("/lti/launch")?;
    let post = Ask::post(asked.url.join(&form.action)?, &form.fields).from(&asked.url);
    let launched = amara.agent.once(post).await?;
    let cookies = launched.set_cookies();
    let session = cookies
        .iter()
        .find(|cookie| cookie.starts_with("mtl-session="));
    let session = session.with_context(|| format!("no session in {cookies:?}"))?;
    for attribute in [
        "Secure",
        "HttpOnly",
        "SameSite=None",
        "Partitioned",
        "Path=/",
    ] {
        ensure!(
            session.split("; ").any(|part| part == attribute),
            "{attribute}: {session}"
        );
    }
    ensure!(
        cookies
            .iter()
            .any(|c| c.starts_with("mtl-login-") && c.contains("Max-Age=0")),
        "the login's cookie stays: {cookies:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visitor_without_cookies_is_offered_a_tab_before_the_platform_is_called() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let person = town.platform.seeded.participants[0];
    let amara = town
        .platform
        .visitor_with(person, Agent::without_cookies())?;
    let page = amara.begin(town.platform.links.first).await?;
    ensure!(
        page.url.origin() == town.url.origin(),
        "the platform was called: {}",
        page.url
    );
    ensure!(
        page.says("Open MTL Bridge in a new tab"),
        "{}",
        page.words()
    );
    let platform = town.platform.url.origin().ascii_serialization();
    assert_eq!(ancestors(&page)?, platform);
    let login = page.link("to the login", |href, _| href.starts_with("/lti/login?"))?;
    // The new tab keeps cookies; the same login goes on there.
    let tab = town.platform.visitor(person)?;
    let asked = tab.agent.follow(&page, &login).await?;
    ensure!(
        asked.url.origin() == town.platform.url.origin(),
        "{}",
        asked.url
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forms_of_other_sites_and_without_token_change_nothing() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let page = amara.launch(town.platform.links.first).await?.ok()?;
    let form = page
        .form_to("/draft")?
        .fill("text.question", "Why on Tuesdays?")?;
    let action = page.url.join(&form.action)?;

    let foreign = Ask::post(action.clone(), &form.fields).from(&town.platform.url);
    let refused = amara.agent.once(foreign.clone()).await?;
    ensure!(
        refused.status == 403,
        "{}: {}",
        refused.status,
        refused.words()
    );
    assert_eq!(
        amara.agent.once(foreign.by_script()).await?.code()?,
        "cross_site"
    );

    let without = Ask::post(action.clone(), &form.clone().without("form_token").fields);
    let refused = amara.agent.once(without.clone().from(&page.url)).await?;
    ensure!(
        refused.status == 409,
        "{}: {}",
        refused.status,
        refused.words()
    );
    ensure!(
        refused.body.contains("Why on Tuesdays?"),
        "what was typed is lost"
    );
    let code = amara
        .agent
        .once(without.from(&page.url).by_script())
        .await?
        .code()?;
    assert_eq!(code, "form_token");

    // A token of another launch is none either.
    let other = amara.launch(town.platform.links.second).await?.ok()?;
    let token = other
        .form_to("/draft")?
        .value("form_token")
        .context("no token")?
        .to_owned();
    let mixed = form.clone().without("form_token").fields;
    let mixed: Vec<_> = mixed
        .into_iter()
        .chain([("form_token".to_owned(), token)])
        .collect();
    let refused = amara
        .agent
        .once(Ask::post(action, &mixed).from(&page.url))
        .await?;
    ensure!(refused.status == 409, "{}", refused.status);

    let again = amara.launch(town.platform.links.first).await?.ok()?;
    ensure!(
        !again.body.contains("Why on Tuesdays?"),
        "the draft was changed"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_trusted_refusal_leads_back_to_the_platform() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let link = town.platform.links.first;
    let login = forgery::begin(&amara, &town.url, link, &town.platform).await?;
    let token = forgery::honest(&town.platform, &amara, link, &login.nonce)?;

    let trusted = forgery::signed_anew(&town.platform, &token, |claims| {
        claims[format!("{LTI}version")] = json!("1.1");
    })?;
    let page = login.post(&trusted).await?;
    let back = page.find_link(|href, _| href.starts_with(town.platform.url.as_str()));
    let back = back.with_context(|| format!("no way back: {}", page.body))?;
    ensure!(back.contains("/mod/lti/return.php?"), "{back}");
    ensure!(
        back.contains("lti_errormsg="),
        "the platform is told nothing: {back}"
    );

    for forged in [
        forgery::with_wrong_signature(&token)?,
        forgery::signed_anew(&town.platform, &token, |claims| {
            claims["aud"] = json!("another");
        })?,
        forgery::unsigned(&token)?,
    ] {
        let page = login.post(&forged).await?;
        let back = page.find_link(|href, _| href.contains("return.php"));
        ensure!(back.is_none(), "an open redirect: {back:?}");
        ensure!(!page.body.contains("lti_errormsg"), "{}", page.body);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_that_open_nothing_yet_say_so() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let (platform, amara) = (&town.platform, town.platform.participant(0)?);
    let page = amara.launch(platform.links.unbuilt).await?.ok()?;
    ensure!(
        page.says("This kind of activity is still being built"),
        "{}",
        page.words()
    );
    let page = amara.launch(platform.links.unbound).await?.ok()?;
    ensure!(page.says("This link is not set up yet"), "{}", page.words());

    // A tutor chooses; then it opens for everybody.
    let tutor = platform.tutor()?;
    let choose = tutor.launch(platform.links.unbound).await?.ok()?;
    let form = choose.form_to("/link")?.fill("activity", FIRST)?;
    let bound = tutor.agent.send(&choose, &form).await?.ok()?;
    ensure!(
        bound.says("This link now leads to that activity."),
        "{}",
        bound.words()
    );
    let page = amara.launch(platform.links.unbound).await?.ok()?;
    ensure!(
        page.says("A question from your own classroom"),
        "{}",
        page.words()
    );
    Ok(())
}

fn ancestors(page: &Page) -> Result<String> {
    let policy = page
        .header("content-security-policy")
        .context("no policy")?;
    let directive = policy
        .split("; ")
        .find_map(|part| part.strip_prefix("frame-ancestors "));
    Ok(directive.context("no frame-ancestors")?.to_owned())
}
