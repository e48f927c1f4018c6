//! The ways in which a policy fails to decide, each its own outcome.

use std::time::Duration;

use mtl_programme::assessment::{DecisionReceipt, ReceiptOutcome, Refusal};
use wasmtime::Trap;

use crate::answer::AnswerFault;
use crate::run::Limiter;
use crate::schema::SchemaProblem;

/// Why a policy did not decide. Nothing is decided then: no mark, and the work stays as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFailure {
    /// The policy says why it does not decide.
    #[error("the policy refused: {}", .0.reason)]
    Refusal(Refusal),
    /// It ran longer than it may.
    #[error("the policy took longer than {} ms", .limit.as_millis())]
    Deadline {
        /// What it had.
        limit: Duration,
    },
    /// It asked for more memory than it may have.
    #[error("the policy asked for more than {} MiB of memory", .limit >> 20)]
    Memory {
        /// What it may have, in bytes.
        limit: usize,
    },
    /// It stopped in the middle.
    #[error("the policy stopped: {kind}")]
    Trap {
        /// At what.
        kind: TrapKind,
    },
    /// Its answer cannot be so.
    #[error("the policy's answer cannot be used: {fault}")]
    BadAnswer {
        /// What is wrong with it.
        fault: AnswerFault,
    },
    /// It cannot be run at all.
    #[error("the policy cannot be run here: {0}")]
    Incompatible(Incompatibility),
}

impl PolicyFailure {
    /// A stable name for stores, logs and metrics.
    pub const fn code(&self) -> &'static str {
        self.outcome().code()
    }

    /// How a receipt names it.
    pub const fn outcome(&self) -> ReceiptOutcome {
        match self {
            Self::Refusal(_) => ReceiptOutcome::Refusal,
            Self::Deadline { .. } => ReceiptOutcome::Deadline,
            Self::Memory { .. } => ReceiptOutcome::Memory,
            Self::Trap { .. } => ReceiptOutcome::Trap,
            Self::BadAnswer { .. } => ReceiptOutcome::BadAnswer,
            Self::Incompatible(_) => ReceiptOutcome::Incompatible,
        }
    }

    /// What an error of the engine during a call means, told by types and by the limiter's own
    /// notes, never by its text.
    pub(crate) fn from_call(
        error: &wasmtime::Error,
        limiter: &Limiter,
        deadline: Duration,
    ) -> Self {
        if limiter.refused {
            return Self::Memory {
                limit: limiter.memory_bytes,
            };
        }
        match error.downcast_ref::<Trap>() {
            Some(Trap::Interrupt | Trap::OutOfFuel) => Self::Deadline { limit: deadline },
            Some(trap) => Self::Trap {
                kind: TrapKind::from(*trap),
            },
            // Not a trap of the guest's code, so it is the host's reading of the answer: a string
            // that is no UTF-8, a list outside the memory, an answer beyond its size.
            None => Self::BadAnswer {
                fault: AnswerFault::Unreadable,
            },
        }
    }
}

/// At what a policy stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrapKind {
    /// Calls nested too deeply.
    #[error("its calls were nested too deeply")]
    StackOverflow,
    /// It gave up, as a Rust policy does in a panic.
    #[error("it gave up")]
    Unreachable,
    /// It reached outside its memory or its tables.
    #[error("it reached outside its memory")]
    OutOfBounds,
    /// A division by zero or an overflow.
    #[error("its arithmetic failed")]
    Arithmetic,
    /// Anything else.
    #[error("it did what is not allowed")]
    Other,
}

impl From<Trap> for TrapKind {
    fn from(trap: Trap) -> Self {
        match trap {
            Trap::StackOverflow => Self::StackOverflow,
            Trap::UnreachableCodeReached => Self::Unreachable,
            Trap::MemoryOutOfBounds | Trap::TableOutOfBounds | Trap::HeapMisaligned => {
                Self::OutOfBounds
            }
            Trap::IntegerOverflow | Trap::IntegerDivisionByZero | Trap::BadConversionToInteger => {
                Self::Arithmetic
            }
            _ => Self::Other,
        }
    }
}

/// Why a component cannot be a policy here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Incompatibility {
    /// It is larger than an upload may be.
    #[error("it has {bytes} bytes, and at most {limit} are allowed")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The bytes are no WebAssembly component.
    #[error("it is not a WebAssembly component (a core module has to be encoded as one first)")]
    NotAComponent,
    /// It wants something from its host.
    #[error("it imports {name}, and a policy may import nothing")]
    Import {
        /// The import's name.
        name: String,
    },
    /// It does not compile.
    #[error("it does not compile: {reason}")]
    DoesNotCompile {
        /// The engine's reason.
        reason: String,
    },
    /// Compiling it took longer than it may.
    #[error("compiling it takes longer than {} s", .limit.as_secs())]
    CompileTime {
        /// Processor time that compiling may take.
        limit: Duration,
    },
    /// The process that compiled it was stopped, most likely because it wanted more memory.
    #[error(
        "compiling it was stopped ({status}): it may take {} MiB of memory", .limit >> 20
    )]
    CompileStopped {
        /// The memory that compiling may take, in bytes.
        limit: usize,
        /// How the process ended.
        status: String,
    },
    /// It does not export the contract.
    #[error("it does not export the contract mtl:policy@0.1.0: {reason}")]
    Exports {
        /// The engine's reason.
        reason: String,
    },
    /// It needs more instances, memories or tables than a policy may have.
    #[error("it needs more instances, memories or tables than a policy may have: {reason}")]
    Resources {
        /// The engine's reason.
        reason: String,
    },
    /// It was built for another contract.
    #[error("it was built for the contract {found}, and this host runs mtl:policy@0.1.0")]
    Contract {
        /// What it names.
        found: String,
    },
    /// It could not describe itself.
    #[error("it could not describe itself: {0}")]
    Describe(Box<PolicyFailure>),
    /// Its description cannot be used.
    #[error("its description cannot be used: {what}")]
    Description {
        /// What is wrong with it.
        what: String,
    },
    /// The schema of its settings cannot be used.
    #[error("the schema of its settings cannot be used: {0}")]
    Schema(#[from] SchemaProblem),
    /// The settings were checked for another policy.
    #[error("the settings were checked for another policy ({checked_for})")]
    OtherSettings {
        /// Digest of that policy.
        checked_for: String,
    },
    /// Work of the host that failed: a thread that ended, work that has no JSON form.
    #[error("the host failed: {0}")]
    Host(String),
}

impl From<Incompatibility> for PolicyFailure {
    fn from(reason: Incompatibility) -> Self {
        Self::Incompatible(reason)
    }
}

/// A run that ended without a decision, with its receipt.
#[derive(Debug, thiserror::Error)]
#[error("{failure}")]
pub struct Undecided {
    /// Why.
    pub failure: PolicyFailure,
    /// What was run and how it ended; it can be replayed like any other.
    pub receipt: Box<DecisionReceipt>,
}

impl Undecided {
    /// A stable name for stores, logs and metrics.
    pub const fn code(&self) -> &'static str {
        self.failure.code()
    }
}
