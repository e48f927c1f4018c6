//! Tests of reading catalogues: a small whole one, and each mistake with its line and column.

use super::*;
use crate::assessment::Grading;
use crate::mark::Mark;
use crate::strand::Strand;

/// A whole catalogue in few lines. Tests change single lines of it.
const SMALL: &str = r#"[programme]
id = "small"
title = "Small"
award = "Award"
level = 7
credits = 30
summary = "A small programme."

[[criteria_sets]]
id = "set"
title = "Criteria"
guidance = "Read it."

[[criteria_sets.bands]]
id = "good"
title = "Good"
from = 50
passes = true
description = "It is good."

[[criteria_sets.bands]]
id = "poor"
title = "Poor"
from = 0
description = "It is poor."

[[criteria_sets.criteria]]
id = "only"
title = "The only one"
guidance = "Look."
bands = { good = "Yes.", poor = "No." }

[[criteria_sets.criteria.exemplars]]
band = "good"
extract = "So it was."
why = "It says so."

[[phases]]
id = "one"
title = "One"
summary = "The first."

[[phases.modules]]
id = "m"
title = "Module"
credits = 30
summary = "It is one."

[[phases.modules.components]]
id = "a"
title = "A"
weight = 40
criteria = "set"

[[phases.modules.components]]
id = "b"
title = "B"
weight = 60
must_pass = true
minimum = 45.5
criteria = "set"

[[phases.modules.activities]]
id = "do-a"
title = "Do A"
kind = "professional-scenario"
strands = [3, 1]
feeds = "a"
due = { weeks_after_start = 3, at = "12:00" }
instructions = "Do it."

[phases.modules.activities.prompts]
context = "C"
plan = "P"
evidence = "E"
analysis = "A"
reflection = "R"
impact = "I"

[[phases.modules.activities]]
id = "do-b"
title = "Do B"
kind = "peer-observation"
strands = [2]
feeds = "b"
instructions = "Do it."
"#;

fn read(text: &str) -> Result<Programme, CatalogueErrors> {
    parse_programme("small.toml", text)
}

/// The errors after replacing a line: "line:column code".
fn errors_after(old: &str, new: &str) -> Vec<String> {
    assert_eq!(SMALL.matches(old).count(), 1, "{old:?} must stand once");
    match read(&SMALL.replace(old, new)) {
        Ok(_) => Vec::new(),
        Err(errors) => errors
            .0
            .iter()
            .map(|error| {
                let code = error.code().trim_start_matches("catalogue_");
                format!("{}:{} {code}", error.line, error.column)
            })
            .collect(),
    }
}

/// The words of the first error after replacing a line.
fn words_after(old: &str, new: &str) -> String {
    let errors = read(&SMALL.replace(old, new)).unwrap_err();
    errors.0[0].to_string()
}

