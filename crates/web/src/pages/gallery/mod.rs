//! Every page with example data: checked for accessible structure, and written to files for
//! looking at when `MTL_GALLERY` names a folder.

mod admin;
mod launch;
mod lead;
mod marking;
mod participant;
mod picking;
mod register;
mod structure;

use askama::Template;
use chrono_tz::Europe::London;

use crate::moments::Moment;
use crate::pages::parts::*;
use crate::pages::shell::{NavItem, Notice, Shell};

pub(crate) fn at(text: &str) -> Moment {
    Moment::new(text.parse().unwrap(), London)
}

pub(crate) fn badge(tone: Tone, words: &str) -> Badge {
    Badge::new(tone, words)
}

fn shell(title: &str, person: &str, nav: &[&'static str], current: &str) -> Shell {
    Shell {
        title: title.to_owned(),
        place: Some("MA Teaching and Learning, 2026 entry".to_owned()),
        person: Some(person.to_owned()),
        back: Some("http://127.0.0.1:8081/course/2".to_owned()),
        nav: nav
            .iter()
            .map(|&label| NavItem {
                label,
                href: format!("/l/0192/{}", label.to_lowercase().replace(' ', "-")),
                is_current: label == current,
            })
            .collect(),
        base: "/l/0192".to_owned(),
        form_token: "token".to_owned(),
        zone: Some("Europe/London".to_owned()),
        ..Shell::default()
    }
}

fn saved_notice() -> Notice {
    Notice {
        tone: Tone::Good,
        text: "Your judgement was recorded.",
    }
}

fn crumbs() -> Vec<Crumb> {
    vec![
        Crumb::new("MA Teaching and Learning", "/l/0192/home"),
        Crumb::new("Learning environments", "/l/0192/home#module-1"),
    ]
}

fn work() -> Vec<WorkPart> {
    vec![
        WorkPart {
            title: "Context and question".to_owned(),
            texts: vec![
                TextPart {
                    title: "Your setting".to_owned(),
                    text: "I teach a mixed-attainment Year 8 class of twenty-eight in a coastal comprehensive. Since September most answers have come from the same six pupils; the others have learned that waiting is enough.\n\nWhen I counted, over five lessons, nineteen pupils had said nothing in front of the class.".to_owned(),
                },
                TextPart {
                    title: "Your question".to_owned(),
                    text: "Does a fixed pause of four seconds after each question, with talk in pairs before hands go up, change who speaks and how well they reason?".to_owned(),
                },
            ],
        },
        WorkPart {
            title: "Plan".to_owned(),
            texts: vec![
                TextPart {
                    title: "What you will do".to_owned(),
                    text: "Six weeks, two lessons in each. I pause, pairs talk, then I ask by name.".to_owned(),
                },
                TextPart { title: "Care and consent".to_owned(), text: String::new() },
            ],
        },
    ]
}

fn evidence(removable: bool) -> Vec<EvidenceLine> {
    let remove = |id: &str| removable.then(|| format!("/l/0192/attempts/1/evidence/{id}/remove"));
    vec![
        EvidenceLine {
            name: "who-speaks-weeks-1-to-6.xlsx".to_owned(),
            href: "/evidence/abc".to_owned(),
            is_link: false,
            about: "Spreadsheet, 48 kB".to_owned(),
            note: Some("added 14 November 2026, 16:20 GMT".to_owned()),
            remove: remove("1"),
        },
        EvidenceLine {
            name: "The department’s questioning policy".to_owned(),
            href: "https://school.example/policy".to_owned(),
            is_link: true,
            about: "Link to school.example".to_owned(),
            note: None,
            remove: remove("2"),
        },
    ]
}

fn judgements() -> Vec<JudgementView> {
    vec![
        JudgementView {
            role: "In-school coach".to_owned(),
            name: Some("Priya Nair".to_owned()),
            at: Some(at("2026-11-26T17:12:00Z")),
            mark: None,
            verdict: Some("Holds in practice.".to_owned()),
            criteria: vec![CriterionLine {
                title: "Application to and reflection on own practice".to_owned(),
                band: "Strong".to_owned(),
                comment: "The pairs talk is now part of how she teaches.".to_owned(),
            }],
            comment: "I watched three of these lessons. The change in who speaks is real, and she is honest about the two pupils for whom it made no difference.".to_owned(),
        },
        JudgementView {
            role: "University tutor".to_owned(),
            name: Some("Dr Helen Marsh".to_owned()),
            at: Some(at("2026-11-29T09:40:00Z")),
            mark: Some("62.5".to_owned()),
            verdict: None,
            criteria: vec![
                CriterionLine {
                    title: "Knowledge and understanding".to_owned(),
                    band: "Good".to_owned(),
                    comment: String::new(),
                },
                CriterionLine {
                    title: "Critical use of literature".to_owned(),
                    band: "Sound".to_owned(),
                    comment: "Rowe is described; the studies that did not find the effect are missing.".to_owned(),
                },
            ],
            comment: "A careful enquiry with evidence that bears the weight you put on it. For the next one, read against your own position.".to_owned(),
        },
    ]
}

fn chain() -> Vec<ChainStep> {
    vec![
        ChainStep {
            about: "Two components, weighted 60 and 40:".to_owned(),
            change: Some("62.5 and 55 → 59.5".to_owned()),
            reason: None,
        },
        ChainStep {
            about: "Late work".to_owned(),
            change: Some("59.5 → 54.5".to_owned()),
            reason: Some(
                "Scenario 2 came 3 hours late: 5 marks for the first 24 hours (regulation 7.4)."
                    .to_owned(),
            ),
        },
        ChainStep {
            about: "Rounding".to_owned(),
            change: Some("54.5 → 55".to_owned()),
            reason: Some("Half marks are rounded up at the module.".to_owned()),
        },
    ]
}

/// Every example page by name.
pub(crate) fn pages() -> Vec<(&'static str, String)> {
    let mut all = participant::pages();
    all.extend(marking::pages());
    all.extend(lead::pages());
    all.extend(launch::pages());
    all.extend(register::pages());
    all.extend(admin::pages());
    all.extend(picking::pages());
    all
}

fn page(name: &'static str, template: &impl Template) -> (&'static str, String) {
    (name, template.render().unwrap())
}

/// Writes the pages with the stylesheet beside them: `MTL_GALLERY=folder cargo test gallery`.
#[test]
fn gallery() {
    use crate::assets::{FAVICON, SCRIPT, STYLE};
    let Some(folder) = std::env::var_os("MTL_GALLERY").map(std::path::PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    for asset in [STYLE, SCRIPT, FAVICON] {
        std::fs::write(folder.join(asset.name()), asset.content()).unwrap();
    }
    for (name, html) in pages() {
        std::fs::write(
            folder.join(format!("{name}.html")),
            html.replace("\"/assets/", "\""),
        )
        .unwrap();
    }
}
