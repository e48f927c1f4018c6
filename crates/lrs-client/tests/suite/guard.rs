//! An institution's endpoint may not lead into the network that the bridge runs in.

use mtl_lrs_client::{DeliveryLimits, Halt, LrsAuth, LrsClient, LrsTarget, OutboundRules};
use mtl_xapi::Version;

use crate::fake_lrs::statements;

async fn refusal(rules: OutboundRules, endpoint: &str) -> String {
    let auth = LrsAuth::Basic {
        key: "the-key".to_owned(),
        secret: "the-secret".to_owned(),
    };
    let target = LrsTarget::new(endpoint, auth, Version::V2_0_0).unwrap();
    let client = LrsClient::new(DeliveryLimits::default(), rules).unwrap();
    let delivery = client.deliver(&target, statements(2)).await;
    match delivery.halt {
        Some(Halt::RetryLater { reason, .. }) => reason,
        other => panic!("{endpoint}: {other:?}"),
    }
}

#[tokio::test]
async fn statements_and_credentials_stay_out_of_the_own_network() {
    let strict = OutboundRules::default();
    for (endpoint, words) in [
        ("http://lrs.example/xapi", "it does not begin with https://"),
        ("https://127.0.0.1/xapi", "it leads to this machine"),
        ("https://2130706433/xapi", "it leads to this machine"),
        ("https://localhost/xapi", "it leads to this machine"),
        ("https://10.0.0.1/xapi", "into a private network"),
        ("https://[::ffff:192.168.0.1]/", "into a private network"),
        ("https://169.254.169.254/", "link-local or reserved"),
        ("https://lrs.example:25/", "another service than the web"),
    ] {
        let reason = refusal(strict, endpoint).await;
        assert!(reason.contains(words), "{endpoint}: {reason}");
    }
}
