<?php
// The main calls of the API with PHP 8, its curl extension and nothing else.
declare(strict_types=1);

/** The server said no; the code tells why. */
class Refused extends RuntimeException
{
}

/** One call. */
function call(string $method, string $path, ?array $body = null): ?array
{
    $curl = curl_init(getenv("AUTHROCKET_URL") . $path);
    curl_setopt_array($curl, [
        CURLOPT_CUSTOMREQUEST => $method,
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_HTTPHEADER => [
            "X-Authrocket-Api-Key: " . getenv("AUTHROCKET_API_KEY"),
            "X-Authrocket-Realm: " . getenv("AUTHROCKET_REALM"),
            "Content-Type: application/json",
            "Accept: application/json",
        ],
    ]);
    if ($body !== null) {
        curl_setopt($curl, CURLOPT_POSTFIELDS, json_encode($body, JSON_THROW_ON_ERROR));
    }
    $answer = curl_exec($curl);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    if ($status < 200 || $status > 299) {
        throw new Refused("$method $path: $answer", $status);
    }
    return $answer === "" ? null : json_decode($answer, true, 64, JSON_THROW_ON_ERROR);
}

/** The session of a login token as a browser brought it, or null. It goes into the body, and nothing but a session counts. */
function check(string $token): ?array
{
    try {
        $session = call("POST", "sessions/verify?expand=memberships", ["token" => $token]);
    } catch (Refused $refused) {
        if (in_array($refused->getCode(), [404, 422], true)) {
            return null;
        }
        throw $refused;
    }
    return $session["object"] === "session" ? $session : null;
}

/** Whether a webhook's body is from our server: signed with the hook's secret, and not long ago. */
function is_from_us(array $headers, string $body, string $secret): bool
{
    $timestamp = $headers["webhook-timestamp"] ?? "";
    if (!ctype_digit($timestamp) || abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    $key = base64_decode(preg_replace("/^whsec_/", "", $secret));
    $signed = ($headers["webhook-id"] ?? "") . ".$timestamp.$body";
    $wanted = "v1," . base64_encode(hash_hmac("sha256", $signed, $key, true));
    foreach (explode(" ", $headers["webhook-signature"] ?? "") as $given) {
        if (hash_equals($wanted, $given)) {
            return true;
        }
    }
    return false;
}

/** Takes one webhook; a web server does this for an app, which reads php://input. */
function receive($server, callable $is_good): array
{
    $socket = stream_socket_accept($server, 30) ?: throw new RuntimeException("no webhook came");
    fgets($socket);
    $headers = [];
    while (($line = trim(fgets($socket))) !== "") {
        [$name, $value] = explode(": ", $line, 2);
        $headers[strtolower($name)] = $value;
    }
    $body = stream_get_contents($socket, (int) $headers["content-length"]);
    $status = $is_good($headers, $body) ? "204 No Content" : "403 Forbidden";
    fwrite($socket, "HTTP/1.1 $status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    fclose($socket);
    return json_decode($body, true, 64, JSON_THROW_ON_ERROR);
}

// With a login token as its argument the program says whose it is, and no more.
if ($argc > 1) {
    $session = check($argv[1]);
    echo $session ? "{$session["user"]["name"]} is logged in\n" : "nobody is logged in\n";
    exit($session ? 0 : 1);
}

$username = "ada-" . bin2hex(random_bytes(4)) . "@example.com";
$password = "tr0mbone-under-glass";

// A webhook reports users who sign up from now on. On a developer's machine the server must be allowed to call it
// (delivery.allowed_networks).
$receiver = stream_socket_server("tcp://127.0.0.1:0");
$hook = call("POST", "app_hooks", ["app_hook" => [
    "hook_type" => "webhook",
    "destination" => "http://" . stream_socket_get_name($receiver, false) . "/hooks",
    "event_type" => ["user.created"],
]]);

$org = call("POST", "orgs", ["org" => ["name" => "Analytical Engines"]]);
$user = call("POST", "users", ["user" => [
    "user_type" => "human", "username" => $username, "email" => $username, "password" => $password,
    "first_name" => "Ada", "last_name" => "Lovelace",
]]);
call("POST", "memberships", ["membership" => [
    "user_id" => $user["id"], "org_id" => $org["id"], "permissions" => ["owner"],
]]);

$event = receive($receiver, function (array $headers, string $body) use ($hook): bool {
    if (is_from_us($headers, "$body ", $hook["secret"])) {
        throw new RuntimeException("a changed body passes");
    }
    return is_from_us($headers, $body, $hook["secret"]);
});
if ($event["event_type"] !== "user.created" || $event["user_id"] !== $user["id"]) {
    throw new RuntimeException("another event");
}
echo "webhook: {$event["event_type"]}\n";

// A login, as an app's own login form makes it. What a browser brings back from LoginRocket is such a token too.
$login = call("POST", "users/" . rawurlencode($username) . "/authenticate", ["password" => $password]);
$session = check($login["token"]);
$membership = $session["user"]["memberships"][0];
echo "{$session["user"]["name"]} is logged in, {$membership["permissions"][0]} of {$membership["org"]["name"]}\n";

// Out at once: the next check does not find the session.
call("DELETE", "sessions/" . rawurlencode($login["token"]));
if (check($login["token"])) {
    throw new RuntimeException("the session lives on");
}

// Lists go on behind the last id that was seen.
$users = 0;
$after = "";
do {
    $page = call("GET", "users?max_results=100&after=" . rawurlencode($after));
    $users += count($page["collection"]);
    $after = end($page["collection"])["id"] ?? "";
} while ($page["more_results"]);
echo "$users users in the realm\n";

call("DELETE", "app_hooks/" . rawurlencode($hook["id"]));
call("DELETE", "users/" . rawurlencode($user["id"]));
call("DELETE", "orgs/" . rawurlencode($org["id"]));
echo "done\n";
