#!/bin/sh
# Asks schemathesis whether the program does what its OpenAPI document says.
#
#   tests/api/schemathesis.sh URL TOKEN [EXAMPLES]
#
# URL is that of a running server, TOKEN the access token of a user of it (an administrator sees the
# most), EXAMPLES how many requests are made up for each route, 25 unless said. The server should be
# started without limits of rates, and with a directory that may be thrown away: everything but the
# caller's own account and session is changed and deleted. Needs `schemathesis` (4 or later) on the PATH.
#
# Left out are checks that ask for something else than this API promises: that a caller who is not
# signed in is told so before the request is read (missing_required_header, ignored_auth), and that
# what fits its type is always taken (a subject that is not there, a password that was breached).
set -eu
url=${1:?the URL of a running server}
token=${2:?an access token}
exec schemathesis --config-file "$(dirname "$0")/schemathesis.toml" run "$url/openapi.json" \
    --header "Authorization: Bearer $token" \
    --exclude-operation-id deleteMe --exclude-operation-id logOut \
    --exclude-checks ignored_auth,missing_required_header,use_after_free,ensure_resource_availability,positive_data_acceptance \
    --phases examples,coverage,fuzzing \
    --max-examples "${3:-25}" --seed 1 --workers 1 --request-timeout 20 --continue-on-failure --no-color
