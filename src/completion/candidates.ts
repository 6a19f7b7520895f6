import {realWords, SHORTCUTS, topicsOf} from '../cli/spellings.ts'
import {type Answer, type Candidate, NOTHING} from './candidate.ts'
import type {KnownCommand, KnownFlag, Manifest} from './manifest.ts'
import type {TypedLine} from './typed-line.ts'
import {kindOfArgument, kindOfFlag, type ValueKind} from './value-kind.ts'

/** What a place asks for, beside what the manifest itself can say. */
export interface ValueQuestion {
  readonly kind: ValueKind
  readonly prefix: string
  /** The flags with a value so far, by name without dashes. */
  readonly given: Readonly<Record<string, string>>
  /** The arguments so far. */
  readonly args: readonly string[]
}

export type AskValues = (question: ValueQuestion) => Promise<readonly Candidate[]>

/** What could stand at the cursor. Only what begins as it was typed; `askValues` may answer more than that. */
export async function answerFor(line: TypedLine, manifest: Manifest, askValues: AskValues): Promise<Answer> {
  const found = findPlace(line, manifest)
  const answer = await answerAt(found, line.current, manifest, askValues)
  if (answer.kind !== 'words') return answer
  return {kind: 'words', candidates: answer.candidates.filter(({value}) => value.startsWith(line.current))}
}

interface Place {
  /** Topic words, while there is no command yet. */
  readonly topic: readonly string[]
  readonly name: string | undefined
  readonly command: KnownCommand | undefined
  readonly args: readonly string[]
  readonly given: Readonly<Record<string, string>>
  readonly switches: ReadonlySet<string>
  /** The flag whose value comes next. */
  readonly open: KnownFlag | undefined
  readonly onlyArguments: boolean
}

/** Everything about the words before the cursor. */
function findPlace({words}: TypedLine, manifest: Manifest): Place {
  const names = new Set(manifest.commands.keys())
  const globals = globalFlagsOf(manifest)
  const {plain: leading} = sortWords(words, globals)
  const real = realWords(leading, names, topicsOf(names))
  const length = [3, 2, 1].find(each => names.has(real.slice(0, each).join(' ')) && real.length >= each) ?? 0
  const name = length === 0 ? undefined : real.slice(0, length).join(' ')
  const command = name === undefined ? undefined : manifest.commands.get(name)
  // The words once more, now that it is known which flags take a value.
  const sorted = sortWords(words, command?.flags ?? globals)
  const all = realWords(sorted.plain, names, topicsOf(names))
  return {...sorted, topic: name === undefined ? all : [], name, command, args: all.slice(length)}
}

const globalFlagsOf = ({commands}: Manifest): KnownCommand['flags'] =>
  Object.fromEntries(
    Object.entries([...commands.values()][0]?.flags ?? {}).filter(([, {helpGroup}]) => helpGroup === 'GLOBAL'),
  )

const flagNamed = (word: string, flags: KnownCommand['flags']): KnownFlag | undefined =>
  Object.values(flags).find(({name, char}) => word === `--${name}` || (char !== undefined && word === `-${char}`))

/** Flags with their values apart from the words that are none. */
function sortWords(words: readonly string[], flags: KnownCommand['flags']) {
  const plain: string[] = []
  const given: Record<string, string> = {}
  const switches = new Set<string>()
  let open: KnownFlag | undefined
  let onlyArguments = false
  for (const word of words) {
    if (open !== undefined) {
      given[open.name] = word
      open = undefined
    } else if (onlyArguments || !/^-./.test(word)) plain.push(word)
    else if (word === '--') onlyArguments = true
    else {
      const [flagWord = '', ...value] = word.split('=')
      const flag = flagNamed(flagWord, flags)
      if (flag === undefined) continue
      switches.add(flag.name)
      if (flag.type === 'option' && value.length > 0) given[flag.name] = value.join('=')
      else if (flag.type === 'option') open = flag
    }
  }
  return {plain, given, switches, open, onlyArguments}
}

