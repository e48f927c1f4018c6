//! A platform registers itself with the program, as an administrator does it: one address, a page,
//! a button; then people launch, and the doctor finds nothing broken.

use anyhow::{Context as _, Result, ensure};
use mtl_demo_lms::{Flavour, LinkSeed, Lms, LmsConfig};
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

use crate::harness::agent::{Agent, Ask};
use crate::harness::database::Kind;
use crate::harness::installation::INSTITUTION;
use crate::harness::platform::FIRST;
use crate::harness::program::Program;

fn address(program: &Program, command: &[&str]) -> Result<Url> {
    let mut command = command.to_vec();
    command.push("--json");
    let said: Value = serde_json::from_str(&program.run(&command)?)?;
    Ok(said["url"].as_str().context("no address")?.parse()?)
}

on_both_databases!(moodle_registers_itself_and_people_launch);

async fn moodle_registers_itself_and_people_launch(kind: Kind) -> Result<()> {
    let mut program = Program::configure(kind, None).await?;
    program.start().await?;
    let lms = &program.platform.lms;
    let invitation = address(&program, &["platform", "register-url", INSTITUTION])?;

    let administrator = Agent::new();
    let opened = lms.registration_url(&invitation, None)?;
    let page = administrator.open(opened).await?.ok()?;
    ensure!(
        page.says("Send marks and feedback to the gradebook"),
        "{}",
        page.words()
    );
    let done = administrator
        .send(&page, &page.form_to(invitation.path())?)
        .await?
        .ok()?;
    ensure!(done.says("Activate"), "{}", done.words());

    let tools = lms.tools();
    let tool = tools
        .iter()
        .find(|tool| tool.is_pending)
        .context("no tool waits")?;
    lms.activate_tool(tool.id);
    let seed = LinkSeed::new("Registered by itself", program.url.join("lti/launch")?)
        .with_custom("mtl_activity", FIRST)
        .graded();
    let link = lms.add_link_of(tool.id, program.platform.course(), seed)?;
    let amara = program.platform.participant(0)?;
    let welcome = amara.launch(link).await?.ok()?;
    ensure!(welcome.says("Your setting"), "{}", welcome.words());

    // The address is spent, and registering again brings the same client id up to date.
    let late = administrator
        .open(lms.registration_url(&invitation, None)?)
        .await?;
    ensure!(late.status == 410, "{}", late.words());
    let again = address(&program, &["platform", "register-url", INSTITUTION])?;
    let page = administrator
        .open(lms.registration_url(&again, Some(tool.id))?)
        .await?
        .ok()?;
    let done = administrator
        .send(&page, &page.form_to(again.path())?)
        .await?
        .ok()?;
    ensure!(done.says("up to date"), "{}", done.words());

    see_the_administration(&program).await?;
    the_doctor_finds_nothing_broken(&program)
}

/// Canvas gives no deployment when it registers a tool, and its issuer is everybody's. Several
/// institutions share the registration, so an operator says whose the deployment is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_a_shared_canvas_waits_until_an_operator_gives_it_away() -> Result<()> {
    let mut program = Program::configure(Kind::Sqlite, None).await?;
    program.start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    let canvas = Lms::open(LmsConfig::new(url.clone()).with_flavour(Flavour::Canvas))?;
    let pages = canvas.router();
    let server = tokio::spawn(async move { axum::serve(listener, pages).await });

    let command = ["platform", "register-url", INSTITUTION, "--shared"];
    let invitation = address(&program, &command)?;
    let administrator = Agent::new();
    let page = administrator
        .open(canvas.registration_url(&invitation, None)?)
        .await?
        .ok()?;
    ensure!(page.says("makes an assignment"), "{}", page.words());
    let done = administrator
        .send(&page, &page.form_to(invitation.path())?)
        .await?
        .ok()?;
    ensure!(done.says("Switch the app on"), "{}", done.words());
    let tool = canvas.tools().pop().context("no tool is registered")?;
    canvas.activate_tool(tool.id);

    let launch = program.url.join("lti/launch")?;
    let seed = LinkSeed::new("Scenario", launch).with_custom("mtl_activity", FIRST);
    let seeded = canvas.seed_demonstration(&[seed])?;
    let (person, link) = (seeded.participants[0], seeded.links[0]);
    let participant = Agent::new();
    let cookie = canvas.sign_in(person)?;
    participant.keep(&url, &cookie);
    let try_launch = async || {
        let begun = canvas.begin_launch(&cookie, link)?;
        let ask = Ask::post(begun.url, &begun.fields).from(&url);
        let asked = participant.load(ask).await?.ok()?;
        participant
            .send(&asked, &asked.form_to("/lti/launch")?)
            .await
    };
    let refused = try_launch().await?;
    ensure!(refused.status == 400, "{}", refused.words());
    ensure!(
        refused.says("it is on their list now"),
        "{}",
        refused.words()
    );

    let waiting: Value = serde_json::from_str(&program.run(&["platform", "waiting", "--json"])?)?;
    let one = &waiting[0];
    ensure!(one["shared"] == true && waiting[1].is_null(), "{waiting}");
    let text = |member: &str| {
        one[member]
            .as_str()
            .context("no text")
            .map(ToOwned::to_owned)
    };
    let (client, deployment) = (text("client_id")?, text("deployment")?);
    let command = [
        "platform",
        "accept",
        &client,
        &deployment,
        "--institution",
        INSTITUTION,
    ];
    program.run(&command)?;
    let welcome = try_launch().await?.ok()?;
    ensure!(welcome.says("Your setting"), "{}", welcome.words());
    let said = program.run(&["doctor"])?;
    ensure!(
        said.contains("Demonstration University (Canvas): Send marks"),
        "{said}"
    );
    server.abort();
    Ok(())
}

