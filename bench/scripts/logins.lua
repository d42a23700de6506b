-- Logs in one user after another, each picked at random. From the environment: USERS, how many there are; USERNAME, what
-- their names begin with; PASSWORD; API_KEY; REALM; DELAY_MS between two requests of a connection.
local users = tonumber(os.getenv("USERS"))
local delay_ms = tonumber(os.getenv("DELAY_MS") or "0")
local body = '{"password":"' .. os.getenv("PASSWORD") .. '"}'

function init(args)
  math.randomseed(os.time())
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["X-Authrocket-Api-Key"] = os.getenv("API_KEY")
  wrk.headers["X-Authrocket-Realm"] = os.getenv("REALM")
end

function request()
  local user = os.getenv("USERNAME") .. math.random(0, users - 1)
  return wrk.format("POST", "/v1/users/" .. user .. "/authenticate", nil, body)
end

if delay_ms > 0 then
  -- Not all connections in step: on average this long.
  function delay()
    return math.random(0, 2 * delay_ms)
  end
end

function done(summary, latency)
  dofile(os.getenv("REPORT"))(summary, latency)
end
