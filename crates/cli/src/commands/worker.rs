//! `worker`: delivers scores and statements, reads lists of people, rotates keys, and nothing else.

use super::serve::Work;
use crate::config::Config;
use crate::{assemble, logging, metrics, shutdown};

pub(crate) async fn run(config: Config) -> anyhow::Result<()> {
    logging::start(&config.log)?;
    let stop = shutdown::on_signal()?;
    metrics::start(&config, &stop).await?;
    let bridge = assemble::bridge(&config).await?;
    tracing::info!("delivering");
    bridge.own_keys().await?;
    Work::of(&config).run(&bridge, stop).await;
    bridge.store().close().await;
    Ok(())
}
