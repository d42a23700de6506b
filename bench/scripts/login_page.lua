-- Opens the login page as a browser does that has no cookie yet. From the environment: PAGE_HOST.
function init(args)
  wrk.headers["Host"] = os.getenv("PAGE_HOST")
end

function request()
  return wrk.format("GET", "/login")
end

function done(summary, latency)
  dofile(os.getenv("REPORT"))(summary, latency)
end