#[test]
fn a_whole_catalogue_is_read() {
    let programme = read(SMALL).unwrap();
    let module = programme.find_module("m").unwrap();
    assert_eq!(module.level, 7);
    assert_eq!(
        module.strands(),
        [
            Strand::LearningEnvironments,
            Strand::ProfessionalLearning,
            Strand::PedagogicAwareness
        ]
    );
    let component = module.find_component("b").unwrap();
    assert!(component.must_pass);
    assert_eq!(component.grading, Grading::Marked);
    assert_eq!(component.minimum.map(Mark::hundredths), Some(4550));
    let found = programme
        .find_by_key(&"small/do-a".parse().unwrap())
        .unwrap();
    assert_eq!(found.module.id, "m");
    assert_eq!(found.phase.id, "one");
    assert_eq!(
        found
            .activity
            .scenario_prompt(crate::scenario::Stage::Impact),
        "I"
    );
    let due = found.activity.due.unwrap();
    assert_eq!(due.weeks_after_start, 3);
    assert_eq!(due.at.to_string(), "12:00:00");
    assert_eq!(module.activity_feeding("b").unwrap().id, "do-b");
    assert_eq!(module.component_fed_by(found.activity).unwrap().id, "a");
    assert!(
        programme
            .find_by_key(&"other/do-a".parse().unwrap())
            .is_none()
    );
    assert_eq!(programme.key_of(found.activity).to_string(), "small/do-a");
    let set = programme.criteria_of(component).unwrap();
    let mark = |whole| Mark::from_whole(whole).unwrap();
    assert_eq!(set.band_of(mark(50)).unwrap().id, "good");
    assert_eq!(set.band_of(mark(49)).unwrap().id, "poor");
    assert_eq!(set.highest_mark(&set.bands[0]), Mark::FULL);
    assert_eq!(set.highest_mark(&set.bands[1]).to_string(), "49.99");
    assert_eq!(set.criteria[0].in_band("poor"), Some("No."));
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of mistakes")]
fn every_mistake_has_its_line_and_column() {
    for (old, new, expected) in [
        // What the file is made of.
        ("title = \"Small\"", "title = \"Small", "3:15 syntax"),
        (
            "title = \"Small\"",
            "titel = \"Small\"",
            "1:1 missing_key, 3:1 unknown_key",
        ),
        ("title = \"Small\"", "title = 5", "3:9 wrong_type"),
        ("title = \"Small\"", "title = \"  \"", "3:9 empty"),
        ("level = 7", "level = \"7\"", "5:9 wrong_type"),
        ("level = 7", "level = 3", "5:9 wrong_value"),
        ("id = \"small\"", "id = \"Small Programme\"", "2:6 name"),
        // Criteria.
        ("from = 50", "from = 150", "17:8 wrong_value"),
        ("from = 50", "from = \"50\"", "17:8 wrong_type"),
        ("from = 0", "from = 50", "24:8 bands, 24:8 bands"),
        ("from = 0", "from = 10", "24:8 bands"),
        ("passes = true", "passes = 1", "18:10 wrong_type"),
        (
            "id = \"poor\"",
            "id = \"good\"",
            "22:6 duplicate_id, 31:26 unknown_key",
        ),
        ("good = \"Yes.\", ", "", "31:9 unknown"),
        (
            "good = \"Yes.\", ",
            "gud = \"Yes.\", ",
            "31:9 unknown, 31:11 unknown_key",
        ),
        ("band = \"good\"", "band = \"best\"", "34:8 unknown"),
        // Modules.
        (
            "credits = 30\nsummary = \"It",
            "credits = 20\nsummary = \"It",
            "6:11 credits",
        ),
        (
            "credits = 30\nsummary = \"It",
            "summary = \"It",
            "43:1 missing_key",
        ),
        (
            "[[phases.modules]]\nid = \"m\"\ntitle = \"Module\"\ncredits = 30\nsummary = \"It is one.\"\n",
            "",
            "44:10 wrong_type",
        ),
        // Components.
        ("weight = 40", "weight = 50", "58:10 weights"),
        ("weight = 40", "weight = 0", "52:10 wrong_value"),
        ("weight = 40", "weight = 40.0", "52:10 wrong_type"),
        ("weight = 40", "grading = \"pass-fail\"", "58:10 weights"),
        (
            "weight = 40",
            "grading = \"passfail\"\nweight = 40",
            "52:11 wrong_value",
        ),
        (
            "weight = 60",
            "weight = 60\ngrading = \"pass-fail\"",
            "52:10 weights, 58:10 unknown_key, 61:11 unknown_key",
        ),
        (
            "must_pass = true",
            "must_pass = \"yes\"",
            "59:13 wrong_type",
        ),
        (
            "id = \"b\"",
            "id = \"a\"",
            "56:6 duplicate_id, 85:9 unknown",
        ),
        (
            "minimum = 45.5\ncriteria = \"set\"",
            "criteria = \"sett\"",
            "60:12 unknown",
        ),
        // Activities.
        (
            "kind = \"peer-observation\"",
            "kind = \"peer-observaton\"",
            "83:8 wrong_value",
        ),
        ("strands = [2]", "strands = [5]", "84:12 unknown"),
        ("strands = [2]", "strands = []", "84:11 wrong_value"),
        ("strands = [2]", "strands = [2, 2]", "84:15 wrong_value"),
        ("strands = [2]", "strands = 2", "84:11 wrong_type"),
        ("strands = [2]\n", "", "80:1 missing_key"),
        ("feeds = \"b\"", "feeds = \"c\"", "85:9 unknown"),
        (
            "feeds = \"b\"",
            "feeds = \"a\"",
            "55:1 not_fed, 85:9 fed_twice",
        ),
        ("feeds = \"b\"\n", "", "55:1 not_fed"),
        ("id = \"do-b\"", "id = \"do-a\"", "81:6 duplicate_id"),
        ("plan = \"P\"\n", "", "72:1 missing_key"),
        (
            "plan = \"P\"",
            "plans = \"P\"",
            "72:1 missing_key, 74:1 unknown_key",
        ),
        ("at = \"12:00\"", "at = \"noon\"", "69:37 wrong_value"),
        ("at = \"12:00\"", "at = 12:00:00", "69:37 wrong_type"),
        (
            "weeks_after_start = 3",
            "weeks_after_start = -3",
            "69:29 wrong_value",
        ),
        (
            "weeks_after_start = 3",
            "weeks = 3",
            "69:7 missing_key, 69:9 unknown_key",
        ),
    ] {
        assert_eq!(errors_after(old, new).join(", "), expected, "{new:?}");
    }
}

#[test]
fn errors_say_what_to_do() {
    for (old, new, expected) in [
        (
            "must_pass = true",
            "must-pass = true",
            "small.toml:59:1: unknown key `must-pass` in the component `b`\n  Did you mean `must_pass`?",
        ),
        (
            "title = \"Small\"",
            "title = \"Small\"\ncolour = \"red\"",
            "small.toml:4:1: unknown key `colour` in the programme\n  Known here: `id`, `title`, `award`, `level`, `credits`, `summary`.",
        ),
        (
            "weight = 40",
            "weight = 30",
            "small.toml:58:10: the weights of the module `m` add up to 90, not 100\n  30 + 60 are 90: add 10 somewhere.",
        ),
        (
            "weight = 40",
            "weight = 41",
            "small.toml:58:10: the weights of the module `m` add up to 101, not 100\n  41 + 60 are 101: take 1 away somewhere.",
        ),
        (
            "feeds = \"b\"",
            "feeds = \"a\"",
            "small.toml:55:1: no activity feeds the component `b`\n  Write `feeds = \"b\"` in one of the module's activities; without it nobody could ever be marked.",
        ),
        (
            "id = \"do-b\"",
            "id = \"do-a\"",
            "small.toml:81:6: the activity id `do-a` is already used in line 64\n  Give one of the two another id. Marks are stored under it, so change the newer one.",
        ),
        (
            "strands = [2]",
            "strands = [7]",
            "small.toml:84:12: there is no strand `7`\n  The strands are: 1 Creating effective learning environments; 2 Developing effective professional learning; 3 Creating pedagogic awareness and effectiveness; 4 Developing wider school experience.",
        ),
        (
            "id = \"small\"",
            "id = \"2. Programme!\"",
            "small.toml:2:6: `2. Programme!` is not a valid id: only lower-case letters a to z, digits and hyphens are allowed\n  Write it like `m-2-programme`.",
        ),
        (
            "kind = \"peer-observation\"",
            "kind = \"observation\"",
            "small.toml:83:8: `kind` is `observation`, which is not allowed\n  Known here: `professional-scenario`, `professional-dialogue`, `peer-observation`, `pupil-data-enquiry`, `shared-learning`, `assessed-submission`.",
        ),
        (
            "credits = 30\nsummary = \"A",
            "credits = 180\nsummary = \"A",
            "small.toml:6:11: the modules have 30 credits together, and the award has 180\n  The modules have 30. Correct the award's credits or a module's.",
        ),
    ] {
        assert_eq!(words_after(old, new), expected);
    }
}

#[test]
fn an_empty_file_is_told_what_it_lacks() {
    let errors = read("").unwrap_err();
    let told: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "small.toml:1:1: the file has no `programme`\n  Begin the file with a table `[programme]`.",
            "small.toml:1:1: the file has no `criteria_sets`\n  Add at least one `[[criteria_sets]]`.",
            "small.toml:1:1: the file has no `phases`\n  Add at least one `[[phases]]`.",
        ]
    );
}

