//! From a method's name to the handler of its type, past the caller's grants.

use std::{collections::HashMap, future::Future, pin::Pin, sync::Arc};

use budget::{Budget, Exhausted, Reservation, Source};
use protocol::{Access, Call, CallError, ErrorCode, PersonId, Principal};
use serde_json::value::RawValue;

use crate::{session::Session, weight};

type Answer = Pin<Box<dyn Future<Output = Result<Box<RawValue>, CallError>> + Send>>;
type Handler = Box<dyn Fn(CallContext, &RawValue) -> Answer + Send + Sync>;

/// Who calls, and over which session.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// The caller's session: channels are opened on it.
    pub session: Session,
    /// The caller, where they are and what they may do there, as the server found out.
    pub principal: Principal,
}

impl CallContext {
    /// Who calls: what is kept or told of the call names them by this.
    pub fn person(&self) -> &PersonId {
        &self.principal.person.id
    }

    /// Whether the caller may also do what needs `access`.
    pub fn may(&self, access: Access) -> bool {
        self.principal.grants.may(access)
    }
}

/// Calls under way at most, whoever still waits for them; one session may have half of them.
pub const MAX_CALLS: u64 = 4096;
/// Bytes that the parameters of all calls under way may take when they are decoded.
const MAX_DECODED: u64 = 256 * 1024 * 1024;

/// All calls of an agent.
pub struct Router {
    routes: HashMap<&'static str, Route>,
    /// Fair between sessions, as the next.
    calls: Budget,
    decoded: Budget,
}

impl Default for Router {
    fn default() -> Self {
        let calls = Budget::new("calls under way", MAX_CALLS);
        Self { routes: HashMap::new(), calls, decoded: Budget::new("calls' parameters", MAX_DECODED) }
    }
}

struct Route {
    access: Access,
    handler: Handler,
}

impl Router {
    /// No calls yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers calls of type `C` with `handler`, which runs only for callers whose grants allow it.
    pub fn on<C, H, F>(&mut self, handler: H)
    where
        C: Call,
        H: Fn(CallContext, C) -> F + Send + Sync + 'static,
        F: Future<Output = Result<C::Reply, CallError>> + Send + 'static,
    {
        let handler: Handler =
            Box::new(move |context, params| match serde_json::from_str::<C>(params.get()) {
                Ok(call) => {
                    let answer = handler(context, call);
                    Box::pin(async move { answer.await.and_then(|reply| encode(&reply)) })
                }
                Err(error) => {
                    let malformed = malformed(C::METHOD, &error);
                    Box::pin(async move { Err(malformed) })
                }
            });
        let earlier = self.routes.insert(C::METHOD, Route { access: C::ACCESS, handler });
        debug_assert!(earlier.is_none(), "{} has two handlers", C::METHOD);
    }

    /// For handlers that answer from the same state: each call gets a clone of it.
    pub fn with<S: Clone + Send + Sync + 'static>(&mut self, state: &S) -> Routes<'_, S> {
        Routes { router: self, state: state.clone() }
    }

    /// The methods that are answered.
    pub fn methods(&self) -> impl Iterator<Item = (&'static str, Access)> {
        self.routes.iter().map(|(name, route)| (*name, route.access))
    }

    /// Whether a call is under way. One whose caller is gone goes on to its end.
    pub fn is_busy(&self) -> bool {
        self.calls.used() > 0
    }

    /// Takes a call in: looks whether there is such a method, whether the caller may, and whether there is room for it.
    pub fn admit(
        self: &Arc<Self>,
        context: CallContext,
        method: &str,
        params: Box<RawValue>,
    ) -> Result<Admitted, CallError> {
        let Some((&method, route)) = self.routes.get_key_value(method) else {
            let shown: String = method.chars().take(64).flat_map(char::escape_debug).collect();
            return Err(unknown(&shown));
        };
        if !context.may(route.access) {
            return Err(forbidden(method, route.access, &context.principal));
        }
        let session = Source::named("session", context.session.id().0.as_str());
        let place = self.calls.reserve(&session, 1).map_err(|_| {
            let held = self.calls.held_by(&session);
            let message =
                format!("{method} is not taken: this tab has {held} calls under way; wait for one of them");
            let error = CallError::new(ErrorCode::Limit, message);
            error.because("too-many-calls", &[("method", &method), ("count", &held)])
        })?;
        let room = self.decoded.reserve(&session, weight::decoded(params.get()));
        let room = room.map_err(|exhausted| no_room(method, &exhausted))?;
        Ok(Admitted { router: Arc::clone(self), method, context, params, held: (place, room) })
    }
}

