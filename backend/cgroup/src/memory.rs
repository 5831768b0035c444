//! How much memory there is to share out.

use std::fs;
use std::path::Path;

/// The memory of this machine, or of the container that we are in, in bytes.
pub fn machine_memory() -> u64 {
    let machine = rustix::system::sysinfo();
    let whole = machine.totalram.saturating_mul(machine.mem_unit.into());
    own_limits().into_iter().fold(whole, u64::min)
}

/// What the control groups that we are in allow.
fn own_limits() -> Vec<u64> {
    let Ok(own) = fs::read_to_string("/proc/self/cgroup") else { return Vec::new() };
    let mut limits = Vec::new();
    for line in own.lines() {
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
        let path = path.trim_start_matches('/');
        if controllers.is_empty() {
            let group = Path::new("/sys/fs/cgroup").join(path);
            limits.extend(group.ancestors().filter_map(|group| number(&group.join("memory.max"))));
        } else if controllers.split(',').any(|controller| controller == "memory") {
            let group = Path::new("/sys/fs/cgroup/memory").join(path);
            limits.extend(number(&group.join("memory.limit_in_bytes")));
        }
    }
    limits
}

/// None where the file says `max`, or is not there.
fn number(file: &Path) -> Option<u64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_is_some() {
        assert!(super::machine_memory() > 64 << 20);
    }
}
