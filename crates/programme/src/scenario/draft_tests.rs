//! Tests of saving: order, conflicts, windows, limits.

use super::*;

fn save(writer: &str, based_on: u32, texts: &[(Field, &str)]) -> StageEdit {
    StageEdit {
        stage: texts[0].0.stage(),
        based_on,
        writer: Some(writer.to_owned()),
        texts: texts
            .iter()
            .map(|(field, text)| (*field, (*text).to_owned()))
            .collect(),
    }
}

fn applied(draft: &ScenarioDraft, edit: &StageEdit, base: Option<&ScenarioDraft>) -> Applied {
    draft.apply(edit, base).unwrap()
}

#[test]
fn a_save_raises_the_revision_and_an_equal_one_does_not() {
    let empty = ScenarioDraft::default();
    assert!(empty.is_empty());
    let edit = save("a", 0, &[(Field::Question, "Why?\r\nHow?")]);
    let first = applied(&empty, &edit, None);
    assert_eq!(first.outcome, Outcome::Saved);
    assert_eq!(first.draft.revision(), 1);
    assert_eq!(first.draft.text(Field::Question), "Why?\nHow?");
    assert!(!first.draft.has_stage(Stage::Context));
    // The answer was lost and the window sends the same again.
    let again = applied(&first.draft, &edit, Some(&empty));
    assert_eq!(again.outcome, Outcome::Unchanged);
    assert_eq!(again.draft, first.draft);
}

#[test]
fn a_window_never_conflicts_with_itself() {
    let draft = ScenarioDraft::default();
    let draft = applied(&draft, &save("a", 0, &[(Field::Question, "Wh")]), None).draft;
    let next = applied(&draft, &save("a", 0, &[(Field::Question, "Why")]), None);
    assert_eq!(next.outcome, Outcome::Saved);
    assert_eq!(next.draft.text(Field::Question), "Why");
}

#[test]
fn two_windows_on_two_fields_both_keep_their_text() {
    let base = ScenarioDraft::default();
    let one = applied(
        &base,
        &save("a", 0, &[(Field::Question, "Q"), (Field::Setting, "")]),
        None,
    );
    let two = applied(
        &one.draft,
        &save("b", 0, &[(Field::Question, ""), (Field::Setting, "S")]),
        Some(&base),
    );
    assert_eq!(two.outcome, Outcome::Saved);
    assert_eq!(two.draft.text(Field::Question), "Q");
    assert_eq!(two.draft.text(Field::Setting), "S");
}

#[test]
fn two_windows_on_one_field_lose_nothing() {
    let base = ScenarioDraft::default();
    let one = applied(&base, &save("a", 0, &[(Field::Question, "mine")]), None).draft;
    let two = applied(
        &one,
        &save("b", 0, &[(Field::Question, "yours")]),
        Some(&base),
    );
    assert_eq!(two.outcome, Outcome::Conflict(vec![Field::Question]));
    assert_eq!(two.draft.revision(), 2);
    assert_eq!(two.draft.text(Field::Question), "mine");
    assert_eq!(two.draft.asides()[0].text, "yours");
    // The late window types on: its own aside grows, no second one appears.
    let three = applied(
        &two.draft,
        &save("b", 0, &[(Field::Question, "yours, longer")]),
        Some(&base),
    );
    assert_eq!(three.outcome, Outcome::Conflict(vec![Field::Question]));
    assert_eq!(three.draft.asides().len(), 1);
    assert_eq!(three.draft.asides()[0].text, "yours, longer");
    // Even after the window has learned of the newest revision, nothing is overwritten.
    let four = applied(
        &three.draft,
        &save("b", 3, &[(Field::Question, "yours, longest")]),
        None,
    );
    assert_eq!(four.draft.text(Field::Question), "mine");
    assert_eq!(four.draft.asides()[0].text, "yours, longest");

    for (take, text) in [
        (TakeAside::Replace, "yours, longer"),
        (TakeAside::Append, "mine\n\nyours, longer"),
        (TakeAside::Drop, "mine"),
    ] {
        let settled = three.draft.settle_aside(1, take).unwrap();
        assert_eq!(settled.text(Field::Question), text);
        assert!(settled.asides().is_empty());
        assert_eq!(settled.revision(), 4);
        assert_eq!(
            settled.settle_aside(1, take),
            Err(EditError::NoSuchAside(1))
        );
    }
}

