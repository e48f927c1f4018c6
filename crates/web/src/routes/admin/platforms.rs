//! The platforms of an institution: how each does, what waits, a test, an invitation.

use axum::extract::{Query, State};
use axum::response::Response;
use mtl_bridge_core::administration::PlatformState;
use mtl_bridge_core::registering::{FURTHER_SCOPES, InvitationPlan, USED_SCOPES, scope_words};
use mtl_programme::RegistrationId;

use crate::administrator::{Administrator, AdministratorForm};
use crate::pages::admin::{
    DeploymentLine, InvitationPage, PlatformCard, PlatformPage, PlatformsPage, ServiceLine,
    WaitingLine,
};
use crate::pages::parts::{Badge, Crumb, Tone, counted};
use crate::problem::Problem;
use crate::render::{go, page};
use crate::state::WebState;
use crate::visitor::{At, Done};
use crate::words::sentence;

/// `GET /admin/platforms`.
pub(super) async fn list(
    State(state): State<WebState>,
    administrator: Administrator,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let states = state
        .bridge
        .list_platform_states(&administrator.admin)
        .await?;
    let invitations = state.bridge.list_invitations(&administrator.admin).await?;
    page(&PlatformsPage {
        shell: administrator.shell("Platforms", "platforms", done.done.as_deref()),
        waiting: states
            .iter()
            .flat_map(|state| waiting_lines(&administrator, state))
            .collect(),
        platforms: states
            .iter()
            .map(|state| card(&administrator, state))
            .collect(),
        open_invitations: invitations
            .iter()
            .map(|invitation| administrator.moment(invitation.expires_at))
            .collect(),
    })
}

/// `GET /admin/platforms/{platform}`.
pub(super) async fn show(
    State(state): State<WebState>,
    administrator: Administrator,
    At(platform): At<RegistrationId>,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let found = state
        .bridge
        .load_platform_state(&administrator.admin, platform)
        .await?;
    let registration = &found.registration;
    page(&PlatformPage {
        shell: administrator.shell(&registration.name, "", done.done.as_deref()),
        crumbs: vec![Crumb::new("Platforms", "/admin/platforms")],
        card: card(&administrator, &found),
        waiting: waiting_lines(&administrator, &found),
        facts: vec![
            ("Issuer", registration.issuer.clone()),
            ("Client ID", registration.client_id.clone()),
            ("Authentication request URL", registration.auth_url.clone()),
            ("Access token URL", registration.token_url.clone()),
            ("Public keyset URL", registration.jwks_url.clone()),
        ],
        services: services(&administrator, &found),
        deployments: found
            .deployments
            .iter()
            .map(|(deployment, launched)| DeploymentLine {
                id: deployment.lms_deployment.clone(),
                accepted: administrator.moment(deployment.accepted_at),
                launched: launched.map(|at| administrator.moment(at)),
            })
            .collect(),
        takes_deployments: registration.allow_new_deployments,
        is_shared: registration.institution.is_none(),
    })
}

/// `POST /admin/platforms/{platform}/test`.
pub(super) async fn test(
    State(state): State<WebState>,
    At(platform): At<RegistrationId>,
    AdministratorForm { administrator, .. }: AdministratorForm,
) -> Result<Response, Problem> {
    state
        .bridge
        .test_platform(&administrator.admin, platform)
        .await?;
    Ok(go(&format!("/admin/platforms/{platform}?done=tested")))
}

/// `POST /admin/platforms/{platform}/accept`.
pub(super) async fn accept(
    State(state): State<WebState>,
    At(platform): At<RegistrationId>,
    AdministratorForm {
        administrator,
        form,
    }: AdministratorForm,
) -> Result<Response, Problem> {
    state
        .bridge
        .accept_waiting(&administrator.admin, platform, form.text("deployment"))
        .await?;
    Ok(go("/admin/platforms?done=accepted"))
}

/// `POST /admin/platforms/invite`.
pub(super) async fn invite(
    State(state): State<WebState>,
    AdministratorForm {
        administrator,
        form,
    }: AdministratorForm,
) -> Result<Response, Problem> {
    let plan = InvitationPlan {
        shared: false,
        ask_for_deployments: form.find("ask").is_some(),
    };
    let link = state
        .bridge
        .invite_platform(administrator.admin.institution.id, plan)
        .await
        .map_err(mtl_bridge_core::administration::AdminError::from)?;
    page(&InvitationPage {
        shell: administrator.shell("A registration address", "", None),
        crumbs: vec![Crumb::new("Platforms", "/admin/platforms")],
        address: link.url.into(),
        until: administrator.moment(link.expires_at),
    })
}

