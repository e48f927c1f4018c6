//! `deliveries list|retry|verify`.

use clap::{Subcommand, ValueEnum};
use mtl_store::outbox::{DeliveryFilter, DeliveryKind, DeliveryState, RetryOutcome};
use uuid::Uuid;

use crate::config::Config;
use crate::{assemble, output};

/// What to do with deliveries.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Lists scores and statements on their way out, newest first.
    List {
        /// The institution's short name.
        institution: String,
        /// Only those in this state.
        #[arg(long, value_enum)]
        state: Option<State>,
        /// Only this kind.
        #[arg(long, value_enum)]
        kind: Option<Kind>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
    /// Sends a dead delivery again.
    Retry {
        /// The institution's short name.
        institution: String,
        /// The delivery's id; leave out to retry all dead ones.
        id: Option<Uuid>,
    },
    /// Reads the gradebooks and compares them with what was released. Ends with an error when
    /// anything differs.
    Verify {
        /// The institution's short name; leave out for all.
        institution: Option<String>,
        /// Only one course: its id at the platform, short name or title.
        #[arg(long)]
        course: Option<String>,
        /// Sends again what is missing or differs.
        #[arg(long)]
        resend: bool,
        /// Lists what agrees, too.
        #[arg(long)]
        all: bool,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum State {
    /// Waits for its turn or the next try.
    Pending,
    /// Is being sent.
    Leased,
    /// Was taken by the receiver.
    Delivered,
    /// Failed for good; look at the reason, then retry.
    Dead,
    /// A newer score took its place.
    Superseded,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Kind {
    /// Marks for gradebooks.
    Score,
    /// Statements for learning record stores.
    Statement,
}

pub(crate) async fn run(action: Action, config: &Config) -> anyhow::Result<()> {
    let bridge = assemble::bridge(config).await?;
    match action {
        Action::List {
            institution,
            state,
            kind,
            limit,
            json,
        } => {
            let institution = bridge.load_institution(&institution).await?.id;
            let filter = DeliveryFilter {
                kind: kind.map(Kind::into_store),
                state: state.map(State::into_store),
                limit,
                ..DeliveryFilter::default()
            };
            let rows = bridge.list_deliveries(institution, filter).await?;
            if json {
                output::json(&rows)?;
            } else {
                let rows: Vec<Vec<String>> = rows
                    .into_iter()
                    .map(|row| {
                        vec![
                            row.id.to_string(),
                            row.kind.to_owned(),
                            row.state.to_owned(),
                            row.attempts.to_string(),
                            row.created_at.format("%Y-%m-%d %H:%M:%SZ").to_string(),
                            row.last_error.unwrap_or_default(),
                        ]
                    })
                    .collect();
                output::table(
                    &["ID", "KIND", "STATE", "TRIES", "CAUSED", "LAST ERROR"],
                    &rows,
                );
            }
        }
        Action::Retry { institution, id } => {
            let institution = bridge.load_institution(&institution).await?.id;
            let ids = if let Some(id) = id {
                vec![id]
            } else {
                let dead = DeliveryFilter {
                    state: Some(DeliveryState::Dead),
                    limit: 10_000,
                    ..DeliveryFilter::default()
                };
                let rows = bridge.list_deliveries(institution, dead).await?;
                rows.into_iter().map(|row| row.id).collect()
            };
            if ids.is_empty() {
                output::line("No delivery is dead.");
            }
            for id in ids {
                let said = match bridge.retry_delivery(institution, id).await? {
                    RetryOutcome::Pending => "will be sent again".to_owned(),
                    RetryOutcome::NotDead(state) => {
                        format!("is {state}; only dead deliveries can be retried")
                    }
                    RetryOutcome::Outdated => {
                        "stays: a newer score for the same person and column is on its way or \
                         was delivered"
                            .to_owned()
                    }
                };
                output::line(format_args!("{id} {said}."));
            }
        }
        Action::Verify {
            institution,
            course,
            resend,
            all,
            json,
        } => {
            let wanted = super::verify::Wanted {
                institution,
                course,
                resend,
                all,
                json,
            };
            super::verify::run(&bridge, wanted).await?;
        }
    }
    bridge.store().close().await;
    Ok(())
}

impl State {
    fn into_store(self) -> DeliveryState {
        match self {
            Self::Pending => DeliveryState::Pending,
            Self::Leased => DeliveryState::Leased,
            Self::Delivered => DeliveryState::Delivered,
            Self::Dead => DeliveryState::Dead,
            Self::Superseded => DeliveryState::Superseded,
        }
    }
}

impl Kind {
    fn into_store(self) -> DeliveryKind {
        match self {
            Self::Score => DeliveryKind::Score,
            Self::Statement => DeliveryKind::Statement,
        }
    }
}