async function answerAt(place: Place, current: string, manifest: Manifest, askValues: AskValues): Promise<Answer> {
  const flags = place.command?.flags ?? globalFlagsOf(manifest)
  if (place.open !== undefined) return flagValue(place.open, {place, typed: current, before: ''}, askValues)
  if (!place.onlyArguments && current.startsWith('-')) {
    const [, word = '', value] = /^(--[a-z-]+)=(.*)$/s.exec(current) ?? []
    const flag = flagNamed(word, flags)
    if (flag?.type === 'option') return flagValue(flag, {place, typed: value!, before: `${word}=`}, askValues)
    return words(flagCandidates(flags, place.switches))
  }
  if (place.command === undefined) return words(nextWords(place.topic, manifest))
  return argument(place, current, manifest, askValues)
}

const words = (candidates: readonly Candidate[]): Answer => ({kind: 'words', candidates})

interface ValuePlace {
  readonly place: Place
  readonly typed: string
  /** What of the word is not the value: `--state=`. */
  readonly before: string
}

async function flagValue(flag: KnownFlag, {place, typed, before}: ValuePlace, askValues: AskValues): Promise<Answer> {
  if (flag.helpValue === 'DIR') return {kind: 'folders', prefix: before}
  if (flag.helpValue === 'FILE') return {kind: 'files', prefix: before}
  if (typed.startsWith('@') && flag.helpValue === 'JSON') return {kind: 'files', prefix: `${before}@`}
  // In a list the last item is the one that is being typed.
  const list = flag.delimiter === undefined ? '' : typed.slice(0, typed.lastIndexOf(',') + 1)
  const said = list.split(',')
  const prefix = typed.slice(list.length)
  const kind = kindOfFlag(flag)
  const candidates =
    flag.options?.map(value => ({value, description: ''})) ??
    (kind === null ? [] : await askValues({kind, prefix, given: place.given, args: place.args}))
  return words(
    candidates
      .filter(({value}) => !said.includes(value))
      .map(candidate => ({...candidate, value: `${before}${list}${candidate.value}`})),
  )
}

const flagCandidates = (flags: KnownCommand['flags'], used: ReadonlySet<string>): Candidate[] => [
  ...Object.values(flags)
    .filter(({name, hidden, multiple}) => !hidden && (multiple || !used.has(name)))
    .sort((a, b) => Number(a.helpGroup === 'GLOBAL') - Number(b.helpGroup === 'GLOBAL'))
    .map(({name, description = ''}) => ({value: `--${name}`, description})),
  {value: '--help', description: 'show help'},
]

/** Topics and commands on the first word, verbs on the next. */
function nextWords(topic: readonly string[], {commands, topics}: Manifest): Candidate[] {
  const before = topic.map(word => `${word} `).join('')
  const found = new Map<string, string>()
  for (const [name, {summary = '', hidden}] of commands) {
    if (hidden || !name.startsWith(before)) continue
    const [word = '', ...rest] = name.slice(before.length).split(' ')
    if (rest.length === 0) found.set(word, summary)
    else found.set(word, topics.get(`${before}${word}`) ?? found.get(word) ?? '')
  }
  if (before === '')
    for (const [short, real] of SHORTCUTS) {
      const {summary} = commands.get(real.join(' ')) ?? {}
      if (summary !== undefined) found.set(short, summary)
    }
  return [...found].map(([value, description]) => ({value, description})).sort((a, b) => (a.value < b.value ? -1 : 1))
}

async function argument(place: Place, current: string, manifest: Manifest, askValues: AskValues): Promise<Answer> {
  const name = place.name!
  if (name === 'help') return words([...nextWords(place.args, manifest), ...(await subjects(place, askValues))])
  const known = Object.values(place.command!.args)
  const last = known.at(-1)
  const asked = known[place.args.length] ?? (last?.multiple ? last : undefined)
  if (asked === undefined) return NOTHING
  if (asked.options !== undefined) return words(asked.options.map(value => ({value, description: ''})))
  const kind = kindOfArgument(name, asked.name)
  if (kind === 'file') return {kind: 'files', prefix: ''}
  if (kind === null) return NOTHING
  const said = place.args
  const candidates = await askValues({kind, prefix: current, given: place.given, args: said})
  return words(asked.multiple ? candidates.filter(({value}) => !said.includes(value)) : candidates)
}

const subjects = async ({args, given}: Place, askValues: AskValues): Promise<readonly Candidate[]> =>
  args.length > 0 ? [] : askValues({kind: 'subject', prefix: '', given, args})
