// Reads the titles of tests from their sources, without running them: the same answer on every machine, in a second.
import {parseSync, Visitor} from 'rolldown/utils'

/** What a `%s`, `$name` or `${…}` of a title stands for when the test runs: anything. */
const HOLE = '\0'
const placeholder = /\$\{[^}]*\}|\$[\w.#]+|%(?!%)[\w$#]/g

/**
 * The titles of tests and groups in a source: `title` as a reader sees it, `pattern` matching what it becomes when the
 * test runs, `group` true for a `describe`. Titles that are computed as a whole are left out.
 */
export function titlesIn(file, source) {
  const titles = []
  const visitor = new Visitor({
    CallExpression(call) {
      const name = calledName(call.callee)
      const text = name && textOf(call.arguments[0])
      if (text) titles.push({title: shown(text), pattern: patternOf(text), group: name === 'describe'})
    },
  })
  visitor.visit(parseSync(file, source, {lang: 'ts'}).program)
  return titles
}

/** `test`, `it` or `describe` of `test(…)`, `it.each(…)(…)`, `describe.skipIf(…)(…)`; undefined for other calls. */
function calledName(callee) {
  if (callee.type === 'CallExpression') return calledName(callee.callee)
  if (callee.type === 'TaggedTemplateExpression') return calledName(callee.tag)
  if (callee.type === 'MemberExpression') return calledName(callee.object)
  return callee.type === 'Identifier' && /^(test|it|describe)$/.test(callee.name) ? callee.name : undefined
}

function textOf(argument) {
  if (argument?.type === 'Literal' && typeof argument.value === 'string') return argument.value
  if (argument?.type === 'TemplateLiteral') return argument.quasis.map(({value}) => value.cooked).join(HOLE)
  return undefined
}

const shown = text => text.replaceAll(HOLE, '…').replaceAll(placeholder, '…').replaceAll('%%', '%')

const patternOf = text => {
  const parts = text.replaceAll(placeholder, HOLE).replaceAll('%%', '%').split(HOLE)
  return new RegExp(`^${parts.map(part => RegExp.escape(part)).join('[\\s\\S]*')}$`)
}
