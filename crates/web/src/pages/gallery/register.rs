//! Example pages of a platform's registration.

use super::*;
use crate::pages::register::*;

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|&one| one.to_owned()).collect()
}

pub(super) fn pages() -> Vec<(&'static str, String)> {
    vec![
        page(
            "register-start",
            &StartPage {
                shell: Shell::bare("Connect your learning platform"),
                institution: "Example University".to_owned(),
                until: at("2026-11-30T14:05:00Z"),
                address: "https://mtl.example.ac.uk/lti/register/Qm9uam91ciBsZSBtb25kZSBlbmNvcmUgdW5lIGZvaXM".to_owned(),
            },
        ),
        page(
            "register-offer",
            &OfferPage {
                shell: Shell::bare("Connect Moodle at moodle.example.ac.uk"),
                institution: "Example University".to_owned(),
                platform: "Moodle at moodle.example.ac.uk".to_owned(),
                issuer: "https://moodle.example.ac.uk".to_owned(),
                shared: false,
                scopes: words(&[
                    "Send marks and feedback to the gradebook",
                    "Read back the marks that it sent, to be sure that they arrived",
                    "Add and find the gradebook columns that its marks belong to",
                ]),
                missing: words(&["Read who is in a course, and as what"]),
                placements: words(&["Where a teacher adds something to a course: activities can be picked"]),
                action: "/lti/register/t".to_owned(),
                offer: "sealed".to_owned(),
            },
        ),
        page(
            "register-done",
            &DonePage {
                shell: Shell::bare("Connected"),
                platform: "Moodle at moodle.example.ac.uk".to_owned(),
                client_id: "g8nMWktCPuXmEGU".to_owned(),
                is_update: false,
                steps: words(&[
                    "Close this page. Moodle’s page “Manage tools” shows MTL Bridge as pending.",
                    "Press “Activate” on its card. Until then nobody can open it.",
                ]),
                missing: Vec::new(),
            },
        ),
    ]
}
