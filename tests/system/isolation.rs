//! What belongs to one person or one institution is nobody else's, whatever address is asked for.

use anyhow::{Context as _, Result, ensure};

use crate::harness::agent::Page;
use crate::harness::database::Kind;
use crate::harness::installation::{Installation, Plan, uk_masters};
use crate::harness::journey;
use crate::harness::platform::{FIRST, MODULE};
use crate::harness::records::embedded;

on_both_databases!(
    another_persons_launch_is_refused,
    one_institution_never_reads_another,
    a_participant_is_no_tutor,
);

async fn another_persons_launch_is_refused(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    let (amara, tomasz) = (town.platform.participant(0)?, town.platform.participant(1)?);
    let hers = amara.launch(town.platform.links.first).await?.ok()?;
    let his = tomasz.launch(town.platform.links.first).await?.ok()?;
    let peek = tomasz
        .agent
        .follow(&his, &format!("{}/", hers.base()?))
        .await?;
    ensure!(peek.status == 403, "{}: {}", peek.status, peek.words());
    ensure!(
        !peek.says(&amara.name) && !peek.says("Your draft"),
        "{}",
        peek.words()
    );

    // Nor can he write into her draft through his own launch.
    let form = hers.form_to("/draft")?.fill("text.question", "Mine")?;
    let action = form.action.replace(&hers.base()?, &his.base()?);
    let token = his
        .form_to("/draft")?
        .value("form_token")
        .context("no token")?
        .to_owned();
    let form = crate::harness::html::Form { action, ..form }.fill("form_token", &token)?;
    let refused = tomasz.agent.send(&his, &form).await?;
    ensure!(
        matches!(refused.status, 403 | 404),
        "{}: {}",
        refused.status,
        refused.words()
    );
    let again = amara.launch(town.platform.links.first).await?.ok()?;
    ensure!(!again.body.contains("Mine"), "her draft was changed");

    // Two courses in two tabs: both launches of one person go on.
    let second = amara.launch(town.platform.links.second).await?.ok()?;
    ensure!(amara.agent.follow(&hers, hers.url.path()).await?.status == 200);
    ensure!(amara.agent.follow(&second, second.url.path()).await?.status == 200);
    Ok(())
}

async fn one_institution_never_reads_another(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    let platform = &town.platform;
    let south = town.add_institution("south").await?;
    let (_, link) = platform.add_tool("south-client", "9")?;
    town.bridge
        .add_platform(platform.setup(Some("south"), "south-client")?)
        .await?;
    town.bridge.install_policy(south, uk_masters()?).await?;

    // Amara works in the north.
    let amara = platform.participant(0)?;
    let page = amara.launch(platform.links.first).await?.ok()?;
    let checked = journey::write(&amara.agent, &page, FIRST, "Of the north").await?;
    journey::submit(&amara.agent, &checked).await?;
    let north_tutor = platform.tutor()?;
    let cohort = north_tutor.launch(platform.links.first).await?.ok()?;
    let submission =
        last_part(&cohort.link("the submission", |href, _| href.contains("/submissions/"))?);
    let record = cohort.link("the record", |href, _| href.contains("/people/"))?;
    let person = record
        .split('/')
        .skip_while(|part| *part != "people")
        .nth(1);
    let person = person.context("a record of nobody")?.to_owned();

    // The same tutor comes from the south: another person there, with another cohort.
    let tutor = platform.tutor()?;
    let cohort = tutor.launch(link).await?.ok()?;
    ensure!(
        !cohort.says(&amara.name),
        "the south sees the north: {}",
        cohort.words()
    );
    let base = cohort.base()?;
    for path in [
        format!("{base}/submissions/{submission}"),
        format!("{base}/submissions/{submission}/reopen"),
        format!("{base}/people/{person}/modules/{MODULE}"),
    ] {
        let peek = tutor.agent.follow(&cohort, &path).await?;
        ensure!(
            matches!(peek.status, 403 | 404),
            "{path}: {} {}",
            peek.status,
            peek.words()
        );
        ensure!(!peek.says("Of the north"), "{path}: {}", peek.words());
    }
    // A session of the south is none in the north.
    let peek = tutor.agent.follow(&cohort, page.url.path()).await?;
    ensure!(peek.status >= 400, "{}", peek.status);

    let north = embedded(town.bridge.store(), town.institution).await?;
    let own = embedded(town.bridge.store(), south).await?;
    assert_eq!(own.len(), 1, "the south has one launch: {own:?}");
    ensure!(
        north
            .iter()
            .all(|statement| statement["id"] != own[0]["id"])
    );
    Ok(())
}

async fn a_participant_is_no_tutor(kind: Kind) -> Result<()> {
    let town = Installation::start(Plan::on(kind)).await?;
    let platform = &town.platform;
    let (amara, tomasz) = (platform.participant(0)?, platform.participant(1)?);
    let page = amara.launch(platform.links.first).await?.ok()?;
    let checked = journey::write(&amara.agent, &page, FIRST, "My own words").await?;
    journey::submit(&amara.agent, &checked).await?;
    let cohort = platform.tutor()?.launch(platform.links.first).await?.ok()?;
    let submission =
        last_part(&cohort.link("the submission", |href, _| href.contains("/submissions/"))?);

    let his = tomasz.launch(platform.links.first).await?.ok()?;
    for path in [
        "cohort",
        "pairing",
        "catalogue",
        "policies",
        "statements",
        "link",
    ] {
        let peek = follow(&tomasz.agent, &his, path).await?;
        ensure!(
            peek.status != 200 || !peek.says(&amara.name),
            "{path}: {}",
            peek.words()
        );
    }
    let peek = follow(&tomasz.agent, &his, &format!("submissions/{submission}")).await?;
    ensure!(
        matches!(peek.status, 403 | 404),
        "{}: {}",
        peek.status,
        peek.words()
    );
    // She reads her own work, but does not judge it.
    let own = follow(&amara.agent, &page, &format!("submissions/{submission}")).await?;
    ensure!(own.form_to("/judgement").is_err(), "{}", own.words());
    Ok(())
}

async fn follow(agent: &crate::harness::agent::Agent, page: &Page, path: &str) -> Result<Page> {
    agent
        .follow(page, &format!("{}/{path}", page.base()?))
        .await
}

fn last_part(href: &str) -> String {
    href.rsplit('/').next().unwrap_or_default().to_owned()
}
