//! The host: compiles policies, keeps them, and lets them decide.

use std::sync::{Arc, Mutex, PoisonError};

use mtl_programme::assessment::{
    AwardDecision, AwardWork, CONTRACT, DecisionKind, DecisionReceipt, ModuleDecision, ModuleWork,
    ReceiptOutcome, Refusal, canonical_json, sha256_hex,
};
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use wasmtime::component::{Component, Instance};
use wasmtime::{Engine, Store};

use crate::answer::{AnswerFault, check_award, check_module};
use crate::cache::CompiledCache;
use crate::compile::{check_bytes, translate};
use crate::confined::CompilerProgram;
use crate::contract;
use crate::engine::{self, Ticker};
use crate::failure::{Incompatibility, PolicyFailure, Undecided};
use crate::limits::Limits;
use crate::policy::{CheckedSettings, CompiledPolicy};
use crate::run::{Answer, Prepared, Running, run};

/// A decision that passed every check, with its receipt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided<D = ModuleDecision> {
    /// The decision.
    pub decision: D,
    /// What was run, and what it cost; enough to run it again.
    pub receipt: DecisionReceipt,
}

/// Why a host could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// The engine refuses its configuration on this machine.
    #[error("the WebAssembly engine cannot run on this machine: {0}")]
    Engine(String),
    /// No thread could be started.
    #[error("the thread that keeps the policies' time could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl HostError {
    /// A stable name for logs and answers.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Engine(_) => "policy_engine",
            Self::Thread(_) => "policy_thread",
        }
    }
}

/// Compiles policies and runs their decisions in sandboxes. Cheap to clone; one for a process.
#[derive(Clone)]
pub struct PolicyHost {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    compat: String,
    limits: Limits,
    cache: CompiledCache,
    compiled: moka::sync::Cache<String, CompiledPolicy>,
    permits: Arc<Semaphore>,
    ticker: Ticker,
    compiler: Option<CompilerProgram>,
    /// Components are compiled one after the other, so that their limits are not added up.
    compiling: Mutex<()>,
}

impl PolicyHost {
    /// A host under these limits, which keeps compiled policies in `cache` and compiles in this very
    /// process: for components of one's own.
    pub fn new(limits: Limits, cache: CompiledCache) -> Result<Self, HostError> {
        Self::build(limits, cache, None)
    }

    /// A host that lets a program of limited means compile.
    pub fn with_compiler(
        limits: Limits,
        cache: CompiledCache,
        compiler: CompilerProgram,
    ) -> Result<Self, HostError> {
        Self::build(limits, cache, Some(compiler))
    }

    fn build(
        limits: Limits,
        cache: CompiledCache,
        compiler: Option<CompilerProgram>,
    ) -> Result<Self, HostError> {
        let engine =
            engine::new_engine(&limits).map_err(|error| HostError::Engine(format!("{error:#}")))?;
        Ok(Self {
            inner: Arc::new(Inner {
                compat: engine::compatibility(&engine),
                ticker: Ticker::start(&engine)?,
                compiled: moka::sync::Cache::new(limits.compiled_policies),
                permits: Arc::new(Semaphore::new(limits.concurrency.max(1) as usize)),
                engine,
                limits,
                cache,
                compiler,
                compiling: Mutex::default(),
            }),
        })
    }

    /// The limits under which policies run here.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Checks and compiles a component, or takes it from a cache, and asks it to describe itself.
    ///
    /// Compiling runs on a blocking thread and can take seconds for a large component: do it when a
    /// policy is uploaded or at the start, not while somebody waits.
    pub async fn compile(&self, component: Vec<u8>) -> Result<CompiledPolicy, PolicyFailure> {
        let host = self.clone();
        spawn_blocking(move || host.compile_blocking(&component))
            .await
            .unwrap_or_else(|ended| Err(Incompatibility::Host(ended.to_string()).into()))
    }

    /// As [`PolicyHost::compile`], on this thread.
    pub fn compile_blocking(&self, component: &[u8]) -> Result<CompiledPolicy, PolicyFailure> {
        let host = &*self.inner;
        check_bytes(component, host.limits.component_bytes)?;
        let digest = sha256_hex(component);
        if let Some(policy) = host.compiled.get(&digest) {
            return Ok(policy);
        }
        let component = host.load_or_translate(&digest, component)?;
        let prepared =
            Prepared::new(&host.engine, &component).map_err(|error| Incompatibility::Exports {
                reason: format!("{error:#}"),
            })?;
        let described = run(
            &host.engine,
            &host.ticker,
            &host.limits,
            host.limits.describe_deadline,
            &prepared,
            |instance, store| prepared.describe(instance, store),
        );
        let description = described
            .result
            .map_err(|failure| Incompatibility::Describe(Box::new(failure)))??;
        let policy = CompiledPolicy::new(digest.clone(), prepared, description)?;
        host.compiled.insert(digest, policy.clone());
        Ok(policy)
    }

