import {describe, expect, test} from 'vitest'
import {compile} from '../../../src/platforms/templates/compile.ts'
import {renderTemplate} from '../../../src/platforms/templates/engine.ts'
import {type Members, templateValue} from '../../../src/platforms/templates/read.ts'

const values = templateValue(`{
  "event": "created", "no_tags": [], "nobody": null, "yes": true, "zero": 0, "big": 12345678901234567890, "ratio": 1.0,
  "data": {"name": "Köln <2>", "slug": "koeln-2", "items": [3, 1, 2], "tags": [{"slug": "a"}, {"slug": "b"}],
    "status": {"value": "active"}, "custom": {"x": 1, "y": "it's"}}
}`) as Members

const render = (template: string, oneLine = false): string => renderTemplate(template, values, oneLine)

describe('templates print what Jinja2 prints', () => {
  test.each<[template: string, expected: string]>([
    ['plain', 'plain'],
    ['{{ data.name }}', 'Köln <2>'],
    ["{{ data['slug'] }}{{ data.tags[1].slug }}{{ data.tags[-1]['slug'] }}", 'koeln-2bb'],
    ['{{ yes }} {{ nobody }} {{ zero }} {{ nothing }}|', 'True None 0 |'],
    ['{{ big }} {{ ratio }}', '12345678901234567890 1.0'],
    ['{{ data.custom }} {{ data["items"] }}', "{'x': 1, 'y': \"it's\"} [3, 1, 2]"],
    ['{{ data.name | upper }}{{data.slug|replace("-","_")|title}}', 'KÖLN <2>Koeln_2'],
    ['{{ data.slug | replace: "-", "_" }}', 'koeln_2'],
    ['{{ data.name | tojson }}', '"K\\u00f6ln <2>"'],
    ['{{ data.tags | tojson }}', '[{"slug": "a"}, {"slug": "b"}]'],
    ['{{ ratio | tojson }}{{ big|tojson }}', '1.012345678901234567890'],
    ['{{ data.name | urlencode }}', 'K%C3%B6ln%20%3C2%3E'],
    ['{{ missing | default("x") }}{{ nobody|default("x") }}{{ nobody|default("x", true) }}', 'xNonex'],
    ['{{ data.tags | map(attribute="slug") | join(", ") }}', 'a, b'],
    ['{{ data.tags | join("/", attribute="slug") }}', 'a/b'],
    ['{{ data["items"] | sort | first }}{{ data["items"]|length }}', '13'],
    ['{% if data.tags %}t{% endif %}{% if no_tags %}e{% endif %}{% if zero %}z{% endif %}', 't'],
    ['{% if data.status.value == "active" and not no_tags %}on{% else %}off{% endif %}', 'on'],
    ['{% if event == "updated" %}u{% elif event == "created" %}c{% else %}x{% endif %}', 'c'],
    ['{% if event == "a" %}1{% elif event == "b" %}2{% elif zero %}3{% else %}4{% endif %}.', '4.'],
    ['{% if zero or none or nobody or data.name|length > 3 %}y{% endif %}', 'y'],
    ['{% if yes or zero and zero %}y{% endif %}', 'y'],
    [
      '{% if "a" in data.slug %}1{% endif %}{% if "koeln" in data.slug %}2{% endif %}{% if 3 in data["items"] %}3{% endif %}',
      '23',
    ],
    [
      '{% if "z" not in data.custom %}1{% endif %}{% if nothing is defined %}2{% endif %}{% if nobody is none %}3{% endif %}',
      '13',
    ],
    ['{% if nobody is not none %}1{% endif %}{% if data.status is mapping %}2{% endif %}', '2'],
    ['{{ "on" if yes else "off" }} {{ event ~ "/" ~ zero }}', 'on created/0'],
    ['{% for tag in data.tags %}{{ loop.index }}{{ tag.slug }}{% if not loop.last %},{% endif %}{% endfor %}', '1a,2b'],
    ['{% for k, v in data.custom.items() %}{{ k }}={{ v }};{% endfor %}', "x=1;y=it's;"],
    ['{% for k in data.custom %}{{ k }}{% endfor %}{% for x in no_tags %}x{% else %}none{% endfor %}', 'xynone'],
    ['{% set a = data.slug %}{% set b %}<{{ a }}>{% endset %}{{ b }}', '<koeln-2>'],
    ['{{ empty }}{{ nil }}{{ blank }}{{ None }}{{ forloop }}', 'None'],
    ['a{# a comment {{ x #}b', 'ab'],
    ['{% raw %}{{ x }}{% endraw %} { } {"a": 1}', '{{ x }} { } {"a": 1}'],
    ['{{ "}} %} {{" }}', '}} %} {{'],
    ['a\n  {%- if yes -%}\n  b\n  {%- endif -%}\n c', 'abc'],
    ['a\n', 'a'],
    ['{{ data.constructor }}{{ data.__proto__ }}{{ data.tags.length }}|', '|'],
  ])('%s is %s', (template, expected) => expect(render(template)).toBe(expected))
})

describe('T14: what no template may hold', () => {
  test.each<[template: string, why: RegExp]>([
    ['{{ data.name', /not closed/],
    ['{% if x %}', /not ended/],
    ['{% endif %}', /no if waits/],
    ['{% for x in y %}{% endif %}', /no if waits/],
    ['{{ }}', /empty/],
    ['{{ x | nope }}', /no template filter "nope"/],
    ['{{ x | __member: "y" }}', /no template filter "__member"/],
    ['{{ __1 }}', /not available/],
    ['{% include "/etc/passwd" %}', /no template tag "include"/],
    ['{% render "x" %}', /no template tag/],
    ['{% layout "x" %}', /no template tag/],
    ['{% import "x" as y %}', /no template tag/],
    ['{% macro x() %}{% endmacro %}', /no template tag/],
    ['{{ range(1000000000) }}', /no function "range"/],
    ['{{ data.name.upper() }}', /no function "upper"/],
    ['{{ a + 1 }}', /"\+" is not understood/],
    ['{{ a b }}', /"b" is not understood/],
    ['{{ a | }}', /not whole/],
    ['{% if a == %}x{% endif %}', /not whole/],
    ['{% if a is odd %}x{% endif %}', /no test/],
    ['{% else %}', /no if or for waits/],
    ['{% if a %}{% else %}{% else %}{% endif %}', /no if or for waits/],
    [`${'{% if a %}'.repeat(40)}${'{% endif %}'.repeat(40)}`, /deeper/],
    ['x'.repeat(70_000), /65536/],
  ])('%s: %s', (template, why) => expect(() => compile(template)).toThrow(why))
})

test('asking below what is not there is an error, as in Jinja2', () => {
  expect(() => render('{{ nothing.child }}')).toThrow(/"child" is asked of what is not there/)
})

test('a template that prints without end is stopped', () => {
  const loops = 'data["items"]'
  const template = `${`{% for a in ${loops} %}`.repeat(30)}x${'{% endfor %}'.repeat(30)}`
  expect(() => render(template)).toThrow(/too long or too much/)
})

test('a value with a line end stays out of headers and URLs unless it is made safe', () => {
  const hostile = new Map([['v', 'a\r\nX-Evil: 1\0']])
  expect(() => renderTemplate('X: {{ v }}', hostile, true)).toThrow(/header_safe/)
  expect(renderTemplate('X: {{ v | header_safe }}', hostile, true)).toBe('X: aX-Evil: 1')
})
