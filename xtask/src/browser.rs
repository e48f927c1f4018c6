//! Chromium and its driver, for the tests that follow a person through the pages.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::foreground::Foreground;
use crate::system_packages::{find_in_path, find_or_install};

/// A browser and the driver that steers it.
pub(crate) struct Browser {
    chromium: PathBuf,
    driver: PathBuf,
}

impl Browser {
    /// Finds both, or installs them.
    pub(crate) fn provide(foreground: &mut Foreground) -> Result<Self> {
        find_or_install(
            foreground,
            "Chromium with its driver",
            &["chromium", "chromium-driver"],
            find,
        )
    }

    /// Tells a command where they are: `MTL_TEST_CHROMIUM` and `MTL_TEST_CHROMEDRIVER`.
    pub(crate) fn tell(&self, command: &mut Command) {
        command
            .env("MTL_TEST_CHROMIUM", &self.chromium)
            .env("MTL_TEST_CHROMEDRIVER", &self.driver);
    }
}

fn find() -> Option<Browser> {
    let named = |variable| std::env::var_os(variable).map(PathBuf::from);
    Some(Browser {
        chromium: named("MTL_TEST_CHROMIUM").or_else(|| {
            find_in_path(&[
                "chromium",
                "chromium-browser",
                "google-chrome",
                "google-chrome-stable",
            ])
        })?,
        driver: named("MTL_TEST_CHROMEDRIVER").or_else(|| find_in_path(&["chromedriver"]))?,
    })
}
