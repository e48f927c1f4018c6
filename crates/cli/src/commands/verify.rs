//! `deliveries verify`: what gradebooks show against what was released.

use anyhow::{bail, ensure};
use mtl_bridge_core::Bridge;
use mtl_bridge_core::delivery::{Finding, VerifiedScore};
use mtl_programme::{ContextId, InstitutionId};

use crate::output;

/// What is to be verified, and how it is shown.
pub(super) struct Wanted {
    pub(super) institution: Option<String>,
    pub(super) course: Option<String>,
    pub(super) resend: bool,
    pub(super) all: bool,
    pub(super) json: bool,
}

pub(super) async fn run(bridge: &Bridge, wanted: Wanted) -> anyhow::Result<()> {
    let mut verified: Vec<(InstitutionId, VerifiedScore)> = Vec::new();
    for (institution, course) in places(bridge, &wanted).await? {
        let scores = bridge.verify_deliveries(institution, course).await?;
        verified.extend(scores.into_iter().map(|score| (institution, score)));
    }
    let differs = |score: &VerifiedScore| score.finding != Finding::Same;
    let shown: Vec<&VerifiedScore> = verified
        .iter()
        .map(|(_, score)| score)
        .filter(|score| wanted.all || differs(score))
        .collect();
    if wanted.json {
        output::json(&shown)?;
    } else if !shown.is_empty() {
        output::table(
            &["PERSON", "COURSE", "COLUMN", "RELEASED", "FOUND"],
            &shown.iter().map(|score| row(score)).collect::<Vec<_>>(),
        );
    }
    let differing = shown.iter().filter(|score| differs(score)).count();
    let mut resent = 0;
    if wanted.resend {
        for (institution, score) in &verified {
            resent += usize::from(bridge.resend_score(*institution, score).await?);
        }
    }
    if !wanted.json {
        let (agreed, of) = (verified.len() - differing, verified.len());
        output::line(format_args!("{agreed} of {of} marks are as released."));
        if wanted.resend {
            output::line(format_args!(
                "{resent} will be sent again; verify once more in a while."
            ));
        }
    }
    match differing {
        0 => Ok(()),
        _ if wanted.resend => bail!(
            "{differing} of {} marks were not as released\n    → verify once more in a while",
            verified.len()
        ),
        _ => bail!(
            "{differing} of {} marks are not as released\n    → look at each in the gradebook; \
             --resend sends ours again",
            verified.len()
        ),
    }
}

/// Each institution that is looked at, and which of its courses.
async fn places(
    bridge: &Bridge,
    wanted: &Wanted,
) -> anyhow::Result<Vec<(InstitutionId, Option<ContextId>)>> {
    let institutions = if let Some(slug) = &wanted.institution {
        vec![bridge.load_institution(slug).await?.id]
    } else {
        let all = bridge.list_institutions().await?;
        all.into_iter().map(|institution| institution.id).collect()
    };
    let Some(named) = &wanted.course else {
        return Ok(institutions.into_iter().map(|id| (id, None)).collect());
    };
    let mut places = Vec::new();
    for institution in institutions {
        let courses = bridge.find_courses(institution, named).await?;
        places.extend(courses.into_iter().map(|id| (institution, Some(id))));
    }
    ensure!(
        !places.is_empty(),
        "there is no course {named:?}\n    → write its id at the platform, its short name or its title"
    );
    Ok(places)
}

fn row(score: &VerifiedScore) -> Vec<String> {
    vec![
        score
            .name
            .clone()
            .unwrap_or_else(|| score.person.to_string()),
        score.course.clone().unwrap_or_default(),
        score.column.clone(),
        score.released.clone(),
        score.words.clone(),
    ]
}
