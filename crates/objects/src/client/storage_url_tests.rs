//! What a storage URL may say, and what is said about the others.
use super::*;

fn url(text: &str) -> StorageUrl {
    StorageUrl::parse(text).unwrap()
}

fn refused(text: &str) -> String {
    StorageUrl::parse(text).unwrap_err().to_string()
}

#[test]
fn aws_is_the_default_with_the_bucket_in_the_host() {
    let endpoint = url("s3://school?region=eu-central-1").endpoint(None).unwrap();
    assert_eq!(endpoint.origin(), "https://school.s3.eu-central-1.amazonaws.com");
    assert_eq!(endpoint.path("a b"), "/a%20b");
    assert_eq!(endpoint.region(), "eu-central-1");
    let china = url("s3://school?region=cn-north-1").endpoint(None).unwrap();
    assert_eq!(china.origin(), "https://school.s3.cn-north-1.amazonaws.com.cn");
    let elsewhere = url("s3://school").endpoint(Some("eu-west-1")).unwrap();
    assert_eq!(elsewhere.region(), "eu-west-1");
    assert!(url("s3://school").endpoint(None).is_none());
    let dotted = url("s3://files.school.example?region=eu-west-1")
        .endpoint(None)
        .unwrap();
    assert_eq!(dotted.origin(), "https://s3.eu-west-1.amazonaws.com");
}

#[test]
fn other_services_have_the_bucket_in_the_path_unless_told() {
    let endpoint = url("s3://school/a/b/?endpoint=http://127.0.0.1:3900")
        .endpoint(None)
        .unwrap();
    assert_eq!(endpoint.origin(), "http://127.0.0.1:3900");
    assert_eq!(endpoint.path("k"), "/school/k");
    assert_eq!(endpoint.region(), "us-east-1");
    let hosted = url("s3://school?endpoint=https://r2.example&style=virtual&region=auto")
        .endpoint(None)
        .unwrap();
    assert_eq!(hosted.origin(), "https://school.r2.example");
    assert_eq!(hosted.path(""), "/");
}

#[test]
fn prefixes_end_with_a_slash() {
    assert_eq!(url("s3://school?region=x").prefix(), "");
    assert_eq!(url("s3://school/?region=x").prefix(), "");
    assert_eq!(url("s3://school/a?region=x").prefix(), "a/");
    assert_eq!(url("s3://school/a/b-1/?region=x").prefix(), "a/b-1/");
    for wrong in [
        "s3://school/a//b",
        "s3://school/ü",
        "s3://school/a%20b",
        "s3://school//",
    ] {
        assert!(refused(wrong).contains("key prefix"), "{wrong}");
    }
}

#[test]
fn encryption_becomes_headers() {
    let kms = url("s3://school?region=x&sse=aws:kms&kms_key=arn:aws:kms:eu-west-1:1:key/ab");
    assert_eq!(
        kms.encryption().unwrap().headers(),
        [
            ("x-amz-server-side-encryption", "aws:kms".to_owned()),
            (
                "x-amz-server-side-encryption-aws-kms-key-id",
                "arn:aws:kms:eu-west-1:1:key/ab".to_owned()
            ),
        ]
    );
    let own = url("s3://school?sse=AES256&region=x");
    assert_eq!(own.encryption().unwrap().headers().len(), 1);
}

#[test]
fn everything_wrong_is_named_with_what_to_write() {
    for (wrong, expected) in [
        ("", "s3://BUCKET"),
        ("/var/lib/objects", "s3://BUCKET"),
        ("https://bucket.s3.amazonaws.com", "s3://BUCKET"),
        ("s3://", "cannot be a bucket"),
        ("s3://ab", "cannot be a bucket"),
        ("s3://School", "cannot be a bucket"),
        ("s3://my_school", "cannot be a bucket"),
        ("s3://192.168.0.1", "cannot be a bucket"),
        ("s3://a..b", "cannot be a bucket"),
        ("s3://-school", "cannot be a bucket"),
        ("s3://school:9000", "a port has no place"),
        ("s3://school#x", "a fragment has no place"),
        ("s3://school?endpoint=127.0.0.1:3900", "write http:// or https://"),
        ("s3://school?endpoint=ftp://host", "write http:// or https://"),
        ("s3://school?endpoint=https://host/path", "and nothing more"),
        ("s3://school?region=", "as the service names it"),
        ("s3://school?region=a%20b", "as the service names it"),
        ("s3://school?style=dns", "write path"),
        ("s3://a.school?style=virtual&region=x", "style=path"),
        ("s3://school?sse=aes", "AES256 or aws:kms"),
        ("s3://school?kms_key=k", "sse=aws:kms"),
        ("s3://school?sse=AES256&kms_key=k", "sse=aws:kms"),
        ("s3://school?sse=aws:kms&kms_key=k%0Ax", "sse=aws:kms"),
        ("s3://school?region=a&region=b", "twice"),
        ("s3://school?acl=public", "\"acl\" is not a parameter"),
    ] {
        let said = refused(wrong);
        assert!(said.contains(expected), "{wrong}: {said}");
    }
}

#[test]
fn keys_in_the_url_are_refused_and_never_repeated() {
    for wrong in [
        "s3://AKIA:hidden@school",
        "s3://hidden@school",
        "s3://AK/IA:hidden@school?region=x&secret_key=hidden",
        "s3://school?access_key=hidden",
        "s3://school?AWS_SECRET_ACCESS_KEY=hidden",
        "s3://school?endpoint=https://a:hidden@host",
        "s3://school?session_token=hidden",
    ] {
        let said = refused(wrong);
        assert!(!said.contains("hidden"), "{wrong}: {said}");
        if !wrong.contains("AK/IA") {
            assert!(said.contains("HOMEROOM_STORAGE_ACCESS_KEY"), "{wrong}: {said}");
        }
    }
}

#[test]
fn what_is_shown_reads_back() {
    for text in [
        "s3://school?region=eu-central-1",
        "s3://school/a/b?endpoint=https://host:3900&region=garage&style=virtual&sse=AES256",
        "s3://school?region=x&sse=aws:kms&kms_key=arn:aws:kms:eu-west-1:1:key/ab",
    ] {
        assert_eq!(url(text).to_string(), text);
        assert_eq!(url(&url(text).to_string()), url(text));
    }
}
