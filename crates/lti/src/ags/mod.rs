//! Assignment and Grade Services 2.0: line items, scores, results, and the URLs and names that go with them.

mod line_item;
mod result;
mod score;

pub use line_item::{LineItem, SubmissionReview};
pub use result::GradeResult;
pub use score::{
    ActivityProgress, CanvasFile, CanvasSubmission, GradingProgress, Score, SubmissionTimes,
};

use serde::Serializer;
use url::Url;

/// Read, create, change and delete line items.
pub const SCOPE_LINE_ITEM: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem";
/// Read line items.
pub const SCOPE_LINE_ITEM_READ: &str =
    "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly";
/// Read results.
pub const SCOPE_RESULT_READ: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly";
/// Send scores.
pub const SCOPE_SCORE: &str = "https://purl.imsglobal.org/spec/lti-ags/scope/score";

/// Media type of one line item.
pub const MEDIA_LINE_ITEM: &str = "application/vnd.ims.lis.v2.lineitem+json";
/// Media type of a list of line items.
pub const MEDIA_LINE_ITEMS: &str = "application/vnd.ims.lis.v2.lineitemcontainer+json";
/// Media type of a list of results.
pub const MEDIA_RESULTS: &str = "application/vnd.ims.lis.v2.resultcontainer+json";
/// Media type of a score.
pub const MEDIA_SCORE: &str = "application/vnd.ims.lis.v1.score+json";

/// Where scores of a line item are posted: `/scores` goes before the query, which Moodle's URLs have.
pub fn scores_url(line_item: &Url) -> Url {
    with_segment(line_item, "scores")
}

/// Where results of a line item are read, of one person or of all.
pub fn results_url(line_item: &Url, user_id: Option<&str>) -> Url {
    let mut url = with_segment(line_item, "results");
    if let Some(user_id) = user_id {
        url.query_pairs_mut().append_pair("user_id", user_id);
    }
    url
}

fn with_segment(url: &Url, segment: &str) -> Url {
    let path = format!("{}/{segment}", url.path().trim_end_matches('/'));
    let mut url = url.clone();
    url.set_path(&path);
    url
}

/// Writes `100` and not `100.0`: the same number, but one that every platform's parser takes.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference to the field"
)]
pub(crate) fn serialize_number<S: Serializer>(
    number: &f64,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole numbers below 2^53 only"
    )]
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        serializer.serialize_i64(*number as i64)
    } else {
        serializer.serialize_f64(*number)
    }
}

#[expect(
    clippy::ref_option,
    reason = "serde hands over a reference to the field"
)]
fn serialize_optional_number<S: Serializer>(
    number: &Option<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match number {
        Some(number) => serialize_number(number, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_segment_goes_before_the_query() {
        let table = [
            (
                "http://127.0.0.1:8090/mod/lti/services.php/2/lineitems/2/lineitem?type_id=1",
                "http://127.0.0.1:8090/mod/lti/services.php/2/lineitems/2/lineitem/scores?type_id=1",
            ),
            (
                "https://c.example/api/lti/courses/1/line_items/5",
                "https://c.example/api/lti/courses/1/line_items/5/scores",
            ),
            (
                "https://c.example/items/5/",
                "https://c.example/items/5/scores",
            ),
        ];
        for (line_item, scores) in table {
            assert_eq!(scores_url(&Url::parse(line_item).unwrap()).as_str(), scores);
        }
        let line_item = Url::parse(table[0].0).unwrap();
        assert_eq!(
            results_url(&line_item, Some("a b&c")).as_str(),
            "http://127.0.0.1:8090/mod/lti/services.php/2/lineitems/2/lineitem/results?type_id=1&user_id=a+b%26c"
        );
        assert!(
            results_url(&line_item, None)
                .as_str()
                .ends_with("/results?type_id=1")
        );
    }
}
