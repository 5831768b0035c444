//! Control groups: how much of the machine the processes may use that this program starts for others (workers, language
//! servers), all of them together and each group by itself. Version 2 where it can be had, else version 1, else none.
//!
//! Not here: starting and ending processes, and what else holds them.

mod group;
mod memory;

pub use group::{Cgroup, CgroupKind, CgroupLimits, join, remove_groups};
pub use memory::machine_memory;
