//! The ways that participant, coach and tutor go, by clicking and typing.

use anyhow::{Result, ensure};
use fantoccini::Locator;
use url::Url;

use super::tab::{In, Tab};

/// Becomes a person in the demonstration LMS and comes to their course.
pub(super) async fn become_person(tab: &mut Tab, lms: &Url, name: &str) -> Result<()> {
    tab.go(lms.as_str()).await?;
    tab.leave_by(Locator::XPath(&format!("//button[contains(., {name:?})]")))
        .await?;
    tab.wait_for("Gradebook").await?;
    ensure!(
        tab.says(name).await?,
        "not signed in: {}",
        tab.words().await?
    );
    Ok(())
}

/// Becomes a person, opens an activity of the course, and turns to the frame that it is shown in.
pub(super) async fn launch(tab: &mut Tab, lms: &Url, name: &str, activity: &str) -> Result<()> {
    become_person(tab, lms, name).await?;
    tab.follow(activity).await?;
    tab.turn_to(In::Frame);
    // The foot of our pages; on the way there are a few that post themselves.
    tab.wait_for("MTL Bridge Times are those of").await?;
    tab.wait_for(name).await
}

/// Looks whether the browser really blocks third-party cookies in the frame that is open: a cookie
/// that wants to be seen on every site does not stick, one that stays in this partition does.
pub(super) async fn expect_blocked_cookies(tab: &Tab, bridge: &Url) -> Result<()> {
    let origin = tab.run("return location.origin", vec![]).await?;
    ensure!(
        origin == bridge.origin().ascii_serialization(),
        "the frame shows {origin}"
    );
    let stuck = tab
        .run(
            "document.cookie = 'probe-everywhere=1; Path=/; Secure; SameSite=None';
             document.cookie = 'probe-here=1; Path=/; Secure; SameSite=None; Partitioned';
             const kept = document.cookie;
             document.cookie = 'probe-here=; Path=/; Secure; SameSite=None; Partitioned; Max-Age=0';
             return kept",
            vec![],
        )
        .await?;
    let stuck = stuck.as_str().unwrap_or_default();
    ensure!(
        stuck.contains("probe-here"),
        "this browser keeps no cookie at all: {stuck}"
    );
    ensure!(
        !stuck.contains("probe-everywhere"),
        "third-party cookies are not blocked: {stuck}"
    );
    Ok(())
}

/// What a participant adds to the stage of evidence.
pub(super) struct Evidence<'a> {
    pub(super) file: &'a std::path::Path,
    pub(super) link: &'a str,
}

/// Fills every stage of the scenario in the frame, adds the evidence, and hands it in.
pub(super) async fn write_scenario(
    tab: &mut Tab,
    words: &str,
    evidence: Option<&Evidence<'_>>,
) -> Result<()> {
    fill_scenario(tab, words, evidence).await?;
    tab.press("Submit for marking").await?;
    tab.wait_for("Submitted. Your work is frozen").await?;
    ensure!(
        tab.says(&format!("{words}, text-question.")).await?,
        "{}",
        tab.words().await?
    );
    ensure!(
        tab.count("textarea").await? == 0,
        "submitted work can be changed"
    );
    Ok(())
}

/// Fills every stage of the scenario in the frame and adds the evidence, ready to be handed in.
pub(super) async fn fill_scenario(
    tab: &mut Tab,
    words: &str,
    evidence: Option<&Evidence<'_>>,
) -> Result<()> {
    let stages = tab.count(".steps button").await? - 1;
    for stage in 1..=stages {
        tab.wait_until("the stage", async || {
            let current = ".steps li:has([aria-current])";
            let script = "return [...document.querySelectorAll('.steps li')]
                .indexOf(document.querySelector(arguments[0])) + 1";
            Ok(tab.run(script, vec![current.into()]).await? == stage)
        })
        .await?;
        for field in text_fields(tab).await? {
            tab.type_into(&format!("#{field}"), &format!("{words}, {field}."))
                .await?;
        }
        if let Some(evidence) = evidence.filter(|_| stage == 3) {
            add_evidence(tab, evidence).await?;
        }
        tab.look(&format!("stage-{stage}")).await?;
        tab.press(if stage == stages {
            "Save and check"
        } else {
            "Save and go on"
        })
        .await?;
    }
    tab.wait_for("Ready to submit").await?;
    tab.choose("#declare").await?;
    tab.look("check").await
}

