//! Which icon stands for what. The symbols are Lucide's; `icons/sprite.svg` holds those that are named here.

/// The icon and colour class of a file.
pub fn of_file(name: &str) -> (&'static str, &'static str) {
    let lower = name.to_ascii_lowercase();
    match lower.as_str() {
        "cargo.toml" | "cargo.lock" | "package.json" | "package-lock.json" => {
            return ("package", "tint-orange");
        }
        "template.yaml" | "template.yml" | "template.json" | "samconfig.toml" => {
            return ("cloud", "tint-accent");
        }
        "makefile" | "dockerfile" => return ("file-cog", "tint-muted"),
        _ if lower.starts_with("license") || lower.starts_with("notice") => return ("scale", "tint-muted"),
        _ => {}
    }
    match lower.rsplit_once('.').map(|(_, ending)| ending) {
        Some("rs") => ("file-code", "tint-orange"),
        Some("py" | "ts" | "tsx") => ("file-code", "tint-accent"),
        Some("js" | "jsx" | "mjs" | "cjs") => ("file-code", "tint-yellow"),
        Some("html" | "xml" | "svg") => ("file-code", "tint-red"),
        Some("css") => ("file-code", "tint-purple"),
        Some("c" | "h" | "cpp" | "go" | "java" | "rb" | "php" | "swift" | "kt" | "sql") => {
            ("file-code", "tint-green")
        }
        Some("json" | "yaml" | "yml") => ("braces", "tint-yellow"),
        Some("toml" | "ini" | "cfg" | "conf" | "env" | "gitignore" | "lock") => ("settings-2", "tint-muted"),
        Some("md" | "txt" | "rst" | "adoc") => ("file-text", "tint-accent"),
        Some("sh" | "bash" | "zsh" | "fish") => ("file-terminal", "tint-green"),
        Some("png" | "jpg" | "jpeg" | "gif" | "webp" | "ico" | "avif") => ("image", "tint-purple"),
        Some("zip" | "gz" | "tar" | "xz" | "zst") => ("file-archive", "tint-muted"),
        Some("wasm") => ("binary", "tint-purple"),
        _ => ("file", "tint-muted"),
    }
}

/// The icon of a resource of a stack, by its type.
pub fn of_resource(kind: &str) -> &'static str {
    of_service(&kind.split("::").nth(1).unwrap_or_default().to_ascii_lowercase())
}

/// The icon of a service, by its name in ARNs or in types.
pub fn of_service(name: &str) -> &'static str {
    match name {
        "lambda" | "serverless" => "lambda",
        "apigateway" | "apigatewayv2" | "execute-api" => "globe",
        "iam" => "key-round",
        "logs" => "scroll-text",
        "s3" => "archive",
        "sqs" => "inbox",
        "sns" => "megaphone",
        "dynamodb" | "rds" => "database",
        "cloudformation" => "layers",
        _ => "box",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_in_the_sprite() {
        let sprite = include_str!("../icons/sprite.svg");
        let sources = crate::messages::sources();
        let quoted = sources.iter().flat_map(|source| source.split("icon=\"").skip(1));
        let named = quoted.filter_map(|rest| rest.split('"').next());
        let files = ["a.rs", "a.md", "a.json", "a.sh", "a.png", "a.zip", "a.wasm", "a.toml", "a", "LICENSE"];
        let files = files.iter().map(|name| of_file(name).0);
        for icon in named.chain(files).chain([of_resource("AWS::Lambda::Function"), of_resource("x")]) {
            assert!(sprite.contains(&format!("id=\"i-{icon}\"")), "{icon} is not in icons/sprite.svg");
        }
    }

    #[test]
    fn files_are_told_apart() {
        assert_eq!(of_file("src.RS").0, "file-code");
        assert_eq!(of_file("Cargo.toml").0, "package");
        assert_eq!(of_file("noending").0, "file");
    }
}