    /// A compiled policy that is in memory, by the digest of its component.
    pub fn find_compiled(&self, digest: &str) -> Option<CompiledPolicy> {
        self.inner.compiled.get(digest)
    }

    /// Decides one person's module in a fresh sandbox, off the asynchronous threads.
    ///
    /// # Errors
    /// [`Undecided`] where the policy refuses, fails or answers what cannot be so.
    pub async fn decide_module(
        &self,
        policy: &CompiledPolicy,
        work: &ModuleWork,
        settings: &CheckedSettings,
    ) -> Result<Decided, Undecided> {
        let (host, policy) = (self.clone(), policy.clone());
        let (work, settings) = (work.clone(), settings.clone());
        self.off_the_request_threads(move || host.decide_module_blocking(&policy, &work, &settings))
            .await
    }

    /// Decides one person's award; else as [`PolicyHost::decide_module`].
    pub async fn decide_award(
        &self,
        policy: &CompiledPolicy,
        work: &AwardWork,
        settings: &CheckedSettings,
    ) -> Result<Decided<AwardDecision>, Undecided> {
        let (host, policy) = (self.clone(), policy.clone());
        let (work, settings) = (work.clone(), settings.clone());
        self.off_the_request_threads(move || host.decide_award_blocking(&policy, &work, &settings))
            .await
    }

    /// As [`PolicyHost::decide_module`], on this thread.
    pub fn decide_module_blocking(
        &self,
        policy: &CompiledPolicy,
        work: &ModuleWork,
        settings: &CheckedSettings,
    ) -> Result<Decided, Undecided> {
        let (result, fuel) = self.evaluate_module(policy, work, settings);
        self.receipt(DecisionKind::Module, policy, work, settings, result, fuel)
    }

    /// As [`PolicyHost::decide_award`], on this thread.
    pub fn decide_award_blocking(
        &self,
        policy: &CompiledPolicy,
        work: &AwardWork,
        settings: &CheckedSettings,
    ) -> Result<Decided<AwardDecision>, Undecided> {
        let (result, fuel) = self.evaluate_award(policy, work, settings);
        self.receipt(DecisionKind::Award, policy, work, settings, result, fuel)
    }

    /// Decides and checks a module on this thread, without a receipt; also gives the fuel it cost.
    /// For back-tests, where nothing is stored.
    pub fn evaluate_module(
        &self,
        policy: &CompiledPolicy,
        work: &ModuleWork,
        settings: &CheckedSettings,
    ) -> (Result<ModuleDecision, PolicyFailure>, u64) {
        self.evaluate(
            policy,
            settings,
            |instance, store| {
                contract::with_module_work(work, |work| {
                    let prepared = policy.prepared();
                    prepared.decide_module(instance, store, work, &settings.json)
                })
            },
            |answer| {
                let decision = contract::module_decision(answer)?;
                check_module(work, &decision, &policy.description().rules)?;
                Ok(decision)
            },
        )
    }

    fn evaluate_award(
        &self,
        policy: &CompiledPolicy,
        work: &AwardWork,
        settings: &CheckedSettings,
    ) -> (Result<AwardDecision, PolicyFailure>, u64) {
        self.evaluate(
            policy,
            settings,
            |instance, store| {
                contract::with_award_work(work, |work| {
                    let prepared = policy.prepared();
                    prepared.decide_award(instance, store, work, &settings.json)
                })
            },
            |answer| {
                let decision = contract::award_decision(answer)?;
                check_award(work, &decision, &policy.description().rules)?;
                Ok(decision)
            },
        )
    }

