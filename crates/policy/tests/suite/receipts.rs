//! Receipts, and replaying what they tell.

use mtl_policy::{ReplayError, Undecided};
use mtl_programme::assessment::{DecisionReceipt, ReceiptOutcome, sha256_hex};
use serde_json::{Value, json};

use crate::guests::{committed, host, load, small_work};

async fn receipt(guest: &str, settings: Value) -> DecisionReceipt {
    let host = host();
    let (policy, settings) = load(&host, guest, settings).await;
    match host.decide_module(&policy, &small_work(), &settings).await {
        Ok(decided) => decided.receipt,
        Err(Undecided { receipt, .. }) => *receipt,
    }
}

#[tokio::test]
async fn a_receipt_holds_all_that_was_used() {
    let receipt = receipt("uk-masters", json!({"pass-mark": 4000})).await;
    assert_eq!(
        receipt.component_digest,
        sha256_hex(committed("uk-masters"))
    );
    assert_eq!(receipt.contract, "mtl:policy@0.1.0");
    assert_eq!(receipt.engine_compat.len(), 64);
    assert_eq!(receipt.input_sha256, sha256_hex(&receipt.input));
    assert_eq!(receipt.settings, r#"{"pass-mark":4000}"#);
    assert_eq!(receipt.settings_sha256, sha256_hex(&receipt.settings));
    assert_eq!(receipt.outcome, ReceiptOutcome::Decided);
    let output: Value = serde_json::from_str(receipt.output.as_deref().unwrap()).unwrap();
    assert_eq!(output["mark"], 6200);
    // It survives being stored.
    let stored = serde_json::to_string(&receipt).unwrap();
    assert_eq!(
        serde_json::from_str::<DecisionReceipt>(&stored).unwrap(),
        receipt
    );
}

#[tokio::test]
async fn a_replay_gives_the_same_bytes() {
    for (guest, settings) in [
        ("uk-masters", json!({})),
        ("uk-masters", json!({"late": {"bands": [{"up-to": 1}]}})),
        ("hostile", json!({"do": "gap"})),
        ("hostile", json!({"do": "trap"})),
        ("hostile", json!({"do": "refuse"})),
    ] {
        let receipt = receipt(guest, settings.clone()).await;
        // Another host: nothing is kept between them.
        let replayed = host().replay(&receipt, committed(guest)).await.unwrap();
        assert!(
            replayed.same && replayed.same_fuel,
            "{settings}: {replayed:?}"
        );
        assert_eq!(replayed.receipt, receipt);
    }
}

#[tokio::test]
async fn a_replay_sees_what_is_not_the_same() {
    let receipt = receipt("uk-masters", json!({})).await;
    let other_output = DecisionReceipt {
        output: receipt
            .output
            .as_ref()
            .map(|output| output.replace("6200", "6300")),
        ..receipt.clone()
    };
    let replayed = host()
        .replay(&other_output, committed("uk-masters"))
        .await
        .unwrap();
    assert!(!replayed.same);

    let refused = host().replay(&receipt, committed("hostile")).await;
    assert!(matches!(refused, Err(ReplayError::OtherComponent { .. })));

    let other_input = DecisionReceipt {
        input: receipt.input.replace("6200", "6300"),
        ..receipt.clone()
    };
    let refused = host().replay(&other_input, committed("uk-masters")).await;
    assert!(matches!(
        refused,
        Err(ReplayError::ReceiptChanged { what: "input" })
    ));

    let other_contract = DecisionReceipt {
        contract: "mtl:policy@9.0.0".into(),
        ..receipt
    };
    let refused = host()
        .replay(&other_contract, committed("uk-masters"))
        .await;
    assert!(matches!(refused, Err(ReplayError::OtherContract { .. })));
}
