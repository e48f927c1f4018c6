//! The floor: the least that a launch can cost with the same libraries and the same database
//! driver. One RS256 verification, one durable transaction of five upserts, two bare axum requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::try_join_all;
use mtl_demo_lms::LaunchOrder;
use mtl_store::{Connection, Store, StoreConfig, StoreError};
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, Postgres, Sqlite};
use uuid::Uuid;

use crate::harness::database::{Database, Kind};
use crate::harness::platform::Platform;
use crate::process::{cpu_of, own_cpu};

/// CPU of one thing, in milliseconds.
pub(crate) type Milliseconds = f64;

/// The argument with which this program serves the bare endpoint and nothing else.
pub(crate) const SERVE_BARE: &str = "--serve-bare";

fn each(cpu: Duration, count: usize) -> Milliseconds {
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    let count = count as f64;
    cpu.as_secs_f64() * 1e3 / count
}

/// One RS256 verification of a real token.
pub(crate) fn verification(platform: &Platform) -> Result<Milliseconds> {
    const COUNT: usize = 40_000;
    let person = platform.seeded.participants[0];
    let order = LaunchOrder::new(person, platform.links.first, "nonce");
    let token = platform.lms.issue_launch(&order)?;
    let (signed, signature) = token.rsplit_once('.').context("no token")?;
    let signature = URL_SAFE_NO_PAD.decode(signature)?;
    let key_set = serde_json::to_value(platform.lms.jwks())?;
    let part = |name: &str| -> Result<Vec<u8>> {
        let text = key_set["keys"][0][name].as_str().context("no RSA key")?;
        Ok(URL_SAFE_NO_PAD.decode(text)?)
    };
    let key = RsaPublicKeyComponents {
        n: part("n")?,
        e: part("e")?,
    };
    let before = own_cpu()?;
    for _ in 0..COUNT {
        key.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
            .map_err(|_| anyhow::anyhow!("the token's signature is wrong"))?;
    }
    Ok(each(own_cpu()?.saturating_sub(before), COUNT))
}

const TABLES: [&str; 5] = [
    "floor_person",
    "floor_course",
    "floor_link",
    "floor_member",
    "floor_session",
];
const TRANSACTIONS: usize = 6_000;
const PEOPLE: usize = 500;

/// One durable transaction of five upserts, so many at once: on SQLite through the store's own
/// writer, which groups what comes together; on PostgreSQL as one statement.
pub(crate) async fn transaction(kind: Kind, at_once: usize) -> Result<Milliseconds> {
    let folder = tempfile::TempDir::new()?;
    let database = Database::create(kind, folder.path()).await?;
    let ids: Arc<Vec<Uuid>> = Arc::new((0..PEOPLE).map(|_| Uuid::new_v4()).collect());
    let next = Arc::new(AtomicUsize::new(0));
    let cpu = match kind {
        Kind::Sqlite => {
            let config = StoreConfig {
                url: database.url.clone(),
                max_connections: 4,
            };
            let store = Store::open(&config).await?;
            store.write(|tx| Box::pin(make_tables(tx))).await?;
            let before = own_cpu()?;
            at(at_once, &next, async |number| {
                let id = ids[number % PEOPLE];
                store
                    .write(move |tx| Box::pin(upsert_on_sqlite(tx, id)))
                    .await?;
                Ok(())
            })
            .await?;
            let cpu = own_cpu()?.saturating_sub(before);
            store.close().await;
            cpu
        }
        Kind::Postgres => {
            let pool = PgPoolOptions::new()
                .max_connections(u32::try_from(at_once)?)
                .test_before_acquire(false)
                .connect(&database.url)
                .await?;
            for table in TABLES {
                let text =
                    format!("CREATE TABLE {table} (id UUID PRIMARY KEY, words TEXT, at BIGINT)");
                sqlx::query::<Postgres>(sqlx::AssertSqlSafe(text))
                    .execute(&pool)
                    .await?;
            }
            let text = one_statement();
            let before = own_cpu()?;
            at(at_once, &next, async |number| {
                upsert_on_postgres(&pool, &text, ids[number % PEOPLE]).await
            })
            .await?;
            let cpu = own_cpu()?.saturating_sub(before);
            pool.close().await;
            cpu
        }
    };
    Ok(each(cpu, TRANSACTIONS))
}

async fn at(
    lines: usize,
    next: &AtomicUsize,
    one: impl AsyncFn(usize) -> Result<()>,
) -> Result<()> {
    try_join_all((0..lines).map(|_| async {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= TRANSACTIONS {
                return anyhow::Ok(());
            }
            one(number).await?;
        }
    }))
    .await?;
    Ok(())
}

