//! The professional scenario: its stages, the draft that is saved as it is typed, what is still
//! missing, and the frozen snapshot that is judged.

mod draft;
mod field;
mod gaps;
mod snapshot;
mod stage;
mod words;

pub use draft::{
    Applied, Aside, EditError, FieldText, Outcome, ScenarioDraft, StageEdit, TakeAside,
};
pub use field::{Field, UnknownField};
pub use gaps::{Gap, find_gaps};
pub(crate) use snapshot::write_hex;
pub use snapshot::{FrozenScenario, SNAPSHOT_FORMAT, Snapshot, SnapshotError, freeze};
pub use stage::{Stage, UnknownStage};
pub use words::count_words;
