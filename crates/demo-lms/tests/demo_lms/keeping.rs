//! What a restart keeps.

use mtl_demo_lms::LinkSeed;
use serde_json::json;

use crate::platform::{ALL_SCOPES, LEARNER, Platform};

#[tokio::test]
async fn a_restart_keeps_marks_keys_and_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kept/lms.json");
    let first = Platform::kept_in(Some(file.clone()));
    let token = first.access_token(ALL_SCOPES).await;
    let score = json!({
        "userId": "5", "scoreGiven": 64, "scoreMaximum": 100, "comment": "Clear",
        "activityProgress": "Completed", "gradingProgress": "FullyGraded",
        "timestamp": "2026-11-23T16:00:00Z",
    });
    assert_eq!(first.post_score(&token, &score).await.status, 200);
    // Answered means kept: the file is read while the first platform still runs.
    let copy = folder.path().join("copy.json");
    std::fs::copy(&file, &copy).unwrap();
    let cookie = first.cookie(LEARNER);
    let jwks = first.lms.jwks();
    let gradebook = first.lms.gradebook(first.course);
    drop(first);

    let mut config = mtl_demo_lms::LmsConfig::new(crate::platform::BASE.parse().unwrap());
    config.data_file = Some(copy);
    let again = mtl_demo_lms::Lms::open(config).unwrap();
    assert_eq!(again.gradebook(gradebook_course()), gradebook);
    assert_eq!(again.jwks(), jwks);
    assert!(again.begin_launch(&cookie, mtl_demo_lms::LinkId(1)).is_ok());
}

fn gradebook_course() -> mtl_demo_lms::CourseId {
    mtl_demo_lms::CourseId(2)
}

#[tokio::test]
async fn everything_is_on_disk_once_the_platform_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lms.json");
    let first = Platform::kept_in(Some(file.clone()));
    let people = first.lms.people();
    drop(first);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(people.iter().all(|person| text.contains(&person.username)));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "the file holds a private key");
    }
}

#[tokio::test]
async fn seeding_again_changes_nothing_but_the_links_text() {
    let platform = Platform::new();
    let target: url::Url = "http://localhost:8080/lti/launch".parse().unwrap();
    let seed = LinkSeed::new("A scenario", target)
        .in_section("Phase 1")
        .graded();
    let first = platform
        .lms
        .seed_demonstration(std::slice::from_ref(&seed))
        .unwrap();
    let people = platform.lms.people();
    let again = platform
        .lms
        .seed_demonstration(&[seed.clone().described("Now with an introduction")])
        .unwrap();
    assert_eq!(first, again);
    assert_eq!(platform.lms.people(), people);
    assert_eq!(platform.lms.line_items(first.course).len(), 1);
}

#[tokio::test]
async fn a_broken_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lms.json");
    std::fs::write(&file, "{").unwrap();
    let config = mtl_demo_lms::LmsConfig::new(crate::platform::BASE.parse().unwrap());
    let error = mtl_demo_lms::Lms::open(config.with_data_file(&file)).unwrap_err();
    assert_eq!(error.code(), "data-file");
    assert!(error.to_string().contains("lms.json"));
}
