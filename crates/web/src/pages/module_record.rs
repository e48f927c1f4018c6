//! A participant's module: judgements side by side, the decision with its reasons, its release.

use askama::Template;

use crate::pages::parts::{Badge, ChainStep, Crumb, JudgementView};
use crate::pages::shell::Shell;

/// The record of one module of one person.
#[derive(Template)]
#[template(path = "marking/module_record.html")]
pub(crate) struct ModuleRecordPage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) module: String,
    pub(crate) participant: String,
    pub(crate) credits: u32,
    pub(crate) state: Badge,
    pub(crate) latest: Option<DecisionView>,
    /// Where to post to have it decided, where that may be done.
    pub(crate) decide: Option<String>,
    /// Whether everything is there that a decision needs.
    pub(crate) ready: String,
    /// Whether no policy is installed for the module.
    pub(crate) no_policy: bool,
    pub(crate) deliveries: Vec<DeliveryLine>,
    /// Where to post to have a mark sent again.
    pub(crate) send_again: String,
    pub(crate) components: Vec<ComponentCard>,
    pub(crate) earlier: Vec<EarlierDecision>,
}

/// The latest decision.
pub(crate) struct DecisionView {
    pub(crate) title: String,
    pub(crate) mark: Option<String>,
    pub(crate) outcome: Badge,
    pub(crate) released: Badge,
    /// Why it came out so.
    pub(crate) reason: Option<String>,
    pub(crate) next_steps: Vec<String>,
    /// Why the policy could not decide.
    pub(crate) trouble: Option<String>,
    pub(crate) chain: Vec<ChainStep>,
    pub(crate) receipt: Vec<(&'static str, String)>,
    /// The page that releases it.
    pub(crate) release: Option<String>,
}

/// Where a released result was sent.
pub(crate) struct DeliveryLine {
    pub(crate) target: String,
    pub(crate) words: String,
    pub(crate) state: Badge,
    /// The delivery, where it can be sent again.
    pub(crate) again: Option<String>,
}

/// A component with its attempts.
pub(crate) struct ComponentCard {
    pub(crate) title: String,
    pub(crate) weight: String,
    pub(crate) attempts: Vec<AttemptCard>,
}

/// One attempt with its judgements.
pub(crate) struct AttemptCard {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) state: Badge,
    pub(crate) facts: Vec<String>,
    pub(crate) judgements: Vec<JudgementView>,
    /// The page that reopens it or gives more time.
    pub(crate) change: Option<String>,
    pub(crate) change_label: &'static str,
}

/// A decision that was replaced.
pub(crate) struct EarlierDecision {
    pub(crate) title: String,
    pub(crate) about: String,
    pub(crate) state: Badge,
}

/// The question before a release: what will be sent where.
#[derive(Template)]
#[template(path = "marking/release.html")]
pub(crate) struct ReleasePage {
    pub(crate) shell: Shell,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) participant: String,
    pub(crate) module: String,
    pub(crate) mark: Option<String>,
    pub(crate) outcome: Badge,
    pub(crate) sends: Vec<SendLine>,
    pub(crate) action: String,
    pub(crate) record: String,
}

/// One thing that a release sends.
pub(crate) struct SendLine {
    pub(crate) target: String,
    pub(crate) words: String,
}
