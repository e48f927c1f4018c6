//! What a page must have for people who do not see it, use no mouse, or see little contrast, as a
//! real browser lays it out. [`super::tab::Tab::look`] asks it of every page that it looks at.

use anyhow::{Result, ensure};

use super::chromium::Chromium;
use super::tab::Tab;

/// A script that answers what keeps people out of the page, as a list of sentences.
pub(super) const COMPLAINTS: &str = include_str!("accessible.js");

/// A page with one of each fault.
const BAD: &str = "data:text/html,<main><h1>A</h1><h3>Too deep</h3>\
    <p style='color:rgb(153,153,153)'>Pale</p><input id=q><a href='x' tabindex=3>First</a>\
    <button style='width:9px;height:9px;padding:0;border:0'>x</button>\
    <p style='height:3000px'></p><button style='height:40px'>Under</button>\
    <p style='position:fixed;bottom:0;left:0;right:0;margin:0;height:90vh;background:white'>Bar</p>";

#[tokio::test]
async fn a_page_that_keeps_people_out_is_told_of() -> Result<()> {
    let chromium = Chromium::start().await?;
    let mut tab = Tab::new(&chromium.client);
    tab.go(BAD).await?;
    let complaints = tab.run(COMPLAINTS, vec![]).await?.to_string();
    for fault in [
        "the page has no language",
        "the page has no title",
        "h3 after h1",
        "no name",
        "an order of its own",
        "only 9 × 9 pixels",
        "contrast 2.8",
        "hidden while it has the focus",
    ] {
        ensure!(complaints.contains(fault), "no {fault:?} in {complaints}");
    }
    chromium.close().await
}
