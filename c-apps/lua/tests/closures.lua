-- Closures, metatables, coroutines, errors and the collector.
local function counter()
  local n = 0
  return function() n = n + 1; return n end
end
local a, b = counter(), counter()
print(a(), a(), b())

local vector = {}
vector.__index = vector
vector.__add = function(p, q) return setmetatable({ p[1] + q[1], p[2] + q[2] }, vector) end
vector.__tostring = function(p) return "(" .. p[1] .. ", " .. p[2] .. ")" end
vector.__eq = function(p, q) return p[1] == q[1] and p[2] == q[2] end
local sum = setmetatable({ 1, 2 }, vector) + setmetatable({ 10, 20 }, vector)
print(tostring(sum), sum == setmetatable({ 11, 22 }, vector))

local function primes(limit)
  return coroutine.wrap(function()
    local composite = {}
    for n = 2, limit do
      if not composite[n] then
        coroutine.yield(n)
        for m = n * n, limit, n do composite[m] = true end
      end
    end
  end)
end
for p in primes(50) do io.write(p, " ") end
print()

print(pcall(error, { code = 7 }) == false, select(2, pcall(error, "plain", 0)))
print(select(2, pcall(function() local x; return x.field end)))
local ok, message = xpcall(function() return 1 + {} end, function(m) return "handled: " .. m end)
print(ok, message)

local weak = setmetatable({}, { __mode = "k" })
for i = 1, 100 do weak[{}] = i end
collectgarbage()
print(next(weak), collectgarbage("count") < 20000)

local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
print(deep(10000), (pcall(function() local function f() return 1 + f() end return f() end)))
goto finish
print("never")
::finish::
print(#arg, arg[1], arg[2])
