//! Calls that must not go out, and answers that must not be read to their end.

use mtl_lti::ags::SCOPE_SCORE;
use std::time::Duration;

use mtl_lti::ags::SCOPE_RESULT_READ;
use mtl_lti_client::{
    AddressRefusal, LineItemFilter, OutboundRules, PlatformAccess, Platforms, ServiceError,
    ServiceOrigins,
};
use url::Url;

use crate::server::{Reply, Server};
use crate::setting::{access, access_at, hasty_platforms, platforms, server_with_token};

const MIB: usize = 1024 * 1024;

async fn fetch_with(rules: OutboundRules, url: &str) -> ServiceError {
    let platforms = Platforms::new(rules).unwrap();
    platforms
        .key_sets()
        .find(&Url::parse(url).unwrap())
        .await
        .unwrap_err()
}

#[tokio::test]
async fn this_machine_is_not_called_unless_that_is_allowed() {
    let server = Server::start(|_| Reply::Cut).await;
    let port = server.url("/").port().unwrap();
    let table = [
        (
            format!("http://127.0.0.1:{port}/"),
            AddressRefusal::NotHttps,
        ),
        (
            format!("http://localhost:{port}/"),
            AddressRefusal::NotHttps,
        ),
        (
            format!("https://127.0.0.1:{port}/"),
            AddressRefusal::Loopback,
        ),
        (
            format!("https://[::ffff:7f00:1]:{port}/"),
            AddressRefusal::Loopback,
        ),
        // Found out only when the name is resolved.
        (
            format!("https://localhost:{port}/"),
            AddressRefusal::Loopback,
        ),
    ];
    for (url, refusal) in table {
        let error = fetch_with(OutboundRules::default(), &url).await;
        assert_eq!(error, ServiceError::AddressRefused(refusal), "{url}");
        assert_eq!(error.retry_after(), None);
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn private_and_reserved_networks_are_not_called() {
    let table = [
        ("https://10.0.0.1/", AddressRefusal::Private),
        ("https://[fd00::1]/", AddressRefusal::Private),
        (
            "https://169.254.169.254/latest/meta-data/",
            AddressRefusal::Reserved,
        ),
        ("http://lms.example/", AddressRefusal::NotHttps),
        (
            "https://user:password@lms.example/",
            AddressRefusal::HasUser,
        ),
        ("file:///etc/passwd", AddressRefusal::NoHost),
    ];
    let development = OutboundRules {
        allow_loopback_http: true,
        ..OutboundRules::default()
    };
    for (url, refusal) in table {
        assert_eq!(fetch_with(development, url).await, refusal.into(), "{url}");
    }
}

#[tokio::test]
async fn the_token_endpoint_and_services_are_guarded_too() {
    let server = server_with_token(|_| Reply::Cut).await;
    let platforms = platforms();
    let inside = access_at(Url::parse("https://192.168.1.1/token").unwrap());
    let error = platforms
        .tokens()
        .access_token(&inside, &[SCOPE_SCORE])
        .await
        .unwrap_err();
    assert_eq!(error.code(), "address_private");
    let item = Url::parse("https://192.168.1.1/item").unwrap();
    let named = PlatformAccess {
        services: ServiceOrigins::of([item.as_str()]),
        ..access(&server)
    };
    let error = platforms
        .ags()
        .post_score(&named, &item, b"{}")
        .await
        .unwrap_err();
    assert_eq!(error.code(), "address_private");
}

#[tokio::test]
async fn a_token_is_never_sent_to_a_host_that_the_registration_does_not_name() {
    let other = Server::start(|_| Reply::json("[]")).await;
    let server = server_with_token(|_| Reply::Cut).await;
    let (platforms, access) = (platforms(), access(&server));
    let elsewhere = other.url("/elsewhere?secret=1");
    let filter = LineItemFilter::default();
    let errors = [
        platforms
            .ags()
            .post_score(&access, &elsewhere, b"{}")
            .await
            .unwrap_err(),
        platforms
            .ags()
            .find_results(&access, &elsewhere, "5")
            .await
            .unwrap_err(),
        platforms
            .ags()
            .list_line_items(&access, &elsewhere, &filter)
            .await
            .unwrap_err(),
        platforms
            .nrps()
            .list_members(&access, &elsewhere)
            .await
            .unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.code(), "service_foreign");
        let words = error.to_string();
        assert!(
            words.contains(&other.authority()) && words.contains("platform add-origin"),
            "{words}"
        );
        assert!(!words.contains("secret"), "{words}");
    }
    assert!(other.requests().is_empty());
    assert!(
        server.requests().is_empty(),
        "not even a token was asked for"
    );
}

#[tokio::test]
async fn a_service_that_sends_us_elsewhere_is_not_followed_there() {
    let other = Server::start(|_| Reply::json("[]")).await;
    let location = format!("Location: {}", other.url("/elsewhere"));
    let server = server_with_token(move |_| {
        Reply::answer("307 Temporary Redirect", &[location.as_str()], "")
    })
    .await;
    let error = platforms()
        .ags()
        .post_score(&access(&server), &server.url("/item"), b"{}")
        .await
        .unwrap_err();
    assert!(
        matches!(error, ServiceError::Permanent { status: 307, .. }),
        "{error:?}"
    );
    assert!(other.requests().is_empty());
    let token = platforms()
        .tokens()
        .access_token(&access(&server), &[SCOPE_RESULT_READ])
        .await;
    assert!(token.is_ok(), "the token endpoint itself answers");
}

#[tokio::test]
async fn ports_of_other_services_are_not_called() {
    for port in [22, 25, 53, 110, 389, 631] {
        let url = format!("https://lms.example:{port}/jwks");
        let error = fetch_with(OutboundRules::default(), &url).await;
        assert_eq!(error, AddressRefusal::Port.into(), "{url}");
    }
}

#[tokio::test]
async fn headers_that_come_slowly_are_given_up() {
    let server = Server::start(|_| {
        let head = b"HTTP/1.1 200 OK\r\nX-Slow: ".to_vec();
        Reply::Drip(head, Duration::from_millis(100))
    })
    .await;
    let begun = std::time::Instant::now();
    let error = hasty_platforms()
        .key_sets()
        .find(&server.url("/jwks"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "platform_unreachable");
    assert!(
        begun.elapsed() < Duration::from_secs(15),
        "it took too long"
    );
}

#[tokio::test]
async fn headers_without_end_are_not_read_to_it() {
    for header in [
        format!("X-Long: {}\r\n", "a".repeat(0x4000)),
        "X: y\r\n".to_owned(),
    ] {
        let server = Server::start(move |_| {
            Reply::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), header.clone().into_bytes())
        })
        .await;
        let error = platforms()
            .key_sets()
            .find(&server.url("/jwks"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "platform_unreachable");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = Server::start(|_| Reply::json(r#"{"keys":[]}"#)).await;
    let location = format!("Location: {}", other.url("/elsewhere?secret=1"));
    let server = Server::start(move |_| Reply::answer("302 Found", &[location.as_str()], "")).await;
    let platforms = platforms();
    let error = platforms
        .key_sets()
        .find(&server.url("/jwks"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, ServiceError::Permanent { status: 302, .. }),
        "{error:?}"
    );
    assert!(!error.to_string().contains("secret"));
    let error = platforms
        .tokens()
        .access_token(&access(&server), &[SCOPE_SCORE])
        .await
        .unwrap_err();
    assert_eq!(error.code(), "token_refused");
    assert!(other.requests().is_empty());
}

#[tokio::test]
async fn a_body_that_stalls_is_given_up() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"keys\":".to_vec();
    let server = Server::start(move |_| Reply::Stall(head.clone())).await;
    let error = hasty_platforms()
        .key_sets()
        .find(&server.url("/jwks"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), "platform_unreachable");
}

#[tokio::test]
async fn a_body_without_end_is_not_read_to_it() {
    let server = Server::start(|_| {
        let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 0x10000], b"\r\n"].concat();
        Reply::Endless(head, chunk)
    })
    .await;
    let error = platforms()
        .key_sets()
        .find(&server.url("/jwks"))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        ServiceError::unreadable("an answer that is too long")
    );
}

