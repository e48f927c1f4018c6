//! The draft of a scenario: saved as it is typed, from several windows, without losing a word.
//!
//! Every save names the revision of the draft that the window last saw. Text that somebody else
//! wrote in between is never overwritten: it stays, and the text that came too late is put *aside*
//! in the same draft, where the participant finds it and chooses.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Field, Stage, count_words};

/// The longest name of a window, in characters; longer ones are cut.
const MAX_WRITER_CHARS: usize = 64;
/// The most texts that can lie aside; more means that nobody reads them, and the save is refused.
const MAX_ASIDES: usize = 50;

/// The current texts of a scenario. A new one is `ScenarioDraft::default()`, revision 0.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ScenarioDraft {
    revision: u32,
    #[serde(default)]
    texts: BTreeMap<Field, FieldText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    aside: Vec<Aside>,
    /// How many texts were ever put aside, so that no number is given twice.
    #[serde(default, skip_serializing_if = "is_zero")]
    aside_count: u32,
}

/// One text and who wrote it last.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FieldText {
    /// The text, with `\n` line ends.
    pub text: String,
    /// The draft's revision when this text was saved.
    pub revision: u32,
    /// The window that saved it, if it gave a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writer: Option<String>,
}

/// A text that arrived after another window had changed the same field.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Aside {
    /// Its number in this draft, by which it is chosen or dropped.
    pub number: u32,
    /// Where it belongs.
    pub field: Field,
    /// The text.
    pub text: String,
    /// The revision that its writer had seen.
    pub based_on: u32,
    /// The window that wrote it, if it gave a name. Its later saves replace this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writer: Option<String>,
}

/// One save of one stage's texts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StageEdit {
    /// The stage whose page was open.
    pub stage: Stage,
    /// The revision that the window last saw.
    pub based_on: u32,
    /// A random name of the window, so that its own saves never conflict with each other, even
    /// when an answer got lost on the way.
    #[serde(default)]
    pub writer: Option<String>,
    /// The texts; fields that are not named stay as they are.
    pub texts: BTreeMap<Field, String>,
}

/// What a save came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// The draft to store. Its revision is one higher, unless nothing changed.
    pub draft: ScenarioDraft,
    /// What to tell the window.
    pub outcome: Outcome,
}

/// How a save went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Every text was already so: there is nothing to store.
    Unchanged,
    /// Saved; nobody else had written in between, or they had written elsewhere.
    Saved,
    /// Saved, but for these fields another window's text stands and this one lies aside; the page
    /// shows both, and [`ScenarioDraft::settle_aside`] carries the choice out.
    Conflict(Vec<Field>),
}

/// What to do with a text that lies aside.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TakeAside {
    /// It replaces the field's text.
    Replace,
    /// It is added below the field's text.
    Append,
    /// It is dropped; the draft's earlier versions still hold it.
    Drop,
}

impl ScenarioDraft {
    /// The number of saves that changed something.
    pub const fn revision(&self) -> u32 {
        self.revision
    }

    /// The text of a field, empty if nothing was written.
    pub fn text(&self, field: Field) -> &str {
        self.texts.get(&field).map_or("", |entry| &entry.text)
    }

    /// The texts that lie aside, oldest first.
    pub fn asides(&self) -> &[Aside] {
        &self.aside
    }

    /// Whether nothing was written anywhere.
    pub fn is_empty(&self) -> bool {
        self.aside.is_empty()
            && Field::ALL
                .iter()
                .all(|field| self.text(*field).trim().is_empty())
    }

    /// Whether every required text of the stage has something in it.
    pub fn has_stage(&self, stage: Stage) -> bool {
        Field::of_stage(stage)
            .filter(|field| field.is_required())
            .all(|field| !self.text(field).trim().is_empty())
    }

    /// The words of the work: all texts but the references.
    pub fn words(&self) -> u32 {
        Field::ALL
            .iter()
            .filter(|field| field.counts_words())
            .map(|field| count_words(self.text(*field)))
            .fold(0, u32::saturating_add)
    }

