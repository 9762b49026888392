//! Ratios 2, 3, 8 and 9: the service over HTTP, from 1,000 conversations to a million messages.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    Outcome,
    load::{self, Connection, Requests, post},
    median,
    program::Program,
    table::{Better, Table},
};

const CONNECTIONS: u64 = 64;
const ROUNDS: usize = 3;
/// Pages asked for before any is timed, and pages timed.
const WARM_UP: u32 = 50;
const PAGES: u32 = 500;
const TIME: Duration = Duration::from_secs(3);
const TOKEN: &str = "a521773c5a566a251c3fb00e93162b20ff955b12";
const API: &str = "/include/api.php";
const SMALL: Size = Size {
    conversations: 1_000,
    messages: 20_000,
};
const LARGE: Size = Size {
    conversations: 50_000,
    messages: 1_000_000,
};
/// The first user that is not a founder.
const FIRST_USER: u64 = 3;
const TEXT: &str =
    "I+have+a+question+about+my+order%2C+could+you+please+have+a+look+at+it+today%3F+Thank+you%21";

struct Size {
    conversations: u64,
    messages: u64,
}

/// Measures at 20,000 messages, grows to a million, and measures again.
pub async fn measure(table: &mut Table) -> Outcome {
    let folder = tempfile::tempdir()?;
    let service = Program::service(folder.path(), TOKEN)?;
    let bare = Program::bare()?;
    grow(
        &service,
        &Size {
            conversations: 0,
            messages: 0,
        },
        &SMALL,
    )
    .await?;
    let small_page = page(&service, 1).await?;
    reads(table, &service, &bare).await?;
    writes(table, &service, &bare).await?;
    grow(&service, &SMALL, &LARGE).await?;
    pages(table, &service, small_page).await?;
    table.add(
        ("9", "resident memory at 1M messages, MiB"),
        service.resident_mib()?,
        (300.0, 150.0, Better::Lower),
        "after growing, paging and searching".to_owned(),
    );
    Ok(())
}

fn form(function: &str, arguments: &str) -> Vec<u8> {
    post(
        API,
        &format!("token={TOKEN}&function={function}&{arguments}"),
    )
}

/// Both arms in turn: rates, and processor time of ours a request.
async fn compare(service: &Program, bare: &Program, requests: Requests) -> Outcome<(f64, String)> {
    let (mut ours, mut bares, mut ratios, mut cpu) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let before = service.cpu_seconds()?;
        let rate = load::run(
            &service.address,
            CONNECTIONS,
            TIME,
            Arc::clone(&requests),
            b"\"success\":true",
        )
        .await?;
        cpu.push((service.cpu_seconds()? - before) * 1e6 / (rate * TIME.as_secs_f64()));
        let bare = load::run(
            &bare.address,
            CONNECTIONS,
            TIME,
            Arc::clone(&requests),
            b"\"success\":true",
        )
        .await?;
        ratios.push(rate / bare);
        ours.push(rate);
        bares.push(bare);
    }
    let notes = format!(
        "{:.0} requests/s ÷ {:.0}, {:.0} µs of processor each",
        median(ours),
        median(bares),
        median(cpu)
    );
    Ok((median(ratios), notes))
}

async fn reads(table: &mut Table, service: &Program, bare: &Program) -> Outcome {
    let requests: Requests = Arc::new(|connection, turn| {
        let conversation = (connection * 7_919 + turn * 104_729) % SMALL.conversations + 1;
        form(
            "get-conversation",
            &format!("conversation_id={conversation}"),
        )
    });
    let (ratio, notes) = compare(service, bare, requests).await?;
    let what = "HTTP get-conversation with 20 messages, 64 connections ÷ bare handler";
    table.add(("3", what), ratio, (0.12, 0.4, Better::Higher), notes);
    Ok(())
}

async fn writes(table: &mut Table, service: &Program, bare: &Program) -> Outcome {
    let requests: Requests = Arc::new(|connection, turn| {
        let conversation = (connection * 7_919 + turn * 104_729) % SMALL.conversations + 1;
        message(conversation)
    });
    let (ratio, notes) = compare(service, bare, requests).await?;
    let what = "HTTP send-message, durable and projected, 64 connections ÷ bare handler";
    // Projected: the next read waits for all that was written.
    let start = Instant::now();
    page(service, 1).await?;
    let notes = format!(
        "{notes}; projected {} ms after the last",
        start.elapsed().as_millis()
    );
    table.add(("2", what), ratio, (0.15, 0.4, Better::Higher), notes);
    Ok(())
}

