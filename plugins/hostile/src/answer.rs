//! Answers: a good one, and the ways to spoil it.

use mtl_policy_sdk::contract::{
    Adjustment, Basis, ComponentResult, ExactMark, ModuleDecision, ModuleOutcome, ModuleWork,
    PartOutcome, PartResult, Track,
};

/// The answer that the host is told to expect, spoilt as told.
pub(crate) fn to(work: &ModuleWork, told: &str) -> ModuleDecision {
    let mut decision = good(work);
    match told {
        "mark" => decision.mark = Some(10_001),
        "gap" => decision.adjustments.push(whim(exact(1), exact(9000))),
        "wrong-end" => decision.mark = Some(9900),
        "gift" => {
            // A change that leads to the mark without a gap, but out of a judgement that is not so.
            if let Some(component) = decision.components.first_mut() {
                for basis in &mut component.part.basis {
                    basis.mark = 9900;
                }
            }
        }
        "component" => {
            if let Some(component) = decision.components.first_mut() {
                component.id = "another".into();
            }
        }
        "huge" => {
            let reason = "x".repeat(1 << 20);
            decision.adjustments = (0..16)
                .map(|_| Adjustment {
                    reason: reason.clone(),
                    ..whim(exact(0), exact(0))
                })
                .collect();
        }
        "release" => decision.release = decision.outcome == ModuleOutcome::Incomplete,
        _ => {}
    }
    decision
}

/// Every component gets the mark of its first judgement, the module their mean, if it is whole.
fn good(work: &ModuleWork) -> ModuleDecision {
    let components: Vec<_> = work
        .components
        .iter()
        .map(|component| {
            let attempt = component.attempts.first();
            let judgement = attempt.and_then(|attempt| attempt.judgements.first());
            let mark = judgement.and_then(|judgement| judgement.mark);
            ComponentResult {
                id: component.id.clone(),
                part: PartResult {
                    outcome: mark.map_or(PartOutcome::Awaiting, |_| PartOutcome::Passed),
                    attempt: attempt.map(|attempt| attempt.number),
                    basis: judgement
                        .zip(mark)
                        .map(|(judgement, mark)| Basis {
                            judgement: judgement.id.clone(),
                            mark,
                            share: 1,
                        })
                        .into_iter()
                        .collect(),
                    judged: mark.map(exact),
                    mark,
                    carried: mark.map(exact),
                    share: component.weight,
                },
                elements: Vec::new(),
            }
        })
        .collect();
    let total = components.iter().try_fold((0, 0), |(sum, shares), result| {
        let mark = result.part.mark?;
        Some((sum + mark * result.part.share, shares + result.part.share))
    });
    let mark = total.map(|(sum, shares)| sum / shares.max(1));
    ModuleDecision {
        outcome: mark.map_or(ModuleOutcome::Incomplete, |_| ModuleOutcome::Pass),
        reason: "Because it is so.".into(),
        pass_mark: Some(0),
        judged: mark.map(exact),
        mark,
        carried: mark.map(exact),
        grade: None,
        components,
        adjustments: Vec::new(),
        release: false,
        next_steps: Vec::new(),
    }
}

fn exact(hundredths: u32) -> ExactMark {
    ExactMark {
        numerator: hundredths.into(),
        denominator: 1,
    }
}

fn whim(before: ExactMark, after: ExactMark) -> Adjustment {
    Adjustment {
        rule: "whim".into(),
        component: None,
        element: None,
        track: Track::Both,
        before: Some(before),
        after: Some(after),
        reason: "Because.".into(),
    }
}
