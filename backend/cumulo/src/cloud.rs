//! `cumulo cloud`: the cloud alone, in this very process: there is nothing that should outlive it.

use agent::{AgentConfig, Mode, Serving};
use anyhow::{Context, Result};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::agent_process::{root_keys, this_program};
use crate::cli::Cloud;
use crate::data::DataDir;
use crate::keys::{self, RootKey};
use crate::ready::{self, Ready};
use crate::run::check_reach;
use crate::signals::Signals;
use crate::{environment, isolation, say};

/// The command.
pub(crate) async fn cloud(args: Cloud) -> Result<()> {
    let mut signals = Signals::listen()?;
    check_reach(&args.place, &[args.listen])?;
    let data = match &args.place.data {
        Some(path) => DataDir::create(path)?,
        None => DataDir::create(&DataDir::default_for_cloud()?)?,
    };
    let _held = data.hold_for_server()?;
    if let Some(file) = &args.place.ready_file {
        ready::forget(file)?;
    }
    let key = keys::load_or_create(&data, environment::root_key()?.map(RootKey::from))?;
    let shutdown = CancellationToken::new();
    let (tell, told) = oneshot::channel();
    let config = config(&args, &data, &key)?;
    let served = async {
        let ended = agent::run(config, shutdown.clone(), |serving| drop(tell.send(serving.clone()))).await;
        shutdown.cancel();
        ended.map_err(anyhow::Error::from)
    };
    let attended = async {
        // Without word from the agent it has failed, and says why itself.
        let Ok(serving) = told.await else { return Ok(()) };
        let announced = announce(&args, &data, &serving).await;
        if announced.is_ok() {
            tokio::select! {
                _ = signals.next() => {}
                () = shutdown.cancelled() => {}
            }
        }
        shutdown.cancel();
        announced
    };
    let (served, attended) = tokio::join!(served, attended);
    served.and(attended)
}

fn config(args: &Cloud, data: &DataDir, key: &RootKey) -> Result<AgentConfig> {
    Ok(AgentConfig {
        mode: Mode::Cloud,
        data_dir: data.path().to_owned(),
        cloud_listen: args.listen,
        region: args.place.region.clone(),
        account_id: args.place.account_id.clone(),
        any_key: args.any_key,
        permissions: args.place.permissions,
        egress: args.place.egress.clone().map(|hosts| hosts.0),
        root_keys: root_keys(key.clone()),
        worker: this_program()?,
        path: environment::path(),
        cache_dir: environment::cache_home()?.join("cumulo"),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    })
}

async fn announce(args: &Cloud, data: &DataDir, serving: &Serving) -> Result<()> {
    let walls = isolation::probe().await;
    if let Some(file) = &args.place.ready_file {
        let ready = Ready::of(serving, None);
        ready.write(file).context("failed to say that the cloud is ready")?;
    }
    let keys =
        if args.any_key { "\n  Keys       any: signatures are not checked, this is for tests" } else { "" };
    say(&format!(
        "Cumulo {version}, the cloud alone\n  Cloud      {url}{keys}\n  Data       {data}\n  Functions  {walls}\nCtrl-C stops it.",
        version = env!("CARGO_PKG_VERSION"),
        url = serving.cloud_url,
        data = data.path().display(),
    ));
    Ok(())
}
