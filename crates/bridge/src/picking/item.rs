//! One picked activity as the platform gets it: a link with custom parameters, dates, and a column.

use chrono::{DateTime, SecondsFormat, Utc};
use mtl_lti::ags::SubmissionReview;
use mtl_lti::claims::DeepLinkingSettings;
use mtl_lti::course_copy;
use mtl_lti::deep_linking::{ContentItem, ItemLineItem, ResourceLinkItem, TimeSpan, WindowTarget};
use mtl_programme::{ActivityKey, ActivityKind};
use url::Url;

use crate::catalogue::Place;
use crate::launch::{
    PARAMETER_ACTIVITY, PARAMETER_DUE, PARAMETER_PLATFORM_DUE, PARAMETER_SET_IN, PLATFORM_DUE,
};

/// The tag of an activity's own column (`tag` of its line item, AGS 2.0 section 3.1.5); its
/// `resourceId` is the activity's key.
pub const ACTIVITY_TAG: &str = "mtl-activity";
/// Columns take marks out of 100.
const MAXIMUM: f64 = 100.0;
/// States of work that a tutor can open from the gradebook (Submission Review 1.0, section 4).
const REVIEWABLE: [&str; 3] = ["InProgress", "Submitted", "Completed"];

/// An activity that a tutor picked, with what they set for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PickedActivity {
    /// The activity.
    pub key: ActivityKey,
    /// Its name in the course; the catalogue's where it is empty.
    pub title: String,
    /// Whether it brings a column of the gradebook, if it has a mark and the platform takes one.
    pub with_column: bool,
    /// From when participants see it.
    pub opens: Option<DateTime<Utc>>,
    /// When it is due.
    pub due: Option<DateTime<Utc>>,
}

/// What the item is made for.
pub(super) struct Target<'a> {
    pub(super) settings: &'a DeepLinkingSettings,
    /// The platform's id of the course.
    pub(super) lms_context: &'a str,
    /// The address of the launch; none where the platform's own setting of it must count.
    pub(super) url: Option<Url>,
}

/// The content item (Deep Linking 2.0, section 3.4).
pub(super) fn content_item(
    place: &Place<'_>,
    picked: &PickedActivity,
    target: &Target<'_>,
) -> ContentItem {
    let title = match picked.title.trim() {
        "" => place.activity.title.clone(),
        title => title.to_owned(),
    };
    let mut custom: std::collections::BTreeMap<String, String> = course_copy::HISTORY_PARAMETERS
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    custom.insert(PARAMETER_ACTIVITY.to_owned(), place.key().to_string());
    custom.insert(PARAMETER_PLATFORM_DUE.to_owned(), PLATFORM_DUE.to_owned());
    if let Some(due) = picked.due {
        // A copied course keeps the parameter, so it says for which course it was set.
        custom.insert(
            PARAMETER_DUE.to_owned(),
            due.to_rfc3339_opts(SecondsFormat::Secs, true),
        );
        custom.insert(PARAMETER_SET_IN.to_owned(), target.lms_context.to_owned());
    }
    let column = picked.with_column && target.settings.accept_lineitem && place.has_marks();
    ContentItem::ResourceLink(Box::new(ResourceLinkItem {
        text: Some(text_of(place.activity.kind).to_owned()),
        url: target.url.clone(),
        custom,
        line_item: column.then(|| ItemLineItem {
            score_maximum: MAXIMUM,
            label: Some(title.clone()),
            resource_id: Some(place.key().to_string()),
            tag: Some(ACTIVITY_TAG.to_owned()),
            grades_released: None,
            submission_review: Some(SubmissionReview {
                reviewable_status: REVIEWABLE.map(str::to_owned).to_vec(),
                label: Some("Read the work".to_owned()),
                ..SubmissionReview::default()
            }),
        }),
        available: picked.opens.map(|opens| TimeSpan {
            start_date_time: Some(opens),
            end_date_time: None,
        }),
        submission: picked.due.map(|due| TimeSpan {
            start_date_time: picked.opens,
            end_date_time: Some(due),
        }),
        window: only_in_windows(target.settings).then(|| WindowTarget {
            target_name: Some("_blank".to_owned()),
        }),
        title: Some(title),
        ..ResourceLinkItem::default()
    }))
}

fn text_of(kind: ActivityKind) -> &'static str {
    kind.description()
}

/// Whether the platform shows tools in windows and not in frames: then the link says so. Where it
/// takes frames, its own setting counts.
fn only_in_windows(settings: &DeepLinkingSettings) -> bool {
    let targets = &settings.accept_presentation_document_targets;
    let takes = |name: &str| targets.iter().any(|target| target == name);
    takes("window") && !takes("iframe") && !takes("frame")
}
