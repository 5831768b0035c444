//! The name of the front door's session cookie. Cookies know no ports, so whoever serves strangers on the same machine
//! must know the name too: never to hand the cookie on, and never to let a stranger set it.

use crate::Scheme;

/// On https, where browsers guard the prefix.
const GUARDED: &str = "__Host-cumulo";
/// On plain http; the port follows.
const PLAIN: &str = "cumulo-";

/// The cookie of the front door at that port. The port is in the name so that two servers on one machine do not sign
/// each other out.
pub fn session_cookie(scheme: Scheme, port: u16) -> String {
    match scheme {
        Scheme::Https => GUARDED.to_owned(),
        Scheme::Http => format!("{PLAIN}{port}"),
    }
}

/// Whether a cookie of that name may be some front door's.
pub fn is_session_cookie(name: &str) -> bool {
    let name = name.trim();
    name.eq_ignore_ascii_case(GUARDED)
        || name.split_at_checked(PLAIN.len()).is_some_and(|(start, port)| {
            start.eq_ignore_ascii_case(PLAIN) && port.bytes().all(|byte| byte.is_ascii_digit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_given_out_is_recognised() {
        for name in [session_cookie(Scheme::Https, 443), session_cookie(Scheme::Http, 9000)] {
            assert!(is_session_cookie(&name) && is_session_cookie(&format!(" {name} ")), "{name}");
        }
        for other in ["cumulo", "cumulo-theme", "session", "", "cumulo-9000x"] {
            assert!(!is_session_cookie(other), "{other}");
        }
    }
}
