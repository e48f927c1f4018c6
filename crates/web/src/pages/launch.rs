//! The pages that a launch may need when the browser keeps no cookies in a frame.

use askama::Template;

use crate::pages::shell::Shell;

/// Offers a tab of its own; first tries the platform's storage where it offers one.
#[derive(Template)]
#[template(path = "launch/new_tab.html")]
pub(crate) struct NewTabPage {
    pub(crate) shell: Shell,
    /// The login, to be repeated in the new tab. A link, because a form would be held to our policy
    /// on every redirect of the platform's sign-in.
    pub(crate) login: String,
    pub(crate) storage: Option<StoragePut>,
}

/// What the script puts into the platform's storage, and where it goes on to.
pub(crate) struct StoragePut {
    pub(crate) frame: String,
    pub(crate) origin: String,
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) next: String,
}

/// Fetches the secret from the platform's storage and sends the answer again with it.
#[derive(Template)]
#[template(path = "launch/storage.html")]
pub(crate) struct StoragePage {
    pub(crate) shell: Shell,
    pub(crate) frame: String,
    pub(crate) origin: String,
    pub(crate) key: String,
    pub(crate) id_token: String,
    pub(crate) state: String,
}

/// A verified launch whose session goes over into a new tab.
#[derive(Template)]
#[template(path = "launch/handover.html")]
pub(crate) struct HandoverPage {
    pub(crate) shell: Shell,
    pub(crate) handover: String,
}
