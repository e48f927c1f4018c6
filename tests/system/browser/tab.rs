//! A tab of the browser: the LMS's page, or ours inside its frame; waiting always looks for what a
//! person would wait for, until a deadline.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::wd::WindowHandle;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::accessible;
use super::chromium::DevTools;

/// How long anything on a page may take, also on a busy machine.
const LIMIT: Duration = Duration::from_secs(40);
const LOOK: Duration = Duration::from_millis(50);
/// The widths that pages are looked at in, in CSS pixels: a desk and a phone.
const WIDTHS: [u32; 2] = [1100, 390];
const HEIGHT: u32 = 1000;

/// Which document is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum In {
    /// The page whose address the browser shows.
    Page,
    /// The tool's frame inside it.
    Frame,
}

/// A tab in which a person works.
pub(super) struct Tab {
    client: Client,
    place: In,
    /// Where pictures of the pages go, if anywhere.
    pictures: Option<PathBuf>,
    taken: u32,
}

/// Waits until what was changed has been painted.
const PAINTED: &str = "const done = arguments[0];
    requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";

impl Tab {
    /// The browser's tab. Pictures of all pages go to the folder that `MTL_TEST_SCREENSHOTS`
    /// names, if it names one.
    pub(super) fn new(client: &Client) -> Self {
        let pictures = std::env::var_os("MTL_TEST_SCREENSHOTS").map(PathBuf::from);
        Self {
            client: client.clone(),
            place: In::Page,
            pictures,
            taken: 0,
        }
    }

    /// Goes to an address.
    pub(super) async fn go(&mut self, address: &str) -> Result<()> {
        self.place = In::Page;
        self.client.goto(address).await?;
        Ok(())
    }

    /// Loads the page again.
    pub(super) async fn reload(&self) -> Result<()> {
        self.client.refresh().await?;
        Ok(())
    }

    /// Turns to the tool's frame, or back to the page around it.
    pub(super) fn turn_to(&mut self, place: In) {
        self.place = place;
    }

    /// Goes into the document that is meant: frames come and go with every page.
    async fn enter(&self) -> Result<()> {
        self.client.enter_parent_frame().await?;
        if self.place == In::Frame {
            // Canvas's pages have a hidden frame besides, which forwards messages.
            let frame = Locator::Css("iframe:not([hidden])");
            self.client.find(frame).await?.enter_frame().await?;
        }
        Ok(())
    }

