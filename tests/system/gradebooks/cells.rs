//! Many people's marks, released again and again, and what the gradebook made of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use mtl_bridge_core::marking::{JudgementInput, MODULE_TAG};
use mtl_bridge_core::{Bridge, Visit};
use mtl_demo_lms::{LinkId, PersonId as Member, Role, ScoreEffect};
use mtl_programme::judgement::CriterionJudgement;
use mtl_programme::{AttemptId, Mark, PersonId, ResourceLinkId};
use mtl_store::outbox::{DeliveryFilter, DeliveryState, Effects};
use mtl_store::work::{NewAttempt, Submission};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::harness::installation::Installation;
use crate::harness::platform::{MODULE, Platform, Visitor};

/// The marks of each person, one release after the other.
const MARKS: [u32; WAVES] = [55, 62, 58, 71, 64, 52, 67];
/// How often everybody's marks are released.
pub(super) const WAVES: usize = 7;
/// Two scenarios and the module.
const COLUMNS: usize = 3;
/// People whom the tutor marks at the same time.
const AT_ONCE: usize = 8;

/// The people, their work, and their tutor.
pub(super) struct Cells {
    people: Vec<Marked>,
    tutor: Arc<Visit>,
}

/// Somebody whose module is marked.
#[derive(Clone)]
struct Marked {
    member: Member,
    person: PersonId,
    attempts: [AttemptId; 2],
}

impl Cells {
    /// Adds people who come to the course and hand in both scenarios of the module.
    pub(super) async fn prepare(
        town: &Installation,
        platform: &Platform,
        people: usize,
    ) -> Result<Self> {
        let members = (0..people)
            .map(|number| {
                platform.add_member("Teacher", &format!("{number:03}"), Role::Participant)
            })
            .collect::<Result<Vec<_>>>()?;
        let links = platform.links;
        let second = visit(town, &platform.visitor(members[0])?, links.second).await?;
        let mut people = Vec::new();
        for members in members.chunks(AT_ONCE) {
            let coming = members.iter().map(async |member| {
                let first = visit(town, &platform.visitor(*member)?, links.first).await?;
                let attempts = [
                    hand_in(town, &first, 0, first.link.id).await?,
                    hand_in(town, &first, 1, second.link.id).await?,
                ];
                anyhow::Ok(Marked {
                    member: *member,
                    person: first.person,
                    attempts,
                })
            });
            people.extend(try_join_all(coming).await?);
        }
        Ok(Self {
            people,
            tutor: visit(town, &platform.tutor()?, links.first).await?,
        })
    }

    /// How many pairs of a person and a column there are.
    pub(super) fn count(&self) -> usize {
        self.people.len() * COLUMNS
    }

    /// How many marks were released before a wave.
    pub(super) fn sent(&self, wave: usize) -> usize {
        wave * self.count()
    }

    /// How many marks the gradebook has taken so far.
    pub(super) fn arrived(platform: &Platform) -> usize {
        let log = platform.lms.score_log();
        let written = log
            .iter()
            .filter(|r| r.effect == Some(ScoreEffect::Written));
        written.count()
    }

    /// One half of the people, and the other.
    pub(super) fn halves(&self) -> [std::ops::Range<usize>; 2] {
        let middle = self.people.len() / 2;
        [0..middle, middle..self.people.len()]
    }

    /// The tutor judges these people's work anew, lets the policy decide, and releases the marks.
    pub(super) async fn release(
        &self,
        town: &Installation,
        wave: usize,
        people: std::ops::Range<usize>,
    ) -> Result<()> {
        for people in self.people[people].chunks(AT_ONCE) {
            let mut releasing = JoinSet::new();
            for marked in people {
                let (bridge, tutor) = (town.bridge.clone(), Arc::clone(&self.tutor));
                let marked = marked.clone();
                releasing.spawn(async move { release(&bridge, &tutor, &marked, wave).await });
            }
            for released in releasing.join_all().await {
                released?;
            }
        }
        Ok(())
    }

    /// Every mark was written once, each person's in order, and the last one stands.
    pub(super) async fn compare(&self, town: &Installation) -> Result<()> {
        let mut written: BTreeMap<(u32, String), Vec<(String, f64)>> = BTreeMap::new();
        for record in town.platform.lms.score_log() {
            match record.effect {
                Some(ScoreEffect::Written) => {}
                None => continue,
                other => anyhow::bail!("a mark was erased: {other:?}"),
            }
            let body: serde_json::Value = serde_json::from_str(&record.body)?;
            let person = body["userId"].as_str().context("no person")?.to_owned();
            let second = body["timestamp"].as_str().context("no time")?.to_owned();
            let given = body["scoreGiven"].as_f64().context("no mark")?;
            let cell = written.entry((record.item.0, person)).or_default();
            cell.push((second, given));
        }
        ensure!(written.len() == self.count(), "{} cells", written.len());
        let expected = MARKS.map(f64::from);
        for (cell, marks) in &written {
            let given: Vec<f64> = marks.iter().map(|(_, given)| *given).collect();
            ensure!(given == expected, "{cell:?}: {marks:?}");
            ensure!(
                marks.is_sorted_by(|one, next| one.0 < next.0),
                "{cell:?}: {marks:?}"
            );
        }
        self.compare_gradebook(town)?;
        let filter = DeliveryFilter {
            limit: 10_000,
            ..DeliveryFilter::default()
        };
        let store = town.bridge.store();
        let rows = store.list_deliveries(town.institution, filter).await?;
        let mut states: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &rows {
            *states.entry(row.state.as_str()).or_default() += 1;
        }
        let all = BTreeMap::from([(DeliveryState::Delivered.as_str(), WAVES * self.count())]);
        ensure!(states == all, "{states:?}");
        let again = rows.iter().filter(|row| row.attempts > 1).count();
        ensure!(again > 500, "the platform failed too rarely: {again}");
        Ok(())
    }

