//! Which course a person's work belongs to. A course is a cohort: somebody who is in two courses
//! (a copied one, a year later) has attempts of their own in each.
//!
//! An activity that is placed in the course of a visit is done there. One that is not placed there
//! is another course's: from the programme's overview its work is gone on with where it was begun.

use std::collections::HashSet;

use mtl_programme::{ActivityKey, ContextId};
use mtl_store::StoreError;
use mtl_store::work::AttemptRow;

use crate::Bridge;
use crate::visit::Visit;

/// The activities that links of a course open.
pub(crate) struct Placed {
    context: ContextId,
    keys: HashSet<ActivityKey>,
}

impl Placed {
    fn holds(&self, programme: &str, activity: &str) -> bool {
        self.keys
            .iter()
            .any(|key| key.programme == programme && key.activity == activity)
    }

    /// The course whose attempts this course's pages work with, of one person's attempts at one
    /// activity: its own, or that of the newest attempt where the activity is not placed here.
    pub(crate) fn own_course<'r>(
        &self,
        attempts: impl Iterator<Item = &'r AttemptRow> + Clone,
    ) -> ContextId {
        if attempts.clone().any(|row| row.context == self.context) {
            return self.context;
        }
        match attempts.max_by_key(|row| row.opened_at) {
            Some(newest) if !self.holds(&newest.programme, &newest.activity) => newest.context,
            _ => self.context,
        }
    }
}

impl Bridge {
    pub(crate) async fn placed_in(&self, visit: &Visit) -> Result<Placed, StoreError> {
        let links = self
            .store()
            .list_resource_links(visit.institution, visit.context.id)
            .await?;
        let keys = links
            .into_iter()
            .filter_map(|link| link.activity?.parse().ok())
            .chain(visit.activity.clone())
            .collect();
        Ok(Placed {
            context: visit.context.id,
            keys,
        })
    }
}
