import {describe, expect, test} from 'vitest'
import {anEvent, faults, problems, render} from '../an-event.ts'

/** What a body template makes of an event, and what is said of it when the webhook is saved. */

const data = {
  hello: 'hello World foo',
  half: 2.5,
  much: 3.7,
  numbers: [3, 1, 2],
  names: ['b', 'A', 'a', 'C'],
  tags: [
    {n: 1, slug: 'b', status: {value: 'x'}},
    {n: 3, slug: 'a', status: {value: 'y'}},
    {n: 2, slug: 'c', status: {value: 'x'}},
  ],
  nothing: null,
  10: 'ten',
  2: 'two',
}
const event = anEvent({
  type: 'dcim.site.created',
  data: `{${Object.entries(data)
    .map(([name, value]) => `"${name}": ${JSON.stringify(value)}`)
    .reverse()
    .join(', ')}}`,
})
const printed = (bodyTemplate: string): string => render('netbox', event, {settings: {bodyTemplate}})
const refusal = (bodyTemplate: string): string | undefined => problems('netbox', {settings: {bodyTemplate}})[0]?.message

/** Every expected text is what Jinja2 3.1.6 prints. */
describe('NBX-22: a template prints what Jinja2 prints', () => {
  test.each<[template: string, expected: string]>([
    ['{{ data.numbers|sort(reverse=true) }}', '[3, 2, 1]'],
    ['{{ data.tags|sort(attribute="slug")|map(attribute="n")|join }}', '312'],
    ['{{ data.tags|sort(attribute="status.value,n", reverse=true)|join(",", "slug") }}', 'a,c,b'],
    ['{{ data.names|sort|join }} {{ data.names|sort(case_sensitive=true)|join }}', 'AabC ACab'],
    ['{{ data.tags|sum(attribute="n") }} {{ data.numbers|sum(start=10) }}', '6 16'],
    ['{{ data.tags|max(attribute="n")|tojson }}', '{"n": 3, "slug": "a", "status": {"value": "y"}}'],
    ['{{ data.names|unique|join }} {{ data.names|unique(true)|join }}', 'bAC bAaC'],
    ['{{ data.tags|map(attribute="status.value")|join(",") }}', 'x,y,x'],
    ['{{ data.tags|map(attribute="gone", default="-")|join }} {{ data.names|map("upper")|join }}', '--- BAAC'],
    ['{{ data.hello|truncate(9) }}|{{ data.hello|truncate(12) }}', 'hello...|hello World foo'],
    ['{{ data.hello|truncate(9, false, "…") }}|{{ data.hello|truncate(9, true) }}', 'hello…|hello ...'],
    ['{{ data.hello|truncate(11, leeway=0) }}|{{ data.hello|truncate(14) }}', 'hello...|hello World foo'],
    ['{{ data.half|round }} {{ 3.5|round }} {{ 42|round }} {{ 2.675|round(2) }}', '2.0 4.0 42 2.67'],
    [
      '{{ data.much|round(0, "floor") }} {{ data.much|round(method="ceil") }} {{ 42|round(-1, "floor") }}',
      '3.0 4.0 40.0',
    ],
    [
      '{{ "3.9"|int }} {{ "x"|int(7) }} {{ "x"|float }} {{ 3|float }} {{ 1e16 }} {{ 0.00001 }}',
      '3 7 0.0 3.0 1e+16 1e-05',
    ],
    ['{{ "foo_bar it\'s x-y (z)"|title }} {{ "ßa"|capitalize }}', "Foo_bar It's X-Y (Z) Ssa"],
    ['{{ "a.b, c_d"|wordcount }} {{ "--x--"|trim("-") }} {{ "aaa"|replace("a", "b", 2) }}', '3 x bba'],
    ['{{ data.tags[0].status|urlencode }} {{ "a/b c"|urlencode }}', 'value=x a/b%20c'],
    ['{{ data.tags[0].status|tojson(indent=2) }}', '{\n  "value": "x"\n}'],
    [String.raw`{{ "\u00e9\x41\101\t\/" }}{{ 'it\'s \d' }}`, "éAA\t\\/it's \\d"],
    ['{% for t in data.tags if t.n > 1 %}{{ loop.index }}{{ t.slug }}{{ loop.last }} {% endfor %}', '1aFalse 2cTrue '],
    ['{% for t in data.tags if t.n > 9 %}x{% else %}none{% endfor %}', 'none'],
    ['{% set x = 1 %}{% for n in data.numbers %}{% set x = n %}{{ x }}{% endfor %}{{ x }}', '3121'],
    [
      '{% for n in data.numbers %}{% for n, v in data.tags[0].status.items() %}{{ n }}{% endfor %}{{ n }}{% endfor %}',
      'value3value1value2',
    ],
    ['{{ gone.child if gone is defined else "no" }}{% if gone is defined and gone.child %}x{% endif %}', 'no'],
    [
      '{{ "x" ~ data.nothing is none }} {{ 1 < data.half < 3 }} {{ gone == none }} {{ true is number }}',
      'xTrue True False True',
    ],
    ['{{ data.hello[0] }}{{ data.hello[-1] }}', 'ho'],
    ['{{ (data.hello is string) if event is defined else 1 }}{% if (1 if event) +%}x{%+ endif %}', 'Truex'],
    ['a {#- note -#} b{%- raw -%} {{ x }} {%- endraw -%} c', 'ab{{ x }}c'],
    ['a\r\nb\n', 'a\nb'],
    ['{% for name in data %}{{ name }} {% endfor %}', 'nothing tags names numbers much half hello 10 2 '],
  ])('%s is %s', (template, expected) => {
    expect(refusal(template)).toBeUndefined()
    expect(printed(template)).toBe(expected)
  })

  test.each([
    ['{{ "text"|abs }}', /takes a number/],
    ['{{ data.names|sum }}', /takes a number/],
    ['{% for x in data.nothing %}{% endfor %}', /None is no list/],
    ['{{ data.hello|truncate(2) }}', /longer than the whole/],
    ['{{ gone|tojson }}', /not there/],
    ['{% for a, b in data.numbers %}{% endfor %}', /no list/],
  ])('what fails in Jinja2 fails: %s', (template, why) => {
    expect(refusal(template)).toBeUndefined()
    expect(() => printed(template)).toThrow(why)
  })
})

