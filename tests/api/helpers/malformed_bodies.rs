//! Malformed request bodies.

/// Fields that some route reads, and some that no route should read.
const FIELDS: [&str; 20] = [
    "username",
    "password",
    "email",
    "token",
    "refresh",
    "all",
    "current_password",
    "new_password",
    "tier",
    "is_active",
    "filename",
    "content_type",
    "size",
    "sha256",
    "title",
    "visibility",
    "file",
    "image",
    "is_staff",
    "id",
];

/// A content type and bytes.
pub type Body = (String, Vec<u8>);

/// JSON values that are invalid for most fields.
fn values() -> Vec<String> {
    let long = "a".repeat(100_000);
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let written = [
        "null",
        "true",
        "0",
        "-1",
        "1e400",
        "1e308",
        "9223372036854775808",
        "-9223372036854775809",
        "0.1",
        "[]",
        "{}",
        "[[]]",
        r#"[{"a":[1]}]"#,
        r#"{"$gt":""}"#,
        r#""""#,
        r#"" ""#,
        r#""\u0000""#,
        r#""a\u0000b""#,
        r#""\ud83d""#,
        r#""\ud83d\ude00""#,
        r#""\u202e\u200b\ufeff""#,
        r#""\r\nBcc: eve@example.com""#,
        r#""../../etc/passwd""#,
        r#""' OR 1=1 --""#,
        r#""<script>alert(1)</script>""#,
        r#""%00%0a%ff""#,
        r#""${jndi:ldap://x}""#,
        r#""{{7*7}}""#,
        r#""ａｄａ""#,
        r#""e\u0301""#,
        r##""#pk""##,
        r#"":value""#,
        r#""attribute_exists(pk)""#,
        r#""USER#1""#,
        r#""NaN""#,
        r#""-0""#,
        r#""1e999""#,
        r#""a@b""#,
        r#""a@[127.0.0.1]""#,
        r#""@""#,
        r#""eyJhbGciOiJub25lIn0.e30.""#,
        r#""...""#,
        r#""a.b.c.d""#,
        r#""Bearer x""#,
        r#""https://example.com""#,
        r#""2026-02-30T25:61:61Z""#,
        r#""image/png; q=1""#,
        r#""/""#,
    ];
    let more = [format!("\"{long}\""), deep, format!("{{{}}}", r#""a":1,"#.repeat(1000) + r#""b":2"#)];
    written.into_iter().map(ToOwned::to_owned).chain(more).collect()
}

/// Texts that are not a JSON object, and some unusual JSON objects.
const TEXTS: [&str; 40] = [
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "null",
    "true",
    "1",
    "\"\"",
    "[]",
    "[{}]",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{'a':1}",
    "{a:1}",
    "{\"a\":1}}",
    "{\"a\":1}{\"a\":2}",
    "{\"a\":01}",
    "{\"a\":+1}",
    "{\"a\":.5}",
    "{\"a\":1.}",
    "{\"a\":tru}",
    "{\"a\":\"\\x\"}",
    "{\"a\":\"\\u12\"}",
    "{\"a\":\"\n\"}",
    "{\"a\":\"",
    "\u{feff}{}",
    "{}\0",
    "\0",
    "{\"\":\"\"}",
    "{\"a\":1,\"a\":2}",
    "// {}",
    "/* */{}",
    "NaN",
    "Infinity",
    "undefined",
    "<xml/>",
    "a=b&c=d",
];

/// More than two hundred malformed bodies.
pub fn malformed_bodies() -> Vec<Body> {
    let json = |text: String| ("application/json".to_owned(), text.into_bytes());
    let every_field = |value: &String| {
        let fields: Vec<_> = FIELDS.iter().map(|field| format!("\"{field}\":{value}")).collect();
        json(format!("{{{}}}", fields.join(",")))
    };
    let texts = TEXTS.iter().map(|text| json((*text).to_owned()));
    let whole = r#"{"username":"ada","password":"correct horse battery","refresh":"e30.e30.e30"}"#;
    let cut = (1..whole.len()).step_by(2).map(|length| json(whole[..length].to_owned()));
    let latin = [vec![0xff], b"{\"username\":\"\xe9\"}".to_vec(), vec![0; 1000], b"\xef\xbb\xbf{}".to_vec()];
    let latin = latin.into_iter().map(|bytes| ("application/json".to_owned(), bytes));
    values()
        .iter()
        .map(every_field)
        .chain(texts)
        .chain(cut)
        .chain(latin)
        .chain(forms())
        .chain(other_types())
        .collect()
}

fn forms() -> Vec<Body> {
    let urlencoded = |text: &str| ("application/x-www-form-urlencoded".to_owned(), text.as_bytes().to_vec());
    let many = "username=a&".repeat(5000);
    let mut forms: Vec<Body> = [
        "",
        "&",
        "=",
        "&&&===",
        "%",
        "%zz",
        "%00=%00",
        "username",
        "username=",
        "=ada",
        "username=%ff%fe&password=%c3%28",
        "username=a&username=b",
        "username[]=a",
        "username[a]=b",
        "password=%0d%0aX: y",
        "a+b=c+d",
        &many,
        "username=ada;password=x",
        "{\"username\":\"ada\"}",
        "token=%F0%9F%98%80&refresh=%F0%9F",
    ]
    .map(urlencoded)
    .to_vec();
    let part = |head: &str, bytes: &str| format!("--b\r\n{head}\r\n\r\n{bytes}\r\n");
    let field = |name: &str| part(&format!("Content-Disposition: form-data; name=\"{name}\""), "x");
    let file = |name: &str| {
        part(
            &format!(
                "Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: image/png"
            ),
            "x",
        )
    };
    let end = "--b--\r\n";
    for body in [
        String::new(),
        "--b".to_owned(),
        "--b--".to_owned(),
        "--c--\r\n".to_owned(),
        field("username"),
        "\r\n".repeat(100),
        format!("{}{end}", field("username")),
        format!("{}{end}", field("")),
        format!("{}{end}", field("\u{0}")),
        format!("{}{end}", field("file")),
        format!("{}{end}", file("../../x.png")),
        format!("{}{end}", file("")),
        format!("{}{end}", file("a\u{0}b")),
        format!("{}{end}", file(&"n".repeat(5000))),
        format!("{}{end}", field("x").repeat(60)),
        format!("{}{end}", part("", "x")),
        format!("{}{end}", part("Content-Disposition: attachment", "x")),
        format!("{}{end}", part("X: y", "x")),
        format!("{}{end}", part(&format!("X: {}", "y".repeat(20_000)), "x")),
        format!("preamble\r\n{}{end}epilogue", field("username")),
        format!("{}--b", field("username")),
    ] {
        forms.push(("multipart/form-data; boundary=b".to_owned(), body.into_bytes()));
    }
    let long = format!("multipart/form-data; boundary={}", "b".repeat(300));
    for content_type in
        ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"", &long]
    {
        forms.push((content_type.to_owned(), format!("{}{end}", field("username")).into_bytes()));
    }
    forms
}

fn other_types() -> Vec<Body> {
    [
        "text/plain",
        "text/html",
        "application/xml",
        "application/octet-stream",
        "application/cbor",
        "image/png",
        "x",
        "/",
        "a/b/c",
        "application/json;",
        "application/json; charset=utf-16",
        "application/json, text/plain",
        "APPLICATION/JSON",
        " application/json ",
        "application/jsonp",
        "application/vnd.api+json",
        "application/json\u{a0}",
        "multipart/mixed; boundary=b",
        ";",
        "*/*",
        "application/x-www-form-urlencoded; charset=latin-1",
        "multipart/related",
        "message/http",
        "application/x-ndjson",
    ]
    .map(|content_type| (content_type.to_owned(), b"{}".to_vec()))
    .to_vec()
}
