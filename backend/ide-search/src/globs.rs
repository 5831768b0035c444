//! Which files a search includes and excludes: globs as in `.gitignore`, against paths from the workspace's folder.

use ide_core::survey::rooted;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use protocol::{
    CallError, ErrorCode, WorkspacePath,
    search::{MAX_GLOB, MAX_GLOBS, Query},
};

/// The globs of a search.
#[derive(Debug)]
pub(crate) struct Globs {
    /// None: all files.
    include: Option<Gitignore>,
    exclude: Gitignore,
}

impl Globs {
    pub(crate) fn new(query: &Query) -> Result<Self, CallError> {
        let include = if query.include.is_empty() { None } else { Some(build(&query.include)?) };
        Ok(Self { include, exclude: build(&query.exclude)? })
    }

    /// Whether a file is searched. What lies in an excluded folder is never met.
    pub(crate) fn includes(&self, file: &WorkspacePath) -> bool {
        let path = rooted(file);
        let is_met = |rules: &Gitignore| rules.matched_path_or_any_parents(&path, false).is_ignore();
        self.include.as_ref().is_none_or(is_met)
    }

    /// Whether a file, or a folder with all that is in it, is left out.
    pub(crate) fn excludes(&self, path: &WorkspacePath, is_folder: bool) -> bool {
        self.exclude.matched(rooted(path), is_folder).is_ignore()
    }
}

fn build(globs: &[String]) -> Result<Gitignore, CallError> {
    if globs.len() > MAX_GLOBS || globs.iter().any(|glob| glob.len() > MAX_GLOB) {
        let message =
            format!("Cannot look there: a search takes {MAX_GLOBS} globs of {MAX_GLOB} bytes each.");
        let error = CallError::new(ErrorCode::Limit, message);
        return Err(error.because("too-many-globs", &[("count", &MAX_GLOBS), ("bytes", &MAX_GLOB)]));
    }
    let mut builder = GitignoreBuilder::new("/");
    for glob in globs {
        let trimmed = glob.trim().trim_start_matches("./");
        builder.add_line(None, trimmed).map_err(|error| refused(glob, &error))?;
    }
    builder.build().map_err(|error| refused("", &error))
}

fn refused(glob: &str, error: &ignore::Error) -> CallError {
    let reason = match error {
        ignore::Error::Glob { err, .. } => err.clone(),
        other => other.to_string(),
    };
    let message = format!("Cannot look in '{glob}': it is no glob: {reason}.");
    CallError::new(ErrorCode::Invalid, message).because("glob", &[("glob", &glob), ("reason", &reason)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globs(include: &[&str], exclude: &[&str]) -> Result<Globs, CallError> {
        let all = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect();
        Globs::new(&Query { include: all(include), exclude: all(exclude), ..Query::default() })
    }

    #[test]
    fn globs_mean_what_they_mean_in_gitignore() {
        let check = |include: &[&str], exclude: &[&str], path: &str, expected: bool| {
            let globs = globs(include, exclude).unwrap();
            let path = WorkspacePath::parse(path).unwrap();
            let is_searched = globs.includes(&path) && !globs.excludes(&path, false);
            assert_eq!(is_searched, expected, "{include:?} {exclude:?} {path}");
        };
        check(&[], &[], "a/b.rs", true);
        check(&["*.rs"], &[], "a/b.rs", true);
        check(&["*.rs"], &[], "a/b.ts", false);
        check(&["src"], &[], "src/a/b.ts", true);
        check(&["./src/**/*.{ts,tsx}"], &[], "src/a/b.tsx", true);
        check(&["/a/*.rs"], &[], "b/a/c.rs", false);
        check(&[" *.rs "], &["b.*"], "a/b.rs", false);
        check(&["*", "!*.md"], &[], "a.md", false);
        let folder = WorkspacePath::parse("a/target").unwrap();
        assert!(globs(&[], &["target/"]).unwrap().excludes(&folder, true));
    }

    #[test]
    fn what_is_no_glob_or_too_much_is_refused() {
        let error = globs(&["a{b"], &[]).unwrap_err();
        assert_eq!(error.code, ErrorCode::Invalid);
        assert!(error.message.starts_with("Cannot look in 'a{b': it is no glob: "), "{}", error.message);
        let long = "x".repeat(MAX_GLOB + 1);
        assert_eq!(globs(&[], &[&long]).unwrap_err().code, ErrorCode::Limit);
        assert_eq!(globs(&["a"; MAX_GLOBS + 1], &[]).unwrap_err().code, ErrorCode::Limit);
    }
}
