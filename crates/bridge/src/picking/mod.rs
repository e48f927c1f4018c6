//! Picking activities for a course: what the platform takes, who may pick, what goes back to it.
//!
//! Deep Linking 2.0.

mod answer;
mod item;

use mtl_lti::claims::DeepLinkingSettings;
use mtl_lti::signing_key::SigningError;
use mtl_programme::ActivityKey;
use mtl_store::StoreError;

use crate::Bridge;
use crate::keys::KeyError;
use crate::launch::{LaunchDetails, PickRequest};
use crate::visit::Visit;

pub use answer::PickAnswer;
pub use item::{ACTIVITY_TAG, PickedActivity};

/// The kind of content item that opens an activity.
const LTI_LINK: &str = "ltiResourceLink";

/// Why activities could not be picked.
#[derive(Debug, thiserror::Error)]
pub enum PickError {
    /// Only tutors and programme leads place activities.
    #[error("only a tutor or programme lead can add activities to a course")]
    NotAllowed,
    /// The launch was not made to pick something.
    #[error("this launch does not pick activities")]
    NotPicking,
    /// The platform takes nothing that opens an activity.
    #[error("the platform takes no links that open an activity here")]
    NothingAccepted,
    /// The platform takes one activity at a time.
    #[error("the platform takes one activity at a time here")]
    OnlyOne,
    /// The catalogue has no such activity, or it has no page yet.
    #[error("there is no activity {0} that can be added")]
    Unavailable(ActivityKey),
    /// The time from which an activity is open lies after its due time.
    #[error("{0} would open after it is due")]
    OpensTooLate(ActivityKey),
    /// The registration could not be loaded, or the pick could not be kept.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// The registration could not be loaded into memory.
    #[error("the store: {0}")]
    Cached(std::sync::Arc<StoreError>),
    /// There is no key to sign with.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The answer could not be signed.
    #[error("the answer to the platform: {0}")]
    Signing(#[from] SigningError),
}

impl PickError {
    /// A stable name for logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::NotPicking => "pick_not_asked",
            Self::NothingAccepted => "pick_type_refused",
            Self::OnlyOne => "pick_one_only",
            Self::Unavailable(_) => "pick_unavailable",
            Self::OpensTooLate(_) => "pick_dates",
            Self::Store(error) => error.code(),
            Self::Cached(error) => error.code(),
            Self::Key(_) | Self::Signing(_) => "pick_unsigned",
        }
    }

    /// Whether it is our fault, rather than the request's.
    pub fn is_fault(&self) -> bool {
        matches!(
            self,
            Self::Store(_) | Self::Cached(_) | Self::Key(_) | Self::Signing(_)
        )
    }
}

/// What the platform takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PickRules {
    /// Whether it takes activities at all.
    pub takes_activities: bool,
    /// Whether several may be picked at once.
    pub several: bool,
    /// Whether an activity may bring its column of the gradebook.
    pub columns: bool,
}

impl PickRules {
    fn of(settings: &DeepLinkingSettings) -> Self {
        Self {
            takes_activities: settings.accepts(LTI_LINK),
            several: settings.accept_multiple,
            columns: settings.accept_lineitem,
        }
    }
}

impl Bridge {
    /// What may be picked in this launch; refused to people who do not place activities.
    pub fn pick_rules(&self, visit: &Visit) -> Result<PickRules, PickError> {
        Ok(PickRules::of(&self.pick_request(visit)?.settings))
    }

    /// The activities that links of the visit's course open already, as far as they were opened
    /// once.
    pub async fn list_placed(&self, visit: &Visit) -> Result<Vec<ActivityKey>, PickError> {
        let links = self
            .store()
            .list_resource_links(visit.institution, visit.context.id)
            .await?;
        Ok(links
            .into_iter()
            .filter_map(|link| link.activity?.parse().ok())
            .collect())
    }

    fn pick_request<'v>(&self, visit: &'v Visit) -> Result<&'v PickRequest, PickError> {
        let _ = self;
        let Some(LaunchDetails::DeepLinking(request)) = &visit.details else {
            return Err(PickError::NotPicking);
        };
        if visit.standing.tutor || visit.standing.lead {
            Ok(request)
        } else {
            Err(PickError::NotAllowed)
        }
    }
}
