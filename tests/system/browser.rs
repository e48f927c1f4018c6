//! The demonstration in Chromium with third-party cookies blocked: every step by clicking and
//! typing, from the LMS's list of people to the mark in its gradebook.

mod accessible;
mod announced;
mod chromium;
mod demonstration;
mod picking;
mod registering;
mod surviving;
mod tab;
mod ways;

use anyhow::{Result, ensure};
use serde_json::json;

use chromium::Chromium;
use demonstration::Demonstration;
use tab::{In, Tab};
use ways::Evidence;

const AMARA: &str = "Amara Okafor";
const TOMASZ: &str = "Tomasz Nowak";
const COACH: &str = "Helen Marsh";
const TUTOR: &str = "Ruth Adeyemi";
const FIRST: &str = "Scenario 1: A question from your own classroom";
const SECOND: &str = "Scenario 2: A small change and what came of it";
const COMMENT: &str = "A question that goes somewhere.";
const DIALOGUE: &str = "Where I stand: a first statement of belief";

#[tokio::test]
async fn participant_coach_and_tutor_go_from_the_launch_to_the_mark_in_the_gradebook() -> Result<()>
{
    let town = Demonstration::start().await?;
    let chromium = Chromium::start().await?;
    let mut tab = Tab::new(&chromium.client);
    let lms = &town.lms;

    // The participant writes the first scenario, with a file and a link.
    ways::become_person(&mut tab, lms, AMARA).await?;
    tab.look("course").await?;
    ways::launch(&mut tab, lms, AMARA, FIRST).await?;
    ways::expect_blocked_cookies(&tab, &town.bridge).await?;
    tab.look("scenario").await?;
    expect_autosave(&mut tab).await?;
    let folder = tempfile::TempDir::new()?;
    let file = folder.path().join("exit-tickets.csv");
    std::fs::write(&file, "week,questions\n1,3\n2,8\n")?;
    let evidence = Evidence {
        file: &file,
        link: "https://school.example/plans/7",
    };
    ways::write_scenario(&mut tab, "What my pupils asked", Some(&evidence)).await?;
    ensure!(
        tab.says("exit-tickets.csv").await?,
        "{}",
        tab.words().await?
    );
    tab.look("submitted").await?;

    // And the second one.
    ways::launch(&mut tab, lms, AMARA, SECOND).await?;
    ways::write_scenario(&mut tab, "What I changed", None).await?;
    tab.follow("Master's in Teaching and Learning").await?;
    tab.look("home").await?;

    // The coach reads the work and says that it holds.
    ways::launch(&mut tab, lms, COACH, FIRST).await?;
    tab.look("coach-cohort").await?;
    ensure!(
        !tab.says("Declan").await?,
        "a coach sees other coaches' participants"
    );
    ways::open_submission(&mut tab, "Scenario 1", AMARA).await?;
    ensure!(
        tab.says("What my pupils asked, text-question.").await?,
        "{}",
        tab.words().await?
    );
    ways::vouch(&mut tab, "I saw this happen in her lessons.").await?;
    tab.look("coach-judged").await?;

    // The tutor marks both.
    ways::launch(&mut tab, lms, TUTOR, FIRST).await?;
    tab.look("tutor-cohort").await?;
    ways::open_submission(&mut tab, "Scenario 1", AMARA).await?;
    ensure!(
        tab.says("I saw this happen in her lessons.").await?,
        "{}",
        tab.words().await?
    );
    ways::judge(&mut tab, "merit", "64", COMMENT).await?;
    tab.look("tutor-judged").await?;
    ways::launch(&mut tab, lms, TUTOR, SECOND).await?;
    ways::open_submission(&mut tab, "Scenario 2", AMARA).await?;
    ways::judge(
        &mut tab,
        "distinction",
        "71.5",
        "The evidence carries the argument.",
    )
    .await?;

    // Nobody sees a mark before it is released.
    ways::launch(&mut tab, lms, AMARA, FIRST).await?;
    let is_seen = tab.count(".mark-big").await? > 0 || tab.says(COMMENT).await?;
    ensure!(
        !is_seen,
        "a mark or comment is seen too early: {}",
        tab.words().await?
    );

    // 71.5 is rounded to 72; 0.4 × 64 + 0.6 × 72 = 68.8, rounded to 69.
    ways::launch(&mut tab, lms, TUTOR, FIRST).await?;
    ways::open_submission(&mut tab, "Scenario 1", AMARA).await?;
    ways::decide_and_release(&mut tab, &["71.5 → 72", "68.8 → 69"]).await?;

    // The marks arrive in the gradebook, and the participant sees them there and here.
    ways::become_person(&mut tab, lms, AMARA).await?;
    ways::wait_for_gradebook(&mut tab, &["64", "72", "69", COMMENT]).await?;
    tab.look("gradebook").await?;
    ways::launch(&mut tab, lms, AMARA, FIRST).await?;
    for words in ["64", COMMENT, "I saw this happen in her lessons."] {
        ensure!(
            tab.says(words).await?,
            "no {words:?} in: {}",
            tab.words().await?
        );
    }
    tab.look("result").await?;
    chromium.close().await
}

