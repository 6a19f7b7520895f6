import {usageError} from '../errors.ts'
import {globalFlags} from './flags.ts'
import {MEANT, realWords, SHORTCUTS, topicsOf} from './spellings.ts'
import {suggest} from './suggest.ts'

export interface Typed {
  readonly kind: 'command' | 'topic' | 'root' | 'version'
  /** With spaces: `webhook list`. */
  readonly name: string
  /** What comes behind the name. */
  readonly argv: readonly string[]
  /** Help was asked for, with --help or -h. */
  readonly help: boolean
}

const isFlag = (word: string): boolean => word.startsWith('-') && word !== '-'

/** Flags before the command go behind it: `hookctl --json webhook list`. */
function flagsLast(argv: readonly string[]): {readonly words: readonly string[]; readonly early: readonly string[]} {
  const early: string[] = []
  let at = 0
  while (at < argv.length && isFlag(argv[at]!) && argv[at] !== '--') {
    const flag = argv[at]!
    early.push(flag)
    at += 1
    if (takesValue(flag) && at < argv.length) early.push(argv[at++]!)
  }
  return {words: argv.slice(at), early}
}

function takesValue(flag: string): boolean {
  const definition = Object.entries(globalFlags).find(
    ([name, {char}]) => flag === `--${name}` || (char !== undefined && flag === `-${char}`),
  )?.[1]
  return definition?.type === 'option'
}

const beforeDashes = (argv: readonly string[]): readonly string[] =>
  argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv

/**
 * Which command was meant, and what is left for it.
 *
 * @param argv what was typed after `hookctl`
 * @param commands every command's name with spaces
 * @throws usage `unknown_command`, suggesting commands and topics; a suggestion is never run.
 */
export function findCommand(argv: readonly string[], commands: Iterable<string>): Typed {
  const names = new Set(commands)
  const topics = topicsOf(names)
  const {words: typed, early} = flagsLast(argv)
  const asked = beforeDashes([...early, ...typed])
  const help = asked.includes('--help') || asked.includes('-h')
  if (typed.length === 0 || typed[0] === '--') {
    if (!help) checkFlags(early)
    const version = early.includes('--version') || early.includes('-V')
    return {kind: version && !help ? 'version' : 'root', name: '', argv: early, help}
  }
  const words = realWords(typed, names, topics)
  for (let length = Math.min(words.length, 4); length > 0; length -= 1) {
    const name = words.slice(0, length).join(' ')
    if (names.has(name)) {
      const rest = [...early, ...words.slice(length)]
      return {kind: 'command', name, argv: help ? rest.filter(word => word !== '--help' && word !== '-h') : rest, help}
    }
  }
  const verb = words[1]
  if (topics.has(words[0]!) && (verb === undefined || isFlag(verb))) {
    const flags = [...early, ...words.slice(1)]
    if (!help) checkTopicAlone(words[0]!, flags, names)
    return {kind: 'topic', name: words[0]!, argv: flags, help}
  }
  throw unknownCommand(words, names, topics)
}

/** How an answer is to look: who asks for that expects one, and a script would take the help for it. */
const OF_ANSWERS = /^(?:--(?:json|output|quiet|fields|no-headers)|-[oq])/

/**
 * @throws usage `command_missing` where the flags belong to a command of the topic, `unknown_flag` where one is a slip away
 * from what is known everywhere
 */
function checkTopicAlone(topic: string, typed: readonly string[], names: ReadonlySet<string>): void {
  const unknown = unknownFlag(typed)
  if (unknown !== undefined && suggest(unknown, KNOWN) !== undefined) checkFlags(typed)
  if (unknown === undefined && !beforeDashes(typed).some(word => OF_ANSWERS.test(word))) return
  const list = `${topic} list`
  throw usageError('command_missing', `"${topic}" alone is no command`, {
    hint: names.has(list) ? `did you mean: hookctl ${list}` : `hookctl ${topic} --help`,
  })
}

const KNOWN: readonly string[] = ['--version', ...Object.keys(globalFlags).map(name => `--${name}`)]
const CHARS: readonly (string | undefined)[] = ['V', ...Object.values(globalFlags).map(({char}) => char)]

/** The first flag that not every command has, without what follows its =. */
function unknownFlag(typed: readonly string[]): string | undefined {
  const flags = beforeDashes(typed).filter((word, at) => isFlag(word) && !takesValue(typed[at - 1] ?? ''))
  const isKnown = (flag: string) => (flag.startsWith('--') ? KNOWN.includes(flag) : CHARS.includes(flag[1]))
  return flags.map(flag => flag.replace(/=.*$/s, '')).find(flag => !isKnown(flag))
}

/** Where there is no command whose flags they could be. @throws usage `unknown_flag`, without what follows its = */
function checkFlags(typed: readonly string[]): void {
  const unknown = unknownFlag(typed)
  if (unknown === undefined) return
  const near = suggest(unknown, KNOWN)
  throw usageError('unknown_flag', `unknown flag ${unknown}`, {
    hint: near === undefined ? 'hookctl --help' : `did you mean: ${near}`,
  })
}

function unknownCommand(words: readonly string[], names: ReadonlySet<string>, topics: ReadonlySet<string>): Error {
  const plain = words.slice(0, words.findIndex(isFlag) < 0 ? words.length : words.findIndex(isFlag))
  const [first = '', second] = plain
  const inTopic = topics.has(first)
  const typed = inTopic && second !== undefined ? `${first} ${second}` : first
  const near = inTopic ? nearVerb(first, second ?? '', names) : nearName(plain, names, topics)
  return usageError('unknown_command', `no command "${typed}"`, {
    hint: near === undefined ? `hookctl ${inTopic ? `${first} ` : ''}--help` : `did you mean: ${near}`,
  })
}

function nearVerb(topic: string, verb: string, names: ReadonlySet<string>): string | undefined {
  const verbs = [...names].filter(name => name.startsWith(`${topic} `)).map(name => name.slice(topic.length + 1))
  const near = MEANT.get(verb)?.find(each => verbs.includes(each)) ?? suggest(verb, verbs)
  return near === undefined ? undefined : `hookctl ${topic} ${near}`
}

/** More commands with the verb that was typed alone are a list, not a suggestion. */
const FEW = 3

function nearName(
  plain: readonly string[],
  names: ReadonlySet<string>,
  topics: ReadonlySet<string>,
): string | undefined {
  const first = plain[0] ?? ''
  const meant = MEANT.get(first)?.find(each => each.startsWith('-') || topics.has(each) || names.has(each))
  const verb = plain[1] ?? ''
  if (meant !== undefined) return `hookctl ${names.has(`${meant} ${verb}`) ? `${meant} ${verb}` : meant}`
  const both = plain.length > 1 ? suggest(plain.slice(0, 2).join(' '), [...names]) : undefined
  const shortcuts = [...SHORTCUTS].flatMap(([short, words]) => (names.has(words.join(' ')) ? short : []))
  const verbs = [first, ...(MEANT.get(first) ?? [])]
  const withVerb = [...names].filter(name => verbs.some(verb => name.endsWith(` ${verb}`)))
  const near = both ?? suggest(first, [...names, ...topics, ...shortcuts])
  const few = near === undefined && withVerb.length <= FEW ? withVerb : [near].filter(each => each !== undefined)
  return few.length === 0 ? undefined : few.map(each => `hookctl ${each}`).join(', ')
}
