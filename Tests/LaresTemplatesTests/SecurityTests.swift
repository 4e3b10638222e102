import Foundation
import LaresTemplates
import Testing

@Suite struct SecurityTests {
    /// Templates made to exhaust time, memory or the stack, from the list of bad inputs and beyond.
    static let hostile: [(name: String, source: String)] = [
        ("recursive macro", "{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}"),
        ("two macros that call each other", "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}"),
        ("parentheses", "{{ " + repeated("(", 100_000) + "1" + repeated(")", 100_000) + " }}"),
        ("open parentheses", "{{ " + repeated("(", 100_000)),
        ("brackets", "{{ " + repeated("[", 60_000) + repeated("]", 60_000) + " }}"),
        ("braces", "{{ " + repeated("{1:", 60_000) + "1" + repeated("}", 60_000) + " }}"),
        ("calls in calls", "{{ " + repeated("f(", 60_000) + repeated(")", 60_000) + " }}"),
        ("places in places", "{{ " + repeated("a[", 60_000) + "1" + repeated("]", 60_000) + " }}"),
        ("negations", "{{ " + repeated("not ", 100_000) + "1 }}"),
        ("signs", "{{ " + repeated("-", 100_000) + "1 }}"),
        ("conditions", "{{ " + repeated("1 if 0 else ", 60_000) + "1 }}"),
        ("nested ifs", repeated("{% if 1 %}", 60_000) + repeated("{% endif %}", 60_000)),
        ("nested loops", repeated("{% for i in range(100) %}", 40) + repeated("{% endfor %}", 40)),
        ("targets in targets", "{% set " + repeated("(", 60_000) + "a" + repeated(")", 60_000) + " = 1 %}"),
        ("range", "{{ range(10**9) }}"),
        ("range of all numbers", "{{ range(-9223372036854775807, 9223372036854775807) }}"),
        ("long text", "{{ 'a' * 10**9 }}"),
        ("long list", "{{ [0] * 10**9 }}"),
        ("overflowing length", "{{ 'aaaa' * 9223372036854775807 }}"),
        ("width", "{{ '%1000000000d' % 1 }}"),
        ("width of 30 digits", "{{ '%100000000000000000000000000000d' % 1 }}"),
        ("precision", "{{ '%.1000000000f' % 1 }}"),
        ("width of a field", "{{ '{:1000000000}'.format(1) }}"),
        ("precision of a field", "{{ '{:.1000000000f}'.format(1.0) }}"),
        ("centre", "{{ 'a'.center(10**9) }}"), ("padding", "{{ 'a'.zfill(10**9) }}"),
        ("indentation", "{{ 'a' | indent(10**9) }}"), ("indented JSON", "{{ [1] | tojson(indent=10**9) }}"),
        ("batch", "{{ [1] | batch(10**9, 0) | list }}"), ("slices", "{{ [1] | slice(10**9) | list }}"),
        ("power", "{{ 9 ** 9 ** 9 }}"), ("sum past 64 bits", "{{ 9223372036854775807 + 1 }}"),
        ("lowest by -1", "{{ (-9223372036854775807 - 1) // -1 }}"),
        ("sign of the lowest", "{{ -(-9223372036854775807 - 1) }}"), ("float to whole", "{{ 1e300 | int }}"),
        ("digits", "{{ '9' * 40 | int }}{{ ('9' * 40) | int }}"),
        ("doubling text", "{% set n = namespace(t='a') %}{% for i in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}"),
        ("doubling list", "{% set n = namespace(t=[1]) %}{% for i in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}"),
        ("shared lists printed", "{% set n = namespace(t=[1]) %}{% for i in range(50) %}{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t }}"),
        (
            "shared lists compared",
            "{% set n = namespace(t=[1], u=[1]) %}{% for i in range(50) %}{% set n.t = [n.t, n.t] %}{% set n.u = [n.u, n.u] %}{% endfor %}{{ n.t == n.u }}"
        ),
        (
            "shared lists as JSON",
            "{% set n = namespace(t=[1]) %}{% for i in range(50) %}{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t | tojson }}"
        ),
        ("deep list", "{% set n = namespace(t=[]) %}{% for i in range(99999) %}{% set n.t = [n.t] %}{% endfor %}"),
        ("quadratic join", "{% for i in range(99999) %}{{ range(99999) | join }}{% endfor %}"),
        (
            "quadratic text",
            "{% set n = namespace(t='') %}{% for i in range(99999) %}{% set n.t = n.t + 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' %}{% endfor %}"
        ),
        ("sorted long texts", "{% set t = 'a' * 1000000 %}{{ ([t] * 90000) | sort | length }}"),
        ("a namespace inside itself", "{% set n = namespace() %}{% set n.n = n %}{{ n }}"),
        ("output", "{% set t = 'a' * 1000000 %}{% for i in range(99999) %}{{ t }}{% endfor %}"),
        ("globals of lipsum", "{{ lipsum.__globals__['os'].popen('id').read() }}"),
        ("globals of cycler", "{{ cycler.__init__.__globals__.os }}"),
        ("subclasses", "{{ ''.__class__.__mro__[1].__subclasses__() }}"),
        ("class by item", "{{ ''['__class__']['__mro__'] }}"), ("class by filter", "{{ ('' | attr('__class__')).x }}"),
        ("class by format", "{{ '{0.__class__.__mro__}'.format('') }}"),
        ("class by map", "{{ [''] | map(attribute='__class__.__mro__') | list }}"),
        (
            "no refund for a negative width",
            "{% for i in range(99999) %}{{ '7'.zfill(-9223372036854775807 - 1) }}{{ range(99) | join }}{% endfor %}"
        ),
        (
            "sorting long values",
            "{% set m = dict(a='A' * 8000000) %}{% for i in range(9999) %}{{ m | dictsort(by='value') | length }}{% endfor %}"
        ),
        ("a filtered loop", "{% for i in range(99) %}{% for x in range(99999) if false %}{% endfor %}{% endfor %}"),
        ("sums", "{% set r = range(99999) %}{% for i in range(9999) %}{{ r | sum }}{% endfor %}"),
        ("unique of equals", "{% set r = [1] * 99999 %}{% for i in range(9999) %}{{ r | unique | first }}{% endfor %}"),
        ("cycles", "{% set r = range(99999) %}{% for i in range(9999) %}{{ loop.cycle(*r) }}{% endfor %}"),
        ("named values spread", manyKeys + "{% for i in range(99999) %}{{ dict(**m) | first }}{% endfor %}"),
        ("namespaces", manyKeys + "{% for i in range(9999) %}{% set n = namespace(m) %}{% endfor %}"),
        ("names", "{% set " + (0..<5000).map { "n\($0)" }.joined(separator: ", ") + " = range(5000) %}"),
        (
            "far names",
            farNames + "{% for i in range(99999) %}{{ x }}{{ x }}{{ x }}{{ x }}{{ x }}{{ x }}{{ x }}{{ x }}{% endfor %}"
                + repeated("{% endwith %}", 80)
        ),
        ("include", "{% include '/etc/passwd' %}"), ("import", "{% import 'os' as os %}"),
    ]

