//! What a policy decides about a module, and how each mark came about.

use serde::{Deserialize, Serialize};

use super::exact::ExactMark;
use crate::mark::Mark;

/// The value that an adjustment changes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Track {
    /// Both; they are equal before it.
    Both,
    /// The mark that stands in the record.
    ForRecord,
    /// The value that goes on into the next mean or into the classification.
    Carried,
}

/// One change of a mark, with its reason.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Adjustment {
    /// The rule's name, as the policy's description lists it.
    pub rule: String,
    /// `None`: the module (or the award).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// An element of that component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// Which value changes.
    pub track: Track,
    /// `None`: there was no mark before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<ExactMark>,
    /// `None`: there is no mark after it, as for a non-submission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<ExactMark>,
    /// In plain words, for the participant.
    pub reason: String,
}

/// A judgement that a mark rests on.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Basis {
    /// The judgement's id.
    pub judgement: String,
    /// Its mark; or what the policy makes of its grade where it has no mark.
    pub mark: Mark,
    /// Relative to the other judgements of the part.
    pub share: u32,
}

/// What became of a component or an element.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartOutcome {
    /// Passed.
    Passed,
    /// Failed, for good.
    Failed,
    /// Failed, and may be tried again.
    Referred,
    /// Put off, as for accepted mitigation.
    Deferred,
    /// A submission or a judgement is awaited.
    Awaiting,
    /// Nothing was handed in, or too late to count. Not the same as a mark of zero.
    NotSubmitted,
    /// Failed, but made good by other marks.
    Compensated,
}

/// The result of a component or an element.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PartResult {
    /// What became of it.
    pub outcome: PartOutcome,
    /// The number of the attempt that counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// Empty where there is no mark, or where the part has elements.
    #[serde(default)]
    pub basis: Vec<Basis>,
    /// The exact weighted mean of the basis (of the elements' carried values by their shares,
    /// where the part has elements), before any adjustment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<ExactMark>,
    /// After the adjustments for the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// After the adjustments that are carried: what enters the mean of the tier above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<ExactMark>,
    /// The weight with which it entered that mean: its own, or 0 where it is left out.
    pub share: u32,
}

/// The result of an element.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ElementResult {
    /// The element's id.
    pub id: String,
    /// Its result.
    pub part: PartResult,
}

/// The result of a component.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ComponentResult {
    /// The component's id.
    pub id: String,
    /// Its result.
    pub part: PartResult,
    /// One for each element, in the order of the work.
    #[serde(default)]
    pub elements: Vec<ElementResult>,
}

/// What became of a module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModuleOutcome {
    /// Passed.
    Pass,
    /// Failed, for good.
    Fail,
    /// Failed, and parts of it may be tried again.
    Refer,
    /// Put off, as for accepted mitigation.
    Defer,
    /// The judgements need another marker or a moderator first.
    Moderate,
    /// Work or a judgement is awaited.
    Incomplete,
    /// Failed, but made good by other marks.
    Compensated,
    /// Failed, but let stand.
    Condoned,
    /// Nothing that counts was handed in.
    NonSubmission,
    /// The regulations leave it to the board; the reason says what it has to weigh.
    Discretion,
}

impl ModuleOutcome {
    /// Whether the matter is settled, so that it may be released.
    pub const fn is_settled(self) -> bool {
        matches!(
            self,
            Self::Pass
                | Self::Fail
                | Self::Refer
                | Self::Compensated
                | Self::Condoned
                | Self::NonSubmission
        )
    }
}

/// The kind of a next step.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// The participant has to hand something in.
    Submit,
    /// The participant may try again.
    Resubmit,
    /// An assessor has to judge.
    AwaitJudgement,
    /// A second marker has to judge.
    SecondMark,
    /// A moderator has to judge.
    Moderate,
    /// A claim of mitigation has to be decided.
    AwaitMitigation,
    /// The board has to decide.
    Board,
    /// The module has to be taken again.
    Retake,
}

/// What has to happen next.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct NextStep {
    /// Its kind.
    pub kind: StepKind,
    /// The component concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    /// The element concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// In plain words, for the people concerned.
    pub text: String,
}

/// A policy's decision about one person's module.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ModuleDecision {
    /// What became of the module.
    pub outcome: ModuleOutcome,
    /// Why, in plain words.
    pub reason: String,
    /// The mark that passes, as the policy applied it; `None` for a module that is only passed or
    /// failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_mark: Option<Mark>,
    /// The exact weighted mean of the components' carried values by their shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<ExactMark>,
    /// The mark for the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    /// The value for the award, where it differs from the record ("66 (50)"), else the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried: Option<ExactMark>,
    /// The grade on the institution's own scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// One for each component, in the order of the work.
    pub components: Vec<ComponentResult>,
    /// Every change of a mark, in order.
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
    /// A recommendation only: unattended release is the institution's explicit choice.
    pub release: bool,
    /// What has to happen next.
    #[serde(default)]
    pub next_steps: Vec<NextStep>,
}

/// Why a policy refused to decide.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalKind {
    /// The settings are unusable.
    Settings,
    /// The work is not as the policy expects.
    Work,
    /// The case is one that the policy does not provide for.
    Unsupported,
}

/// A policy's refusal: nothing is decided, and the tutor is told.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Refusal {
    /// Its kind.
    pub kind: RefusalKind,
    /// The JSON pointer of the setting, or the component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// In plain words.
    pub reason: String,
}
