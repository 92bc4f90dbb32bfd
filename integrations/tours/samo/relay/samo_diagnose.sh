#!/bin/bash
# Проверяет связь с оператором с этой машины: имя, соединение, ключ, время каждого запроса.
# Ключ читается из SAMO_TOKEN_FILE (файл для root) или из настроек посредника и передаётся curl через
# стандартный ввод: в списке процессов его не видно.
set -uo pipefail

URL=${SAMO_API_URL:-https://booking.crystalbay.com/export/default.php}
TOKEN_FILE=${SAMO_TOKEN_FILE:-}
CONFIG=${SAMO_RELAY_CONFIG:-/etc/samo-relay/config.php}
ACTIONS=(SearchTour_TOWNFROMS SearchTour_STATES SearchTour_CURRENCIES SearchTour_CHECKIN)

read_token() {
    if [[ -n $TOKEN_FILE ]]; then
        tr -d '[:space:]' <"$TOKEN_FILE"
    else
        sed -n "s/.*'token' => '\([0-9A-Za-z._-]*\)'.*/\1/p" "$CONFIG"
    fi
}

explain() {
    local status=$1 body=$2 address
    if grep -q 'blacklisted' <<<"$body"; then
        address=$(sed -n 's/.*blacklisted address \([0-9a-fA-F.:]*\).*/\1/p' <<<"$body" | head -n 1)
        echo "  Оператор не пускает адрес ${address:-этой машины}. Попросите добавить его (или ключ неверен)."
    elif grep -q 'apiKey provided, but invalid' <<<"$body"; then
        echo "  Оператор не знает этот ключ. Попросите новый."
    elif grep -q 'Method does not exists' <<<"$body"; then
        echo "  У ключа нет права на этот запрос."
    elif [[ $status == 000 ]]; then
        echo "  Ответа нет: сеть, файрвол или оператор недоступен."
    elif [[ $status != 200 ]]; then
        echo "  Сервер оператора отвечает ошибкой $status. Попробуйте позже."
    else
        return 0
    fi
    return 1
}

ask() {
    local action=$1 token=$2 out status seconds
    out=$(printf 'url = "%s?samo_action=api&version=1.0&type=json&action=%s&oauth_token=%s"\n' \
        "$URL" "$action" "$token" |
        curl --config - --ipv4 --silent --connect-timeout 10 --max-time 30 --proto '=https,http' \
            --write-out '\n%{http_code} %{time_total}')
    read -r status seconds <<<"$(tail -n 1 <<<"$out")"
    echo "$action: $status за $seconds с"
    explain "$status" "$(sed '$d' <<<"$out" | head -c 2000)"
}

main() {
    local token host action failed=0
    host=$(sed -E 's#^[a-z]+://([^/:]+).*#\1#' <<<"$URL")
    token=$(read_token) || true
    [[ -n $token ]] || {
        echo "Нет ключа: задайте SAMO_TOKEN_FILE или настройте посредника ($CONFIG)." >&2
        exit 2
    }
    echo "Оператор: $host"
    echo "Адрес (DNS): $(getent ahostsv4 "$host" | awk '{print $1; exit}')"
    for action in "${ACTIONS[@]}"; do
        ask "$action" "$token" || {
            failed=1
            break
        }
    done
    [[ $failed -eq 0 ]] && echo "Всё работает."
    exit "$failed"
}

main "$@"
