// What a program in a modern JavaScript does all day, printed.
const show = (name, value) => console.log(name + ":", typeof value === "string" ? value : JSON.stringify(value));

class Shape {
    #name;
    static count = 0;
    constructor(name) { this.#name = name; Shape.count++; }
    get name() { return this.#name; }
    area() { return 0; }
    toString() { return `${this.name} of ${this.area().toFixed(2)}`; }
}
class Circle extends Shape {
    constructor(r) { super("circle"); this.r = r; }
    area() { return Math.PI * this.r ** 2; }
}
show("classes", `${new Circle(2)}, ${new Shape("dot")}, ${Shape.count}`);

function* primes(limit) {
    const sieve = new Uint8Array(limit + 1);
    for (let i = 2; i <= limit; i++) {
        if (sieve[i]) continue;
        yield i;
        for (let j = i * i; j <= limit; j += i) sieve[j] = 1;
    }
}
show("generator", [...primes(50)]);

const { a, ...rest } = { a: 1, b: [2, 3], c: { d: 4 } };
const [first, , third = "none"] = [a, 2];
show("destructuring", [first, third, rest?.c?.d, rest.x?.y ?? "nothing"]);

let factorial = 1n;
for (let n = 1n; n <= 30n; n++) factorial *= n;
show("bigint", factorial.toString());

show("numbers", [0.1 + 0.2, 1e21, -0, 123.456.toFixed(1), (255).toString(16), Number("0x1f"), parseFloat("3.5e2x")].join(" "));
show("regexp", "2026-01-02, 1999-12-31".replace(/(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)/g, "$<d>.$<m>.$<y>"));
show("unicode", ["naïve".normalize("NFD").length, "ǅ".toLowerCase(), [..."a😀b"].length, /\p{Lu}/u.test("É")]);
show("map", [...new Map([["x", 1], ["y", 2]]).entries()].flat());
show("set", [...new Set("hello")].join(""));
show("sort", [5, 1, 4].toSorted((one, other) => one - other));
show("date", new Date(Date.UTC(2026, 0, 2, 3, 4, 5)).toISOString());
show("proxy", new Proxy({}, { get: (_, key) => key.toUpperCase() }).quiet);
show("typed array", Array.from(new Float32Array([1 / 3, 2 ** 24 + 1])));
show("tagged", ((parts, ...values) => parts.raw.join("|") + values.join("&"))`a${1}\n${2}`);

try {
    null.property;
} catch (error) {
    show("exception", `${error.name}: ${error.message}`);
} finally {
    show("finally", true);
}

const later = async (value, steps) => { for (let i = 0; i < steps; i++) await null; return value; };
Promise.allSettled([later("slow", 5), later("fast", 1), Promise.reject(new RangeError("no"))])
    .then(all => show("promises", all.map(one => one.value ?? one.reason.message)));
(async () => { for await (const value of [later(1, 2), 2, later(3, 1)]) show("await", value); })();
queueMicrotask(() => show("microtask", true));
show("last line of the script", true);