    fn compare_gradebook(&self, town: &Installation) -> Result<()> {
        let platform = &town.platform;
        let items = platform.lms.line_items(platform.course());
        let of_module = items.iter().filter(|item| item.tag == MODULE_TAG);
        ensure!(of_module.count() == 1, "{items:?}");
        let last = Some(f64::from(MARKS[WAVES - 1]));
        let words = words(WAVES - 1);
        let mut cells = 0;
        for row in platform.lms.gradebook(platform.course()) {
            let is_ours = self.people.iter().any(|one| one.member == row.person);
            let is_module = row.tag == MODULE_TAG;
            let links = [platform.links.first, platform.links.second];
            if !is_ours || !(is_module || row.link.is_some_and(|link| links.contains(&link))) {
                continue;
            }
            cells += 1;
            let grade = row.grade.as_ref().context("a mark is missing")?;
            let comment = grade.comment.as_deref().unwrap_or_default();
            let is_told = comment.contains(&words) || (is_module && !comment.is_empty());
            ensure!(grade.mark == last && is_told, "{row:?}");
        }
        ensure!(cells == self.count(), "{cells} cells of the gradebook");
        Ok(())
    }
}

/// What the tutor writes beside the marks of a wave.
fn words(wave: usize) -> String {
    format!("A careful piece of work, as release {wave} says.")
}

/// Somebody's work on an activity, as it stands once it was submitted: what they wrote is nothing
/// to the marks.
async fn hand_in(
    town: &Installation,
    visit: &Visit,
    component: usize,
    link: ResourceLinkId,
) -> Result<AttemptId> {
    let (programme, module) = MODULE.split_once('/').context("no module")?;
    let (_, module) = town
        .bridge
        .catalogue()
        .find_module(programme, module)
        .context("the module is not in the catalogue")?;
    let component = &module.components[component].id;
    let activity = module.activity_feeding(component).context("no activity")?;
    let now = town.clock.now();
    let attempt = NewAttempt {
        id: AttemptId(Uuid::now_v7()),
        person: visit.person,
        context: visit.context.id,
        resource_link: Some(link),
        programme: programme.to_owned(),
        module: module.id.clone(),
        activity: activity.id.clone(),
        component: Some(component.clone()),
        number: 1,
        due_at: None,
        opened_at: now,
        draft: "{}".to_owned(),
        revision: 0,
        words: 0,
    };
    let (store, institution) = (town.bridge.store(), town.institution);
    // Whoever opened the link has begun already.
    let (begun, _) = store
        .open_attempt(institution, attempt, Effects::default())
        .await?;
    let submission = Submission {
        attempt: begun.id,
        revision: begun.revision,
        evidence: Vec::new(),
        snapshot: "{}".to_owned(),
        snapshot_digest: String::new(),
        submitted_at: now,
    };
    let submitted = store
        .submit_attempt(institution, submission, Effects::default())
        .await?;
    ensure!(submitted, "the work was not handed in");
    Ok(begun.id)
}

/// Somebody comes to the course.
async fn visit(town: &Installation, visitor: &Visitor, link: LinkId) -> Result<Arc<Visit>> {
    let page = visitor.launch(link).await?.ok()?;
    let base = page.base()?;
    let launch = base.rsplit('/').next().context("no launch")?;
    let cookies = visitor.agent.cookies_for(&page.url);
    let session = cookies
        .split("; ")
        .find_map(|cookie| cookie.strip_prefix("mtl-session="))
        .context("no session")?;
    Ok(town.bridge.load_visit(session, launch.parse()?).await?)
}

async fn release(bridge: &Bridge, tutor: &Visit, marked: &Marked, wave: usize) -> Result<()> {
    let (programme, module) = MODULE.split_once('/').context("no module")?;
    let (catalogue, of_catalogue) = bridge
        .catalogue()
        .find_module(programme, module)
        .context("the module is not in the catalogue")?;
    let band = match MARKS[wave] {
        70.. => "distinction",
        60..70 => "merit",
        _ => "pass",
    };
    for (attempt, component) in marked.attempts.into_iter().zip(&of_catalogue.components) {
        let criteria = catalogue.criteria_of(component).context("no criteria")?;
        let criteria = criteria
            .criteria
            .iter()
            .map(|criterion| CriterionJudgement {
                criterion: criterion.id.clone(),
                band: Some(band.to_owned()),
                mark: None,
                comment: String::new(),
            });
        let input = JudgementInput {
            mark: Some(Mark::from_hundredths(MARKS[wave] * 100).context("no mark")?),
            satisfied: None,
            criteria: criteria.collect(),
            comment: words(wave),
        };
        bridge.record_judgement(tutor, attempt, input).await?;
    }
    let decision = bridge
        .decide_module(tutor, marked.person, programme, module)
        .await?;
    bridge.release(tutor, decision).await?;
    Ok(())
}
