//! The data file: one writer thread, several changes in one write, never under the state's lock.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
};

use tokio::sync::watch;

use crate::{LmsError, state::State};

/// How far the writer has come.
#[derive(Clone, Debug, Default)]
struct Written {
    version: u64,
    /// The version that could not be written last, and why.
    failure: Option<(u64, String)>,
}

/// The way to the writer thread. Dropping it writes what is left and ends the thread.
#[derive(Debug)]
pub(crate) struct Disk {
    path: PathBuf,
    wake: Option<SyncSender<()>>,
    written: watch::Receiver<Written>,
    writer: Option<JoinHandle<()>>,
}

/// Reads the data file; `None` where there is none yet.
pub(crate) fn load(path: &Path) -> Result<Option<State>, LmsError> {
    let failure = |reason: String| LmsError::DataFile {
        path: path.to_owned(),
        reason,
    };
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| failure(error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failure(error.to_string())),
    }
}

impl Disk {
    /// Starts the writer thread.
    pub(crate) fn open(path: PathBuf, state: Arc<Mutex<State>>) -> Result<Self, LmsError> {
        let failure = |error: &io::Error| LmsError::DataFile {
            path: path.clone(),
            reason: error.to_string(),
        };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| failure(&error))?;
        }
        // One waiting wake-up is enough: the writer takes whatever the state holds by then.
        let (wake, woken) = sync_channel(1);
        let (progress, written) = watch::channel(Written::default());
        let target = path.clone();
        let writer = std::thread::Builder::new()
            .name("demo-lms-writer".to_owned())
            .spawn(move || run(&target, &state, &woken, &progress))
            .map_err(|error| failure(&error))?;
        Ok(Self {
            path,
            wake: Some(wake),
            written,
            writer: Some(writer),
        })
    }

    /// Says that the state has changed.
    pub(crate) fn wake(&self) {
        if let Some(wake) = &self.wake {
            // A full channel means that a wake-up is on its way already.
            let _ = wake.try_send(());
        }
    }

    /// Waits until this version of the state is on disk.
    pub(crate) async fn wait_for(&self, version: u64) -> Result<(), LmsError> {
        let mut written = self.written.clone();
        let reason = match written
            .wait_for(|written| {
                let failed = written.failure.as_ref();
                written.version >= version || failed.is_some_and(|(failed, _)| *failed >= version)
            })
            .await
        {
            Ok(written) if written.version >= version => None,
            Ok(written) => written.failure.clone().map(|(_, reason)| reason),
            Err(_) => Some("the writer has ended".to_owned()),
        };
        match reason {
            None => Ok(()),
            Some(reason) => Err(LmsError::DataFile {
                path: self.path.clone(),
                reason,
            }),
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

fn run(path: &Path, state: &Mutex<State>, woken: &Receiver<()>, progress: &watch::Sender<Written>) {
    let mut done = 0;
    let mut open = true;
    while open {
        open = woken.recv().is_ok();
        let (version, bytes) = {
            let state = state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.version == done {
                continue;
            }
            (state.version, serde_json::to_vec(&*state))
        };
        let failure = bytes
            .map_err(io::Error::from)
            .and_then(|bytes| write_durably(path, &bytes))
            .err();
        if let Some(error) = &failure {
            tracing::error!(%error, path = %path.display(), "the demonstration LMS could not be saved");
        } else {
            done = version;
        }
        progress.send_replace(Written {
            version: done,
            failure: failure.map(|error| (version, error.to_string())),
        });
    }
}

/// Writes beside the file, syncs, and takes its place, so that a reader sees one or the other.
fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        // The file holds the platform's private key.
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
