//! The edge: how a listening socket of ours meets strangers.
//!
//! An HTTP/1.1 accept loop over hyper with a deadline for every state a connection can be in (nothing sent yet, half
//! a head, idle between requests, a stalled body, a reader that does not read), caps on connections in all and per
//! address, and a drain at the end; and the guard that a request passes before any routing: one `Host`, on the list.
//!
//! It is not a router, knows no session and no product: the front door and the cloud's endpoint both stand on it.

mod body;
mod chunks;
mod connection;
mod connection_limit;
mod cookie;
mod head;
mod host;
mod io;
mod limits;
mod listen;
mod origin;
mod progress;
mod spelling;
mod watch;

pub use body::{BodyError, RequestBody, ResponseBody};
pub use connection::serve_connection;
pub use connection_limit::{ConnectionLimit, Full, Ticket};
pub use cookie::{is_session_cookie, session_cookie};
pub use host::{HostError, HostPolicy, Scheme, host};
pub use limits::Limits;
pub use listen::{Drained, serve};
pub use origin::{FetchSite, Origin, fetch_site, origin};
pub use spelling::Spelling;

/// The other end's address, put into every request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub std::net::SocketAddr);

/// Any error that a body of ours can carry.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
