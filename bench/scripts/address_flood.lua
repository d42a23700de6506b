-- Sends every call from every address of a flood once, then stops. From the environment: CALLS, a line of method, path and
-- host for each; ADDRESSES, how many networks apart there are; NEIGHBOURS, how many of one /48 besides; BODY, of each
-- form; COOKIE, what the form's token belongs to.
local ffi = require("ffi")
ffi.cdef("int getpid(void); int kill(int pid, int signal);")
local SIGINT = 2
local apart, neighbours = tonumber(os.getenv("ADDRESSES")), tonumber(os.getenv("NEIGHBOURS"))
local calls, sent, answered = {}, 0, 0
statuses = ""
local counts = {}
for method, path, host in os.getenv("CALLS"):gmatch("(%S+) (%S+) (%S+)\n") do
  calls[#calls + 1] = { method = method, path = path, host = host }
end
local total = #calls * (apart + neighbours)

local function address(nth)
  if nth < apart then
    return string.format("2001:%x:%x::1", math.floor(nth / 65536), nth % 65536)
  end
  return string.format("2001:db8:1:%x::1", nth - apart)
end

function request()
  local call = calls[math.floor(sent / (apart + neighbours)) % #calls + 1]
  local headers = {
    ["Host"] = call.host,
    ["X-Forwarded-For"] = address(sent % (apart + neighbours)),
    ["X-Authrocket-Api-Key"] = "ko_of_nobody",
    ["Content-Type"] = "application/x-www-form-urlencoded",
    ["Cookie"] = os.getenv("COOKIE"),
    ["Origin"] = "http://" .. call.host,
  }
  sent = sent + 1
  return wrk.format(call.method, call.path, headers, call.method == "POST" and os.getenv("BODY") or nil)
end

-- Answers of one connection come in order, those of several do not: a call's statuses are known to within a few.
function response(status)
  local call = calls[math.floor(answered / (apart + neighbours)) % #calls + 1]
  local key = call.method .. " " .. call.path .. " " .. status
  counts[key] = (counts[key] or 0) + 1
  answered = answered + 1
  if answered == total then
    local lines = {}
    for line, count in pairs(counts) do
      lines[#lines + 1] = line .. " " .. count .. "\n"
    end
    statuses = table.concat(lines)
    -- Else wrk would sleep to the end of its time.
    ffi.C.kill(ffi.C.getpid(), SIGINT)
  end
end

local thread

function setup(made)
  thread = made
end

function done(summary, latency)
  print(thread:get("statuses"))
  dofile(os.getenv("REPORT"))(summary, latency)
end
