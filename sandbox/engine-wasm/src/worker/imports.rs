//! What a module may import: WASI preview 1, with one function of our own. WASI's `poll_oneoff` would put its thread to
//! sleep where no timeout reaches it; here whoever waits wakes at its timeout at the latest.

use std::thread;
use std::time::{Duration, Instant};

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
    Ok(linker)
}

fn poll(
    mut caller: Caller<'_, Guest>,
    subscriptions: i32,
    events: i32,
    count: i32,
    ready: i32,
) -> Result<i32> {
    let fuel = caller.as_context_mut().hostcall_fuel();
    let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
        wasmtime::bail!("missing required memory export");
    };
    let (bytes, guest) = memory.data_and_store_mut(&mut caller);
    let mut memory = GuestMemory::Unshared(bytes);
    let left = guest.deadline.saturating_duration_since(Instant::now());
    if count == 1
        && let Some((asleep, event)) = rest(&memory, subscriptions)
    {
        thread::sleep(asleep.min(left));
        if asleep >= left {
            return Err(TimedOut.into());
        }
        let told = memory
            .write(GuestPtr::new(events as u32), event)
            .and_then(|()| memory.write(GuestPtr::new(ready as u32), 1_u32));
        let errno = if told.is_ok() { Errno::Success } else { Errno::Fault };
        return Ok(i32::from(u16::from(errno)));
    }
    wasi::WasiSnapshotPreview1::set_hostcall_fuel(&mut guest.wasi, fuel);
    let polled = wasi::poll_oneoff(&mut guest.wasi, &mut memory, subscriptions, events, count, ready);
    Handle::current().block_on(async { tokio::time::timeout(left, polled).await }).map_err(|_| TimedOut)?
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
