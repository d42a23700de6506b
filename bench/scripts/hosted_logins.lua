-- Whole logins at the hosted pages: the page, its form, and the app's check of the session that the redirect told, in
-- turn, so that each is a third of all requests. From the environment: USERS, USERNAME, PASSWORD, API_KEY, as for
-- logins.lua; PAGE_HOST; CSRF, a form's token, and COOKIE, what it belongs to.
local users = tonumber(os.getenv("USERS"))
local page, form, check
local turn, token = 0, nil

function init(args)
  math.randomseed(os.time())
  local host = os.getenv("PAGE_HOST")
  page = { ["Host"] = host, ["Cookie"] = os.getenv("COOKIE") }
  form = {
    ["Host"] = host,
    ["Cookie"] = os.getenv("COOKIE"),
    ["Origin"] = "http://" .. host,
    ["Content-Type"] = "application/x-www-form-urlencoded",
  }
  check = { ["Host"] = wrk.host, ["X-Authrocket-Api-Key"] = os.getenv("API_KEY") }
end

function request()
  turn = turn + 1
  if turn % 3 == 1 or (turn % 3 == 0 and not token) then
    return wrk.format("GET", "/login", page)
  end
  if turn % 3 == 2 then
    local user = os.getenv("USERNAME") .. math.random(0, users - 1)
    local body = "csrf=" .. os.getenv("CSRF") .. "&username=" .. user .. "&password=" .. os.getenv("PASSWORD")
    return wrk.format("POST", "/login", form, body)
  end
  return wrk.format("GET", "/v1/sessions/" .. token, check)
end

function response(status, headers, body)
  local to = headers["location"] or headers["Location"]
  token = to and to:match("[?&]token=([^&]+)") or token
end

function done(summary, latency)
  dofile(os.getenv("REPORT"))(summary, latency)
end
