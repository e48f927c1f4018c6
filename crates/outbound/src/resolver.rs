//! The names of hosts, resolved to addresses that may be called.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::OutboundRules;

type LookUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// A resolver behind the guard. What passes is what is connected to, so a name cannot change its
/// address between the check and the call.
pub(crate) struct GuardedResolver {
    rules: OutboundRules,
    look_up: fn(String) -> LookUp,
}

impl GuardedResolver {
    /// Asks the system.
    pub(crate) fn of_the_system(rules: OutboundRules) -> Self {
        let look_up = |name: String| -> LookUp {
            Box::pin(async move {
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|address| address.ip()).collect())
            })
        };
        Self { rules, look_up }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (rules, look_up) = (self.rules, self.look_up);
        Box::pin(async move {
            let found = look_up(name.as_str().to_owned()).await?;
            let kept = rules.check_resolved(name.as_str(), found.into_iter())?;
            let addresses = kept.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::net::TcpListener;

    use super::*;
    use crate::{AddressRefusal, find_refusal};

    /// A name server in the hands of an attacker: a public address first, this machine from then on.
    fn rebinding(_: String) -> LookUp {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        let address = match ASKED.fetch_add(1, Ordering::SeqCst) {
            0 => Ipv4Addr::new(8, 8, 8, 8),
            _ => Ipv4Addr::LOCALHOST,
        };
        Box::pin(async move { Ok(vec![address.into()]) })
    }

    /// One that mixes an address of the own network into the answer.
    fn mixed(_: String) -> LookUp {
        let addresses = ["8.8.8.8", "10.0.0.7", "169.254.169.254"];
        Box::pin(async move {
            Ok(addresses
                .iter()
                .filter_map(|address| address.parse().ok())
                .collect())
        })
    }

    async fn resolve(resolver: &GuardedResolver) -> Result<Vec<IpAddr>, Option<AddressRefusal>> {
        match resolver.resolve("lms.example".parse().unwrap()).await {
            Ok(addresses) => Ok(addresses.map(|address| address.ip()).collect()),
            Err(error) => Err(error.downcast_ref::<AddressRefusal>().copied()),
        }
    }

    #[tokio::test]
    async fn a_name_that_changes_its_address_after_the_check_gains_nothing() {
        let resolver = GuardedResolver {
            rules: OutboundRules::default(),
            look_up: rebinding,
        };
        assert_eq!(resolve(&resolver).await.unwrap().len(), 1, "checked");
        let refused = resolve(&resolver).await.unwrap_err();
        assert_eq!(refused, Some(AddressRefusal::Loopback));

        // A client connects to what this resolver lets through and to nothing else.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = crate::client_builder(OutboundRules::default())
            .dns_resolver(resolver)
            .timeout(Duration::from_secs(5))
            .build()
            .unwrap();
        let url = format!("https://lms.example:{port}/");
        let error = client.get(url).send().await.unwrap_err();
        assert_eq!(find_refusal(&error), Some(AddressRefusal::Loopback));
        let connected = tokio::time::timeout(Duration::ZERO, listener.accept()).await;
        assert!(connected.is_err(), "someone connected");
    }

    #[tokio::test]
    async fn addresses_that_may_not_be_called_are_left_out() {
        let resolver = GuardedResolver {
            rules: OutboundRules::default(),
            look_up: mixed,
        };
        let kept = resolve(&resolver).await.unwrap();
        assert_eq!(kept, ["8.8.8.8".parse::<IpAddr>().unwrap()]);
    }
}
