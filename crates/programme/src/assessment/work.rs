//! What a policy is asked about: one person's work in one module, with every judgement of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::time::{Calendar, Moment};
use crate::mark::Mark;

/// The part in which somebody judges.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assessor {
    /// The in-school coach.
    Coach,
    /// The university tutor.
    Tutor,
    /// A second, usually blind, marker.
    SecondMarker,
    /// A moderator, whose judgement settles a difference.
    Moderator,
    /// An external examiner.
    External,
}

/// A judgement against one criterion.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CriterionJudgement {
    /// The criterion's id in the catalogue.
    pub criterion: String,
    /// The mark for this criterion, if one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// For a criterion that is only met or not met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfied: Option<bool>,
    /// The level or letter on the institution's own scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
}

/// One assessor's judgement of one attempt. It holds no text written by people.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Judgement {
    /// Unique within the module work.
    pub id: String,
    /// The part in which the assessor judges.
    pub assessor: Assessor,
    /// An opaque reference to the person; the same person has the same reference.
    pub reference: String,
    /// The mark, for work that is marked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// For work that is only passed or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satisfied: Option<bool>,
    /// The grade on a scale other than marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// By criterion, where the assessor judged so.
    #[serde(default)]
    pub criteria: Vec<CriterionJudgement>,
    /// When it was given.
    pub at: Moment,
}

/// Where a claim of mitigating circumstances stands.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mitigation {
    /// No claim was made.
    #[default]
    None,
    /// Claimed, not decided.
    Claimed,
    /// Accepted.
    Accepted,
    /// Rejected.
    Rejected,
}

/// One attempt at a component or element.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Attempt {
    /// Counts from 1 in the order in which the attempts were made.
    pub number: u32,
    /// The attempt as the regulations count it: 1 for the first attempt and for one that replaces
    /// it after accepted mitigation, 2 for the next, and so on.
    pub counts_as: u32,
    /// When it was due, if it had a date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Moment>,
    /// The later date that was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_to: Option<Moment>,
    /// When it was handed in; `None` where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted: Option<Moment>,
    /// Where a claim of mitigating circumstances stands.
    #[serde(default)]
    pub mitigation: Mitigation,
    /// Words counted in the submission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<u32>,
    /// In the order in which they were given.
    #[serde(default)]
    pub judgements: Vec<Judgement>,
}

/// How a part is judged.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grading {
    /// By a mark.
    #[default]
    Marked,
    /// Only passed or failed; carries no weight.
    PassFail,
}

/// A part of a component that is judged on its own.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Element {
    /// Unique within the component.
    pub id: String,
    /// Relative to the other elements of the component.
    pub weight: u32,
    /// Whether the component is failed without it.
    #[serde(default)]
    pub must_pass: bool,
    /// A minimum of its own, below which it is failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Mark>,
    /// By mark, or passed or failed.
    #[serde(default)]
    pub grading: Grading,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word_limit: Option<u32>,
    /// In the order in which they were made.
    #[serde(default)]
    pub attempts: Vec<Attempt>,
}

/// A weighted part of a module.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Component {
    /// Unique within the module.
    pub id: String,
    /// The kind of activity that feeds it, such as `professional-scenario`.
    pub kind: String,
    /// Relative to the other components of the module.
    pub weight: u32,
    /// Whether the module is failed without it.
    #[serde(default)]
    pub must_pass: bool,
    /// A minimum of its own, below which it is failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Mark>,
    /// By mark, or passed or failed.
    #[serde(default)]
    pub grading: Grading,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word_limit: Option<u32>,
    /// Empty where the component is judged as a whole; else `attempts` is empty.
    #[serde(default)]
    pub elements: Vec<Element>,
    /// In the order in which they were made.
    #[serde(default)]
    pub attempts: Vec<Attempt>,
}

/// One person's work in one module: everything a policy may know when it decides.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ModuleWork {
    /// The module's id in the catalogue.
    pub module: String,
    /// Credits of the module.
    pub credits: u32,
    /// FHEQ level.
    pub level: u32,
    /// What the institution calls the module in its rules, such as `project`.
    #[serde(default)]
    pub flags: Vec<String>,
    /// When the person's cohort began: it chooses the edition of the regulations.
    pub cohort_start: NaiveDate,
    /// Which time the module as a whole is taken; counts from 1.
    pub sitting: u32,
    /// The moment of the decision; a policy has no clock.
    pub now: Moment,
    /// The days on which the institution does not work.
    #[serde(default)]
    pub calendar: Calendar,
    /// In the order of the catalogue.
    pub components: Vec<Component>,
}
