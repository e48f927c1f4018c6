//! Launches that survive browsers: no cookies, two tabs, back, load again, double click.

use anyhow::{Result, ensure};
use fantoccini::Locator;
use serde_json::json;

use super::chromium::Chromium;
use super::demonstration::Demonstration;
use super::tab::{In, Tab};
use super::{AMARA, FIRST, SECOND, TOMASZ, TUTOR, ways};

#[tokio::test]
async fn a_browser_that_keeps_no_cookie_in_the_frame_opens_the_work_in_a_tab_of_its_own()
-> Result<()> {
    let town = Demonstration::start().await?;
    let chromium = Chromium::start_without_cookies(&town.bridge, &town.lms).await?;
    let mut tab = Tab::new(&chromium.client);

    ways::become_person(&mut tab, &town.lms, AMARA).await?;
    tab.follow(FIRST).await?;
    tab.turn_to(In::Frame);
    tab.wait_for("Open MTL Bridge in a new tab").await?;
    ensure!(
        tab.says("your work is the same in both").await?,
        "{}",
        tab.words().await?
    );
    tab.look("no-cookies").await?;
    tab.click_into_a_new_tab("Open in a new tab").await?;
    tab.wait_for("MTL Bridge Times are those of").await?;
    for words in [AMARA, FIRST] {
        ensure!(tab.says(words).await?, "{}", tab.words().await?);
    }
    tab.look("own-tab").await?;

    // And it can be worked in: what is typed is kept.
    tab.type_into("#text-setting", "In a tab of its own")
        .await?;
    tab.press("Save and go on").await?;
    tab.go_back().await?;
    tab.reload().await?;
    tab.wait_until("the saved text", async || {
        Ok(tab.value("#text-setting").await? == "In a tab of its own")
    })
    .await?;
    chromium.close().await
}

#[tokio::test]
async fn canvass_storage_stands_in_for_the_cookie_that_a_browser_does_not_keep() -> Result<()> {
    let town = Demonstration::start_beside("canvas").await?;
    let chromium = Chromium::start_without_cookies(&town.bridge, &town.lms).await?;
    let mut tab = Tab::new(&chromium.client);

    // The frame goes to Canvas and back although it keeps no cookie: Canvas's page vouches for it.
    ways::become_person(&mut tab, &town.lms, AMARA).await?;
    tab.follow(FIRST).await?;
    tab.turn_to(In::Frame);
    tab.wait_for("You are signed in").await?;
    let cookies = tab.run("return document.cookie", vec![]).await?;
    ensure!(cookies == "", "the frame keeps {cookies}");
    tab.look("signed-in-by-storage").await?;

    // What Canvas's page keeps is kept for the bridge's origin alone.
    tab.turn_to(In::Page);
    let kept = tab
        .run(
            "return [...ltiStorage.keys()].map((key) => JSON.parse(key)[0])",
            vec![],
        )
        .await?;
    assert_eq!(kept, json!([town.bridge.origin().ascii_serialization()]));

    // Where the browser keeps cookies again, the work goes on without a second sign-in.
    tab.turn_to(In::Frame);
    tab.click_into_a_new_tab("Open in a new tab").await?;
    tab.wait_for("MTL Bridge Times are those of").await?;
    for words in [AMARA, FIRST] {
        ensure!(tab.says(words).await?, "{}", tab.words().await?);
    }
    tab.type_into("#text-setting", "Vouched for by Canvas")
        .await?;
    tab.press("Save and go on").await?;
    tab.go_back().await?;
    tab.reload().await?;
    tab.wait_until("the saved text", async || {
        Ok(tab.value("#text-setting").await? == "Vouched for by Canvas")
    })
    .await?;
    chromium.close().await
}

#[tokio::test]
async fn where_canvas_never_answers_the_work_still_opens_in_a_tab_of_its_own() -> Result<()> {
    let town = Demonstration::start_beside("canvas").await?;
    let chromium = Chromium::start_without_cookies(&town.bridge, &town.lms).await?;
    let mut tab = Tab::new(&chromium.client);

    // A page of Canvas that shows the tool and keeps nothing for it, as its apps for phones do.
    ways::become_person(&mut tab, &town.lms, AMARA).await?;
    tab.follow(FIRST).await?;
    tab.run(
        "const tool = document.querySelector('iframe.tool');
         sessionStorage.setItem('tool', tool.src)",
        vec![],
    )
    .await?;
    tab.go(town.lms.as_str()).await?;
    tab.run(
        "const tool = document.createElement('iframe');
         tool.src = sessionStorage.getItem('tool');
         document.body.replaceChildren(tool)",
        vec![],
    )
    .await?;
    tab.turn_to(In::Frame);
    tab.wait_for("Open MTL Bridge in a new tab").await?;
    tab.click_into_a_new_tab("Open in a new tab").await?;
    tab.wait_for("MTL Bridge Times are those of").await?;
    for words in [AMARA, FIRST] {
        ensure!(tab.says(words).await?, "{}", tab.words().await?);
    }
    chromium.close().await
}

