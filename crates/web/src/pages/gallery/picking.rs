//! Example pages of picking activities for a course.

use super::*;
use crate::markdown::render_markdown;
use crate::pages::pick::*;

pub(super) fn pages() -> Vec<(&'static str, String)> {
    vec![
        page("pick", &choose(true, true)),
        page("pick-one", &choose(false, true)),
        page("pick-nothing", &choose(true, false)),
        page("pick-review", &review(Vec::new())),
        page(
            "pick-review-wrong",
            &review(vec![FormError::new(
                "opens-mtl-first-question",
                "It must be open before it is due.",
            )]),
        ),
        page(
            "pick-answer",
            &AnswerPage {
                shell: shell(
                    "Adding 2 activities to your course",
                    "Dr Helen Marsh",
                    &[],
                    "",
                ),
                title: "Adding 2 activities to your course".to_owned(),
                action: "https://lms.example/return?course=2".to_owned(),
                token: "a.b.c".to_owned(),
            },
        ),
    ]
}

fn activity(id: &str, title: &str, about: &str) -> PickActivity {
    PickActivity {
        id: format!("a-mtl-{id}"),
        key: format!("mtl/{id}"),
        title: title.to_owned(),
        about: about.to_owned(),
        is_built: true,
        is_chosen: false,
        is_placed: false,
        preview: Preview {
            kind: "Professional scenario",
            description: "You take a question from your own classroom, plan a change, gather evidence, and say what theory and practice have to say to each other about it.",
            facts: vec![
                ("Counts", "A question from practice: 40 % of the module, must be passed".to_owned()),
                ("Due", "12 weeks after the start, at 16:00".to_owned()),
                ("Strands", "1 Creating effective learning environments; 3 Creating pedagogic awareness and effectiveness".to_owned()),
            ],
            instructions: render_markdown("Choose a question that you really have about your own teaching. It should be *small enough* to look at within six weeks.\n\n- Talk it over with your coach first.\n- Keep notes from the first day."),
            stages: vec!["Context and question", "Plan", "Theory", "Evidence", "Reflection"],
        },
    }
}

fn choose(several: bool, takes_activities: bool) -> PickPage {
    let belief = PickActivity {
        is_built: false,
        ..activity(
            "where-i-stand",
            "Where I stand: a first statement of belief",
            "Critical professional dialogue · due 3 weeks after the start, at 17:00",
        )
    };
    let first = PickActivity {
        is_chosen: true,
        ..activity(
            "first-question",
            "Scenario 1: A question from your own classroom",
            "Professional scenario · 40 % of the module, must be passed · due 12 weeks after the start, at 16:00",
        )
    };
    let second = PickActivity {
        is_placed: true,
        ..activity(
            "small-change",
            "Scenario 2: A small change and what came of it",
            "Professional scenario · 60 % of the module · due 26 weeks after the start, at 16:00",
        )
    };
    PickPage {
        shell: Shell {
            back: None,
            ..shell("Add activities", "Dr Helen Marsh", &[], "")
        },
        errors: Vec::new(),
        course: "MA Teaching and Learning, 2026 entry".to_owned(),
        takes_activities,
        several,
        query: "scenario".to_owned(),
        strands: mtl_programme::Strand::ALL
            .into_iter()
            .map(|strand| StrandOption {
                number: strand.number(),
                title: strand.title(),
                is_chosen: strand.number() == 3,
            })
            .collect(),
        found: Some("3 activities fit.".to_owned()),
        kept: if several {
            vec![KeptChoice {
                id: "kept-mtl-leading".to_owned(),
                value: "mtl/leading".to_owned(),
                module: "mtl/leading-learning".to_owned(),
                title: "Scenario 5: Leading learning with others".to_owned(),
            }]
        } else {
            Vec::new()
        },
        phases: vec![PickPhase {
            programme: "Master's in Teaching and Learning".to_owned(),
            title: "Developing".to_owned(),
            modules: vec![PickModule {
                id: "m-mtl-looking-closely".to_owned(),
                value: "mtl/looking-closely".to_owned(),
                title: "Looking closely: questions from practice".to_owned(),
                facts: "30 credits".to_owned(),
                whole: Some("2 activities, 2 grade columns".to_owned()),
                total: 2,
                activities: vec![belief, first, second],
            }],
        }],
    }
}

fn review(errors: Vec<FormError>) -> ReviewPage {
    let entry = |id: &str, title: &str, about: &str, has_marks| ReviewEntry {
        id: format!("mtl-{id}"),
        key: format!("mtl/{id}"),
        title: title.to_owned(),
        about: about.to_owned(),
        name: title.to_owned(),
        has_marks,
        with_column: has_marks,
        due: "2026-12-14T16:00".to_owned(),
        due_error: None,
        opens: String::new(),
        opens_error: find_error(&errors, &format!("opens-mtl-{id}")),
    };
    ReviewPage {
        course: "MA Teaching and Learning, 2026 entry".to_owned(),
        total: "2 activities".to_owned(),
        zone: "Europe/London".to_owned(),
        start: "2026-09-21".to_owned(),
        has_dates: true,
        columns: true,
        back: "/l/0192/pick?a=mtl%2Ffirst-question".to_owned(),
        entries: vec![
            entry(
                "first-question",
                "Scenario 1: A question from your own classroom",
                "Looking closely: questions from practice · Professional scenario · 40 % of the module, must be passed · due 12 weeks after the start, at 16:00",
                true,
            ),
            entry(
                "small-change",
                "Scenario 2: A small change and what came of it",
                "Looking closely: questions from practice · Professional scenario · passed or failed",
                false,
            ),
        ],
        shell: Shell {
            back: None,
            has_errors: !errors.is_empty(),
            ..shell("Check before you add", "Dr Helen Marsh", &[], "")
        },
        errors,
    }
}
