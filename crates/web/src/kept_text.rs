//! A posted form that could not be taken, given back with every word that was typed into it.

use mtl_programme::scenario::Field;

use crate::forms::PostedForm;
use crate::pages::problem::{KeptText, KeptTextPage};
use crate::pages::shell::Shell;
use crate::problem::Words;

/// The page: typed texts in fields that can be copied and changed, all else hidden, and a button
/// that sends everything again to where it was going.
pub(crate) fn kept_text(
    shell: Shell,
    words: &Words,
    path: &str,
    form: &PostedForm,
    reference: &str,
) -> KeptTextPage {
    let is_text = |name: &str| {
        ["text.", "comment"]
            .iter()
            .any(|start| name.starts_with(start))
            || name == "reason"
    };
    let label = |name: &str| match name.split_once('.') {
        Some(("text", field)) => field
            .parse::<Field>()
            .map_or("Text", |field| field.title())
            .to_owned(),
        Some(("comment", _)) => "Comment on one criterion".to_owned(),
        _ if name == "reason" => "Reason".to_owned(),
        _ => "Comment".to_owned(),
    };
    let (texts, hidden): (Vec<_>, Vec<_>) = form.kept().partition(|(name, _)| is_text(name));
    KeptTextPage {
        shell,
        title: words.title,
        happened: words.happened.clone(),
        advice: words.advice,
        action: path.to_owned(),
        button: "Send again",
        hidden: hidden
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        texts: texts
            .into_iter()
            .map(|(name, text)| KeptText {
                label: label(name),
                name: name.to_owned(),
                text: text.to_owned(),
            })
            .collect(),
        reference: Some(reference.to_owned()),
    }
}
