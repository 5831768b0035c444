//! The front door: signs people in, decides who may come in where, serves the frontend, and relays each tab's link to
//! the workspace's agent, which it starts and finds again.
//!
//! It opens no file of a workspace, forks no shell, and does not look into what it relays. It does not trust the
//! agent: nothing an agent says grants anything.
//!
//! Start reading at [`FrontDoor`], then `routes.rs` (the table) and `policy.rs` (the rules).

mod accounts;
mod agent;
mod answer;
mod assets;
mod clock;
mod codec;
mod door;
mod link;
mod pages;
mod policy;
mod relay;
mod reports;
mod routes;
mod secret;
mod sign_in;
mod site;
mod supervisor;
mod throttle;

pub use accounts::{Accounts, AccountsError, CODE_LIFETIME, Home, Room, SESSION_LIFETIME, Session};
pub use agent::{AgentError, AgentSocket, Answered};
pub use assets::{Assets, BuiltFrontend};
pub use clock::{Clock, SystemClock};
pub use codec::{Frame, FrameCodec, FrameError};
pub(crate) use door::App;
pub use door::{FrontDoor, Parts};
pub use edge::{Drained, Limits};
pub use link::RECHECK;
pub use routes::Route;
pub use secret::{NoRandomness, Secret, SecretHash};
pub use site::{BadPublicAddress, Site};
pub use supervisor::{AgentCommand, Supervisor, SupervisorError, end, exited};
