//! Example pages of a coach and a tutor.

use super::*;
use crate::markdown::render_markdown;
use crate::pages::cohort::*;
use crate::pages::link::*;
use crate::pages::marking::*;
use crate::pages::module_record::*;
use crate::pages::review::*;
use crate::pages::roster::*;

const TUTOR: &[&str] = &["Cohort", "Coaches", "Catalogue"];

fn frame(title: &str, current: &str) -> Shell {
    shell(title, "Dr Helen Marsh", TUTOR, current)
}

fn roster(problem: Option<&'static str>) -> RosterLine {
    RosterLine {
        base: "/l/0192".to_owned(),
        form_token: "token".to_owned(),
        is_offered: true,
        read_at: Some(at("2026-11-23T14:05:00Z")),
        is_being_read: false,
        problem,
        again: "/l/0192/cohort".to_owned(),
    }
}

fn filter(shows: bool) -> PeopleFilter {
    PeopleFilter {
        q: String::new(),
        groups: vec![
            ("1".to_owned(), "Cohort North".to_owned(), false),
            ("2".to_owned(), "Laboratory: Tuesday".to_owned(), true),
        ],
        shows: if shows {
            vec![
                ("", "Everybody", true),
                ("not-started", "Not started yet", false),
            ]
        } else {
            Vec::new()
        },
    }
}

fn pager() -> Pager {
    Pager {
        words: "51 to 100 of 1,000 people".to_owned(),
        before: Some("/l/0192/cohort".to_owned()),
        after: Some("/l/0192/cohort?page=3".to_owned()),
    }
}

fn unsent() -> Unsent {
    let mark = |id: &str, name: &str, about: &str| UnsentLine {
        id: id.to_owned(),
        name: name.to_owned(),
        about: about.to_owned(),
        record: Some(RecordLink {
            label: "Learning environments".to_owned(),
            href: "/r".to_owned(),
        }),
    };
    Unsent {
        reasons: vec![
            UnsentReason {
                words: "The learning site does not take a mark for this person; they may no longer be a student of the course there. Enrol them as a student and send the mark again, or enter it by hand (the platform refused: 400 Bad Request).".to_owned(),
                marks: vec![mark("1", "Gwen Parry", "Scenario 1: A room to think in: 62.5 of 100")],
            },
            UnsentReason {
                words: "The column is gone from the gradebook: somebody deleted it. Let the activity be graded again there and open it once, then send the mark again; or enter it by hand (the platform refused: 404 Not Found).".to_owned(),
                marks: vec![
                    mark("2", "Amira Khan", "Scenario 2: Whose voice is heard?: 58 of 100"),
                    mark("3", "Tom Okafor", "Scenario 2: Whose voice is heard?: 71 of 100"),
                ],
            },
        ],
        more: Some("12 more are not shown.".to_owned()),
        all: Some("Send all 15 again".to_owned()),
    }
}

