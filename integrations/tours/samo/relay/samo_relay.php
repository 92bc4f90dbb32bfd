<?php
/**
 * Relay for the SAMO-Tour API: runs on a machine whose address the operator lets in.
 *
 * POST {"action": "...", "params": {...}} with X-Relay-Timestamp, X-Relay-Nonce and X-Relay-Signature =
 * HMAC-SHA256 of "timestamp\nnonce\nbody". The operator's status and body are passed on unchanged;
 * X-Relay-Status says ok, upstream_error, timeout or refused. The token is known here only.
 *
 * Settings: a PHP file that returns an array, named by SAMO_RELAY_CONFIG (default /etc/samo-relay/config.php).
 */

declare(strict_types=1);

const ACTIONS = [
    'SearchTour_TOWNFROMS', 'SearchTour_STATES', 'SearchTour_TOURS', 'SearchTour_TOWNS', 'SearchTour_STARS',
    'SearchTour_MEALS', 'SearchTour_HOTELS', 'SearchTour_CURRENCIES', 'SearchTour_CHECKIN', 'SearchTour_NIGHTS',
    'SearchTour_PRICES', 'FreightMonitor_FREIGHTSBYPACKET', 'Currency_CURRENCIES',
];
const CLOCK_SKEW_S = 300;
const MAX_REQUEST_BYTES = 16384;
const MAX_ANSWER_BYTES = 10485760;

ini_set('display_errors', '0');

/** Answer with an error of the relay itself and stop. */
function refuse(int $status, string $code, string $message, string $relayStatus = 'refused'): never
{
    http_response_code($status);
    header('Content-Type: application/json');
    header('X-Relay-Status: ' . $relayStatus);
    echo json_encode(['relay_error' => $code, 'message' => $message]);
    error_log(sprintf('samo-relay %d %s', $status, $code));
    exit;
}

/** @return array{token: string, secret: string, upstream: string, state_dir: string, per_minute: int, version: string} */
function settings(): array
{
    $path = getenv('SAMO_RELAY_CONFIG') ?: '/etc/samo-relay/config.php';
    $given = is_readable($path) ? require $path : null;
    if (!is_array($given) || ($given['token'] ?? '') === '' || strlen($given['secret'] ?? '') < 32) {
        refuse(502, 'not_configured', 'The relay has no settings');
    }
    return $given + [
        'upstream' => 'https://booking.crystalbay.com/export/default.php',
        'state_dir' => '/var/lib/samo-relay',
        'per_minute' => 120,
        'version' => '1.0',
    ];
}

/** Refuse whoever does not know the secret, comes late, or comes twice. */
function authenticate(array $settings, string $body): void
{
    $stamp = $_SERVER['HTTP_X_RELAY_TIMESTAMP'] ?? '';
    $nonce = $_SERVER['HTTP_X_RELAY_NONCE'] ?? '';
    $signature = $_SERVER['HTTP_X_RELAY_SIGNATURE'] ?? '';
    if (!preg_match('/^\d{1,12}$/D', $stamp) || !preg_match('/^[0-9a-f]{32}$/D', $nonce)) {
        refuse(401, 'unsigned', 'The request is not signed');
    }
    $expected = hash_hmac('sha256', "$stamp\n$nonce\n$body", $settings['secret']);
    if (!hash_equals($expected, $signature)) {
        refuse(401, 'bad_signature', 'The signature is wrong');
    }
    if (abs(time() - (int) $stamp) > CLOCK_SKEW_S) {
        refuse(401, 'old_timestamp', 'The request is too old or from the future');
    }
    remember($settings['state_dir'], $nonce);
}

/** Keep the nonce as a file: creating it is possible once, whoever asks at the same moment. */
function remember(string $stateDir, string $nonce): void
{
    $file = @fopen("$stateDir/nonce-$nonce", 'x');
    if ($file === false) {
        is_writable($stateDir)
            ? refuse(401, 'replay', 'The request has been seen before')
            : refuse(502, 'no_state', 'The relay cannot write its state');
    }
    fclose($file);
    if (random_int(1, 50) === 1) {
        foreach (glob("$stateDir/nonce-*") ?: [] as $old) {
            if ((int) @filemtime($old) < time() - 3 * CLOCK_SKEW_S) {
                @unlink($old);
            }
        }
    }
}

