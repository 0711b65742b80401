#!/bin/sh
# rclone against the endpoint in AWS_ENDPOINT_URL; $1 is an empty directory.
set -eu
cd "$1"
export RCLONE_CONFIG=/dev/null RCLONE_S3_CHUNK_SIZE=5M RCLONE_S3_UPLOAD_CUTOFF=6M
remote=":s3,provider=Other,env_auth,endpoint='$AWS_ENDPOINT_URL',force_path_style=true:$S3_BUCKET"
mkdir tree tree/sub
head -c 20000000 /dev/urandom > tree/large.bin
echo hello > "tree/sub/a b ü.txt"
: > tree/empty
rclone copy tree "$remote/tree" --retries 1
rclone check tree "$remote/tree" --download --retries 1
rclone check tree "$remote/tree" --retries 1
rclone lsf -R "$remote/tree" | sort > listed
printf 'empty\nlarge.bin\nsub/\nsub/a b ü.txt\n' | sort | cmp - listed
touch tree/sub/*; rclone sync tree "$remote/tree" --retries 1
rclone moveto "$remote/tree/large.bin" "$remote/tree/moved.bin" --retries 1
rclone copy "$remote/tree/moved.bin" back --retries 1
cmp tree/large.bin back/moved.bin
rclone rcat "$remote/streamed" --retries 1 < tree/large.bin
rclone cat "$remote/streamed" --offset 1000 --count 5000 | cmp - "$(tail -c +1001 tree/large.bin | head -c 5000 > piece; echo piece)"
rclone delete "$remote" --retries 1
test -z "$(rclone lsf -R --files-only "$remote")"
echo rclone works
