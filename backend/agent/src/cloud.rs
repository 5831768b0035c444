//! The cloud half, assembled: its services behind one endpoint.

use std::{fmt::Display, net::SocketAddr, sync::Arc};

use cloud_core::{Clock, Context, Settings, SystemClock};
use cloud_wire::Endpoint;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    AgentConfig, AgentError, Serving,
    services::{self, Services, WayOut, realms::first},
};

/// The cloud half of a running agent.
pub(crate) struct Cloud {
    serving: Serving,
    context: Context,
    services: Services,
    shutdown: CancellationToken,
    served: JoinHandle<()>,
}

impl Cloud {
    pub(crate) async fn start(config: &AgentConfig) -> Result<Self, AgentError> {
        Self::start_by(config, Arc::new(SystemClock::default())).await
    }

    /// The same by another clock.
    pub(crate) async fn start_by(config: &AgentConfig, clock: Arc<dyn Clock>) -> Result<Self, AgentError> {
        let listener = listen(config.cloud_listen).await?;
        let url = format!("http://{}", listener.local_addr().map_err(|error| failed(&error))?);
        let first = first(&config.data_dir, &config.realm())?;
        let context = Context::new(Settings {
            account: first.account,
            region: first.region,
            permissions: config.permissions.unwrap_or_default(),
            clock,
            ..Settings::new(&config.data_dir)
        });
        context.set_endpoint(&url);
        let services = services::open(&context, config).await?;
        services.realms.open_kept().await;
        let mut bare =
            Endpoint::new(context.clone(), services.keys.clone()).with_realms(services.realms.clone());
        if config.any_key {
            tracing::warn!(
                "every access key is accepted and no signature is checked: this cloud is for tests"
            );
            bare = bare.with_any_key(config.realm().account);
        }
        let fronted = services.first.fronts.iter().cloned().fold(bare, Endpoint::with_front);
        let endpoint = services.first.all.iter().cloned().fold(fronted, Endpoint::with_service);
        let shutdown = CancellationToken::new();
        let until = shutdown.clone();
        let served = tokio::spawn(async move {
            if let Err(error) = endpoint.serve(listener, until).await {
                tracing::error!(%error, "the cloud's endpoint ended");
            }
        });
        let serving = Serving {
            pid: std::process::id(),
            version: config.version.clone(),
            cloud_url: url,
            region: config.region.clone(),
            account_id: config.account_id.clone(),
            permissions: config.permissions.map(|mode| mode.as_str().to_owned()).unwrap_or_default(),
            access_key_id: config.root_keys.access_key_id.clone(),
            secret_access_key: config.root_keys.secret_access_key.clone(),
        };
        Ok(Self { serving, context, services, shutdown, served })
    }

    /// What it is reached by.
    pub(crate) fn serving(&self) -> &Serving {
        &self.serving
    }

    /// Which hosts its functions reach.
    pub(crate) fn way_out(&self) -> WayOut {
        self.services.way_out()
    }

    /// What it shares, to be changed while it runs.
    pub(crate) fn context(&self) -> &Context {
        &self.context
    }

    #[cfg(test)]
    pub(crate) fn realms(&self) -> &services::realms::Realms {
        &self.services.realms
    }

    /// Drains the endpoint, then ends the workers.
    pub(crate) async fn stop(self) {
        self.shutdown.cancel();
        if let Err(error) = self.served.await {
            tracing::error!(%error, "the cloud's endpoint did not end well");
        }
        self.services.stop().await;
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, AgentError> {
    TcpListener::bind(address).await.map_err(|error| {
        AgentError::Cloud(format!(
            "nothing can listen on {address}: {error}; choose another with --cloud-listen"
        ))
    })
}

fn failed(error: &dyn Display) -> AgentError {
    AgentError::Cloud(error.to_string())
}
