//! Identifiers that follow from what a platform calls a thing (UUID version 5), so that a launch
//! writes its rows without looking them up first.

use mtl_programme::{
    ContextId, DeploymentId, InstitutionId, PersonId, RegistrationId, ResourceLinkId,
};
use uuid::Uuid;

/// Ours alone; a random number.
const NAMESPACE: Uuid = Uuid::from_u128(0x5b1c_3f0e_8a57_4d0f_9e64_27c1_d2a9_60b3);

/// An institution, by its slug.
pub fn institution_id(slug: &str) -> InstitutionId {
    InstitutionId(derive("institution", &[slug.as_bytes()]))
}

/// A registration, by the pair that names it.
pub fn registration_id(issuer: &str, client_id: &str) -> RegistrationId {
    RegistrationId(derive(
        "registration",
        &[issuer.as_bytes(), client_id.as_bytes()],
    ))
}

/// A deployment, by its name at the platform.
pub fn deployment_id(registration: RegistrationId, lms_deployment: &str) -> DeploymentId {
    DeploymentId(derive(
        "deployment",
        &[registration.0.as_bytes(), lms_deployment.as_bytes()],
    ))
}

/// A person, by the platform's `sub`. The institution counts, because a shared platform may use
/// one `sub` in several, and their rows are never mixed.
pub fn person_id(
    registration: RegistrationId,
    institution: InstitutionId,
    subject: &str,
) -> PersonId {
    PersonId(derive(
        "person",
        &[
            registration.0.as_bytes(),
            institution.0.as_bytes(),
            subject.as_bytes(),
        ],
    ))
}

/// A course, by the `context.id` of the platform; empty for launches from outside any course.
pub fn context_id(deployment: DeploymentId, lms_context: &str) -> ContextId {
    ContextId(derive(
        "context",
        &[deployment.0.as_bytes(), lms_context.as_bytes()],
    ))
}

/// A resource link, by its `id`, which is unique in a deployment (LTI Core 1.3 §5.3.5).
pub fn resource_link_id(deployment: DeploymentId, lms_resource_link: &str) -> ResourceLinkId {
    ResourceLinkId(derive(
        "resource link",
        &[deployment.0.as_bytes(), lms_resource_link.as_bytes()],
    ))
}

/// Each part goes in with its length, so that no two keys run into the same bytes.
fn derive(kind: &str, parts: &[&[u8]]) -> Uuid {
    let mut name = Vec::with_capacity(128);
    for part in std::iter::once(&kind.as_bytes()).chain(parts) {
        name.extend_from_slice(&(part.len() as u64).to_be_bytes());
        name.extend_from_slice(part);
    }
    Uuid::new_v5(&NAMESPACE, &name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_stay_as_they_are() {
        let registration = registration_id("https://lms.example", "client");
        let deployment = deployment_id(registration, "1");
        // A change of these would orphan every stored row.
        assert_eq!(
            [
                institution_id("north").0,
                registration.0,
                deployment.0,
                person_id(registration, institution_id("north"), "7").0,
                context_id(deployment, "2").0,
                resource_link_id(deployment, "2").0,
            ]
            .map(|id| id.get_version_num()),
            [5; 6]
        );
        assert_eq!(
            registration.to_string(),
            registration_id("https://lms.example", "client").to_string()
        );
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(registration_id("ab", "c"), registration_id("a", "bc"));
        let deployment = DeploymentId(Uuid::nil());
        assert_ne!(
            context_id(deployment, "1").0,
            resource_link_id(deployment, "1").0
        );
    }
}
