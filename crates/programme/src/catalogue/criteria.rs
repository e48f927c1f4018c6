//! Criteria: what work is judged by, in words that a school colleague can use without a master's
//! degree of their own.

use serde::Serialize;

use crate::mark::Mark;

/// A set of criteria with the bands that judgements are made in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CriteriaSet {
    /// Unique in the programme.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How to use it, in Markdown.
    pub guidance: String,
    /// The bands from highest to lowest; together they cover every mark, each once.
    pub bands: Vec<Band>,
    /// The criteria in order; at least one.
    pub criteria: Vec<Criterion>,
}

/// A range of marks with a name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Band {
    /// Unique in its set.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The lowest mark in it; it ends below the next higher band's lowest mark.
    pub from: Mark,
    /// Whether work in it has met the standard.
    pub passes: bool,
    /// What work in it is like as a whole, in a sentence or two.
    pub description: String,
}

/// One thing that work is judged by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Criterion {
    /// Unique in its set.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it means, in plain words and Markdown.
    pub guidance: String,
    /// Questions to ask while reading.
    pub questions: Vec<String>,
    /// What work in each band is like, in the order of the set's bands: (band id, description).
    pub bands: Vec<(String, String)>,
    /// Short passages, each with why it belongs in its band.
    pub exemplars: Vec<Exemplar>,
}

/// A passage as a participant might write it, with a marker's remark.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Exemplar {
    /// The band it shows.
    pub band: String,
    /// The passage.
    pub extract: String,
    /// Why it belongs there.
    pub why: String,
}

impl CriteriaSet {
    /// The criterion with this id.
    pub fn find_criterion(&self, id: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.id == id)
    }

    /// The band with this id.
    pub fn find_band(&self, id: &str) -> Option<&Band> {
        self.bands.iter().find(|band| band.id == id)
    }

    /// The band that a mark lies in.
    pub fn band_of(&self, mark: Mark) -> Option<&Band> {
        self.bands.iter().find(|band| mark >= band.from)
    }

    /// The highest mark in a band: full marks, or a hundredth below the next higher band.
    pub fn highest_mark(&self, band: &Band) -> Mark {
        self.bands
            .iter()
            .rev()
            .map(|other| other.from)
            .find(|from| *from > band.from)
            .and_then(|from| Mark::from_hundredths(from.hundredths().saturating_sub(1)).ok())
            .unwrap_or(Mark::FULL)
    }
}

impl Criterion {
    /// What work in this band is like.
    pub fn in_band(&self, band: &str) -> Option<&str> {
        self.bands
            .iter()
            .find(|(id, _)| id == band)
            .map(|(_, description)| description.as_str())
    }
}
