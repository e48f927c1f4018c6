//! Assessment policy `uk-masters`: the common rules of UK level-7 regulations, all by settings.
//!
//! It decides a module from weighted components (and elements, where a component has them), each
//! with its attempts: whose mark counts, late penalties, caps, rounding, what must be passed. Every
//! change of a mark is an adjustment with its reason. The same code runs in the sandbox and in
//! ordinary tests.

mod attempt;
mod award;
mod module;
mod part;
mod settings;

use mtl_policy_sdk::contract::{
    AwardDecision, AwardWork, CONTRACT, Description, ModuleDecision, ModuleWork, Refusal, Rule,
};

pub use settings::Settings;

/// JSON Schema of the settings.
pub const SCHEMA: &str = include_str!("schema.json");

/// The default settings.
pub const DEFAULTS: &str = include_str!("../settings.json");

/// Every rule that an adjustment may name, with a sentence about it.
const RULES: [(&str, &str); 4] = [
    ("late", "Work handed in late loses marks by bands."),
    (
        "non-submission",
        "Work that was never handed in gets zero, where the settings say so.",
    ),
    ("cap", "What is taken again gets at most the cap."),
    (
        "rounding",
        "Marks are rounded at each tier by its own rule.",
    ),
];

/// What the policy says about itself.
pub fn describe() -> Description {
    Description {
        name: "uk-masters".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        contract: CONTRACT.into(),
        summary: "Weighted components with pass mark, must-pass components, rounding, late bands, \
                  caps on second attempts, second marking and classification, as UK level-7 \
                  regulations have them."
            .into(),
        settings_schema: SCHEMA.into(),
        rules: RULES
            .iter()
            .map(|(name, summary)| Rule {
                name: (*name).into(),
                summary: (*summary).into(),
            })
            .collect(),
    }
}

/// Decides a module. `settings` is JSON as the schema has it.
pub fn decide_module(work: &ModuleWork, settings: &str) -> Result<ModuleDecision, Refusal> {
    module::decide(work, &Settings::parse(settings)?)
}

/// Decides an award. `settings` is JSON as the schema has it.
pub fn decide_award(work: &AwardWork, settings: &str) -> Result<AwardDecision, Refusal> {
    Ok(award::decide(work, &Settings::parse(settings)?))
}

#[cfg(target_arch = "wasm32")]
mod export {
    //! The component's exports.

    use mtl_policy_sdk::contract::{
        AwardDecision, AwardWork, Description, Guest, ModuleDecision, ModuleWork, Refusal,
    };

    /// An instance decides once and is thrown away, so nothing is ever given back; and memory that is
    /// there from the start need not be grown, which is slow. Pages that are not used cost nothing.
    #[global_allocator]
    static MEMORY: static_alloc::Bump<[u8; 4 << 20]> = static_alloc::Bump::uninit();

    struct UkMasters;

    impl Guest for UkMasters {
        fn describe() -> Description {
            crate::describe()
        }

        fn decide_module(work: ModuleWork, settings: String) -> Result<ModuleDecision, Refusal> {
            crate::decide_module(&work, &settings)
        }

        fn decide_award(work: AwardWork, settings: String) -> Result<AwardDecision, Refusal> {
            crate::decide_award(&work, &settings)
        }
    }

    mtl_policy_sdk::contract::export_policy!(UkMasters with_types_in mtl_policy_sdk::contract::bindings);
}
