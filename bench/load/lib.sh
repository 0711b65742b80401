# What the measurements of a running school share; sourced, with `work` set to a directory that is removed.
# shellcheck shell=bash
export HOMEROOM_LIMITS_AUTH_PER_MINUTE=0 HOMEROOM_LIMITS_WRITES_PER_MINUTE=0 HOMEROOM_LIMITS_USER_WRITES_PER_MINUTE=0
export HOMEROOM_LIMITS_READS_PER_MINUTE=0 HOMEROOM_LIMITS_USER_READS_PER_MINUTE=0 HOMEROOM_LIMITS_QUOTA="10 TiB"
export HOMEROOM_LOG=${HOMEROOM_LOG:-warn} HOMEROOM_AUTH_ACCESS_TOKEN_LIFETIME="2 hours"

free_port() { python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'; }

# A teacher, and her token: BINARY DATA URL
teacher() {
    printf 'seven red kites' | "$1" admin user add --data "$2" --username bench --email b@school.example --role teacher --password-stdin >/dev/null
    curl -s "$3/api/v1/auth/login" -H 'content-type: application/json' -d '{"login":"bench","password":"seven red kites"}' |
        python3 -c 'import json,sys; print(json.load(sys.stdin)["access_token"])'
}
