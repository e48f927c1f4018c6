//! One test body, two databases.

/// Makes a test on each database out of an async function that takes a
/// [`Kind`](crate::harness::database::Kind) and answers a `Result`.
macro_rules! on_both_databases {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() -> anyhow::Result<()> {
                    super::$test($crate::harness::database::Kind::Sqlite).await
                }
            )*
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() -> anyhow::Result<()> {
                    super::$test($crate::harness::database::Kind::Postgres).await
                }
            )*
        }
    };
}
