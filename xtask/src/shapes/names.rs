//! Names of models as Rust names.

/// Words that are no field names, and names that types must not take.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];
const TAKEN: &[&str] = &[
    "BTreeMap",
    "Body",
    "Box",
    "Bytes",
    "Code",
    "Err",
    "Member",
    "None",
    "Ok",
    "Option",
    "Result",
    "Schema",
    "Self",
    "ServiceModel",
    "Some",
    "String",
    "Timestamp",
    "Unlisted",
    "Vec",
];

/// `FunctionName` → `function_name`, `KMSKeyArn` → `kms_key_arn`, `type` → `r#type`.
pub(crate) fn field(name: &str) -> String {
    let snake = words(name).join("_");
    match snake.as_str() {
        "self" | "crate" | "super" => format!("{snake}_"),
        word if KEYWORDS.contains(&word) => format!("r#{word}"),
        _ => snake,
    }
}

/// `FunctionName` → `FUNCTION_NAME`.
pub(crate) fn constant(name: &str) -> String {
    words(name).join("_").to_uppercase()
}

/// A shape's name as a type's.
pub(crate) fn type_name(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    let name: String = first.into_iter().chain(letters).filter(char::is_ascii_alphanumeric).collect();
    if TAKEN.contains(&name.as_str()) { format!("{name}Shape") } else { name }
}

/// An enumeration's value as a variant: `nodejs18.x` → `Nodejs18X`, `CREATE_FAILED` → `CreateFailed`.
pub(crate) fn variant(value: &str) -> String {
    let shouting = !value.chars().any(|letter| letter.is_ascii_lowercase());
    let mut name = String::new();
    let mut start = true;
    for letter in value.chars() {
        if !letter.is_ascii_alphanumeric() {
            start = true;
        } else if start {
            name.push(letter.to_ascii_uppercase());
            start = false;
        } else {
            name.push(if shouting { letter.to_ascii_lowercase() } else { letter });
        }
    }
    if name.is_empty() {
        name = "Empty".into();
    }
    if name.starts_with(|letter: char| letter.is_ascii_digit()) {
        name.insert(0, 'V');
    }
    if TAKEN.contains(&name.as_str()) { format!("{name}Value") } else { name }
}

fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (index, &letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| letters.get(index));
        let after = letters.get(index + 1);
        let starts = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                !before.is_ascii_uppercase() || after.is_some_and(char::is_ascii_lowercase)
            });
        if (starts || !letter.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if letter.is_ascii_alphanumeric() {
            word.push(letter.to_ascii_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_rusts() {
        for (name, expected) in [
            ("FunctionName", "function_name"),
            ("KMSKeyArn", "kms_key_arn"),
            ("S3Bucket", "s3_bucket"),
            ("ETag", "e_tag"),
            ("CodeSha256", "code_sha256"),
            ("Type", "r#type"),
            ("x-amz-meta", "x_amz_meta"),
        ] {
            assert_eq!(field(name), expected);
        }
        for (value, expected) in [
            ("nodejs18.x", "Nodejs18X"),
            ("CREATE_FAILED", "CreateFailed"),
            ("$LATEST", "Latest"),
            ("2.0", "V20"),
            ("None", "NoneValue"),
        ] {
            assert_eq!(variant(value), expected);
        }
    }
}
