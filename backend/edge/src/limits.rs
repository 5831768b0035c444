//! The numbers of the edge, all in one place. Not the sizes of bodies: those belong to the routes.

use std::time::Duration;

/// What one listener grants to those who connect.
#[derive(Clone, Debug)]
pub struct Limits {
    /// From the connection's start to its first byte.
    pub first_byte: Duration,
    /// From a head's first byte to its end.
    pub head: Duration,
    /// Between two requests on a kept-alive connection.
    pub idle: Duration,
    /// Between two pieces of a request's body.
    pub body_idle: Duration,
    /// Bytes a second that a request's body must bring on average, once `body_grace` has been spent waiting for it.
    pub body_rate: u64,
    /// How long a body may be waited for before its rate counts.
    pub body_grace: Duration,
    /// How long the other end may refuse to take a single byte.
    pub write_stall: Duration,
    /// Bytes a second that the other end must take on average, once `write_grace` has been spent waiting for it.
    pub write_rate: u64,
    /// How long the other end may be waited for before its rate counts.
    pub write_grace: Duration,
    /// How long what is left of a body is taken and dropped after its request was answered, so that the answer arrives.
    pub linger: Duration,
    /// Bytes that are dropped so.
    pub linger_bytes: u64,
    /// How long a drain waits for the requests under way.
    pub drain: Duration,
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address.
    pub connections_per_address: usize,
    /// Header lines in one head.
    pub headers: usize,
    /// Bytes in one head, the request line included.
    pub head_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(10),
            head: Duration::from_secs(10),
            idle: Duration::from_mins(1),
            body_idle: Duration::from_secs(15),
            body_rate: 512,
            body_grace: Duration::from_secs(20),
            write_stall: Duration::from_secs(30),
            write_rate: 512,
            write_grace: Duration::from_mins(1),
            linger: Duration::from_secs(5),
            linger_bytes: 64 * 1024 * 1024,
            drain: Duration::from_secs(8),
            connections: 4096,
            connections_per_address: 512,
            headers: 100,
            head_bytes: 64 * 1024,
        }
    }
}