fn message(conversation: u64) -> Vec<u8> {
    let user = conversation + FIRST_USER - 1;
    form(
        "send-message",
        &format!("user_id={user}&conversation_id={conversation}&message={TEXT}"),
    )
}

/// Adds users with a conversation each, and messages round-robin, through the API.
async fn grow(service: &Program, from: &Size, to: &Size) -> Outcome {
    let (first, last) = (from.conversations + 1, to.conversations);
    each(service, first..=last, |number| {
        form(
            "add-user",
            &format!("first_name=User&last_name={number}&email=u{number}%40example.com"),
        )
    })
    .await?;
    // Users are numbered in the order in which they were stored, whatever their names.
    each(service, first..=last, |number| {
        form(
            "new-conversation",
            &format!("user_id={}", number + FIRST_USER - 1),
        )
    })
    .await?;
    let conversations = to.conversations;
    each(service, from.messages + 1..=to.messages, move |number| {
        message(number % conversations + 1)
    })
    .await
}

async fn each(
    service: &Program,
    numbers: std::ops::RangeInclusive<u64>,
    request: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
) -> Outcome {
    let (next, last, request) = (
        Arc::new(AtomicU64::new(*numbers.start())),
        *numbers.end(),
        Arc::new(request),
    );
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let mut connection = Connection::open(&service.address).await?;
        let (next, request) = (Arc::clone(&next), Arc::clone(&request));
        tasks.spawn(async move {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number > last {
                    return Outcome::Ok(());
                }
                let body = connection.ask(&request(number)).await?;
                if !body.starts_with(b"{\"success\":true") {
                    return Err(String::from_utf8_lossy(body).into_owned().into());
                }
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    Ok(())
}

/// Milliseconds for one page of get-conversations, the median of many after some to warm up.
async fn page(service: &Program, number: u64) -> Outcome<f64> {
    let mut connection = Connection::open(&service.address).await?;
    let request = form("get-conversations", &format!("pagination={number}"));
    let mut times = Vec::new();
    for turn in 0..WARM_UP + PAGES {
        let start = Instant::now();
        let body = connection.ask(&request).await?;
        if body
            .windows(17)
            .filter(|window| window == b"\"conversation_id\"")
            .count()
            != 100
        {
            return Err(format!("page {number} has not 100 rows").into());
        }
        if turn >= WARM_UP {
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    Ok(median(times))
}

async fn pages(table: &mut Table, service: &Program, small: f64) -> Outcome {
    let (first, deep) = (page(service, 1).await?, page(service, 400).await?);
    let notes = format!("{small:.2} ms at 20k; {first:.2} ms and page 400 {deep:.2} ms at 1M");
    table.add(
        ("8", "get-conversations page 1 at 1M messages ÷ at 20k"),
        first / small,
        (2.0, 1.2, Better::Lower),
        notes.clone(),
    );
    table.add(
        (
            "8",
            "get-conversations page 400 at 1M messages ÷ page 1 at 20k",
        ),
        deep / small,
        (2.0, 1.2, Better::Lower),
        notes,
    );
    slowest_report(table, service).await?;
    let start = Instant::now();
    let mut connection = Connection::open(&service.address).await?;
    connection
        .ask(&form("search-conversations", "search=could+you"))
        .await?;
    println!(
        "search of a common text at 1M messages: {:.1} ms",
        start.elapsed().as_secs_f64() * 1e3
    );
    Ok(())
}

/// The slowest of some reports over ten years, each the median of several.
async fn slowest_report(table: &mut Table, service: &Program) -> Outcome {
    const REPORTS: [&str; 4] = [
        "conversations",
        "missed-conversations",
        "agents-response-time",
        "countries",
    ];
    let mut connection = Connection::open(&service.address).await?;
    let mut slowest = (0.0, "");
    for name in REPORTS {
        let request = form(
            "reports",
            &format!("name={name}&date_start=2017-01-01&date_end=2026-12-31"),
        );
        let mut times = Vec::new();
        for _ in 0..11 {
            let start = Instant::now();
            let body = connection.ask(&request).await?;
            if !body.starts_with(b"{\"success\":true") {
                return Err(String::from_utf8_lossy(body).into_owned().into());
            }
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        let time = median(times);
        if time > slowest.0 {
            slowest = (time, name);
        }
    }
    table.add(
        (
            "12",
            "slowest of four reports over ten years at 1M messages, ms",
        ),
        slowest.0,
        (50.0, 20.0, Better::Lower),
        slowest.1.to_owned(),
    );
    Ok(())
}