#[test]
fn columns_count_characters_and_all_mistakes_are_told_at_once() {
    let text = SMALL
        .replace("title = \"Small\"", "titre = \"Größe\"")
        .replace(
            "bands = { good = \"Yes.\", poor",
            "bands = { good = \"Jä, größer.\", por",
        )
        .replace("weight = 60", "weight = 61")
        .replace("strands = [2]", "strands = [9]");
    let errors = read(&text).unwrap_err();
    let places: Vec<_> = errors
        .0
        .iter()
        .map(|error| (error.line, error.column, error.code()))
        .collect();
    assert_eq!(
        places,
        [
            (1, 1, "catalogue_missing_key"),
            (3, 1, "catalogue_unknown_key"),
            (31, 9, "catalogue_unknown"),
            (31, 33, "catalogue_unknown_key"),
            (58, 10, "catalogue_weights"),
            (84, 12, "catalogue_unknown"),
        ]
    );
    assert_eq!(errors.to_string().lines().count(), 12);
}

#[test]
fn elements_have_weights_of_their_own() {
    let with = |first: u32| {
        format!(
            "minimum = 45.5\ncriteria = \"set\"\nelements = [{{ id = \"x\", title = \"X\", weight = {first} }}, {{ id = \"y\", title = \"Y\", weight = 75, must_pass = true }}]"
        )
    };
    let old = "minimum = 45.5\ncriteria = \"set\"";
    let programme = read(&SMALL.replace(old, &with(25))).unwrap();
    let module = programme.find_module("m").unwrap();
    let elements = &module.find_component("b").unwrap().elements;
    assert_eq!(elements.len(), 2);
    assert!(elements[1].must_pass);
    assert_eq!(errors_after(old, &with(20)), ["62:87 weights"]);
}

#[test]
fn credits_and_phases_can_be_split_as_a_provider_likes() {
    // A level-6 unit in one phase of one module, 30 credits in all, is as good as any other.
    let programme = read(&SMALL.replace(
        "credits = 30\nsummary = \"It",
        "credits = 30\nlevel = 6\nsummary = \"It",
    ))
    .unwrap();
    assert_eq!(programme.find_module("m").unwrap().level, 6);
}

#[test]
fn hostile_files_end_in_errors() {
    let deep = "a = ".to_owned() + &"[".repeat(100_000);
    for text in [
        "\u{FEFF}",
        "phases = 1",
        "phases = [1, 2]",
        "programme = []\ncriteria_sets = {}\nphases = \"x\"",
        "[[phases]]\nmodules = [[]]",
        "\0",
        &deep,
    ] {
        assert!(read(text).is_err());
    }
}
