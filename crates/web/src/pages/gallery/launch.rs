//! Example pages of launches and problems.

use super::*;
use crate::pages::launch::*;
use crate::pages::problem::*;

pub(super) fn pages() -> Vec<(&'static str, String)> {
    vec![
        page(
            "new-tab",
            &NewTabPage {
                shell: Shell::bare("Open in a new tab"),
                login: "/lti/login?iss=https%3A%2F%2Flms.example".to_owned(),
                storage: None,
            },
        ),
        page("handover", &HandoverPage { shell: Shell::bare("Signed in"), handover: "h".to_owned() }),
        page(
            "storage",
            &StoragePage {
                shell: Shell::bare("Opening"),
                frame: String::new(),
                origin: "https://lms.example".to_owned(),
                key: "mtl-k".to_owned(),
                id_token: "t".to_owned(),
                state: "s".to_owned(),
            },
        ),
        page(
            "problem",
            &ProblemPage {
                shell: Shell::bare("This page was opened already"),
                title: "This page was opened already".to_owned(),
                happened: "Each time you open an activity from your course, it works once. This one was used before: perhaps the page was reloaded, or you pressed Back.".to_owned(),
                advice: "Go back to your course and open the activity again.".to_owned(),
                back: Some("https://lms.example/course/2".to_owned()),
                home: None,
                reference: Some("K7QX2M9P".to_owned()),
            },
        ),
        page(
            "session-ended",
            &KeptTextPage {
                shell: Shell::bare("Your session has ended"),
                title: "Your session has ended",
                happened: "Your text was not saved, because you are no longer signed in. Nothing is lost: it is all below.".to_owned(),
                advice: "Open the activity from your course in another tab, then come back here and press “Save again”. To be quite safe, copy your text first.",
                action: "/l/0192/attempts/1/draft".to_owned(),
                button: "Save again",
                hidden: vec![("stage".to_owned(), "context".to_owned())],
                texts: vec![KeptText { label: "Your setting".to_owned(), name: "text.setting".to_owned(), text: work()[0].texts[0].text.clone() }],
                reference: None,
            },
        ),
    ]
}