#[tokio::test]
async fn a_small_body_that_becomes_a_big_one_is_not_unpacked_to_its_end() {
    let bomb = gzip_of_zeros(64 * MIB);
    assert!(bomb.len() < MIB, "it is small on its way");
    let server =
        Server::start(move |_| Reply::answer("200 OK", &["Content-Encoding: gzip"], &bomb)).await;
    let error = platforms()
        .key_sets()
        .find(&server.url("/jwks"))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        ServiceError::unreadable("an answer that is too long")
    );
}

#[tokio::test]
async fn a_refusal_that_unpacks_without_end_is_still_explained() {
    let bomb = gzip_of_zeros(64 * MIB);
    let server = Server::start(move |_| {
        Reply::answer("400 Bad Request", &["Content-Encoding: gzip"], &bomb)
    })
    .await;
    let error = platforms()
        .tokens()
        .access_token(&access(&server), &[SCOPE_SCORE])
        .await
        .unwrap_err();
    assert_eq!(error.code(), "token_refused");
}

#[tokio::test]
async fn packings_that_we_did_not_ask_for_are_not_unpacked() {
    for encoding in ["br", "zstd", "deflate", "gzip, gzip"] {
        let header = format!("Content-Encoding: {encoding}");
        let server =
            Server::start(move |_| Reply::answer("200 OK", &[header.as_str()], gzip_of_zeros(MIB)))
                .await;
        let error = platforms()
            .key_sets()
            .find(&server.url("/jwks"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), "answer_unreadable", "{encoding}");
        let asked = server.requests()[0]
            .header("accept-encoding")
            .map(str::to_owned);
        assert_eq!(asked.as_deref(), Some("gzip"));
    }
}

/// One block with fixed codes (RFC 1951 section 3.2.6): a zero, then copies of 258 zeros.
fn gzip_of_zeros(length: usize) -> Vec<u8> {
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    let mut bits = String::from("11000110000");
    for _ in 0..length / 258 {
        bits.push_str("11000101"); // 285: length 258
        bits.push_str("00000"); // distance 1
    }
    bits.push_str("0000000"); // 256: end
    for byte in bits.as_bytes().chunks(8) {
        packed.push(
            byte.iter()
                .rev()
                .fold(0, |byte, bit| byte << 1 | (bit - b'0')),
        );
    }
    // The check at the end is never reached.
    packed.extend_from_slice(&[0; 8]);
    packed
}
