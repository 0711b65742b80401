#!/bin/sh
# awscli against the endpoint in AWS_ENDPOINT_URL; $1 is the program, $2 an empty directory.
set -eu
aws=$1; cd "$2"
head -c 20000000 /dev/urandom > large.bin
echo hello > small.txt
"$aws" s3 cp large.bin "s3://$S3_BUCKET/aws/large.bin" --no-progress
"$aws" s3 cp small.txt "s3://$S3_BUCKET/aws/small.txt" --no-progress
cat small.txt | "$aws" s3 cp - "s3://$S3_BUCKET/aws/piped.txt"
"$aws" s3 cp "s3://$S3_BUCKET/aws/large.bin" back.bin --no-progress
cmp large.bin back.bin
"$aws" s3 ls "s3://$S3_BUCKET/aws/" | grep -q small.txt
mkdir tree tree/sub; echo 1 > tree/one; echo 2 > tree/sub/two
"$aws" s3 sync tree "s3://$S3_BUCKET/tree" --no-progress
"$aws" s3 mv "s3://$S3_BUCKET/aws/large.bin" "s3://$S3_BUCKET/aws/moved.bin" --no-progress
"$aws" s3 sync "s3://$S3_BUCKET/tree" again --no-progress
diff -r tree again
"$aws" configure set default.s3.signature_version s3v4
curl -fsS "$("$aws" s3 presign "s3://$S3_BUCKET/aws/small.txt")" | cmp - small.txt
"$aws" s3 rm --recursive "s3://$S3_BUCKET/" --quiet
test -z "$("$aws" s3 ls "s3://$S3_BUCKET/")"
echo awscli works
