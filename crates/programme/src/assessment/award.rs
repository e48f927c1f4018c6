//! What a policy is asked about an award, and what it decides.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::decision::{Adjustment, ModuleOutcome, NextStep};
use super::exact::ExactMark;
use super::time::Moment;
use crate::mark::Mark;

/// A module's decision, as the award sees it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ModuleResult {
    /// The module's id in the catalogue.
    pub module: String,
    /// Credits of the module.
    pub credits: u32,
    /// FHEQ level.
    pub level: u32,
    /// What the institution calls the module in its rules.
    #[serde(default)]
    pub flags: Vec<String>,
    /// What became of it.
    pub outcome: ModuleOutcome,
    /// The mark for the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// The value for the award.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<ExactMark>,
    /// The grade on the institution's own scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Which time the module was taken; counts from 1.
    pub sitting: u32,
    /// The day of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<NaiveDate>,
}

/// Recognised earlier learning.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CreditImport {
    /// Unique within the award work.
    pub id: String,
    /// Credits that were recognised.
    pub credits: u32,
    /// FHEQ level.
    pub level: u32,
    /// The module it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The mark, where it was imported too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
}

/// Everything a policy may know when it decides an award.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AwardWork {
    /// The award's name in the catalogue.
    pub award: String,
    /// Credits that the award needs.
    pub credits_required: u32,
    /// When the person's cohort began.
    pub cohort_start: NaiveDate,
    /// The moment of the decision.
    pub now: Moment,
    /// Modules that were decided, in the order of the catalogue.
    #[serde(default)]
    pub modules: Vec<ModuleResult>,
    /// Recognised earlier learning.
    #[serde(default)]
    pub imports: Vec<CreditImport>,
}

/// What became of an award.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AwardOutcome {
    /// The award is made.
    Award,
    /// A lesser award is made.
    ExitAward,
    /// There is work to do yet.
    Incomplete,
    /// No award can be made.
    Fail,
    /// Put off.
    Defer,
    /// The regulations leave it to the board.
    Discretion,
}

/// A module that the award's mean rests on.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ModuleBasis {
    /// The module's id.
    pub module: String,
    /// Relative to the other modules of the mean.
    pub share: u32,
}

/// A module whose outcome the award decision changes, as by compensation.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ModuleChange {
    /// The module's id.
    pub module: String,
    /// Its new outcome.
    pub outcome: ModuleOutcome,
    /// Why, in plain words.
    pub reason: String,
}

/// A policy's decision about one person's award.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct AwardDecision {
    /// What became of the award.
    pub outcome: AwardOutcome,
    /// Why, in plain words.
    pub reason: String,
    /// The award that is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub award: Option<String>,
    /// Its class, such as `merit`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classification: Option<String>,
    /// Credits that count, imported ones included.
    pub credits: u32,
    /// The modules that the mean rests on.
    #[serde(default)]
    pub basis: Vec<ModuleBasis>,
    /// The exact weighted mean of the carried values of the modules in the basis.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<ExactMark>,
    /// The mark for the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// The value that was classified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<ExactMark>,
    /// Modules whose outcome changes.
    #[serde(default)]
    pub changes: Vec<ModuleChange>,
    /// Every change of the mark, in order.
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
    /// A recommendation only.
    pub release: bool,
    /// What has to happen next.
    #[serde(default)]
    pub next_steps: Vec<NextStep>,
}