    /// The draft after a save. `base` is the draft as it was at the revision that the save names;
    /// where the store no longer has it, `None` is safe: a text that meets another is then put
    /// aside even where the window had not really changed it.
    ///
    /// # Errors
    /// A field of another stage, a text that is too long, a revision that does not exist yet, or
    /// too many texts aside. Then nothing was changed.
    pub fn apply(&self, edit: &StageEdit, base: Option<&Self>) -> Result<Applied, EditError> {
        self.verify_edit(edit)?;
        let revision = self.revision.saturating_add(1);
        let writer = edit
            .writer
            .as_deref()
            .filter(|name| !name.is_empty())
            .map(|name| name.chars().take(MAX_WRITER_CHARS).collect::<String>());
        let base = base.filter(|draft| draft.revision == edit.based_on);
        let mut draft = self.clone();
        let mut conflicts = Vec::new();
        let mut changed = false;
        for (field, raw) in &edit.texts {
            let text = normalise_text(raw);
            if self.text(*field) == text {
                // What this window had lying aside is now the text itself.
                changed |= draft.drop_asides_of(*field, writer.as_deref());
                continue;
            }
            let untouched = base.is_some_and(|base| base.text(*field) == text);
            if untouched && edit.based_on < self.revision {
                continue;
            }
            if !self.has_aside_of(*field, writer.as_deref())
                && self.is_free(*field, edit.based_on, writer.as_deref())
            {
                draft.texts.insert(
                    *field,
                    FieldText {
                        text,
                        revision,
                        writer: writer.clone(),
                    },
                );
                changed = true;
            } else {
                changed |= draft.put_aside(*field, text, edit.based_on, writer.clone())?;
                conflicts.push(*field);
            }
        }
        if changed {
            draft.revision = revision;
        }
        let outcome = match (conflicts.is_empty(), changed) {
            (false, _) => Outcome::Conflict(conflicts),
            (true, true) => Outcome::Saved,
            (true, false) => Outcome::Unchanged,
        };
        Ok(Applied { draft, outcome })
    }

    /// The draft after the participant chose what becomes of a text that lies aside.
    ///
    /// # Errors
    /// There is no such text, or the two together are too long.
    pub fn settle_aside(&self, number: u32, take: TakeAside) -> Result<Self, EditError> {
        let mut draft = self.clone();
        let place = draft
            .aside
            .iter()
            .position(|aside| aside.number == number)
            .ok_or(EditError::NoSuchAside(number))?;
        let aside = draft.aside.remove(place);
        draft.revision = self.revision.saturating_add(1);
        let text = match take {
            TakeAside::Drop => return Ok(draft),
            TakeAside::Replace => aside.text,
            TakeAside::Append => format!("{}\n\n{}", self.text(aside.field), aside.text),
        };
        verify_length(aside.field, &text)?;
        draft.texts.insert(
            aside.field,
            FieldText {
                text,
                revision: draft.revision,
                writer: None,
            },
        );
        Ok(draft)
    }

    /// An earlier version brought back as the newest one. Texts that wait for a choice stay.
    #[must_use]
    pub fn restore(&self, earlier: &Self) -> Self {
        let revision = self.revision.saturating_add(1);
        let texts = Field::ALL
            .into_iter()
            .filter(|field| !(self.text(*field).is_empty() && earlier.text(*field).is_empty()))
            .map(|field| {
                let text = earlier.text(field).to_owned();
                (
                    field,
                    FieldText {
                        text,
                        revision,
                        writer: None,
                    },
                )
            })
            .collect();
        Self {
            revision,
            texts,
            aside: self.aside.clone(),
            aside_count: self.aside_count,
        }
    }

    fn verify_edit(&self, edit: &StageEdit) -> Result<(), EditError> {
        if edit.based_on > self.revision {
            return Err(EditError::FutureRevision {
                named: edit.based_on,
                current: self.revision,
            });
        }
        for (field, text) in &edit.texts {
            if field.stage() != edit.stage {
                return Err(EditError::OtherStage {
                    field: *field,
                    stage: edit.stage,
                });
            }
            verify_length(*field, text)?;
        }
        Ok(())
    }

