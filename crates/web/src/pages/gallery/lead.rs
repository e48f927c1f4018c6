//! Example pages of a programme lead.

use super::*;
use crate::markdown::render_markdown;
use crate::pages::lead::*;

fn frame(title: &str, current: &str) -> Shell {
    shell(
        title,
        "Prof. Sam Ellis",
        &["Cohort", "Coaches", "Catalogue", "Policies", "Records"],
        current,
    )
}

pub(super) fn pages() -> Vec<(&'static str, String)> {
    vec![
        page(
            "catalogue",
            &CataloguePage {
                shell: frame("Catalogue", "Catalogue"),
                programmes: vec![ProgrammeCard {
                    title: "MA Teaching and Learning".to_owned(),
                    facts: vec!["180 credits".to_owned(), "FHEQ level 7".to_owned()],
                    summary: render_markdown("A master’s degree for practising teachers."),
                    phases: vec![CataloguePhase {
                        title: "Phase 2: Broadening and embedding".to_owned(),
                        modules: vec![CatalogueModule {
                            title: "Learning environments".to_owned(),
                            facts: "20 credits".to_owned(),
                            components: vec![
                                CatalogueComponent { title: "Scenario 1".to_owned(), weight: "60 %".to_owned() },
                                CatalogueComponent { title: "Scenario 2".to_owned(), weight: "40 %".to_owned() },
                            ],
                            activities: vec![CatalogueActivity {
                                title: "Scenario 1: A room to think in".to_owned(),
                                key: "mtl/room".to_owned(),
                                about: "Professional scenario · strands 1, 3".to_owned(),
                                instructions: render_markdown("Choose a class."),
                                prompts: vec![PromptView { title: "Context".to_owned(), text: render_markdown("Who spoke?") }],
                            }],
                        }],
                    }],
                }],
            },
        ),
        page(
            "policies",
            &PoliciesPage {
                shell: frame("Policies", "Policies"),
                policies: vec![PolicyCard {
                    name: "uk-masters".to_owned(),
                    version: "0.1.0".to_owned(),
                    state: badge(Tone::Good, "Active"),
                    summary: "The common rules of UK level-7 regulations.".to_owned(),
                    facts: vec![("Applies to", "Every module".to_owned()), ("Contract", "0.1.0".to_owned())],
                    digest: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
                    settings: vec![("Pass mark".to_owned(), "50".to_owned())],
                }],
            },
        ),
        page(
            "statements",
            &StatementsPage {
                shell: frame("Learning records", "Records"),
                filter: StatementFilter::default(),
                verbs: vec![("http://adlnet.gov/expapi/verbs/launched".to_owned(), "launched".to_owned())],
                error: None,
                statements: vec![StatementLine {
                    sentence: "7c9e6679 submitted “Scenario 1: A room to think in”".to_owned(),
                    at: at("2026-11-23T14:05:00Z"),
                    json: "{\n  \"verb\": {\"id\": \"https://w3id.org/xapi/dod-isd/verbs/submitted\"}\n}".to_owned(),
                }],
                more: Some("/l/0192/statements?until=x".to_owned()),
            },
        ),
    ]
}