fn cohort() -> CohortPage {
    let entry = |title: &str, about: &str, state: Badge, mark: Option<&str>| PersonEntry {
        title: title.to_owned(),
        href: Some("/l/0192/submissions/1".to_owned()),
        about: about.to_owned(),
        state,
        mark: mark.map(ToOwned::to_owned),
    };
    let record = || {
        vec![RecordLink {
            label: "Module record: Learning environments".to_owned(),
            href: "/r".to_owned(),
        }]
    };
    CohortPage {
        shell: frame("Cohort", "Cohort"),
        title: "Cohort".to_owned(),
        lead: "3 participants in this course; 1 submission waits for your judgement.".to_owned(),
        bind_link: Some("/l/0192/link".to_owned()),
        roster: roster(None),
        unsent: Some(unsent()),
        waiting: vec![WaitingLine {
            title: "Amira Khan: Scenario 1: A room to think in".to_owned(),
            href: "/l/0192/submissions/1".to_owned(),
            about: "Submitted 23 November 2026, 14:05 GMT".to_owned(),
            state: badge(Tone::Warn, "Waits for your judgement"),
        }],
        more_waiting: None,
        people_title: "Participants",
        nobody: None,
        filter: Some(filter(true)),
        pager: pager(),
        left: vec![PersonCard {
            name: "Gwen Parry".to_owned(),
            coach: Some("No coach yet".to_owned()),
            state: None,
            groups: None,
            entries: vec![entry(
                "Scenario 1: A room to think in",
                "Learning environments · last saved 2 October 2026, 09:12 BST",
                badge(Tone::Busy, "Draft"),
                None,
            )],
            modules: Vec::new(),
        }],
        people: vec![
            PersonCard {
                name: "Amira Khan".to_owned(),
                coach: Some("Coach: Priya Nair".to_owned()),
                state: None,
                groups: Some("Cohort North · Laboratory: Tuesday".to_owned()),
                entries: vec![
                    entry(
                        "Scenario 1: A room to think in",
                        "Learning environments · submitted 23 November 2026, 14:05 GMT",
                        badge(Tone::Warn, "Waits for your judgement"),
                        None,
                    ),
                    entry(
                        "Scenario 2: Whose voice is heard?",
                        "Learning environments · last saved yesterday",
                        badge(Tone::Busy, "Draft"),
                        None,
                    ),
                ],
                modules: record(),
            },
            PersonCard {
                name: "Tom Okafor".to_owned(),
                coach: Some("No coach yet".to_owned()),
                state: None,
                groups: None,
                entries: vec![entry(
                    "Scenario 1: A room to think in",
                    "Learning environments · 3 hours late",
                    badge(Tone::Good, "Released"),
                    Some("62.5"),
                )],
                modules: record(),
            },
            PersonCard {
                name: "Wen Li".to_owned(),
                coach: None,
                state: Some(badge(Tone::Plain, "Has not opened it yet")),
                groups: None,
                entries: Vec::new(),
                modules: Vec::new(),
            },
        ],
    }
}

fn criterion(id: &str, title: &str, error: Option<&str>) -> CriterionField {
    let band = |band: &str, title: &str, description: &str, is_chosen| BandOption {
        id: band.to_owned(),
        title: title.to_owned(),
        description: description.to_owned(),
        is_chosen,
    };
    CriterionField {
        id: id.to_owned(),
        title: title.to_owned(),
        guidance: render_markdown("Does the work **weigh** what it reads, rather than report it?"),
        questions: vec!["Does it say where two sources differ?".to_owned()],
        exemplars: vec![Exemplar {
            title: "Distinction".to_owned(),
            extract: "Rowe’s pause assumed a class that wants to answer. Mine did not, and that is where her account and my evidence part.".to_owned(),
            why: "Sets a source against the writer’s own evidence, and says which fits better and why.".to_owned(),
        }],
        bands: vec![
            band("distinction", "Distinction", "70 to 100: original and well defended", false),
            band("merit", "Merit", "60 to 69: weighs several views", error.is_none()),
            band("pass", "Pass", "50 to 59: sound, mostly reports", false),
            band("refer", "Not yet", "Below 50", false),
        ],
        comment: String::new(),
        error: error.map(ToOwned::to_owned),
    }
}

