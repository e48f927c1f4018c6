//! `migrate`: brings the schema up to date. `serve` does it too; this is for those who do it apart.

use crate::config::Config;
use crate::{assemble, output};

pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    let store = assemble::open_store(config).await?;
    store.migrate().await?;
    store.ready().await?;
    output::line("The database's schema is up to date.");
    store.close().await;
    Ok(())
}
