use http::Uri;

use super::super::answers::Answer;
use super::super::target::Target;
use super::{front_door, headers};

fn read(uri: &str, host: &[(&'static str, &'static str)]) -> Result<Target, Answer> {
    Target::read(&uri.parse::<Uri>().expect("the URI is valid"), &headers(host), &front_door())
}

fn of(uri: &str) -> Target {
    read(uri, &[("host", "127.0.0.1:3000")]).expect("the target is valid")
}

#[test]
fn one_trailing_slash_is_removed() {
    for (sent, seen) in [("/x/", "/x"), ("/x", "/x"), ("/", "/"), ("/x//", "/x/"), ("/x/?a=/", "/x")] {
        assert_eq!(of(sent).path, seen, "{sent}");
    }
}

#[test]
fn the_path_is_decoded_and_the_query_is_not() {
    let target = of("/a%20b/%C3%A9%2F?q=%C3%A9+1&q=2&empty&x=");
    assert_eq!(target.path, "/a b/é/");
    assert_eq!(target.segments, ["a b", "é/"]);
    assert_eq!(target.query, "q=%C3%A9+1&q=2&empty&x=");
    let parameters: Vec<_> =
        target.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(parameters, [("empty", ""), ("q", "é 1,2"), ("x", "")]);
}

#[test]
fn a_path_or_query_that_cannot_be_decoded_is_a_bad_request() {
    for uri in ["/%", "/%4", "/%zz", "/%ff", "/a?b=%", "/a?%gg=1", "/a?b=%ff"] {
        assert_eq!(read(uri, &[("host", "a.example")]), Err(Answer::BadRequest), "{uri}");
    }
}

#[test]
fn an_invalid_host_is_a_bad_request() {
    let bad: [&[(&str, &str)]; 9] = [
        &[],
        &[("host", "a.example"), ("host", "b.example")],
        &[("host", "")],
        &[("host", "a b")],
        &[("host", "user@a.example")],
        &[("host", "a.example:99999")],
        &[("host", "a.example/x")],
        &[("host", "999.0.0.1")],
        &[("host", "[::1")],
    ];
    for host in bad {
        assert_eq!(read("/", host), Err(Answer::BadRequest), "{host:?}");
    }
    assert_eq!(read("http://b.example/", &[("host", "a.example")]), Err(Answer::BadRequest));
}

#[test]
fn the_domain_is_the_host_without_its_port() {
    for (host, domain) in [("127.0.0.1:3000", "127.0.0.1"), ("a.example", "a.example"), ("[::1]:80", "[::1]")]
    {
        assert_eq!(read("/", &[("host", host)]).expect("the target is valid").domain(), domain);
    }
}
