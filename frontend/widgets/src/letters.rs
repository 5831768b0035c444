//! Letters in another case, of any script. The browser knows them: the standard library's tables are 8 kB of the page's
//! module.

/// A text in small letters.
pub fn lowercase(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { other_case(text, Case::Lower) }
}

/// A text in capital letters.
pub fn uppercase(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_uppercase() } else { other_case(text, Case::Upper) }
}

#[derive(Clone, Copy)]
enum Case {
    Lower,
    Upper,
}

#[cfg(target_arch = "wasm32")]
fn other_case(text: &str, case: Case) -> String {
    let text = js_sys::JsString::from(text);
    match case {
        Case::Lower => text.to_lower_case(),
        Case::Upper => text.to_upper_case(),
    }
    .into()
}

/// For tests, which no browser runs.
#[cfg(not(target_arch = "wasm32"))]
fn other_case(text: &str, case: Case) -> String {
    match case {
        Case::Lower => text.to_lowercase(),
        Case::Upper => text.to_uppercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_every_script_have_their_case() {
        let check = |small: &str, capital: &str| {
            assert_eq!((lowercase(capital).as_str(), uppercase(small).as_str()), (small, capital));
        };
        check("main.rs", "MAIN.RS");
        check("äöü", "ÄÖÜ");
        check("привет", "ПРИВЕТ");
        check("日本 1+", "日本 1+");
        check("", "");
    }
}