#[tokio::test]
async fn a_tutor_without_cookies_picks_in_canvas_in_a_tab_of_its_own() -> Result<()> {
    let town = Demonstration::start_beside("canvas").await?;
    let chromium = Chromium::start_without_cookies(&town.bridge, &town.lms).await?;
    let mut tab = Tab::new(&chromium.client);

    ways::become_person(&mut tab, &town.lms, TUTOR).await?;
    tab.follow("Add activities from MTL Bridge").await?;
    tab.turn_to(In::Frame);
    tab.wait_for("You are signed in").await?;
    tab.click_into_a_new_tab("Open in a new tab").await?;
    tab.wait_for("Add activities to your course").await?;
    tab.choose("#a-mtl-small-change").await?;
    tab.press("Continue").await?;
    tab.press("Add to the course").await?;
    tab.wait_for("One activity was added").await?;
    chromium.close().await
}

#[tokio::test]
async fn two_activities_in_two_tabs_do_not_mix() -> Result<()> {
    let town = Demonstration::start().await?;
    let chromium = Chromium::start().await?;
    let mut tab = Tab::new(&chromium.client);

    ways::launch(&mut tab, &town.lms, AMARA, FIRST).await?;
    let first = tab.window().await?;
    tab.open_another().await?;
    ways::launch(&mut tab, &town.lms, AMARA, SECOND).await?;
    let second = tab.window().await?;

    // Typed here and there, saved here and there.
    for (window, words) in [(&first, "of the first"), (&second, "of the second")] {
        tab.turn_to_window(window, In::Frame).await?;
        tab.type_into("#text-setting", words).await?;
    }
    for window in [&first, &second] {
        tab.turn_to_window(window, In::Frame).await?;
        tab.press("Save and go on").await?;
    }
    for (title, words) in [(FIRST, "of the first"), (SECOND, "of the second")] {
        ways::launch(&mut tab, &town.lms, AMARA, title).await?;
        ensure!(tab.says(title).await?, "{}", tab.words().await?);
        assert_eq!(tab.value("#text-setting").await?, words);
    }
    chromium.close().await
}

#[tokio::test]
async fn back_and_load_again_stay_in_the_work() -> Result<()> {
    let town = Demonstration::start().await?;
    let chromium = Chromium::start().await?;
    let mut tab = Tab::new(&chromium.client);

    ways::launch(&mut tab, &town.lms, TOMASZ, FIRST).await?;
    tab.follow("Master's in Teaching and Learning").await?;
    tab.wait_for("Your four strands").await?;
    tab.go_back().await?;
    tab.wait_until("the scenario again", async || {
        Ok(tab.count("#text-setting").await? == 1 && tab.says(FIRST).await?)
    })
    .await?;
    // The whole page of the course is loaded again: the LMS launches anew.
    tab.reload().await?;
    tab.wait_until("the scenario after loading again", async || {
        Ok(tab.count("#text-setting").await? == 1 && tab.says(TOMASZ).await?)
    })
    .await?;
    chromium.close().await
}

#[tokio::test]
async fn a_double_click_hands_in_once() -> Result<()> {
    let town = Demonstration::start().await?;
    let chromium = Chromium::start().await?;
    let mut tab = Tab::new(&chromium.client);

    // A launch that is clicked twice opens once more, and nothing breaks.
    ways::become_person(&mut tab, &town.lms, AMARA).await?;
    let link = Locator::XPath("//a[contains(., 'Scenario 1')]");
    tab.double_click(link).await?;
    tab.turn_to(In::Frame);
    tab.wait_for("MTL Bridge Times are those of").await?;

    ways::fill_scenario(&mut tab, "What my pupils asked", None).await?;
    let submit = Locator::XPath("//button[starts-with(normalize-space(.), 'Submit')]");
    tab.double_click(submit).await?;
    tab.wait_for("Your work is frozen").await?;
    ways::launch(&mut tab, &town.lms, AMARA, FIRST).await?;
    ensure!(
        tab.says("The work is frozen").await? && !tab.says("Attempt 2").await?,
        "{}",
        tab.words().await?
    );
    chromium.close().await
}
