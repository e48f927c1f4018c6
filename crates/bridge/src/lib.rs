//! The use cases: launch, work, judgement, decision, release, delivery
