//! The names of hosts, resolved to addresses that may be called.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::OutboundRules;

/// The system's resolver behind the guard. What passes is what is connected to, so a name cannot change
/// its address in between.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GuardedResolver(pub(crate) OutboundRules);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rules = self.0;
        Box::pin(async move {
            let name = name.as_str();
            let found = tokio::net::lookup_host((name, 0)).await?;
            let kept = rules.check_resolved(name, found.map(|address| address.ip()))?;
            let addresses = kept.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}
