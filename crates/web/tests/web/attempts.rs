//! A further attempt: what its page shows of the one before.

use super::app::TestApp;
use super::browser::{Answer, Browser};
use super::marking::{hand_in, judgement, submission_of};

/// The part of the page that shows what was handed in before.
fn earlier(page: &Answer) -> &str {
    let (_, rest) = page
        .body
        .split_once("id=\"earlier-title\"")
        .unwrap_or_else(|| panic!("nothing earlier in {}", page.body));
    rest.split_once("</section>").unwrap().0
}

#[tokio::test]
async fn attempt_2_shows_what_was_handed_in_before_but_no_comment_before_its_release() {
    let app = TestApp::start().await;
    let submitted = hand_in(&app).await;
    assert!(!submitted.body.contains("earlier-title"));
    let mut tutor = Browser::new(&app);
    let cohort = tutor.launch(&app, app.people.tutor, app.scenario()).await;
    let submission = submission_of(&cohort);
    let page = tutor.get(&submission).await;
    let fields = judgement(&page, "41", "Say what the evidence cannot show.");
    tutor
        .post(&format!("{submission}/judgement"), &fields)
        .await;
    let fields = [
        ("form_token", page.input("form_token")),
        ("reason", "Handed in by mistake.".to_owned()),
    ];
    let answer = tutor.post(&format!("{submission}/reopen"), &fields).await;
    let page = tutor.follow(answer).await;
    assert!(page.says("Reopened as a further attempt."), "{}", page.body);

    let mut participant = Browser::new(&app);
    let page = participant
        .launch(&app, app.participant(), app.scenario())
        .await;
    assert!(page.says("Attempt 2") && page.says("Handed in by mistake."));
    let before = earlier(&page);
    assert!(
        before.contains("<summary>Attempt 1, submitted "),
        "{before}"
    );
    assert!(before.contains("<p class=\"written\">About question.</p>"));
    // It is for reading only.
    assert!(!before.contains("<textarea") && !before.contains("<form"));
    assert!(
        !page.says("Say what the evidence cannot show."),
        "a comment is seen before its release"
    );
}
