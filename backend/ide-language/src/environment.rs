//! Finding a server's program, and an environment in which it works.

use std::{
    ffi::{OsStr, OsString},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use ide_core::Grant;
use tokio::process::Command;

use crate::spec::ServerSpec;

/// For a program to say its version.
const PROBE: Duration = Duration::from_secs(10);
/// Where Debian keeps the standard library's sources, relative to a sysroot.
const SOURCES: &str = "lib/rustlib/src/rust/library";

/// Variables by which an outer cargo steers what runs under it. A server finds its own toolchain.
const FOREIGN: [&str; 6] =
    ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "CARGO_MANIFEST_DIR"];

/// The variables a server is started with, over the agent's own.
pub(crate) type Variables = Vec<(OsString, OsString)>;

/// Gives a program its environment.
pub(crate) fn furnish(command: &mut Command, variables: &Variables) {
    for name in FOREIGN {
        command.env_remove(name);
    }
    command.envs(variables.iter().map(|(name, value)| (name, value)));
}

/// A program that is there.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) variables: Variables,
}

/// The first of a server's programs that is there and runs. A toolchain is asked where it will work, in `root`, whose files
/// choose its version and may name programs to run: hence the leave.
pub(crate) async fn find(
    spec: &ServerSpec,
    variables: &Variables,
    root: &Path,
    _leave: &Grant,
) -> Option<Found> {
    let asking = Asking { variables, root };
    let rust = spec.serves("rust");
    for command in &spec.commands {
        let Some((name, arguments)) = command.split_first() else { continue };
        for program in candidates(name, variables) {
            // rustup's proxy is there for every component, installed or not: it has to be asked.
            if rust && asking.output(&program, &["--version"]).await.is_none() {
                continue;
            }
            let variables = if rust { with_sources(&asking).await } else { variables.clone() };
            return Some(Found { program, arguments: arguments.to_vec(), variables });
        }
    }
    None
}

/// The executable files of a name: itself where it is a path, else what `PATH` has.
fn candidates(name: &str, variables: &Variables) -> Vec<PathBuf> {
    let all = if name.contains('/') {
        vec![PathBuf::from(name)]
    } else {
        path_of(variables)
            .map(|path| std::env::split_paths(path).map(|folder| folder.join(name)).collect())
            .unwrap_or_default()
    };
    all.into_iter().filter(|program| program.is_absolute() && is_executable(program)).collect()
}

fn is_executable(program: &Path) -> bool {
    program.metadata().is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

fn path_of(variables: &Variables) -> Option<&OsStr> {
    variables.iter().find(|(name, _)| name == "PATH").map(|(_, path)| path.as_os_str())
}

/// Rust without the standard library's sources completes nothing of it. Where the toolchain in `PATH` lacks them and the
/// system's has them, the system's comes first, so that compiler, sources and macro server are of one version.
async fn with_sources(asking: &Asking<'_>) -> Variables {
    let variables = asking.variables;
    let has_sources = |sysroot: &Path| sysroot.join(SOURCES).is_dir();
    for rustc in candidates("rustc", variables) {
        let Some(sysroot) = asking.output(&rustc, &["--print", "sysroot"]).await else { continue };
        if has_sources(Path::new(sysroot.trim())) {
            return variables.clone();
        }
        break;
    }
    let system = Path::new("/usr");
    if !has_sources(system) || !is_executable(&system.join("bin/cargo")) {
        return variables.clone();
    }
    let mut changed = variables.clone();
    let path = path_of(variables).unwrap_or_default();
    let folders = std::iter::once(system.join("bin")).chain(std::env::split_paths(path));
    if let Ok(joined) = std::env::join_paths(folders) {
        changed.retain(|(name, _)| name != "PATH");
        changed.push(("PATH".into(), joined));
    }
    changed
}

/// How programs are asked about themselves.
struct Asking<'a> {
    variables: &'a Variables,
    root: &'a Path,
}

impl Asking<'_> {
    /// What a program prints; none where it fails or takes too long.
    async fn output(&self, program: &Path, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new(program);
        furnish(&mut command, self.variables);
        command.args(arguments).current_dir(self.root);
        command.stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let output = tokio::time::timeout(PROBE, command.output()).await.ok()?.ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(folder: &Path, name: &str, text: &str) {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join(name), text).unwrap();
        std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn rust() -> ServerSpec {
        let mut spec = crate::spec::known().remove(0);
        spec.commands.truncate(1);
        spec
    }

    async fn found(variables: &Variables) -> Option<Found> {
        find(&rust(), variables, Path::new("/"), &Grant::default()).await
    }

    #[tokio::test]
    async fn a_proxy_without_its_component_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("1"), folder.path().join("2"));
        script(&first, "rust-analyzer", "#!/bin/sh\nexit 1\n");
        script(&second, "rust-analyzer", "#!/bin/sh\necho 1\n");
        let path = std::env::join_paths([&first, &second, Path::new("/bin")]).unwrap();
        let found = found(&vec![("PATH".into(), path)]).await.unwrap();
        assert_eq!(found.program, second.join("rust-analyzer"));
    }

    #[tokio::test]
    async fn a_toolchain_with_sources_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        script(&bin, "rust-analyzer", "#!/bin/sh\necho 1\n");
        script(&bin, "rustc", &format!("#!/bin/sh\necho {}\n", folder.path().display()));
        std::fs::create_dir_all(folder.path().join(SOURCES)).unwrap();
        let path = std::env::join_paths([&bin, Path::new("/bin")]).unwrap();
        let found = found(&vec![("PATH".into(), path.clone())]).await.unwrap();
        assert_eq!(found.variables, vec![("PATH".into(), path)]);
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_found() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("rust-analyzer"), "not executable").unwrap();
        assert!(found(&vec![("PATH".into(), folder.path().into())]).await.is_none());
        assert!(found(&Variables::new()).await.is_none());
    }
}