#[tokio::test]
async fn referred_work_comes_back_as_a_second_attempt() -> Result<()> {
    let town = Demonstration::start().await?;
    let chromium = Chromium::start().await?;
    let mut tab = Tab::new(&chromium.client);
    let lms = &town.lms;

    for (title, words) in [(FIRST, "A question"), (SECOND, "A change")] {
        ways::launch(&mut tab, lms, TOMASZ, title).await?;
        ways::write_scenario(&mut tab, words, None).await?;
    }
    for (title, short, band, mark) in [
        (FIRST, "Scenario 1", "pass", "55"),
        (SECOND, "Scenario 2", "not-yet", "41"),
    ] {
        ways::launch(&mut tab, lms, TUTOR, title).await?;
        ways::open_submission(&mut tab, short, TOMASZ).await?;
        ways::judge(&mut tab, band, mark, "Say what the evidence cannot show.").await?;
    }
    ways::decide_and_release(&mut tab, &["41"]).await?;

    tab.follow("Reopen as a further attempt").await?;
    tab.type_into("#reason", "Referred: work on the evidence.")
        .await?;
    tab.look("reopen").await?;
    tab.press("Reopen").await?;
    tab.wait_for("Reopened as a further attempt.").await?;
    tab.look("reopened").await?;

    ways::launch(&mut tab, lms, TOMASZ, SECOND).await?;
    tab.wait_for("Attempt 2").await?;
    ensure!(
        tab.count("#draft textarea").await? > 0,
        "attempt 2 cannot be written"
    );
    tab.look("attempt-2").await?;
    // What was handed in before can be opened beside it, with what was said of it.
    tab.choose("section[aria-labelledby=earlier-title] summary")
        .await?;
    for words in [
        "A change, text-question.",
        "Say what the evidence cannot show.",
        "41 of 100",
    ] {
        tab.wait_for(words).await?;
    }
    tab.look("attempt-2-earlier").await?;
    chromium.close().await
}

#[tokio::test]
async fn text_typed_after_the_session_ended_is_not_lost() -> Result<()> {
    const TEXT: &str = "Why do so few of them ask?";
    let town = Demonstration::start().await?;
    let chromium = Chromium::start().await?;
    let mut tab = Tab::new(&chromium.client);
    let lms = &town.lms;

    ways::launch(&mut tab, lms, AMARA, FIRST).await?;
    tab.tell("Network.clearBrowserCookies", json!({})).await?;
    tab.type_into("#text-question", TEXT).await?;
    tab.wait_for("Your session has ended. Your text is kept here")
        .await?;
    tab.look("session-ended").await?;

    // As the page says: open the activity in another tab, come back, save.
    tab.open_another().await?;
    ways::launch(&mut tab, lms, AMARA, FIRST).await?;
    tab.close_and_return().await?;
    ensure!(
        tab.value("#text-question").await? == TEXT,
        "the text is gone from its page"
    );
    tab.press("Save").await?;
    tab.look("saved-after-the-session").await?;
    tab.wait_for("Saved").await?;
    ways::launch(&mut tab, lms, AMARA, FIRST).await?;
    assert_eq!(tab.value("#text-question").await?, TEXT);
    chromium.close().await
}

#[tokio::test]
async fn an_activity_that_is_not_built_yet_says_so() -> Result<()> {
    let town = Demonstration::start().await?;
    let chromium = Chromium::start().await?;
    let mut tab = Tab::new(&chromium.client);

    tab.go(town.lms.as_str()).await?;
    tab.look("people").await?;
    ways::launch(&mut tab, &town.lms, AMARA, DIALOGUE).await?;
    for words in [
        "Not here yet",
        "still being built",
        "You cannot work on it in this version",
    ] {
        ensure!(
            tab.says(words).await?,
            "no {words:?} in: {}",
            tab.words().await?
        );
    }
    ensure!(
        tab.count("textarea, input:not([type=hidden])").await? == 0,
        "it can be filled in"
    );
    tab.look("not-built").await?;
    tab.turn_to(In::Page);
    ensure!(tab.says(DIALOGUE).await?, "{}", tab.words().await?);
    chromium.close().await
}

/// Types, waits until the page has saved by itself, and finds the text after loading it again.
async fn expect_autosave(tab: &mut Tab) -> Result<()> {
    const TEXT: &str = "First thought: ";
    const SIGN: &str = "return document.querySelector('[data-saved]').dataset.state";
    tab.type_into("#text-setting", TEXT).await?;
    tab.wait_until("the draft to be saved by itself", async || {
        Ok(tab.run(SIGN, vec![]).await? == "saved" && tab.says("Saved").await?)
    })
    .await?;
    tab.run("window.isLeftBehind = true; location.reload()", vec![])
        .await?;
    tab.wait_for_page().await?;
    assert_eq!(tab.value("#text-setting").await?, TEXT);
    Ok(())
}
