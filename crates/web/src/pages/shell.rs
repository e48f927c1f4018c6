//! What stands around every page: title, bar, navigation, notice, foot.

use crate::assets;
use crate::pages::parts::Tone;

/// The frame of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shell {
    /// The document's title, without the product's name.
    pub(crate) title: String,
    /// The course or programme, in the bar; none before a launch.
    pub(crate) place: Option<String>,
    /// Who is signed in.
    pub(crate) person: Option<String>,
    /// Where the platform wants the person back.
    pub(crate) back: Option<String>,
    /// The main navigation.
    pub(crate) nav: Vec<NavItem>,
    /// What has just happened.
    pub(crate) notice: Option<Notice>,
    /// The path that all pages of this launch begin with, without a slash at the end.
    pub(crate) base: String,
    /// The token of every form on the page.
    pub(crate) form_token: String,
    /// The institution's time zone, where times are shown.
    pub(crate) zone: Option<String>,
    /// Whether the page shows errors, which its title then says first.
    pub(crate) has_errors: bool,
}

/// One entry of the main navigation.
#[derive(Clone, Debug)]
pub(crate) struct NavItem {
    pub(crate) label: &'static str,
    pub(crate) href: String,
    pub(crate) is_current: bool,
}

/// A sentence about what has just happened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Notice {
    pub(crate) tone: Tone,
    pub(crate) text: &'static str,
}

impl Shell {
    /// The frame of a page outside any launch.
    pub(crate) fn bare(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    pub(crate) fn style(&self) -> String {
        let _ = self;
        assets::STYLE.path()
    }

    pub(crate) fn script(&self) -> String {
        let _ = self;
        assets::SCRIPT.path()
    }

    pub(crate) fn icon(&self) -> String {
        let _ = self;
        assets::FAVICON.path()
    }
}
