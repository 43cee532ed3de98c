-- Files, directories of the system and the environment.
local name = "scratch.txt"
local file = assert(io.open(name, "w"))
for i = 1, 1000 do file:write("line ", i, "\n") end
print(file:seek("cur"))
file:close()

local count, total = 0, 0
for line in io.lines(name) do
  count = count + 1
  total = total + tonumber(line:match("%d+"))
end
print(count, total)

file = assert(io.open(name, "r+"))
print(file:read("l"), file:read("n"), file:seek("set", 5), file:read(3))
print(file:seek("end"), file:read("a") == "", file:read("l"))
file:seek("set", 0)
file:write("LINE")
file:close()
print(io.open(name):read("l"))

assert(os.rename(name, "renamed.txt"))
print(io.open(name))
print(os.remove("renamed.txt"), os.remove("renamed.txt"))
print(os.getenv("CLEW_TEST"), os.getenv("NO_SUCH_VARIABLE"))
print(os.date("!%Y-%m-%d %H:%M:%S", 86400), os.time({ year = 2026, month = 1, day = 1, hour = 12 }) > 0)
print(os.clock() >= 0, os.time() > 1700000000)
print(io.read("l"), io.read("n"), io.read("a"))
io.stderr:write("to standard error\n")
os.exit(3)
