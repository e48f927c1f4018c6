//! Example pages of a participant.

use super::*;
use crate::markdown::{CleanHtml, render_markdown};
use crate::pages::activity::*;
use crate::pages::home::*;
use crate::pages::link::NotSetUp;
use crate::pages::scenario::*;

fn frame(title: &str) -> Shell {
    shell(title, "Amira Khan", &[], "")
}

#[expect(clippy::too_many_lines, reason = "one example, written out")]
fn home() -> Home {
    let entry =
        |title: &str, kind, state, counts: Option<&str>, mark: Option<&str>, due| ActivityEntry {
            title: title.to_owned(),
            href: "/l/0192/activities/mtl/a".to_owned(),
            kind,
            counts: counts.map(ToOwned::to_owned),
            state,
            due,
            mark: mark.map(ToOwned::to_owned),
        };
    Home {
        shell: frame("Your programme"),
        programme: "MA Teaching and Learning".to_owned(),
        standing: "30 of 180 credits passed. One module is under way.".to_owned(),
        next: Some(NextStep {
            title: "Scenario 2: Whose voice is heard?".to_owned(),
            module: "Learning environments".to_owned(),
            state: badge(Tone::Busy, "Draft"),
            due: Some(at("2026-12-04T17:00:00Z")),
            why: Some("You have written four of six stages.".to_owned()),
            href: "/l/0192/activities/mtl/whose-voice".to_owned(),
            action: "Go on writing",
        }),
        phases: vec![
            PhaseView {
                title: "Phase 1: Developing".to_owned(),
                modules: vec![ModuleView {
                    id: "starting".to_owned(),
                    title: "Starting from your practice".to_owned(),
                    credits: 30,
                    state: badge(Tone::Good, "Passed"),
                    result: Some("Mark 64".to_owned()),
                    entries: vec![entry(
                        "Scenario: The first six weeks",
                        "Professional scenario",
                        badge(Tone::Good, "Released"),
                        Some("60 % of the module, must be passed"),
                        Some("66"),
                        None,
                    )],
                }],
            },
            PhaseView {
                title: "Phase 2: Broadening and embedding".to_owned(),
                modules: vec![ModuleView {
                    id: "environments".to_owned(),
                    title: "Learning environments".to_owned(),
                    credits: 20,
                    state: badge(Tone::Busy, "Under way"),
                    result: None,
                    entries: vec![
                        entry(
                            "Scenario 1: A room to think in",
                            "Professional scenario",
                            badge(Tone::Plain, "Submitted"),
                            Some("60 % of the module, must be passed"),
                            None,
                            None,
                        ),
                        entry(
                            "Scenario 2: Whose voice is heard?",
                            "Professional scenario",
                            badge(Tone::Busy, "Draft"),
                            Some("40 % of the module"),
                            None,
                            Some(at("2026-12-04T17:00:00Z")),
                        ),
                        entry(
                            "Watching a colleague’s room",
                            "Peer observation",
                            badge(Tone::Plain, "Not here yet"),
                            None,
                            None,
                            None,
                        ),
                    ],
                }],
            },
        ],
        strands: vec![
            StrandView {
                number: 1,
                title: "Creating effective learning environments",
                submitted: 3,
                begun: 1,
                total: 6,
            },
            StrandView {
                number: 2,
                title: "Developing effective professional learning",
                submitted: 1,
                begun: 0,
                total: 5,
            },
            StrandView {
                number: 3,
                title: "Creating pedagogic awareness and effectiveness",
                submitted: 2,
                begun: 1,
                total: 7,
            },
            StrandView {
                number: 4,
                title: "Developing wider school experience",
                submitted: 0,
                begun: 0,
                total: 4,
            },
        ],
    }
}

fn head(state: Badge) -> ActivityHead {
    ActivityHead {
        title: "Scenario 2: Whose voice is heard?".to_owned(),
        kind: "Professional scenario",
        state,
        attempt: None,
        due: Some(at("2026-12-04T17:00:00Z")),
        is_extended: false,
        reopened: None,
    }
}

fn step(id: &'static str, title: &'static str, progress: Progress, is_current: bool) -> Step {
    Step {
        id,
        title,
        progress,
        is_current,
    }
}

