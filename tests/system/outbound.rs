//! What a registration or a token can make the bridge call: not the network that it runs in, and no
//! host gets an access token because a claim names it.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::extract::Request;
use chrono::TimeDelta;
use mtl_store::outbox::DeliveryFilter;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::harness::database::Kind;
use crate::harness::forgery;
use crate::harness::installation::{INSTITUTION, Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::{CLIENT, FIRST};

const WORDS: &str = "What my pupils did, and what they said when I asked them.";
const AGS: &str = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_goes_to_no_host_that_only_a_claim_names() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let elsewhere = Elsewhere::start().await?;
    let link = town.platform.links.first;
    let (amara, tutor) = (town.platform.participant(0)?, town.platform.tutor()?);
    let page = amara.launch(link).await?.ok()?;
    let checked = journey::write(&amara.agent, &page, FIRST, WORDS).await?;
    journey::submit(&amara.agent, &checked).await?;
    let cohort = tutor.launch(link).await?.ok()?;
    let work = journey::open_submission(&tutor.agent, &cohort, &amara.name, "Scenario 1").await?;
    let judged = journey::judge(&tutor.agent, &work, 62, WORDS).await?;
    let record = journey::open_record(&tutor.agent, &judged, &amara.name).await?;
    let decided = journey::decide(&tutor.agent, &record).await?;

    // The platform's own key signs a claim that leads elsewhere.
    let login = forgery::begin(&amara, &town.url, link, &town.platform).await?;
    let honest = forgery::honest(&town.platform, &amara, link, &login.nonce)?;
    let column = elsewhere.url.join("item")?;
    let careless = forgery::signed_anew(&town.platform, &honest, |claims| {
        claims[AGS]["lineitem"] = json!(column);
    })?;
    let launched = login.post(&careless).await?;
    ensure!(launched.status == 303, "{}", launched.words());

    journey::release(&tutor.agent, &decided).await?;
    town.bridge.deliver_due().await?;
    let rows = town
        .bridge
        .list_deliveries(town.institution, DeliveryFilter::default())
        .await?;
    let row = rows
        .iter()
        .find(|row| row.kind == "score" && row.state == "pending")
        .context("no score waits")?;
    let words = row.last_error.as_deref().unwrap_or_default();
    let origin = elsewhere.url.origin().ascii_serialization();
    ensure!(
        words.contains(&origin) && words.contains("platform add-origin"),
        "{words}"
    );
    ensure!(elsewhere.called().is_empty(), "{:?}", elsewhere.called());

    // An operator who knows the place lets the mark go there.
    town.bridge
        .add_platform_origin(CLIENT, None, &elsewhere.url)
        .await?;
    town.clock.advance(TimeDelta::seconds(30));
    town.bridge.deliver_due().await?;
    let rows = town
        .bridge
        .list_deliveries(town.institution, DeliveryFilter::default())
        .await?;
    ensure!(
        elsewhere.called().contains(&"POST /item/scores".to_owned()),
        "{:?}: {rows:?}",
        elsewhere.called()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_cannot_make_the_bridge_call_its_own_network() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite)).await?;
    let amara = town.platform.participant(0)?;
    for (number, inside) in [
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/jwks",
        "https://[::ffff:192.168.0.1]/jwks",
        "https://0x0a000001/jwks",
        "http://lms.example/jwks",
    ]
    .into_iter()
    .enumerate()
    {
        let client_id = format!("inside-{number}");
        let (_, link) = town.platform.add_tool(&client_id, &client_id)?;
        let mut setup = town.platform.setup(Some(INSTITUTION), &client_id)?;
        setup.jwks_url = Url::parse(inside)?;
        town.bridge.add_platform(setup).await?;
        let login = forgery::begin(&amara, &town.url, link, &town.platform).await?;
        let token = forgery::honest(&town.platform, &amara, link, &login.nonce)?;
        let code = login.code_of(&token).await?;
        ensure!(code == "key_set_unavailable", "{inside}: {code}");
    }
    Ok(())
}

/// A server that belongs to nobody, and what it was asked.
struct Elsewhere {
    url: Url,
    called: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Elsewhere {
    async fn start() -> Result<Self> {
        let called = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&called);
        let router = Router::new().fallback(async move |request: Request| {
            let call = format!("{} {}", request.method(), request.uri().path());
            noted
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(call);
            axum::Json(json!([]))
        });
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            url,
            called,
            server,
        })
    }

    fn called(&self) -> Vec<String> {
        self.called
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        self.server.abort();
    }
}
