//! Which language a file is in, by its name alone, in the words language servers use.

use protocol::WorkspacePath;

const BY_NAME: &[(&str, &str)] = &[
    ("Dockerfile", "dockerfile"),
    ("Makefile", "makefile"),
    ("Cargo.lock", "toml"),
    (".bashrc", "shellscript"),
    (".profile", "shellscript"),
];

const BY_ENDING: &[(&str, &str)] = &[
    ("rs", "rust"),
    ("toml", "toml"),
    ("yaml", "yaml"),
    ("yml", "yaml"),
    ("json", "json"),
    ("md", "markdown"),
    ("js", "javascript"),
    ("mjs", "javascript"),
    ("cjs", "javascript"),
    ("jsx", "javascriptreact"),
    ("ts", "typescript"),
    ("mts", "typescript"),
    ("tsx", "typescriptreact"),
    ("py", "python"),
    ("html", "html"),
    ("htm", "html"),
    ("css", "css"),
    ("scss", "scss"),
    ("sh", "shellscript"),
    ("bash", "shellscript"),
    ("go", "go"),
    ("java", "java"),
    ("c", "c"),
    ("h", "c"),
    ("cpp", "cpp"),
    ("sql", "sql"),
    ("xml", "xml"),
    ("svg", "xml"),
];

/// The language of a file; `plaintext` where none is known.
pub(crate) fn language(path: &WorkspacePath) -> &'static str {
    let named = BY_NAME.iter().find(|(name, _)| *name == path.name());
    let ended = || {
        let ending = path.extension()?.to_ascii_lowercase();
        BY_ENDING.iter().find(|(known, _)| *known == ending)
    };
    named.or_else(ended).map_or("plaintext", |(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_files_by_name() {
        for (name, want) in
            [("src/main.rs", "rust"), ("Makefile", "makefile"), ("a.YML", "yaml"), ("notes", "plaintext")]
        {
            assert_eq!(language(&WorkspacePath::parse(name).unwrap()), want);
        }
    }
}
