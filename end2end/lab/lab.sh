#!/usr/bin/env bash
# lab.sh start | stop | status | reset | restart-kea | client MAC [HOSTNAME [UDHCPC OPTIONS]]
# A real Kea with data worth looking at, and live DHCP clients where network namespaces are allowed. See README.md.
#   LAB_DIR      its data, logs and pid files     (default: target/lab of this repository)
#   KEA_DIR      what fetch.sh made               (default: target/kea)
#   LAB_PORT     Kea's port on 127.0.0.1          (default: 8001)
#   LAB_CLIENTS  0: no clients in the background
#   LAB_PAIR     1: two, a hot-standby pair, in kea1 and kea2 of LAB_DIR, on LAB_PORT and the port after it; as LAB_NETNS=0
#   LAB_V6       1: a kea-dhcp6 too, on the port after LAB_PORT, in kea6 of LAB_DIR, without DHCP; its URL in url6 of LAB_DIR
#   LAB_HOSTS    1: Kea gets a host database besides its configuration, in a PostgreSQL of the lab's own, when the data is made
#   LAB_BIG      1: 500 subnets and 65,000 leases, when the data is made
#   LAB_HOOKS    only these hook libraries, separated by commas, when the data is made; such as lease_cmds
#   LAB_NETNS    0: no namespaces, Kea on the host's loopback without DHCP (for benchmarks: no relay in the way)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
self=$here/lab.sh
target=$(cd "$here/../.." && pwd)/target
export KEA_DIR=${KEA_DIR:-$target/kea} LAB_DIR=${LAB_DIR:-$target/lab} LAB_PORT=${LAB_PORT:-8001} LAB_CLIENTS=${LAB_CLIENTS:-1}
export LAB_FAMILY=${LAB_FAMILY:-4} # of the daemon of this LAB_DIR
export LAB_PAIR_PORT=${LAB_PAIR_PORT:-$LAB_PORT}
export PATH=$PATH:/usr/sbin:/sbin # ip lives there, and is not on every user's path
user=nestor
bridge=lab0

say() { printf 'lab: %s\n' "$*"; }
die() { printf 'lab: %s\n' "$1" >&2; exit "${2:-1}"; }
wait_for() { # TENTHS-OF-A-SECOND COMMAND...: until the command succeeds, or fails when the time is up
  local n=$1
  shift
  until "$@"; do
    ((n-- > 0)) || return 1
    sleep 0.1
  done
}

# Pid files hold "PID START-TIME", so that a pid which the system gave to another process since then is never killed.
# All of them are the host's pids, also those of processes in a pid namespace: the /proc they read is the host's.
i_am() { local f; read -ra f </proc/self/stat; echo "${f[0]} ${f[21]}" >"$1"; }
pid_of() { # FILE: prints the pid if that very process lives
  local pid start stat f
  read -r pid start 2>/dev/null <"$1" && { read -r stat </proc/"$pid"/stat; } 2>/dev/null || return 1
  read -ra f <<<"${stat##*) }"
  [[ ${f[0]} != Z && ${f[19]} == "$start" ]] && echo "$pid"
}
alive() { pid_of "$1" >/dev/null; }
gone() { ! alive "$1"; }
running() { alive lab.pid; }
where() { say "$1 at $(<url), user $user, password in $LAB_DIR/kea.password"; }

ask() { # JSON: Kea's answer, with its HTTP head; bash alone, as not every machine has curl
  local auth
  auth=$(printf '%s:%s' "$user" "$(<kea.password)" | base64 -w0)
  { exec 3<>"/dev/tcp/127.0.0.1/$LAB_PORT"
    printf 'POST / HTTP/1.1\r\nHost: lab\r\nAuthorization: Basic %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s' \
      "$auth" "${#1}" "$1" >&3 && timeout 2 cat <&3; } 2>/dev/null
}
answers() { [[ $(ask '{"command": "version-get"}') == *'"result": 0'* ]]; }
answers_or_died() { [ -e kea.down ] || answers; }
await_kea() {
  wait_for 200 answers_or_died || die "Kea did not answer in 20 s: see $LAB_DIR/kea.log"
  [ ! -e kea.down ] || die "Kea did not start: $(grep -E 'ERROR|FATAL' kea.log | tail -1 || true) (all of it in $LAB_DIR/kea.log)"
}
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$LAB_PORT") 2>/dev/null; }