/// A router to which handlers of one state are added.
pub struct Routes<'r, S> {
    router: &'r mut Router,
    state: S,
}

impl<S: Clone + Send + Sync + 'static> Routes<'_, S> {
    /// Answers calls of type `C` as [`Router::on`] does.
    pub fn on<C, H, F>(&mut self, handler: H) -> &mut Self
    where
        C: Call,
        H: Fn(S, CallContext, C) -> F + Send + Sync + 'static,
        F: Future<Output = Result<C::Reply, CallError>> + Send + 'static,
    {
        let state = self.state.clone();
        self.router.on(move |context, call| handler(state.clone(), context, call));
        self
    }
}

/// A call that was taken in.
#[derive(Debug)]
pub struct Admitted {
    router: Arc<Router>,
    method: &'static str,
    context: CallContext,
    params: Box<RawValue>,
    /// Its place, and room for its parameters.
    held: (Reservation, Reservation),
}

impl Admitted {
    /// Answers it. It goes on to its end whoever waits for that. A handler that panics fails its call and nothing else.
    pub async fn answer(self) -> Result<Box<RawValue>, CallError> {
        let method = self.method;
        tokio::spawn(self.handle()).await.unwrap_or_else(|error| {
            tracing::error!(method, %error, "a handler failed");
            Err(CallError::new(
                ErrorCode::Internal,
                format!("{method} failed inside; the agent's log has the cause"),
            )
            .because("inside", &[("method", &method)]))
        })
    }

    async fn handle(self) -> Result<Box<RawValue>, CallError> {
        let Self { router, method, context, params, held } = self;
        // Held until the end.
        let _held = held;
        match router.routes.get(method) {
            Some(route) => (route.handler)(context, &params).await,
            None => Err(unknown(method)),
        }
    }
}

impl std::fmt::Debug for Router {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.routes.keys()).finish()
    }
}

fn forbidden(method: &str, needed: Access, principal: &Principal) -> CallError {
    let Access { capability, level } = needed;
    let given = principal.grants.level(capability);
    let given = given.map_or_else(|| "nothing".to_owned(), |given| format!("'{given}' alone"));
    let message = format!(
        "{method} needs '{level}' on {capability}, and you have {given} there; ask the workspace's owner for more"
    );
    let arguments: [(&str, &dyn std::fmt::Display); 3] =
        [("method", &method), ("level", &level), ("capability", &capability)];
    CallError::new(ErrorCode::Forbidden, message).because("forbidden", &arguments)
}

fn malformed(method: &str, error: &serde_json::Error) -> CallError {
    let message = format!("the parameters of {method} are malformed: {error}");
    CallError::new(ErrorCode::Invalid, message)
        .because("malformed", &[("method", &method), ("reason", error)])
}

fn unknown(method: &str) -> CallError {
    let message = format!("there is no method '{method}'; reload the page if it is old");
    CallError::new(ErrorCode::NotFound, message).because("no-method", &[("method", &method)])
}

/// A call whose parameters are more than there is room for.
fn no_room(method: &str, exhausted: &Exhausted) -> CallError {
    let error = CallError::new(ErrorCode::Limit, format!("{method} is not taken: {exhausted}"));
    match exhausted {
        Exhausted::TooLarge { most, .. } => {
            error.because("call-large", &[("method", &method), ("most", &(most >> 20))])
        }
        Exhausted::Busy { .. } => error.because("no-room", &[("method", &method)]),
    }
}

fn encode<T: serde::Serialize>(reply: &T) -> Result<Box<RawValue>, CallError> {
    serde_json::value::to_raw_value(reply).map_err(|error| {
        CallError::new(ErrorCode::Internal, format!("the reply cannot be written: {error}"))
            .because("reply-unwritten", &[("reason", &error)])
    })
}
