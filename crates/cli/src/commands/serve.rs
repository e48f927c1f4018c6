//! `serve`: the bridge, with its delivery worker unless the configuration leaves that to others.

use std::net::SocketAddr;

use anyhow::Context as _;
use chrono::TimeDelta;
use mtl_bridge_core::Bridge;
use mtl_web::WebState;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::{assemble, logging, metrics, shutdown};

pub(crate) async fn run(config: Config) -> anyhow::Result<()> {
    logging::start(&config.log)?;
    let stop = shutdown::on_signal()?;
    metrics::start(&config, &stop).await?;
    let bridge = assemble::bridge(&config).await?;
    let listener = listen(config.listen, "listen").await?;
    tracing::info!(listen = %config.listen, base_url = %config.base_url, "serving");
    let work = config.deliver.then(|| Work::of(&config));
    serve(bridge, listener, work, stop).await
}

/// What is done beside answering requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    /// How often keys are rotated; never, where absent.
    rotate_keys_every: Option<TimeDelta>,
}

impl Work {
    /// As it is configured.
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            rotate_keys_every: config.keys.rotation(),
        }
    }

    /// Delivers, reads lists of people and rotates until `stop`; what is in flight then is finished.
    pub(crate) async fn run(self, bridge: &Bridge, stop: CancellationToken) {
        let rotation = async {
            if let Some(every) = self.rotate_keys_every {
                bridge.run_key_rotation(every, stop.cancelled()).await;
            }
        };
        tokio::join!(
            Box::pin(bridge.run_deliveries(stop.cancelled())),
            Box::pin(bridge.run_rosters(stop.cancelled())),
            rotation
        );
    }
}

/// Serves until `stop`, and finishes what is under way.
pub(crate) async fn serve(
    bridge: Bridge,
    listener: TcpListener,
    work: Option<Work>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    bridge.own_keys().await?;
    let worker = work.map(|work| {
        let (bridge, stop) = (bridge.clone(), stop.clone());
        tokio::spawn(async move { work.run(&bridge, stop).await })
    });
    let router = mtl_web::router(WebState::new(bridge.clone()));
    axum::serve(listener, router)
        .with_graceful_shutdown(stop.clone().cancelled_owned())
        .await?;
    stop.cancel();
    if let Some(worker) = worker {
        worker.await?;
    }
    bridge.store().close().await;
    Ok(())
}

pub(crate) async fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("{setting}: {address} cannot be listened on\n    → is another process there?")
    })
}
