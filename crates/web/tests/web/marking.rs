//! Pages of coaches and tutors: pairing, reading, judging.

use axum::http::StatusCode;

use super::app::{ACTIVITY, TestApp};
use super::browser::{Answer, Browser};

/// Writes and submits the first participant's scenario; answers the page after it.
pub(crate) async fn hand_in(app: &TestApp) -> Answer {
    let mut browser = Browser::new(app);
    let mut page = browser.launch(app, app.participant(), app.scenario()).await;
    let base = page.path.trim_end_matches('/').to_owned();
    let attempt = page.address("/draft").trim_end_matches("/draft").to_owned();
    for stage in [
        "context",
        "plan",
        "evidence",
        "analysis",
        "reflection",
        "impact",
    ] {
        page = browser
            .get(&format!("{base}/work/{ACTIVITY}?stage={stage}"))
            .await;
        let mut fields = vec![
            ("form_token".to_owned(), page.input("form_token")),
            ("stage".to_owned(), stage.to_owned()),
            ("based_on".to_owned(), page.input("based_on")),
        ];
        for part in page.body.split("name=\"text.").skip(1) {
            let name = &part[..part.find('"').unwrap()];
            fields.push((format!("text.{name}"), format!("About {name}.")));
        }
        let saved = browser.post(&format!("{attempt}/draft"), &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    }
    let page = browser.get(&format!("{attempt}/submit")).await;
    assert!(page.says("Ready to submit"), "{}", page.body);
    let fields = [
        ("form_token", page.input("form_token")),
        ("revision", page.input("revision")),
        ("declare", "yes".to_owned()),
    ];
    let submitted = browser.post(&format!("{attempt}/submit"), &fields).await;
    let page = browser.follow(submitted).await;
    assert!(
        page.says("The work is frozen") && page.says("About question."),
        "{}",
        page.body
    );
    page
}

/// The address of the first submission that a cohort page leads to.
pub(crate) fn submission_of(cohort: &Answer) -> String {
    let mut parts = cohort.body.split('"');
    let found = parts.find(|part| part.contains("/submissions/"));
    found.unwrap().to_owned()
}

/// The fields of a judgement that is complete, for a submission's page.
pub(crate) fn judgement(page: &Answer, mark: &str, comment: &str) -> Vec<(String, String)> {
    let mut fields = vec![
        ("form_token".to_owned(), page.input("form_token")),
        ("mark".to_owned(), mark.to_owned()),
        ("comment".to_owned(), comment.to_owned()),
    ];
    for part in page.body.split("name=\"band.").skip(1) {
        let name = format!("band.{}", &part[..part.find('"').unwrap()]);
        if !fields.iter().any(|(known, _)| *known == name) {
            fields.push((name, "merit".to_owned()));
        }
    }
    fields
}

#[tokio::test]
async fn a_judgement_is_refused_with_every_reason_and_then_recorded() {
    let app = TestApp::start().await;
    hand_in(&app).await;
    let mut tutor = Browser::new(&app);
    let cohort = tutor.launch(&app, app.people.tutor, app.scenario()).await;
    assert!(cohort.says("Waits for your judgement"), "{}", cohort.body);
    let address = submission_of(&cohort);
    let page = tutor.get(&address).await;
    assert!(page.says("About question.") && page.says("Your judgement"));

    let refused = [
        ("form_token", page.input("form_token")),
        ("mark", "sixty".to_owned()),
        ("comment", "A careful piece of work.".to_owned()),
    ];
    let page = tutor.post(&format!("{address}/judgement"), &refused).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("href=\"#mark\"") && page.body.contains("value=\"sixty\""));

    let refused = [
        ("form_token", page.input("form_token")),
        ("mark", "62".to_owned()),
        ("comment", "A careful piece of work.".to_owned()),
    ];
    let page = tutor.post(&format!("{address}/judgement"), &refused).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("href=\"#criterion-") && page.says("A careful piece of work."));

    let fields = judgement(&page, "62.5", "A careful piece of work that convinces.");
    let recorded = tutor.post(&format!("{address}/judgement"), &fields).await;
    let page = tutor.follow(recorded).await;
    assert!(page.says("Your judgement was recorded.") && page.body.contains("value=\"62.5\""));

    // The record shows it, and that no policy is installed.
    let record = tutor
        .get(&page.address("/modules/mtl/looking-closely"))
        .await;
    assert!(
        record.says("62.5") && record.says("No assessment policy is installed"),
        "{}",
        record.body
    );

    // The coach whom the platform names judges without a mark; another coach sees nothing.
    let mut coach = Browser::new(&app);
    let theirs = coach.launch(&app, app.people.coach, app.scenario()).await;
    assert!(theirs.says("Amara Okafor"), "{}", theirs.body);
    let last = address.rsplit('/').next().unwrap();
    let base = theirs.path.trim_end_matches('/').to_owned();
    let page = coach.get(&format!("{base}/submissions/{last}")).await;
    assert!(page.says("Does this hold in practice?") && !page.body.contains("name=\"mark\""));
    assert!(
        !page.says("62.5"),
        "a coach sees no mark before the release"
    );
    let mut other = Browser::new(&app);
    let theirs = other
        .launch(&app, app.people.second_coach, app.scenario())
        .await;
    let base = theirs.path.trim_end_matches('/').to_owned();
    let page = other.get(&format!("{base}/submissions/{last}")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_tutor_pairs_and_unpairs() {
    let app = TestApp::start().await;
    for person in [app.people.participants[2], app.people.coach] {
        Browser::new(&app)
            .launch(&app, person, app.scenario())
            .await;
    }
    let mut tutor = Browser::new(&app);
    let first = tutor.launch(&app, app.people.tutor, app.scenario()).await;
    let base = first.path.trim_end_matches('/').to_owned();
    let page = tutor.get(&format!("{base}/pairing")).await;
    assert!(page.says("Siân Pritchard"), "{}", page.body);
    let part = page
        .body
        .split("<h2>")
        .find(|part| part.starts_with("Siân"))
        .unwrap();
    let participant = part.split("name=\"participant\" value=\"").nth(1).unwrap();
    let participant = participant[..participant.find('"').unwrap()].to_owned();
    let coach = part
        .split("<option value=\"")
        .find(|option| option.contains("Helen Marsh"))
        .unwrap();
    let coach = coach[..coach.find('"').unwrap()].to_owned();
    let fields = [
        ("form_token", page.input("form_token")),
        ("participant", participant),
        ("coach", coach),
    ];
    let paired = tutor.post(&format!("{base}/pairing"), &fields).await;
    let page = tutor.follow(paired).await;
    assert!(
        page.says("Unpair Helen Marsh from Siân Pritchard") || page.says("Unpair"),
        "{}",
        page.body
    );
    let unpaired = tutor.post(&format!("{base}/pairing/remove"), &fields).await;
    assert!(tutor.follow(unpaired).await.says("No longer paired."));
}
