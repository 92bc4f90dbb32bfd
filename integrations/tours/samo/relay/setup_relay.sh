#!/bin/bash
# Ставит посредника (relay) на Debian или Ubuntu: nginx с сертификатом, PHP и настройки.
# Запуск: sudo ./setup_relay.sh relay.example.kz
# Ключ оператора спрашивается с клавиатуры и хранится только здесь, в файле для root и PHP.
set -euo pipefail

DOMAIN=${1:-}
CONFIG_DIR=/etc/samo-relay
STATE_DIR=/var/lib/samo-relay
WEB_DIR=/var/www/samo-relay
HERE=$(cd "$(dirname "$0")" && pwd)

fail() {
    echo "Ошибка: $1" >&2
    exit 1
}

write_config() {
    local token=$1 secret=$2 path=$3
    # Только шестнадцатеричные и простые знаки: значение не может стать частью программы.
    [[ $token =~ ^[0-9A-Za-z._-]{8,4096}$ ]] || fail "ключ оператора должен состоять из букв, цифр и знаков . _ -"
    umask 077
    cat >"$path" <<PHP
<?php
return [
    'token' => '$token',
    'secret' => '$secret',
    'state_dir' => '$STATE_DIR',
];
PHP
}

write_nginx() {
    local php_socket=$1
    cat <<NGINX
limit_req_zone \$binary_remote_addr zone=samo_relay:1m rate=5r/s;
server {
    listen 80;
    server_name $DOMAIN;
    root $WEB_DIR;
    access_log off;
    client_max_body_size 16k;
    location = / {
        limit_req zone=samo_relay burst=20 nodelay;
        include fastcgi_params;
        fastcgi_param SCRIPT_FILENAME $WEB_DIR/samo_relay.php;
        fastcgi_pass unix:$php_socket;
    }
    location / { return 404; }
}
NGINX
}

main() {
    [[ $EUID -eq 0 ]] || fail "запустите с sudo"
    [[ $DOMAIN =~ ^[A-Za-z0-9.-]+\.[A-Za-z]{2,}$ ]] || fail "укажите доменное имя: $0 relay.example.kz"
    local token secret php_socket
    read -r -s -p "Ключ оператора (oauth_token): " token
    echo
    secret=$(openssl rand -hex 32)

    apt-get update -q
    apt-get install -y -q nginx php-fpm php-curl certbot python3-certbot-nginx openssl

    install -d -m 750 -o root -g www-data "$CONFIG_DIR"
    install -d -m 700 -o www-data -g www-data "$STATE_DIR"
    install -d -m 755 "$WEB_DIR"
    install -m 644 "$HERE/samo_relay.php" "$WEB_DIR/samo_relay.php"
    write_config "$token" "$secret" "$CONFIG_DIR/config.php"
    chown root:www-data "$CONFIG_DIR/config.php"
    chmod 640 "$CONFIG_DIR/config.php"

    php_socket=$(find /run/php -name 'php*-fpm.sock' | sort | tail -n 1)
    [[ -n $php_socket ]] || fail "PHP не запустился: нет /run/php/php*-fpm.sock"
    write_nginx "$php_socket" >/etc/nginx/sites-available/samo-relay
    ln -sf /etc/nginx/sites-available/samo-relay /etc/nginx/sites-enabled/samo-relay
    nginx -t
    systemctl reload nginx
    certbot --nginx --non-interactive --agree-tos --register-unsafely-without-email --redirect -d "$DOMAIN"

    echo
    echo "Готово. Впишите в файл .env кабинета две строки и перезапустите его:"
    echo "SAMO_RELAY_URL=https://$DOMAIN/"
    echo "SAMO_RELAY_SECRET=$secret"
    echo
    echo "Оператору сообщите адрес этой машины: $(curl -4 -s --max-time 10 https://api.ipify.org || hostname -I | cut -d' ' -f1)"
    echo "Проверить отсюда: $HERE/samo_diagnose.sh"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    main
fi
