//! The `mtl-bridge` program as an operator runs it: a configuration file, commands, and `serve` as
//! a process that can be killed and started again on the same data and port.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use chrono::{TimeDelta, Utc};
use mtl_bridge_core::{Bridge, Clock};
use rand::RngExt as _;
use tempfile::TempDir;
use url::Url;

use super::database::{Database, Kind};
use super::installation::{INSTITUTION, SECRET, deliver_all, open_bridge, root};
use super::platform::{CLIENT, DEPLOYMENT, Platform};
use super::records::RecordStore;

/// How long `serve` may take to be ready, also on a busy machine.
const START_LIMIT: Duration = Duration::from_mins(1);
const LOOK: Duration = Duration::from_millis(10);

/// A configured bridge with its platform; not running until [`Program::start`].
pub(crate) struct Program {
    /// The platform, in this process.
    pub(crate) platform: Arc<Platform>,
    /// The public address.
    pub(crate) url: Url,
    /// Where Prometheus metrics are.
    pub(crate) metrics: Url,
    /// The folder with configuration, data and log.
    pub(crate) folder: TempDir,
    /// Settings that stand in the environment, over those of the file.
    settings: Vec<(&'static str, &'static str)>,
    running: Option<Child>,
    /// Goes after the process.
    pub(crate) database: Database,
}

impl Program {
    /// Configures a bridge that logs warnings only, and adds institution, platform and policy by
    /// its commands.
    pub(crate) async fn configure(kind: Kind, lrs: Option<&RecordStore>) -> Result<Self> {
        Self::configure_with(kind, lrs, "[log]\nfilter = \"warn\"\n").await
    }

    /// The same with these further lines of configuration: settings, then tables.
    pub(crate) async fn configure_with(
        kind: Kind,
        lrs: Option<&RecordStore>,
        further: &str,
    ) -> Result<Self> {
        let folder = TempDir::new()?;
        let database = Database::create(kind, folder.path()).await?;
        let url = Url::parse(&format!("http://localhost:{}", free_port()?))?;
        let metrics = Url::parse(&format!("http://127.0.0.1:{}/metrics", free_port()?))?;
        let platform = Arc::new(Platform::start(&url, Utc::now).await?);
        let text = configuration(&database, folder.path(), &url, &metrics, further);
        std::fs::write(folder.path().join("mtl-bridge.toml"), text)?;
        let program = Self {
            platform,
            url,
            metrics,
            folder,
            settings: Vec::new(),
            running: None,
            database,
        };
        program.set_up(lrs)?;
        Ok(program)
    }

    fn set_up(&self, lrs: Option<&RecordStore>) -> Result<()> {
        let mut institution: Vec<String> = ["institution", "add", INSTITUTION]
            .into_iter()
            .chain([
                "--name",
                "University of the North",
                "--home-page",
                "https://north.example",
            ])
            .map(ToOwned::to_owned)
            .collect();
        if let Some(lrs) = lrs {
            let file = self.folder.path().join("lrs-auth");
            std::fs::write(&file, RecordStore::credentials())?;
            institution.extend(["--lrs".to_owned(), lrs.address().to_owned()]);
            institution.extend(["--lrs-auth-file".to_owned(), file.display().to_string()]);
        }
        self.run(&institution)?;
        let ends = self.platform.lms.endpoints();
        self.run(&[
            "platform",
            "add",
            "Demonstration LMS",
            "--institution",
            INSTITUTION,
            "--issuer",
            &ends.issuer,
            "--client-id",
            CLIENT,
            "--auth-url",
            &ends.authorization,
            "--token-url",
            &ends.token,
            "--jwks-url",
            &ends.jwks,
            "--product",
            "moodle",
            "--deployment",
            DEPLOYMENT,
        ])?;
        let policy = root().join("plugins/uk-masters");
        let component = policy.join("uk-masters.wasm").display().to_string();
        let settings = policy.join("settings.json").display().to_string();
        self.run(&[
            "policy",
            "install",
            INSTITUTION,
            &component,
            "--settings",
            &settings,
        ])?;
        Ok(())
    }