fn submission(role: &str) -> SubmissionPage {
    let is_tutor = role == "tutor";
    let wrong = role == "wrong";
    SubmissionPage {
        shell: frame("Scenario 1: A room to think in", "Cohort"),
        crumbs: vec![Crumb::new("Cohort", "/l/0192/cohort")],
        activity: "Scenario 1: A room to think in".to_owned(),
        participant: "Amira Khan".to_owned(),
        attempt: "Attempt 1".to_owned(),
        state: badge(Tone::Plain, "Submitted"),
        submitted: Some(at("2026-11-23T14:05:00Z")),
        late: Some("3 hours late".to_owned()),
        errors: if wrong {
            vec![
                FormError::new(
                    "criterion-literature",
                    "Critical use of literature: choose a band.",
                ),
                FormError::new(
                    "mark",
                    "A mark is a number from 0 to 100, such as 62 or 62.5.",
                ),
            ]
        } else {
            Vec::new()
        },
        work: work(),
        evidence: evidence(false),
        digest: Some("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
        words: "2,481 words".to_owned(),
        form: Some(JudgementForm {
            title: "Your judgement",
            lead: "The participant sees it when the decision is released, not before.",
            action: "/l/0192/submissions/1/judgement".to_owned(),
            criteria: vec![
                criterion("knowledge", "Knowledge and understanding", None),
                criterion(
                    "literature",
                    "Critical use of literature",
                    wrong.then_some("Choose a band."),
                ),
            ],
            asks_mark: is_tutor || wrong,
            mark: if wrong {
                "sixty".to_owned()
            } else {
                String::new()
            },
            mark_error: wrong
                .then(|| "A mark is a number from 0 to 100, such as 62 or 62.5.".to_owned()),
            asks_satisfied: !is_tutor && !wrong,
            satisfied_title: "Does this hold in practice?",
            satisfied_hint: "Does what is written here fit what happened in school?",
            satisfied: "",
            satisfied_error: None,
            comment_label: "To the participant",
            comment: String::new(),
            comment_error: None,
            button: "Record judgement",
        }),
        no_form: None,
        judgements: if is_tutor { judgements() } else { Vec::new() },
        record: is_tutor.then(|| "/l/0192/people/1/modules/mtl/m".to_owned()),
    }
}

fn record(decided: bool) -> ModuleRecordPage {
    let mut frame = frame("Learning environments", "Cohort");
    frame.notice = Some(saved_notice());
    ModuleRecordPage {
        shell: frame,
        crumbs: vec![Crumb::new("Cohort", "/l/0192/cohort")],
        module: "Learning environments".to_owned(),
        participant: "Amira Khan".to_owned(),
        credits: 20,
        state: if decided {
            badge(Tone::Warn, "Decided, not released")
        } else {
            badge(Tone::Busy, "Under way")
        },
        latest: decided.then(|| DecisionView {
            title: "Decision of 10 December 2026, 10:00 GMT".to_owned(),
            mark: Some("55".to_owned()),
            outcome: badge(Tone::Good, "Pass"),
            released: badge(Tone::Warn, "Not released"),
            reason: Some("Both components are passed.".to_owned()),
            next_steps: Vec::new(),
            trouble: None,
            chain: chain(),
            receipt: vec![
                ("Policy", "uk-masters 0.1.0".to_owned()),
                (
                    "Policy fingerprint",
                    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                        .to_owned(),
                ),
            ],
            release: Some("/l/0192/decisions/1/release".to_owned()),
        }),
        decide: Some("/l/0192/people/1/modules/mtl/m/decide".to_owned()),
        ready: "Both components have a mark from a tutor, so the policy can decide.".to_owned(),
        no_policy: !decided,
        send_again: "/l/0192/people/1/modules/mtl/rooms/send-again".to_owned(),
        deliveries: if decided {
            vec![
                DeliveryLine {
                    target: "Gradebook: Scenario 1".to_owned(),
                    words: "62.5, delivered 10 December 2026, 10:01 GMT".to_owned(),
                    state: badge(Tone::Good, "Delivered"),
                    again: None,
                },
                DeliveryLine {
                    target: "Gradebook: module mark".to_owned(),
                    words:
                        "The learning site refused it: this person has no place in the gradebook."
                            .to_owned(),
                    state: badge(Tone::Bad, "Could not be sent"),
                    again: Some("2".to_owned()),
                },
            ]
        } else {
            Vec::new()
        },
        components: vec![
            ComponentCard {
                title: "Scenario 1".to_owned(),
                weight: "60 %, must be passed".to_owned(),
                attempts: vec![AttemptCard {
                    title: "Attempt 1".to_owned(),
                    href: "/l/0192/submissions/1".to_owned(),
                    state: badge(Tone::Plain, "Submitted"),
                    facts: vec![
                        "Due 20 November 2026, 17:00 GMT".to_owned(),
                        "Submitted 23 November 2026, 14:05 GMT".to_owned(),
                        "2,481 words".to_owned(),
                    ],
                    judgements: judgements(),
                    change: Some("/l/0192/attempts/1/reopen".to_owned()),
                    change_label: "Reopen as attempt 2",
                }],
            },
            ComponentCard {
                title: "Scenario 2".to_owned(),
                weight: "40 %".to_owned(),
                attempts: Vec::new(),
            },
        ],
        earlier: Vec::new(),
    }
}

fn review() -> ReviewPage {
    ReviewPage {
        shell: frame("Nothing handed in yet", "Cohort"),
        title: "Nothing handed in yet".to_owned(),
        happened: "Wen Li has not handed in “Scenario 1: A room to think in” yet.".to_owned(),
        about: "There is a draft, which only its author sees until it is handed in.",
        cohort: Some("/l/0192/cohort".to_owned()),
    }
}

pub(super) fn pages() -> Vec<(&'static str, String)> {
    let options = || {
        vec![CoachOption {
            id: "e".to_owned(),
            name: "Sal Webb".to_owned(),
        }]
    };
    let choice = |id: &str, title: &str, about: &str| ActivityChoice {
        id: id.to_owned(),
        key: format!("mtl/{id}"),
        title: title.to_owned(),
        about: about.to_owned(),
        is_chosen: false,
    };
    vec![
        page("cohort", &cohort()),
        page("submission-tutor", &submission("tutor")),
        page("submission-coach", &submission("coach")),
        page("submission-wrong", &submission("wrong")),
        page("record", &record(false)),
        page("record-decided", &record(true)),
        page(
            "release",
            &ReleasePage {
                shell: frame("Release", "Cohort"),
                crumbs: vec![Crumb::new("Learning environments", "/r")],
                participant: "Amira Khan".to_owned(),
                module: "Learning environments".to_owned(),
                mark: Some("55".to_owned()),
                outcome: badge(Tone::Good, "Pass"),
                sends: vec![
                    SendLine { target: "Gradebook, “Scenario 1”".to_owned(), words: "62.5 of 100, with the comment".to_owned() },
                    SendLine { target: "Learning records".to_owned(), words: "that the module was scored and passed, under a pseudonym".to_owned() },
                ],
                action: "/l/0192/decisions/1/release".to_owned(),
                record: "/r".to_owned(),
            },
        ),
        page(
            "reopen",
            &AttemptChangePage {
                shell: frame("Reopen", "Cohort"),
                crumbs: vec![Crumb::new("Learning environments", "/r")],
                errors: vec![FormError::new("reason", "Give the reason; the participant reads it.")],
                title: "Reopen as attempt 2".to_owned(),
                participant: "Amira Khan".to_owned(),
                activity: "Scenario 1".to_owned(),
                attempt: "Attempt 1".to_owned(),
                lead: "Amira Khan can work on it again, beginning with what was submitted. Attempt 1 and its judgements stay as they are.".to_owned(),
                action: "/l/0192/attempts/1/reopen".to_owned(),
                zone: "Europe/London".to_owned(),
                when_label: "Due",
                when_required: false,
                when: "2027-01-15T17:00".to_owned(),
                when_error: None,
                asks_mitigation: true,
                reason: String::new(),
                reason_hint: "The participant reads it, and it stays in the record.",
                reason_error: Some("Give the reason; the participant reads it.".to_owned()),
                button: "Reopen",
                cancel: "/r".to_owned(),
            },
        ),
        page(
            "pairing",
            &PairingPage {
                shell: frame("Coaches", "Coaches"),
                errors: Vec::new(),
                roster: roster(Some("Your learning site did not answer when its list of people was last asked for. It is asked again by itself.")),
                filter: Some(filter(false)),
                asks_other: true,
                other: "sal".to_owned(),
                nobody: "",
                pager: pager(),
                back: "page=2".to_owned(),
                participants: vec![
                    PairedPerson { id: "1".to_owned(), name: "Amira Khan".to_owned(), has_opened: true, others: Vec::new(), coaches: vec![PairedCoach { id: "c".to_owned(), name: "Priya Nair".to_owned(), is_from_lms: true }], options: options() },
                    PairedPerson { id: "2".to_owned(), name: "Tom Okafor".to_owned(), has_opened: false, others: vec![CoachOption { id: "f".to_owned(), name: "Sally Park".to_owned() }], coaches: vec![PairedCoach { id: "d".to_owned(), name: "Jo Bright".to_owned(), is_from_lms: false }], options: options() },
                ],
            },
        ),
        page("review-nothing", &review()),
        page(
            "choose-activity",
            &ChooseActivity {
                shell: frame("Choose an activity", "Cohort"),
                errors: Vec::new(),
                link: Some("Week 4 work".to_owned()),
                modules: vec![ModuleChoice {
                    title: "Learning environments".to_owned(),
                    activities: vec![
                        choice("room", "Scenario 1: A room to think in", "Professional scenario, 60 % of the module"),
                        choice("voice", "Scenario 2: Whose voice is heard?", "Professional scenario, 40 % of the module"),
                    ],
                }],
            },
        ),
    ]
}
