//! Who is calling, as an address: the peer's own, or the one that a trusted proxy names.
use http::HeaderMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

/// The connection's other end; set by the server, absent where there is no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

/// The caller's address; a request extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// What is counted together: an IPv4 address, or an IPv6 network of 64 bits, which one
    /// household or machine can fill at will.
    pub fn bucket(self) -> u128 {
        match self.0.to_canonical() {
            IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
            IpAddr::V6(address) => address.to_bits() & !u128::from(u64::MAX),
        }
    }
}

/// A range of addresses in CIDR notation, such as `10.0.0.0/8`, `fd00::/8` or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: u128,
    mask: u128,
}

/// Not a range of addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address or a network such as 10.0.0.0/8")]
pub struct NetworkError(String);

impl Network {
    /// Whether the address is in the range.
    pub fn contains(&self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.address
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let error = || NetworkError(text.to_owned());
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| error())?;
        let (most, offset) = if address.is_ipv4() { (32, 96) } else { (128, 0) };
        let length = match length {
            Some(length) => length
                .parse::<u32>()
                .ok()
                .filter(|length| *length <= most)
                .ok_or_else(error)?,
            None => most,
        };
        let mask = u128::MAX.checked_shl(128 - (length + offset)).unwrap_or(0);
        Ok(Self {
            address: bits(address) & mask,
            mask,
        })
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// Whether the address belongs to a trusted proxy.
pub(super) fn is_trusted(trusted: &[Network], address: IpAddr) -> bool {
    trusted.iter().any(|network| network.contains(address))
}

/// Finds the caller behind the peer. `X-Forwarded-For` counts only as far as trusted proxies
/// wrote it: it is read from the right, and the first address that is not trusted is the caller.
pub(super) fn client(trusted: &[Network], peer: Option<PeerAddress>, headers: &HeaderMap) -> ClientAddress {
    let Some(PeerAddress(peer)) = peer else {
        return ClientAddress(Ipv6Addr::UNSPECIFIED.into());
    };
    let mut client = peer.ip().to_canonical();
    let named: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for text in named.iter().rev() {
        if !is_trusted(trusted, client) {
            break;
        }
        let Some(address) = parse(text.trim()) else { break };
        client = address.to_canonical();
    }
    ClientAddress(client)
}

/// An address, with or without a port.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    bare.unwrap_or(text)
        .parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_of(peer: &str, trusted: &[&str], forwarded: &[&str]) -> String {
        let trusted: Vec<Network> = trusted.iter().map(|text| text.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let peer = PeerAddress(SocketAddr::new(peer.parse().unwrap(), 1));
        client(&trusted, Some(peer), &headers).0.to_string()
    }

    #[test]
    fn hardening_46_only_trusted_proxies_are_believed() {
        assert_eq!(client_of("9.9.9.9", &[], &["1.1.1.1"]), "9.9.9.9");
        assert_eq!(client_of("9.9.9.9", &["10.0.0.0/8"], &["1.1.1.1"]), "9.9.9.9");
        assert_eq!(client_of("10.0.0.1", &["10.0.0.0/8"], &["1.1.1.1"]), "1.1.1.1");
        assert_eq!(
            client_of("10.0.0.1", &["10.0.0.0/8"], &["forged, 1.1.1.1, 10.0.0.2"]),
            "1.1.1.1"
        );
        assert_eq!(
            client_of("10.0.0.1", &["10.0.0.0/8"], &["6.6.6.6", "1.1.1.1:443"]),
            "1.1.1.1"
        );
        assert_eq!(
            client_of("10.0.0.1", &["10.0.0.0/8"], &["1.1.1.1, rubbish"]),
            "10.0.0.1"
        );
        assert_eq!(
            client_of("10.0.0.1", &["10.0.0.0/8"], &["[2001:db8::1]"]),
            "2001:db8::1"
        );
        assert_eq!(
            client_of("::ffff:10.0.0.1", &["10.0.0.0/8"], &["1.1.1.1"]),
            "1.1.1.1"
        );
    }

    #[test]
    fn hardening_46_an_ipv6_network_of_64_bits_is_one_bucket() {
        let bucket = |text: &str| ClientAddress(text.parse().unwrap()).bucket();
        assert_eq!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:2:ffff::9"));
        assert_ne!(bucket("2001:db8:1:2::1"), bucket("2001:db8:1:3::1"));
        assert_eq!(bucket("::ffff:1.2.3.4"), bucket("1.2.3.4"));
        assert_ne!(bucket("1.2.3.4"), bucket("1.2.3.5"));
    }

    #[test]
    fn networks_are_parsed_strictly() {
        let contains = |network: &str, address: &str| {
            network
                .parse::<Network>()
                .unwrap()
                .contains(address.parse().unwrap())
        };
        assert!(contains("10.1.2.3", "10.1.2.3") && !contains("10.1.2.3", "10.1.2.4"));
        assert!(contains("10.1.2.3/8", "10.200.0.1") && !contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("fd00::/8", "fd12::1") && !contains("fd00::/8", "fe80::1"));
        assert!(contains("0.0.0.0/0", "1.2.3.4") && !contains("0.0.0.0/0", "2001::1"));
        assert!(contains("::/0", "2001::1"));
        for text in [
            "",
            "10",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "a/8",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }
}