fn scenario(stage: &'static str) -> ScenarioPage {
    let titles = [
        ("context", "Context and question", Progress::Done),
        ("plan", "Plan", Progress::Part),
        ("evidence", "Evidence", Progress::Empty),
        ("analysis", "Analysis", Progress::Empty),
        ("reflection", "Reflection", Progress::Empty),
        ("impact", "Impact on pupils", Progress::Empty),
    ];
    let on_evidence = stage == "evidence";
    ScenarioPage {
        shell: frame("Whose voice is heard?"),
        crumbs: crumbs(),
        head: head(badge(Tone::Busy, "Draft")),
        errors: Vec::new(),
        instructions: render_markdown("Choose a class in which **some pupils speak much more than others**. You will try one change for four to six weeks.\n\nRead *one* source before you plan."),
        earlier: Vec::new(),
        is_new: false,
        steps: titles.into_iter().map(|(id, title, progress)| step(id, title, progress, id == stage)).collect(),
        asides: Vec::new(),
        stage: if on_evidence {
            StageView {
                id: "evidence",
                number: 3,
                title: "Evidence",
                prompt: render_markdown("What did you see, and where is it recorded?"),
                fields: vec![FieldView { id: "text-account".into(), name: "account", title: "What happened", help: "Tell it from the evidence, and point to each file or link that shows it.", is_required: true, size: "tall", text: String::new(), error: None }],
            }
        } else {
            StageView {
                id: "context",
                number: 1,
                title: "Context and question",
                prompt: render_markdown("Think of a lesson from last week.\n\n- Who spoke?\n- Who waited?\n\nDescribe the class so that a colleague who has never seen it would understand why you ask."),
                fields: vec![
                    FieldView { id: "text-setting".into(), name: "setting", title: "Your setting", help: "The class, the school and what made you look more closely. Name no pupil, colleague or school.", is_required: true, size: "tall", text: work()[0].texts[0].text.clone(), error: None },
                    FieldView { id: "text-question".into(), name: "question", title: "Your question", help: "One question that you can work on in the time you have.", is_required: true, size: "short", text: work()[0].texts[1].text.clone(), error: None },
                ],
            }
        },
        next_step: Some(step("plan", "Plan", Progress::Part, false)),
        action: "/l/0192/attempts/1".to_owned(),
        attempt: "1".to_owned(),
        revision: 12,
        writer: "w".to_owned(),
        saved: Some(at("2026-11-23T14:05:00Z")),
        words: "1,234 words".to_owned(),
        versions: Some("12 versions".to_owned()),
        evidence: evidence(true),
        evidence_words: "1 file, 1 link".to_owned(),
        upload: on_evidence.then(|| UploadView {
            limits: "PDF, Word, PowerPoint, Excel, text, pictures or sound, up to 20 MB each; 30 files and links in all.".to_owned(),
            accept: ".pdf,.docx".to_owned(),
            max_bytes: 20 << 20,
        }),
    }
}

fn earlier() -> Vec<EarlierView> {
    vec![EarlierView {
        label: "Attempt 1, submitted 2 October 2026, 09:12 BST".to_owned(),
        mark: Some("41".to_owned()),
        state: Some(badge(Tone::Warn, "Referred")),
        judgements: judgements(),
        work: work(),
        evidence: evidence(false),
    }]
}

fn scenario_in_trouble() -> ScenarioPage {
    let mut page = scenario("context");
    let text = "“Your question” is too long: it has 1012 characters and can have 1000. Shorten it by 12, or put the rest into an evidence file. Nothing in this window was lost.";
    page.errors = vec![FormError::new("text-question", text)];
    page.stage.fields[1].error = Some(text.to_owned());
    page.shell.has_errors = true;
    page.head.attempt = Some("Attempt 2".to_owned());
    page.head.reopened = Some("Please say more about the ethics of recording voices.".to_owned());
    page.head.is_extended = true;
    page.earlier = earlier();
    page.asides = vec![AsideView {
        number: 1,
        stage: "context",
        field: "Your question",
        text: "Does waiting help?".to_owned(),
    }];
    page
}

