-- Checks one session after another, each picked at random. From the environment: SESSIONS, a file with an id or a
-- token on each line; API_KEY; DELAY_MS between two requests of a connection, where the rate has a limit.
local requests = {}
local delay_ms = tonumber(os.getenv("DELAY_MS") or "0")

function init(args)
  math.randomseed(os.time())
  local head = "GET /v1/sessions/"
  local tail = " HTTP/1.1\r\nHost: " .. wrk.host .. "\r\nX-Authrocket-Api-Key: " .. os.getenv("API_KEY") .. "\r\n\r\n"
  for session in io.lines(os.getenv("SESSIONS")) do
    requests[#requests + 1] = head .. session .. tail
  end
end

function request()
  return requests[math.random(#requests)]
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
