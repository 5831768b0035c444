//! How wasmtime is set up. Compiler and worker must agree on everything that shapes compiled code.

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, Result,
};

/// Invocations a worker runs at once.
pub(crate) const SLOTS: u32 = 64;

/// Part of the cache's key: change it with anything below that shapes compiled code.
pub(crate) const GENERATION: &str = concat!("wasmtime-48 config-1 ", env!("CARGO_PKG_VERSION"));

/// Call stack of a function, in bytes. Deeper recursion traps.
pub(crate) const STACK: usize = 1 << 20;

/// The most elements of a module's tables together: indirect calls of very large programs fit.
const TABLE_ELEMENTS: usize = 200_000;

/// For the compiling child.
pub(crate) fn compiler() -> Result<Engine> {
    Engine::new(&shared())
}

/// What of an instance's memory is reset by copying and not given back to the kernel, which is dearer: of the pages that it
/// touched where the kernel tells which those are, else of the first ones.
const RESIDENT: usize = 512 << 10;
const RESIDENT_UNSEEN: usize = 128 << 10;

/// Opens what the kernel tells a process of its own pages by, which is a file that a jail does not have. The library keeps
/// it for a process that is forked off. Call it while there is a single thread.
pub(crate) fn look_outside() {
    let _ = PoolingAllocationConfig::is_pagemap_scan_available();
}

/// For a worker: no compiler, and instances from a pool.
pub(crate) fn runner() -> Result<Engine> {
    let seen = PoolingAllocationConfig::is_pagemap_scan_available();
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(SLOTS)
        .total_memories(SLOTS)
        .total_tables(SLOTS)
        .max_memories_per_module(1)
        .max_tables_per_module(1)
        .table_elements(TABLE_ELEMENTS)
        .max_memory_size(4 << 30)
        .max_core_instance_size(8 << 20)
        .pagemap_scan(Enabled::Auto)
        .linear_memory_keep_resident(if seen { RESIDENT } else { RESIDENT_UNSEEN })
        .table_keep_resident(16 << 10);
    let mut config = shared();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    config.enable_compiler(false);
    Engine::new(&config)
}

fn shared() -> Config {
    let mut config = Config::new();
    config
        .epoch_interruption(true)
        .max_wasm_stack(STACK)
        .memory_init_cow(true)
        .cranelift_opt_level(OptLevel::Speed)
        .wasm_component_model(false)
        .wasm_multi_memory(false)
        .wasm_memory64(false)
        .wasm_backtrace_max_frames(None);
    config
}
