//! The groups of a course (Course Groups 1.0): where they are, as launches say, and their names.

use std::collections::HashMap;
use std::time::Duration;

use mtl_lti::claims::GroupsEndpoint;
use mtl_lti::groups::{Group, GroupSet, SCOPE_CONTEXT_GROUP_READ};
use mtl_lti_client::{PlatformAccess, ServiceError};
use mtl_programme::{ContextId, InstitutionId};
use mtl_store::StoreError;
use mtl_store::roster::RosterRow;
use url::Url;

use super::view::RosterGroup;
use crate::Bridge;

/// Courses that are remembered; one that is forgotten is written once more.
const MOST: u64 = 10_000;
const FRESH: Duration = Duration::from_hours(1);

/// What was written already, so that a launch writes nothing about groups again.
#[derive(Clone)]
pub(crate) struct GroupsMemory(moka::future::Cache<ContextId, (String, Option<String>)>);

impl GroupsMemory {
    pub(crate) fn new() -> Self {
        Self(
            moka::future::Cache::builder()
                .max_capacity(MOST)
                .time_to_live(FRESH)
                .build(),
        )
    }
}

impl Bridge {
    /// Keeps where a course's groups are, when a launch says so for the first time or anew.
    pub(crate) async fn note_groups_service(
        &self,
        institution: InstitutionId,
        context: ContextId,
        claim: &GroupsEndpoint,
    ) -> Result<(), StoreError> {
        let granted = claim.scope.is_empty()
            || claim
                .scope
                .iter()
                .any(|scope| scope == SCOPE_CONTEXT_GROUP_READ);
        let said = (
            claim.context_groups_url.to_string(),
            claim.context_group_sets_url.as_ref().map(Url::to_string),
        );
        if !granted || self.groups_memory().0.get(&context).await.as_ref() == Some(&said) {
            return Ok(());
        }
        self.store()
            .record_groups_service(institution, context, said.0.clone(), said.1.clone())
            .await?;
        self.groups_memory().0.insert(context, said).await;
        Ok(())
    }

    /// The groups of a course with the names of their sets, as JSON; none where the platform has no
    /// such service.
    pub(super) async fn read_groups(
        &self,
        access: &PlatformAccess,
        row: &RosterRow,
    ) -> Result<Option<String>, ServiceError> {
        let Some(url) = row.groups_url.as_deref() else {
            return Ok(None);
        };
        let client = self.platforms().groups();
        let groups = client.list_groups(access, &parse(url)?).await?;
        let sets = match row.group_sets_url.as_deref() {
            Some(url) => client.list_group_sets(access, &parse(url)?).await?,
            None => Vec::new(),
        };
        let named = name_groups(groups, sets);
        serde_json::to_string(&named)
            .map(Some)
            .map_err(|_| ServiceError::unreadable("the groups of a course"))
    }
}

fn name_groups(groups: Vec<Group>, sets: Vec<GroupSet>) -> Vec<RosterGroup> {
    let sets: HashMap<String, String> = sets
        .into_iter()
        .filter_map(|set| Some((set.id, set.name?)))
        .collect();
    let mut named: Vec<RosterGroup> = groups
        .into_iter()
        .map(|group| RosterGroup {
            name: group.name.unwrap_or_else(|| format!("Group {}", group.id)),
            set: group.set_id.and_then(|set| sets.get(&set).cloned()),
            id: group.id,
        })
        .collect();
    named.sort_by(|a, b| (&a.set, &a.name, &a.id).cmp(&(&b.set, &b.name, &b.id)));
    named
}

fn parse(url: &str) -> Result<Url, ServiceError> {
    Url::parse(url).map_err(|_| ServiceError::unreadable("the address of the groups"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_by_set_and_name() {
        let group = |id: &str, name: Option<&str>, set: Option<&str>| Group {
            id: id.to_owned(),
            name: name.map(ToOwned::to_owned),
            tag: None,
            set_id: set.map(ToOwned::to_owned),
        };
        let sets = vec![GroupSet {
            id: "9".to_owned(),
            name: Some("Laboratory".to_owned()),
        }];
        let groups = vec![
            group("1", Some("Tuesday"), Some("9")),
            group("2", Some("Friday"), Some("9")),
            group("3", None, Some("8")),
        ];
        let named: Vec<_> = name_groups(groups, sets)
            .into_iter()
            .map(|group| group.title())
            .collect();
        assert_eq!(
            named,
            ["Group 3", "Laboratory: Friday", "Laboratory: Tuesday"]
        );
    }
}
