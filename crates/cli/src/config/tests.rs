//! What a person reads when the configuration is wrong.

use std::io::Write as _;

use super::*;

fn load(text: &str) -> Result<Config, ConfigProblems> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Config::load(Some(file.path()))
}

const WHOLE: &str = r#"
base_url = "https://mtl.example.ac.uk"
secret = "0000000000000000000000000000000000000000000000000000000000000001"
[database]
url = "sqlite:/var/lib/mtl-bridge/bridge.sqlite"
[evidence]
kind = "folder"
path = "/var/lib/mtl-bridge/evidence"
"#;

#[test]
fn a_whole_configuration_is_read_with_its_defaults() {
    let config = load(WHOLE).unwrap();
    assert_eq!(config.listen.port(), 8080);
    assert!(config.deliver);
    assert_eq!(config.secret_bytes().unwrap()[31], 1);
    assert!(
        !format!("{config:?}").contains("00000000"),
        "secrets are never printed"
    );
}

#[test]
fn every_problem_names_the_setting_and_the_mend() {
    let table = [
        (
            WHOLE.replace("base_url", "base_ulr"),
            "base_ulr: there is no such setting",
            "did you mean base_url?",
        ),
        (
            WHOLE.replace("https:", "http:"),
            "base_url: http://mtl.example.ac.uk/ is not https",
            "http://localhost only",
        ),
        (
            WHOLE.replace(
                "\"sqlite:/var/lib/mtl-bridge/bridge.sqlite\"",
                "\"mysql://x\"",
            ),
            "database.url: it is neither",
            "postgres://",
        ),
        (
            WHOLE.replace("0001", "1"),
            "secret: it is not 64 hexadecimal digits",
            "openssl rand -hex 32",
        ),
        (
            WHOLE.replace(
                "[database]\nurl = \"sqlite:/var/lib/mtl-bridge/bridge.sqlite\"",
                "",
            ),
            "database: it is missing",
            "write [database]",
        ),
        (
            format!("{WHOLE}[outbound]\ncall_timeout_seconds = 90\n"),
            "outbound.call_timeout_seconds: 90 is not from 2 to 30",
            "such as 20",
        ),
        (
            format!("{WHOLE}[outbound]\ncall_timeout_seconds = 0\n"),
            "outbound.call_timeout_seconds: 0 is not from 2 to 30",
            "such as 20",
        ),
        (
            format!("{WHOLE}[outbound]\ncall_timeout_seconds = 4\n"),
            "outbound.connect_timeout_seconds: 5 is not from 1 to call_timeout_seconds, which is 4",
            "such as 5",
        ),
        (
            format!("{WHOLE}[outbound]\nconnect_timeout_seconds = 0\n"),
            "outbound.connect_timeout_seconds: 0 is not from 1",
            "such as 5",
        ),
        (
            WHOLE.replace("\"folder\"", "\"ftp\""),
            "\"ftp\" is not a choice here",
            "folder",
        ),
    ];
    for (text, fault, mend) in table {
        let shown = load(&text).unwrap_err().to_string();
        assert!(shown.contains(fault), "{shown}\nlacks {fault}");
        assert!(shown.contains(mend), "{shown}\nlacks {mend}");
    }
}

#[test]
fn calls_to_platforms_take_as_long_as_the_configuration_says() {
    let usual = load(WHOLE).unwrap().outbound.limits();
    assert_eq!(usual, mtl_lti_client::CallLimits::default());
    let text =
        format!("{WHOLE}[outbound]\nconnect_timeout_seconds = 2\ncall_timeout_seconds = 9\n");
    let limits = load(&text).unwrap().outbound.limits();
    assert_eq!(limits.connect_timeout.as_secs(), 2);
    assert_eq!(limits.total_timeout.as_secs(), 9);
}

#[test]
fn a_secret_may_stand_in_a_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "{}", "ab".repeat(32)).unwrap();
    let inline = "\"0000000000000000000000000000000000000000000000000000000000000001\"";
    let by_file = format!("{{ file = {:?} }}", file.path());
    let config = load(&WHOLE.replace(inline, &by_file)).unwrap();
    assert_eq!(config.secret_bytes().unwrap(), [0xab; 32]);
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let shown = load("listen = \"127.0.0.1:1\"").unwrap_err().to_string();
    for setting in ["base_url:", "secret:", "database:", "evidence:"] {
        assert!(shown.contains(setting), "{shown}\nlacks {setting}");
    }
}
