//! What can be placed in a course: the catalogue by module, searched and chosen from. The choice
//! travels in the address, so it works without script and outlives a search.

use std::collections::BTreeSet;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use mtl_bridge_core::catalogue::Place;
use mtl_programme::catalogue::{Activity, Module, Programme};
use mtl_programme::{ActivityKey, Strand};

use crate::forms::PostedForm;
use crate::markdown::render_markdown;
use crate::pages::parts::{FormError, counted};
use crate::pages::pick::{
    KeptChoice, PickActivity, PickModule, PickPage, PickPhase, Preview, StrandOption,
};
use crate::problem::Problem;
use crate::render::page_with;
use crate::state::WebState;
use crate::visitor::Visitor;
use crate::words::component_weight;

/// `GET /l/{launch}/pick`.
pub(super) async fn choose(
    State(state): State<WebState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    show(&state, &visitor, &parse_query(query), Vec::new()).await
}

/// The fields of an address.
pub(super) fn parse_query(query: Option<String>) -> PostedForm {
    PostedForm::parse(query.unwrap_or_default().as_bytes())
}

/// What was chosen: single activities and whole modules.
pub(super) struct Choice {
    activities: BTreeSet<String>,
    modules: BTreeSet<String>,
}

impl Choice {
    pub(super) fn of(form: &PostedForm) -> Self {
        let values = |wanted: &str| {
            form.all()
                .filter(|(name, _)| *name == wanted)
                .map(|(_, value)| value.to_owned())
                .collect()
        };
        Self {
            activities: values("a"),
            modules: values("m"),
        }
    }

    /// Each chosen activity that can be placed, in the catalogue's order.
    pub(super) fn keys(&self, programmes: &[Programme]) -> Vec<ActivityKey> {
        let mut keys = Vec::new();
        for programme in programmes {
            for module in programme.modules() {
                let whole = self.modules.contains(&module_value(programme, module));
                for activity in module.activities.iter().filter(|a| a.kind.is_built()) {
                    let key = programme.key_of(activity);
                    if whole || self.activities.contains(&key.to_string()) {
                        keys.push(key);
                    }
                }
            }
        }
        keys
    }

    /// The same with each whole module as its activities. A page shows the choice so, since a tick of
    /// the module beside those of its activities would, without script, add again what is unticked.
    fn one_by_one(mut self, programmes: &[Programme]) -> Self {
        let keys = self.keys(programmes);
        self.activities
            .extend(keys.iter().map(ActivityKey::to_string));
        self.modules.clear();
        self
    }

    /// The choice as part of an address.
    pub(super) fn to_query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for key in &self.activities {
            query.append_pair("a", key);
        }
        for module in &self.modules {
            query.append_pair("m", module);
        }
        query.finish()
    }
}

/// What was searched for.
struct Search {
    words: Vec<String>,
    strand: Option<Strand>,
}

impl Search {
    fn of(form: &PostedForm) -> Self {
        if form.find("all").is_some() {
            return Self {
                words: Vec::new(),
                strand: None,
            };
        }
        Self {
            words: form
                .text("q")
                .to_lowercase()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            strand: form.parsed("strand").and_then(Strand::find),
        }
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.strand.is_none()
    }

    /// Every word stands somewhere in what a tutor could remember of the activity.
    fn fits(&self, module: &Module, activity: &Activity) -> bool {
        let strand = self
            .strand
            .is_none_or(|strand| activity.strands.contains(&strand));
        let strands: Vec<&str> = activity.strands.iter().map(|s| s.title()).collect();
        let text = [
            activity.title.as_str(),
            activity.kind.title(),
            module.title.as_str(),
            activity.instructions.as_str(),
            activity.id.as_str(),
            &strands.join(" "),
        ]
        .join(" ")
        .to_lowercase();
        strand && self.words.iter().all(|word| text.contains(word))
    }
}

/// The list, with what was chosen and searched for.
pub(super) async fn show(
    state: &WebState,
    visitor: &Visitor,
    form: &PostedForm,
    errors: Vec<FormError>,
) -> Result<Response, Problem> {
    let rules = state.bridge.pick_rules(visitor)?;
    let placed = state.bridge.list_placed(visitor).await?;
    let programmes = state.bridge.catalogue().programmes();
    let search = Search::of(form);
    let mut choice = Choice::of(form);
    if rules.several {
        choice = choice.one_by_one(programmes);
    }
    let mut kept = Vec::new();
    let mut phases = Vec::new();
    let mut found = 0;
    for programme in programmes {
        for phase in &programme.phases {
            let mut modules = Vec::new();
            for module in &phase.modules {
                let (fits, hidden): (Vec<_>, Vec<_>) = module
                    .activities
                    .iter()
                    .partition(|activity| search.fits(module, activity));
                let chosen = hidden.into_iter().filter(|activity| {
                    let key = programme.key_of(activity).to_string();
                    activity.kind.is_built() && choice.activities.contains(&key)
                });
                kept.extend(chosen.map(|activity| kept_activity(programme, module, activity)));
                found += fits.len();
                if !fits.is_empty() {
                    let activities = fits
                        .into_iter()
                        .map(|activity| {
                            let key = programme.key_of(activity);
                            let chosen = choice.activities.contains(&key.to_string());
                            let is_placed = placed.contains(&key);
                            pick_activity(programme, module, activity, chosen, is_placed)
                        })
                        .collect();
                    modules.push(pick_module(programme, module, activities));
                }
            }
            if !modules.is_empty() {
                phases.push(PickPhase {
                    programme: programme.title.clone(),
                    title: phase.title.clone(),
                    modules,
                });
            }
        }
    }
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut shell = shell(visitor, "Add activities");
    shell.has_errors = !errors.is_empty();
    page_with(
        status,
        &PickPage {
            shell,
            errors,
            course: visitor.context.title.clone(),
            takes_activities: rules.takes_activities,
            several: rules.several,
            query: if search.words.is_empty() {
                String::new()
            } else {
                form.text("q").trim().to_owned()
            },
            strands: Strand::ALL
                .into_iter()
                .map(|strand| StrandOption {
                    number: strand.number(),
                    title: strand.title(),
                    is_chosen: search.strand == Some(strand),
                })
                .collect(),
            found: (!search.is_empty()).then(|| found_words(found)),
            kept,
            phases,
        },
    )
}

