//! Which addresses may be called.
//!
//! A URL is checked twice: as it is written, and after its name was resolved, at the moment of connecting,
//! so that a name that changes its address between the two gains nothing.

use std::net::IpAddr;

use url::{Host, Url};

use crate::address::Network;

/// Below this, ports belong to services of the system (RFC 6335 section 6).
const LEAST_PORT: u16 = 1024;
const WEB_PORTS: [u16; 2] = [80, 443];

/// Which addresses may be called besides those on the internet over `https`.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct OutboundRules {
    /// For development: this machine may be called, over `http` too.
    pub allow_loopback_http: bool,
    /// Private networks may be called, for an LMS beside the bridge. Link-local addresses never, since
    /// clouds hand out credentials there.
    pub allow_private_networks: bool,
}

/// Why an address may not be called.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AddressRefusal {
    /// Neither `https` nor, where that is allowed, `http` on this machine.
    #[error("it does not begin with https://")]
    NotHttps,
    /// With a user name or a password.
    #[error("it has a user name or password in it")]
    HasUser,
    /// Without a host.
    #[error("it has no host")]
    NoHost,
    /// With a port that belongs to another service, such as mail.
    #[error("its port belongs to another service than the web")]
    Port,
    /// Of this machine, which the configuration does not allow.
    #[error("it leads to this machine, which the configuration does not allow")]
    Loopback,
    /// Of a private network, which the configuration does not allow.
    #[error("it leads into a private network, which the configuration does not allow")]
    Private,
    /// Link-local, multicast or reserved.
    #[error("it leads to a link-local or reserved address")]
    Reserved,
}

impl AddressRefusal {
    /// A stable name of the reason.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotHttps => "address_not_https",
            Self::HasUser => "address_has_user",
            Self::NoHost => "address_without_host",
            Self::Port => "address_port",
            Self::Loopback => "address_loopback",
            Self::Private => "address_private",
            Self::Reserved => "address_reserved",
        }
    }
}

impl OutboundRules {
    /// Checks a URL as it is written. A name must still pass [`OutboundRules::check_address`] once it is
    /// resolved.
    pub fn check_url(self, url: &Url) -> Result<(), AddressRefusal> {
        let host = url.host().ok_or(AddressRefusal::NoHost)?;
        match url.scheme() {
            "https" => {}
            "http" if self.allow_loopback_http && is_loopback(&host) => {}
            _ => return Err(AddressRefusal::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressRefusal::HasUser);
        }
        // What listens there may take our words for its own: mail, databases of names, printers.
        if url
            .port()
            .is_some_and(|port| port < LEAST_PORT && !WEB_PORTS.contains(&port))
        {
            return Err(AddressRefusal::Port);
        }
        match host {
            Host::Domain(_) => Ok(()),
            Host::Ipv4(address) => self.check_address(address.into()),
            Host::Ipv6(address) => self.check_address(address.into()),
        }
    }

    pub(crate) fn check_address(self, address: IpAddr) -> Result<(), AddressRefusal> {
        match Network::of(address) {
            Network::Public => Ok(()),
            Network::Loopback if self.allow_loopback_http => Ok(()),
            Network::Loopback => Err(AddressRefusal::Loopback),
            Network::Private if self.allow_private_networks => Ok(()),
            Network::Private => Err(AddressRefusal::Private),
            Network::Never => Err(AddressRefusal::Reserved),
        }
    }

    /// Checks the addresses that a name was resolved to; those that may be called are kept.
    pub(crate) fn check_resolved(
        self,
        name: &str,
        addresses: impl Iterator<Item = IpAddr>,
    ) -> Result<Vec<IpAddr>, AddressRefusal> {
        let mut refusal = None;
        let kept: Vec<IpAddr> = addresses
            .filter(|address| {
                // Whoever calls `localhost` over http relies on it to be this machine.
                let checked =
                    if is_loopback_name(name) && Network::of(*address) != Network::Loopback {
                        Err(AddressRefusal::Reserved)
                    } else {
                        self.check_address(*address)
                    };
                refusal = refusal.or(checked.err());
                checked.is_ok()
            })
            .collect();
        match refusal {
            Some(refusal) if kept.is_empty() => Err(refusal),
            _ => Ok(kept),
        }
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_loopback_name(name),
        Host::Ipv4(address) => Network::of((*address).into()) == Network::Loopback,
        Host::Ipv6(address) => Network::of((*address).into()) == Network::Loopback,
    }
}

/// RFC 6761 section 6.3.
fn is_loopback_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name.rsplit('.')
        .next()
        .is_some_and(|last| last.eq_ignore_ascii_case("localhost"))
}

#[cfg(test)]
#[expect(clippy::too_many_lines, reason = "tables are long")]
mod tests {
    use super::*;

    const STRICT: OutboundRules = OutboundRules {
        allow_loopback_http: false,
        allow_private_networks: false,
    };
    const DEVELOPMENT: OutboundRules = OutboundRules {
        allow_loopback_http: true,
        ..STRICT
    };
    const CAMPUS: OutboundRules = OutboundRules {
        allow_private_networks: true,
        ..STRICT
    };

