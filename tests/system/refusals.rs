//! Every launch that is not the platform's own is refused, each with its own code; the person gets
//! a page with a reference, no session begins, and nothing is kept.

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::agent::{Agent, Page};
use crate::harness::database::Kind;
use crate::harness::forgery::{self, LTI, Login};
use crate::harness::installation::{INSTITUTION, Installation, Plan};
use crate::harness::platform::{CLIENT, Visitor};

/// A change to the claims.
type Change = fn(&mut Value);

/// How a claim is changed, and the code of the refusal.
fn changed_claims() -> Vec<(&'static str, Change)> {
    vec![
        ("expired", |claims| shift(claims, -600)),
        ("issued_in_future", |claims| shift(claims, 600)),
        ("wrong_issuer", |claims| {
            claims["iss"] = json!("https://lms.example");
        }),
        ("wrong_audience", |claims| {
            claims["aud"] = json!("another-tool");
        }),
        ("authorised_party_missing", |claims| {
            claims["aud"] = json!([CLIENT, "another-tool"]);
        }),
        ("wrong_authorised_party", |claims| {
            claims["aud"] = json!([CLIENT, "another-tool"]);
            claims["azp"] = json!("another-tool");
        }),
        ("wrong_nonce", |claims| {
            claims["nonce"] = json!("never-given");
        }),
        ("nonce_missing", |claims| remove(claims, "nonce")),
        ("deployment_missing", |claims| {
            remove(claims, &format!("{LTI}deployment_id"));
        }),
        ("foreign_target_link", |claims| {
            claims[format!("{LTI}target_link_uri")] = json!("https://elsewhere.example/lti/launch");
        }),
        ("message_type_missing", |claims| {
            remove(claims, &format!("{LTI}message_type"));
        }),
        ("unknown_message_type", |claims| {
            claims[format!("{LTI}message_type")] = json!("LtiStartProctoring");
        }),
        ("wrong_version", |claims| {
            claims[format!("{LTI}version")] = json!("1.1");
        }),
        ("anonymous", |claims| remove(claims, "sub")),
    ]
}

fn shift(claims: &mut Value, seconds: i64) {
    for name in ["iat", "exp"] {
        claims[name] = json!(claims[name].as_i64().unwrap_or_default() + seconds);
    }
}

