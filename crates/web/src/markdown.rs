//! Markdown from catalogues and people, made into HTML that can do no harm.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, LazyLock};

use ammonia::Builder;
use askama::filters::HtmlSafe;
use moka::sync::Cache;
use pulldown_cmark::{Options, Parser, html};

/// HTML that was made here from Markdown and cleaned; templates print it as it is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct CleanHtml(Arc<str>);

impl fmt::Display for CleanHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for CleanHtml {}

impl CleanHtml {
    /// Whether there is nothing to show.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.trim().is_empty()
    }
}

/// What is let through: text structure and links. No pictures (they would tell other hosts who
/// reads), no attributes but a link's address, no classes, no ids.
static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let tags: HashSet<&str> = [
        "p",
        "br",
        "hr",
        "strong",
        "em",
        "del",
        "ul",
        "ol",
        "li",
        "blockquote",
        "code",
        "pre",
        "a",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
    .into();
    let mut builder = Builder::new();
    builder
        .tags(tags)
        .generic_attributes(HashSet::new())
        .tag_attributes([("a", ["href"].into())].into())
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(ammonia::UrlRelative::Deny)
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some("noopener noreferrer nofollow"));
    builder
});

/// The catalogue's texts come again and again.
static RENDERED: LazyLock<Cache<String, CleanHtml>> = LazyLock::new(|| Cache::new(2_000));

/// Renders Markdown. Headings begin at level three, below those of the page.
pub(crate) fn render_markdown(text: &str) -> CleanHtml {
    if let Some(known) = RENDERED.get(text) {
        return known;
    }
    let html = render(text);
    RENDERED.insert(text.to_owned(), html.clone());
    html
}

fn render(text: &str) -> CleanHtml {
    use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};
    let lower = |level: HeadingLevel| match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    };
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let events = Parser::new_ext(text, options).map(|event| match event {
        Event::Start(Tag::Heading {
            level,
            id,
            classes,
            attrs,
        }) => Event::Start(Tag::Heading {
            level: lower(level),
            id,
            classes,
            attrs,
        }),
        Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(lower(level))),
        other => other,
    });
    let mut dirty = String::with_capacity(text.len() * 3 / 2);
    html::push_html(&mut dirty, events);
    CleanHtml(CLEANER.clean(&dirty).to_string().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_what_prompts_need() {
        let html =
            render_markdown("# One\n\nTwo *three* [four](https://example.org/?a=1&b=2)\n\n- five")
                .to_string();
        assert_eq!(
            html,
            "<h3>One</h3>\n<p>Two <em>three</em> <a href=\"https://example.org/?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">four</a></p>\n<ul>\n<li>five</li>\n</ul>\n"
        );
    }

    #[test]
    fn lets_nothing_harmful_through() {
        for dirty in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "[x](javascript:alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "![x](https://tracker.example/p.gif)",
            "<a href=\"/l/other\" onclick=\"x()\">x</a>",
            "<form action=/x><input name=a></form>",
            "<p style=\"position:fixed\" class=\"card\" id=\"main\">x</p>",
            "<iframe src=https://evil.example></iframe>",
            "<svg><script>alert(1)</script></svg>",
            "<base href=https://evil.example>",
            "<meta http-equiv=refresh content=0>",
        ] {
            let html = render_markdown(dirty).to_string();
            for bad in [
                "<script",
                "<img",
                "javascript:",
                "data:",
                "onerror",
                "onclick",
                "<form",
                "<input",
                "style=",
                "class=",
                "id=",
                "<iframe",
                "<svg",
                "<base",
                "<meta",
                "href=\"/",
            ] {
                assert!(!html.contains(bad), "{dirty} -> {html}");
            }
        }
    }
}
