//! The golden cases of uk-masters, natively and in the sandbox.

use mtl_policy::{CheckedSettings, Decided, PolicyFailure, Undecided};
use mtl_programme::assessment::{Refusal, canonical_json};
use serde::Serialize;
use serde_json::Value;

use crate::cases::{Case, award_work, difference, merge, module_work, read};
use crate::guests::{every_build_of, host, plugins};
use crate::native;

#[tokio::test]
async fn golden_cases_hold_natively_and_in_the_sandbox() {
    let cases = read(&plugins().join("uk-masters/cases"));
    assert!(cases.len() >= 30, "{} cases were found", cases.len());
    let host = host();
    let mut wrong = Vec::new();
    for (build, component) in every_build_of("uk-masters") {
        let policy = host.compile(component).await.unwrap();
        for case in &cases {
            let mut settings: Value = serde_json::from_str(mtl_uk_masters::DEFAULTS).unwrap();
            merge(&mut settings, &case.settings);
            let settings = match policy.check_settings(&settings) {
                Ok(settings) => settings,
                Err(error) => {
                    wrong.push(format!("{}: {error}", case.name));
                    continue;
                }
            };
            let problem = match (&case.work, &case.award) {
                (Some(work), None) => {
                    let work = module_work(work);
                    let native = native::decide_module(&work, settings.json());
                    let ran = host.decide_module(&policy, &work, &settings).await;
                    check(case, &native, ran, &settings)
                }
                (None, Some(work)) => {
                    let work = award_work(work);
                    let native = native::decide_award(&work, settings.json());
                    let ran = host.decide_award(&policy, &work, &settings).await;
                    check(case, &native, ran, &settings)
                }
                _ => Some("a case has either work or award".into()),
            };
            wrong.extend(problem.map(|problem| format!("{build}, {}: {problem}", case.name)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn check<D: Serialize>(
    case: &Case,
    native: &Result<D, Refusal>,
    ran: Result<Decided<D>, Undecided>,
    settings: &CheckedSettings,
) -> Option<String> {
    let (native, expected) = match native {
        Ok(decision) => (canonical_json(decision).unwrap(), &case.expected),
        Err(refusal) => (canonical_json(refusal).unwrap(), &case.refused),
    };
    let Some(expected) = expected else {
        return Some(format!("decided or refused against expectation: {native}"));
    };
    let receipt = match ran {
        Ok(decided) => decided.receipt,
        Err(Undecided {
            failure: PolicyFailure::Refusal(_),
            receipt,
        }) => *receipt,
        Err(undecided) => return Some(format!("{undecided}; natively {native}")),
    };
    if receipt.output.as_deref() != Some(&native) {
        return Some(format!(
            "the sandbox says {:?}, natively it is {native}",
            receipt.output
        ));
    }
    assert_eq!(receipt.settings, settings.json());
    difference(expected, &serde_json::from_str(&native).unwrap(), "")
}

#[tokio::test]
async fn the_policy_describes_itself() {
    let policy = host()
        .compile(crate::guests::committed("uk-masters"))
        .await
        .unwrap();
    let description = policy.description();
    assert_eq!(description.name, "uk-masters");
    assert_eq!(description.contract, "mtl:policy@0.1.0");
    assert_eq!(description.rules.len(), 4);
    assert!(policy.check_settings(&serde_json::json!({})).is_ok());
}