    /// Runs a command of the program and answers what it printed.
    pub(crate) fn run(&self, arguments: &[impl AsRef<str>]) -> Result<String> {
        let output = self.try_run(arguments)?;
        let words: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
        ensure!(
            output.status.success(),
            "mtl-bridge {} failed: {}",
            words.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Runs a command that may fail.
    pub(crate) fn try_run(&self, arguments: &[impl AsRef<str>]) -> Result<Output> {
        let mut command = self.command()?;
        command.args(arguments.iter().map(AsRef::as_ref));
        Ok(command.output()?)
    }

    /// Sets something by its environment variable, from the next start on.
    pub(crate) fn set(&mut self, variable: &'static str, value: &'static str) {
        self.settings.push((variable, value));
    }

    /// The program with its configuration, still without a command.
    pub(crate) fn command(&self) -> Result<Command> {
        let mut command = Command::new(program()?);
        command
            .arg("--config")
            .arg(self.folder.path().join("mtl-bridge.toml"))
            .envs(self.settings.iter().copied())
            .stdin(Stdio::null());
        Ok(command)
    }

    /// Starts `serve` and waits until it is ready.
    pub(crate) async fn start(&mut self) -> Result<()> {
        ensure!(self.running.is_none(), "the bridge runs already");
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("bridge.log"))?;
        let child = self
            .command()?
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        self.running = Some(child);
        self.wait_ready().await
    }

    /// Starts another process on the same data, which listens elsewhere.
    pub(crate) async fn start_replica(&self) -> Result<Replica> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("replica.log"))?;
        let (port, metrics) = (free_port()?, free_port()?);
        let child = self
            .command()?
            .arg("serve")
            .env("MTL_BRIDGE_LISTEN", format!("127.0.0.1:{port}"))
            .env("MTL_BRIDGE_METRICS_LISTEN", format!("127.0.0.1:{metrics}"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let replica = Replica {
            url: Url::parse(&format!("http://127.0.0.1:{port}"))?,
            metrics: Url::parse(&format!("http://127.0.0.1:{metrics}/metrics"))?,
            running: child,
        };
        let ready = replica.url.join("readyz")?;
        let begun = Instant::now();
        while !reqwest::get(ready.clone())
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            ensure!(begun.elapsed() < START_LIMIT, "the replica is not ready");
            tokio::time::sleep(LOOK).await;
        }
        Ok(replica)
    }

    async fn wait_ready(&mut self) -> Result<()> {
        let ready = self.url.join("readyz")?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(START_LIMIT)
            .build()?;
        let begun = Instant::now();
        loop {
            if let Ok(answer) = http.get(ready.clone()).send().await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if let Some(child) = &mut self.running
                && let Some(status) = child.try_wait()?
            {
                self.running = None;
                bail!("`mtl-bridge serve` ended with {status}: {}", self.log());
            }
            ensure!(
                begun.elapsed() < START_LIMIT,
                "`mtl-bridge serve` is not ready: {}",
                self.log()
            );
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The number of the running process.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(Child::id)
    }

    /// Kills the process where it stands (SIGKILL).
    pub(crate) fn kill(&mut self) -> Result<()> {
        let mut child = self.running.take().context("the bridge does not run")?;
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Asks the process to stop (SIGTERM), and waits until it has finished what is under way.
    pub(crate) fn stop(&mut self) -> Result<()> {
        let mut child = self.running.take().context("the bridge does not run")?;
        let asked = Command::new("kill")
            .args(["-TERM", &child.id().to_string()])
            .status()?;
        ensure!(asked.success(), "the bridge could not be asked to stop");
        let status = child.wait()?;
        ensure!(
            status.success(),
            "the bridge stopped with {status}: {}",
            self.log()
        );
        Ok(())
    }

    /// A bridge in this process over the same data, while the program does not run.
    pub(crate) async fn open_beside(&self, clock: Clock) -> Result<Bridge> {
        ensure!(self.running.is_none(), "the bridge still runs");
        open_bridge(&self.database.url, self.folder.path(), &self.url, clock).await
    }

    /// Finishes the deliveries that a killed process left behind, as another process would later:
    /// what it had leased can be claimed again only when the lease has run out.
    pub(crate) async fn drain(&self) -> Result<Bridge> {
        const LATER: TimeDelta = TimeDelta::minutes(10);
        let clock = Clock::fixed(Utc::now() + LATER);
        let bridge = self.open_beside(clock.clone()).await?;
        // The platform's clock stays: scores carry the second in which they were released.
        deliver_all(&bridge, || clock.advance(TimeDelta::seconds(60))).await?;
        Ok(bridge)
    }

    /// The whole log.
    pub(crate) fn whole_log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("bridge.log")).unwrap_or_default()
    }

