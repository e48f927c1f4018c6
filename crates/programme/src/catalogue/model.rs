//! The programme as its catalogue describes it. Values are made by `parse_programme` alone, which
//! has checked them: names are unique, references lead somewhere, weights and credits add up.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{CriteriaSet, DueRule};
use crate::activity_key::ActivityKey;
use crate::activity_kind::ActivityKind;
use crate::assessment::Grading;
use crate::mark::Mark;
use crate::scenario::Stage;
use crate::strand::Strand;

/// A programme that leads to an award.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Programme {
    /// Its name in activity keys.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The award it leads to.
    pub award: String,
    /// FHEQ level of the award, 4 to 8.
    pub level: u32,
    /// Credits of the award: the sum of all modules.
    pub credits: u32,
    /// What it is, in Markdown.
    pub summary: String,
    /// The phases in order; at least one.
    pub phases: Vec<Phase>,
    /// The criteria that components are judged by.
    pub criteria_sets: Vec<CriteriaSet>,
}

/// A phase of a programme.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Phase {
    /// Unique in the programme.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it is for, in Markdown.
    pub summary: String,
    /// The modules in order; at least one.
    pub modules: Vec<Module>,
}

/// A module: the unit that carries credits and a mark.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Module {
    /// Unique in the programme.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its credits.
    pub credits: u32,
    /// Its FHEQ level; the programme's unless it says otherwise.
    pub level: u32,
    /// What it is about, in Markdown.
    pub summary: String,
    /// What a participant can do at its end, one sentence each.
    pub outcomes: Vec<String>,
    /// What the institution calls it in its rules, such as `project`.
    pub flags: Vec<String>,
    /// The assessed parts in order; at least one.
    pub components: Vec<Component>,
    /// The activities in order; at least one.
    pub activities: Vec<Activity>,
}

/// An assessed part of a module.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Component {
    /// Unique in the module.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Marked, or only passed or failed.
    pub grading: Grading,
    /// Per cent of the module's mark: 1 to 100, and 0 where it is only passed or failed. The
    /// marked components of a module add up to 100.
    pub weight: u32,
    /// Whether the module is failed without it.
    pub must_pass: bool,
    /// A minimum of its own, if the institution sets one.
    pub minimum: Option<Mark>,
    /// The words it may have, if there is a limit.
    pub word_limit: Option<u32>,
    /// The id of its criteria set.
    pub criteria: String,
    /// Parts inside it that are judged on their own; usually none.
    pub elements: Vec<Element>,
}

/// A part of a component that is judged on its own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Element {
    /// Unique in the component.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Per cent of the component's mark; the elements of a component add up to 100.
    pub weight: u32,
    /// Whether the component is failed without it.
    pub must_pass: bool,
    /// A minimum of its own, if the institution sets one.
    pub minimum: Option<Mark>,
}

/// Something that a participant does.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Activity {
    /// Unique in the programme.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What kind it is.
    pub kind: ActivityKind,
    /// The strands it carries, in order; at least one.
    pub strands: Vec<Strand>,
    /// The component of its module that it is the judged work of, if it is assessed.
    pub feeds: Option<String>,
    /// When it is due, if it has a date.
    pub due: Option<DueRule>,
    /// What to do, in Markdown.
    pub instructions: String,
    /// A prompt for each stage of its kind, in Markdown, by the stage's id. All stages of a kind
    /// that is built have one.
    pub prompts: BTreeMap<String, String>,
}

/// An activity with where it stands in the programme.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Found<'a> {
    /// The phase.
    pub phase: &'a Phase,
    /// The module.
    pub module: &'a Module,
    /// The activity.
    pub activity: &'a Activity,
}

impl Programme {
    /// Every module in order.
    pub fn modules(&self) -> impl Iterator<Item = &Module> {
        self.phases.iter().flat_map(|phase| &phase.modules)
    }

    /// Every activity in order, with where it stands.
    pub fn activities(&self) -> impl Iterator<Item = Found<'_>> {
        self.phases.iter().flat_map(|phase| {
            phase.modules.iter().flat_map(move |module| {
                module.activities.iter().map(move |activity| Found {
                    phase,
                    module,
                    activity,
                })
            })
        })
    }

    /// The module with this id.
    pub fn find_module(&self, id: &str) -> Option<&Module> {
        self.modules().find(|module| module.id == id)
    }

    /// The activity with this id, with where it stands.
    pub fn find_activity(&self, id: &str) -> Option<Found<'_>> {
        self.activities().find(|found| found.activity.id == id)
    }

    /// The activity with this key; `None` also where the key is of another programme.
    pub fn find_by_key(&self, key: &ActivityKey) -> Option<Found<'_>> {
        (key.programme == self.id)
            .then(|| self.find_activity(&key.activity))
            .flatten()
    }

    /// The criteria set with this id.
    pub fn find_criteria(&self, id: &str) -> Option<&CriteriaSet> {
        self.criteria_sets.iter().find(|set| set.id == id)
    }

    /// The criteria of a component of this programme.
    pub fn criteria_of(&self, component: &Component) -> Option<&CriteriaSet> {
        self.find_criteria(&component.criteria)
    }

    /// The key of one of this programme's activities.
    pub fn key_of(&self, activity: &Activity) -> ActivityKey {
        ActivityKey {
            programme: self.id.clone(),
            activity: activity.id.clone(),
        }
    }
}

impl Module {
    /// The component with this id.
    pub fn find_component(&self, id: &str) -> Option<&Component> {
        self.components.iter().find(|component| component.id == id)
    }

    /// The activity with this id.
    pub fn find_activity(&self, id: &str) -> Option<&Activity> {
        self.activities.iter().find(|activity| activity.id == id)
    }

    /// The activity that feeds a component, if one does: there is at most one.
    pub fn activity_feeding(&self, component: &str) -> Option<&Activity> {
        self.activities
            .iter()
            .find(|activity| activity.feeds.as_deref() == Some(component))
    }

    /// The component that an activity feeds, if it is assessed.
    pub fn component_fed_by(&self, activity: &Activity) -> Option<&Component> {
        self.find_component(activity.feeds.as_deref()?)
    }

    /// The strands that its activities carry, each once and in order.
    pub fn strands(&self) -> Vec<Strand> {
        Strand::ALL
            .into_iter()
            .filter(|strand| {
                self.activities
                    .iter()
                    .any(|activity| activity.strands.contains(strand))
            })
            .collect()
    }
}

impl Activity {
    /// The prompt of one stage of its kind, in Markdown.
    pub fn prompt(&self, stage: &str) -> Option<&str> {
        self.prompts.get(stage).map(String::as_str)
    }

    /// The prompt of a scenario's stage, in Markdown; empty for another kind.
    pub fn scenario_prompt(&self, stage: Stage) -> &str {
        self.prompt(stage.as_str()).unwrap_or_default()
    }

    /// Whether it is judged.
    pub const fn is_assessed(&self) -> bool {
        self.feeds.is_some()
    }
}
