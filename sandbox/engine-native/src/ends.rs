//! How a program's end, or that it does not begin, reads at AWS: its agent is written in Go, and these are Go's words.

use engine::FunctionError;
use jail::cell::End;

/// What an invocation fails with whose runtime has ended.
pub(crate) fn error(request_id: &str, end: End, ran_out_of_memory: bool) -> FunctionError {
    match end {
        End::Signal(9) if ran_out_of_memory => FunctionError::out_of_memory(request_id),
        End::Signal(signal) => FunctionError::signalled(request_id, &name(signal)),
        End::Exit(status) => FunctionError::exited(request_id, status),
    }
}

/// What an invocation fails with whose extension has ended.
pub(crate) fn of_extension(request_id: &str, extension: &str, end: End) -> FunctionError {
    let how = match end {
        End::Exit(status) => format!("exit status {status}"),
        End::Signal(signal) => format!("signal: {}", name(signal)),
    };
    FunctionError::new("Extension.Crash", format!("RequestId: {request_id} Error: {extension}: {how}"))
}

/// Why a program does not start.
pub(crate) fn reason(errno: Option<i32>, otherwise: &str) -> String {
    let known = match errno {
        Some(2) => "no such file or directory",
        Some(8) => "exec format error",
        Some(13) => "permission denied",
        Some(20) => "not a directory",
        Some(26) => "text file busy",
        _ => return otherwise.to_owned(),
    };
    known.to_owned()
}

fn name(signal: i32) -> String {
    let known = match signal {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        10 => "user defined signal 1",
        11 => "segmentation fault",
        12 => "user defined signal 2",
        13 => "broken pipe",
        14 => "alarm clock",
        15 => "terminated",
        24 => "CPU time limit exceeded",
        25 => "file size limit exceeded",
        31 => "bad system call",
        other => return format!("signal {other}"),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_read_as_awss() {
        for (end, memory, expected) in [
            (
                End::Exit(0),
                false,
                "Runtime.ExitError: RequestId: r Error: Runtime exited without providing a reason",
            ),
            (
                End::Exit(1),
                true,
                "Runtime.ExitError: RequestId: r Error: Runtime exited with error: exit status 1",
            ),
            (
                End::Signal(9),
                false,
                "Runtime.ExitError: RequestId: r Error: Runtime exited with error: signal: killed",
            ),
            (
                End::Signal(9),
                true,
                "Runtime.OutOfMemory: RequestId: r Error: Runtime exited with error: signal: killed",
            ),
            (
                End::Signal(11),
                false,
                "Runtime.ExitError: RequestId: r Error: Runtime exited with error: signal: segmentation fault",
            ),
            (
                End::Signal(40),
                false,
                "Runtime.ExitError: RequestId: r Error: Runtime exited with error: signal: signal 40",
            ),
        ] {
            let error = error("r", end, memory);
            assert_eq!(format!("{}: {}", error.error_type, error.error_message), expected);
        }
        assert_eq!(reason(Some(8), "x"), "exec format error");
        assert_eq!(reason(None, "x"), "x");
    }
}
