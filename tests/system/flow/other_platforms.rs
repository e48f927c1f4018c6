//! One module from the first launch to the mark in the gradebook, on platforms that are not Moodle.

use anyhow::{Result, ensure};
use chrono::TimeDelta;
use mtl_demo_lms::{Flavour, NewCourse, Role};

use crate::harness::database::Kind;
use crate::harness::installation::{INSTITUTION, Installation, Plan};
use crate::harness::journey;
use crate::harness::platform::{FIRST, SECOND};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marks_reach_the_gradebook_of_canvas_once_each_with_their_comment() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite).beside(Flavour::Canvas)).await?;
    release_one_module(&town).await?;
    let rows = town.platform.lms.gradebook(town.platform.course());
    let grades = rows.iter().filter_map(|row| row.grade.as_ref());
    for grade in grades {
        ensure!(grade.comments.len() == 1, "{:?}", grade.comments);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn marks_reach_the_gradebook_of_open_edx() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite).beside(Flavour::OpenEdx)).await?;
    release_one_module(&town).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_of_a_course_that_canvas_copied_opens_its_activity() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite).beside(Flavour::Canvas)).await?;
    let platform = &town.platform;
    // A launch offers the notices, and the bridge asks for them.
    platform.tutor()?.launch(platform.links.first).await?.ok()?;
    ensure!(town.bridge.subscribe_to_notices().await? == 1);
    let next = NewCourse {
        label: "MTL-2027".to_owned(),
        title: "The next cohort".to_owned(),
    };
    let copy = platform.lms.copy_course(platform.course(), next)?;
    let taken = platform.lms.send_notices().await?;
    ensure!(taken == 1, "the notice of the copy was not taken");
    let amara = platform.participant(0)?;
    platform
        .lms
        .enrol(copy.course, amara.person, Role::Participant)?;
    let page = amara
        .launch(copy.links[&platform.links.first])
        .await?
        .ok()?;
    ensure!(page.says("Scenario 1"), "{}", page.words());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_of_a_copy_is_enough_where_launches_tell_no_history() -> Result<()> {
    let town = Installation::start(Plan::on(Kind::Sqlite).beside(Flavour::Canvas)).await?;
    let platform = &town.platform;
    let (_, link) = platform.add_bare_tool("by-hand", "7")?;
    let mut setup = platform.setup(Some(INSTITUTION), "by-hand")?;
    setup.deployments = vec![("7".to_owned(), None)];
    town.bridge.add_platform(setup).await?;
    // A tutor says which activity belongs there.
    let tutor = platform.tutor()?;
    let asked = tutor.launch(link).await?.ok()?;
    let form = asked.form_to("/link")?.fill("activity", FIRST)?;
    tutor.agent.send(&asked, &form).await?.ok()?;
    ensure!(town.bridge.subscribe_to_notices().await? == 1);

    let copy = |label: &str| {
        let next = NewCourse {
            label: label.to_owned(),
            title: format!("The cohort {label}"),
        };
        platform.lms.copy_course(platform.course(), next)
    };
    let amara = platform.participant(0)?;
    // Before the notice nothing says where the link comes from.
    let first = copy("MTL-2027")?;
    platform
        .lms
        .enrol(first.course, amara.person, Role::Participant)?;
    let page = amara.launch(first.links[&link]).await?.ok()?;
    ensure!(page.says("not set up yet"), "{}", page.words());
    let second = copy("MTL-2028")?;
    platform
        .lms
        .enrol(second.course, amara.person, Role::Participant)?;
    ensure!(platform.lms.send_notices().await? == 2);
    let page = amara.launch(second.links[&link]).await?.ok()?;
    ensure!(page.says("Scenario 1"), "{}", page.words());
    Ok(())
}

/// A participant hands both scenarios in, a tutor marks and releases them, and they arrive.
async fn release_one_module(town: &Installation) -> Result<()> {
    let platform = &town.platform;
    let (amara, tutor) = (platform.participant(0)?, platform.tutor()?);
    let work = [
        (platform.links.first, FIRST, "Scenario 1", 62),
        (platform.links.second, SECOND, "Scenario 2", 58),
    ];
    for (link, activity, _, _) in work {
        let page = amara.launch(link).await?.ok()?;
        let checked = journey::write(&amara.agent, &page, activity, "What my pupils did").await?;
        journey::submit(&amara.agent, &checked).await?;
        town.clock.advance(TimeDelta::minutes(1));
    }
    let cohort = tutor.launch(platform.links.first).await?.ok()?;
    for (_, _, title, mark) in work {
        let page = journey::open_submission(&tutor.agent, &cohort, &amara.name, title).await?;
        journey::judge(
            &tutor.agent,
            &page,
            mark,
            "Well observed, and the evidence bears the conclusion.",
        )
        .await?;
    }
    let cohort = tutor.launch(platform.links.first).await?.ok()?;
    let record = journey::open_record(&tutor.agent, &cohort, &amara.name).await?;
    let decided = journey::decide(&tutor.agent, &record).await?;
    journey::release(&tutor.agent, &decided).await?;
    town.deliver_all().await?;
    for (link, _, title, mark) in work {
        assert_eq!(
            platform.mark_of(amara.person, link),
            Some(f64::from(mark)),
            "{title}"
        );
    }
    let refused: Vec<_> = platform.lms.score_log();
    let refused = refused.iter().filter(|record| record.effect.is_none());
    assert_eq!(refused.count(), 0, "a score was refused");
    Ok(())
}
