//! `serve`: the bridge, with its delivery worker unless the configuration leaves that to others.

use std::net::SocketAddr;

use anyhow::Context as _;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use mtl_bridge_core::Bridge;
use mtl_web::WebState;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::{assemble, logging, shutdown};

pub(crate) async fn run(config: Config) -> anyhow::Result<()> {
    logging::start(&config.log)?;
    let stop = shutdown::on_signal()?;
    let metrics = record_metrics()?;
    let bridge = assemble::bridge(&config).await?;
    let listener = listen(config.listen, "listen").await?;
    if let Some(address) = config.metrics_listen {
        let listener = listen(address, "metrics_listen").await?;
        let stop = stop.clone();
        tokio::spawn(async move {
            let served = axum::serve(listener, mtl_web::metrics_router(metrics))
                .with_graceful_shutdown(stop.cancelled_owned());
            if let Err(error) = served.await {
                tracing::error!(%error, "the metrics listener ended");
            }
        });
    }
    tracing::info!(listen = %config.listen, base_url = %config.base_url, "serving");
    serve(bridge, listener, config.deliver, stop).await
}

/// Serves until `stop`, and finishes what is under way.
pub(crate) async fn serve(
    bridge: Bridge,
    listener: TcpListener,
    deliver: bool,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    bridge.own_keys().await?;
    let worker = deliver.then(|| {
        let (bridge, stop) = (bridge.clone(), stop.clone());
        tokio::spawn(async move { bridge.run_deliveries(stop.cancelled_owned()).await })
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

/// Starts recording metrics; durations in seconds, with buckets around what people notice.
fn record_metrics() -> anyhow::Result<PrometheusHandle> {
    const SECONDS: [f64; 12] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
    ];
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?;
    Ok(builder.install_recorder()?)
}
