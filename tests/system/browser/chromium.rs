//! Headless Chromium with third-party cookies blocked, steered through chromedriver.

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow};
use axum::http::Method;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use url::{ParseError, Url};

use super::announced;

const FLAGS: [&str; 8] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A browser that nobody has used before.
pub(super) struct Chromium {
    /// What steers it.
    pub(super) client: Client,
    /// The browser's process, while it may run.
    pid: Option<u64>,
    _driver: Child,
    _profile: TempDir,
}

impl Chromium {
    /// Starts chromedriver and, through it, the browser.
    pub(super) async fn start() -> Result<Self> {
        Self::start_with(json!({})).await
    }

    /// A browser that keeps no cookie at all of `inner` while it is shown in a page of `outer`, not
    /// even one of this very partition: as Safari does it.
    pub(super) async fn start_without_cookies(inner: &Url, outer: &Url) -> Result<Self> {
        const BLOCK: u8 = 2;
        let origin = |url: &Url| url.origin().ascii_serialization();
        let place = format!("{},{}", origin(inner), origin(outer));
        let blocked = json!({ place: { "setting": BLOCK } });
        Self::start_with(json!({ "profile.content_settings.exceptions.cookies": blocked })).await
    }

    async fn start_with(preferences: Value) -> Result<Self> {
        let mut command = Command::new(named("MTL_TEST_CHROMEDRIVER")?);
        command.arg("--port=0");
        let (driver, port) = announced::start(command, |line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        })
        .await?;
        let profile = TempDir::new()?;
        let client = ClientBuilder::rustls()?
            .capabilities(capabilities(
                &named("MTL_TEST_CHROMIUM")?,
                &profile,
                preferences,
            )?)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .context("chromedriver does not start Chromium")?;
        let pid = client
            .capabilities()
            .and_then(|said| said.get("goog:processID"))
            .and_then(Value::as_u64);
        Ok(Self {
            client,
            pid,
            _driver: driver,
            _profile: profile,
        })
    }

    /// Ends the browser as a person does.
    pub(super) async fn close(mut self) -> Result<()> {
        self.client.clone().close().await?;
        self.pid = None;
        Ok(())
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The driver is killed with its handle; the browser would live on.
        if let Some(pid) = self.pid {
            let _ = std::process::Command::new("kill")
                .args(["-KILL", &pid.to_string()])
                .status();
        }
    }
}

fn named(variable: &str) -> Result<PathBuf> {
    std::env::var_os(variable)
        .map(PathBuf::from)
        .ok_or_else(|| {
            anyhow!("{variable} is not set; `cargo xtask test` finds Chromium and sets it")
        })
}

fn capabilities(
    binary: &std::path::Path,
    profile: &TempDir,
    mut preferences: Value,
) -> Result<Capabilities> {
    preferences["profile.block_third_party_cookies"] = true.into();
    preferences["profile.cookie_controls_mode"] = 1.into();
    let mut flags = FLAGS.map(ToOwned::to_owned).to_vec();
    flags.push(format!("--user-data-dir={}", profile.path().display()));
    let wanted = json!({
        "browserName": "chrome",
        "goog:chromeOptions": {
            "binary": binary,
            "args": flags,
            "prefs": preferences,
        },
    });
    wanted
        .as_object()
        .cloned()
        .context("capabilities are an object")
}

/// A command of the Chrome `DevTools` protocol.
#[derive(Debug)]
pub(super) struct DevTools {
    /// Such as `Network.clearBrowserCookies`.
    pub(super) command: &'static str,
    /// What it takes.
    pub(super) parameters: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let body = json!({"cmd": self.command, "params": self.parameters});
        (Method::POST, Some(body.to_string()))
    }
}