const WORDS: &str = "A few words, as a person's name, a course's title or a link's addresses take";

async fn make_tables(tx: &mut mtl_store::Tx<'_>) -> Result<(), StoreError> {
    for table in TABLES {
        let text = format!("CREATE TABLE {table} (id BLOB PRIMARY KEY, words TEXT, at INTEGER)");
        let Connection::Sqlite(connection) = tx.connection() else {
            continue;
        };
        let made = sqlx::query::<Sqlite>(sqlx::AssertSqlSafe(text))
            .execute(connection)
            .await;
        tx.note(made)?;
    }
    Ok(())
}

async fn upsert_on_sqlite(tx: &mut mtl_store::Tx<'_>, id: Uuid) -> Result<(), StoreError> {
    const UPSERTS: [&str; 5] = [
        "INSERT INTO floor_person VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET words = excluded.words, at = excluded.at",
        "INSERT INTO floor_course VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET words = excluded.words, at = excluded.at",
        "INSERT INTO floor_link VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET words = excluded.words, at = excluded.at",
        "INSERT INTO floor_member VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET words = excluded.words, at = excluded.at",
        "INSERT INTO floor_session VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET words = excluded.words, at = excluded.at",
    ];
    for text in UPSERTS {
        let Connection::Sqlite(connection) = tx.connection() else {
            continue;
        };
        let done = sqlx::query::<Sqlite>(text)
            .bind(id)
            .bind(WORDS)
            .bind(1_795_447_869_i64)
            .execute(connection)
            .await;
        tx.note(done)?;
    }
    Ok(())
}

fn one_statement() -> String {
    let upserts: Vec<String> = TABLES
        .iter()
        .map(|table| {
            format!(
                "INSERT INTO {table} VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE \
                 SET words = excluded.words, at = excluded.at RETURNING id"
            )
        })
        .collect();
    let [first @ .., last] = &upserts[..] else {
        return String::new();
    };
    let parts: Vec<String> = first
        .iter()
        .enumerate()
        .map(|(at, text)| format!("u{at} AS ({text})"))
        .collect();
    format!("WITH {} {last}", parts.join(", "))
}

async fn upsert_on_postgres(pool: &PgPool, text: &str, id: Uuid) -> Result<()> {
    sqlx::query::<Postgres>(sqlx::AssertSqlSafe(text.to_owned()))
        .bind(id)
        .bind(WORDS)
        .bind(1_795_447_869_i64)
        .execute(pool)
        .await?;
    Ok(())
}

/// One bare axum request: a form of a token's length is posted and a short page comes back. Served
/// by a process of its own, so that it alone is measured.
pub(crate) async fn bare_request(at_once: usize) -> Result<Milliseconds> {
    const COUNT: usize = 20_000;
    let port = crate::harness::program::free_port()?;
    let mut server = std::process::Command::new(std::env::current_exe()?)
        .args([SERVE_BARE, &port.to_string()])
        .spawn()?;
    let measured = load_bare(port, server.id(), at_once, COUNT).await;
    server.kill()?;
    server.wait()?;
    Ok(each(measured?, COUNT))
}

async fn load_bare(port: u16, pid: u32, at_once: usize, count: usize) -> Result<Duration> {
    let http = reqwest::Client::builder()
        .no_proxy()
        .tcp_nodelay(true)
        .build()?;
    let url = format!("http://127.0.0.1:{port}/");
    let begun = Instant::now();
    while http.post(&url).body("a=1").send().await.is_err() {
        ensure!(
            begun.elapsed() < Duration::from_secs(10),
            "the bare server does not answer"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let body = format!("id_token={}&state={}", "a".repeat(3_000), "b".repeat(400));
    let before = cpu_of(pid)?;
    try_join_all((0..at_once).map(|_| async {
        for _ in 0..count / at_once {
            let form = "application/x-www-form-urlencoded";
            let sent = http
                .post(&url)
                .header("content-type", form)
                .body(body.clone())
                .send();
            sent.await?.bytes().await?;
        }
        anyhow::Ok(())
    }))
    .await?;
    Ok(cpu_of(pid)?.saturating_sub(before))
}

/// Serves the bare endpoint until it is killed.
pub(crate) async fn serve_bare(port: u16) -> Result<()> {
    async fn answer(form: axum::body::Bytes) -> axum::response::Html<String> {
        let fields = url::form_urlencoded::parse(&form).count();
        axum::response::Html(format!("<!doctype html><p>{fields} fields</p>"))
    }
    let router = axum::Router::new().route("/", post(answer));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
