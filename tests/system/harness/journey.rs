//! The ways that people go through the pages: writing, submitting, judging, deciding, releasing.
//! Every step uses the forms and links that the page before it offers.

use anyhow::{Context as _, Result, ensure};

use super::agent::{Agent, Page};
use super::platform::MODULE;

/// The stages of a scenario, in order.
pub(crate) const STAGES: [&str; 6] = [
    "context",
    "plan",
    "evidence",
    "analysis",
    "reflection",
    "impact",
];

/// Fills every stage of a scenario with words and comes to the page on which it is checked.
pub(crate) async fn write(agent: &Agent, page: &Page, activity: &str, words: &str) -> Result<Page> {
    let work = format!("{}/work/{activity}", page.base()?);
    let mut page = agent
        .follow(page, &format!("{work}?stage={}", STAGES[0]))
        .await?
        .ok()?;
    for (number, stage) in STAGES.iter().enumerate() {
        let mut form = page.form_to("/draft")?;
        ensure!(
            form.value("stage") == Some(stage),
            "expected the stage {stage}: {form:?}"
        );
        let fields: Vec<String> = form.names().iter().map(ToString::to_string).collect();
        for field in fields.iter().filter(|name| name.starts_with("text.")) {
            form = form.fill(field, &format!("{words} ({})", &field["text.".len()..]))?;
        }
        let next = STAGES.get(number + 1).copied();
        if next.is_none() {
            // The last stage leads to the look over everything.
            form = form.fill("go", "submit")?;
            page = agent.send(&page, &form).await?.ok()?;
        } else {
            form = form.fill("go", next.unwrap_or_default()).or_else(|_| {
                // The button of the bar, where the list of stages stands outside the form.
                page.form_to("/draft")?.fill("go", next.unwrap_or_default())
            })?;
            page = agent.send(&page, &form).await?.ok()?;
        }
    }
    Ok(page)
}

/// Confirms on the page that checks the work, and hands it in.
pub(crate) async fn submit(agent: &Agent, page: &Page) -> Result<Page> {
    let form = page.form_to("/submit")?.fill("declare", "yes")?;
    let page = agent.send(page, &form).await?.ok()?;
    ensure!(
        page.says("Your work is frozen"),
        "not submitted: {}",
        page.words()
    );
    Ok(page)
}

/// From the list of people to somebody's submission.
pub(crate) async fn open_submission(
    agent: &Agent,
    cohort: &Page,
    participant: &str,
    title: &str,
) -> Result<Page> {
    let href = cohort.link(&format!("{title} by {participant}"), |href, words| {
        href.contains("/submissions/") && words.contains(participant) && words.contains(title)
    })?;
    agent.follow(cohort, &href).await?.ok()
}

/// A tutor's judgement: the band that holds the mark for every criterion, the mark, some words.
pub(crate) async fn judge(agent: &Agent, page: &Page, mark: u32, words: &str) -> Result<Page> {
    let band = match mark {
        70.. => "distinction",
        60..70 => "merit",
        50..60 => "pass",
        0..50 => "not-yet",
    };
    let mut form = page.form_to("/judgement")?;
    for criterion in form.groups("band.") {
        form = form.without(&criterion).fill(&criterion, band)?;
    }
    let form = form
        .fill("mark", &mark.to_string())?
        .fill("comment", words)?;
    let page = agent.send(page, &form).await?.ok()?;
    ensure!(
        page.says("Your judgement was recorded"),
        "not judged: {}",
        page.words()
    );
    Ok(page)
}

/// A coach's judgement: it holds in practice.
pub(crate) async fn vouch(agent: &Agent, page: &Page, words: &str) -> Result<Page> {
    let form = page.form_to("/judgement")?;
    ensure!(
        !form.names().contains(&"mark"),
        "a coach is asked for a mark"
    );
    let form = form.fill("satisfied", "yes")?.fill("comment", words)?;
    let page = agent.send(page, &form).await?.ok()?;
    ensure!(
        page.says("Your judgement was recorded"),
        "not judged: {}",
        page.words()
    );
    Ok(page)
}

/// From a submission, or the list of people, to the participant's record of the module.
pub(crate) async fn open_record(agent: &Agent, page: &Page, participant: &str) -> Result<Page> {
    let path = format!("/modules/{MODULE}");
    let href = page.link("the module's record", |href, words| {
        href.ends_with(&path)
            && (words.contains(participant) || page.url.path().contains("/submissions/"))
    })?;
    agent.follow(page, &href).await?.ok()
}

/// Lets the policy decide.
pub(crate) async fn decide(agent: &Agent, record: &Page) -> Result<Page> {
    agent.send(record, &record.form_to("/decide")?).await?.ok()
}

/// Looks over the newest decision and releases it.
pub(crate) async fn release(agent: &Agent, record: &Page) -> Result<Page> {
    let href = record.link("the release", |href, _| href.ends_with("/release"))?;
    let look = agent.follow(record, &href).await?.ok()?;
    let page = agent.send(&look, &look.form_to("/release")?).await?.ok()?;
    ensure!(
        page.says("Released. The participant can see it"),
        "not released: {}",
        page.words()
    );
    Ok(page)
}

/// Opens a further attempt at referred work, from the record of the module.
pub(crate) async fn reopen(agent: &Agent, record: &Page, reason: &str) -> Result<Page> {
    let href = record
        .find_link(|href, words| href.ends_with("/reopen") && words.contains("Reopen"))
        .context("nothing can be reopened")?;
    let page = agent.follow(record, &href).await?.ok()?;
    let form = page.form_to("/reopen")?.fill("reason", reason)?;
    let page = agent.send(&page, &form).await?.ok()?;
    ensure!(
        page.says("Reopened as a further attempt"),
        "not reopened: {}",
        page.words()
    );
    Ok(page)
}
