//! Which strands a module offers and a person has worked in.

use serde::Serialize;

use crate::catalogue::Activity;
use crate::standing::AttemptFacts;
use crate::strand::Strand;

/// How far one strand is covered. An activity with two strands counts in both.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct StrandCoverage {
    /// The strand.
    pub strand: Strand,
    /// Activities that carry it.
    pub offered: u32,
    /// Of these, those that the person has begun.
    pub begun: u32,
    /// Of these, those that the person has handed in at least once.
    pub finished: u32,
}

/// The four strands in order, over some activities (a module's or a whole programme's) and one
/// person's attempts. Without attempts it is what the catalogue offers.
pub fn strand_coverage<'a>(
    activities: impl IntoIterator<Item = &'a Activity>,
    attempts: &[AttemptFacts],
) -> [StrandCoverage; 4] {
    let mut coverage = Strand::ALL.map(|strand| StrandCoverage {
        strand,
        offered: 0,
        begun: 0,
        finished: 0,
    });
    for activity in activities {
        let mut own = attempts
            .iter()
            .filter(|attempt| attempt.activity == activity.id)
            .peekable();
        let begun = own.peek().is_some();
        let finished = own.any(|attempt| attempt.state.is_frozen());
        for row in &mut coverage {
            if activity.strands.contains(&row.strand) {
                row.offered += 1;
                row.begun += u32::from(begun);
                row.finished += u32::from(finished);
            }
        }
    }
    coverage
}