fn card(administrator: &Administrator, state: &PlatformState) -> PlatformCard {
    let when = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| administrator.moment(at));
    PlatformCard {
        href: format!("/admin/platforms/{}", state.registration.id),
        name: state.registration.name.clone(),
        state: badge(state),
        last_launch: when(state.last_launch_at()),
        last_token: when(state.last_token()),
        last_score: when(state.used.last_score_at),
        problems: problems(administrator, state),
    }
}

fn badge(state: &PlatformState) -> Badge {
    let has_failed = state.checks.iter().any(|check| !check.passed);
    if has_failed || state.used.dead > 0 {
        Badge::new(Tone::Bad, "Needs attention")
    } else if !state.waiting.is_empty() {
        Badge::new(Tone::Warn, "Waits for you")
    } else if state.last_launch_at().is_none() && state.last_token().is_none() {
        Badge::new(Tone::Plain, "Not used yet")
    } else {
        Badge::new(Tone::Good, "Works")
    }
}

/// What is wrong, a sentence each.
fn problems(administrator: &Administrator, state: &PlatformState) -> Vec<String> {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let mut problems: Vec<String> = state
        .checks
        .iter()
        .filter(|check| !check.passed)
        .map(|check| format!("{}: {}", service_name(&check.service), check.words))
        .collect();
    if state.used.dead > 0 {
        problems.push(format!(
            "{} could not be delivered; nothing more is tried by itself. Tutors read why on the \
             cohort page of their course and send it again there when that is mended; an operator \
             can do the same (mtl-bridge deliveries retry).",
            counted(count(state.used.dead), "mark", "marks")
        ));
    }
    if let Some((words, at)) = &state.used.last_failure {
        problems.push(format!(
            "The platform said of a mark of {}: {}",
            administrator.moment(*at).words(),
            sentence(words)
        ));
    }
    problems
}

fn services(administrator: &Administrator, state: &PlatformState) -> Vec<ServiceLine> {
    let granted = state.registration.scopes.as_deref();
    let mut names = vec!["keys"];
    names.extend(USED_SCOPES);
    names.extend(
        FURTHER_SCOPES
            .into_iter()
            .filter(|scope| granted.is_some_and(|granted| granted.iter().any(|one| one == scope))),
    );
    let mut lines: Vec<ServiceLine> = names
        .into_iter()
        .map(|service| {
            let check = state.checks.iter().find(|check| check.service == service);
            let is_missing = service != "keys"
                && granted.is_some_and(|granted| granted.iter().all(|one| one != service));
            ServiceLine {
                name: service_name(service),
                state: match check {
                    _ if is_missing => Badge::new(Tone::Warn, "Not granted"),
                    Some(check) if check.passed => Badge::new(Tone::Good, "Works"),
                    Some(_) => Badge::new(Tone::Bad, "Fails"),
                    None => Badge::new(Tone::Plain, "Not tested"),
                },
                words: match check {
                    _ if is_missing => {
                        "The platform did not grant this when it was registered. Grant it there, \
                         then register again."
                            .to_owned()
                    }
                    Some(check) => check.words.clone(),
                    None => String::new(),
                },
                at: check.map(|check| administrator.moment(check.checked_at)),
            }
        })
        .collect();
    // Our own key, where it could not sign.
    lines.extend(
        state
            .checks
            .iter()
            .filter(|check| check.service == "token")
            .map(|check| ServiceLine {
                name: service_name("token"),
                state: Badge::new(Tone::Bad, "Fails"),
                words: check.words.clone(),
                at: Some(administrator.moment(check.checked_at)),
            }),
    );
    lines
}

fn service_name(service: &str) -> String {
    match service {
        "keys" => "The platform’s keys, which show that a launch is real".to_owned(),
        "token" => "Signing for the platform".to_owned(),
        scope => scope_words(scope).to_owned(),
    }
}

fn waiting_lines(administrator: &Administrator, state: &PlatformState) -> Vec<WaitingLine> {
    state
        .waiting
        .iter()
        .map(|waiting| WaitingLine {
            platform: state.registration.name.clone(),
            deployment: waiting.lms_deployment.clone(),
            said: [&waiting.platform_name, &waiting.context_title]
                .into_iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
                .join(", "),
            seen: administrator.moment(waiting.last_seen_at),
            action: format!("/admin/platforms/{}/accept", state.registration.id),
        })
        .collect()
}
