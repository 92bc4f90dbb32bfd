#!/bin/sh
# Start PostgreSQL and Redis of this machine where nothing answers on their standard ports.
# Installs them from the system's packages when it may; never stops or reconfigures anything.
set -eu

answers() {
    python3 -c "import socket; socket.create_connection(('127.0.0.1', $1), 2)" 2>/dev/null
}

wait_for() {
    tries=0
    until answers "$1"; do
        tries=$((tries + 1))
        [ "$tries" -lt 30 ] || stop "$2 не запустился за 15 секунд."
        sleep 0.5
    done
}

stop() {
    echo "$1" >&2
    exit 1
}

as_root() {
    [ "$(id -u)" -eq 0 ] || stop "Нет $1. Запустите: sudo make services"
}

install_package() {
    command -v apt-get >/dev/null || stop "Установите $1 средствами вашей системы и повторите."
    echo "· Устанавливаю $1"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1" >/dev/null
}

start_postgres() {
    as_root PostgreSQL
    command -v pg_ctlcluster >/dev/null || install_package postgresql
    answers 5432 && return
    version=$(find /etc/postgresql -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -n | tail -n 1)
    pg_ctlcluster --skip-systemctl-redirect "$version" main start
    wait_for 5432 PostgreSQL
}

start_redis() {
    as_root Redis
    command -v redis-server >/dev/null || install_package redis-server
    answers 6379 && return
    redis-server --daemonize yes --bind 127.0.0.1 --port 6379 --save "" --appendonly no >/dev/null
    wait_for 6379 Redis
}

# Tests connect as the person who runs them; a fresh PostgreSQL does not know root yet.
ensure_role() {
    command -v runuser >/dev/null && [ "$(id -u)" -eq 0 ] || return 0
    psql -qAt -d postgres -c "SELECT 1" >/dev/null 2>&1 && return 0
    runuser -u postgres -- createuser --superuser root 2>/dev/null || true
}

answers 5432 || start_postgres
answers 6379 || start_redis
ensure_role
echo "PostgreSQL отвечает на порту 5432, Redis — на 6379."