    /// Runs a script in the document that is meant.
    pub(super) async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        self.enter().await?;
        Ok(self.client.execute(script, arguments).await?)
    }

    /// The words that a person can see.
    pub(super) async fn words(&self) -> Result<String> {
        let words = self
            .run(
                "return document.body ? document.body.innerText : ''",
                vec![],
            )
            .await?;
        let words = words.as_str().unwrap_or_default();
        Ok(words.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Whether the words are there now.
    pub(super) async fn says(&self, words: &str) -> Result<bool> {
        Ok(self.words().await?.contains(words))
    }

    /// Waits until the words are there.
    pub(super) async fn wait_for(&self, words: &str) -> Result<()> {
        self.wait_until(&format!("the words {words:?}"), async || {
            self.says(words).await
        })
        .await
    }

    /// Waits until something holds. An error counts as "not yet": a frame that is just being
    /// replaced has no document.
    pub(super) async fn wait_until(
        &self,
        what: &str,
        mut holds: impl AsyncFnMut() -> Result<bool>,
    ) -> Result<()> {
        let begun = Instant::now();
        loop {
            let last = holds().await;
            if let Ok(true) = last {
                return Ok(());
            }
            if begun.elapsed() > LIMIT {
                let words = self.words().await.unwrap_or_default();
                let address = self
                    .run("return location.href", vec![])
                    .await
                    .unwrap_or_default();
                bail!("waited in vain for {what} at {address} ({last:?}): {words}");
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The first element, once it is there.
    pub(super) async fn find(&self, locator: Locator<'_>) -> Result<Element> {
        let begun = Instant::now();
        loop {
            let found = match self.enter().await {
                Ok(()) => self.client.find(locator).await.map_err(Into::into),
                Err(error) => Err(error),
            };
            match found {
                Ok(element) => return Ok(element),
                Err(error) if begun.elapsed() > LIMIT => {
                    let words = self.words().await.unwrap_or_default();
                    return Err(error).with_context(|| format!("no {locator:?} in: {words}"));
                }
                Err(_) => tokio::time::sleep(LOOK).await,
            }
        }
    }

    /// How many elements there are now.
    pub(super) async fn count(&self, css: &str) -> Result<u64> {
        let count = self
            .run(
                "return document.querySelectorAll(arguments[0]).length",
                vec![json!(css)],
            )
            .await?;
        count.as_u64().context("a count")
    }

    /// Types into a field.
    pub(super) async fn type_into(&self, css: &str, text: &str) -> Result<()> {
        self.find(Locator::Css(css)).await?.send_keys(text).await?;
        Ok(())
    }

    /// What stands in a field.
    pub(super) async fn value(&self, css: &str) -> Result<String> {
        let value = self.find(Locator::Css(css)).await?.prop("value").await?;
        Ok(value.unwrap_or_default())
    }

    /// Clicks what stays on the page, such as a radio button.
    pub(super) async fn choose(&self, css: &str) -> Result<()> {
        self.find(Locator::Css(css)).await?.click().await?;
        Ok(())
    }

    /// Presses the button that begins with these words, and waits for the page that it leads to.
    pub(super) async fn press(&mut self, words: &str) -> Result<()> {
        let path = format!("//button[starts-with(normalize-space(.), {words:?})]");
        self.leave_by(Locator::XPath(&path)).await
    }

    /// Follows the link that has these words, and waits for the page that it leads to.
    pub(super) async fn follow(&mut self, words: &str) -> Result<()> {
        let path = format!("//a[contains(normalize-space(.), {words:?})]");
        self.leave_by(Locator::XPath(&path)).await
    }

    /// Clicks what leads to another page in the same document, and waits for that page.
    pub(super) async fn leave_by(&mut self, locator: Locator<'_>) -> Result<()> {
        let element = self.find(locator).await?;
        self.run("window.isLeftBehind = true", vec![]).await?;
        element
            .click()
            .await
            .with_context(|| format!("{locator:?} cannot be clicked"))?;
        self.wait_for_page().await
    }

    /// Waits for the page after the one that was marked.
    pub(super) async fn wait_for_page(&self) -> Result<()> {
        const ARRIVED: &str = "return document.readyState === 'complete' && !window.isLeftBehind";
        self.wait_until("the next page", async || {
            Ok(self.run(ARRIVED, vec![]).await?.as_bool() == Some(true))
        })
        .await
    }

    /// Looks at the page on a desk and on a phone: it must fit and be open to everybody, and a
    /// picture is kept where pictures are wanted.
    pub(super) async fn look(&mut self, name: &str) -> Result<()> {
        self.taken += 1;
        for width in WIDTHS {
            self.resize(width, HEIGHT).await?;
            let fits = self
                .run(
                    "const root = document.documentElement;
                     return [root.scrollWidth, root.clientWidth, root.scrollHeight]",
                    vec![],
                )
                .await?;
            let measure = |at: usize| fits[at].as_u64().unwrap_or_default();
            ensure!(
                measure(0) <= measure(1),
                "{name} is {} wide where {} are to be had, on a screen of {width}",
                measure(0),
                measure(1),
            );
            let complaints = self.run(accessible::COMPLAINTS, vec![]).await?;
            ensure!(
                complaints.as_array().is_some_and(Vec::is_empty),
                "{name} on a screen of {width} keeps people out: {complaints:#}"
            );
            if let Some(folder) = &self.pictures {
                let around = if self.place == In::Frame { 260 } else { 0 };
                let height = u32::try_from(measure(2))?.clamp(HEIGHT, 6000) + around;
                self.resize(width, height).await?;
                self.enter().await?;
                self.client.execute_async(PAINTED, vec![]).await?;
                std::fs::create_dir_all(folder)?;
                let file = folder.join(format!("{:02}-{name}-{width}.png", self.taken));
                std::fs::write(file, self.client.screenshot().await?)?;
            }
        }
        self.resize(WIDTHS[0], HEIGHT).await
    }

    async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let parameters = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.tell("Emulation.setDeviceMetricsOverride", parameters)
            .await
    }

    /// Gives the browser a command that pages cannot give.
    pub(super) async fn tell(&self, command: &'static str, parameters: Value) -> Result<()> {
        self.client
            .issue_cmd(DevTools {
                command,
                parameters,
            })
            .await?;
        Ok(())
    }

    /// Opens a further tab beside this one and turns the browser to it.
    pub(super) async fn open_another(&self) -> Result<()> {
        let opened = self.client.new_window(true).await?;
        self.client.switch_to_window(opened.handle).await?;
        Ok(())
    }

    /// Clicks the link or button that has these words and turns to the tab that it opens.
    pub(super) async fn click_into_a_new_tab(&mut self, words: &str) -> Result<()> {
        let before = self.client.windows().await?;
        let path = format!("//*[self::a or self::button][contains(normalize-space(.), {words:?})]");
        self.find(Locator::XPath(&path)).await?.click().await?;
        let begun = Instant::now();
        let opened = loop {
            let now = self.client.windows().await?;
            if let Some(new) = now.into_iter().find(|window| !before.contains(window)) {
                break new;
            }
            ensure!(begun.elapsed() < LIMIT, "{words:?} opens no tab");
            tokio::time::sleep(LOOK).await;
        };
        self.client.switch_to_window(opened).await?;
        self.place = In::Page;
        Ok(())
    }

    /// Clicks twice, as some people do everywhere.
    pub(super) async fn double_click(&self, locator: Locator<'_>) -> Result<()> {
        use fantoccini::actions::{
            InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
        };
        let element = self.find(locator).await?;
        let press = PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        };
        let lift = PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        };
        let clicks = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveToElement {
                element,
                duration: None,
                x: 0.0,
                y: 0.0,
            })
            .then(press.clone())
            .then(lift.clone())
            .then(press)
            .then(lift);
        self.client.perform_actions(clicks).await?;
        Ok(())
    }

    /// Goes back one page, as the browser's button does.
    pub(super) async fn go_back(&self) -> Result<()> {
        self.client.back().await?;
        Ok(())
    }

    /// The tab that is open, for turning back to it.
    pub(super) async fn window(&self) -> Result<WindowHandle> {
        Ok(self.client.window().await?)
    }

    /// Turns to a tab that is open already.
    pub(super) async fn turn_to_window(&mut self, window: &WindowHandle, place: In) -> Result<()> {
        self.client.switch_to_window(window.clone()).await?;
        self.place = place;
        Ok(())
    }

    /// Closes the tab that is open and turns back to the first one.
    pub(super) async fn close_and_return(&self) -> Result<()> {
        self.client.close_window().await?;
        let first = self
            .client
            .windows()
            .await?
            .into_iter()
            .next()
            .context("a first tab")?;
        self.client.switch_to_window(first).await?;
        Ok(())
    }
}
