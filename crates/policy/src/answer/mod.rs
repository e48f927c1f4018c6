//! What is held against a policy's answer before it is believed.
//!
//! The engine keeps a policy from doing harm; this keeps it from saying what cannot be so. Every
//! mark has to follow from judgements that exist, by changes that are named, without a gap.

mod award;
mod chain;
mod module;
mod outcome;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use award::check_award;
pub(crate) use module::check_module;

use mtl_programme::assessment::ExactMark;

/// What is wrong with an answer. `at` names the component, the element as `component/element`, or
/// `the module` or `the award`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerFault {
    /// It cannot be read, or is larger than it may be.
    #[error("it cannot be read, or is larger than an answer may be")]
    Unreadable,
    /// A mark beyond 100.
    #[error("{at} has a mark of {hundredths} hundredths, beyond 10000")]
    MarkOutOfRange {
        /// Where.
        at: String,
        /// The mark.
        hundredths: u64,
    },
    /// An exact mark that is no fraction in lowest terms between 0 and 100 marks.
    #[error("{at} has {numerator}/{denominator}, which is no exact mark")]
    NotAMark {
        /// Where.
        at: String,
        /// Above.
        numerator: u64,
        /// Below.
        denominator: u64,
    },
    /// The results are not one for each component (or element) of the work, in its order.
    #[error("{at} has results for other parts than the work")]
    OtherParts {
        /// Where.
        at: String,
    },
    /// A component, element, module or attempt is named that the work does not have.
    #[error("{at} names {named}, which the work does not have")]
    Unknown {
        /// Where.
        at: String,
        /// What it names.
        named: String,
    },
    /// A mark rests on a judgement that is not one of the part's, is named twice, has no share, or
    /// has another mark.
    #[error("{at} rests on the judgement {judgement} in a way that the work does not bear out")]
    BadBasis {
        /// Where.
        at: String,
        /// The judgement's id.
        judgement: String,
    },
    /// A share that is neither the part's weight nor 0.
    #[error("{at} enters the mean with {share}, but its weight is {weight}")]
    BadShare {
        /// Where.
        at: String,
        /// What it says.
        share: u32,
        /// What the work says.
        weight: u32,
    },
    /// The value before the adjustments is not the weighted mean.
    #[error("{at} begins at {}, but the weighted mean is {}", shown(*.found), shown(*.expected))]
    WrongMean {
        /// Where.
        at: String,
        /// What it says.
        found: Option<ExactMark>,
        /// What it has to be.
        expected: Option<ExactMark>,
    },
    /// An adjustment does not begin where the one before it ended.
    #[error(
        "at {at}, {rule} begins at {}, but what went before ends at {}",
        shown(*.found), shown(*.expected)
    )]
    Gap {
        /// Where.
        at: String,
        /// The rule of the adjustment.
        rule: String,
        /// Where it begins.
        found: Option<ExactMark>,
        /// Where it has to begin.
        expected: Option<ExactMark>,
    },
    /// The result is not where the adjustments end.
    #[error("{at} ends at {}, but its adjustments lead to {}", shown(*.found), shown(*.expected))]
    WrongEnd {
        /// Where.
        at: String,
        /// What it says.
        found: Option<ExactMark>,
        /// Where the adjustments lead.
        expected: Option<ExactMark>,
    },
    /// A mark other than zero where there was none.
    #[error("at {at}, {rule} makes a mark out of none")]
    MarkFromNothing {
        /// Where.
        at: String,
        /// The rule of the adjustment.
        rule: String,
    },
    /// Outcome and marks do not go together.
    #[error("{at}: {why}")]
    Disagrees {
        /// Where.
        at: String,
        /// How.
        why: &'static str,
    },
    /// A rule that the policy's description does not list.
    #[error("the rule {rule} is not in the policy's description")]
    UnknownRule {
        /// Its name.
        rule: String,
    },
    /// A reason, grade or other text that is missing or too long, or too many of something.
    #[error("{what} is missing or too long")]
    BadText {
        /// Which.
        what: &'static str,
    },
}

impl AnswerFault {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "answer_unreadable",
            Self::MarkOutOfRange { .. } => "answer_mark_out_of_range",
            Self::NotAMark { .. } => "answer_not_a_mark",
            Self::OtherParts { .. } => "answer_other_parts",
            Self::Unknown { .. } => "answer_unknown",
            Self::BadBasis { .. } => "answer_bad_basis",
            Self::BadShare { .. } => "answer_bad_share",
            Self::WrongMean { .. } => "answer_wrong_mean",
            Self::Gap { .. } => "answer_gap",
            Self::WrongEnd { .. } => "answer_wrong_end",
            Self::MarkFromNothing { .. } => "answer_mark_from_nothing",
            Self::Disagrees { .. } => "answer_disagrees",
            Self::UnknownRule { .. } => "answer_unknown_rule",
            Self::BadText { .. } => "answer_bad_text",
        }
    }
}

/// A name out of an answer, cut to what may stand in a message.
pub(crate) fn named(name: &str) -> String {
    const LONGEST: usize = 80;
    name.chars().take(LONGEST).collect()
}

fn shown(value: Option<ExactMark>) -> String {
    value.map_or_else(|| "no mark".into(), |value| value.to_string())
}
