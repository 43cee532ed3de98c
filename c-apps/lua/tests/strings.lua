-- Patterns, packing, UTF-8 and sorting.
local text = "the quick brown fox jumps over the lazy dog"
local words = {}
for word in text:gmatch("%a+") do words[#words + 1] = word end
table.sort(words)
print(table.concat(words, " "))
print((text:gsub("(%w+) (%w+)", "%2 %1")))
print(text:find("o.-o"), text:find("fox", 1, true))
print(("x"):rep(5, "-"), text:upper():sub(5, 9), #text, text:reverse())
local packed = string.pack("<i4 >I2 z s1 d", -2, 513, "zero", "short", 1.5)
print(#packed, string.unpack("<i4 >I2 z s1 d", packed))
for _, code in utf8.codes("aé€😀") do io.write(code, " ") end
print(utf8.len("aé€😀"), utf8.char(0x20AC))
print(string.format("%s %q %-10s|", {} ~= nil, 1 / 3, "left"))
print(tostring(nil), tostring(true), #"\u{10FFFF}")
