//! What a module may import: WASI preview 1, with functions of our own. WASI's `poll_oneoff` would put its thread to sleep
//! where no timeout reaches it; here whoever waits wakes at its timeout at the latest. And the environment is copied to who
//! asks for it, as it came, where WASI's would be taken apart for everybody.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::runtime::Handle;
use wasmtime::{AsContextMut, Caller, Engine, Extern, Linker, Result};
use wasmtime_wasi::p1::types::{
    Errno, Event, EventFdReadwrite, Eventrwflags, Eventtype, Subclockflags, Subscription, SubscriptionU,
};
use wasmtime_wasi::p1::{self, wasi_snapshot_preview1 as wasi};
use wiggle::{GuestMemory, GuestPtr};

use super::guest::{Guest, TimedOut};

/// Made before there is a module, so that no invocation waits for it.
pub(super) fn imports(engine: &Engine) -> Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    p1::add_to_linker_sync(&mut linker, |guest: &mut Guest| &mut guest.wasi)?;
    linker.allow_shadowing(true);
    linker.func_wrap("wasi_snapshot_preview1", "poll_oneoff", poll)?;
    linker.func_wrap("wasi_snapshot_preview1", "environ_sizes_get", environment_sizes)?;
    linker.func_wrap("wasi_snapshot_preview1", "environ_get", environment)?;
    Ok(linker)
}

/// How many variables there are, and bytes of them all.
fn environment_sizes(mut caller: Caller<'_, Guest>, count: i32, size: i32) -> Result<i32> {
    let (mut memory, guest) = memory_of(&mut caller)?;
    let ends = guest.environment.iter().flatten().filter(|byte| **byte == 0).count();
    let bytes: usize = guest.environment.iter().map(Bytes::len).sum();
    let told = memory
        .write(GuestPtr::new(count as u32), ends as u32)
        .and_then(|()| memory.write(GuestPtr::new(size as u32), bytes as u32));
    Ok(errno(told.is_ok()))
}

/// The variables, as they came: the blocks at `bytes`, and the address of each variable at `pointers`.
fn environment(mut caller: Caller<'_, Guest>, pointers: i32, bytes: i32) -> Result<i32> {
    let (mut memory, guest) = memory_of(&mut caller)?;
    let (mut pointer, mut at) = (GuestPtr::<u32>::new(pointers as u32), bytes as u32);
    let mut told = Ok(());
    for block in &guest.environment {
        let begins = std::iter::once(0)
            .chain(block.iter().enumerate().filter(|(_, byte)| **byte == 0).map(|(end, _)| end + 1));
        for begin in begins.filter(|begin| *begin < block.len()) {
            told = told.and_then(|()| {
                memory.write(pointer, at.wrapping_add(begin as u32))?;
                pointer = pointer.add(1)?;
                Ok(())
            });
        }
        let to = GuestPtr::<u8>::new(at).as_array(block.len() as u32);
        told = told.and_then(|()| memory.copy_from_slice(block, to));
        at = at.wrapping_add(block.len() as u32);
    }
    Ok(errno(told.is_ok()))
}

/// A guest's memory, and what else it has.
fn memory_of<'a>(caller: &'a mut Caller<'_, Guest>) -> Result<(GuestMemory<'a>, &'a mut Guest)> {
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        wasmtime::bail!("missing required memory export");
    };
    let (bytes, guest) = memory.data_and_store_mut(caller);
    Ok((GuestMemory::Unshared(bytes), guest))
}

fn errno(is_done: bool) -> i32 {
    let errno = if is_done { Errno::Success } else { Errno::Fault };
    i32::from(u16::from(errno))
}

fn poll(
    mut caller: Caller<'_, Guest>,
    subscriptions: i32,
    events: i32,
    count: i32,
    ready: i32,
) -> Result<i32> {
    let fuel = caller.as_context_mut().hostcall_fuel();
    let (mut memory, guest) = memory_of(&mut caller)?;
    let crew = Arc::clone(&guest.crew);
    let left = guest.deadline.saturating_duration_since(Instant::now());
    if count == 1
        && let Some((asleep, event)) = rest(&memory, subscriptions)
    {
        crew.aside(|| thread::sleep(asleep.min(left)));
        if asleep >= left {
            return Err(TimedOut.into());
        }
        let told = memory
            .write(GuestPtr::new(events as u32), event)
            .and_then(|()| memory.write(GuestPtr::new(ready as u32), 1_u32));
        return Ok(errno(told.is_ok()));
    }
    wasi::WasiSnapshotPreview1::set_hostcall_fuel(&mut guest.wasi, fuel);
    let polled = wasi::poll_oneoff(&mut guest.wasi, &mut memory, subscriptions, events, count, ready);
    crew.aside(|| Handle::current().block_on(async { tokio::time::timeout(left, polled).await }))
        .map_err(|_| TimedOut)?
}

/// How long the guest wants to sleep, and what it is told then, if sleeping is all that it wants.
fn rest(memory: &GuestMemory<'_>, subscriptions: i32) -> Option<(Duration, Event)> {
    let wanted = memory.read(GuestPtr::<Subscription>::new(subscriptions as u32)).ok()?;
    let SubscriptionU::Clock(clock) = wanted.u else { return None };
    if clock.flags.contains(Subclockflags::SUBSCRIPTION_CLOCK_ABSTIME) {
        return None;
    }
    let event = Event {
        userdata: wanted.userdata,
        error: Errno::Success,
        type_: Eventtype::Clock,
        fd_readwrite: EventFdReadwrite { nbytes: 0, flags: Eventrwflags::empty() },
    };
    Some((Duration::from_nanos(clock.timeout), event))
}