    /// Whether a text that saw `based_on` may take the field's place: nobody has written it since,
    /// or this very window has.
    fn is_free(&self, field: Field, based_on: u32, writer: Option<&str>) -> bool {
        self.texts.get(&field).is_none_or(|entry| {
            entry.revision <= based_on || (writer.is_some() && entry.writer.as_deref() == writer)
        })
    }

    /// Puts a text aside, in place of an earlier one of the same window; false if it lies there
    /// already.
    fn put_aside(
        &mut self,
        field: Field,
        text: String,
        based_on: u32,
        writer: Option<String>,
    ) -> Result<bool, EditError> {
        if self
            .aside
            .iter()
            .any(|aside| aside.field == field && aside.text == text)
        {
            return Ok(false);
        }
        if writer.is_some()
            && let Some(earlier) = self
                .aside
                .iter_mut()
                .find(|aside| aside.field == field && aside.writer == writer)
        {
            earlier.text = text;
            return Ok(true);
        }
        if self.aside.len() >= MAX_ASIDES {
            return Err(EditError::TooManyAsides);
        }
        self.aside_count = self.aside_count.saturating_add(1);
        self.aside.push(Aside {
            number: self.aside_count,
            field,
            text,
            based_on,
            writer,
        });
        Ok(true)
    }

    /// Whether this window's text lies aside until the participant chooses. Until then its saves go
    /// there, whatever revision they name.
    fn has_aside_of(&self, field: Field, writer: Option<&str>) -> bool {
        writer.is_some()
            && self
                .aside
                .iter()
                .any(|aside| aside.field == field && aside.writer.as_deref() == writer)
    }

    fn drop_asides_of(&mut self, field: Field, writer: Option<&str>) -> bool {
        let before = self.aside.len();
        if writer.is_some() {
            self.aside
                .retain(|aside| aside.field != field || aside.writer.as_deref() != writer);
        }
        self.aside.len() != before
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Browsers send `\r\n`; scripts send `\n`. One form, so that equal texts are equal.
fn normalise_text(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn verify_length(field: Field, text: &str) -> Result<(), EditError> {
    let chars = normalise_text(text).chars().count();
    if chars > field.max_chars() {
        return Err(EditError::TooLong { field, chars });
    }
    Ok(())
}

/// Why a save was refused, in words for the participant.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// More characters than the field takes.
    #[error(
        "“{}” is too long: it has {chars} characters and can have {}. Shorten it by {}, or put the rest into an evidence file. Nothing in this window was lost.",
        field.title(), field.max_chars(), chars - field.max_chars()
    )]
    TooLong {
        /// The field.
        field: Field,
        /// The length of the text, in characters.
        chars: usize,
    },
    /// The save names a field that is not on the stage's page.
    #[error("“{}” does not belong to the stage “{}”. Load the page again.", field.title(), stage.title())]
    OtherStage {
        /// The field.
        field: Field,
        /// The stage of the save.
        stage: Stage,
    },
    /// The save names a revision that was never made.
    #[error(
        "This page is not from the saved draft (it names version {named}, the draft is at {current}). Copy your text and load the page again."
    )]
    FutureRevision {
        /// The revision that the save names.
        named: u32,
        /// The draft's revision.
        current: u32,
    },
    /// Nothing lies aside under that number.
    #[error("That text has already been dealt with. Load the page again to see the draft.")]
    NoSuchAside(u32),
    /// Too many texts lie aside.
    #[error(
        "Too many versions of your texts are waiting for you to choose between them. Choose first, then save again."
    )]
    TooManyAsides,
}

impl EditError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "edit_too_long",
            Self::OtherStage { .. } => "edit_other_stage",
            Self::FutureRevision { .. } => "edit_future_revision",
            Self::NoSuchAside(_) => "edit_no_such_aside",
            Self::TooManyAsides => "edit_too_many_asides",
        }
    }
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