async fn see_the_administration(program: &Program) -> Result<()> {
    let link = address(program, &["admin-link", INSTITUTION])?;
    let administrator = Agent::new();
    let page = administrator.open(link.clone()).await?.ok()?;
    let list = administrator
        .send(&page, &page.form_to(link.path())?)
        .await?
        .ok()?;
    ensure!(list.says("Moodle at 127.0.0.1"), "{}", list.words());
    let href = list.link("the platform", |_, words| {
        words.contains("Moodle at 127.0.0.1")
    })?;
    let platform = administrator.follow(&list, &href).await?.ok()?;
    let tested = administrator
        .send(&platform, &platform.form_to("/test")?)
        .await?
        .ok()?;
    ensure!(
        tested.says("It answers with one key."),
        "{}",
        tested.words()
    );
    ensure!(
        tested.says("The platform gives a token."),
        "{}",
        tested.words()
    );
    ensure!(!tested.says("Fails"), "{}", tested.words());
    Ok(())
}

fn the_doctor_finds_nothing_broken(program: &Program) -> Result<()> {
    let said = program.run(&["doctor"])?;
    for words in [
        "ok      public address",
        "ok      database",
        "ok      policy of north",
        "ok      Moodle at 127.0.0.1: key set",
        "Nothing is broken.",
    ] {
        ensure!(said.contains(words), "{words}: {said}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_says_what_is_broken_and_what_to_do() -> Result<()> {
    // The program is not started, so that nobody answers at its address, and the platform cannot
    // fetch its keys.
    let program = Program::configure(Kind::Sqlite, None).await?;
    let output = program.try_run(&["doctor", "--json"])?;
    ensure!(!output.status.success(), "broken things end with success");
    let findings: Value = serde_json::from_slice(&output.stdout)?;
    let broken: Vec<&str> = findings
        .as_array()
        .context("no list")?
        .iter()
        .filter(|finding| finding["level"] == "broken" && finding["advice"].is_string())
        .filter_map(|finding| finding["subject"].as_str())
        .collect();
    ensure!(broken.contains(&"public address"), "{findings}");
    ensure!(
        broken.iter().any(|subject| subject.contains("Send marks")),
        "{findings}"
    );
    let said = String::from_utf8(output.stderr)?;
    ensure!(said.contains("things are broken"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployment_of_a_platform_that_was_added_by_hand_waits_where_that_was_asked_for()
-> Result<()> {
    const CLIENT: &str = "asking";
    let mut program = Program::configure(Kind::Sqlite, None).await?;
    program.start().await?;
    let platform = &program.platform;
    let (_, link) = platform.add_tool(CLIENT, "9")?;
    let ends = platform.lms.endpoints();
    let mut command = vec!["platform", "add", "By hand", "--institution", INSTITUTION];
    command.extend(["--issuer", &ends.issuer, "--client-id", CLIENT]);
    command.extend(["--auth-url", &ends.authorization]);
    command.extend(["--token-url", &ends.token, "--jwks-url", &ends.jwks]);
    command.push("--ask-for-deployments");
    program.run(&command)?;

    let participant = platform.participant(0)?;
    let refused = participant.launch(link).await?;
    ensure!(refused.status == 400, "{}", refused.words());
    ensure!(
        refused.says("it is on their list now"),
        "{}",
        refused.words()
    );
    let waiting: Value = serde_json::from_str(&program.run(&["platform", "waiting", "--json"])?)?;
    let one = &waiting[0];
    ensure!(
        one["client_id"] == CLIENT && one["deployment"] == "9" && one["shared"] == false,
        "{waiting}"
    );
    let accept = [
        "platform",
        "accept",
        CLIENT,
        "9",
        "--institution",
        INSTITUTION,
    ];
    program.run(&accept)?;
    let welcome = participant.launch(link).await?.ok()?;
    ensure!(welcome.says("Your setting"), "{}", welcome.words());
    program.stop()
}
