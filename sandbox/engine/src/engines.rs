//! The engine trait, and the choice among engines.

use std::sync::Arc;

use async_trait::async_trait;
use budget::Exhausted;

use crate::{FunctionKey, FunctionSpec, Invocation, Outcome};

/// Why an invocation could not even be tried. A failing function is an [`Outcome`], not this.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No engine runs such a package.
    #[error(
        "find an engine for {function}: its package holds no bootstrap.wasm and no engine here runs {runtime}"
    )]
    NoEngine {
        /// The function's ARN.
        function: String,
        /// Its runtime.
        runtime: String,
    },
    /// The machine did not give what running takes (a process, a file, memory).
    #[error("start a sandbox")]
    Unavailable(#[source] std::io::Error),
    /// It ran, and there is no room for what it answered.
    #[error("hold the function's answer and log")]
    NoRoom(#[source] Exhausted),
    /// The engine is being shut down.
    #[error("run the function: the engine is shutting down")]
    ShuttingDown,
}

/// A way to run functions.
#[async_trait]
pub trait Engine: Send + Sync {
    /// The name shown with every result.
    fn name(&self) -> &'static str;

    /// Whether this engine runs such a package.
    fn supports(&self, function: &FunctionSpec) -> bool;

    /// Does ahead of time what the first invocation would have to wait for. What is wrong with the package is
    /// reported by [`Engine::invoke`], in Lambda's words.
    async fn prepare(&self, function: &Arc<FunctionSpec>) -> Result<(), EngineError>;

    /// Runs the function once.
    async fn invoke(
        &self,
        function: &Arc<FunctionSpec>,
        invocation: Invocation,
    ) -> Result<Outcome, EngineError>;

    /// Lets the running invocations of `key` finish, then frees what was kept for it.
    async fn retire(&self, key: &FunctionKey);
}

/// Every engine of this machine, in order of preference.
#[derive(Clone, Default)]
pub struct Engines(Vec<Arc<dyn Engine>>);

impl Engines {
    /// The first that supports a function runs it.
    pub fn new(engines: Vec<Arc<dyn Engine>>) -> Self {
        Self(engines)
    }

    /// The engine for `function`.
    pub fn choose(&self, function: &FunctionSpec) -> Result<&Arc<dyn Engine>, EngineError> {
        self.0.iter().find(|engine| engine.supports(function)).ok_or_else(|| EngineError::NoEngine {
            function: function.key.arn.clone(),
            runtime: function.runtime.clone(),
        })
    }

    /// See [`Engine::prepare`].
    pub async fn prepare(&self, function: &Arc<FunctionSpec>) -> Result<(), EngineError> {
        self.choose(function)?.prepare(function).await
    }

    /// See [`Engine::invoke`].
    pub async fn invoke(
        &self,
        function: &Arc<FunctionSpec>,
        invocation: Invocation,
    ) -> Result<Outcome, EngineError> {
        self.choose(function)?.invoke(function, invocation).await
    }

    /// See [`Engine::retire`].
    pub async fn retire(&self, key: &FunctionKey) {
        for engine in &self.0 {
            engine.retire(key).await;
        }
    }
}
