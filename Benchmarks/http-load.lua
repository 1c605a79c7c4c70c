-- What wrk sends: the requests of the file named by HTTP_LOAD_REQUESTS, one after another and round again.
-- They are made into bytes once per thread, so that asking costs the client as little as possible.
-- Made by http-load; a line of the file is "GET target" or "POST target<TAB>body".

local requests, at = {}, 0

function init()
  for line in io.lines(os.getenv("HTTP_LOAD_REQUESTS")) do
    local method, target, body = line:match("^(%u+) ([^\t]+)\t?(.*)$")
    if method == "POST" then
      requests[#requests + 1] = wrk.format(method, target, { ["Content-Type"] = "application/json" }, body)
    else
      requests[#requests + 1] = wrk.format(method, target)
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'HTTP_LOAD {"requests": %d, "seconds": %.6f, "bytes": %d, '
      .. '"mean_ms": %.4f, "p50_ms": %.4f, "p90_ms": %.4f, "p99_ms": %.4f, "max_ms": %.4f, '
      .. '"errors": {"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency.mean / 1e3, latency:percentile(50) / 1e3,
    latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    e.connect, e.read, e.write, e.status, e.timeout))
end