# --- network namespaces ---------------------------------------------------------------------------------------------

unshare_flags() { # MODE
  case $1 in root) ;; user) echo -Ur ;; esac
}
pick_mode() { # prints root, user (namespaces, with or without root's help) or plain; tries what will be needed, not just unshare
  local mode
  if [ "${LAB_NETNS:-1}" != 0 ]; then
    for mode in $([ "$(id -u)" = 0 ] && echo root) user; do
      # shellcheck disable=SC2046  # no flag at all for root
      if unshare $(unshare_flags "$mode") -npf --kill-child \
        sh -c "ip link add $bridge type bridge && ip link add s0 type veth peer name c0" 2>/dev/null; then
        echo "$mode"
        return
      fi
    done
  fi
  echo plain
}
in_client_ns() { # COMMAND... beside the clients, from outside
  local flags=(-n)
  [ "$(<mode)" = root ] || flags=(-U -n --preserve-credentials)
  nsenter -t "$(pid_of clients.pid)" "${flags[@]}" -- "$@"
}

# --- the processes of the lab ---------------------------------------------------------------------------------------

# In namespaces: everything is in one pid namespace whose first process is _server, so killing that one kills all, whatever
# it was doing. Kea answers on the loopback of its own network namespace; sockets with a file name work across network
# namespaces, so two socats carry the API to the host's loopback and nothing of the host's network is touched.
_init() {
  "$KEA_DIR/bin/socat" "TCP-LISTEN:$LAB_PORT,bind=127.0.0.1,reuseaddr,fork,backlog=128" UNIX-CONNECT:kea.sock &
  exec unshare -n -- "$self" _server
}
_server() {
  i_am lab.pid
  [ "$(<mode)" = plain ] || make_network
  while :; do
    run_kea &
    wait $! || true
    # Dead, and it stays so, as a Kea that crashed would, until restart-kea.
    : >kea.down
    until [ -e kea.again ]; do sleep 0.2; done
    rm -f kea.again kea.down
  done
}
make_network() { # in the server's namespace: a bridge that Kea serves, two cables from it into the clients' namespace
  local n clients
  unshare -n -- "$self" _clients &
  clients=$!
  wait_for 50 test -s clients.pid
  ip link set lo up
  ip link add "$bridge" type bridge
  ip addr add 10.20.0.1/24 dev "$bridge"
  ip link set "$bridge" up
  # Kea listens on interfaces only that are up, and a bridge is up while one of its cables is: this one always is.
  ip link add up0 type veth peer name up1
  ip link set up0 master "$bridge" up
  ip link set up1 up
  for n in 0 1; do
    ip link add "s$n" type veth peer name "c$n" netns "$clients"
    ip link set "s$n" master "$bridge" up
  done
  wait_for 50 bridge_up
  "$KEA_DIR/bin/socat" UNIX-LISTEN:kea.sock,unlink-early,fork,mode=600,backlog=128 "TCP:127.0.0.1:$LAB_PORT" &
}
bridge_up() { [[ $(ip link show "$bridge") == *"state UP"* ]]; }
run_kea() {
  local port=()
  i_am kea.pid
  rm -f run/pid/*.pid # of a Kea that was killed: in a new pid namespace its number is soon another process's
  # Port 10067 is for the plain mode: should an interface be added there, it still serves no client.
  [ "$(<mode)" != plain ] || port=(-p 10067)
  KEA_RUN=$LAB_DIR/run exec "$KEA_DIR/bin/kea-dhcp$LAB_FAMILY" "${port[@]}" -c "$LAB_DIR/kea.conf" >>kea.log 2>&1
}
_clients() { # 60 machines of the office, one of them awake every 5 seconds or so, on the first cable
  local n
  i_am clients.pid
  wait_for 50 ip link show c1 >/dev/null 2>&1
  ip link set lo up
  [ "$LAB_CLIENTS" != 0 ] || exec sleep infinity
  wait_for 100 answers_inside || true
  while :; do
    n=$((RANDOM % 60 + 1))
    # Every tenth one is switched off properly: it gives its address back.
    dhcp c0 "$(printf '02:14:00:00:01:%02x' "$n")" "$(client_name "$n")" $((RANDOM % 10 ? 0 : 1)) >/dev/null || true
    sleep $((3 + RANDOM % 5))
  done
}
answers_inside() { [ -e url ]; } # written when Kea answers
client_name() { # NUMBER; data.awk names their seeded leases in the same way
  case $(($1 % 10)) in 0) ;; 7) printf 'phone-%03d' "$1" ;; 8) printf 'desktop-%03d' "$1" ;; 9) printf 'tablet-%03d' "$1" ;; *) printf 'laptop-%03d' "$1" ;; esac
}
dhcp() { # INTERFACE MAC HOSTNAME RELEASE(0|1) [UDHCPC OPTIONS]: one exchange; prints what the client got
  local interface=$1 mac=$2 name=$3 release=$4 patience=8 options=(-O bootfile -O tftp)
  shift 4
  [ -z "$name" ] || options+=(-x "hostname:$name")
  # udhcpc releases when it is stopped, not when it leaves with its lease: let it stay, and stop it.
  if [ "$release" = 0 ]; then options+=(-q); else options+=(-R) patience=3; fi
  ip link set "$interface" down
  ip addr flush dev "$interface"
  ip link set "$interface" address "$mac"
  ip link set "$interface" up
  rm -f "$interface.json"
  LAB_OUT=$LAB_DIR/$interface.json LAB_RELEASE=$release timeout "$patience" "$KEA_DIR/bin/busybox" udhcpc -i "$interface" -f -n -t 6 -T 1 \
    -s "$here/udhcpc-event.sh" "${options[@]}" "$@" >"$interface.log" 2>&1
  cat "$interface.json"
}

# --- the host database ----------------------------------------------------------------------------------------------

# PostgreSQL listens on a socket alone, in a folder that is closed to others: so it asks for no password. It runs outside
# of the namespaces, where all users are root, which it does not serve; the socket crosses them. Where the lab is
# root's, it runs as the user that its package made, who may enter whatever folder the lab is in.
postgres() { # PROGRAM ARGUMENTS...: of the newest version that is installed
  local bin
  bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -1) || die "there is no PostgreSQL: make postgres"
  "${as_user[@]}" "$bin/$1" "${@:2}"
}
as_user=()
as_its_user() {
  [ "$(id -u)" != 0 ] ||
    as_user=(setpriv --reuid=postgres --regid=postgres --clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override)
}
_postgres() {
  i_am postgres.pid
  as_its_user
  as_user=(exec "${as_user[@]}")
  postgres postgres -D "$LAB_DIR/hosts/data" -c listen_addresses= -c unix_socket_directories="$LAB_DIR/hosts" -c fsync=off
}
database_answers() { postgres pg_isready -q -h "$LAB_DIR/hosts"; }
database_answers_or_died() { gone postgres.pid || database_answers; }
start_database() {
  setsid "$self" _postgres >postgres.log 2>&1 </dev/null 9>&- &
  { wait_for 50 alive postgres.pid && wait_for 200 database_answers_or_died && database_answers; } ||
    die "the host database did not start: see $LAB_DIR/postgres.log"
}
make_database() {
  rm -rf hosts
  mkdir -m 700 hosts
  [ "$(id -u)" != 0 ] || chown postgres:postgres hosts
  (as_its_user && postgres initdb -D "$LAB_DIR/hosts/data" -U "$user" --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync) >postgres.log 2>&1 ||
    die "the host database cannot be made: see $LAB_DIR/postgres.log"
  start_database
  { postgres createdb -h "$LAB_DIR/hosts" -U "$user" kea &&
    postgres psql -Xq -v ON_ERROR_STOP=1 -h "$LAB_DIR/hosts" -U "$user" -d kea \
      -f "$KEA_DIR/root/usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql"; } >postgres-tables.log 2>&1 ||
    die "the host database got no tables: see $LAB_DIR/postgres-tables.log"
}

# --- commands -------------------------------------------------------------------------------------------------------

make_data() {
  local data=data.awk
  [ "$LAB_FAMILY" = 4 ] || data=data6.awk
  if [ ! -s kea.password ]; then (umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' '-_' >kea.password); fi
  [ -s kea.conf ] && return
  say "making the data"
  mkdir -p run/data
  chmod 750 run run/data
  [ "${LAB_HOSTS:-0}" != 1 ] || make_database
  # The two of a pair talk to each other on the two ports after their own.
  awk -v "big=${LAB_BIG:-0}" -v "only=${LAB_HOOKS:-}" -v "hosts=$([ ! -d hosts ] || echo "$LAB_DIR/hosts")" -v "peer=${LAB_PEER:-}" -v "port=$((LAB_PAIR_PORT + 2))" \
    -v "now=$(date +%s)" -v "user=$user" -v "dir=$LAB_DIR" -v conf=kea.conf.new -v "leases=run/data/leases$LAB_FAMILY.csv" \
    -f "$here/$data"
  mv kea.conf.new kea.conf
}
stop_all() {
  local pid
  if pid=$(pid_of kea.pid); then
    kill "$pid" 2>/dev/null || true
    wait_for 50 gone kea.pid || kill -9 "$pid" 2>/dev/null || true
  fi
  if pid=$(pid_of postgres.pid); then
    kill -INT "$pid"
    wait_for 100 gone postgres.pid || die "PostgreSQL, process $pid, does not stop: see $LAB_DIR/postgres.log"
  fi
  if pid=$(pid_of lab.pid); then
    kill -9 "$pid" 2>/dev/null || true
    wait_for 50 gone lab.pid || die "process $pid does not die."
  fi
  rm -f -- *.pid kea.sock kea.down kea.again url mode c?.json
}
cmd_start() {
  local mode interfaces=
  if running; then where "already running"; return; fi
  [ -x "$KEA_DIR/bin/kea-dhcp$LAB_FAMILY" ] || die "there is no Kea in $KEA_DIR: run $here/fetch.sh first."
  stop_all
  if port_taken; then die "port $LAB_PORT of 127.0.0.1 is taken by another program: stop it, or set LAB_PORT to a free one."; fi
  trap stop_all EXIT # nothing half-started stays
  make_data
  [ ! -d hosts ] || alive postgres.pid || start_database
  mode=$(pick_mode)
  echo "$mode" >mode
  [ "$mode" = plain ] || interfaces="\"$bridge\""
  # Also in a file that Kea has rewritten since (config-write): the mode and the port may be others now.
  sed -i -z -E "s/(\"interfaces\": )\[[^]]*\]/\1[ $interfaces ]/; s/(\"socket-port\": )[0-9]+/\1$LAB_PORT/" kea.conf
  : >kea.log
  if [ "$mode" = plain ]; then
    setsid "$self" _server >lab.log 2>&1 </dev/null 9>&- &
  else
    # shellcheck disable=SC2046  # no flag at all for root
    setsid unshare $(unshare_flags "$mode") -pf --kill-child -- "$self" _init >lab.log 2>&1 </dev/null 9>&- &
  fi
  wait_for 50 running || die "the lab did not start: $(tail -1 lab.log)"
  await_kea
  echo "http://127.0.0.1:$LAB_PORT/" >url
  trap - EXIT
  where "Kea $(<"$KEA_DIR/version") answers"
  if [ "$mode" = plain ]; then
    [ "${LAB_NETNS:-1}" = 0 ] || say "no live clients: this system does not let $(id -un) make network namespaces (or has no ip, veth or bridge)."
  fi
}
cmd_stop() {
  if running; then stop_all && say "stopped"; else stop_all && say "not running"; fi
}
cmd_status() {
  if ! running || [ ! -s url ]; then say "not running"; return 1; fi
  [ ! -e kea.down ] || { say "the lab runs, but its Kea has died (restart-kea starts it again): see $LAB_DIR/kea.log"; return 1; }
  where "running ($([ "$(<mode)" = plain ] && echo 'no namespaces, no DHCP' || echo 'in namespaces'))"
}
cmd_reset() {
  stop_all
  rm -rf run hosts kea.* *.log
  say "stopped, its data deleted"
}
cmd_restart_kea() {
  local pid
  running || die "not running."
  LAB_PORT=$(grep -oE '[0-9]+/$' url | tr -d /)
  if pid=$(pid_of kea.pid); then kill -9 "$pid"; fi
  wait_for 50 test -e kea.down || die "kea-dhcp$LAB_FAMILY does not die."
  : >kea.again
  wait_for 50 test ! -e kea.down || die "the lab does not react: see $LAB_DIR/lab.log"
  await_kea
  where "Kea was killed and answers again"
}
cmd_client() {
  local mac=${1:-} name=${2:-}
  [[ $mac =~ ^([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}$ ]] || die "usage: lab.sh client MAC [HOSTNAME [UDHCPC OPTIONS]], with a MAC such as 02:14:00:00:02:01." 2
  running || die "not running."
  [ "$(<mode)" != plain ] || die "no live clients: the lab runs without network namespaces." 3
  # The second cable is for one client at a time; those in the background have the first.
  exec 8>client.lock
  flock 8
  in_client_ns "$self" _dhcp c1 "$mac" "$name" 0 "${@:3}" || die "no lease for $mac in 8 seconds."
}

on_each_of_pair() { # COMMAND...
  local peer status=0
  for peer in 1 2; do
    LAB_PAIR=0 LAB_NETNS=0 LAB_PEER=kea$peer LAB_DIR=$LAB_DIR/kea$peer \
      LAB_PAIR_PORT=$LAB_PORT LAB_PORT=$((LAB_PORT + peer - 1)) "$self" "$@" || status=$?
  done
  return "$status"
}

on_each_family() { # COMMAND...: the second one has the password of the first
  local status=0 folder=$LAB_DIR/kea6
  LAB_V6=0 "$self" "$@" || status=$?
  [[ $1 != client ]] || return "$status"
  rm -f "$LAB_DIR/url6"
  if [[ $1 == start && $status == 0 ]]; then
    mkdir -p "$folder"
    cp -p "$LAB_DIR/kea.password" "$folder/"
  fi
  LAB_V6=0 LAB_HOSTS=0 LAB_FAMILY=6 LAB_NETNS=0 LAB_DIR=$folder LAB_PORT=$((LAB_PORT + 1)) "$self" "$1" || status=$?
  if [ -s "$folder/url" ]; then cp "$folder/url" "$LAB_DIR/url6"; fi
  return "$status"
}

command=${1:-}
case $command in
  start | stop | status | reset | restart-kea | client | _init | _server | _clients | _dhcp | _postgres) shift ;;
  *) sed -n '2,13s/^# //p' "$self" >&2; exit 2 ;;
esac
if [ "${LAB_PAIR:-0}" = 1 ]; then
  [ "${LAB_V6:-0}" != 1 ] || die "LAB_PAIR and LAB_V6 do not go together." 2
  [[ $command != client ]] || die "no live clients: a pair runs without network namespaces." 3
  on_each_of_pair "$command"
  exit
fi
if [ "${LAB_V6:-0}" = 1 ]; then
  on_each_family "$command" "$@"
  exit
fi
if [[ $command == start ]]; then mkdir -p "$LAB_DIR"; fi
KEA_DIR=$(realpath -m "$KEA_DIR")
cd "$LAB_DIR" 2>/dev/null || { [[ $command == start ]] && die "$LAB_DIR cannot be entered."; say "not running"; [[ $command == stop || $command == reset ]]; exit; }
LAB_DIR=$PWD
case $command in
  start | stop | reset | restart-kea) # one of them at a time
    exec 9>lock
    flock 9
    "cmd_${command/-/_}"
    ;;
  status | client) "cmd_$command" "$@" ;;
  _dhcp) dhcp "$@" ;;
  *) "$command" ;;
esac
