//! The catalogue, to look through.

use std::fmt::Write as _;

use axum::extract::State;
use axum::response::Response;
use mtl_bridge_core::marking::MarkingError;
use mtl_programme::catalogue::{Activity, Module, Programme};

use crate::markdown::render_markdown;
use crate::pages::lead::{
    CatalogueActivity, CatalogueComponent, CatalogueModule, CataloguePage, CataloguePhase,
    ProgrammeCard, PromptView,
};
use crate::pages::parts::counted;
use crate::problem::Problem;
use crate::render::page;
use crate::state::WebState;
use crate::visitor::Visitor;
use crate::words::component_weight;

/// `GET /l/{launch}/catalogue`.
pub(super) async fn show(
    State(state): State<WebState>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    if !visitor.standing.tutor && !visitor.standing.lead {
        return Err(MarkingError::NotAllowed.into());
    }
    page(&CataloguePage {
        shell: visitor.shell("Catalogue", "catalogue"),
        programmes: state
            .bridge
            .catalogue()
            .programmes()
            .iter()
            .map(programme_card)
            .collect(),
    })
}

fn programme_card(programme: &Programme) -> ProgrammeCard {
    ProgrammeCard {
        title: programme.title.clone(),
        facts: vec![
            programme.award.clone(),
            counted(u64::from(programme.credits), "credit", "credits"),
            format!("FHEQ level {}", programme.level),
        ],
        summary: render_markdown(&programme.summary),
        phases: programme
            .phases
            .iter()
            .map(|phase| CataloguePhase {
                title: phase.title.clone(),
                modules: phase
                    .modules
                    .iter()
                    .map(|module| module_card(programme, module))
                    .collect(),
            })
            .collect(),
    }
}

fn module_card(programme: &Programme, module: &Module) -> CatalogueModule {
    CatalogueModule {
        title: module.title.clone(),
        facts: counted(u64::from(module.credits), "credit", "credits"),
        components: module
            .components
            .iter()
            .map(|component| CatalogueComponent {
                title: component.title.clone(),
                weight: component_weight(component),
            })
            .collect(),
        activities: module
            .activities
            .iter()
            .map(|activity| activity_card(programme, activity))
            .collect(),
    }
}

fn activity_card(programme: &Programme, activity: &Activity) -> CatalogueActivity {
    let strands: Vec<String> = activity
        .strands
        .iter()
        .map(|strand| strand.number().to_string())
        .collect();
    let mut about = format!(
        "{} · strand{} {}",
        activity.kind.title(),
        if strands.len() == 1 { "" } else { "s" },
        strands.join(", ")
    );
    if let Some(due) = activity.due {
        let weeks = counted(u64::from(due.weeks_after_start), "week", "weeks");
        let _ = write!(
            about,
            " · due {weeks} after the start, at {}",
            due.at.format("%H:%M")
        );
    }
    if !activity.kind.is_built() {
        about.push_str(" · not here yet");
    }
    CatalogueActivity {
        title: activity.title.clone(),
        key: programme.key_of(activity).to_string(),
        about,
        instructions: render_markdown(&activity.instructions),
        prompts: activity
            .kind
            .stages()
            .iter()
            .filter_map(|stage| {
                Some(PromptView {
                    title: stage.title.to_owned(),
                    text: render_markdown(activity.prompt(stage.id)?),
                })
            })
            .collect(),
    }
}