fn remove(claims: &mut Value, name: &str) {
    if let Some(claims) = claims.as_object_mut() {
        claims.remove(name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn claims_that_are_not_ours_are_refused_each_for_its_reason() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let before = town.database.count_rows().await?;
    for (code, change) in changed_claims() {
        let login = begin(&town, &amara).await?;
        let token = honest(&town, &amara, &login)?;
        let forged = forgery::signed_anew(&town.platform, &token, change)?;
        refused(&login, &forged, code).await?;
    }
    assert_eq!(
        town.database.count_rows().await?,
        before,
        "a refused launch left something"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_anonymous_launch_says_what_the_administrator_must_change() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let login = begin(&town, &amara).await?;
    let token = honest(&town, &amara, &login)?;
    let nobody = forgery::signed_anew(&town.platform, &token, |claims| remove(claims, "sub"))?;
    let page = login.post(&nobody).await?;
    is_refusal(&page, 400)?;
    ensure!(
        page.says("privacy settings must let the learning site send a user ID"),
        "{}",
        page.words()
    );
    // The platform's own page says it too.
    let back = page.link("the way back", |href, _| href.contains("lti_errormsg="))?;
    ensure!(
        back.starts_with(town.platform.url.as_str()) && back.contains("lti_errorlog=anonymous"),
        "{back}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_the_platform_did_not_sign_are_refused() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let before = town.database.count_rows().await?;
    let login = begin(&town, &amara).await?;
    let token = honest(&town, &amara, &login)?;
    let signed = token.rsplit_once('.').context("no token")?.0;
    let header = token.split('.').next().unwrap_or_default();
    for (code, forged) in [
        ("wrong_signature", forgery::with_wrong_signature(&token)?),
        ("algorithm_none", forgery::unsigned(&token)?),
        (
            "algorithm_hmac",
            forgery::signed_with_public_key(&town.platform, &token)?,
        ),
        ("token_truncated", signed.to_owned()),
        ("token_truncated", header.to_owned()),
        ("token_malformed", "not a token".to_owned()),
        (
            "token_too_large",
            format!("{token}{}", "A".repeat(64 << 10)),
        ),
    ] {
        refused(&login, &forged, code).await?;
    }
    // Longer than any body: not even read.
    let login = begin(&town, &amara).await?;
    refused_with(&login, &"A".repeat(256 << 10), "token_too_large", 413).await?;
    assert_eq!(
        town.database.count_rows().await?,
        before,
        "a refused launch left something"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_off_signature_is_refused() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let login = begin(&town, &amara).await?;
    let token = honest(&town, &amara, &login)?;
    refused(&login, &token[..token.len() - 40], "token_truncated").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn state_and_nonce_work_once_and_in_one_place() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    let login = begin(&town, &amara).await?;
    let cookies = login.cookies();
    let token = honest(&town, &amara, &login)?;
    let launched = login.post(&token).await?;
    assert_eq!(launched.status, 303, "{}", launched.words());
    let rows = town.database.count_rows().await?;

    // The same post again: the browser has spent the login's cookie and is told that it is in; a
    // thief who kept that cookie gets no further.
    refused(&login, &token, "state_reused").await?;
    let thief = Agent::new();
    for cookie in cookies.split("; ") {
        thief.keep(&town.url, cookie);
    }
    let again = login.post_by(&thief, &token).await?;
    is_refusal(&again, 400)?;
    assert_eq!(
        thief.once(login.ask(&token).by_script()).await?.code()?,
        "state_reused"
    );

    // A token that was used already, under a fresh state.
    let other = begin(&town, &amara).await?;
    refused(&other, &token, "nonce_reused").await?;

    // A state that was begun in another browser.
    let tomasz = town.platform.participant(1)?;
    let begun = begin(&town, &tomasz).await?;
    let token = honest(&town, &tomasz, &begun)?;
    let page = begun.post_by(&amara.agent, &token).await?;
    is_refusal(&page, 400)?;
    let code = amara
        .agent
        .once(begun.ask(&token).by_script())
        .await?
        .code()?;
    assert_eq!(code, "state_of_other_browser");

    // One that nobody sealed, and one that is too old.
    let mut forged = begin(&town, &amara).await?;
    let (kept, last) = forged.state.split_at(forged.state.len() - 1);
    forged.state = format!("{kept}{}", if last == "A" { "B" } else { "A" });
    let token = honest(&town, &amara, &forged)?;
    refused(&forged, &token, "state_forged").await?;
    let old = begin(&town, &amara).await?;
    town.clock.advance(TimeDelta::seconds(601));
    let token = honest(&town, &amara, &old)?;
    refused(&old, &token, "state_expired").await?;
    assert_eq!(
        town.database.count_rows().await?,
        rows,
        "a refused launch left something"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_registration_takes_only_the_deployments_that_it_lists() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let platform = &town.platform;
    let (_, link) = platform.add_tool("shared", "7")?;
    let mut setup = platform.setup(None, "shared")?;
    setup.deployments = vec![("7".to_owned(), Some(INSTITUTION.to_owned()))];
    town.bridge.add_platform(setup).await?;
    let amara = platform.participant(0)?;
    let welcome = amara.launch(link).await?.ok()?;
    ensure!(welcome.says("Scenario 1"), "{}", welcome.words());

    let login = forgery::begin(&amara, &town.url, link, platform).await?;
    let token = forgery::honest(platform, &amara, link, &login.nonce)?;
    let other = forgery::signed_anew(platform, &token, |claims| {
        claims[format!("{LTI}deployment_id")] = json!("8");
    })?;
    refused(&login, &other, "deployment_not_accepted").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn logins_that_lead_nowhere_are_refused() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let issuer = town.platform.lms.endpoints().issuer;
    let target = town.url.join("lti/launch")?.to_string();
    let agent = Agent::new();
    for (code, fields) in [
        (
            "platform_unknown",
            vec![("iss", "https://lms.example"), ("target_link_uri", &target)],
        ),
        (
            "platform_unknown",
            vec![
                ("iss", &*issuer),
                ("client_id", "nobody"),
                ("target_link_uri", &target),
            ],
        ),
        (
            "login_target_foreign",
            vec![
                ("iss", &*issuer),
                ("target_link_uri", "https://elsewhere.example/"),
            ],
        ),
    ] {
        let mut fields: Vec<(String, String)> = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        fields.push(("login_hint".to_owned(), "5".to_owned()));
        let ask = crate::harness::agent::Ask::post(town.url.join("lti/login")?, &fields);
        let page = agent.load(ask.from(&town.platform.url).by_script()).await?;
        assert_eq!(page.code()?, code);
    }
    Ok(())
}

async fn begin(town: &Installation, visitor: &Visitor) -> Result<Login> {
    forgery::begin(
        visitor,
        &town.url,
        town.platform.links.first,
        &town.platform,
    )
    .await
}

fn honest(town: &Installation, visitor: &Visitor, login: &Login) -> Result<String> {
    forgery::honest(
        &town.platform,
        visitor,
        town.platform.links.first,
        &login.nonce,
    )
}

async fn refused(login: &Login, token: &str, code: &str) -> Result<()> {
    refused_with(login, token, code, 400).await
}

async fn refused_with(login: &Login, token: &str, code: &str, status: u16) -> Result<()> {
    assert_eq!(login.code_of(token).await?, code);
    let page = login.post(token).await?;
    is_refusal(&page, status).with_context(|| code.to_owned())
}

/// A page that says what happened, with a reference, and begins no session.
fn is_refusal(page: &Page, status: u16) -> Result<()> {
    ensure!(page.status == status, "{}: {}", page.status, page.words());
    ensure!(
        page.says("Reference code: "),
        "no reference: {}",
        page.words()
    );
    for cookie in page.set_cookies() {
        ensure!(!cookie.contains("mtl-session"), "a session began: {cookie}");
    }
    let policy = page
        .header("content-security-policy")
        .context("no policy")?;
    ensure!(policy.contains("form-action 'none'"), "{policy}");
    Ok(())
}
