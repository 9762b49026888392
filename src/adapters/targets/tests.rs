use std::{net::IpAddr, sync::Arc};

use super::{Refusal, Targets, Unresolved};

fn strict() -> Targets {
    Targets::new(Vec::new())
}

#[test]
fn private_targets_are_refused_in_all_their_disguises() {
    for url in [
        "http://127.0.0.1/",
        "https://127.0.0.1:8443/path",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.01/",
        "http://127.0.0.1./",
        "http://１２７.０.０.１/",
        "http://%31%32%37.0.0.1/",
        "http:127.0.0.1/",
        "http:\\\\127.0.0.1\\",
        "http://0/",
        "http://0.0.0.0/",
        "http://10.1.2.3/",
        "http://100.64.0.1/",
        "http://100.100.100.200/latest/meta-data/",
        "http://168.63.129.16/",
        "http://169.254.169.254/latest/meta-data/",
        "http://172.16.0.1/",
        "http://172.31.255.255/",
        "http://192.0.0.192/",
        "http://192.0.2.1/",
        "http://192.88.99.1/",
        "http://192.168.0.1/",
        "http://198.19.0.1/",
        "http://198.51.100.1/",
        "http://203.0.113.1/",
        "http://224.0.0.1/",
        "http://239.255.255.250/",
        "http://240.0.0.1/",
        "http://255.255.255.255/",
        "http://[::]/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::127.0.0.1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[64:ff9b::127.0.0.1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[64:ff9b:1::1]/",
        "http://[100::1]/",
        "http://[2001::1]/",
        "http://[2001:db8::1]/",
        "http://[2002:7f00:1::]/",
        "http://[3fff::1]/",
        "http://[5f00::1]/",
        "http://[fc00::1]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://[fec0::1]/",
        "http://[ff02::1]/",
    ] {
        assert!(
            matches!(strict().check(url), Err(Refusal::Private(_))),
            "{url}: {:?}",
            strict().check(url)
        );
    }
}

#[test]
fn what_is_no_address_of_the_web_is_refused() {
    for (url, refusal) in [
        ("", Refusal::NotAUrl),
        ("shop.example", Refusal::NotAUrl),
        ("http://", Refusal::NotAUrl),
        ("http://a b/", Refusal::NotAUrl),
        ("http://shop.example/\r\nHost: x", Refusal::NotAUrl),
        ("http://[::1", Refusal::NotAUrl),
        ("http://[fe80::1%25eth0]/", Refusal::NotAUrl),
        ("http://999.1.1.1/", Refusal::NotAUrl),
        ("file:///etc/passwd", Refusal::Scheme),
        ("ftp://shop.example/", Refusal::Scheme),
        ("gopher://shop.example/", Refusal::Scheme),
        ("unix:/run/docker.sock", Refusal::Scheme),
        ("javascript:alert(1)", Refusal::Scheme),
        ("https://user@shop.example/", Refusal::Credentials),
        ("https://user:word@shop.example/", Refusal::Credentials),
        ("https://:word@shop.example/", Refusal::Credentials),
    ] {
        assert_eq!(strict().check(url).unwrap_err(), refusal, "{url}");
    }
    let long = format!("https://shop.example/{}", "a".repeat(8192));
    assert_eq!(strict().check(&long).unwrap_err(), Refusal::NotAUrl);
}

#[test]
fn public_targets_pass() {
    for url in [
        "https://shop.example/hook?key=1#part",
        "http://shop.example:8080",
        " https://shop.example/ ",
        "https://8.8.8.8/",
        "https://172.32.0.1/",
        "https://100.128.0.1/",
        "https://192.0.1.1/",
        "https://[2606:4700::1111]/",
        "https://[::ffff:8.8.8.8]/",
        "https://[64:ff9b::8.8.8.8]/",
        "https://[2001:200::1]/",
        "https://bücher.example/",
    ] {
        assert!(strict().check(url).is_ok(), "{url}");
    }
}

#[test]
fn allowed_ranges_are_let_through_and_nothing_beside_them() {
    let targets = Targets::new(vec![
        "127.0.0.0/8".parse().unwrap(),
        "::1/128".parse().unwrap(),
    ]);
    for url in [
        "http://127.0.0.1/",
        "http://127.1:9/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
    ] {
        assert!(targets.check(url).is_ok(), "{url}");
    }
    for url in [
        "http://10.0.0.1/",
        "http://0.0.0.0/",
        "http://[::]/",
        "http://[64:ff9b::127.0.0.1]/",
    ] {
        assert!(targets.check(url).is_err(), "{url}");
    }
}

fn resolving_to(answer: &'static [&'static str]) -> Targets {
    Targets::with_lookup(
        Vec::new(),
        Arc::new(move |_| {
            Box::pin(async move {
                Ok(answer
                    .iter()
                    .map(|text| text.parse::<IpAddr>().expect("an address"))
                    .collect())
            })
        }),
    )
}

#[tokio::test]
async fn only_the_public_ones_of_mixed_addresses_are_handed_on() {
    let targets = resolving_to(&["127.0.0.1", "8.8.8.8", "fe80::1", "2606:4700::1111"]);
    let addresses = targets.resolve("rebind.example", 443).await.unwrap();
    let told: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["8.8.8.8:443", "[2606:4700::1111]:443"]);
}

#[tokio::test]
async fn names_without_a_public_address_are_refused() {
    for answer in [["127.0.0.1"], ["169.254.169.254"], ["::ffff:10.0.0.1"]] {
        let targets = resolving_to(Box::leak(Box::new(answer)));
        let refused = targets.resolve("metadata.example", 80).await.unwrap_err();
        assert!(
            matches!(&refused, Unresolved::Refused(Refusal::Private(host)) if host == "metadata.example"),
            "{refused}"
        );
    }
    let nobody = resolving_to(&[]).resolve("gone.example", 80).await;
    assert!(matches!(nobody, Err(Unresolved::Unknown(..))));
    let localhost = strict().resolve("localhost", 80).await.unwrap_err();
    assert!(matches!(
        localhost,
        Unresolved::Refused(Refusal::Private(_))
    ));
    for literal in ["127.0.0.1", "::1", "[::1]"] {
        let refused = strict().resolve(literal, 80).await.unwrap_err();
        assert!(matches!(refused, Unresolved::Refused(Refusal::Private(_))));
    }
}
