//! Metrics: recorded in the process, served on a listener of their own.

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio_util::sync::CancellationToken;

use crate::commands::serve::listen;
use crate::config::Config;

/// Buckets of durations, around what people notice.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// Starts recording, and serving where the configuration says so.
pub(crate) async fn start(config: &Config, stop: &CancellationToken) -> anyhow::Result<()> {
    let recorded = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()?;
    if let Some(address) = config.metrics_listen {
        let listener = listen(address, "metrics_listen").await?;
        let stop = stop.clone();
        tokio::spawn(async move {
            let served = axum::serve(listener, mtl_web::metrics_router(recorded))
                .with_graceful_shutdown(stop.cancelled_owned());
            if let Err(error) = served.await {
                tracing::error!(%error, "the metrics listener ended");
            }
        });
    }
    Ok(())
}
