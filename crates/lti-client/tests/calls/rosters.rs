//! Rosters of Moodle and Open edX.

use std::collections::HashSet;

use mtl_lti::nrps::{MEDIA_MEMBERSHIPS, MembershipFilter};

use crate::recordings::{exchange, exchanges};
use crate::server::{Reply, Server};
use crate::setting::{TOKEN, access, platforms, server_with_token};

#[tokio::test]
async fn moodles_pages_make_one_roster() {
    let server = server_with_token(|request| {
        let authority = request.header("host").unwrap();
        match request.target.split_once("limit=2").unwrap().1 {
            "" => exchange("nrps limit=2").play(authority),
            "&from=2" => exchange("nrps limit=2 from=2").play(authority),
            _ => Reply::json(r#"{"members":[{"user_id":"6","roles":["Learner"]},{"user_id":4}]}"#),
        }
    })
    .await;
    let roster = server.url("/mod/lti/services.php/CourseSection/2/bindings/1/memberships");
    let limit = MembershipFilter {
        limit: Some(2),
        ..MembershipFilter::default()
    };
    let roster = platforms()
        .nrps()
        .list_members(&access(&server), &limit.to_url(&roster))
        .await
        .unwrap();
    assert_eq!(roster.members.len(), 5);
    let ids: HashSet<_> = roster
        .members
        .iter()
        .map(|member| &member.user_id)
        .collect();
    assert_eq!(ids.len(), 5, "each once");
    assert_eq!(roster.context.unwrap().id, "2");
    let pages = server.requests_to("/mod/lti/services.php");
    assert_eq!(pages.len(), 3);
    assert!(
        pages
            .iter()
            .all(|page| page.header("accept") == Some(MEDIA_MEMBERSHIPS))
    );
}

#[tokio::test]
async fn pages_are_asked_for_and_differences_are_kept() {
    let server = server_with_token(|_| {
        let link = "Link: </m?since=5>; rel=\"differences\"";
        Reply::answer("200 OK", &[link], r#"{"members":[]}"#)
    })
    .await;
    let url = server.url("/m?rlid=1");
    let roster = platforms()
        .nrps()
        .list_members(&access(&server), &url)
        .await
        .unwrap();
    assert_eq!(roster.differences, Some(server.url("/m?since=5")));
    assert_eq!(server.requests_to("/m?")[0].target, "/m?rlid=1&limit=50");
}

#[tokio::test]
async fn open_edx() {
    let recorded = exchanges("openedx-11.4");
    let roster = recorded[1].clone();
    let token = recorded[0].clone();
    let server = Server::start(move |request| match request.target.as_str() {
        TOKEN => token.play(""),
        _ => roster.play(""),
    })
    .await;
    let found = platforms()
        .nrps()
        .list_members(&access(&server), &server.url("/memberships"))
        .await;
    // A bare list, of nobody.
    assert_eq!(found.unwrap().members, []);
}

#[tokio::test]
async fn groups_and_their_sets_are_read_page_by_page() {
    let server = server_with_token(|request| match request.target.as_str() {
        "/groups" => {
            let link = "Link: </groups?from=1>; rel=\"next\"";
            let body = r#"{"groups":[{"id":"1","name":"Tuesday","set_id":"9"}]}"#;
            Reply::answer("200 OK", &[link], body)
        }
        "/groups?from=1" => Reply::json(r#"{"groups":[{"id":2,"name":"Friday"}]}"#),
        _ => Reply::json(r#"{"sets":[{"id":"9","name":"Laboratory"}]}"#),
    })
    .await;
    let (platforms, access) = (platforms(), access(&server));
    let groups = platforms.groups();
    let found = groups.list_groups(&access, &server.url("/groups")).await;
    let names: Vec<_> = found
        .unwrap()
        .into_iter()
        .map(|group| (group.id, group.name.unwrap(), group.set_id))
        .collect();
    assert_eq!(
        names,
        [
            ("1".to_owned(), "Tuesday".to_owned(), Some("9".to_owned())),
            ("2".to_owned(), "Friday".to_owned(), None),
        ]
    );
    let sets = groups.list_group_sets(&access, &server.url("/sets")).await;
    assert_eq!(sets.unwrap()[0].name.as_deref(), Some("Laboratory"));
    let asked = server.requests_to("/groups");
    assert!(
        asked
            .iter()
            .all(|page| page.header("accept") == Some(mtl_lti::groups::MEDIA_GROUPS))
    );
}
