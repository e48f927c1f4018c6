//! Hostile guests: each ends in its own outcome, while other work goes on.

use mtl_policy::{AnswerFault, Limits, PolicyFailure, TrapKind};
use mtl_programme::assessment::ReceiptOutcome;
use serde_json::json;

use crate::guests::{committed, host, load, small_work};

async fn failure_of(told: &str) -> PolicyFailure {
    let host = host();
    let (policy, settings) = load(&host, "hostile", json!({"do": told})).await;
    let undecided = host
        .decide_module(&policy, &small_work(), &settings)
        .await
        .unwrap_err();
    assert_eq!(undecided.receipt.outcome, undecided.failure.outcome());
    assert_eq!(undecided.receipt.outcome.code(), undecided.code());
    undecided.failure
}

#[tokio::test]
async fn it_can_behave() {
    let host = host();
    let (policy, settings) = load(&host, "hostile", json!({})).await;
    let decided = host
        .decide_module(&policy, &small_work(), &settings)
        .await
        .unwrap();
    assert_eq!(decided.decision.mark.unwrap().hundredths(), 6200);
}

#[tokio::test]
async fn an_endless_loop_is_stopped() {
    let failure = failure_of("loop").await;
    assert!(
        matches!(failure, PolicyFailure::Deadline { .. }),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_memory_bomb_is_stopped() {
    let failure = failure_of("memory").await;
    assert!(
        matches!(failure, PolicyFailure::Memory { .. }),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_trap_is_told() {
    let failure = failure_of("trap").await;
    let PolicyFailure::Trap { kind } = failure else {
        panic!("{failure:?}")
    };
    assert_eq!(kind, TrapKind::Unreachable);
}

#[tokio::test]
async fn a_deep_recursion_is_a_trap_of_its_own_kind() {
    let failure = failure_of("recursion").await;
    let PolicyFailure::Trap { kind } = failure else {
        panic!("{failure:?}")
    };
    // A Rust guest keeps its arrays on a stack in its own memory, which may end first.
    assert!(
        matches!(kind, TrapKind::StackOverflow | TrapKind::OutOfBounds),
        "{kind:?}"
    );
}

#[tokio::test]
async fn a_refusal_is_not_a_failure_of_the_sandbox() {
    let failure = failure_of("refuse").await;
    let PolicyFailure::Refusal(refusal) = failure else {
        panic!("{failure:?}")
    };
    assert_eq!(refusal.reason, "It does not care.");
}

#[tokio::test]
async fn answers_that_cannot_be_so_are_refused() {
    for (told, code) in [
        ("huge", "answer_unreadable"),
        ("mark", "answer_mark_out_of_range"),
        ("gap", "answer_gap"),
        ("wrong-end", "answer_wrong_end"),
        ("gift", "answer_bad_basis"),
        ("component", "answer_other_parts"),
    ] {
        let failure = failure_of(told).await;
        let PolicyFailure::BadAnswer { fault } = failure else {
            panic!("{told}: {failure:?}")
        };
        assert_eq!(AnswerFault::code(&fault), code, "{told}");
    }
}

/// One runtime thread: if a loop held it, nothing else would run before the loop's deadline.
#[tokio::test(flavor = "current_thread")]
async fn other_decisions_go_on_beside_endless_loops() {
    let host = host();
    let (hostile, told) = load(&host, "hostile", json!({"do": "loop"})).await;
    let (policy, settings) = load(&host, "uk-masters", json!({})).await;
    let loops: Vec<_> = (0..3)
        .map(|_| {
            let (host, hostile, told) = (host.clone(), hostile.clone(), told.clone());
            tokio::spawn(async move { host.decide_module(&hostile, &small_work(), &told).await })
        })
        .collect();
    tokio::task::yield_now().await;
    let decided = host
        .decide_module(&policy, &small_work(), &settings)
        .await
        .unwrap();
    assert_eq!(decided.receipt.outcome, ReceiptOutcome::Decided);
    assert!(
        loops.iter().any(|task| !task.is_finished()),
        "the decision waited for the loops"
    );
    for task in loops {
        let undecided = task.await.unwrap().unwrap_err();
        assert_eq!(undecided.code(), "deadline");
    }
    // The slots of what was stopped are free again.
    for _ in 0..Limits::default().concurrency * 3 {
        host.decide_module(&policy, &small_work(), &settings)
            .await
            .unwrap();
    }
}

/// State that one decision leaves behind would be seen by the next.
#[tokio::test]
async fn every_decision_has_a_fresh_instance() {
    let host = host();
    let (policy, settings) = load(&host, "uk-masters", json!({})).await;
    let mut receipts = Vec::new();
    for _ in 0..20 {
        receipts.push(
            host.decide_module(&policy, &small_work(), &settings)
                .await
                .unwrap()
                .receipt,
        );
    }
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert!(receipts[0].fuel > 0);
}

#[tokio::test]
async fn settings_checked_for_another_policy_are_refused() {
    let host = host();
    let (policy, _) = load(&host, "uk-masters", json!({})).await;
    let (_, others) = load(&host, "hostile", json!({})).await;
    let undecided = host
        .decide_module(&policy, &small_work(), &others)
        .await
        .unwrap_err();
    assert_eq!(undecided.code(), "incompatible");
    assert_ne!(committed("hostile"), committed("uk-masters"));
}
