//! A throw-away PostgreSQL for the tests and benchmarks: a cluster of its own in a temporary
//! folder, on a free loopback port, gone when it is dropped.

use std::fs::{self, File};
use std::io::Read as _;
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use crate::foreground::{Foreground, send_signal};
use crate::system_packages::{find_in_path, find_or_install, numeric_id};

/// How long the server may take to accept its first connection.
const START_LIMIT: Duration = Duration::from_mins(1);

/// The database that the tests get, as a URL whose user may create databases.
pub(crate) enum Database {
    /// The one that `DATABASE_URL` names; it is left as it is.
    Given(String),
    /// One that was started for this run.
    ThrowAway(Cluster),
}

impl Database {
    /// Takes the database that `DATABASE_URL` names, or else starts a throw-away one.
    pub(crate) fn provide(foreground: &mut Foreground) -> Result<Self> {
        match std::env::var("DATABASE_URL") {
            Ok(url) if !url.is_empty() => {
                ensure!(
                    url.starts_with("postgres://") || url.starts_with("postgresql://"),
                    "DATABASE_URL has to be a postgres:// URL whose user may create databases; \
                     unset it and a throw-away PostgreSQL is started"
                );
                Ok(Self::Given(url))
            }
            _ => Ok(Self::ThrowAway(Cluster::start(foreground)?)),
        }
    }

    /// The URL of its maintenance database.
    pub(crate) fn url(&self) -> &str {
        match self {
            Self::Given(url) => url,
            Self::ThrowAway(cluster) => &cluster.url,
        }
    }
}

/// A running PostgreSQL with its own data folder. Dropping it ends the server and removes the data.
pub(crate) struct Cluster {
    url: String,
    server: Child,
    _folder: TempDir,
}

/// The user whom the server runs as: PostgreSQL refuses to run as root.
#[derive(Clone, Copy)]
struct ServerUser {
    user: u32,
    group: u32,
}

impl Cluster {
    /// Starts a cluster: durable as in production (durability is measured), open to everyone on
    /// loopback, since there is nothing in it but test data.
    pub(crate) fn start(foreground: &mut Foreground) -> Result<Self> {
        let programs = find_or_install(
            foreground,
            "PostgreSQL's server",
            &["postgresql"],
            find_programs,
        )?;
        let account = server_user()?;
        let folder = tempfile::Builder::new()
            .prefix("mtl-postgres-")
            .tempdir_in(disk_folder())
            .context("cannot make a folder for PostgreSQL")?;
        if let Some(account) = account {
            chown(folder.path(), Some(account.user), Some(account.group))?;
        }
        create_cluster(&programs, folder.path(), account)?;
        // The port is free when it is chosen, and may be gone when the server asks for it.
        let mut last_error = None;
        for _attempt in 0..3 {
            match start_server(&programs, folder.path(), account) {
                Ok((server, url)) => {
                    return Ok(Self {
                        url,
                        server,
                        _folder: folder,
                    });
                }
                Err(error) => last_error = Some(error),
            }
        }
        Err(last_error.context("PostgreSQL was not started")?)
    }

    /// The URL of its maintenance database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        end_server(&mut self.server);
    }
}

/// Ends the server at once ("immediate shutdown"): its data is thrown away anyway.
fn end_server(server: &mut Child) {
    send_signal("QUIT", server.id());
    let _gone = server.wait();
}

fn create_cluster(programs: &Path, folder: &Path, account: Option<ServerUser>) -> Result<()> {
    let mut command = Command::new(programs.join("initdb"));
    command
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
        .args(["--no-locale", "--no-sync", "--pgdata"])
        .arg(folder.join("data"));
    confine(&mut command, folder, account);
    let output = command.output().context("cannot run initdb")?;
    ensure!(
        output.status.success(),
        "initdb failed:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

fn start_server(
    programs: &Path,
    folder: &Path,
    account: Option<ServerUser>,
) -> Result<(Child, String)> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let log = folder.join("server.log");
    let mut command = with_parent_death_signal(&programs.join("postgres"));
    command
        .arg("-D")
        .arg(folder.join("data"))
        .arg("-k")
        .arg(folder)
        .args(["-p", &port.to_string(), "-h", "127.0.0.1"])
        .args(["-c", "fsync=on", "-c", "synchronous_commit=on"])
        .args(["-c", "max_connections=400"])
        .stdin(Stdio::null())
        .stdout(File::create(&log)?)
        .stderr(File::options().append(true).open(&log)?)
        // Ctrl-C goes to the tests first; the server ends after them.
        .process_group(0);
    confine(&mut command, folder, account);
    let mut server = command.spawn().context("cannot start PostgreSQL")?;

    let started = Instant::now();
    while started.elapsed() < START_LIMIT && server.try_wait()?.is_none() {
        let ready = Command::new(programs.join("pg_isready"))
            .args(["-q", "-h", "127.0.0.1", "-d", "postgres", "-U", "postgres"])
            .args(["-p", &port.to_string()])
            .status()
            .context("cannot run pg_isready")?;
        if ready.success() {
            return Ok((
                server,
                format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            ));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    end_server(&mut server);
    let mut said = String::new();
    File::open(&log)?.read_to_string(&mut said)?;
    bail!("PostgreSQL did not start:\n{said}")
}

/// On Linux the kernel ends the server when this process is killed and cannot do it itself.
fn with_parent_death_signal(program: &Path) -> Command {
    match find_in_path(&["setpriv"]) {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "INT", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

/// Runs a command in the cluster's folder as the server's user, without the caller's `PG*` settings.
fn confine(command: &mut Command, folder: &Path, account: Option<ServerUser>) {
    command.current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    if let Some(account) = account {
        command.uid(account.user).gid(account.group);
    }
}

/// Nobody else for an ordinary user; for root the user that the packages make, or `nobody`.
fn server_user() -> Result<Option<ServerUser>> {
    if numeric_id(&["-u"])? != 0 {
        return Ok(None);
    }
    for name in ["postgres", "nobody"] {
        if let (Ok(user), Ok(group)) = (numeric_id(&["-u", name]), numeric_id(&["-g", name])) {
            return Ok(Some(ServerUser { user, group }));
        }
    }
    bail!("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")
}

/// A folder for temporary files that is on a disk: `/tmp` is often memory, where a durable write
/// costs nothing and a benchmark would flatter.
fn disk_folder() -> PathBuf {
    let temporary = std::env::var_os("TMPDIR").map(PathBuf::from);
    temporary.unwrap_or_else(|| {
        let on_disk = PathBuf::from("/var/tmp");
        if on_disk.is_dir() {
            on_disk
        } else {
            std::env::temp_dir()
        }
    })
}

/// The folder with `initdb` and `postgres`: the newest of the distribution's, or the search path's.
fn find_programs() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| {
        ["initdb", "postgres", "pg_isready"]
            .iter()
            .all(|name| folder.join(name).is_file())
    };
    newest_version("/usr/lib/postgresql")
        .filter(complete)
        .or_else(|| {
            let initdb = find_in_path(&["initdb"])?;
            // Homebrew and others link the programs; the server looks beside its real place.
            let real = fs::canonicalize(initdb).ok()?;
            Some(real.parent()?.to_path_buf()).filter(complete)
        })
}

fn newest_version(root: &str) -> Option<PathBuf> {
    fs::read_dir(root)
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .max()
        .map(|(_, folder)| folder)
}