    /// The last lines of the log.
    pub(crate) fn log(&self) -> String {
        const LINES: usize = 30;
        let log = self.whole_log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Another process of the program.
pub(crate) struct Replica {
    /// Where it listens.
    pub(crate) url: Url,
    /// Where its metrics are.
    pub(crate) metrics: Url,
    running: Child,
}

impl Replica {
    /// Asks it to stop, and waits until it has finished what is under way.
    pub(crate) fn stop(mut self) -> Result<()> {
        let asked = Command::new("kill")
            .args(["-TERM", &self.running.id().to_string()])
            .status()?;
        ensure!(asked.success(), "the replica could not be asked to stop");
        let status = self.running.wait()?;
        ensure!(status.success(), "the replica stopped with {status}");
        Ok(())
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        let _ = self.running.kill();
        let _ = self.running.wait();
    }
}

/// The program that the tests start.
pub(crate) fn program() -> Result<PathBuf> {
    let named = std::env::var_os("MTL_TEST_BRIDGE").map(PathBuf::from);
    let path = named.unwrap_or_else(|| {
        // Tests lie in `deps` below the folder of the programs.
        let test = std::env::current_exe().unwrap_or_default();
        test.ancestors()
            .nth(2)
            .unwrap_or(Path::new(""))
            .join("mtl-bridge")
    });
    ensure!(
        path.is_file(),
        "there is no program {}; `cargo xtask test` builds it and runs the tests with it",
        path.display()
    );
    Ok(path)
}

/// A port that nobody listens on, below those that outgoing connections take: a process that is
/// started again finds it free.
pub(crate) fn free_port() -> Result<u16> {
    const TRIES: usize = 200;
    for _ in 0..TRIES {
        let port = rand::rng().random_range(10_000..30_000_u16);
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port is free")
}

fn configuration(
    database: &Database,
    folder: &Path,
    url: &Url,
    metrics: &Url,
    further: &str,
) -> String {
    let secret = hex(&SECRET);
    let port = url.port().unwrap_or_default();
    let metrics_port = metrics.port().unwrap_or_default();
    format!(
        "base_url = \"{url}\"\n\
         listen = \"127.0.0.1:{port}\"\n\
         metrics_listen = \"127.0.0.1:{metrics_port}\"\n\
         secret = \"{secret}\"\n\
         {further}\
         [database]\n\
         url = \"{}\"\n\
         [evidence]\n\
         kind = \"folder\"\n\
         path = \"{}\"\n\
         [catalogue]\n\
         folder = \"{}\"\n\
         [policy]\n\
         cache_folder = \"{}\"\n\
         [outbound]\n\
         allow_loopback_http = true\n",
        database.url,
        folder.join("evidence").display(),
        root().join("config/programmes").display(),
        folder.join("policies").display(),
    )
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a String cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}
