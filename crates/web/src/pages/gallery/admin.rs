//! Example pages of an institution's administrator.

use super::*;
use crate::pages::admin::*;

fn shell_of(title: &str, current: &str) -> Shell {
    Shell {
        title: title.to_owned(),
        place: Some("Example University".to_owned()),
        person: Some("Administrator".to_owned()),
        nav: [("Platforms", "platforms"), ("Set up by hand", "set-up")]
            .into_iter()
            .map(|(label, page)| NavItem {
                label,
                href: format!("/admin/{page}"),
                is_current: page == current,
            })
            .collect(),
        base: "/admin".to_owned(),
        form_token: "token".to_owned(),
        zone: Some("Europe/London".to_owned()),
        ..Shell::default()
    }
}

fn good_card() -> PlatformCard {
    PlatformCard {
        href: "/admin/platforms/1".to_owned(),
        name: "Moodle at moodle.example.ac.uk".to_owned(),
        state: badge(Tone::Good, "Works"),
        last_launch: Some(at("2026-11-29T09:40:00Z")),
        last_token: Some(at("2026-11-29T09:41:00Z")),
        last_score: Some(at("2026-11-28T16:03:00Z")),
        problems: Vec::new(),
    }
}

fn bad_card() -> PlatformCard {
    PlatformCard {
        href: "/admin/platforms/2".to_owned(),
        name: "Example University (Canvas)".to_owned(),
        state: badge(Tone::Bad, "Needs attention"),
        last_launch: Some(at("2026-11-29T09:40:00Z")),
        last_token: None,
        last_score: None,
        problems: vec![
            "Send marks and feedback to the gradebook: The platform gives no token (invalid_client): who? Check on the platform that the client ID is the one registered here, that the tool is switched on, and that its public keyset URL is ours and can be reached from there.".to_owned(),
            "3 marks could not be delivered; nothing more is tried by itself. Tutors read why on the cohort page of their course and send it again there when that is mended; an operator can do the same (mtl-bridge deliveries retry).".to_owned(),
        ],
    }
}

fn waiting() -> Vec<WaitingLine> {
    vec![WaitingLine {
        platform: "Example University (Canvas)".to_owned(),
        deployment: "171:a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".to_owned(),
        said: "Example University, Teaching and Learning 2026".to_owned(),
        seen: at("2026-11-29T09:40:00Z"),
        action: "/admin/platforms/2/accept".to_owned(),
    }]
}

fn service(name: &str, tone: Tone, state: &str, words: &str) -> ServiceLine {
    ServiceLine {
        name: name.to_owned(),
        state: badge(tone, state),
        words: words.to_owned(),
        at: Some(at("2026-11-29T09:45:00Z")),
    }
}

pub(super) fn pages() -> Vec<(&'static str, String)> {
    vec![
        page(
            "admin-sign-in",
            &SignInPage {
                shell: Shell::bare("Sign in as administrator"),
                action: "/admin/sign-in/t".to_owned(),
            },
        ),
        page("admin-signed-out", &SignedOutPage { shell: Shell::bare("Signed out") }),
        page(
            "admin-platforms",
            &PlatformsPage {
                shell: shell_of("Platforms", "platforms"),
                waiting: waiting(),
                platforms: vec![good_card(), bad_card()],
                open_invitations: vec![at("2026-12-06T10:00:00Z")],
            },
        ),
        page(
            "admin-platform",
            &PlatformPage {
                shell: shell_of("Example University (Canvas)", ""),
                crumbs: vec![Crumb::new("Platforms", "/admin/platforms")],
                card: bad_card(),
                waiting: waiting(),
                facts: vec![
                    ("Issuer", "https://canvas.instructure.com".to_owned()),
                    ("Client ID", "10000000000042".to_owned()),
                    ("Access token URL", "https://sso.canvaslms.com/login/oauth2/token".to_owned()),
                ],
                services: vec![
                    service("The platform’s keys, which show that a launch is real", Tone::Good, "Works", "It answers with 3 keys."),
                    service("Send marks and feedback to the gradebook", Tone::Bad, "Fails", "The platform gives no token (invalid_client): who? Check on the platform that the tool is switched on."),
                    service("Read who is in a course, and as what", Tone::Warn, "Not granted", "The platform did not grant this when it was registered. Grant it there, then register again."),
                ],
                deployments: vec![DeploymentLine {
                    id: "3".to_owned(),
                    accepted: at("2026-11-20T10:00:00Z"),
                    launched: None,
                }],
                takes_deployments: false,
                is_shared: false,
            },
        ),
        page(
            "admin-invitation",
            &InvitationPage {
                shell: shell_of("A registration address", ""),
                crumbs: vec![Crumb::new("Platforms", "/admin/platforms")],
                address: "https://mtl.example.ac.uk/lti/register/Qm9uam91ciBsZSBtb25kZSBlbmNvcmUgdW5lIGZvaXM".to_owned(),
                until: at("2026-12-06T10:00:00Z"),
            },
        ),
        page(
            "admin-set-up",
            &SetUpPage {
                shell: Shell { has_errors: true, ..shell_of("Set up by hand", "set-up") },
                moodle: vec![
                    Value { id: "tool-url".to_owned(), label: "Tool URL", text: "https://mtl.example.ac.uk/lti/launch".to_owned() },
                    Value { id: "public-keyset".to_owned(), label: "Public keyset", text: "https://mtl.example.ac.uk/.well-known/jwks.json".to_owned() },
                ],
                canvas_url: "https://mtl.example.ac.uk/lti/canvas.json".to_owned(),
                canvas_json: "{\n  \"title\": \"MTL Bridge\"\n}".to_owned(),
                fields: vec![
                    EntryField { name: "name", label: "Name", hint: "What you call the platform.", optional: false, value: "Moodle".to_owned(), error: None },
                    EntryField { name: "issuer", label: "Issuer", hint: "Moodle: Platform ID.", optional: false, value: String::new(), error: Some("Enter the field “Issuer”.".to_owned()) },
                    EntryField { name: "deployment", label: "Deployment ID", hint: "It is recorded at the first launch.", optional: true, value: String::new(), error: None },
                ],
                asks: true,
                errors: vec![FormError::new("issuer", "Enter the field “Issuer”.")],
            },
        ),
    ]
}
