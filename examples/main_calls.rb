# The main calls of the API with Ruby 3 and nothing else.
require "base64"
require "erb"
require "json"
require "net/http"
require "openssl"
require "securerandom"
require "socket"

URL = ENV.fetch("AUTHROCKET_URL")
HEADERS = {
  "X-Authrocket-Api-Key" => ENV.fetch("AUTHROCKET_API_KEY"),
  "X-Authrocket-Realm" => ENV.fetch("AUTHROCKET_REALM"),
  "Content-Type" => "application/json",
  "Accept" => "application/json",
}.freeze

# The server said no; `status` tells why.
class Refused < StandardError
  attr_reader :status

  def initialize(status, text)
    super("#{status}: #{text}")
    @status = status
  end
end

# One call.
def call(method, path, body = nil)
  uri = URI(URL + path)
  request = Net::HTTP.const_get(method.capitalize).new(uri.request_uri, HEADERS)
  request.body = JSON.generate(body) if body
  answer = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == "https") { |http| http.request(request) }
  raise Refused.new(answer.code.to_i, answer.body) unless answer.is_a?(Net::HTTPSuccess)

  answer.body.to_s.empty? ? nil : JSON.parse(answer.body)
end

# A text as one segment of an address, so that it cannot lead to another one.
def segment(text)
  ERB::Util.url_encode(text)
end

# The session of a login token as a browser brought it, or nil. It goes into the body, and nothing but a session counts.
def check(token)
  session = call("POST", "sessions/verify?expand=memberships", { token: token })
  session if session["object"] == "session"
rescue Refused => refused
  raise unless [404, 422].include?(refused.status)
end

# Whether a webhook's body is from our server: signed with the hook's secret, and not long ago.
def from_us?(headers, body, secret)
  id, timestamp, signatures = headers.values_at("webhook-id", "webhook-timestamp", "webhook-signature")
  return false unless id && signatures && timestamp.to_s.match?(/\A\d+\z/) && (Time.now.to_i - timestamp.to_i).abs < 300

  key = Base64.decode64(secret.delete_prefix("whsec_"))
  wanted = "v1," + Base64.strict_encode64(OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{timestamp}.#{body}"))
  signatures.split.any? { |given| OpenSSL.secure_compare(given, wanted) }
end

# Takes one webhook; a web framework does this in an app.
def receive(server)
  raise "no webhook came" unless server.wait_readable(30)

  socket = server.accept
  socket.gets
  headers = {}
  while (line = socket.gets.chomp) != ""
    name, value = line.split(": ", 2)
    headers[name.downcase] = value
  end
  body = socket.read(headers.fetch("content-length").to_i)
  good = yield headers, body
  socket.write("HTTP/1.1 #{good ? "204 No Content" : "403 Forbidden"}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
  socket.close
  body
end

# With a login token as its argument the program says whose it is, and no more.
if ARGV.any?
  session = check(ARGV.first)
  puts(session ? "#{session["user"]["name"]} is logged in" : "nobody is logged in")
  exit(session ? 0 : 1)
end

username = "ada-#{SecureRandom.hex(4)}@example.com"
password = "tr0mbone-under-glass"

# A webhook reports users who sign up from now on. On a developer's machine the server must be allowed to call it
# (delivery.allowed_networks).
receiver = TCPServer.new("127.0.0.1", 0)
hook = call("POST", "app_hooks", { app_hook: {
  hook_type: "webhook", destination: "http://127.0.0.1:#{receiver.addr[1]}/hooks", event_type: ["user.created"]
} })

org = call("POST", "orgs", { org: { name: "Analytical Engines" } })
user = call("POST", "users", { user: {
  user_type: "human", username: username, email: username, password: password,
  first_name: "Ada", last_name: "Lovelace"
} })
call("POST", "memberships", { membership: { user_id: user["id"], org_id: org["id"], permissions: ["owner"] } })

event = JSON.parse(receive(receiver) do |headers, body|
  raise "a changed body passes" if from_us?(headers, "#{body} ", hook["secret"])

  from_us?(headers, body, hook["secret"])
end)
raise "another event" unless event["event_type"] == "user.created" && event["user_id"] == user["id"]

puts "webhook: #{event["event_type"]}"

# A login, as an app's own login form makes it. What a browser brings back from LoginRocket is such a token too.
login = call("POST", "users/#{segment(username)}/authenticate", { password: password })
session = check(login["token"])
puts "#{session["user"]["name"]} is logged in, #{session["user"]["memberships"][0]["permissions"][0]} of #{org["name"]}"

# Out at once: the next check does not find the session.
call("DELETE", "sessions/#{segment(login["token"])}")
raise "the session lives on" if check(login["token"])

# Lists go on behind the last id that was seen.
users = 0
after = ""
loop do
  page = call("GET", "users?max_results=100&after=#{segment(after)}")
  users += page["collection"].size
  break unless page["more_results"]

  after = page["collection"].last["id"]
end
puts "#{users} users in the realm"

call("DELETE", "app_hooks/#{segment(hook["id"])}")
call("DELETE", "users/#{segment(user["id"])}")
call("DELETE", "orgs/#{segment(org["id"])}")
puts "done"
