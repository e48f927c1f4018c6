//! The log: structured, without names, addresses, tokens or the queries of URLs.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{Log, LogFormat};

/// Starts the log on standard error.
pub(crate) fn start(log: &Log) -> anyhow::Result<()> {
    let directives = log.filter.as_deref().unwrap_or("info");
    let filter = EnvFilter::builder().parse(directives).map_err(|error| {
        anyhow::anyhow!(
            "log.filter: {error}\n    → write for example \"info\" or \"mtl_web=debug,info\""
        )
    })?;
    match log.format {
        LogFormat::Json => subscribe(
            tracing_subscriber::fmt()
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false)
                .with_env_filter(filter)
                .with_writer(std::io::stderr),
        ),
        LogFormat::Text => subscribe(
            tracing_subscriber::fmt()
                .with_env_filter(filter)
                .with_writer(std::io::stderr),
        ),
    }
}

fn subscribe<N, E, F, W>(
    builder: tracing_subscriber::fmt::SubscriberBuilder<N, E, F, W>,
) -> anyhow::Result<()>
where
    tracing_subscriber::fmt::SubscriberBuilder<N, E, F, W>: Into<tracing::Dispatch>,
    W: for<'w> MakeWriter<'w>,
{
    tracing::dispatcher::set_global_default(builder.into())
        .map_err(|error| anyhow::anyhow!("the log was started already: {error}"))
}