    /// A mapping `m` of 45,000 keys.
    private static let manyKeys = "{% set m = dict(range(90000) | batch(2)) %}"
    /// Eighty scopes of fifty names each.
    private static let farNames = (0..<80).map { scope in
        "{% with " + (0..<50).map { "n\(scope)_\($0) = 1" }.joined(separator: ", ") + " %}"
    }.joined()

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    @Test(arguments: hostile.indices)
    func aHostileTemplateIsAnErrorOnASmallStack(_ index: Int) throws {
        let (name, source) = Self.hostile[index]
        let clock = ContinuousClock()
        let start = clock.now
        let error: (any Error)?? = SmallStack.run { () -> (any Error)? in
            do {
                _ = try Template(source).render([:], now: Date(timeIntervalSince1970: 0))
                return nil
            } catch {
                return error
            }
        }
        #expect(error as? TemplateError != nil, "\(name): \(String(describing: error))")
        // Generous, as tests share the machine: the slowest take a tenth of it alone.
        #expect(clock.now - start < .seconds(5), "\(name)")
    }

    @Test func longChainsNeedNoDeepTree() throws {
        let sum = "{{ 1" + Self.repeated(" + 1", 50_000) + " }}|{{ x" + Self.repeated("|string", 20_000) + " }}"
        let text = SmallStack.run { try? Template(sum).render(["x": "a"], now: .now) } ?? nil
        #expect(text == "50001|a")
    }