/** At most so many requests a minute; the operator's patience is limited. */
function limit(array $settings): void
{
    $file = fopen($settings['state_dir'] . '/rate', 'c+');
    if ($file === false) {
        refuse(502, 'no_state', 'The relay cannot write its state');
    }
    flock($file, LOCK_EX);
    [$minute, $count] = array_map('intval', explode(' ', (stream_get_contents($file) ?: '0 0') . ' 0'));
    $now = intdiv(time(), 60);
    $count = $minute === $now ? $count + 1 : 1;
    ftruncate($file, 0);
    rewind($file);
    fwrite($file, "$now $count");
    fclose($file);
    if ($count > $settings['per_minute']) {
        refuse(429, 'too_many', 'Too many requests in this minute');
    }
}

/** @return array{0: string, 1: array<string, string>} The action and its parameters, both allowed. */
function wanted(string $body): array
{
    $given = json_decode($body, true, 4);
    if (!is_array($given) || array_diff(array_keys($given), ['action', 'params'])) {
        refuse(400, 'bad_request', 'Expected action and params only');
    }
    $action = $given['action'] ?? '';
    $params = $given['params'] ?? [];
    if (!is_string($action) || !in_array($action, ACTIONS, true)) {
        refuse(403, 'action_not_allowed', 'This action is not allowed');
    }
    if (!is_array($params)) {
        refuse(400, 'bad_params', 'Parameters must be an object');
    }
    foreach ($params as $name => $value) {
        $isNamed = is_string($name) && preg_match('/^[A-Z_]{2,30}$/D', $name);
        if (!$isNamed || !is_string($value) || !preg_match('/^[0-9A-Za-z.,_-]{1,2000}$/D', $value)) {
            refuse(400, 'bad_params', 'A parameter has a wrong name or value');
        }
    }
    return [$action, $params];
}

/** Ask the operator and pass its answer on. */
function relay(array $settings, string $action, array $params): void
{
    $dispatch = [
        'samo_action' => 'api', 'version' => $settings['version'], 'oauth_token' => $settings['token'],
        'type' => 'json', 'action' => $action,
    ];
    $answer = '';
    $curl = curl_init($settings['upstream'] . '?' . http_build_query($dispatch + $params));
    curl_setopt_array($curl, [
        CURLOPT_IPRESOLVE => CURL_IPRESOLVE_V4,
        CURLOPT_CONNECTTIMEOUT => 10,
        CURLOPT_TIMEOUT => 30,
        CURLOPT_FOLLOWLOCATION => false,
        CURLOPT_PROTOCOLS => CURLPROTO_HTTPS | CURLPROTO_HTTP,
        CURLOPT_PROXY => '',
        CURLOPT_WRITEFUNCTION => static function ($handle, string $part) use (&$answer): int {
            $answer .= $part;
            return strlen($answer) > MAX_ANSWER_BYTES ? 0 : strlen($part);
        },
    ]);
    $started = microtime(true);
    $isDone = curl_exec($curl);
    $status = (int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    $isLate = curl_errno($curl) === CURLE_OPERATION_TIMEDOUT;
    curl_close($curl);
    if ($isDone === false) {
        $isLate
            ? refuse(504, 'timeout', 'The operator does not answer', 'timeout')
            : refuse(502, 'unreachable', 'The operator cannot be reached', 'unreachable');
    }
    http_response_code($status);
    header('Content-Type: application/octet-stream');
    header('X-Content-Type-Options: nosniff');
    header('X-Relay-Status: ' . ($status === 200 ? 'ok' : 'upstream_error'));
    echo $answer;
    error_log(sprintf('samo-relay %s %d %d ms', $action, $status, (microtime(true) - $started) * 1000));
}

if (($_SERVER['REQUEST_METHOD'] ?? '') !== 'POST') {
    refuse(405, 'post_only', 'Only POST');
}
$body = (string) file_get_contents('php://input', false, null, 0, MAX_REQUEST_BYTES + 1);
if (strlen($body) > MAX_REQUEST_BYTES) {
    refuse(413, 'too_large', 'The request is too large');
}
$settings = settings();
authenticate($settings, $body);
limit($settings);
[$action, $params] = wanted($body);
relay($settings, $action, $params);