/// The ids of the fields that texts are typed into.
async fn text_fields(tab: &Tab) -> Result<Vec<String>> {
    let fields = tab
        .run(
            "return [...document.querySelectorAll('#draft textarea')].map((f) => f.id)",
            vec![],
        )
        .await?;
    Ok(serde_json::from_value(fields)?)
}

async fn add_evidence(tab: &mut Tab, evidence: &Evidence<'_>) -> Result<()> {
    let path = evidence.file.display().to_string();
    let name = path.rsplit('/').next().unwrap_or_default();
    tab.type_into("#file", &path).await?;
    tab.press("Upload").await?;
    tab.wait_for(name).await?;
    tab.type_into("#link-url", evidence.link).await?;
    tab.type_into("#link-title", "The lesson plan on the school's site")
        .await?;
    tab.press("Add link").await?;
    tab.wait_for("The lesson plan on the school's site").await?;
    ensure!(
        tab.says(name).await?,
        "the file is gone: {}",
        tab.words().await?
    );
    Ok(())
}

/// From the list of people to somebody's submission.
pub(super) async fn open_submission(tab: &mut Tab, title: &str, participant: &str) -> Result<()> {
    let path = format!(
        "//article//a[contains(., {title:?}) and contains(., {:?})]",
        format!(" by {participant}")
    );
    tab.leave_by(Locator::XPath(&path)).await?;
    tab.wait_for("Files and links").await
}

/// A coach's judgement: it holds in practice.
pub(super) async fn vouch(tab: &mut Tab, words: &str) -> Result<()> {
    ensure!(
        tab.count("#mark").await? == 0,
        "a coach is asked for a mark"
    );
    tab.choose("#satisfied-yes").await?;
    tab.type_into("#comment", words).await?;
    tab.look("coach-judges").await?;
    tab.leave_by(Locator::Css("#judge form button")).await?;
    tab.wait_for("Your judgement was recorded").await
}

/// A tutor's judgement: a band for each criterion, the mark, some words.
pub(super) async fn judge(tab: &mut Tab, band: &str, mark: &str, words: &str) -> Result<()> {
    let criteria = tab
        .run(
            "return [...document.querySelectorAll('#judge input[type=radio]')]
                .filter((each) => each.value === arguments[0]).map((each) => each.id)",
            vec![band.into()],
        )
        .await?;
    let criteria: Vec<String> = serde_json::from_value(criteria)?;
    ensure!(
        !criteria.is_empty(),
        "no criterion has the band {band}: {}",
        tab.words().await?
    );
    for choice in &criteria {
        tab.choose(&format!("#{choice}")).await?;
    }
    tab.type_into("#mark", mark).await?;
    tab.type_into("#comment", words).await?;
    tab.look("tutor-judges").await?;
    tab.leave_by(Locator::Css("#judge form button")).await?;
    tab.wait_for("Your judgement was recorded").await
}

/// From a submission to the record of its module, to the decision, to its release.
pub(super) async fn decide_and_release(tab: &mut Tab, adjustments: &[&str]) -> Result<()> {
    tab.follow("Module record and decision").await?;
    tab.look("record-before").await?;
    tab.press("Decide by the assessment policy").await?;
    tab.wait_for("The policy has decided. Nothing is released yet.")
        .await?;
    for adjustment in adjustments {
        ensure!(
            tab.says(adjustment).await?,
            "no {adjustment:?} in: {}",
            tab.words().await?
        );
    }
    ensure!(tab.count(".chain li").await? > 0, "no adjustment is shown");
    tab.look("decided").await?;
    tab.follow("Look over and release").await?;
    tab.look("release").await?;
    tab.press("Release").await?;
    tab.wait_for("Released. The participant can see it").await?;
    tab.look("released").await
}

/// Opens the gradebook of the demonstration LMS again and again until it shows all these words.
pub(super) async fn wait_for_gradebook(tab: &mut Tab, words: &[&str]) -> Result<()> {
    tab.follow("Gradebook").await?;
    tab.wait_until(&format!("{words:?} in the gradebook"), async || {
        let shown = tab.words().await?;
        if words.iter().all(|words| shown.contains(words)) {
            return Ok(true);
        }
        tab.reload().await?;
        Ok(false)
    })
    .await
}
