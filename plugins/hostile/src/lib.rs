//! For tests only: a policy that does what its settings tell it (`{"do": "loop"}`), all of it bad.
//!
//! Asked for nothing in particular it answers with a decision that passes every check, so that a
//! test sees that it is the one bad thing that was caught.

#![cfg(target_arch = "wasm32")]

mod answer;

use mtl_policy_sdk::contract::{
    AwardDecision, AwardWork, CONTRACT, Description, Guest, ModuleDecision, ModuleWork, Refusal,
    RefusalKind, Rule,
};
use mtl_policy_sdk::json::Json;

struct Hostile;

impl Guest for Hostile {
    fn describe() -> Description {
        Description {
            name: "hostile".into(),
            version: "0".into(),
            contract: CONTRACT.into(),
            summary: "For tests only.".into(),
            settings_schema: r#"{"type": "object", "properties": {"do": {"type": "string"}}}"#
                .into(),
            rules: vec![Rule {
                name: "whim".into(),
                summary: "A change without a reason.".into(),
            }],
        }
    }

    fn decide_module(work: ModuleWork, settings: String) -> Result<ModuleDecision, Refusal> {
        let settings = Json::parse(&settings).unwrap_or(Json::Null);
        let told = settings.get("do").and_then(Json::as_text);
        match told.unwrap_or_default() {
            "loop" => endless(),
            "memory" => hoard(),
            "trap" => std::process::abort(),
            "recursion" => {
                recurse(&mut [0; 64], work.credits);
            }
            "refuse" => return Err(refuse()),
            _ => {}
        }
        Ok(answer::to(&work, told.unwrap_or_default()))
    }

    fn decide_award(_work: AwardWork, _settings: String) -> Result<AwardDecision, Refusal> {
        Err(refuse())
    }
}

fn refuse() -> Refusal {
    Refusal {
        kind: RefusalKind::Unsupported,
        at: None,
        reason: "It does not care.".into(),
    }
}

fn endless() {
    let mut turns = 0_u64;
    loop {
        turns = std::hint::black_box(turns.wrapping_add(1));
    }
}

fn hoard() {
    let mut hoarded = Vec::new();
    loop {
        // A failed growth would end in an abort here; the host has to end it before.
        hoarded.push(std::hint::black_box(vec![1_u8; 1 << 20]));
    }
}

/// Calls itself until the stack ends; the array keeps it from becoming a loop.
#[expect(unconditional_recursion, reason = "that is what it is for")]
fn recurse(above: &mut [u64; 64], depth: u32) -> u64 {
    let mut here = [u64::from(depth); 64];
    let below = recurse(std::hint::black_box(&mut here), depth.wrapping_add(1));
    above[0] = below;
    below.wrapping_add(here[63])
}

mtl_policy_sdk::contract::export_policy!(Hostile with_types_in mtl_policy_sdk::contract::bindings);
