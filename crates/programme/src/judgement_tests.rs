//! Tests of judgements: who must say what, and whether it makes sense.

use super::*;
use crate::catalogue::{Band, Criterion};

fn mark(whole: u32) -> Mark {
    Mark::from_whole(whole).unwrap()
}

fn criteria() -> CriteriaSet {
    let band = |id: &str, from, passes| Band {
        id: id.to_owned(),
        title: id.to_uppercase(),
        from: mark(from),
        passes,
        description: String::new(),
    };
    let criterion = |id: &str, title: &str| Criterion {
        id: id.to_owned(),
        title: title.to_owned(),
        guidance: String::new(),
        questions: Vec::new(),
        bands: Vec::new(),
        exemplars: Vec::new(),
    };
    CriteriaSet {
        id: "set".to_owned(),
        title: String::new(),
        guidance: String::new(),
        bands: vec![
            band("high", 70, true),
            band("middle", 50, true),
            band("low", 0, false),
        ],
        criteria: vec![
            criterion("knowledge", "Knowledge"),
            criterion("argument", "Argument"),
        ],
    }
}

fn banded(criterion: &str, band: &str) -> CriterionJudgement {
    CriterionJudgement {
        criterion: criterion.to_owned(),
        band: Some(band.to_owned()),
        mark: None,
        comment: String::new(),
    }
}

fn whole(assessor: ProgrammeRole) -> Judgement {
    Judgement {
        assessor,
        mark: Some(mark(62)),
        satisfied: None,
        criteria: vec![banded("knowledge", "middle"), banded("argument", "high")],
        comment: "Clear question; weigh the second source.".to_owned(),
    }
}

fn codes(judgement: &Judgement, grading: Grading) -> Vec<&'static str> {
    match judgement.verify(&criteria(), grading) {
        Ok(()) => Vec::new(),
        Err(problems) => problems.iter().map(JudgementProblem::code).collect(),
    }
}

#[test]
fn each_role_says_what_is_asked_of_it() {
    use ProgrammeRole::{Coach, External, Moderator, Participant, SecondMarker, Tutor};
    for role in [Coach, Tutor, SecondMarker, Moderator] {
        assert!(codes(&whole(role), Grading::Marked).is_empty(), "{role}");
    }
    for role in [External, Participant] {
        assert_eq!(codes(&whole(role), Grading::Marked), ["judgement_role"]);
    }
    let mut judgement = whole(Tutor);
    judgement.mark = None;
    judgement.criteria.pop();
    assert_eq!(
        codes(&judgement, Grading::Marked),
        ["judgement_no_mark", "judgement_criterion_missing"]
    );
    // A coach may leave criteria and mark out, but not everything.
    judgement.assessor = Coach;
    assert_eq!(codes(&judgement, Grading::Marked), ["judgement_no_answer"]);
    judgement.satisfied = Some(true);
    assert!(codes(&judgement, Grading::Marked).is_empty());
}

#[test]
fn pass_fail_work_takes_no_mark() {
    let mut judgement = whole(ProgrammeRole::Tutor);
    assert_eq!(
        codes(&judgement, Grading::PassFail),
        ["judgement_no_answer", "judgement_mark_not_wanted"]
    );
    judgement.mark = None;
    judgement.satisfied = Some(false);
    assert!(codes(&judgement, Grading::PassFail).is_empty());
}

#[test]
fn slips_are_noticed_in_words_for_the_marker() {
    let mut judgement = whole(ProgrammeRole::Tutor);
    judgement.mark = Some(mark(26));
    judgement.criteria = vec![
        banded("knowledge", "middle"),
        banded("argument", "middle"),
        banded("argument", "high"),
        banded("spelling", "high"),
        CriterionJudgement {
            mark: Some(mark(70)),
            ..banded("knowledge", "middle")
        },
        banded("knowledge", "best"),
    ];
    judgement.comment = "Good!".to_owned();
    let problems = judgement.verify(&criteria(), Grading::Marked).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "“Argument” is judged twice. Load the page again.",
            "“spelling” is not one of the criteria. Load the page again.",
            "“Knowledge” is judged twice. Load the page again.",
            "“Knowledge” has the mark 70 and the band “MIDDLE”, which goes from 50 to 69.99. Change one of them.",
            "“Knowledge” is judged twice. Load the page again.",
            "Choose one of the bands for “Knowledge”.",
            "The mark 26 lies outside the bands you chose for the criteria, which go from 50 to 100. Change the mark or a band.",
            "Write at least a sentence that the participant can use: what holds, and what to work on.",
        ]
    );
    assert_eq!(
        problems[0].field,
        JudgementField::Criterion("argument".to_owned())
    );
}

#[test]
fn long_comments_are_refused() {
    let mut judgement = whole(ProgrammeRole::Tutor);
    judgement.comment = "word ".repeat(MAX_COMMENT_CHARS);
    judgement.criteria[0].comment = "x".repeat(MAX_COMMENT_CHARS + 1);
    assert_eq!(
        codes(&judgement, Grading::Marked),
        ["judgement_comment_long", "judgement_comment_long"]
    );
}
