use crate::given::*;
use eventlog::*;
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn zz_stress() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path());
    let l = log.clone();
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let s2 = stop.clone();
    let w = tokio::spawn(async move {
        let mut n = 0;
        while !s2.load(std::sync::atomic::Ordering::Relaxed) {
            n += 1;
            add_kinds(&l, std::iter::repeat_n(1, 200)).await;
            if n % 7 == 0 { l.flush().unwrap(); }
        }
    });
    let path = dir.path().to_owned();
    tokio::task::spawn_blocking(move || {
        let (mut opens, mut bad) = (0, std::collections::BTreeMap::new());
        let start = std::time::Instant::now();
        while start.elapsed().as_secs() < 25 {
            opens += 1;
            let r = match Reader::open(&path) { Ok(r) => r, Err(e) => { *bad.entry(format!("open {e:?}")).or_insert(0) += 1; continue } };
            for _ in 0..3 {
                if let Err(e) = r.catch_up() { *bad.entry(format!("catch_up {e:?}")).or_insert(0) += 1; break; }
                let h = r.head();
                match r.read(h.saturating_sub(5), Limit::default()) { Ok(v) => assert_eq!(v.len(), 5.min(h as usize)), Err(e) => { *bad.entry(format!("read {e:?}")).or_insert(0) += 1; } }
                if opens % 10 == 0 { if let Err(e) = r.verify(&mut |_, _| ()) { *bad.entry(format!("verify {e:?}")).or_insert(0) += 1; } }
            }
        }
        println!("{opens} opens, {bad:#?}");
    }).await.unwrap();
    stop.store(true, std::sync::atomic::Ordering::Relaxed);
    w.await.unwrap();
    println!("head {}", log.reader().head());
}
