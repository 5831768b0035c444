//! From `exec` to serving, and what an idle program holds.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;

use crate::measure::{Measures, Series};
use crate::program::{Program, memory_mb};

/// Starts that are timed.
const STARTS: usize = 7;

pub(crate) fn measure(executable: &Path, measures: &mut Measures) -> Result<()> {
    println!("start");
    let ide = times(|| Program::ide(executable))?;
    measures.judge("start to serving, IDE and cloud, p50", ide.quantile(0.5), "ms", "≤ 300");
    let cloud = times(|| Program::cloud(executable))?;
    measures.judge("start to serving, cloud alone, p50", cloud.quantile(0.5), "ms", "≤ 300");
    memory(executable, measures)
}

fn times(start: impl Fn() -> Result<Program>) -> Result<Series> {
    (0..STARTS).map(|_| Ok(start()?.took)).collect::<Result<_>>().map(Series::new)
}

fn memory(executable: &Path, measures: &mut Measures) -> Result<()> {
    let program = Program::ide(executable)?;
    // What the start left to be done behind it, the spare worker among it, is done by then.
    std::thread::sleep(Duration::from_secs(2));
    let server = memory_mb(program.ready.pid)?;
    let agent = program.agent().map_or(Ok(0.0), memory_mb)?;
    measures.judge("memory idle, server and agent, no tab", server + agent, "MB", "≤ 30");
    measures.note("memory idle, server alone", server, "MB");
    Ok(())
}
