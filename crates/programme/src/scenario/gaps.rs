//! What a scenario still lacks before it can be submitted, in words for the participant.

use serde::Serialize;

use super::{Field, ScenarioDraft, Stage};
use crate::evidence::EvidenceItem;

/// Something that is missing, or worth a second look.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Gap {
    /// The stage whose page mends it.
    pub stage: Stage,
    /// The text that mends it, if it is one text.
    pub field: Option<Field>,
    /// Whether the work cannot be submitted like this; otherwise it is advice.
    pub blocks: bool,
    /// What to do, as one sentence or two.
    pub message: String,
}

/// What is missing from a draft, in the order of the stages. `word_limit` is the component's, if it
/// has one. Work with no blocking gap can be submitted.
pub fn find_gaps(
    draft: &ScenarioDraft,
    evidence: &[EvidenceItem],
    word_limit: Option<u32>,
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for field in Field::ALL {
        if draft.asides().iter().any(|aside| aside.field == field) {
            gaps.push(Gap {
                stage: field.stage(),
                field: Some(field),
                blocks: true,
                message: format!(
                    "“{}” was written in two windows. Choose which text stands.",
                    field.title()
                ),
            });
        }
        if draft.text(field).trim().is_empty() {
            gaps.push(Gap {
                stage: field.stage(),
                field: Some(field),
                blocks: field.is_required(),
                message: empty_message(field).to_owned(),
            });
        }
        if field == Field::Account && evidence.is_empty() {
            gaps.push(Gap {
                stage: Stage::Evidence,
                field: None,
                blocks: false,
                message: "No file or link is attached. If something shows what you tell, attach it or link to it.".to_owned(),
            });
        }
    }
    let words = draft.words();
    if let Some(limit) = word_limit
        && words > limit
    {
        gaps.push(Gap {
            stage: Stage::Impact,
            field: None,
            blocks: false,
            message: format!(
                "Your work has {words} words and the limit is {limit}: {} too many. References do not count. You can submit it like this, and your university's rule about length applies.",
                words - limit
            ),
        });
    }
    gaps
}

const fn empty_message(field: Field) -> &'static str {
    match field {
        Field::Setting => "Describe your setting: the class, the school, and what made you look.",
        Field::Question => "Write your question. One sentence is enough.",
        Field::Actions => "Say what you planned to do, with whom and when.",
        Field::Measures => "Say what you looked at to know whether it worked.",
        Field::Ethics => {
            "Say how you took care of consent, fairness and the privacy of pupils and colleagues."
        }
        Field::Account => "Tell what happened, from the evidence you gathered.",
        Field::Theory => "Name the theory or research that you read your evidence with.",
        Field::PracticeReply => {
            "Say what your practice says back to the theory: where it holds, and where it does not."
        }
        Field::References => "List the sources that you name.",
        Field::Learning => "Say what you learned about your own practice.",
        Field::NextSteps => {
            "You have not said what you will do next. Readers will look for it; you may leave it out."
        }
        Field::Pupils => "Say what changed for pupils, and for whom nothing changed.",
        Field::Confidence => {
            "You have not said how sure you are, or what else could explain what you saw. Readers will look for it; you may leave it out."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::StageEdit;

    /// A draft with "word" in every field but those named.
    pub(crate) fn draft_without(missing: &[Field]) -> ScenarioDraft {
        Stage::ALL
            .into_iter()
            .fold(ScenarioDraft::default(), |draft, stage| {
                let edit = StageEdit {
                    stage,
                    based_on: draft.revision(),
                    writer: None,
                    texts: Field::of_stage(stage)
                        .filter(|field| !missing.contains(field))
                        .map(|field| (field, "word".to_owned()))
                        .collect(),
                };
                draft.apply(&edit, None).unwrap().draft
            })
    }

    #[test]
    fn an_empty_draft_lacks_every_required_text() {
        let gaps = find_gaps(&ScenarioDraft::default(), &[], None);
        let blocking: Vec<_> = gaps
            .iter()
            .filter(|gap| gap.blocks)
            .filter_map(|gap| gap.field)
            .collect();
        let required: Vec<_> = Field::ALL
            .into_iter()
            .filter(|field| field.is_required())
            .collect();
        assert_eq!(blocking, required);
        assert!(gaps.iter().all(|gap| gap.message.ends_with('.')));
    }

    #[test]
    fn advice_does_not_block() {
        let draft = draft_without(&[Field::NextSteps]);
        let gaps = find_gaps(&draft, &[], Some(10));
        let told: Vec<_> = gaps
            .iter()
            .map(|gap| (gap.stage, gap.field, gap.blocks))
            .collect();
        assert_eq!(
            told,
            [
                (Stage::Evidence, None, false),
                (Stage::Reflection, Some(Field::NextSteps), false),
                (Stage::Impact, None, false),
            ]
        );
        assert!(
            gaps[2]
                .message
                .contains("11 words and the limit is 10: 1 too many")
        );
        assert!(find_gaps(&draft, &[], Some(11)).len() == 2);
    }

    #[test]
    fn white_space_is_nothing_and_two_windows_must_be_settled() {
        let draft = draft_without(&[]);
        let blank = StageEdit {
            stage: Stage::Plan,
            based_on: draft.revision(),
            writer: None,
            texts: [(Field::Actions, " \n ".to_owned())].into(),
        };
        let late = StageEdit {
            stage: Stage::Plan,
            based_on: 0,
            writer: None,
            texts: [(Field::Ethics, "late".to_owned())].into(),
        };
        let draft = draft.apply(&blank, None).unwrap().draft;
        let draft = draft.apply(&late, None).unwrap().draft;
        let blocking: Vec<_> = find_gaps(&draft, &[], None)
            .into_iter()
            .filter(|gap| gap.blocks)
            .filter_map(|gap| gap.field)
            .collect();
        assert_eq!(blocking, [Field::Actions, Field::Ethics]);
    }
}
