//! A tutor picks activities inside the LMS's page, in a real browser that blocks third-party
//! cookies; a participant opens what was picked.

use anyhow::{Result, ensure};
use fantoccini::Locator;

use super::chromium::Chromium;
use super::demonstration::Demonstration;
use super::tab::{In, Tab};
use super::ways;

const TUTOR: &str = "Ruth Adeyemi";
const AMARA: &str = "Amara Okafor";

#[tokio::test]
async fn a_tutor_picks_an_activity_inside_the_lms_and_a_participant_opens_it() -> Result<()> {
    let town = Demonstration::start().await?;
    let chromium = Chromium::start().await?;
    let mut tab = Tab::new(&chromium.client);

    ways::become_person(&mut tab, &town.lms, TUTOR).await?;
    tab.follow("Add activities from MTL Bridge").await?;
    tab.turn_to(In::Frame);
    tab.wait_for("Add activities to your course").await?;
    ways::expect_blocked_cookies(&tab, &town.bridge).await?;
    tab.look("pick").await?;

    // A whole module at a click, then another mind; a search keeps what is chosen.
    tab.choose("#m-mtl-looking-closely").await?;
    tab.wait_for("2 activities chosen.").await?;
    tab.choose("#a-mtl-small-change").await?;
    tab.wait_for("1 activity chosen.").await?;
    tab.type_into("#q", "small change").await?;
    tab.press("Search").await?;
    tab.wait_for("Chosen before this search").await?;
    tab.wait_for("1 activity chosen.").await?;
    tab.look("pick-search").await?;
    tab.press("Continue").await?;
    tab.wait_for("Check before you add").await?;
    tab.type_into("#name-mtl-first-question", " (picked)")
        .await?;
    tab.look("pick-review").await?;

    // The answer goes to the platform by itself, inside the frame.
    tab.press("Add to the course").await?;
    tab.wait_for("One activity was added").await?;
    ensure!(tab.says("(picked)").await?, "{}", tab.words().await?);

    ways::launch(&mut tab, &town.lms, AMARA, "(picked)").await?;
    tab.wait_for("Context and question").await?;

    // Who wants nothing comes back without a trace.
    ways::become_person(&mut tab, &town.lms, TUTOR).await?;
    tab.follow("Add activities from MTL Bridge").await?;
    tab.turn_to(In::Frame);
    tab.wait_for("In this course already").await?;
    let leave = tab.find(Locator::Css("button[form=leave]")).await?;
    leave.click().await?;
    tab.wait_for("Nothing was added").await?;
    Ok(())
}
