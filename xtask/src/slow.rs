//! A slow machine for the journeys: a browser that gets a quarter of a core, and another core that is busy. It says
//! nothing of what a slow disk or a slow network does.

use std::fs;
use std::hint;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use anyhow::{Context as _, Result};

/// Microseconds of every so many that a browser may run, all its processes together.
const SHARE: (u32, u32) = (5_000, 20_000);

/// Keeps the machine slow until it is dropped.
pub(crate) struct SlowMachine {
    over: Arc<AtomicBool>,
    busy: Option<JoinHandle<()>>,
    groups: Option<Groups>,
}

impl SlowMachine {
    /// Slows down what `playwright` starts. Where no control group can be made, the pages throttle themselves: that is
    /// the same for them, but they spend the time that they do not use.
    pub(crate) fn new(playwright: &mut Command, chromium: &Path, folder: &Path) -> Result<Self> {
        let groups = Groups::new();
        match &groups {
            Some(groups) => {
                playwright.env("CUMULO_CHROMIUM", groups.browser(chromium, folder)?);
            }
            None => {
                playwright.env("CUMULO_SLOW", "1");
            }
        }
        let over = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&over);
        let spin = move || {
            while !seen.load(Ordering::Relaxed) {
                hint::spin_loop();
            }
        };
        Ok(Self { over, busy: Some(thread::spawn(spin)), groups })
    }
}

impl Drop for SlowMachine {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(busy) = self.busy.take() {
            // It cannot panic, and there would be nothing to do about it.
            busy.join().ok();
        }
        if let Some(groups) = &self.groups {
            groups.remove();
        }
    }
}

/// The folder of the control groups, one a browser.
struct Groups {
    folder: PathBuf,
    /// The file and the text that set a group's share.
    shares: Vec<(&'static str, String)>,
}

impl Groups {
    /// Of the version of control groups that this machine has, if it lets us use them.
    fn new() -> Option<Self> {
        let (share, period) = SHARE;
        let mount = Path::new("/sys/fs/cgroup");
        let name = format!("cumulo-slow-{}", std::process::id());
        let groups = if mount.join("cgroup.controllers").exists() {
            Self { folder: mount.join(name), shares: vec![("cpu.max", format!("{share} {period}"))] }
        } else {
            let shares =
                [("cpu.cfs_period_us", period.to_string()), ("cpu.cfs_quota_us", share.to_string())].into();
            Self { folder: mount.join("cpu").join(name), shares }
        };
        fs::create_dir(&groups.folder).ok()?;
        // The second version hands the processor on to the groups within only where it is told to.
        let control = groups.folder.join("cgroup.subtree_control");
        let works = groups.shares.iter().all(|(file, _)| groups.folder.join(file).exists())
            && (!control.exists() || fs::write(control, "+cpu").is_ok());
        if !works {
            groups.remove();
        }
        works.then_some(groups)
    }

    /// A program that goes into a group of its own and becomes the browser there.
    fn browser(&self, chromium: &Path, folder: &Path) -> Result<PathBuf> {
        let limit = |(file, text): &(&str, String)| format!("echo '{text}' >\"$group/{file}\"");
        let limits = self.shares.iter().map(limit).collect::<Vec<_>>().join("\n");
        let script = format!(
            "#!/bin/sh\nset -e\ngroup='{}'/$$\nmkdir \"$group\"\n{limits}\necho $$ >\"$group/cgroup.procs\"\nexec '{}' \"$@\"\n",
            self.folder.display(),
            chromium.display(),
        );
        let path = folder.join("slow-chromium");
        fs::write(&path, script).with_context(|| format!("failed to write {}", path.display()))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
            .with_context(|| format!("failed to make {} a program", path.display()))?;
        Ok(path)
    }

    /// Groups are removed like folders; those whose browser still ends stay.
    fn remove(&self) {
        for group in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            fs::remove_dir(group.path()).ok();
        }
        fs::remove_dir(&self.folder).ok();
    }
}
