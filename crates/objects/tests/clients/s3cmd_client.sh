#!/bin/sh
# s3cmd against the endpoint in AWS_ENDPOINT_URL; $1 is an empty directory.
set -eu
cd "$1"
host=${AWS_ENDPOINT_URL#http://}
cat > config <<C
[default]
access_key = $AWS_ACCESS_KEY_ID
secret_key = $AWS_SECRET_ACCESS_KEY
host_base = $host
host_bucket = $host
use_https = False
bucket_location = us-east-1
multipart_chunk_size_mb = 5
C
s3() { s3cmd -c config --no-progress -q "$@"; }
head -c 12000000 /dev/urandom > large.bin
echo hello > "a b.txt"
s3 put large.bin "s3://$S3_BUCKET/c/large.bin"
s3 put "a b.txt" "s3://$S3_BUCKET/c/a b.txt"
s3 get "s3://$S3_BUCKET/c/large.bin" back.bin
cmp large.bin back.bin
s3cmd -c config ls "s3://$S3_BUCKET/c/" | grep -q "a b.txt"
s3cmd -c config ls | grep -q "s3://$S3_BUCKET"
s3cmd -c config info "s3://$S3_BUCKET/c/a b.txt" | grep -q "MD5 sum"
s3 cp "s3://$S3_BUCKET/c/a b.txt" "s3://$S3_BUCKET/c/copy"
s3 mv "s3://$S3_BUCKET/c/copy" "s3://$S3_BUCKET/c/moved"
s3 sync "s3://$S3_BUCKET/c/" synced/
cmp "a b.txt" synced/moved
s3 del --recursive --force "s3://$S3_BUCKET/c/"
test -z "$(s3cmd -c config ls -r "s3://$S3_BUCKET")"
echo s3cmd works
