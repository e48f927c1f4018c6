//! An administrator connects the demonstration LMS once more, in a real browser: from the sign-in
//! link to the tool that is activated.

use anyhow::{Result, ensure};
use fantoccini::Locator;
use url::Url;

use super::chromium::Chromium;
use super::demonstration::Demonstration;
use super::tab::{In, Tab};
use super::ways;

const ADMINISTRATOR: &str = "Colin Fairweather";

#[tokio::test]
async fn an_administrator_connects_a_platform_inside_its_own_page() -> Result<()> {
    let town = Demonstration::start().await?;
    let chromium = Chromium::start().await?;
    let mut tab = Tab::new(&chromium.client);

    tab.go(town.administration.as_str()).await?;
    tab.press("Sign in").await?;
    ensure!(
        tab.says("Demonstration LMS").await?,
        "{}",
        tab.words().await?
    );
    tab.look("admin-platforms").await?;
    tab.follow("Demonstration LMS").await?;
    tab.press("Test now").await?;
    ensure!(
        tab.says("The platform gives a token.").await?,
        "{}",
        tab.words().await?
    );
    tab.look("admin-platform").await?;
    tab.follow("Set up by hand").await?;
    tab.look("admin-set-up").await?;
    tab.follow("Platforms").await?;
    tab.press("Make a registration address").await?;
    tab.look("admin-invitation").await?;
    let address = tab.value("#address").await?;

    ways::become_person(&mut tab, &town.lms, ADMINISTRATOR).await?;
    let mut tools: Url = town.lms.join("/tools")?;
    tools.query_pairs_mut().append_pair("url", &address);
    tab.go(tools.as_str()).await?;
    tab.turn_to(In::Frame);
    tab.wait_for("Send marks and feedback to the gradebook")
        .await?;
    tab.look("register-offer").await?;
    tab.press("Connect").await?;
    tab.wait_for("What is left to do").await?;
    tab.look("register-done").await?;
    // The button tells the platform to take the frame away.
    let close = tab.find(Locator::Css("[data-lti-close] button")).await?;
    close.click().await?;
    tab.turn_to(In::Page);
    tab.wait_for("Waits for you").await?;
    tab.press("Activate").await?;
    ensure!(!tab.says("Waits for you").await?, "{}", tab.words().await?);
    Ok(())
}
