//! Pages as a person meets them: the forms with what stands in them, the links, the words.

use anyhow::{Context as _, Result, ensure};

/// A form of a page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    /// Where it is sent, as the page says it.
    pub(crate) action: String,
    /// What is sent, in order.
    pub(crate) fields: Vec<(String, String)>,
    /// What could be chosen: radio buttons, check boxes, options and buttons.
    pub(crate) choices: Vec<(String, String)>,
}

impl Form {
    /// The value of a field.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map(|(_, value)| value.as_str())
    }

    /// Types into a field, or chooses; a name or a choice that the page does not offer is an error.
    pub(crate) fn fill(mut self, name: &str, value: &str) -> Result<Self> {
        if let Some(field) = self.fields.iter_mut().find(|(known, _)| known == name) {
            value.clone_into(&mut field.1);
            return Ok(self);
        }
        let choice = (name.to_owned(), value.to_owned());
        ensure!(
            self.choices.contains(&choice),
            "the form to {} has no {name} = {value:?}; it has {:?} and {:?}",
            self.action,
            self.names(),
            self.choices,
        );
        self.fields.push(choice);
        Ok(self)
    }

    /// The names of the fields.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.fields.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The names of the groups of choices that begin with `prefix`, each once.
    pub(crate) fn groups(&self, prefix: &str) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (name, _) in &self.choices {
            if name.starts_with(prefix) && !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }

    /// The form without a field.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }
}

/// The forms of a page.
pub(crate) fn forms(html: &str) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    let mut inside = false;
    let mut select: Option<(String, Option<String>)> = None;
    for tag in tags(html) {
        match tag.name {
            "form" => {
                inside = true;
                let action = tag.attribute("action").unwrap_or_default();
                forms.push(Form {
                    action,
                    ..Form::default()
                });
            }
            "/form" => inside = false,
            _ if !inside => {}
            "input" | "button" => {
                if let (Some(form), Some(name)) = (forms.last_mut(), tag.attribute("name")) {
                    let value = tag.attribute("value").unwrap_or_default();
                    let kind = tag.attribute("type").unwrap_or_default();
                    let is_choice = tag.name == "button" || kind == "radio" || kind == "checkbox";
                    if is_choice {
                        form.choices.push((name.clone(), value.clone()));
                    }
                    if kind != "file" && (!is_choice || tag.has("checked")) {
                        form.fields.push((name, value));
                    }
                }
            }
            "textarea" => {
                if let (Some(form), Some(name)) = (forms.last_mut(), tag.attribute("name")) {
                    let text = tag.rest.split("</textarea>").next().unwrap_or_default();
                    let text = text.strip_prefix('\n').unwrap_or(text);
                    form.fields.push((name, unescape(text)));
                }
            }
            "select" => select = tag.attribute("name").map(|name| (name, None)),
            "option" => {
                if let (Some(form), Some((name, chosen))) = (forms.last_mut(), &mut select) {
                    let value = tag.attribute("value").unwrap_or_default();
                    form.choices.push((name.clone(), value.clone()));
                    if chosen.is_none() || tag.has("selected") {
                        *chosen = Some(value);
                    }
                }
            }
            "/select" => {
                if let (Some(form), Some((name, Some(value)))) = (forms.last_mut(), select.take()) {
                    form.fields.push((name, value));
                }
            }
            _ => {}
        }
    }
    forms
}

/// The links of a page with their words.
pub(crate) fn links(html: &str) -> Vec<(String, String)> {
    tags(html)
        .filter(|tag| tag.name == "a")
        .filter_map(|tag| {
            let words = tag.rest.split("</a>").next().unwrap_or_default();
            Some((tag.attribute("href")?, words_of(words)))
        })
        .collect()
}

/// The words of a page, without its tags.
pub(crate) fn words_of(html: &str) -> String {
    let mut words = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        words.push_str(before);
        words.push(' ');
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    words.push_str(rest);
    unescape(&words)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The form that is sent to a path with this end.
pub(crate) fn form_to(html: &str, end: &str) -> Result<Form> {
    let path = |action: &str| action.split('?').next().unwrap_or_default().to_owned();
    forms(html)
        .into_iter()
        .find(|form| path(&form.action).ends_with(end))
        .with_context(|| format!("the page has no form to …{end}: {}", words_of(html)))
}

struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    /// What follows the tag.
    rest: &'a str,
}

impl Tag<'_> {
    fn attribute(&self, wanted: &str) -> Option<String> {
        let start = format!("{wanted}=\"");
        let at = self.attributes.match_indices(&start).find(|(at, _)| {
            let before = self.attributes[..*at].chars().next_back();
            before.is_none_or(char::is_whitespace)
        })?;
        let value = &self.attributes[at.0 + start.len()..];
        Some(unescape(value.split('"').next()?))
    }

    fn has(&self, wanted: &str) -> bool {
        self.attributes
            .split_whitespace()
            .any(|word| word == wanted)
    }
}

/// The tags of a page, opening and closing. Values hold no `>`: the templates escape it.
fn tags(html: &str) -> impl Iterator<Item = Tag<'_>> {
    html.match_indices('<').filter_map(|(at, _)| {
        let (inside, rest) = html[at + 1..].split_once('>')?;
        let (name, attributes) = inside
            .split_once(char::is_whitespace)
            .unwrap_or((inside, ""));
        Some(Tag {
            name,
            attributes,
            rest,
        })
    })
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((entity, next)) = after.split_once(';').filter(|(name, _)| name.len() < 8) else {
            out.push('&');
            rest = after;
            continue;
        };
        let known = match entity {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            _ => entity
                .strip_prefix("#x")
                .and_then(|digits| u32::from_str_radix(digits, 16).ok())
                .or_else(|| entity.strip_prefix('#')?.parse().ok())
                .and_then(char::from_u32),
        };
        if let Some(letter) = known {
            out.push(letter);
            rest = next;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_it_would_be_sent() {
        let html = "<form method=\"post\" action=\"/a/b?x=1\">\
            <input type=\"hidden\" name=\"t\" value=\"&#34;1&#34;\">\
            <input type=\"radio\" name=\"band\" value=\"low\"><input type=\"radio\" name=\"band\" value=\"high\" checked>\
            <textarea name=\"text\">\n Two &lt;lines&gt;\nhere</textarea>\
            <select name=\"who\"><option value=\"\">Choose</option><option value=\"7\">G</option></select>\
            <button name=\"go\" value=\"on\">On</button></form><a href=\"/c&amp;d\">See <b>it</b></a>";
        let form = form_to(html, "/b").unwrap();
        assert_eq!(form.value("t"), Some("\"1\""));
        assert_eq!(form.value("band"), Some("high"));
        assert_eq!(form.value("text"), Some(" Two <lines>\nhere"));
        assert_eq!(form.value("who"), Some(""));
        assert_eq!(form.value("go"), None);
        let form = form.fill("who", "7").unwrap().fill("go", "on").unwrap();
        assert_eq!(form.value("go"), Some("on"));
        assert!(form.fill("other", "x").is_err());
        assert_eq!(links(html), [("/c&d".to_owned(), "See it".to_owned())]);
    }
}