    fn evaluate<A, D>(
        &self,
        policy: &CompiledPolicy,
        settings: &CheckedSettings,
        call: impl FnOnce(&Instance, &mut Store<Running>) -> wasmtime::Result<Answer<A>>,
        check: impl FnOnce(A) -> Result<D, AnswerFault>,
    ) -> (Result<D, PolicyFailure>, u64) {
        if *settings.policy != *policy.digest() {
            let other = Incompatibility::OtherSettings {
                checked_for: settings.policy.as_ref().to_owned(),
            };
            return (Err(other.into()), 0);
        }
        let host = &*self.inner;
        let ran = run(
            &host.engine,
            &host.ticker,
            &host.limits,
            host.limits.deadline,
            policy.prepared(),
            call,
        );
        let result = match ran.result {
            Err(failure) => Err(failure),
            Ok(Err(refusal)) => Err(PolicyFailure::Refusal(contract::refusal(refusal))),
            Ok(Ok(answer)) => check(answer).map_err(|fault| PolicyFailure::BadAnswer { fault }),
        };
        (result, ran.fuel)
    }

    fn receipt<W: Serialize, D: Serialize>(
        &self,
        kind: DecisionKind,
        policy: &CompiledPolicy,
        work: &W,
        settings: &CheckedSettings,
        result: Result<D, PolicyFailure>,
        fuel: u64,
    ) -> Result<Decided<D>, Undecided> {
        // Our own types have a JSON form; if one had not, the receipt would be empty and the
        // decision refused.
        let (input, result) = match (canonical_json(work), result) {
            (Ok(input), result) => (input, result),
            (Err(error), _) => (
                String::new(),
                Err(Incompatibility::Host(error.to_string()).into()),
            ),
        };
        let mut receipt = DecisionReceipt {
            component_digest: policy.digest().to_owned(),
            contract: CONTRACT.to_owned(),
            engine_compat: self.inner.compat.clone(),
            kind,
            input_sha256: sha256_hex(&input),
            settings_sha256: settings.sha256().to_owned(),
            input,
            settings: settings.json().to_owned(),
            output: None,
            fuel,
            outcome: ReceiptOutcome::Decided,
        };
        let failure = match result {
            Ok(decision) => match canonical_json(&decision) {
                Ok(output) => {
                    receipt.output = Some(output);
                    return Ok(Decided { decision, receipt });
                }
                Err(error) => Incompatibility::Host(error.to_string()).into(),
            },
            Err(failure) => failure,
        };
        if let PolicyFailure::Refusal(refusal) = &failure {
            receipt.output = refusal_json(refusal);
        }
        receipt.outcome = failure.outcome();
        Err(Undecided {
            failure,
            receipt: Box::new(receipt),
        })
    }

    /// At most `concurrency` decisions run at once; the others wait without a thread.
    async fn off_the_request_threads<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        // The semaphore is never closed. The permit goes with the work, which runs on when the
        // request that wanted it is gone.
        let permit = Arc::clone(&self.inner.permits).acquire_owned().await;
        let running = spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        match running.await {
            Ok(done) => done,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is being shut down, and this task with it.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

impl Inner {
    /// The component's machine code: from disk where its seal is right, else compiled and sealed.
    fn load_or_translate(
        &self,
        digest: &str,
        component: &[u8],
    ) -> Result<Component, Incompatibility> {
        if let Some(sealed) = self.cache.read(digest, &self.compat) {
            match self.cache.open(&self.engine, digest, &self.compat, &sealed) {
                Some(Ok(component)) => return Ok(component),
                Some(Err(error)) => {
                    tracing::warn!(digest, %error, "a compiled policy does not load; compiling it anew");
                }
                None => {
                    tracing::warn!(
                        digest,
                        "a compiled policy was changed on disk; compiling it anew"
                    );
                }
            }
        }
        let code = {
            let _one = self
                .compiling
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            match &self.compiler {
                Some(program) => program.translate(&self.limits, &self.compat, component)?,
                None => translate(&self.engine, component)?,
            }
        };
        let sealed = self.cache.seal(digest, &self.compat, &code);
        if let Err(error) = self.cache.write(digest, &self.compat, &sealed) {
            tracing::warn!(digest, %error, "a compiled policy could not be kept on disk");
        }
        match self.cache.open(&self.engine, digest, &self.compat, &sealed) {
            Some(Ok(component)) => Ok(component),
            Some(Err(error)) => Err(Incompatibility::DoesNotCompile {
                reason: format!("{error:#}"),
            }),
            None => Err(Incompatibility::Host("a seal did not hold".into())),
        }
    }
}

fn refusal_json(refusal: &Refusal) -> Option<String> {
    canonical_json(refusal).ok()
}
