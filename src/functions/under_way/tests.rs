//! One call for each key, for all who wait and when nobody does.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use futures::future::join_all;
use tokio::sync::Semaphore;

use super::*;

const ONE: Fingerprint = Fingerprint::of_test(1);

/// Work that goes on until it is let go, and how often it was begun.
#[derive(Clone)]
struct Work(Arc<(AtomicUsize, Semaphore)>);

impl Work {
    fn new() -> Self {
        Self(Arc::new((AtomicUsize::new(0), Semaphore::new(0))))
    }

    async fn done(self, outcome: Result<&'static str, Refusal>) -> Result<Answer, Failure> {
        self.0.0.fetch_add(1, SeqCst);
        self.0
            .1
            .acquire()
            .await
            .expect("it is never closed")
            .forget();
        let json = outcome?.as_bytes().to_vec();
        let position = Some(1);
        Ok(Answer { json, position })
    }

    fn begun(&self) -> usize {
        self.0.0.load(SeqCst)
    }

    fn let_go(&self) {
        self.0.1.add_permits(1);
    }
}

fn text(answer: Result<Answer, Failure>) -> String {
    String::from_utf8(answer.unwrap().json).unwrap()
}

fn code(answer: Result<Answer, Failure>) -> &'static str {
    match answer {
        Err(Failure::Refused(refusal)) => refusal.code(),
        Err(Failure::Failed(fault)) => panic!("{fault}"),
        Ok(answer) => panic!("{:?}", answer.json),
    }
}

#[tokio::test]
async fn all_who_come_meanwhile_get_the_one_outcome() {
    let (calls, work) = (UnderWay::new(8), Work::new());
    let call = |outcome| calls.once("k".to_owned(), ONE, work.clone().done(outcome));
    let all = join_all((0..5).map(|_| call(Ok("1"))));
    work.let_go();
    for answer in all.await {
        assert_eq!(text(answer), "1");
    }
    assert_eq!(work.begun(), 1);
    // What is refused is refused to all, and the key is free again.
    let all = join_all((0..5).map(|_| call(Err(Refusal::NotLoggedIn))));
    work.let_go();
    for answer in all.await {
        assert_eq!(code(answer), "not-logged-in");
    }
    assert_eq!(work.begun(), 2);
    calls.none().await;
}

#[tokio::test]
async fn it_goes_on_when_its_caller_does_not() {
    let (calls, work) = (UnderWay::new(8), Work::new());
    let begin = || calls.once("k".to_owned(), ONE, work.clone().done(Ok("1")));
    // Each of these callers is gone at once.
    assert!(futures::poll!(Box::pin(begin())).is_pending());
    let again = begin();
    work.let_go();
    assert_eq!(text(again.await), "1");
    assert_eq!(work.begun(), 1);
    assert!(futures::poll!(Box::pin(begin())).is_pending());
    work.let_go();
    calls.none().await;
    assert_eq!(work.begun(), 2);
}

#[tokio::test]
async fn another_call_has_another_key_and_there_are_not_too_many() {
    let (calls, work) = (UnderWay::new(2), Work::new());
    let call = |key: &str, print| {
        let work = work.clone().done(Ok("1"));
        Box::pin(calls.once(key.to_owned(), print, work))
    };
    let (mut first, mut second) = (call("a", ONE), call("b", ONE));
    assert!(futures::poll!(&mut first).is_pending());
    assert!(futures::poll!(&mut second).is_pending());
    let other = call("a", Fingerprint::of_test(2));
    assert_eq!(code(other.await), "idempotency-key-reused");
    assert_eq!(code(call("c", ONE).await), "rate-limited");
    work.let_go();
    work.let_go();
    assert_eq!(text(call("a", ONE).await), "1");
    calls.none().await;
    assert_eq!(work.begun(), 2);
}

#[tokio::test]
async fn one_that_panics_leaves_its_place() {
    let calls = UnderWay::new(1);
    let broken = calls.once("k".to_owned(), ONE, async { panic!("on purpose") });
    assert!(matches!(broken.await, Err(Failure::Failed(Fault::Task(_)))));
    calls.none().await;
}
