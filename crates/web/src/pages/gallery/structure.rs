//! What every page must have for people who do not see it or do not use a mouse: one first-level
//! heading, headings without jumps, a label for every field, unique ids, links that lead to them.

use std::collections::HashSet;

use super::pages;

/// The start tags of a page as (name, attributes).
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        rest = &rest[open + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let close = rest.find('>').unwrap();
        let tag = &rest[..close];
        let (name, mut attributes_text) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        loop {
            attributes_text = attributes_text.trim_start();
            if attributes_text.is_empty() {
                break;
            }
            let end = attributes_text
                .find(|c: char| c == '=' || c.is_whitespace())
                .unwrap_or(attributes_text.len());
            let (key, after) = attributes_text.split_at(end);
            if let Some(value) = after.strip_prefix("=\"") {
                let quote = value.find('"').unwrap();
                attributes.push((key.to_owned(), value[..quote].to_owned()));
                attributes_text = &value[quote + 1..];
            } else {
                attributes.push((key.to_owned(), String::new()));
                attributes_text = after;
            }
        }
        found.push((name.to_lowercase(), attributes));
        rest = &rest[close..];
    }
    found
}

fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

#[test]
fn headings_labels_and_ids_are_in_order() {
    for (page, html) in pages() {
        let tags = tags(&html);
        let mut ids = HashSet::new();
        let mut labelled = HashSet::new();
        let mut level = 0;
        let mut first_level = 0;
        for (name, attributes) in &tags {
            if let Some(id) = attribute(attributes, "id") {
                assert!(ids.insert(id), "{page}: the id {id} is there twice");
            }
            if name == "label" {
                labelled.insert(attribute(attributes, "for").unwrap());
            }
            if let Some(number) = name.strip_prefix('h').and_then(|n| n.parse::<u8>().ok()) {
                assert!(
                    number <= level + 1 || first_level > 1,
                    "{page}: h{number} after h{level}"
                );
                level = number;
                first_level += u8::from(number == 1);
            }
            assert!(
                attribute(attributes, "style").is_none(),
                "{page}: inline style"
            );
            assert!(
                attributes.iter().all(|(key, _)| !key.starts_with("on")),
                "{page}: inline script"
            );
        }
        assert!(first_level >= 1, "{page}: no heading");
        for (name, attributes) in &tags {
            let kind = attribute(attributes, "type").unwrap_or_default();
            if matches!(name.as_str(), "textarea" | "select")
                || (name == "input" && kind != "hidden")
            {
                let id = attribute(attributes, "id")
                    .unwrap_or_else(|| panic!("{page}: a field without id"));
                assert!(labelled.contains(id), "{page}: no label for {id}");
            }
            for refers in ["aria-describedby", "aria-labelledby", "form"] {
                for id in attribute(attributes, refers)
                    .unwrap_or_default()
                    .split_whitespace()
                {
                    assert!(
                        ids.contains(id),
                        "{page}: {refers} names {id}, which is not there"
                    );
                }
            }
            if name == "a"
                && let Some(id) =
                    attribute(attributes, "href").and_then(|href| href.strip_prefix('#'))
            {
                assert!(
                    ids.contains(id),
                    "{page}: a link to #{id}, which is not there"
                );
            }
            if attribute(attributes, "target") == Some("_blank") && name == "a" {
                assert!(
                    attribute(attributes, "rel").is_some_and(|rel| rel.contains("noopener")),
                    "{page}"
                );
            }
        }
        assert!(
            html.contains("<main id=\"main\"") && html.contains("lang=\"en-GB\""),
            "{page}"
        );
    }
}

#[test]
fn every_button_and_link_says_what_it_does() {
    for (page, html) in pages() {
        for element in ["button", "a", "summary"] {
            let start = format!("<{element}");
            for part in html.split(&start).skip(1) {
                if !part.starts_with([' ', '>']) {
                    continue;
                }
                let end = part.find(&format!("</{element}>")).unwrap();
                let words: String = part[part.find('>').unwrap() + 1..end]
                    .split('<')
                    .map(|piece| piece.rsplit('>').next().unwrap())
                    .collect();
                assert!(
                    !words.trim().is_empty(),
                    "{page}: {element} without words: {}",
                    &part[..end]
                );
            }
        }
    }
}

#[test]
fn every_form_that_posts_inside_a_launch_carries_the_token() {
    for (page, html) in pages() {
        for form in html.split("<form ").skip(1) {
            let form = &form[..form.find("</form>").unwrap()];
            let head = &form[..form.find('>').unwrap()];
            if head.contains("method=\"post\"") && head.contains("action=\"/l/") {
                assert!(form.contains("name=\"form_token\""), "{page}: {head}");
            }
        }
    }
}