fn submit(gaps: bool) -> SubmitPage {
    SubmitPage {
        shell: frame("Check and submit"),
        crumbs: crumbs(),
        head: head(badge(Tone::Busy, "Draft")),
        errors: Vec::new(),
        gaps: if gaps {
            vec![
                GapLine { text: "Plan: “Care and consent” is empty.".to_owned(), href: "/l/0192/activities/mtl/a?stage=plan#text-ethics".to_owned() },
                GapLine { text: "Evidence: add at least one file or link.".to_owned(), href: "/l/0192/activities/mtl/a?stage=evidence#evidence".to_owned() },
            ]
        } else {
            Vec::new()
        },
        advice: vec![GapLine { text: "Impact on pupils: “How sure you are” is empty.".to_owned(), href: "/x".to_owned() }],
        action: "/l/0192/attempts/1".to_owned(),
        edit: "/l/0192/activities/mtl/a".to_owned(),
        revision: 12,
        words: "2,481 words".to_owned(),
        evidence_words: "1 file, 1 link".to_owned(),
        late: (!gaps).then(|| "It is past the due date of 4 December 2026, 17:00 GMT. You can still submit; your university’s rule for late work then applies.".to_owned()),
        work: work(),
        evidence: evidence(false),
    }
}

fn submitted(released: bool) -> SubmittedPage {
    SubmittedPage {
        shell: frame("Whose voice is heard?"),
        crumbs: crumbs(),
        head: head(if released {
            badge(Tone::Good, "Released")
        } else {
            badge(Tone::Plain, "Submitted")
        }),
        result: released.then(|| ResultView {
            mark: Some("55".to_owned()),
            state: badge(Tone::Good, "Passed"),
            module: "Learning environments".to_owned(),
            module_mark: Some("55".to_owned()),
            module_state: badge(Tone::Good, "Passed"),
            reason: "Both components are passed and the mean is above the pass mark.".to_owned(),
            released: at("2026-12-10T10:00:00Z"),
            next_steps: Vec::new(),
            chain: chain(),
        }),
        judgements: if released { judgements() } else { Vec::new() },
        work: work(),
        evidence: evidence(false),
        submitted: at("2026-11-23T14:05:00Z"),
        words: "2,481 words".to_owned(),
        digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        other_attempts: vec![
            AttemptLine {
                label: "Attempt 1".to_owned(),
                is_current: true,
            },
            AttemptLine {
                label: "Attempt 2".to_owned(),
                is_current: false,
            },
        ],
        earlier: if released { earlier() } else { Vec::new() },
    }
}

pub(super) fn pages() -> Vec<(&'static str, String)> {
    let line = |number, words: &str, is_current| VersionLine {
        number,
        at: at("2026-11-23T14:05:00Z"),
        words: Some(words.to_owned()),
        is_current,
    };
    vec![
        page("home", &home()),
        page("scenario", &scenario("context")),
        page("scenario-evidence", &scenario("evidence")),
        page("scenario-trouble", &scenario_in_trouble()),
        page("submit", &submit(false)),
        page("submit-gaps", &submit(true)),
        page("submitted", &submitted(false)),
        page("released", &submitted(true)),
        page(
            "versions",
            &VersionsPage {
                shell: frame("Earlier versions"),
                crumbs: crumbs(),
                activity: "Scenario 2: Whose voice is heard?".to_owned(),
                action: "/l/0192/attempts/1".to_owned(),
                versions: vec![
                    line(12, "1,234 words", true),
                    line(11, "1,180 words", false),
                ],
            },
        ),
        page(
            "version",
            &VersionPage {
                shell: frame("Version 11"),
                crumbs: crumbs(),
                activity: "Scenario 2: Whose voice is heard?".to_owned(),
                action: "/l/0192/attempts/1".to_owned(),
                number: 11,
                at: at("2026-11-23T14:05:00Z"),
                can_restore: true,
                work: work(),
            },
        ),
        page(
            "not-built",
            &NotBuilt {
                shell: frame("Watching a colleague’s room"),
                crumbs: crumbs(),
                title: "Watching a colleague’s room".to_owned(),
                kind: "Peer observation",
                description: "A colleague watches you teach with a focus that you both agreed, and you settle together what to do next.",
                stages: vec![
                    "Agreed focus",
                    "Notes against time",
                    "Feedback conversation",
                    "Agreed actions",
                ],
                instructions: CleanHtml::default(),
            },
        ),
        page(
            "not-set-up",
            &NotSetUp {
                shell: frame("Not set up yet"),
            },
        ),
    ]
}
