#!/usr/bin/env php
<?php
/**
 * The life of a customer's record, from PHP over the vault's socket; no extension, no package.
 *
 * Who calls is known from the user that runs this; grants say what that user may do. Here the user
 * needs the roles checkout, customer-service and dpo, and the vault must accept artificial
 * henkilötunnus (identifiers.acceptArtificialHenkilotunnus), since this one belongs to nobody.
 */
declare(strict_types=1);

const HENKILOTUNNUS = '010190-900P';

/** The vault refused: `problem` says why; programs decide by its code alone, which never changes. */
final class VaultError extends RuntimeException
{
    public function __construct(public readonly string $problem, string $title)
    {
        parent::__construct("$problem: $title");
    }
}

/** Speaks to the vault for one purpose. Values travel in bodies, never in a path: paths get logged. */
final class Vault
{
    public function __construct(private string $socket, private string $purpose)
    {
    }

    public function call(string $method, string $path, ?array $body = null, array $headers = []): array
    {
        $content = $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR);
        $headers += [
            'Host' => 'localhost',
            'Aitta-Purpose' => $this->purpose,
            'Connection' => 'close',
        ];
        if ($body !== null) {
            $headers += ['Content-Type' => 'application/json', 'Content-Length' => strlen($content)];
        }
        $head = "$method $path HTTP/1.1\r\n";
        foreach ($headers as $name => $value) {
            $head .= "$name: $value\r\n";
        }
        return self::read($this->exchange("$head\r\n$content"));
    }

    /** Sends a request and reads until the vault closes the connection, as it was asked to. */
    private function exchange(string $request): string
    {
        $stream = @stream_socket_client("unix://$this->socket", $number, $reason, 5);
        if ($stream === false) {
            throw new RuntimeException("can't connect to $this->socket: $reason");
        }
        try {
            stream_set_timeout($stream, 30);
            for ($sent = 0; $sent < strlen($request); $sent += $count) {
                $count = fwrite($stream, substr($request, $sent));
                if ($count === false || $count === 0) {
                    throw new RuntimeException('the connection ended before the request was sent');
                }
            }
            $answer = stream_get_contents($stream);
            if ($answer === false || stream_get_meta_data($stream)['timed_out']) {
                throw new RuntimeException('the vault did not answer in time');
            }
            return $answer;
        } finally {
            fclose($stream);
        }
    }

    /** The JSON of an answer. The vault sends every answer whole, with its length. */
    private static function read(string $answer): array
    {
        [$head, $body] = explode("\r\n\r\n", $answer, 2) + [1 => ''];
        $isWhole = preg_match('/^content-length: *(\d+) *$/mi', str_replace("\r", '', $head), $length)
            && strlen($body) === (int) $length[1];
        if (!preg_match('#^HTTP/1\.1 (\d{3}) #', $head, $status) || !$isWhole) {
            throw new RuntimeException('the answer is not whole');
        }
        $content = json_decode($body, true, 64, JSON_THROW_ON_ERROR);
        if ((int) $status[1] >= 400) {
            throw new VaultError($content['code'], $content['title']);
        }
        return $content;
    }
}

function show(string $what, mixed $value): void
{
    printf("%-8s %s\n", $what, json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES));
}

/** A random UUID (RFC 9562, version 4). */
function uuid(): string
{
    $bytes = random_bytes(16);
    $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
    $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
    return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
}

$socket = getenv('AITTA_SOCKET') ?: '/run/aitta/aitta.sock';
$shop = new Vault($socket, 'order');
$service = new Vault($socket, 'customer-service');
$rights = new Vault($socket, 'data-subject-rights');

$person = [
    'kind' => 'person',
    'reference' => 'EXAMPLE-PHP-1',
    'source' => 'subject',
    'fields' => [
        'name' => ['given' => 'Aino', 'family' => 'Korhonen'],
        'henkilotunnus' => HENKILOTUNNUS,
        'email' => 'aino@example.fi',
        'phone' => '+358 40 123 4567',
    ],
];
// With a key of its own, a request may be repeated until it is answered: it is carried out once.
$key = ['Idempotency-Key' => uuid()];
$record = $shop->call('POST', '/v1/records', $person, $key);
if ($shop->call('POST', '/v1/records', $person, $key) !== $record) {
    exit("the record was created twice\n");
}
show('created', $record);
$path = "/v1/records/{$record['id']}";

try {
    show('read', $service->call('GET', "$path?fields=name,henkilotunnus&view=masked")['fields']);
    $query = ['field' => 'phone', 'value' => '040 1234567', 'fields' => ['name']];
    show('found', $service->call('POST', '/v1/search', $query)['matches']);

    // Who calls says the number; whether it is the right one the vault tells, and not what it is.
    $claim = ['field' => 'henkilotunnus', 'value' => HENKILOTUNNUS];
    show('verified', $service->call('POST', "$path/verify", $claim));

    // If another has changed the record since, this is refused with `version_mismatch`.
    $change = ['fields' => ['phone' => '+358 50 765 4321']];
    $version = ['If-Match' => "\"{$record['version']}\""];
    show('updated', $service->call('PATCH', $path, $change, $version));
} finally {
    $certificate = $rights->call('POST', "$path/erasure", ['reason' => 'erasure-request']);
    show('erased', $certificate['record']);
}
try {
    $service->call('GET', $path);
} catch (VaultError $error) {
    show('after', $error->getMessage());
    exit($error->problem === 'erased' ? 0 : 1);
}
fwrite(STDERR, "the record is still there\n");
exit(1);
