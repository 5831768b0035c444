//! A text frame as it is sent, unless it is larger than any may be: the server would end the connection for it, and every
//! resumed one again.

use protocol::{
    CallError, ErrorCode,
    link::{MAX_FRAME, ToAgent},
};

use serde_json::Value;

use crate::{json, messages::say, text::bytes};

/// The text of a frame, or why it cannot be sent.
pub fn text(frame: &ToAgent<Value>) -> Result<String, CallError> {
    let text = json::text(&json::tree(frame));
    if text.len() <= MAX_FRAME {
        return Ok(text);
    }
    let (size, most) = (bytes(text.len() as u64), bytes(MAX_FRAME as u64));
    let message = say!("link.too-large", size = size, most = most);
    Err(CallError::new(ErrorCode::Limit, &*message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(length: usize) -> ToAgent<Value> {
        let params = "x".repeat(length).into();
        ToAgent::Call { id: 1, method: "function.invoke".into(), params }
    }

    #[test]
    fn what_the_server_would_end_the_link_for_is_not_sent() {
        let around = text(&call(0)).unwrap().len();
        assert_eq!(text(&call(MAX_FRAME - around)).unwrap().len(), MAX_FRAME);
        let refused = text(&call(MAX_FRAME - around + 1)).unwrap_err();
        assert_eq!(refused.code, ErrorCode::Limit);
        assert!(refused.message.starts_with("this is 1.0 MB, and 1.0 MB can be sent"), "{}", refused.message);
    }
}
