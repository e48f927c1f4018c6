//! The programmes that are offered, and where an activity is found in them.

use std::sync::Arc;

use mtl_programme::ActivityKey;
use mtl_programme::assessment::Grading;
use mtl_programme::catalogue::{Activity, Component, Module, Programme};

/// All programmes, cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Catalogue(Arc<Vec<Programme>>);

/// An activity with what it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The programme.
    pub programme: &'a Programme,
    /// The module.
    pub module: &'a Module,
    /// The activity.
    pub activity: &'a Activity,
}

impl Catalogue {
    /// A catalogue of these programmes.
    pub fn new(programmes: Vec<Programme>) -> Self {
        Self(Arc::new(programmes))
    }

    /// The programmes, in the order of their files.
    pub fn programmes(&self) -> &[Programme] {
        &self.0
    }

    /// The programme of that id.
    pub fn find_programme(&self, id: &str) -> Option<&Programme> {
        self.0.iter().find(|programme| programme.id == id)
    }

    /// The module of that id.
    pub fn find_module(&self, programme: &str, module: &str) -> Option<(&Programme, &Module)> {
        let programme = self.find_programme(programme)?;
        let module = programme
            .modules()
            .find(|candidate| candidate.id == module)?;
        Some((programme, module))
    }

    /// The activities whose marks count, as `programme/activity`.
    pub fn list_marked_activities(&self) -> Vec<String> {
        let mut keys = Vec::new();
        for programme in self.0.iter() {
            let activities = programme.modules().flat_map(|module| &module.activities);
            for activity in activities.filter(|activity| activity.feeds.is_some()) {
                keys.push(format!("{}/{}", programme.id, activity.id));
            }
        }
        keys
    }

    /// Where an activity stands.
    pub fn find(&self, key: &ActivityKey) -> Option<Place<'_>> {
        let programme = self.find_programme(&key.programme)?;
        programme.modules().find_map(|module| {
            let activity = module.activities.iter().find(|a| a.id == key.activity)?;
            Some(Place {
                programme,
                module,
                activity,
            })
        })
    }
}

impl<'a> Place<'a> {
    /// The activity's address.
    pub fn key(&self) -> ActivityKey {
        ActivityKey {
            programme: self.programme.id.clone(),
            activity: self.activity.id.clone(),
        }
    }

    /// Whether its marks can go into a column of its own: it feeds a component that is marked, and
    /// not only passed or failed.
    pub fn has_marks(&self) -> bool {
        self.component()
            .is_some_and(|component| component.grading == Grading::Marked)
    }

    /// The component that the activity feeds.
    pub fn component(&self) -> Option<&'a Component> {
        let id = self.activity.feeds.as_deref()?;
        self.module
            .components
            .iter()
            .find(|component| component.id == id)
    }
}
