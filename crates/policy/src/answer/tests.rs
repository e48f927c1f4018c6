//! Every way in which an answer can be wrong, each spoiling one thing of an answer that is right.

use mtl_programme::assessment::{
    AwardDecision, AwardWork, ComponentResult, ModuleDecision, ModuleOutcome, ModuleWork, NextStep,
    PartOutcome, PartResult, StepKind, Track,
};
use mtl_programme::{Mark, assessment::ExactMark};
use serde_json::json;

use super::{check_award, check_module};
use crate::policy::PolicyRule;

fn rules() -> Vec<PolicyRule> {
    vec![PolicyRule {
        name: "cap".into(),
        summary: "A cap.".into(),
    }]
}

/// Two components, one with two elements; a pass/fail component of no weight.
fn work() -> ModuleWork {
    let at = json!({"instant": 1_768_219_200, "local": "2026-01-12T12:00:00"});
    let attempt = |id: &str, mark: u32| {
        json!({"number": 1, "counts-as": 1, "submitted": at, "judgements": [
            {"id": id, "assessor": "tutor", "reference": "t", "mark": mark, "at": at}
        ]})
    };
    serde_json::from_value(json!({
        "module": "m1", "credits": 30, "level": 7, "cohort-start": "2025-09-01", "sitting": 1,
        "now": at,
        "components": [
            {"id": "a", "kind": "k", "weight": 50, "must-pass": true, "attempts": [
                attempt("j1", 4000),
                {"number": 2, "counts-as": 2, "submitted": at, "judgements": [
                    {"id": "j2", "assessor": "tutor", "reference": "t", "mark": 6600, "at": at},
                    {"id": "j3", "assessor": "coach", "reference": "c", "grade": "B", "at": at},
                    {"id": "j4", "assessor": "external", "reference": "e", "at": at},
                ]},
            ]},
            {"id": "b", "kind": "k", "weight": 50, "elements": [
                {"id": "x", "weight": 1, "attempts": [attempt("j5", 6000)]},
                {"id": "y", "weight": 2, "attempts": [attempt("j6", 5999)]},
            ]},
            {"id": "c", "kind": "k", "weight": 0, "grading": "pass-fail", "attempts": [
                {"number": 1, "counts-as": 1, "submitted": at}
            ]},
        ],
    }))
    .unwrap()
}

/// A right answer: "a" shows 66 and carries 50, "b" carries an exact fraction.
fn right() -> ModuleDecision {
    let whole = |hundredths: u32| json!({"numerator": hundredths, "denominator": 1});
    let third = json!({"numerator": 17998, "denominator": 3});
    let leaf = |judgement: &str, mark: u32, share: u32| {
        json!({"outcome": "passed", "attempt": 1, "judged": whole(mark), "mark": mark,
            "carried": whole(mark), "share": share,
            "basis": [{"judgement": judgement, "mark": mark, "share": 1}]})
    };
    let cap = |component: Option<&str>, track: &str, before, after| {
        json!({"rule": "cap", "component": component, "track": track, "before": before,
            "after": after, "reason": "A reason."})
    };
    serde_json::from_value(json!({
        "outcome": "pass", "reason": "Because.", "pass-mark": 5000, "release": false,
        "judged": {"numerator": 16499, "denominator": 3}, "mark": 5499,
        "carried": {"numerator": 16499, "denominator": 3}, "grade": "Pass",
        "components": [
            {"id": "a", "part": {"outcome": "passed", "attempt": 2, "judged": whole(6600),
                "mark": 6600, "carried": whole(5000), "share": 50,
                "basis": [{"judgement": "j2", "mark": 6600, "share": 1}]}},
            {"id": "b", "part": {"outcome": "passed", "judged": third, "mark": 5999,
                "carried": third, "share": 50},
                "elements": [{"id": "x", "part": leaf("j5", 6000, 1)},
                    {"id": "y", "part": leaf("j6", 5999, 2)}]},
            {"id": "c", "part": {"outcome": "passed", "attempt": 1, "share": 0}},
        ],
        "adjustments": [
            cap(Some("a"), "carried", whole(6600), whole(5000)),
            cap(Some("b"), "for-record", third.clone(), whole(5999)),
            cap(None, "for-record", json!({"numerator": 16499, "denominator": 3}), whole(5499)),
        ],
        "next-steps": [{"kind": "board", "component": "b", "element": "y", "text": "Look."}],
    }))
    .unwrap()
}

