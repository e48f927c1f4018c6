//! Which networks an IP address belongs to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where clouds hand out credentials outside the link-local range: Alibaba, Azure, Oracle. They are
/// never called, also where private networks may be.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];
/// The same of Amazon and Google.
const METADATA_V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// Where an address leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Network {
    /// The internet.
    Public,
    /// This machine.
    Loopback,
    /// A network of one's own, or the provider's (RFC 1918, RFC 4193, RFC 6598).
    Private,
    /// Nowhere that a platform can be: link-local (where clouds hand out credentials), multicast,
    /// unspecified, reserved, for documentation, tunnels that hide their end.
    Never,
}

impl Network {
    pub(crate) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }
}

fn of_v4(address: Ipv4Addr) -> Network {
    if METADATA_V4.contains(&address) {
        return Network::Never;
    }
    match address.octets() {
        [127, ..] => Network::Loopback,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Network::Private,
        // This network, link-local, protocol assignments, old 6to4 relays, documentation,
        // benchmarks, multicast and all above (IANA's registry of special addresses).
        [0 | 224..=255, ..]
        | [169, 254, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Network::Never,
        _ => Network::Public,
    }
}

fn of_v6(address: Ipv6Addr) -> Network {
    if METADATA_V6.contains(&address) {
        return Network::Never;
    }
    if address.is_loopback() {
        return Network::Loopback;
    }
    let embedded =
        |high: u16, low: u16| of_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)));
    match address.segments() {
        // IPv4-mapped, and what a NAT64 makes of an IPv4 address (RFC 6052); 6to4 (RFC 3056).
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => embedded(high, low),
        [0xfc00..=0xfdff, ..] => Network::Private,
        // Teredo and other assignments of protocols; documentation (RFC 3849, RFC 9637).
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Network::Never,
        [0x2000..=0x3fff, ..] => Network::Public,
        // Nothing else is in use for hosts of the internet (RFC 4291 section 2.4).
        _ => Network::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_their_networks() {
        let table = [
            (
                Network::Public,
                "8.8.8.8 93.184.216.34 172.15.0.1 172.32.0.1 100.63.0.1 100.128.0.1",
            ),
            (
                Network::Public,
                "192.167.1.1 2606:4700::1111 2a00:1450::1 ::ffff:8.8.8.8 64:ff9b::808:808",
            ),
            (Network::Public, "2002:808:808::1"),
            (
                Network::Loopback,
                "127.0.0.1 127.9.9.9 ::1 ::ffff:127.0.0.1 64:ff9b::7f00:1 2002:7f00:1::",
            ),
            (
                Network::Private,
                "10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1 100.127.0.1",
            ),
            (
                Network::Private,
                "fc00::1 fd12:3456::1 ::ffff:10.1.2.3 64:ff9b::a00:1 2002:c0a8:101::",
            ),
            (
                Network::Never,
                "0.0.0.0 0.1.2.3 169.254.169.254 192.0.0.8 192.0.2.1 198.18.0.1 198.51.100.7",
            ),
            (
                Network::Never,
                "100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd20:ce::254 ::ffff:100.100.100.200",
            ),
            (
                Network::Never,
                "203.0.113.9 224.0.0.1 240.0.0.1 255.255.255.255",
            ),
            (
                Network::Never,
                ":: ::7f00:1 ::ffff:169.254.169.254 ::ffff:0.0.0.0 fe80::1 fec0::1 ff02::1",
            ),
            (
                Network::Never,
                "2001::1 2001:db8::1 3fff::1 64:ff9b:1::1 100::1 4000::1 2002:a9fe:a9fe::",
            ),
        ];
        for (network, addresses) in table {
            for address in addresses.split(' ') {
                assert_eq!(Network::of(address.parse().unwrap()), network, "{address}");
            }
        }
    }
}