    #[test]
    fn urls_as_they_are_written() {
        use AddressRefusal::{HasUser, Loopback, NotHttps, Port, Private, Reserved};
        let table = [
            ("https://lms.example/x?y", None, None, None),
            ("https://8.8.8.8/", None, None, None),
            (
                "http://lms.example/",
                Some(NotHttps),
                Some(NotHttps),
                Some(NotHttps),
            ),
            (
                "ftp://lms.example/",
                Some(NotHttps),
                Some(NotHttps),
                Some(NotHttps),
            ),
            (
                "http://localhost.evil.example/",
                Some(NotHttps),
                Some(NotHttps),
                Some(NotHttps),
            ),
            (
                "http://10.0.0.1/",
                Some(NotHttps),
                Some(NotHttps),
                Some(NotHttps),
            ),
            (
                "https://u:p@lms.example/",
                Some(HasUser),
                Some(HasUser),
                Some(HasUser),
            ),
            (
                "https://u@lms.example/",
                Some(HasUser),
                Some(HasUser),
                Some(HasUser),
            ),
            (
                "http://localhost:8081/",
                Some(NotHttps),
                None,
                Some(NotHttps),
            ),
            (
                "http://lms.localhost:8081/",
                Some(NotHttps),
                None,
                Some(NotHttps),
            ),
            (
                "http://127.0.0.1:8081/",
                Some(NotHttps),
                None,
                Some(NotHttps),
            ),
            ("http://[::1]:8081/", Some(NotHttps), None, Some(NotHttps)),
            ("https://127.0.0.1/", Some(Loopback), None, Some(Loopback)),
            // The URL standard's other ways to write 127.0.0.1: decimal, hexadecimal, octal, shortened,
            // with full-width digits, percent-encoded.
            ("https://2130706433/", Some(Loopback), None, Some(Loopback)),
            ("https://0x7f.1/", Some(Loopback), None, Some(Loopback)),
            ("https://0x7f000001/", Some(Loopback), None, Some(Loopback)),
            ("https://0177.0.0.01/", Some(Loopback), None, Some(Loopback)),
            ("https://127.1/", Some(Loopback), None, Some(Loopback)),
            ("https://127.0.0.1./", Some(Loopback), None, Some(Loopback)),
            (
                "https://１２７.0.0.1/",
                Some(Loopback),
                None,
                Some(Loopback),
            ),
            (
                "https://%31%32%37.0.0.1/",
                Some(Loopback),
                None,
                Some(Loopback),
            ),
            ("https://3232235521/", Some(Private), Some(Private), None),
            (
                "https://0xa9fea9fe/",
                Some(Reserved),
                Some(Reserved),
                Some(Reserved),
            ),
            (
                "https://[64:ff9b::10.0.0.1]/",
                Some(Private),
                Some(Private),
                None,
            ),
            (
                "https://[2002:7f00:1::]/",
                Some(Loopback),
                None,
                Some(Loopback),
            ),
            (
                "https://lms.example:25/",
                Some(Port),
                Some(Port),
                Some(Port),
            ),
            ("https://lms.example:443/", None, None, None),
            ("https://lms.example:8443/", None, None, None),
            (
                "https://[::ffff:127.0.0.1]/",
                Some(Loopback),
                None,
                Some(Loopback),
            ),
            ("https://192.168.0.1/", Some(Private), Some(Private), None),
            ("https://[fd00::1]/", Some(Private), Some(Private), None),
            (
                "https://169.254.169.254/",
                Some(Reserved),
                Some(Reserved),
                Some(Reserved),
            ),
            (
                "https://0.0.0.0/",
                Some(Reserved),
                Some(Reserved),
                Some(Reserved),
            ),
            (
                "https://[::]/",
                Some(Reserved),
                Some(Reserved),
                Some(Reserved),
            ),
        ];
        for (url, strict, development, campus) in table {
            let url = Url::parse(url).unwrap();
            assert_eq!(STRICT.check_url(&url).err(), strict, "{url}");
            assert_eq!(DEVELOPMENT.check_url(&url).err(), development, "{url}");
            assert_eq!(CAMPUS.check_url(&url).err(), campus, "{url}");
        }
    }

    #[test]
    fn a_name_is_worth_what_it_resolves_to() {
        let check = |rules: OutboundRules, name: &str, addresses: &[&str]| {
            rules
                .check_resolved(name, addresses.iter().map(|one| one.parse().unwrap()))
                .map(|kept| kept.len())
        };
        assert_eq!(
            check(STRICT, "lms.example", &["8.8.8.8", "2606:4700::1"]),
            Ok(2)
        );
        assert_eq!(
            check(STRICT, "lms.example", &["127.0.0.1"]),
            Err(AddressRefusal::Loopback)
        );
        assert_eq!(
            check(STRICT, "lms.example", &["10.0.0.1"]),
            Err(AddressRefusal::Private)
        );
        assert_eq!(check(CAMPUS, "lms.example", &["10.0.0.1"]), Ok(1));
        assert_eq!(
            check(STRICT, "lms.example", &["10.0.0.1", "8.8.8.8"]),
            Ok(1)
        );
        assert_eq!(
            check(DEVELOPMENT, "localhost", &["127.0.0.1", "::1"]),
            Ok(2)
        );
        assert_eq!(
            check(DEVELOPMENT, "localhost", &["8.8.8.8"]),
            Err(AddressRefusal::Reserved)
        );
        assert_eq!(check(STRICT, "lms.example", &[]), Ok(0));
    }
}
