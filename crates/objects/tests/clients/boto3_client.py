"""What boto3 does by default and when asked, against the endpoint in AWS_ENDPOINT_URL."""
import hashlib, io, os, sys, urllib.error, urllib.request
import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = os.environ["S3_BUCKET"]
s3 = boto3.client("s3", config=Config(signature_version="s3v4", s3={"addressing_style": "path"}))


def refused(code, call):
    try:
        call()
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response["Error"]
        return
    raise AssertionError(f"{code} expected")


def check(condition, what):
    assert condition, what


small = os.urandom(100_000)
large = os.urandom(12 * 1024 * 1024 + 17)

check([b["Name"] for b in s3.list_buckets()["Buckets"]] == [BUCKET], "list_buckets")
s3.head_bucket(Bucket=BUCKET)
refused("404", lambda: s3.head_bucket(Bucket="other-bucket"))
refused("BucketAlreadyOwnedByYou", lambda: s3.create_bucket(Bucket=BUCKET))
check("Status" not in s3.get_bucket_versioning(Bucket=BUCKET), "versioning")
check(s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] is None, "location")

# PutObject: CRC32 in a trailer by default, and every algorithm when asked.
put = s3.put_object(Bucket=BUCKET, Key="boto/small", Body=small, ContentType="text/x-a", Metadata={"who": "me"})
check("ChecksumCRC32" in put, "default checksum")
got = s3.get_object(Bucket=BUCKET, Key="boto/small", ChecksumMode="ENABLED")
check(got["Body"].read() == small, "content")
check(got["ContentType"] == "text/x-a" and got["Metadata"] == {"who": "me"}, "metadata")
check(got["ETag"] == f'"{hashlib.md5(small).hexdigest()}"', "etag")
for algorithm in ["CRC32", "CRC32C", "SHA1", "SHA256", "CRC64NVME"]:
    try:
        s3.put_object(Bucket=BUCKET, Key=f"boto/{algorithm}", Body=io.BytesIO(small), ChecksumAlgorithm=algorithm)
    except Exception as error:  # CRC32C and CRC64NVME need awscrt
        if type(error).__name__ != "MissingDependencyException":
            raise
        continue
    head = s3.head_object(Bucket=BUCKET, Key=f"boto/{algorithm}", ChecksumMode="ENABLED")
    check(head[f"Checksum{algorithm}"], algorithm)
refused("BadDigest", lambda: s3.put_object(Bucket=BUCKET, Key="boto/bad", Body=small, ChecksumSHA256="A" * 43 + "="))
refused("BadDigest", lambda: s3.put_object(Bucket=BUCKET, Key="boto/bad", Body=small, ContentMD5="A" * 22 + "=="))
refused("NoSuchKey", lambda: s3.get_object(Bucket=BUCKET, Key="boto/bad"))
refused("PreconditionFailed", lambda: s3.put_object(Bucket=BUCKET, Key="boto/small", Body=b"", IfNoneMatch="*"))
refused("PreconditionFailed", lambda: s3.put_object(Bucket=BUCKET, Key="boto/small", Body=b"", IfMatch='"0"'))
s3.put_object(Bucket=BUCKET, Key="boto/empty", Body=b"")
check(s3.get_object(Bucket=BUCKET, Key="boto/empty")["Body"].read() == b"", "empty")

# Ranges and conditions.
part = s3.get_object(Bucket=BUCKET, Key="boto/small", Range="bytes=10-19")
check(part["Body"].read() == small[10:20], "range")
refused("InvalidRange", lambda: s3.get_object(Bucket=BUCKET, Key="boto/small", Range="bytes=100000-"))
refused("304", lambda: s3.get_object(Bucket=BUCKET, Key="boto/small", IfNoneMatch=put["ETag"]))