    @Test func conditionsInARowNeedNoDeepTree() {
        let source = "{{ 'a'" + Self.repeated(" if b", 50_000) + " }}|{{ 'a' if 1 if 0 else 'c' }}|{{ 'a' if 0 if 1 else 'c' }}"
        let text = SmallStack.run { try? Template(source).render(["b": true], now: .now) } ?? nil
        #expect(text == "a|c|")
    }

    @Test(arguments: [
        ("{{ range(9223372036854775800, 9223372036854775807, 5) | list }}", "[9223372036854775800, 9223372036854775805]"),
        ("{{ range(-9223372036854775807, -9223372036854775807 - 1, -3) | list }}", "[-9223372036854775807]"),
        ("{{ 'a'.ljust(LOW) }}{{ 'a'.rjust(LOW) }}{{ 'a'.center(LOW) }}{{ 'a' | center(LOW) }}{{ '-7'.zfill(LOW) }}", "aaaa-7"),
        ("{{ '%*d|' % (-4, 7) }}{{ '%-4d|' % 7 }}", "7   |7   |"),
        ("{{ 'abcdef' | truncate(5, true, '', 9223372036854775807) }}", "abcdef"),
        ("{{ 'abcdef' | truncate(5, true, '', 0) }}", "abcde"),
    ]) func theEndsOfTheWholeNumbersAreOrdinaryNumbers(source: String, expected: String) throws {
        let source = source.replacingOccurrences(of: "LOW", with: "-9223372036854775807 - 1")
        #expect(try Template(source).render([:], now: .now) == expected)
    }

    @Test func theLowestNumberIsNoWidthAndNoLength() {
        for source in ["{{ '%*d' % (-9223372036854775807 - 1, 7) }}", "{{ 'abc' | truncate(-9223372036854775807 - 1) }}"] {
            #expect(throws: TemplateError.self) { try Template(source).render([:], now: .now) }
        }
    }

    @Test func namespacesAndMacrosThatHoldEachOtherAreFreed() throws {
        let chain = """
            {% set n = namespace() %}{% for i in range(20000) %}{% set before = n.m %}{% macro m() %}{{ before }}{% endmacro %}{% set n.m = m %}
            {% set inner = namespace(outer=n.last) %}{% set n.last = inner %}{% endfor %}{{ n.m is callable }}
            """
        let text = SmallStack.run { try? Template(chain).render([:], now: .now) } ?? nil
        #expect(text?.hasSuffix("True") == true)
    }

    @Test func deepValuesOfTheHostAreRefused() throws {
        let deep = (0..<200).reduce(TemplateValue.int(1)) { value, _ in .array([value]) }
        let error = #expect(throws: TemplateError.self) { try Template("{{ x }}").render(["x": deep], now: .now) }
        #expect(error?.code == .limit)
    }

    @Test func anErrorNamesTheBoundAndTheLine() throws {
        var limits = TemplateLimits()
        limits.steps = 1000
        let template = try Template("ok\n{% for i in range(900) %}\n{{ i + 1 }}{% endfor %}", limits: limits)
        let error = #expect(throws: TemplateError.self) { try template.render([:], now: .now) }
        #expect(error?.code == .limit)
        #expect(error?.line == 3 || error?.line == 2)
        #expect(error?.message.contains("1000 steps") == true)
    }
}
