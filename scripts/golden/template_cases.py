"""Our own small templates, by feature. templates.py renders each with jinja2 and writes the answers down."""

DATA = {
    "name": "Ada", "text": "Hello, World", "empty": "", "padded": "  x y\t\n", "uni": "Käse 灯😀", "n": 7, "neg": -7, "x": 2.5, "big": 1e16,
    "yes": True, "no": False, "nil": None, "nums": [3, 1, 2], "words": ["pear", "Apple", "fig", "apple"], "nested": [[1, 2], [3, [4]]],
    "d": {"b": 2, "a": 1, "items": "own", "C": 3}, "users": [
        {"name": "Ada", "age": 36, "city": "London", "tags": ["x"], "active": True}, {"name": "Bob", "age": 20, "city": "paris", "active": False},
        {"name": "Cy", "age": 36, "city": "Paris", "tags": []}],
    "html": "<a href=\"x\">'&'</a>", "lines": "one\ntwo\n\nthree", "number_text": "42.9", "messages": [
        {"role": "system", "content": "S"}, {"role": "user", "content": "U"}, {"role": "assistant", "content": "A"}],
}

EXPRESSIONS = r"""
1 + 2 * 3
(1 + 2) * 3
7 // 2
-7 // 2
7 // -2
7 % 3
-7 % 3
7 % -3
7.5 % 2
-7.5 // 2
7 / 2
6 / 2
2 ** 10
2 ** -1
2 ** 3 ** 2
-2 ** 2
2.0 ** 0.5
0 ** 0
1 / 0
1 % 0
1.0 // 0
0.1 + 0.2
1e3
1e-5
1.5e300 * 1e10
1e16
1e15
123456789.123
1e22
-0.0
0.0001
0.00001
1_000
0x1F
0b101
0o17
100000 * 100000
1 + true
true + true
1 == 1.0
1 == true
'1' == 1
none == false
1 < 2 < 3
1 < 2 > 1
3 > 2 == true
1 < 'a'
'a' < 'b'
'B' < 'a'
'ä' > 'z'
[1, 2] < [1, 3]
[1, 2] == [1, 2]
(1, 2) == [1, 2]
{'a': 1} == {'a': 1.0}
none < 1
1 != 2
not 1 == 2
not true or true
true and false or true
1 or 2
0 or ''
1 and 2
0 and x
'' or 'fallback'
nil or empty or 'z'
1 if yes else 2
1 if no else 2
1 if no
'a' if no else 'b' if no else 'c'
(1 if yes) + 1
'a' ~ 1 ~ 2.0 ~ none ~ true
'a' ~ missing ~ 'b'
1 ~ 2 + 3
'a' 'b' "c"
'a' + 'b'
'a' + 1
1 + 'a'
'ab' * 3
3 * 'ab'
'ab' * -1
'ab' * 0
[1] * 3
[1] + [2]
[1] + (2,)
(1,) + (2,)
[1] - [1]
'a' - 'b'
-'a'
- - 3
+3
-n
-nil
-true
'%s is %d' % ('x', 3)
'%s' % 'x'
'%s' % [1, 'a']
'%5.2f|%-6d|%06d|%+d' % (3.14159, 42, 42, 42)
'%x %X %o %#x' % (255, 255, 8, 255)
'%e %g %G' % (12345.678, 0.00001, 1e20)
'%(a)s %(b)d' % {'a': 1, 'b': 2}
'%c%c' % ('a', 98)
'%%'  % ()
'%d%%' % 5
'%r' % 'it'
'%s %s' % 'x'
'%s' % ('x', 'y')
'%d' % 'x'
'%q' % 1
'%10s|%-10s|%.2s' % ('ab', 'cd', 'efgh')
'%d' % 3.99
'%*d' % (5, 42)
'%5s' % 'ä'
'in' in 'linen'
'x' not in 'linen'
'' in 'abc'
2 in nums
9 in nums
9 not in nums
'a' in d
'z' in d
1 in 'a'
1 in nil
'a' in missing
true in [1]
'b' in ('a', 'b')
name
missing
missing.attribute
missing['item']
missing()
missing + 1
missing == missing
missing == none
missing is defined
missing | length
missing ~ ''
not missing
nil
nil.attribute
nil['a']
nil.a.b
yes
none
true
True
x
big
n
nested
d
users[0]
users[0].name
users[0]['name']
users[0].missing
users[0].missing.deeper
users[-1].name
users[9]
users[9].name
users.0.name
nums[0]
nums[-1]
nums['a']
nums.a
nums[1.0]
d.b
d['b']
d.items
d['items']
d.items()
d.keys()
d.values()
d.get('a')
d.get('z')
d.get('z', 'q')
d.get('z').x
d.items() | list
d.keys() | list | sort
d.items()[0]
d.pop('a')
d.update({'q': 1})
d.copy()
nums.append(4)
nums.pop()
nums.index(1)
nums.index(9)
nums.count(1)
nums.copy()
nums.append is defined
words.sort()
text[0]
text[-1]
text[99]
text[1:4]
text[:5]
text[-5:]
text[::-1]
text[::2]
text[5:2]
text[5:2:-1]
text[-100:100]
text[:]
text[::0]
uni[0:4]
uni[-2:]
uni[::-1]
uni[4]
uni[5]
nums[1:]
nums[::-1]
nums[:-1]
nums[-2:]
nums[10:]
nums[::-2]
(1, 2, 3)[1:]
nested[1][1][0]
nil[1:]
missing[1:]
n[0]
n.real.x
[1, 'a', none, true, 1.5, [2], {'k': 'v'}, ('t',)]
('a',)
()
[]
{}
[1, 2,]
{'a': 1,}
(1, 2)
{1: 'one', 'two': 2, none: 3, 2.0: 4}
{1: 'one'}[1]
{1: 'one'}[1.0]
{true: 'yes'}[1]
{'a': 1, 'a': 2}
{[1]: 2}
"it's"
['it\'s', "say \"hi\"", 'both \' "']
['tab\t', 'nl\n', 'bs\\', '\x01', 'é', '灯', '\u200b', '\x7f', '\xa0']
'\u0041\x42\103\n|'
'\q'
'line1
line2'
'\u00e9'
'a\
b'
"\U0001F600"
text.upper()
text.lower()
'hello world-foo'.title()
"they're bill's".title()
'HELLO wORLD'.capitalize()
''.capitalize()
'aBc'.swapcase()
'straße'.upper()
'İ'.lower()
padded.strip()
'xxaxx'.strip('x')
'xyaxy'.lstrip('xy')
'xyaxy'.rstrip('yx')
' a '.strip(none)
'a,b,c'.split(',')
'a,b,c'.split(',', 1)
'a,b,c'.rsplit(',', 1)
'a  b   c'.split()
'  a  b '.split(none, 1)
'  a  b '.rsplit(none, 1)
'  a  b '.rsplit()
'a,b'.split('')
''.split(',')
''.split()
'a--b--c'.split('--')
'aaa'.split('aa')
'aaa'.rsplit('aa')
'a,b,c'.split(sep=',', maxsplit=1)
'a,b,c'.split(',', -1)
'a,b,c'.split(',', 0)
'</think>x</think>y'.split('</think>')[-1].lstrip('\n')
'a\nb\r\nc\n\nd'.splitlines()
'a\nb\n'.splitlines(true)
'a=b=c'.partition('=')
'a=b=c'.rpartition('=')
'abc'.partition('z')
'abc'.rpartition('z')
text.startswith('He')
text.startswith(('x', 'H'))
text.startswith(['H'])
text.endswith('ld')
text.endswith(('a', 'ld'))
text.startswith('lo', 3)
text.startswith('')
text.startswith(1)
text.replace('l', 'L')
text.replace('l', 'L', 2)
'abc'.replace('', '-')
'abc'.replace('', '-', 2)
'aaa'.replace('aa', 'b')
text.replace('l')
text.find('o')
text.find('z')
text.find('o', 5)
text.find('o', 5, 7)
text.rfind('o')
text.index('o')
text.index('zz')
uni.find('灯')
uni.rfind('😀')
text.count('l')
text.count('')
'aaaa'.count('aa')
', '.join(['a', 'b'])
', '.join([1, 2])
'-'.join('abc')
'{} and {}'.format(1, 'two')
'{1}{0}'.format('a', 'b')
'{a}-{b}'.format(a=1, b=2)
'{:>6}|{:<6}|{:^6}|{:*^7}'.format('a', 'b', 'c', 'd')
'{:05d}|{:+d}|{:,}|{:x}'.format(42, 42, 1234567, 255)
'{:.2f}|{:10.3f}|{:e}|{:%}|{:.1%}'.format(3.14159, 2.5, 12345.0, 0.25, 0.256)
'{:g}|{}|{:.3}'.format(0.5, 1.0, 3.14159)
'{0[a]} {0[b]}'.format({'a': 1, 'b': 2})
'{{}} {}'.format(1)
'{'.format(1)
'{}{}'.format(1)
'{!r}'.format('a')
'{:5}|{:5}|'.format(3, 'x')
'{:.2f}'.format('a')
'{:b} {:o} {:#x}'.format(5, 8, 255)
'42'.zfill(5)
'-42'.zfill(5)
'ab'.ljust(5) ~ '|'
'ab'.rjust(5, '.')
'ab'.center(6, '*')
'12'.isdigit()
'1.2'.isdigit()
''.isdigit()
'abc'.isalpha()
'ab1'.isalnum()
'灯'.isalpha()
'  '.isspace()
'ABC'.isupper()
'abc1'.islower()
'Abc'.islower()
'٣'.isdigit()
'½'.isnumeric()
'abc'.isascii()
'foobar'.removeprefix('foo')
'foobar'.removesuffix('bar')
'foobar'.removeprefix('x')
text.nothing
text.nothing()
text.upper
text.__class__
text.__class__.__mro__
nums.__len__
d.__class__
''.__class__.__mro__[1].__subclasses__()
namespace.__init__.__globals__
range.__self__
text.upper(1)
text.strip(chars='H')
n.upper()
nil.upper()
yes.x
text | upper
text | lower
nil | upper
missing | upper
12 | upper
text | title
"o'neil foo-bar (baz) x_y" | title
'hELLO' | capitalize
padded | trim
'xxaxx' | trim('x')
missing | trim
12 | trim
text | length
uni | length
nums | length
d | length
12 | length
nil | length
text | count
text | first
text | last
nums | first
nums | last
[] | first
[] | last
d | first
'' | first
nums | reverse | list
text | reverse
uni | reverse
(1, 2) | reverse | list
nums | join(', ')
nums | join
words | join('-') | upper
users | join(', ', attribute='name')
[1, none, true, missing] | join(',')
missing | join
12 | join
'abc' | join('.')
text | list
d | list
d | items | list
missing | items | list
nums | items | list
text | replace('l', 'L')
text | replace('l', 'L', 1)
123 | replace(2, 'x')
missing | default('dflt')
missing | default
missing | d('q')
'' | default('q')
'' | default('q', true)
nil | default('q')
nil | default('q', true)
0 | default(5, boolean=true)
missing.a | default('q')
users[0].missing | default('q')
'3' | int
'3.9' | int
'abc' | int
'abc' | int(-1)
'abc' | int(default=none)
'0x1f' | int(base=16)
'1f' | int(0, 16)
' 42 ' | int
'1_000' | int
'-5' | int
3.9 | int
-3.9 | int
true | int
nil | int
[] | int(7)
missing | int
'1e3' | int
'inf' | int
'3.5' | float
'abc' | float
'abc' | float(1.5)
3 | float
'1e3' | float
'inf' | float
nil | float
'.5' | float
'5.' | float
-3 | abs
-3.5 | abs
'a' | abs
2.5 | round
3.5 | round
-2.5 | round
2.675 | round(2)
42.55 | round(1, 'floor')
42.55 | round(1, 'ceil')
42 | round
42.0 | round
1234 | round(-2)
1250 | round(-2)
1350 | round(-2)
1234.5 | round(-2)
42.4 | round | int
'a' | round
42 | round(1, 'up')
3 | string
none | string
[1, 'a'] | string
1.0 | string | length
nums | sort
nums | sort(reverse=true)
words | sort
words | sort(case_sensitive=true)
users | sort(attribute='age') | map(attribute='name') | list
users | sort(attribute='age,name', reverse=true) | map(attribute='name') | list
[1, 'a'] | sort
'hello' | sort
[3, 1.5, true] | sort
d | dictsort
d | dictsort(true)
d | dictsort(reverse=true)
{'a': 2, 'b': 1} | dictsort(by='value')
{'a': 2} | dictsort(by='x')
nums | dictsort
words | unique | list
words | unique(case_sensitive=true) | list
users | unique(attribute='age') | map(attribute='name') | list
nums | min
nums | max
words | min
words | max
words | max(case_sensitive=true)
users | max(attribute='age')
[] | max
nums | sum
users | sum(attribute='age')
nums | sum(start=10)
[0.1, 0.2] | sum
['a'] | sum
[[1], [2]] | sum(start=[])
users | map(attribute='name') | list
users | map(attribute='tags', default='none') | list
users | map(attribute='missing') | list
users | map(attribute='tags.0') | list
words | map('upper') | list
words | map('replace', 'a', 'b') | join(' ')
words | map('length') | list
nums | map('string') | join
users | map | list
words | map('nofilter') | list
nums | map('round', method='floor') | list
nums | select('odd') | list
nums | select('gt', 1) | list
nums | select | list
[0, 1, '', 'a', none] | select | list
nums | reject('odd') | list
nums | select('in', [1, 2]) | list
nums | select('>=', 2) | list
users | selectattr('active') | map(attribute='name') | list
users | selectattr('age', 'equalto', 36) | map(attribute='name') | list
users | selectattr('age', '==', 20) | list | length
users | selectattr('tags', 'defined') | list | length
users | rejectattr('active') | map(attribute='name') | list
users | rejectattr('age', 'lt', 30) | map(attribute='name') | list
users | selectattr('nothing') | list
nums | select('nosuch') | list
nums | select('odd') | length
nums | map('string') | first
nums | map('string') | last
(nums | select('gt', 9)) and 1
nums | select('odd') | tojson
users | groupby('age') | map('first') | list
users | groupby('city') | map(attribute='grouper') | list
users | groupby('city', case_sensitive=true) | map(attribute='list') | map('length') | list
users | groupby('city')
[1, 2, 3, 4, 5] | batch(2) | list
[1, 2, 3, 4, 5] | batch(2, 'x') | list
[1, 2, 3, 4, 5] | slice(2) | list
[1, 2, 3, 4, 5] | slice(3, 'x') | list
[] | batch(2) | list
lines | indent
lines | indent(2)
lines | indent(2, true)
lines | indent(2, true, true)
lines | indent('> ', first=true)
lines | indent(width=1, blank=true)
12 | indent
'' | indent
text | wordcount
uni | wordcount
html | e
html | escape
html | safe
html | forceescape
'a b&c/d?ü' | urlencode
{'a': 'b c', 'd': 'é/'} | urlencode
[('a', 1), ('b', 'x y')] | urlencode
'foo bar baz qux' | truncate(9)
'foo bar baz qux' | truncate(9, true)
'foo bar baz qux' | truncate(11)
'foo bar baz qux' | truncate(11, false, '...', 0)
'foo bar baz qux' | truncate(9, end='~', leeway=0)
'%s, %s!' | format('a', 'b')
'%(x)s' | format(x=1)
'x' | center(5) ~ '|'
1000 | filesizeformat
1000000 | filesizeformat
1 | filesizeformat
1024 | filesizeformat(true)
nums | tojson
d | tojson
users[0] | tojson
text | tojson
uni | tojson
uni | tojson(ensure_ascii=true)
html | tojson
nil | tojson
yes | tojson
1.0 | tojson
1e-7 | tojson
(1, 2) | tojson
{1: 2, none: 3, true: 4, 1.5: 'x'} | tojson
'\x00\x1f\x7f\u2028"\\/' | tojson
d | tojson(indent=2)
nested | tojson(indent=4)
[] | tojson(indent=2)
{} | tojson(indent=2)
{'a': [], 'b': {}} | tojson(indent=2)
d | tojson(separators=(',', ':'))
d | tojson(sort_keys=true)
d | tojson(indent='\t')
missing | tojson
d.items() | tojson
range(3) | tojson
users[0] | attr('name')
text | nosuchfilter
text | upper | lower | title
(text | upper)[:3]
text | upper | length + 1
-1 | abs
(-1) | abs
nums | length > 2
nums is defined
missing is not defined
missing is undefined
nil is none
nil is not none
missing is none
name is string
n is string
n is number
yes is number
x is number
x is float
n is integer
yes is integer
yes is boolean
n is boolean
yes is true
no is false
1 is true
d is mapping
nums is mapping
nums is iterable
name is iterable
n is iterable
nums is sequence
d is sequence
name is sequence
n is sequence
d.items() is sequence
missing is iterable
missing is sequence
range is callable
name is callable
name.upper is callable
2 in [1, 2] is true
n is even
n is odd
n is divisibleby 7
n is divisibleby(2)
'a' is even
2.0 is even
n is sameas n
nil is sameas none
1 is sameas 1.0
1 is eq 1
1 is ne 2
1 is lt 2
3 is ge 3
3 is greaterthan 2
2 is in [1, 2]
2 is not in [1, 2]
'abc' is lower
'ABC' is upper
'abc' is upper
'upper' is filter
'nosuch' is filter
'odd' is test
n is nosuchtest
not n is odd
n is odd and x is float
n is number == true
1 + 1 is number
range(5) | list
range(2, 5) | list
range(5, 0, -2) | list
range(0) | list
range(3)
range(1, 10, 3)
range(5)[1:3]
range(5)[-1]
range(5) | length
range(0, 5, 0)
range('a')
range(3) is iterable
3 in range(5)
dict(a=1, b=2)
dict({'a': 1}, b=2)
dict([('a', 1)])
dict(d, b=9)
namespace(a=1).a
namespace(a=1).b
namespace({'q': 2}).q
strftime_now('%Y-%m-%d %H:%M:%S')
strftime_now('%d %b %Y')
strftime_now('%A, %B %d, %y %j %I %p %a %-d/%-m %e %U %W %V %G %u %w %%')
strftime_now('%F %T %R %D %Z %z %f')
raise_exception('stop: ' ~ name)
lipsum.__globals__
cycler.__init__.__globals__
self.__init__
joiner.x.y
messages[-1].role == 'assistant'
messages | length - 1
messages[1:] | map(attribute='role') | list
messages[::-1][0]['content']
messages | selectattr('role', 'equalto', 'user') | list | first
messages[0]['content'] | trim + '\n'
'a' if messages[0].role == 'system' and messages | length > 1 else 'b'
(messages | last).content
{'a': {'b': [1, 2, {'c': 3}]}}.a.b[2].c
[x for x in nums]
lambda: 1
n if
1 +
(1
[1, 2
{'a' 1}
a b
1 2
'unclosed
nums[
nums[]
text.
| upper
text |
is defined
@
$x
n ? 1 : 2
a = 1
not
""
''
"{{ nested }}"
'}}'
{'a': {'b': 1}}
{'a': {'b': {}}}['a']['b']
1if yes else 2
nums|sort|first|string|length
(nums)|sort
('a', 'b')|join
'a'.upper()|lower()
text.split(', ')[1].lower()[::-1]|upper
((((((1))))))
users[0]['name'].upper()[0]
{'f': 1}.get('f', 2) + 1
9223372036854775807
-9223372036854775807 - 1
3.0 == 3
3.0 is integer
"%.3f" % 2
'abc' < 'abcd'
[] < [1]
'😀' > 'z'
'é' == 'é'
"a" "b" ~ "c"
1.e3
1..real
5.0 // 2
1e400
(1, 2) + (3,)
'ß' | upper
'ǆ' | capitalize
'ﬁ' | title
"\t" | trim | length
'a b' | trim | trim('a')
'\u3000x\u3000' | trim
nums == [3, 1, 2]
not nums
not []
not {}
not 0.0
[[]] and 1
(none, 1) | string
""".strip("\n")