describe('NBX-22: what a template asks for and hookctl does not do is refused when the webhook is saved', () => {
  test.each<[template: string, why: RegExp]>([
    ['{{ data.names|sort(key="x") }}', /no "key": it has reverse, case_sensitive, attribute/],
    ['{{ data.names|upper(1) }}', /takes no arguments/],
    ['{{ data.names|join(",", "a", "b") }}', /takes at most 2/],
    ['{{ data.hello|replace("a") }}', /needs its "new"/],
    ['{{ data.hello|replace("a", old="b", new="c") }}', /"old" twice/],
    ['{{ data.hello|replace(old="a", "b") }}', /without name follows/],
    ['{{ data.hello|int(0, 16) }}', /takes at most 1: default/],
    ['{{ data.tags|map("slug") }}', /no template filter "slug": .* map\(attribute="slug"\)/],
    ['{{ data.tags|map(event) }}', /name of a filter in quotes/],
    ['{% for t in data.tags recursive %}{% endfor %}', /"recursive" is not understood/],
    ['{% for t in data.tags %}{{ loop.cycle("a", "b") }}{% endfor %}', /of a loop there is/],
    ['{% for t in data.tags %}{{ loop }}{% endfor %}', /of a loop there is/],
    ['{% set a, b = 1, 2 %}', /"," is not understood/],
    ['{% set true = 1 %}', /not available/],
    ['{% elsif x %}', /no template tag/],
    [String.raw`{{ "\N{BULLET}" }}`, /"\\N" is not understood/],
    [String.raw`{{ "\u12" }}`, /"\\u" is not understood/],
    [String.raw`{{ "\ud83d" }}`, /not a whole character/],
    ['{{ data.items }}', /write \["items"\]/],
    ['{{ 007 }}', /not understood/],
    ['{{ data.name is None }}', /no test/],
    ['{{ data.name is string if event else 1 }}', /"if" behind "is …" is not understood: put the test in parentheses/],
    ['{{ data.name is string in data.names }}', /"in" behind/],
    ['{{ data.name is string not in data.names }}', /"not" behind/],
    ['{% for t in data.tags is defined if t %}{% endfor %}', /"if" behind/],
    ['{% if event if data else 1 %}{% endif %}', /"if" is not understood/],
    ['{% if event %}{% elif event if data %}{% endif %}', /"if" is not understood/],
    ['{{ event +}}', /"\+" is not understood/],
    [`{{ ${'('.repeat(60)}1${')'.repeat(60)} }}`, /nests too deep/],
    [`{{ 1${'|abs'.repeat(600)} }}`, /more than 1000/],
  ])('%s', (template, why) => {
    expect(refusal(template)).toMatch(why)
    expect(faults('netbox', {settings: {headerLines: `X-A: ${template}`}})).toEqual([
      'settings/headerLines bad_template',
    ])
  })
})
