//! Reading a criteria set: its bands, its criteria and their exemplars.

use toml::de::DeTable;

use super::check::Ids;
use super::criteria::{Band, CriteriaSet, Criterion, Exemplar};
use super::errors::Problem;
use super::read::{MARKDOWN, SENTENCE, TITLE, place_of};
use super::table::{Report, Table, quote, read_text, suggest};
use crate::mark::Mark;

pub(super) fn read_criteria_set<'t>(
    report: &mut Report<'_>,
    ids: &mut Ids,
    entries: &'t DeTable<'t>,
    offset: usize,
) -> CriteriaSet {
    let place = place_of("criteria set", entries);
    let table = Table::open(
        report,
        entries,
        offset,
        place,
        &["id", "title", "guidance", "bands", "criteria"],
    );
    let mut set = CriteriaSet {
        id: ids.read(report, &table),
        title: table.text(report, "title", TITLE),
        guidance: table.text(report, "guidance", MARKDOWN),
        bands: Vec::new(),
        criteria: Vec::new(),
    };
    let mut band_ids = Ids::of("band");
    let mut places = Vec::new();
    for (entries, offset) in table.tables(report, "bands", "criteria_sets.bands") {
        let (band, from) = read_band(report, &mut band_ids, entries, offset);
        set.bands.push(band);
        places.push(from);
    }
    check_bands(report, &set.bands, &places);
    let mut criterion_ids = Ids::of("criterion");
    for (entries, offset) in table.tables(report, "criteria", "criteria_sets.criteria") {
        let criterion = read_criterion(report, &mut criterion_ids, &set.bands, entries, offset);
        set.criteria.push(criterion);
    }
    set
}

/// The band, and its lowest mark with its place where it could be read.
fn read_band<'t>(
    report: &mut Report<'_>,
    ids: &mut Ids,
    entries: &'t DeTable<'t>,
    offset: usize,
) -> (Band, Option<usize>) {
    let place = place_of("band", entries);
    let table = Table::open(
        report,
        entries,
        offset,
        place,
        &["id", "title", "from", "passes", "description"],
    );
    let from = table.mark(report, "from");
    let band = Band {
        id: ids.read(report, &table),
        title: table.text(report, "title", TITLE),
        from: from.unwrap_or(Mark::ZERO),
        passes: table.flag(report, "passes"),
        description: table.text(report, "description", SENTENCE),
    };
    (band, from.map(|_| table.offset_of("from")))
}

/// Bands go from the highest to the lowest, reach down to 0, and pass above where they fail.
fn check_bands(report: &mut Report<'_>, bands: &[Band], places: &[Option<usize>]) {
    let Some(places) = places.iter().copied().collect::<Option<Vec<usize>>>() else {
        return;
    };
    for (index, pair) in bands.windows(2).enumerate() {
        let [upper, lower] = pair else { continue };
        let place = places[index + 1];
        if lower.from >= upper.from {
            report.add(
                place,
                Problem::Bands(format!(
                    "the band `{}` begins at {}, but stands below `{}`, which begins at {}",
                    quote(&lower.id),
                    lower.from.short(),
                    quote(&upper.id),
                    upper.from.short()
                )),
                "Write the bands from the highest to the lowest, each with its own lowest mark.",
            );
        }
        if lower.passes && !upper.passes {
            report.add(
                place,
                Problem::Bands(format!(
                    "the band `{}` passes, but the higher band `{}` does not",
                    quote(&lower.id),
                    quote(&upper.id)
                )),
                "Write `passes = true` in every band above the pass mark.",
            );
        }
    }
    if let (Some(band), Some(place)) = (bands.last(), places.last())
        && band.from != Mark::ZERO
    {
        report.add(
            *place,
            Problem::Bands(format!(
                "the lowest band `{}` begins at {}, so lower marks have no band",
                quote(&band.id),
                band.from.short()
            )),
            "Let the lowest band begin at 0.",
        );
    }
}

fn read_criterion<'t>(
    report: &mut Report<'_>,
    ids: &mut Ids,
    bands: &[Band],
    entries: &'t DeTable<'t>,
    offset: usize,
) -> Criterion {
    let place = place_of("criterion", entries);
    let table = Table::open(
        report,
        entries,
        offset,
        place,
        &["id", "title", "guidance", "questions", "bands", "exemplars"],
    );
    Criterion {
        id: ids.read(report, &table),
        title: table.text(report, "title", TITLE),
        guidance: table.text(report, "guidance", MARKDOWN),
        questions: table.texts(report, "questions", SENTENCE),
        bands: read_band_descriptions(report, &table, bands),
        exemplars: read_exemplars(report, &table, bands),
    }
}

fn read_band_descriptions(
    report: &mut Report<'_>,
    criterion: &Table<'_>,
    bands: &[Band],
) -> Vec<(String, String)> {
    let known: Vec<&str> = bands.iter().map(|band| band.id.as_str()).collect();
    let Some((entries, offset)) = criterion.table_if_any(report, "bands") else {
        if criterion.find("bands").is_none() {
            report.add(
                criterion.offset,
                Problem::MissingKey {
                    key: "bands",
                    place: criterion.place.clone(),
                },
                format!(
                    "Add a table `[criteria_sets.criteria.bands]` that says what work in each band is like: {}.",
                    known.join(", ")
                ),
            );
        }
        return Vec::new();
    };
    let place = format!("the bands of {}", criterion.place);
    let table = Table::open(report, entries, offset, place, &known);
    let mut read = Vec::new();
    for band in bands {
        match table.find(&band.id) {
            Some(value) => {
                if let Some(text) = read_text(report, &band.id, value, SENTENCE) {
                    read.push((band.id.clone(), text));
                }
            }
            None => report.add(
                offset,
                Problem::Unknown {
                    what: "description for the band",
                    id: quote(&band.id),
                },
                format!(
                    "Say what work in the band “{}” is like.",
                    quote(&band.title)
                ),
            ),
        }
    }
    read
}

fn read_exemplars(report: &mut Report<'_>, criterion: &Table<'_>, bands: &[Band]) -> Vec<Exemplar> {
    let known: Vec<&str> = bands.iter().map(|band| band.id.as_str()).collect();
    let mut exemplars = Vec::new();
    for (entries, offset) in criterion.tables_if_any(report, "exemplars") {
        let place = format!("an exemplar of {}", criterion.place);
        let table = Table::open(report, entries, offset, place, &["band", "extract", "why"]);
        let band = table.text(report, "band", TITLE);
        if !band.is_empty() && !known.contains(&band.as_str()) {
            report.add(
                table.offset_of("band"),
                Problem::Unknown {
                    what: "band",
                    id: quote(&band),
                },
                suggest("band", &band, &known),
            );
        }
        exemplars.push(Exemplar {
            band,
            extract: table.text(report, "extract", MARKDOWN),
            why: table.text(report, "why", SENTENCE),
        });
    }
    exemplars
}