STATEMENTS = [
    "a\n{% if yes %}\nb\n{% endif %}\nc\n",
    "  {% if yes %}  x\n  {% endif %}  y",
    "  {%+ if yes %}x{% endif %}\n",
    "a {%- if yes -%} b {%- endif -%} c",
    "a\n{%- if yes +%}\nb\n{% endif +%}\nc",
    "a\n\n{{- name -}}\n\nb",
    "a {#- comment -#} b",
    "a\n  {# comment #}\nb",
    "{# a {{ b }} {% c %} #}x",
    "{{ name }}\n{{ name }}\n",
    "x\n\n",
    "x\r\ny\rz\n",
    "{% raw %}{{ not }} {% if %}{% endraw %}!",
    "{% raw %}\n  {{ x }}\n  {% endraw %}\nz",
    "{%- raw -%}  {{ x }}  {%- endraw -%}  z",
    "\t{% set a = 1 %}\n\t{{ a }}",
    "text {% set a = 1 %}\nmore",
    "{{ '{%' }}{{ '}}' }}",
    "{{\n  name\n  |\n  upper\n}}",
    "{{-name-}} x",
    "{{ -1 }}{{-1}}{{ 1-}} x",
    "{%if yes%}1{%endif%}",
    "{% if no %}a{% elif yes %}b{% else %}c{% endif %}",
    "{% if no %}a{% elif nil %}b{% else %}c{% endif %}",
    "{% if missing %}a{% endif %}b",
    "{% if yes: %}a{% endif %}",
    "{% if not no and (yes or no) %}ok{% endif %}",
    "{% for i in nums %}{{ i }},{% endfor %}",
    "{% for i in nums %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }} {% endfor %}",
    "{% for i in nums %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }} {% endfor %}",
    "{% for i in nums %}{{ loop.previtem is defined }}{{ loop.depth }}{{ loop.depth0 }}{% endfor %}",
    "{% for i in [] %}x{% else %}none{% endfor %}",
    "{% for i in missing %}x{% else %}none{% endfor %}",
    "{% for i in nil %}x{% endfor %}",
    "{% for i in 5 %}x{% endfor %}",
    "{% for c in uni %}[{{ c }}]{% endfor %}",
    "{% for k in d %}{{ k }}{% endfor %}",
    "{% for k, v in d.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for k, v in d | dictsort %}{{ k }}={{ v }};{% endfor %}",
    "{% for (a, b) in [(1, 2), (3, 4)] %}{{ a + b }} {% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for a, b in nums %}x{% endfor %}",
    "{% for a, b in ['xy', 'zw'] %}{{ b }}{{ a }}{% endfor %}",
    "{% for i in nums if i > 1 %}{{ loop.index }}:{{ i }}/{{ loop.length }} {% else %}no{% endfor %}",
    "{% for i in nums if i > 9 %}x{% else %}no{% endfor %}",
    "{% for i in range(10) %}{% if i == 3 %}{% continue %}{% endif %}{% if i == 6 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in range(3) %}{% for j in range(3) %}{% if j == 1 %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}",
    "{% break %}",
    "{% for i in nums %}{% for j in nums %}{{ loop.index }}{% endfor %}|{{ loop.index }} {% endfor %}",
    "{% for i in nums %}{% set outer = loop %}{% for j in nums %}{{ outer.index }}{% endfor %}{% endfor %}",
    "{% for i in range(5) %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    "{% for i in [1, 1, 2, 2, 1] %}{% if loop.changed(i) %}{{ i }}{% endif %}{% endfor %}",
    "{% for t in [{'v': 1, 'c': [{'v': 2}, {'v': 3, 'c': [{'v': 4}]}]}] recursive %}{{ loop.depth }}{{ t.v }}{% if t.c %}({{ loop(t.c) }}){% endif %}{% endfor %}",
    "{% for i in nums %}{{ loop.nothing }}{% endfor %}",
    "{% for i in nums %}{{ loop }}{% break %}{% endfor %}",
    "{{ loop }}|{{ loop is defined }}",
    "{% for i in nums | sort %}{{ i }}{% endfor %}",
    "{% for i in 1, 2, 3 %}{{ i }}{% endfor %}",
    "{% for i in nums if yes else [] %}{{ i }}{% endfor %}",
    "{% for i in (nums if yes else []) %}{{ i }}{% endfor %}",
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}",
    "{% set a = 1 %}{% if yes %}{% set a = 2 %}{% endif %}{{ a }}",
    "{% set a = 1 %}{% for i in nums %}{{ a }}{% set a = i %}{{ a }}{% endfor %}{{ a }}",
    "{% for i in nums %}{% set z = i %}{% endfor %}{{ z is defined }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "{% set a = b = 1 %}",
    "{% set (a, b) = [3, 4] %}{{ a }}{{ b }}",
    "{% set a, b = [1] %}{{ a }}",
    "{% set t = 1, 2 %}{{ t }}",
    "{% set ns = namespace(n=0, found=false) %}{% for i in nums %}{% set ns.n = ns.n + i %}{% if i == 1 %}{% set ns.found = true %}{% endif %}{% endfor %}{{ ns.n }} {{ ns.found }}",
    "{% set ns = namespace() %}{% set ns.x = [1] %}{% set ns.x = ns.x + [2] %}{{ ns.x }}{{ ns.y }}",
    "{% set d.x = 1 %}",
    "{% set missing.x = 1 %}",
    "{% set none = 1 %}",
    "{% set x %}a{{ name }}b{% endset %}[{{ x }}]",
    "{% set x | upper | trim %}  a{{ name }}  {% endset %}[{{ x }}]",
    "{% set x %}{% set y = 2 %}{% endset %}{{ y is defined }}",
    "{% macro m(a, b=2, c='x') %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }}|{{ m(1, 3) }}|{{ m(1, c='z') }}|{{ m(b=5, a=4) }}|{{ m() }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(q=2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, a=2) }}",
    "{% macro m(a, b=a) %}{{ a }}{{ b }}{% endmacro %}{{ m(3) }}",
    "{% macro m() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, a=3) }}",
    "{% macro m() %}{{ varargs | length }}{% endmacro %}{{ m(*[1, 2, 3]) }}",
    "{% macro m(a, b) %}{{ a }}-{{ b }}{% endmacro %}{{ m(**{'a': 1, 'b': 2}) }}{{ m(*[8, 9]) }}",
    "{% macro m(x) %}<{{ caller(x) }}>{% endmacro %}{% call(v) m(5) %}v={{ v }}{% endcall %}",
    "{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}body {{ name }}{% endcall %}",
    "{% macro m() %}x{% endmacro %}{% call m() %}body{% endcall %}",
    "{% macro m() %}{{ caller is defined }}{% endmacro %}{{ m() }}",
    "{% macro fact(k) %}{% if k <= 1 %}1{% else %}{{ k * fact(k - 1) | int }}{% endif %}{% endmacro %}{{ fact(5) }}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}B{% endmacro %}{{ a() }}",
    "{% set v = 1 %}{% macro m() %}{{ v }}{% set v = 5 %}{{ v }}{% endmacro %}{% set v = 2 %}{{ m() }}{{ v }}",
    "{% macro m() %}{% for i in nums %}{{ i }}{% endfor %}{% endmacro %}{{ m() | length }}{{ m() | upper }}",
    "{% for i in nums %}{% macro m() %}{{ i }}{% endmacro %}{{ m() }}{% endfor %}{{ m is defined }}",
    "{% macro m(a) -%}\n  {{ a }}\n{%- endmacro %}[{{ m(1) }}]",
    "{% macro m(a, b) %}{% endmacro %}{{ m.name }}",
    "{% filter upper %}abc {{ name }}{% endfilter %}",
    "{% filter replace('a', 'b') | upper %}banana{% endfilter %}",
    "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}",
    "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q is defined }}",
    "{% generation %}text {{ name }}{% endgeneration %}!",
    "{% for m in messages %}\n{% if m.role == 'assistant' %}\n{% generation %}\n{{ m.content }}\n{% endgeneration %}\n{% endif %}\n{% endfor %}",
    "{% print 1, 'a' %}",
    "{% if raise_exception %}{{ 'x' }}{% endif %}",
    "{% if no %}{{ raise_exception('never') }}{% endif %}fine",
    "{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}",
    "{% if yes %}", "{% endif %}", "{% for %}{% endfor %}", "{% for i nums %}{% endfor %}", "{% for i in nums %}", "{% nosuchtag %}",
    "{% if yes %}{% endfor %}", "{{ name", "{% if yes", "{# open", "{% raw %} ", "{{ }}", "{% %}", "{{ name }", "}} %} #}",
    "{% macro %}{% endmacro %}", "{% macro m(a=1, b) %}{% endmacro %}", "{% set %}", "{% set 1 = 2 %}", "{% call name %}{% endcall %}",
    "{% include 'x' %}", "{% if yes %}a{% else %}b{% else %}c{% endif %}", "{{ name }}{% else %}", "{{ (name] }}", "{{ name) }}",
    "{{ {'a': 1}['a'] }} {{ {'a': {'b': '}}'}}['a']['b'] }}",
    "{{ nums | length }}{{ nums|length }}{{nums|length}}",
    "{%- for m in messages %}\n    {%- if loop.first and m.role != 'system' %}\n        {{- 'default' }}\n    {%- endif %}\n    {{- m.role ~ ': ' ~ m.content ~ '\\n' }}\n{%- endfor %}\n{%- if yes %}\n    {{- 'gen' }}\n{%- endif %}\n",
    "line {{ 1 }}\n\n  {% if yes %}\n    in\n  {% endif %}\n\nend\n\n",
    "{% set a = [] %}{% for i in nums %}{% set a = a + [i] %}{% endfor %}{{ a }}",
    "{% set a = nums %}{% set b = a + [9] %}{{ a }}{{ b }}",
    "{% set f = name.upper %}{{ f() }}",
    "{% set f = d.get %}{{ f('a') }}",
    "{{ users | map(attribute='name') | map('lower') | join(', ') }}",
    "{% for g in users | groupby('age') %}{{ g.grouper }}:{% for u in g.list %}{{ u.name }}{% endfor %};{% endfor %}",
    "{% for age, us in users | groupby('age') %}{{ age }}:{{ us | length }};{% endfor %}",
    "{% for row in nums | batch(2, '-') %}{{ row | join(' ') }}|{% endfor %}",
    "\u3000{% if yes %}x{% endif %}", "\u00a0{%- if yes -%}\u00a0x{% endif %}", "{{ name }}\u2028{%- if yes %}x{% endif %}",
    "{% if 'a' is in ['a'] %}1{% endif %}{% if x is number and x > 2 %}2{% endif %}",
    "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set sys = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% endif %}{{ sys }}{{ loop_messages | length }}",
    "{{ ns }}", "{{ namespace(a=1) }}", "{{ range }}x" if False else "{{ range is defined }}",
    "{% set x = namespace(list=[]) %}{% for i in nums %}{% set x.list = x.list + [i * 2] %}{% endfor %}{{ x.list | join('+') }}={{ x.list | sum }}",
    "a{% if no %}b{% endif %}\n\n{%- if yes %} c{% endif %}",
    "{{ 'a' }}   \n   {{ 'b' }}", "{%- set x = 1 -%}   \n  {{- x -}}  \n z",
    "   {#- c #}  x", "x  {# c -#}  \n y", "  {#+ c #}x",
    "{{ 1 }}\n{%- if yes %}\n  a\n  {%- endif %}\n  b",
]

# What we do otherwise on purpose; see the list in Sources/LaresTemplates/README.md.
DIFFERENT = {
    "1..real", "n.real.x", "lipsum.__globals__", "cycler.__init__.__globals__", "self.__init__", "joiner.x.y", "range.__self__",
    "namespace.__init__.__globals__", "nums.__len__", "text.upper", "d.items", "strftime_now('%F %T %R %D %Z %z %f')", "-9223372036854775807 - 1",
    "1e400", "'İ'.lower()", "nums | reverse", "nums[]", "range(5)[1:3]", "text.strip(chars='H')",
}


def all_cases():
    for expression in split_expressions():
        if expression not in DIFFERENT:
            yield "{{ " + expression + " }}", used(expression)
    for statement in STATEMENTS:
        yield statement, used(statement)


def split_expressions():
    """One expression a line, but for the few whose text in quotes goes on."""
    pending = ""
    for line in EXPRESSIONS.split("\n"):
        pending = pending + "\n" + line if pending else line
        if pending in ("'line1", "'a\\"):
            continue
        yield pending
        pending = ""


def used(source):
    """Only the values a template mentions, so that the file stays readable."""
    return {key: value for key, value in DATA.items() if key in source}
