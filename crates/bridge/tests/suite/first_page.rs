//! The first page after a launch.

use chrono::TimeDelta;

use super::app::TestApp;

#[tokio::test]
async fn the_first_page_after_a_launch_needs_no_visit_from_the_store() {
    let app = TestApp::start().await;
    let person = app.people.participants[0];
    let launched = app.launch(person, app.people.links[0], None).await;
    // The launch's row is thrown away, as it is after a month: only memory knows of it.
    let later = app.bridge.now() + TimeDelta::days(40);
    let purged = app.bridge.store().purge_expired(later).await.unwrap();
    assert_eq!(purged.launches, 1);
    let load = || {
        app.bridge
            .load_visit(&launched.session_token, launched.launch)
    };
    assert_eq!(load().await.unwrap().launch, launched.launch);
    assert_eq!(load().await.unwrap_err().code(), "launch_unknown");
}
