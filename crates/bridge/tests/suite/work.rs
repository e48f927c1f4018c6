//! Work that is written, judged and decided, for tests of what follows.

use std::sync::Arc;

use mtl_bridge_core::Visit;
use mtl_bridge_core::marking::{JudgementInput, ModuleRecord};
use mtl_bridge_core::policies::PolicyInstall;
use mtl_programme::judgement::CriterionJudgement;
use mtl_programme::scenario::{Field, Stage, StageEdit};
use mtl_programme::{AttemptId, DecisionId, Mark};
use serde_json::Value;

use super::app::TestApp;

pub(crate) const PROGRAMME: &str = "mtl";
pub(crate) const MODULE: &str = "looking-closely";

/// The module's two scenarios, handed in by the first participant.
pub(crate) struct Handed {
    pub(crate) participant: Arc<Visit>,
    pub(crate) tutor: Arc<Visit>,
    pub(crate) attempts: [AttemptId; 2],
}

impl Handed {
    /// Writes and submits both scenarios.
    pub(crate) async fn start(app: &TestApp) -> Self {
        let mut visits = Vec::new();
        let mut attempts = Vec::new();
        for link in [app.people.links[0], app.people.links[1]] {
            let visit = app.visit(app.people.participants[0], link).await;
            attempts.push(hand_in(app, &visit).await);
            visits.push(visit);
        }
        Self {
            participant: visits.swap_remove(0),
            tutor: app.visit(app.people.tutor, app.people.links[0]).await,
            attempts: attempts.try_into().unwrap(),
        }
    }

    /// The tutor's judgement of one of the scenarios.
    pub(crate) async fn judge(&self, app: &TestApp, number: usize, hundredths: u32) {
        let (programme, module) = app
            .bridge
            .catalogue()
            .find_module(PROGRAMME, MODULE)
            .unwrap();
        let criteria = programme.criteria_of(&module.components[number]).unwrap();
        let band = if hundredths >= 6_000 { "merit" } else { "pass" };
        let input = JudgementInput {
            mark: Some(Mark::from_hundredths(hundredths).unwrap()),
            satisfied: None,
            criteria: criteria
                .criteria
                .iter()
                .map(|criterion| CriterionJudgement {
                    criterion: criterion.id.clone(),
                    band: Some(band.to_owned()),
                    mark: None,
                    comment: String::new(),
                })
                .collect(),
            comment: format!("A careful piece of work {number}."),
        };
        app.bridge
            .record_judgement(&self.tutor, self.attempts[number], input)
            .await
            .unwrap();
    }

    /// Lets the policy decide.
    pub(crate) async fn decide(&self, app: &TestApp) -> DecisionId {
        app.bridge
            .decide_module(&self.tutor, self.participant.person, PROGRAMME, MODULE)
            .await
            .unwrap()
    }

    /// Lets the policy decide and releases what comes out.
    pub(crate) async fn release(&self, app: &TestApp) -> DecisionId {
        let decision = self.decide(app).await;
        app.bridge.release(&self.tutor, decision).await.unwrap();
        decision
    }

    /// What the tutor sees.
    pub(crate) async fn record(&self, app: &TestApp) -> ModuleRecord {
        app.bridge
            .load_module_record(&self.tutor, self.participant.person, PROGRAMME, MODULE)
            .await
            .unwrap()
    }
}

pub(crate) async fn hand_in(app: &TestApp, visit: &Visit) -> AttemptId {
    let activity = visit.activity.clone().unwrap();
    let work = app.bridge.open_work(visit, &activity).await.unwrap();
    let mut revision = work.current.revision;
    for stage in Stage::ALL {
        let edit = StageEdit {
            stage,
            based_on: revision.try_into().unwrap(),
            writer: None,
            texts: Field::of_stage(stage)
                .map(|field| (field, format!("About {}.", field.as_str())))
                .collect(),
        };
        let saved = app.bridge.save_draft(visit, work.current.id, &edit).await;
        revision = saved.unwrap().revision;
    }
    app.bridge
        .submit(visit, work.current.id, revision)
        .await
        .unwrap();
    work.current.id
}

/// A committed component.
pub(crate) fn component(name: &str) -> Vec<u8> {
    let plugins = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins");
    std::fs::read(format!("{plugins}/{name}/{name}.wasm")).unwrap()
}

/// A policy for everything.
pub(crate) fn policy(name: &str, settings: Value) -> PolicyInstall {
    PolicyInstall {
        component: component(name),
        settings,
        programme: None,
        module: None,
    }
}

/// The service's own policy with the settings that it comes with.
pub(crate) fn uk_masters() -> PolicyInstall {
    let plugins = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins");
    let settings = std::fs::read_to_string(format!("{plugins}/uk-masters/settings.json")).unwrap();
    policy("uk-masters", serde_json::from_str(&settings).unwrap())
}
