# Sourced by script/test: PostgreSQL and Redis of their own, on free ports in a temporary folder, gone when it ends.

missing_server_packages() {
  [[ $(postgresql_programs) ]] || echo postgresql
  command -v redis-server >/dev/null || echo redis-server
}

# Debian keeps them out of PATH, in a folder for each version; the newest is taken.
postgresql_programs() {
  find /usr/lib/postgresql -path '*/bin/initdb' -printf '%h\n' 2>/dev/null | sort -V | tail -n 1
}

free_port() {
  "$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# PostgreSQL refuses root.
as_postgres() {
  if ((EUID == 0)); then
    (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@")
  else
    "$@"
  fi
}

start_postgresql() {
  local port data=$SERVERS_DIR/postgresql
  port=$(free_port)
  mkdir "$data"
  ((EUID != 0)) || chown postgres "$data"
  as_postgres "$(postgresql_programs)/initdb" --pgdata="$data" --username=postgres --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
  as_postgres "$(postgresql_programs)/pg_ctl" --pgdata="$data" --log="$data/log" --silent --wait start \
    --options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c full_page_writes=off"
  export DATABASE_URL=postgres://postgres@127.0.0.1:$port/postgres
}

start_redis() {
  local port
  port=$(free_port)
  setsid redis-server --bind 127.0.0.1 --port "$port" --dir "$SERVERS_DIR" --save '' --logfile "$SERVERS_DIR/redis.log" &
  redis=$!
  export TEST_REDIS_URL=redis://127.0.0.1:$port/0
}

stop_test_servers() {
  if [[ -e $SERVERS_DIR/postgresql/postmaster.pid ]]; then
    as_postgres "$(postgresql_programs)/pg_ctl" --pgdata="$SERVERS_DIR/postgresql" --silent --mode=immediate stop
  fi
  if kill "${redis:-}" 2>/dev/null; then wait "$redis"; fi
  rm -rf "$SERVERS_DIR"
}

# Sets DATABASE_URL, TEST_REDIS_URL and a VAR_DIR that nobody else uses.
start_test_servers() {
  SERVERS_DIR=$(mktemp -d)
  chmod 711 "$SERVERS_DIR"
  trap stop_test_servers EXIT
  trap 'exit 130' INT TERM HUP
  export VAR_DIR=$SERVERS_DIR/var
  start_postgresql
  start_redis
}
