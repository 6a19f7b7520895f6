import type {Liquid, Template} from 'liquidjs'
import {compile} from './compile.ts'
import {filters} from './filters.ts'
import {TemplateFault} from './lexer.ts'
import {printed} from './values.ts'

const RENDER_MS = 250
/** What a render may allocate, as liquidjs counts it: characters and list items. */
const MEMORY = 4_000_000
const LONGEST_OUTPUT = 1024 * 1024
const KEPT = 200

/** Renders templates; made once, because loading the engine takes as long as a whole command may. */
export interface Templates {
  /**
   * @param oneLine refuse printed values with line ends or other control characters: what they print into is a header
   * or a URL
   * @throws TemplateFault
   */
  render(template: string, values: object, oneLine?: boolean): string
}

function createTemplates(LiquidEngine: typeof Liquid): Templates {
  const engines = {text: createEngine(LiquidEngine, printed), line: createEngine(LiquidEngine, printedOnOneLine)}
  const parsed = {text: new Map<string, Template[]>(), line: new Map<string, Template[]>()}

  function parse(kind: 'text' | 'line', template: string): Template[] {
    const known = parsed[kind].get(template)
    if (known !== undefined) return known
    const made = engines[kind].parse(compile(template))
    if (parsed[kind].size >= KEPT) parsed[kind].clear()
    parsed[kind].set(template, made)
    return made
  }

  return {
    render(template, values, oneLine = false) {
      const kind = oneLine ? 'line' : 'text'
      try {
        const text = String(engines[kind].renderSync(parse(kind, template), values))
        if (text.length > LONGEST_OUTPUT) throw new TemplateFault('it prints more than 1 MiB')
        // Jinja2 drops the line end a template ends with.
        return /\n\s*$/.test(template) ? text.replace(/\r?\n$/, '') : text
      } catch (error) {
        throw faultOf(error)
      }
    },
  }
}

/** No files, no partials, nothing inherited; what Liquid's own tags could do is never reached (see compile.ts). */
function createEngine(LiquidEngine: typeof Liquid, print: (value: unknown) => string): Liquid {
  const engine = new LiquidEngine({
    ownPropertyOnly: true,
    strictFilters: true,
    greedy: true,
    cache: false,
    dynamicPartials: false,
    templates: {},
    outputEscape: print,
    parseLimit: 2_000_000,
    renderLimit: RENDER_MS,
    memoryLimit: MEMORY,
  })
  for (const [name, filter] of Object.entries(filters)) engine.registerFilter(name, filter)
  return engine
}

function printedOnOneLine(value: unknown): string {
  const text = printed(value)
  if (!/[\p{Cc}\u2028\u2029]/u.test(text)) return text
  throw new TemplateFault('a value that it prints holds a line end or another control character: use header_safe')
}

/** The engine wraps what filters throw, and knows errors of its own. */
function faultOf(error: unknown): TemplateFault {
  if (error instanceof TemplateFault) return error
  const {originalError, message} = error as Error & {originalError?: unknown}
  if (originalError instanceof TemplateFault) return originalError
  if (/limit exceeded/.test(message)) return new TemplateFault('it takes too long or too much memory')
  return new TemplateFault(message.split(', line:')[0] ?? message)
}

const state: {templates?: Templates; loading?: Promise<void>} = {}

/** Loads the engine; at once when it is there already. */
export function loadTemplates(): Promise<void> {
  state.loading ??= import('liquidjs').then(({Liquid: LiquidEngine}) => {
    state.templates = createTemplates(LiquidEngine)
  })
  return state.loading
}

/** @throws Error where nobody waited for `loadTemplates`: a bug of the caller */
export function templates(): Templates {
  if (state.templates === undefined) throw new Error('templates are used before they were loaded')
  return state.templates
}