type Spoil = fn(&mut ModuleDecision);

fn mark(hundredths: u32) -> Mark {
    Mark::from_hundredths(hundredths).unwrap()
}

fn whole(hundredths: u32) -> ExactMark {
    mark(hundredths).into()
}

fn part(decision: &mut ModuleDecision, index: usize) -> &mut PartResult {
    &mut decision.components[index].part
}

#[test]
fn a_right_answer_is_accepted() {
    assert_eq!(check_module(&work(), &right(), &rules()), Ok(()));
}

/// What is spoilt, and the fault that has to be found.
const SPOILS: &[(&str, Spoil)] = &[
    ("answer_bad_text", |d| d.reason.clear()),
    ("answer_bad_text", |d| d.reason = "x".repeat(2001)),
    ("answer_bad_text", |d| d.grade = Some("x".repeat(101))),
    ("answer_bad_text", |d| d.adjustments[0].reason = "  ".into()),
    ("answer_bad_text", |d| d.next_steps[0].text.clear()),
    ("answer_bad_text", |d| {
        d.next_steps = vec![d.next_steps[0].clone(); 501];
    }),
    ("answer_unknown_rule", |d| {
        d.adjustments[0].rule = "whim".into();
    }),
    ("answer_unknown", |d| {
        d.adjustments[0].component = Some("z".into());
    }),
    ("answer_unknown", |d| {
        d.adjustments[0].element = Some("x".into());
    }),
    ("answer_unknown", |d| {
        d.adjustments[2].element = Some("x".into());
    }),
    ("answer_unknown", |d| d.next_steps[0].component = None),
    ("answer_unknown", |d| part(d, 0).attempt = Some(3)),
    ("answer_other_parts", |d| drop(d.components.pop())),
    ("answer_other_parts", |d| d.components.swap(0, 1)),
    ("answer_other_parts", |d| d.components[0].id = "z".into()),
    ("answer_other_parts", |d| {
        d.components[1].elements.swap(0, 1);
    }),
    ("answer_other_parts", |d| d.components[1].elements.clear()),
    ("answer_other_parts", |d| {
        d.components[0].elements = d.components[1].elements.clone();
    }),
    // Judgements: of another component, unknown, twice, without share, with another mark, with
    // neither mark nor grade; and a basis beside elements.
    ("answer_bad_basis", |d| {
        part(d, 0).basis[0].judgement = "j5".into();
    }),
    ("answer_bad_basis", |d| {
        part(d, 0).basis[0].judgement = "j9".into();
    }),
    ("answer_bad_basis", |d| {
        let twice = part(d, 0).basis[0].clone();
        part(d, 0).basis.push(twice);
    }),
    ("answer_bad_basis", |d| part(d, 0).basis[0].share = 0),
    ("answer_bad_basis", |d| {
        part(d, 0).basis[0].mark = mark(9900);
    }),
    ("answer_bad_basis", |d| {
        part(d, 0).basis[0].judgement = "j4".into();
    }),
    ("answer_bad_basis", |d| {
        part(d, 1).basis = d.components[0].part.basis.clone();
    }),
    ("answer_bad_share", |d| part(d, 0).share = 60),
    ("answer_bad_share", |d| {
        d.components[1].elements[0].part.share = 2;
    }),
    // Means: of a component, of its elements, of the module.
    ("answer_wrong_mean", |d| {
        part(d, 0).judged = Some(whole(7000));
    }),
    ("answer_wrong_mean", |d| part(d, 0).basis.clear()),
    ("answer_wrong_mean", |d| {
        part(d, 1).judged = Some(whole(5999));
    }),
    ("answer_wrong_mean", |d| part(d, 0).share = 0),
    ("answer_wrong_mean", |d| d.judged = Some(whole(9000))),
    ("answer_wrong_mean", |d| d.judged = None),
    // Chains: before, order, tracks that have parted, end.
    ("answer_gap", |d| {
        d.adjustments[0].before = Some(whole(6500));
    }),
    ("answer_gap", |d| d.adjustments[0].before = None),
    ("answer_gap", |d| {
        let mut both = d.adjustments[0].clone();
        both.track = Track::Both;
        both.before = Some(whole(5000));
        d.adjustments.insert(1, both);
    }),
    ("answer_wrong_end", |d| drop(d.adjustments.remove(0))),
    ("answer_wrong_end", |d| {
        d.adjustments[0].after = Some(whole(5100));
    }),
    ("answer_wrong_end", |d| part(d, 0).mark = Some(mark(6700))),
    ("answer_wrong_end", |d| {
        part(d, 0).carried = Some(whole(6600));
    }),
    ("answer_wrong_end", |d| d.mark = Some(mark(9900))),
    ("answer_wrong_end", |d| d.carried = None),
    // Outcomes.
    ("answer_disagrees", |d| {
        part(d, 0).outcome = PartOutcome::Awaiting;
    }),
    ("answer_disagrees", |d| {
        part(d, 0).outcome = PartOutcome::NotSubmitted;
    }),
    ("answer_disagrees", |d| {
        part(d, 0).outcome = PartOutcome::Failed;
    }),
    ("answer_disagrees", |d| {
        part(d, 2).outcome = PartOutcome::Awaiting;
    }),
    ("answer_disagrees", |d| d.outcome = ModuleOutcome::Fail),
    ("answer_disagrees", |d| d.outcome = ModuleOutcome::Refer),
    ("answer_disagrees", |d| {
        d.outcome = ModuleOutcome::Incomplete;
    }),
    ("answer_disagrees", |d| {
        d.outcome = ModuleOutcome::NonSubmission;
    }),
    ("answer_disagrees", |d| d.pass_mark = Some(mark(6000))),
    ("answer_disagrees", |d| d.pass_mark = None),
    ("answer_disagrees", |d| {
        d.outcome = ModuleOutcome::Discretion;
        d.release = true;
    }),
];

