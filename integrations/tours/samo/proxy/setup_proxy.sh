#!/bin/bash
# Ставит TinyProxy на Debian или Ubuntu: пускает только ваш сервер и только к оператору.
# Запуск: sudo ./setup_proxy.sh АДРЕС_КАБИНЕТА [ещё адреса]
# Посмотреть настройки, ничего не меняя: ./setup_proxy.sh --print АДРЕС [адреса]
set -euo pipefail

PORT=${PROXY_PORT:-8888}
LISTEN=${PROXY_LISTEN:-0.0.0.0}
HOST=${OPERATOR_HOST:-booking.crystalbay.com}
CONNECT_PORT=${CONNECT_PORT:-443}
USER_NAME=${PROXY_USER:-samo}
PASSWORD=${PROXY_PASSWORD:-}
FILTER=${FILTER_FILE:-/etc/tinyproxy/operator.filter}
CONFIG=/etc/tinyproxy/tinyproxy.conf

fail() {
    echo "Ошибка: $1" >&2
    exit 1
}

is_address() {
    [[ $1 =~ ^([0-9]{1,3}\.){3}[0-9]{1,3}$ ]]
}

# Одна строка с якорями: ни поддомен, ни похожее имя не подойдут.
print_filter() {
    printf '^%s$\n' "${HOST//./\\.}"
}

print_config() {
    local address
    cat <<CONF
Port $PORT
Listen $LISTEN
Timeout 60
MaxClients 20
LogLevel Critical
Syslog Off
DisableViaHeader Yes
$(for address in "$@"; do echo "Allow $address"; done)
BasicAuth $USER_NAME $PASSWORD
ConnectPort $CONNECT_PORT
FilterDefaultDeny Yes
FilterType ere
Filter "$FILTER"
CONF
}

main() {
    local is_print=0 address
    if [[ ${1:-} == --print ]]; then
        is_print=1
        shift
    fi
    [[ $# -gt 0 ]] || fail "укажите адрес сервера кабинета (IPv4), например 203.0.113.10"
    for address in "$@"; do
        is_address "$address" || fail "«$address» — не адрес IPv4. Целые сети не разрешаются"
    done
    [[ -n $PASSWORD ]] || PASSWORD=$(openssl rand -hex 24)
    [[ $PASSWORD =~ ^[0-9A-Za-z]{16,}$ ]] || fail "PROXY_PASSWORD: не меньше 16 букв и цифр"
    if [[ $is_print -eq 1 ]]; then
        print_config "$@"
        return
    fi
    [[ $EUID -eq 0 ]] || fail "запустите с sudo"
    apt-get update -q
    apt-get install -y -q tinyproxy ufw openssl
    umask 027
    print_filter >"$FILTER"
    { echo 'User tinyproxy'; echo 'Group tinyproxy'; print_config "$@"; } >"$CONFIG"
    chown root:tinyproxy "$FILTER" "$CONFIG"
    for address in "$@"; do
        ufw allow from "$address" to any port "$PORT" proto tcp
    done
    systemctl restart tinyproxy
    echo
    echo "Готово. Впишите в файл .env кабинета и перезапустите его:"
    echo "SAMO_PROXY_URL=http://$USER_NAME:$PASSWORD@$(hostname -I | cut -d' ' -f1):$PORT"
    echo
    echo "Пароль прокси идёт по сети открытым текстом, ключ оператора — нет: он внутри TLS."
    echo "Если включён файрвол (ufw), откройте сначала SSH: ufw allow ssh; затем ufw enable."
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    main "$@"
fi
