//! What a platform is opened with.

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};
use url::Url;

/// The platform's clock, passed in so that tests can hold it still.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Which real platform's behaviour is reproduced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flavour {
    /// Moodle 4.5, as recorded from a running 4.5.6.
    #[default]
    Moodle,
    /// Canvas, as its documentation and its source describe it.
    Canvas,
    /// Open edX with lti-consumer-xblock 11.4, as recorded from its classes.
    OpenEdx,
}

impl Flavour {
    /// The page that begins a launch.
    pub(crate) fn launch_path(self) -> &'static str {
        match self {
            Self::Moodle => "/mod/lti/launch.php",
            Self::Canvas => "/external_tools/retrieve",
            Self::OpenEdx => "/launch",
        }
    }

    /// The page that begins a visit to a picker.
    pub(crate) fn picker_path(self) -> &'static str {
        match self {
            Self::Moodle => "/mod/lti/contentitem.php",
            Self::Canvas => "/external_tools/resource_selection",
            Self::OpenEdx => "/deep_linking",
        }
    }
}

/// What a platform is opened with.
#[derive(Clone)]
pub struct LmsConfig {
    /// The public origin, which is also the issuer; it has no path.
    pub base_url: Url,
    /// Where everything is kept between starts; `None` keeps it in memory only.
    pub data_file: Option<PathBuf>,
    /// Which real platform's behaviour is reproduced.
    pub flavour: Flavour,
    /// The clock.
    pub clock: Clock,
}

impl LmsConfig {
    /// A Moodle-like platform at `base_url`, in memory, on the system's clock.
    pub fn new(base_url: Url) -> Self {
        Self {
            base_url,
            data_file: None,
            flavour: Flavour::default(),
            clock: Arc::new(Utc::now),
        }
    }

    /// The same platform with another behaviour.
    #[must_use]
    pub fn with_flavour(mut self, flavour: Flavour) -> Self {
        self.flavour = flavour;
        self
    }

    /// The same platform, kept in a file.
    #[must_use]
    pub fn with_data_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.data_file = Some(path.into());
        self
    }

    /// The same platform on another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}

impl std::fmt::Debug for LmsConfig {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("LmsConfig")
            .field("base_url", &self.base_url.as_str())
            .field("data_file", &self.data_file)
            .field("flavour", &self.flavour)
            .finish_non_exhaustive()
    }
}
