//! Where a copied course and its links come from: the platform's histories of ids.
//!
//! LTI Core 1.3, appendix C.2 (`Context.id.history`, `ResourceLink.id.history`): the ids of what a
//! thing was copied from, the nearest first, with commas between them.

use crate::VerifiedLaunch;

/// The parameter that brings the history of a link's id.
pub const LINK_HISTORY: &str = "mtl_link_history";
/// The parameter that brings the history of a course's id.
pub const CONTEXT_HISTORY: &str = "mtl_context_history";

/// The custom parameters that ask a platform for both histories: for registrations and for links.
pub const HISTORY_PARAMETERS: [(&str, &str); 2] = [
    (CONTEXT_HISTORY, "$Context.id.history"),
    (LINK_HISTORY, "$ResourceLink.id.history"),
];

/// More than any course was copied; what lies beyond it is left out.
const LONGEST: usize = 20;

/// The ids that the launched link was copied from, the nearest first.
pub fn link_history(launch: &VerifiedLaunch) -> Vec<String> {
    let own = launch.resource_link().map_or("", |link| link.id.as_str());
    history(launch, [LINK_HISTORY, "ResourceLink.id.history"], own)
}

/// The ids that the launch's course was copied from, the nearest first.
pub fn context_history(launch: &VerifiedLaunch) -> Vec<String> {
    let own = launch.context().map_or("", |context| context.id.as_str());
    history(launch, [CONTEXT_HISTORY, "Context.id.history"], own)
}

fn history(launch: &VerifiedLaunch, names: [&str; 2], own: &str) -> Vec<String> {
    names
        .into_iter()
        .find_map(|name| launch.custom(name))
        .map(|list| parse_history(list, own))
        .unwrap_or_default()
}

/// Each id once, without the thing's own.
fn parse_history(list: &str, own: &str) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for id in list.split(',').map(str::trim) {
        if !id.is_empty() && id != own && ids.iter().all(|known| known != id) {
            ids.push(id.to_owned());
        }
        if ids.len() == LONGEST {
            break;
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_names_each_id_once_and_never_its_own() {
        assert_eq!(parse_history("31, 20,,20 ,7,31", "7"), ["31", "20"]);
        assert_eq!(parse_history("", "7"), Vec::<String>::new());
        let long: Vec<String> = (0..100).map(|id| id.to_string()).collect();
        assert_eq!(parse_history(&long.join(","), "x").len(), LONGEST);
    }
}