#[test]
fn each_wrong_answer_is_refused_for_what_is_wrong_with_it() {
    for (index, (code, spoil)) in SPOILS.iter().enumerate() {
        let mut decision = right();
        spoil(&mut decision);
        let fault = check_module(&work(), &decision, &rules());
        let found = fault.as_ref().map_err(super::AnswerFault::code);
        assert_eq!(found, Err(*code), "spoil {index}: {fault:?}");
    }
}

#[test]
fn what_is_unusual_but_right_is_accepted() {
    let unusual: &[Spoil] = &[
        // A grade that the policy turns into a mark.
        |d| {
            part(d, 0).basis[0].judgement = "j3".into();
        },
        // Discretion, which is not released.
        |d| d.outcome = ModuleOutcome::Discretion,
        |d| d.outcome = ModuleOutcome::Condoned,
        |d| d.release = true,
        |d| {
            d.next_steps = vec![
                NextStep {
                    kind: StepKind::Retake,
                    component: None,
                    element: None,
                    text: "Again.".into(),
                };
                500
            ];
        },
    ];
    for (index, change) in unusual.iter().enumerate() {
        let mut decision = right();
        change(&mut decision);
        let fault = check_module(&work(), &decision, &rules());
        assert_eq!(fault, Ok(()), "change {index}");
    }
}

#[test]
fn a_mark_is_not_made_from_nothing() {
    let mut work = work();
    work.components.truncate(1);
    work.components[0].attempts[0].judgements.clear();
    let zero = |after: u32| -> ModuleDecision {
        let value = json!({"numerator": after, "denominator": 1});
        serde_json::from_value(json!({
            "outcome": "refer", "reason": "Because.", "pass-mark": 5000, "release": false,
            "judged": value, "mark": after, "carried": value,
            "components": [{"id": "a", "part": {"outcome": "not-submitted", "attempt": 1,
                "mark": after, "carried": value, "share": 50}}],
            "adjustments": [{"rule": "cap", "component": "a", "track": "both", "after": value,
                "reason": "Nothing came."}],
        }))
        .unwrap()
    };
    assert_eq!(check_module(&work, &zero(0), &rules()), Ok(()));
    let fault = check_module(&work, &zero(5000), &rules()).unwrap_err();
    assert_eq!(fault.code(), "answer_mark_from_nothing");
}

