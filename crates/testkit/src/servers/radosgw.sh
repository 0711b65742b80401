# A Ceph cluster of one machine with its object gateway, in the current directory, until it is ended.
# Arguments: the port of the gateway, the port of the monitor, an access key, a secret key.
set -eu
port=$1 monitor=$2 access=$3 secret=$4
here=$(pwd -P)
trap 'kill -s KILL 0' EXIT
trap 'exit 143' TERM
identity() { cat /proc/sys/kernel/random/uuid; }
until_ready() { # SECONDS COMMAND...
    left=$(($1 * 5)); shift
    until "$@" >/dev/null 2>&1; do
        left=$((left - 1)); [ "$left" -gt 0 ] || { echo "waited in vain for: $*" >&2; exit 1; }
        sleep 0.2
    done
}
cluster=$(identity)
mkdir monitor osd0 run
cat >ceph.conf <<CONF
[global]
fsid = $cluster
mon host = [v2:127.0.0.1:$monitor]
keyring = $here/keyring
auth allow insecure global id reclaim = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
osd objectstore = memstore
memstore device bytes = 4294967296
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
mon data avail crit = 1
mon data avail warn = 2
mon data = $here/monitor
osd data = $here/osd\$id
run dir = $here/run
admin socket = $here/run/\$name.asok
log file = $here/\$name.log
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port
CONF
export CEPH_CONF="$here/ceph.conf"
ceph-authtool --create-keyring keyring --gen-key -n mon. --cap mon 'allow *'
ceph-authtool keyring --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
ceph-authtool keyring --gen-key -n client.rgw --cap mon 'allow rwx' --cap osd 'allow rwx'
ceph-authtool keyring --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
monmaptool --create --clobber --fsid "$cluster" --addv a "[v2:127.0.0.1:$monitor]" monmap
ceph-mon -i a --mkfs --monmap monmap --keyring keyring --public-addr "127.0.0.1:$monitor"
ceph-mon -f -i a --public-addr "127.0.0.1:$monitor" &
until_ready 60 timeout 5 ceph -s
osd=$(identity)
ceph osd new "$osd" 0
ceph auth import -i keyring
ceph-osd -i 0 --mkfs --osd-uuid "$osd"
ceph osd crush add osd.0 1.0 root=default host=here
ceph-osd -f -i 0 &
until_ready 60 sh -c 'ceph osd stat | grep -q "1 up"'
radosgw-admin -n client.rgw user create --uid=test --display-name=test --access-key="$access" --secret="$secret"
radosgw -f -n client.rgw &
echo ready >ready
wait
