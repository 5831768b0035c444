//! The list of targets. A name in it is a module, an entry of [`TARGETS`], and a test.

/// Something to be fuzzed.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its file, and its folder of seeds.
    pub name: &'static str,
    /// Panics where something does not hold; true if the input was more than noise.
    pub run: fn(&[u8]) -> bool,
}

macro_rules! targets {
    ($($name:ident),* $(,)?) => {
        $(mod $name;)*

        /// All targets.
        pub const TARGETS: &[Target] = &[$(Target { name: stringify!($name), run: $name::run }),*];

        #[cfg(test)]
        mod tests {
            use super::*;

            $(
                #[test]
                fn $name() {
                    crate::smoke::check(Target { name: stringify!($name), run: super::$name::run });
                }
            )*
        }
    };
}

targets! {
    api_answers,
    aws_chunked,
    cbor,
    document_updates,
    durable_updates,
    event_pattern,
    event_stream,
    filter_pattern,
    function_packages,
    http_head,
    json,
    lsp_framing,
    page_tokens,
    policy,
    post_form,
    query,
    relay_frames,
    route_matching,
    sigv4,
    sns_filter,
    unions,
    vt_redraw,
    worker_frames,
    xml,
    yaml_template,
}
