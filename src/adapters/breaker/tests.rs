//! A vendor that fails, is left alone, and comes back; and what is tried again.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::adapters::{
    loopback::{Peer, Reply, client, patient_client},
    request::Method,
};

const HOST: &str = "api.vendor.example";
const QUICK: Duration = Duration::from_millis(300);

fn breaker(failures_max: u32) -> Arc<Breaker> {
    Breaker::new(Patience {
        failures_max,
        pause: Duration::from_secs(30),
        ..Patience::default()
    })
}

fn is_down(admitted: Result<Call, Down>) -> bool {
    admitted.is_err_and(|Down(host)| host == HOST)
}

#[tokio::test]
async fn failures_in_a_row_close_the_way_and_one_success_opens_it() {
    let (breaker, start) = (breaker(3), Instant::now());
    let after = |seconds| start + Duration::from_secs(seconds);
    for failed in [true, true, false, true, true] {
        let call = breaker.admit_at(HOST, start).unwrap();
        breaker.told(HOST, failed, start);
        drop(call);
    }
    breaker.told(HOST, true, start);
    assert!(is_down(breaker.admit_at(HOST, start)));
    assert!(is_down(breaker.admit_at(HOST, after(29))));
    assert!(breaker.admit_at("other.example", start).is_ok());

    let probe = breaker.admit_at(HOST, after(30)).unwrap();
    assert!(is_down(breaker.admit_at(HOST, after(31))), "one at a time");
    breaker.told(HOST, true, after(31));
    drop(probe);
    assert!(is_down(breaker.admit_at(HOST, after(60))), "another while");

    let given_up = breaker.admit_at(HOST, after(61)).unwrap();
    assert!(is_down(breaker.admit_at(HOST, after(61))));
    drop(given_up);
    let probe = breaker.admit_at(HOST, after(61)).unwrap();
    breaker.told(HOST, false, after(62));
    drop(probe);
    assert!(breaker.admit_at(HOST, after(62)).is_ok());
    assert!(
        breaker.failing().is_empty(),
        "who answers is not remembered"
    );
}

#[tokio::test]
async fn no_limit_never_closes_the_way() {
    let (breaker, now) = (breaker(0), Instant::now());
    for _ in 0..100 {
        breaker.told(HOST, true, now);
    }
    assert!(breaker.admit_at(HOST, now).is_ok());
}

fn impatient() -> Patience {
    Patience {
        retries: 0,
        failures_max: 2,
        pause: Duration::from_secs(600),
        silence: QUICK,
        ..Patience::default()
    }
}

#[tokio::test]
async fn a_dead_vendor_is_asked_twice_and_then_refused_at_once() {
    let peer = Peer::start(|_| Reply::silence());
    let outgoing = patient_client(impatient());
    let ask = |path: &str| {
        let request = Request::new(Method::Get, peer.url(path));
        outgoing.ask(request.timeout(QUICK))
    };
    for _ in 0..2 {
        assert!(matches!(ask("/a").await, Err(Problem::TimedOut(_))));
    }
    let begun = Instant::now();
    let refused = ask("/b").await.unwrap_err();
    assert!(begun.elapsed() < QUICK, "at once");
    assert_eq!(peer.connections(), 2, "nobody was asked");
    let host = peer.url("").replace("http://", "");
    assert_eq!(refused, Problem::Down(Down(host.clone())));
    assert!(refused.is_transient());
    assert_eq!(
        refused.to_string(),
        format!("{host} failed several times in a row and is not asked for a while")
    );
    // Who is not a vendor has no part in it.
    let plain = Request::new(Method::Get, peer.url("/c")).timeout(QUICK);
    assert!(matches!(
        outgoing.send(plain).await,
        Err(Problem::TimedOut(_))
    ));
    assert_eq!(peer.connections(), 3);
}

#[tokio::test]
async fn who_waits_too_short_learns_nothing_of_a_vendor() {
    let peer = Peer::start(|_| Reply::silence());
    let outgoing = patient_client(impatient());
    let ask = |timeout| {
        let request = Request::new(Method::Get, peer.url("/"));
        outgoing.ask(request.timeout(timeout))
    };
    let silent = |answer| matches!(answer, Err(Problem::TimedOut(_)));
    assert!(silent(ask(QUICK).await));
    for _ in 0..3 {
        assert!(silent(ask(QUICK / 6).await), "neither a failure");
    }
    assert!(silent(ask(QUICK).await));
    let refused = ask(QUICK).await;
    assert!(matches!(refused, Err(Problem::Down(_))), "nor an answer");
}

#[tokio::test]
async fn refusals_are_answers_and_errors_of_the_server_are_failures() {
    let statuses = [400, 401, 404, 429, 500, 500];
    let next = AtomicUsize::new(0);
    let peer = Peer::start(move |_| Reply::new(statuses[next.fetch_add(1, Ordering::SeqCst)], ""));
    let outgoing = patient_client(impatient());
    for status in statuses {
        let answer = outgoing
            .ask(Request::new(Method::Post, peer.url("/")))
            .await;
        assert_eq!(answer.unwrap().status, status);
    }
    let down = outgoing
        .ask(Request::new(Method::Post, peer.url("/")))
        .await;
    assert!(matches!(down, Err(Problem::Down(_))), "{down:?}");
}

#[tokio::test]
async fn a_vendor_that_came_back_is_found_by_one_call() {
    let next = AtomicUsize::new(0);
    let peer = Peer::start(move |_| match next.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => Reply::new(500, "down"),
        _ => Reply::new(200, "up"),
    });
    let outgoing = patient_client(Patience {
        pause: Duration::ZERO,
        ..impatient()
    });
    let mut statuses = Vec::new();
    for _ in 0..4 {
        let answer = outgoing
            .ask(Request::new(Method::Post, peer.url("/")))
            .await;
        statuses.push(answer.unwrap().status);
    }
    assert_eq!(statuses, [500, 500, 200, 200]);
}

/// A peer that is busy for two requests.
fn busy() -> Peer {
    let next = AtomicUsize::new(0);
    Peer::start(move |_| match next.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::new(503, "busy"),
        1 => Reply::raw(b"no HTTP"),
        _ => Reply::new(200, "done"),
    })
}

#[tokio::test]
async fn only_what_may_be_repeated_is_tried_again() {
    let get = |peer: &Peer| Request::new(Method::Get, peer.url("/"));
    let post = |peer: &Peer| Request::new(Method::Post, peer.url("/"));
    let peer = busy();
    let answer = client().ask(get(&peer)).await.unwrap();
    assert_eq!((answer.status, peer.received().len()), (200, 3));
    let peer = busy();
    let answer = client().ask(post(&peer).repeatable()).await.unwrap();
    assert_eq!((answer.status, peer.received().len()), (200, 3));
    let peer = busy();
    let answer = client().ask(post(&peer)).await.unwrap();
    assert_eq!((answer.status, peer.received().len()), (503, 1));
}

#[tokio::test]
async fn repetitions_end_with_the_requests_time() {
    let peer = Peer::start(|_| Reply::new(503, "busy"));
    let outgoing = patient_client(Patience {
        retries: 10,
        ..Patience::default()
    });
    let time = Duration::from_millis(1_500);
    let request = Request::new(Method::Get, peer.url("/")).timeout(time);
    let begun = Instant::now();
    assert_eq!(outgoing.ask(request).await.unwrap().status, 503);
    assert!(begun.elapsed() < time);
    // After 200, 400 and 800 ms; the next would be too late.
    let tries = peer.received().len();
    assert!((2..=4).contains(&tries), "{tries}");
}