#[test]
fn what_is_open_needs_no_mean() {
    let mut decision = right();
    for ComponentResult { part, elements, .. } in &mut decision.components {
        part.outcome = PartOutcome::Awaiting;
        (part.judged, part.mark, part.carried) = (None, None, None);
        (part.basis, part.attempt) = (Vec::new(), None);
        for element in elements {
            element.part = PartResult {
                share: element.part.share,
                ..part.clone()
            };
        }
    }
    decision.outcome = ModuleOutcome::Incomplete;
    decision.adjustments.clear();
    (decision.judged, decision.mark, decision.carried) = (None, None, None);
    assert_eq!(check_module(&work(), &decision, &rules()), Ok(()));
    decision.mark = Some(mark(5000));
    let fault = check_module(&work(), &decision, &rules()).unwrap_err();
    assert_eq!(fault.code(), "answer_wrong_end");
}

fn award_work() -> AwardWork {
    serde_json::from_value(json!({
        "award": "MTL", "credits-required": 60, "cohort-start": "2025-09-01",
        "now": {"instant": 1_768_219_200, "local": "2026-01-12T12:00:00"},
        "modules": [
            {"module": "m1", "credits": 30, "level": 7, "outcome": "pass", "mark": 6600,
                "carried": {"numerator": 5000, "denominator": 1}, "sitting": 1},
            {"module": "m2", "credits": 30, "level": 7, "outcome": "pass", "mark": 6000,
                "sitting": 1},
            {"module": "m3", "credits": 30, "level": 7, "outcome": "incomplete", "sitting": 1},
        ],
    }))
    .unwrap()
}

fn right_award() -> AwardDecision {
    serde_json::from_value(json!({
        "outcome": "award", "reason": "Because.", "award": "MTL", "classification": "Pass",
        "credits": 60, "basis": [{"module": "m1", "share": 30}, {"module": "m2", "share": 30}],
        "judged": {"numerator": 5500, "denominator": 1}, "mark": 5500,
        "carried": {"numerator": 5500, "denominator": 1}, "release": false,
    }))
    .unwrap()
}

#[test]
fn each_wrong_award_is_refused_for_what_is_wrong_with_it() {
    type Spoil = fn(&mut AwardDecision);
    assert_eq!(check_award(&award_work(), &right_award(), &rules()), Ok(()));
    let spoils: &[(&str, Spoil)] = &[
        ("answer_bad_text", |d| d.reason.clear()),
        ("answer_bad_text", |d| {
            d.classification = Some(String::new());
        }),
        ("answer_unknown", |d| d.basis[0].module = "m9".into()),
        ("answer_bad_basis", |d| d.basis[0].module = "m3".into()),
        ("answer_bad_basis", |d| d.basis[0].module = "m2".into()),
        ("answer_bad_basis", |d| d.basis[0].share = 0),
        ("answer_wrong_mean", |d| d.judged = Some(whole(6300))),
        ("answer_wrong_mean", |d| d.basis[0].share = 60),
        ("answer_wrong_end", |d| d.mark = Some(mark(7000))),
        ("answer_disagrees", |d| d.award = None),
        ("answer_disagrees", |d| d.credits = 59),
        ("answer_disagrees", |d| d.credits = 91),
        ("answer_disagrees", |d| {
            d.outcome = mtl_programme::assessment::AwardOutcome::Incomplete;
        }),
    ];
    for (index, (code, spoil)) in spoils.iter().enumerate() {
        let mut decision = right_award();
        spoil(&mut decision);
        let fault = check_award(&award_work(), &decision, &rules());
        let found = fault.as_ref().map_err(super::AnswerFault::code);
        assert_eq!(found, Err(*code), "spoil {index}: {fault:?}");
    }
}
