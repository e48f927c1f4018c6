//! The catalogue that is shipped: it is read without a mistake, and is complete enough to teach from.

use std::collections::BTreeSet;

use mtl_programme::catalogue::Programme;
use mtl_programme::coverage::strand_coverage;
use mtl_programme::{ActivityKind, parse_programme};

fn shipped() -> Programme {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../config/programmes/mtl.toml"
    );
    let text = std::fs::read_to_string(path).unwrap();
    parse_programme("mtl.toml", &text).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn leads_to_a_masters_degree_of_180_credits() {
    let programme = shipped();
    assert_eq!((programme.credits, programme.level), (180, 7));
    let split: Vec<Vec<u32>> = programme
        .phases
        .iter()
        .map(|phase| phase.modules.iter().map(|module| module.credits).collect())
        .collect();
    assert_eq!(split, [vec![30], vec![20; 6], vec![30]]);
    assert!(programme.modules().all(|module| module.level == 7));
    assert!(
        programme
            .modules()
            .all(|module| !module.outcomes.is_empty())
    );
}

#[test]
fn covers_every_strand_in_every_phase_of_study_and_every_kind() {
    let programme = shipped();
    for row in strand_coverage(programme.activities().map(|found| found.activity), &[]) {
        assert!(row.offered >= 4, "{row:?}");
    }
    let kinds: BTreeSet<_> = programme
        .activities()
        .map(|found| found.activity.kind)
        .collect();
    assert_eq!(kinds, ActivityKind::ALL.into_iter().collect());
    for found in programme.activities() {
        let stages = found.activity.kind.stages();
        for stage in stages {
            assert!(
                found.activity.prompt(stage.id).is_some(),
                "{} has no prompt for {}",
                found.activity.id,
                stage.id
            );
        }
    }
}

#[test]
fn begins_with_two_scenarios_of_different_weight() {
    let programme = shipped();
    let module = programme.modules().next().unwrap();
    let parts: Vec<_> = module
        .components
        .iter()
        .map(|component| {
            let activity = module.activity_feeding(&component.id).unwrap();
            (
                component.weight,
                component.must_pass,
                activity.kind,
                programme.key_of(activity).to_string(),
            )
        })
        .collect();
    assert_eq!(
        parts,
        [
            (
                40,
                false,
                ActivityKind::ProfessionalScenario,
                "mtl/first-question".to_owned()
            ),
            (
                60,
                true,
                ActivityKind::ProfessionalScenario,
                "mtl/small-change".to_owned()
            ),
        ]
    );
}

#[test]
fn dates_follow_the_order_of_the_work() {
    let programme = shipped();
    let weeks: Vec<u32> = programme
        .activities()
        .filter_map(|found| found.activity.due)
        .map(|due| due.weeks_after_start)
        .collect();
    assert!(weeks.is_sorted(), "{weeks:?}");
}

#[test]
fn criteria_are_explained_to_people_without_a_masters_degree() {
    let programme = shipped();
    let set = programme.find_criteria("level-7").unwrap();
    let ids: Vec<&str> = set.criteria.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "knowledge",
            "literature",
            "argument",
            "practice",
            "enquiry",
            "presentation"
        ]
    );
    for criterion in &set.criteria {
        assert!(!criterion.questions.is_empty(), "{}", criterion.id);
        let shown: BTreeSet<&str> = criterion
            .exemplars
            .iter()
            .map(|exemplar| exemplar.band.as_str())
            .collect();
        assert!(
            shown.len() >= 2,
            "{} needs exemplars of two bands",
            criterion.id
        );
    }
}