/// The frame of the picker's pages: a dialogue of the platform, so without our navigation.
pub(super) fn shell(visitor: &Visitor, title: &str) -> crate::pages::shell::Shell {
    crate::pages::shell::Shell {
        nav: Vec::new(),
        ..visitor.shell(title, "")
    }
}

fn found_words(found: usize) -> String {
    match found {
        0 => "Nothing fits that search.".to_owned(),
        1 => "1 activity fits.".to_owned(),
        many => format!("{many} activities fit."),
    }
}

fn module_value(programme: &Programme, module: &Module) -> String {
    format!("{}/{}", programme.id, module.id)
}

/// The id of the element of an activity or module.
pub(super) fn element_id(start: &str, value: &str) -> String {
    format!("{start}-{}", value.replace('/', "-"))
}

fn kept_activity(programme: &Programme, module: &Module, activity: &Activity) -> KeptChoice {
    let value = programme.key_of(activity).to_string();
    KeptChoice {
        id: element_id("kept", &value),
        module: module_value(programme, module),
        value,
        title: activity.title.clone(),
    }
}

fn built(module: &Module) -> impl Iterator<Item = &Activity> {
    module.activities.iter().filter(|a| a.kind.is_built())
}

fn pick_module(
    programme: &Programme,
    module: &Module,
    activities: Vec<PickActivity>,
) -> PickModule {
    let total = built(module).count();
    let columns = built(module)
        .filter(|activity| {
            let place = Place {
                programme,
                module,
                activity,
            };
            place.has_marks()
        })
        .count() as u64;
    let value = module_value(programme, module);
    PickModule {
        id: element_id("m", &value),
        title: module.title.clone(),
        facts: counted(u64::from(module.credits), "credit", "credits"),
        whole: (total > 0).then(|| {
            format!(
                "{}, {}",
                counted(total as u64, "activity", "activities"),
                counted(columns, "grade column", "grade columns")
            )
        }),
        total,
        activities,
        value,
    }
}

/// "40 % of the module · due 12 weeks after the start".
pub(super) fn about(module: &Module, activity: &Activity) -> String {
    let mut about = vec![activity.kind.title().to_owned()];
    about.extend(module.component_fed_by(activity).map(component_weight));
    about.extend(due_words(activity).map(|due| format!("due {due}")));
    about.join(" · ")
}

fn due_words(activity: &Activity) -> Option<String> {
    let rule = activity.due?;
    let weeks = counted(u64::from(rule.weeks_after_start), "week", "weeks");
    Some(format!(
        "{weeks} after the start, at {}",
        rule.at.format("%H:%M")
    ))
}

fn pick_activity(
    programme: &Programme,
    module: &Module,
    activity: &Activity,
    is_chosen: bool,
    is_placed: bool,
) -> PickActivity {
    let key = programme.key_of(activity).to_string();
    let is_built = activity.kind.is_built();
    let mut facts = vec![(
        "Counts",
        module.component_fed_by(activity).map_or_else(
            || "Not marked".to_owned(),
            |component| format!("{}: {}", component.title, component_weight(component)),
        ),
    )];
    facts.push((
        "Due",
        due_words(activity).unwrap_or_else(|| "No date".to_owned()),
    ));
    let strands: Vec<String> = activity
        .strands
        .iter()
        .map(|strand| format!("{} {}", strand.number(), strand.title()))
        .collect();
    facts.push(("Strands", strands.join("; ")));
    PickActivity {
        id: element_id("a", &key),
        title: activity.title.clone(),
        about: about(module, activity),
        is_built,
        is_chosen: is_chosen && is_built,
        is_placed,
        preview: Preview {
            kind: activity.kind.title(),
            description: activity.kind.description(),
            facts,
            instructions: render_markdown(&activity.instructions),
            stages: activity
                .kind
                .stages()
                .iter()
                .map(|stage| stage.title)
                .collect(),
        },
        key,
    }
}