# Multipart by the transfer manager, and by hand with a checksum of the whole.
config = TransferConfig(multipart_threshold=5 * 1024 * 1024, multipart_chunksize=5 * 1024 * 1024, max_concurrency=3)
s3.upload_fileobj(io.BytesIO(large), BUCKET, "boto/large", Config=config)
back = io.BytesIO()
s3.download_fileobj(BUCKET, "boto/large", back, Config=config)
check(back.getvalue() == large, "multipart")
check(s3.head_object(Bucket=BUCKET, Key="boto/large")["ETag"].endswith('-3"'), "multipart etag")
upload = s3.create_multipart_upload(
    Bucket=BUCKET, Key="boto/hand", ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")["UploadId"]
parts = []
for number, begin in enumerate(range(0, len(large), 6 * 1024 * 1024), 1):
    piece = large[begin:begin + 6 * 1024 * 1024]
    answer = s3.upload_part(Bucket=BUCKET, Key="boto/hand", UploadId=upload, PartNumber=number, Body=piece)
    parts.append({"PartNumber": number, "ETag": answer["ETag"], "ChecksumCRC32": answer["ChecksumCRC32"]})
check(len(s3.list_parts(Bucket=BUCKET, Key="boto/hand", UploadId=upload)["Parts"]) == len(parts), "list_parts")
check(s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"][0]["UploadId"] == upload, "list_uploads")
refused("InvalidPartOrder", lambda: s3.complete_multipart_upload(
    Bucket=BUCKET, Key="boto/hand", UploadId=upload, MultipartUpload={"Parts": parts[::-1]}))
for _ in range(2):
    done = s3.complete_multipart_upload(
        Bucket=BUCKET, Key="boto/hand", UploadId=upload, MultipartUpload={"Parts": parts})
    check(done["ChecksumType"] == "FULL_OBJECT", "checksum type")
check(s3.get_object(Bucket=BUCKET, Key="boto/hand", ChecksumMode="ENABLED")["Body"].read() == large, "by hand")
abandoned = s3.create_multipart_upload(Bucket=BUCKET, Key="boto/gone")["UploadId"]
s3.abort_multipart_upload(Bucket=BUCKET, Key="boto/gone", UploadId=abandoned)
refused("NoSuchUpload", lambda: s3.abort_multipart_upload(Bucket=BUCKET, Key="boto/gone", UploadId=abandoned))

# Copies stay inside.
s3.copy_object(Bucket=BUCKET, Key="boto/copy", CopySource={"Bucket": BUCKET, "Key": "boto/small"})
check(s3.get_object(Bucket=BUCKET, Key="boto/copy")["Body"].read() == small, "copy")
s3.copy_object(Bucket=BUCKET, Key="boto/copy", CopySource={"Bucket": BUCKET, "Key": "boto/copy"},
               MetadataDirective="REPLACE", Metadata={"new": "1"})
check(s3.head_object(Bucket=BUCKET, Key="boto/copy")["Metadata"] == {"new": "1"}, "metadata replaced")
s3.copy({"Bucket": BUCKET, "Key": "boto/large"}, BUCKET, "boto/large-copy", Config=config)
check(s3.get_object(Bucket=BUCKET, Key="boto/large-copy")["Body"].read() == large, "multipart copy")
refused("AccessDenied", lambda: s3.copy_object(Bucket=BUCKET, Key="x", CopySource={"Bucket": "other", "Key": "y"}))

# Listings with odd keys.
odd = ["odd/a b+c&d=e", "odd/ü/日本", "odd/<xml>", "odd/100%", "odd/~tilde'()*"]
for key in odd:
    s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    check(s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == key.encode(), key)
listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="odd/")
check(sorted(o["Key"] for o in listed["Contents"]) == sorted(odd), listed)
check([p["Prefix"] for p in s3.list_objects_v2(Bucket=BUCKET, Delimiter="/")["CommonPrefixes"]] == ["boto/", "odd/"], "v2")
check([p["Prefix"] for p in s3.list_objects(Bucket=BUCKET, Delimiter="/")["CommonPrefixes"]] == ["boto/", "odd/"], "v1")
for operation, field in [("list_objects_v2", "Contents"), ("list_objects", "Contents"), ("list_object_versions", "Versions")]:
    pages = s3.get_paginator(operation).paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 2})
    keys = [o["Key"] for page in pages for o in page.get(field, [])]
    check(keys == sorted(set(keys), key=lambda key: key.encode()) and len(keys) >= 12, f"{operation} {keys}")
pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Delimiter="/", PaginationConfig={"PageSize": 1})
check([p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])] == ["boto/", "odd/"], "prefix pages")

# Presigned by boto3.
url = s3.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "boto/pre signed", "ContentType": "a/b"})
request = urllib.request.Request(url, data=small, method="PUT", headers={"Content-Type": "a/b"})
check(urllib.request.urlopen(request).status == 200, "presigned put")
url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "boto/pre signed"})
check(urllib.request.urlopen(url).read() == small, "presigned get")
try:
    urllib.request.urlopen(url.replace("pre%20signed", "small"))
    raise AssertionError("another key")
except urllib.error.HTTPError as error:
    check(error.code == 403, error.code)

# HARDENING 6: made-up credentials, also with trailers.
forger = boto3.client("s3", aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key="made-up",
                      config=Config(s3={"addressing_style": "path"}))
refused("SignatureDoesNotMatch", lambda: forger.put_object(Bucket=BUCKET, Key="forged", Body=small))
stranger = boto3.client("s3", aws_access_key_id="STRANGER", aws_secret_access_key="made-up",
                        config=Config(s3={"addressing_style": "path"}))
refused("SignatureDoesNotMatch", lambda: stranger.put_object(Bucket=BUCKET, Key="forged", Body=small))

s3.delete_object(Bucket=BUCKET, Key="boto/copy")
rest = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET) for o in page["Contents"]]
deleted = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in rest + ["nowhere"]]})
check(len(deleted["Deleted"]) == len(rest) + 1, "delete_objects")
check("Contents" not in s3.list_objects_v2(Bucket=BUCKET), "empty")
print("boto3 works")
