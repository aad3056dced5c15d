#!/usr/bin/env bash
# Builds and runs the image without Docker: follows the Dockerfile in folders of its own and starts
# what comes of it as a user that the image does not know, once on PostgreSQL and Redis
# (TEST_DATABASE_URL, TEST_REDIS_URL, or their usual ports) and once on the embedded database.
# It cannot show what only Docker can: the base image, layers, networks, volumes.
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
# The Node of this project and no other command of its packages: an image has none on its PATH.
PATH=$PWD/node_modules/.bin:$PATH
install -D "$(node -p process.execPath)" "$scratch/bin/node"
PATH=$scratch/bin:$(tr : '\n' <<<"$PATH" | grep -v 'node_modules/\.bin' | paste -sd :)
# shellcheck source=scripts/follow-dockerfile.sh
. scripts/follow-dockerfile.sh

largest_mb=100
email=admin@example.com
password=$(node -p 'crypto.randomUUID()')
secret_key=$(node -p 'crypto.randomBytes(48).toString("base64")')
database_url=${TEST_DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres}
redis_url=${TEST_REDIS_URL:-redis://127.0.0.1:6379}
database='' server='' visitor=''

clean_up() {
  set +e
  for pid in $server $visitor; do kill -KILL "$pid" && wait "$pid"; done
  [[ -n $database ]] && in_database_server "DROP DATABASE IF EXISTS $database WITH (FORCE)"
  chmod -R u+w "$scratch"
  rm -rf "$scratch"
} 2>/dev/null
trap clean_up EXIT

in_database_server() {
  (cd "$release" && node --input-type=module -e '
    import pg from "pg";
    const client = new pg.Client(process.argv[1]);
    await client.connect();
    await client.query(process.argv[2]);
    await client.end();' "$database_url" "$1")
}

# Becomes a command of the image, with nothing in its environment but the image's and the given.
enter() {
  local stranger=()
  [[ $(id -u) -ne 0 ]] || stranger=(setpriv --reuid=4711 --regid=4711 --clear-groups)
  cd "$release" && exec "${stranger[@]}" env -i PATH="$scratch/bin" "${environment[@]}" "$@"
}

free_port() {
  node -e 'const s = require("net").createServer().listen(0, () => { console.log(s.address().port); s.close(); })'
}

# Starts the image with these settings, signs in, loads a page, checks its health, and stops it as
# Docker does.
rehearse() {
  local title=$1 page=$2 port status=0
  shift 2
  port=$(free_port)
  fail() { cat "$scratch/log" >&2 && die "$title: $*"; }
  (enter PORT="$port" PUBLIC_URL="http://127.0.0.1:$port" SECRET_KEY="$secret_key" \
    ADMIN_EMAIL="$email" ADMIN_PASSWORD="$password" "$@" "${command[@]}") >"$scratch/log" 2>&1 &
  server=$!
  node scripts/visit-server.ts "http://127.0.0.1:$port" "$email" "$password" "$page" &
  visitor=$!
  # Whichever ends first: a server that dies is not waited for.
  wait -n "$server" "$visitor" || fail 'of no use.'
  visitor=''
  (enter PORT="$port" "${healthcheck[@]}") || fail 'HEALTHCHECK fails while it is well.'
  kill -TERM "$server"
  for _ in {1..150}; do kill -0 "$server" 2>/dev/null || break; sleep 0.1; done
  if kill -0 "$server" 2>/dev/null; then fail 'SIGTERM does not end it.'; fi
  wait "$server" || status=$?
  server=''
  [[ $status -eq 0 ]] || fail "exits with $status when it is stopped."
  if (enter PORT="$port" "${healthcheck[@]}") 2>/dev/null; then fail 'HEALTHCHECK passes without it.'; fi
  echo "• $title: ready, signed in, healthy, stopped with 0"
}

logs_json() {
  node -e '
    const lines = require("fs").readFileSync(process.argv[1], "utf8").trim().split("\n");
    for (const line of lines) JSON.parse(line);' "$scratch/log"
}

megabytes() { du -sm --apparent-size "$1" | cut -f1; }

follow_dockerfile
# The folder itself, for a user who is not its owner.
chmod 755 "$scratch"
shipped=$(megabytes "$release")
echo "• installed for production: $(megabytes "$scratch/build/build/node_modules") MB of packages"
echo "• put on the base image: $shipped MB in all"
[[ $shipped -le $largest_mb ]] || die "More than $largest_mb MB: see scripts/gather-release.ts."
database=latchkey_image_$$
in_database_server "CREATE DATABASE $database"
rehearse 'PostgreSQL and Redis' /verify-email DATABASE_URL="${database_url%/*}/$database" REDIS_URL="$redis_url"
logs_json || die 'The log is not JSON throughout.'
rehearse 'embedded database, GraphiQL, pretty log' /graphql \
  EMBEDDED_DATABASE=true GRAPHIQL=true LOG_FORMAT=pretty
echo '✔ What the Dockerfile says can be built and run.'
