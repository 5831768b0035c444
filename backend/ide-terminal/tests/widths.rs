//! The columns of characters, as the browser's terminal is told them: a screen that is drawn anew is the same there only
//! where both count alike. `UPDATE_EXPECT=1` writes the table anew.

use std::fmt::Write;

use expect_test::expect_file;
use unicode_width::UnicodeWidthChar;

/// The ranges of characters of a width, each as what lies between it and the one before, and its length; hexadecimal.
fn ranges(fits: impl Fn(usize) -> bool) -> String {
    let (mut text, mut end, mut start) = (String::new(), 0, None);
    for code in 0x20..=0x11_0000 {
        let width = char::from_u32(code).and_then(UnicodeWidthChar::width);
        match (width.is_some_and(&fits), start) {
            (true, None) => start = Some(code),
            (false, Some(first)) => {
                let separator = if text.is_empty() { "" } else { " " };
                let _ = write!(text, "{separator}{:x}.{:x}", first - end, code - first);
                (end, start) = (code, None);
            }
            _ => {}
        }
    }
    text
}

#[test]
fn the_browser_counts_columns_as_the_agent_does() {
    let table = format!(
        "// The characters that take no column and those that take two, as the agent's terminal counts them: ranges, each as the\n\
         // gap before it and its length, hexadecimal. Written by the test `widths` of `ide-terminal`, not by hand.\n\n\
         export const NONE = \"{}\";\n\nexport const TWO = \"{}\";\n",
        ranges(|width| width == 0),
        ranges(|width| width >= 2),
    );
    expect_file!["../../../frontend/bridge/src/terminal/widths.ts"].assert_eq(&table);
}
