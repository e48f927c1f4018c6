//! `worker`: delivers scores and statements, and nothing else.

use crate::config::Config;
use crate::{assemble, logging, metrics, shutdown};

pub(crate) async fn run(config: Config) -> anyhow::Result<()> {
    logging::start(&config.log)?;
    let stop = shutdown::on_signal()?;
    metrics::start(&config, &stop).await?;
    let bridge = assemble::bridge(&config).await?;
    tracing::info!("delivering");
    bridge.run_deliveries(stop.cancelled_owned()).await;
    bridge.store().close().await;
    Ok(())
}