#[test]
fn a_window_that_saw_the_other_text_may_replace_it() {
    let one = applied(
        &ScenarioDraft::default(),
        &save("a", 0, &[(Field::Question, "mine")]),
        None,
    )
    .draft;
    let two = applied(&one, &save("b", 1, &[(Field::Question, "better")]), None);
    assert_eq!(two.outcome, Outcome::Saved);
    assert_eq!(two.draft.text(Field::Question), "better");
}

#[test]
fn without_names_or_versions_a_late_text_still_lies_aside() {
    let mut first = save("", 0, &[(Field::Question, "mine")]);
    first.writer = None;
    let one = applied(&ScenarioDraft::default(), &first, None).draft;
    let two = applied(&one, &save("", 0, &[(Field::Question, "yours")]), None);
    assert_eq!(two.outcome, Outcome::Conflict(vec![Field::Question]));
    assert_eq!(two.draft.asides()[0].writer, None);
}

#[test]
fn refusals_change_nothing_and_say_what_to_do() {
    let draft = ScenarioDraft::default();
    let long = "x".repeat(Field::Question.max_chars() + 1);
    let mut wrong_stage = save("a", 0, &[(Field::Question, "Q")]);
    wrong_stage.stage = Stage::Plan;
    for (edit, code) in [
        (save("a", 0, &[(Field::Question, &long)]), "edit_too_long"),
        (wrong_stage, "edit_other_stage"),
        (
            save("a", 1, &[(Field::Question, "Q")]),
            "edit_future_revision",
        ),
    ] {
        let error = draft.apply(&edit, None).unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
    let error = draft
        .apply(&save("a", 0, &[(Field::Question, &long)]), None)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "“Your question” is too long: it has 1001 characters and can have 1000. Shorten it by 1, or put the rest into an evidence file. Nothing in this window was lost."
    );
    // Limits count characters, not bytes, and a line end once.
    let full = "é".repeat(Field::Question.max_chars() - 1) + "\r\n";
    assert!(
        draft
            .apply(&save("a", 0, &[(Field::Question, &full)]), None)
            .is_ok()
    );
}

#[test]
fn a_flood_of_late_texts_is_refused() {
    let mut draft = applied(
        &ScenarioDraft::default(),
        &save("a", 0, &[(Field::Question, "mine")]),
        None,
    )
    .draft;
    for window in 0..MAX_ASIDES {
        let name = format!("w{window}");
        draft = applied(&draft, &save(&name, 0, &[(Field::Question, &name)]), None).draft;
    }
    let error = draft
        .apply(&save("z", 0, &[(Field::Question, "z")]), None)
        .unwrap_err();
    assert_eq!(error, EditError::TooManyAsides);
}

#[test]
fn is_stored_as_plain_json_and_read_back() {
    let draft = applied(
        &ScenarioDraft::default(),
        &save("a", 0, &[(Field::Question, "Why?")]),
        None,
    )
    .draft;
    let json = serde_json::to_string(&draft).unwrap();
    assert_eq!(
        json,
        r#"{"revision":1,"texts":{"question":{"text":"Why?","revision":1,"writer":"a"}}}"#
    );
    assert_eq!(serde_json::from_str::<ScenarioDraft>(&json).unwrap(), draft);
    assert_eq!(draft.words(), 1);
}

#[test]
fn an_earlier_version_comes_back_as_the_newest() {
    let first = applied(
        &ScenarioDraft::default(),
        &save("a", 0, &[(Field::Question, "First")]),
        None,
    )
    .draft;
    let second = applied(
        &first,
        &save(
            "a",
            1,
            &[(Field::Question, "Second"), (Field::Setting, "Here")],
        ),
        Some(&first),
    )
    .draft;
    let restored = second.restore(&first);
    assert_eq!(restored.revision(), 3);
    assert_eq!(restored.text(Field::Question), "First");
    assert_eq!(restored.text(Field::Setting), "");
    // A window that still shows the second version does not write over it unseen.
    let late = save("b", 2, &[(Field::Question, "Third")]);
    assert_eq!(
        applied(&restored, &late, Some(&second)).outcome,
        Outcome::Conflict(vec![Field::Question])
    );
}
