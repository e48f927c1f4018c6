//! Courses of platforms, and the links in them from which the bridge is launched.

use mtl_programme::{ContextId, DeploymentId, InstitutionId, RegistrationId, ResourceLinkId};
use uuid::Uuid;

use crate::column::Texts;
use crate::transaction::{execute, fetch_all, fetch_optional};
use crate::{Store, StoreError};

/// A course of a platform.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct Context {
    /// Its identifier.
    #[sqlx(try_from = "Uuid")]
    pub id: ContextId,
    /// The deployment that it is seen through.
    #[sqlx(try_from = "Uuid")]
    pub deployment: DeploymentId,
    /// What the platform calls it; empty for launches from outside any course.
    pub lms_context: String,
    /// Its title.
    pub title: Option<String>,
    /// Its short name.
    pub label: Option<String>,
}

/// A link in a course.
#[derive(Clone, PartialEq, Eq, Debug, sqlx::FromRow)]
pub struct ResourceLink {
    /// Its identifier.
    #[sqlx(try_from = "Uuid")]
    pub id: ResourceLinkId,
    /// The platform.
    #[sqlx(try_from = "Uuid")]
    pub registration: RegistrationId,
    /// The deployment.
    #[sqlx(try_from = "Uuid")]
    pub deployment: DeploymentId,
    /// Its course.
    #[sqlx(try_from = "Uuid")]
    pub context: ContextId,
    /// What the platform calls it.
    pub lms_resource_link: String,
    /// Its title.
    pub title: Option<String>,
    /// The activity that it leads to, `programme/activity`; absent until it is bound.
    pub activity: Option<String>,
    /// Its own line item, where it has just one.
    pub line_item_url: Option<String>,
    /// The course's line items, where the platform grants them.
    pub lineitems_url: Option<String>,
    /// The granted scopes of the grade service.
    #[sqlx(try_from = "Texts")]
    pub scopes: Vec<String>,
    /// The course's roster, where the platform grants it.
    pub memberships_url: Option<String>,
}

/// `SELECT` of all columns of a link, by institution ($1) and a further condition.
macro_rules! select_link {
    ($condition:literal) => {
        concat!(
            "SELECT id, registration, deployment, context, lms_resource_link, title, activity, \
             line_item_url, lineitems_url, scopes, memberships_url \
             FROM resource_link WHERE institution = $1 AND ",
            $condition
        )
    };
}

impl Store {
    /// The course of this id.
    pub async fn load_context(
        &self,
        institution: InstitutionId,
        context: ContextId,
    ) -> Result<Context, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    Context,
                    "SELECT id, deployment, lms_context, title, label FROM context \
                     WHERE institution = $1 AND id = $2",
                    institution.0,
                    context.0,
                )
            })
        })
        .await?
        .ok_or(StoreError::NotFound("course"))
    }

    /// The link of this id.
    pub async fn find_resource_link(
        &self,
        institution: InstitutionId,
        link: ResourceLinkId,
    ) -> Result<Option<ResourceLink>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_optional!(
                    tx,
                    ResourceLink,
                    select_link!("id = $2"),
                    institution.0,
                    link.0
                )
            })
        })
        .await
    }

    /// The links of a course.
    pub async fn list_resource_links(
        &self,
        institution: InstitutionId,
        context: ContextId,
    ) -> Result<Vec<ResourceLink>, StoreError> {
        self.read(move |tx| {
            Box::pin(async move {
                fetch_all!(
                    tx,
                    ResourceLink,
                    select_link!("context = $2 ORDER BY created_at, id"),
                    institution.0,
                    context.0
                )
            })
        })
        .await
    }

    /// Says which activity (`programme/activity`) a link leads to, from now on.
    pub async fn bind_resource_link(
        &self,
        institution: InstitutionId,
        link: ResourceLinkId,
        activity: String,
    ) -> Result<(), StoreError> {
        self.write(move |tx| {
            Box::pin(async move {
                let bound = execute!(
                    tx,
                    "UPDATE resource_link SET activity = $3 WHERE institution = $1 AND id = $2",
                    institution.0,
                    link.0,
                    activity,
                )?;
                (bound == 1)
                    .then_some(())
                    .ok_or(StoreError::NotFound("resource link"))
            })
        })
        .await
    }
}
