//! Marks that could not be sent: what a tutor reads on the cohort page and on the module's record,
//! and the buttons that send them again.

use axum::http::StatusCode;
use mtl_bridge_core::policies::PolicyInstall;
use mtl_demo_lms::Faults;

use super::app::TestApp;
use super::browser::{Answer, Browser};
use super::marking::{hand_in, judgement, submission_of};

const RECORD: &str = "/modules/mtl/looking-closely";

/// A tutor who has released a mark, and the module's record.
struct Released {
    tutor: Browser,
    record: String,
    base: String,
}

impl Released {
    async fn start(app: &TestApp) -> Self {
        hand_in(app).await;
        install_policy(app).await;
        let mut tutor = Browser::new(app);
        let cohort = tutor.launch(app, app.people.tutor, app.scenario()).await;
        assert!(!cohort.says("Marks that could not be sent"));
        let base = cohort.path.trim_end_matches('/').to_owned();
        let submission = submission_of(&cohort);
        let page = tutor.get(&submission).await;
        let fields = judgement(&page, "62.5", "A careful piece of work.");
        tutor
            .post(&format!("{submission}/judgement"), &fields)
            .await;
        let record = page.address(RECORD);
        let mut released = Self {
            tutor,
            record,
            base,
        };
        let token = [("form_token", page.input("form_token"))];
        let decided = released
            .tutor
            .post(&format!("{}/decide", released.record), &token)
            .await;
        let page = released.tutor.follow(decided).await;
        assert!(page.says("The policy has decided."), "{}", page.body);
        let release = page.address("/release");
        let answer = released.tutor.post(&release, &token).await;
        let page = released.tutor.follow(answer).await;
        assert!(page.says("Released. The participant can see it"));
        released
    }

    async fn record(&mut self) -> Answer {
        let path = self.record.clone();
        self.tutor.get(&path).await
    }

    async fn cohort(&mut self) -> Answer {
        self.tutor.get(&format!("{}/cohort", self.base)).await
    }
}

async fn install_policy(app: &TestApp) {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../plugins/hostile/hostile.wasm"
    );
    let institution = app.bridge.load_institution("north").await.unwrap().id;
    app.bridge
        .install_policy(
            institution,
            PolicyInstall {
                component: std::fs::read(file).unwrap(),
                settings: serde_json::json!({}),
                programme: None,
                module: None,
            },
        )
        .await
        .unwrap();
}

fn ungradable(app: &TestApp) -> Faults {
    Faults {
        ungradable: [app.participant()].into(),
        ..Faults::default()
    }
}

/// The delivery that the page's button for sending again names.
fn delivery(page: &Answer) -> String {
    page.input("delivery")
}

#[tokio::test]
async fn the_record_says_what_became_of_each_mark_in_words() {
    let app = TestApp::start().await;
    let mut released = Released::start(&app).await;
    let record = released.record().await;
    for words in [
        "Where it has been sent",
        "Gradebook, “A question from practice”",
        "62.5 of 100",
        "On its way",
        "It will be sent in a moment.",
    ] {
        assert!(record.says(words), "no {words:?} in {}", record.body);
    }

    app.lms.set_faults(Faults {
        down: true,
        ..Faults::default()
    });
    app.bridge.deliver_due().await.unwrap();
    let record = released.record().await;
    assert!(record.says("Trying again"), "{}", record.body);
    assert!(record.says("Tried 1 time so far; it is sent again by itself. Last time: "));
    assert!(!record.says("Send again"));

    app.lms.set_faults(ungradable(&app));
    app.clock.advance(chrono::TimeDelta::minutes(1));
    app.bridge.deliver_due().await.unwrap();
    let record = released.record().await;
    assert!(record.says("Could not be sent"), "{}", record.body);
    assert!(record.says("Enrol them as a student and send the mark again"));
    assert!(record.says("Send again"));

    app.lms.set_faults(Faults::default());
    let fields = [
        ("form_token", record.input("form_token")),
        ("delivery", delivery(&record)),
    ];
    let path = format!("{}/send-again", released.record);
    // A double click: both answers lead to the same words.
    for _ in 0..2 {
        let answer = released.tutor.post(&path, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let page = released.tutor.follow(answer).await;
        assert!(page.path.starts_with(&released.record), "{}", page.path);
        assert!(page.says("On its way to the gradebook again."));
        assert!(!page.body.contains("name=\"delivery\""), "{}", page.body);
    }
    app.bridge.deliver_due().await.unwrap();
    let record = released.record().await;
    assert!(record.says("Delivered") && record.says("The learning site took it on "));
}

#[tokio::test]
async fn the_cohort_page_names_marks_that_could_not_be_sent_and_sends_them_again() {
    let app = TestApp::start().await;
    let mut released = Released::start(&app).await;
    app.lms.set_faults(ungradable(&app));
    app.bridge.deliver_due().await.unwrap();
    let cohort = released.cohort().await;
    for words in [
        "Marks that could not be sent",
        "Amara Okafor",
        "62.5 of 100",
        "they may no longer be a student of the course there",
        "Enrol them as a student and send the mark again",
        "Send again",
    ] {
        assert!(cohort.says(words), "no {words:?} in {}", cohort.body);
    }
    let id = cohort
        .body
        .split("name=\"delivery\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap()
        .to_owned();
    let path = format!("{}/cohort/send-again", released.base);
    let fields = |token: &str| {
        vec![
            ("form_token".to_owned(), token.to_owned()),
            ("delivery".to_owned(), id.clone()),
        ]
    };

    // Nobody but a tutor or lead of the course sees it or does it.
    let mut coach = Browser::new(&app);
    let theirs = coach.launch(&app, app.people.coach, app.scenario()).await;
    assert!(!theirs.says("Marks that could not be sent"));
    let base = theirs.path.trim_end_matches('/').to_owned();
    let token = theirs.input("form_token");
    let refused = coach
        .post(&format!("{base}/cohort/send-again"), &fields(&token))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    // Nor another site's page, nor a form without its token.
    let token = cohort.input("form_token");
    let right = fields(&token);
    let foreign = released.tutor.post_from_elsewhere(&path, &right).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    let stale = released.tutor.post(&path, &fields("another")).await;
    assert!(!stale.status.is_redirection(), "{}", stale.status);
    let odd = [("form_token", token.as_str()), ("delivery", "x")];
    let odd = released.tutor.post(&path, &odd).await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND);
    assert!(released.cohort().await.says("Marks that could not be sent"));

    app.lms.set_faults(Faults::default());
    let answer = released.tutor.post(&path, &fields(&token)).await;
    let page = released.tutor.follow(answer).await;
    assert!(
        page.says("On its way to the gradebook again."),
        "{}",
        page.body
    );
    assert!(!page.says("Marks that could not be sent"));
    app.bridge.deliver_due().await.unwrap();
    let shown = app.lms.gradebook(app.people.course);
    assert!(
        shown
            .iter()
            .filter_map(|row| row.grade.as_ref()?.mark)
            .any(|mark| (mark - 62.5).abs() < 0.01)
    );
}
