/** Spellings people try, always understood; help lists only the first two. */
export const SHORTCUTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['verify', ['signature', 'verify']],
  ['sign', ['signature', 'sign']],
  ['organization', ['org']],
  ['organizations', ['org']],
])

/** The first of these that the topic has: a token is not deleted but revoked. */
const VERBS: ReadonlyMap<string, readonly string[]> = new Map([
  ['ls', ['list']],
  ['rm', ['delete', 'revoke']],
  ['remove', ['delete', 'revoke']],
  ['delete', ['revoke']],
])

/** What other tools call it, and what it may be here: suggested, never run. */
const SYNONYMS: Readonly<Record<string, string>> = {
  'add new register': 'create add',
  'update set change modify': 'edit set',
  'get view info describe inspect cat': 'show info status',
  'start on': 'enable run serve',
  'stop off suspend': 'disable pause',
  'retry resend redeliver': 'replay resume',
  'follow watch': 'tail',
  'ping try': 'test check',
  'hook hooks endpoint endpoints subscription subscriptions': 'webhook',
  'log logs attempt attempts': 'delivery',
  'user users': 'member',
  'inbound ingest': 'source',
  'schema schemas catalog': 'event-type',
  receiver: 'listen',
  server: 'serve',
  version: '--version',
}

export const MEANT: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(SYNONYMS).flatMap(([words, meant]) => words.split(' ').map(word => [word, meant.split(' ')])),
)

function singular(word: string, topics: ReadonlySet<string>): string {
  if (topics.has(word)) return word
  const candidates = [word.replace(/ies$/, 'y'), word.replace(/s$/, '')]
  return candidates.find(candidate => candidate !== word && topics.has(candidate)) ?? word
}

/** `webhook:list`, oclif's other spelling, shortcuts, plurals and `ls`: all become the words of the real name. */
export function realWords(
  words: readonly string[],
  names: ReadonlySet<string>,
  topics: ReadonlySet<string>,
): readonly string[] {
  const [head, ...rest] = words
  if (head === undefined) return words
  const spread = /^[a-z-]+(:[a-z-]+)+$/.test(head) ? [...head.split(':'), ...rest] : words
  const first = spread[0]!
  const shortcut = names.has(first) || topics.has(first) ? undefined : SHORTCUTS.get(first)
  const [topic, verb, ...others] = shortcut === undefined ? spread : [...shortcut, ...spread.slice(1)]
  const real = singular(topic!, topics)
  if (verb === undefined) return [real]
  const realVerb = [verb, ...(VERBS.get(verb) ?? [])].find(each => names.has(`${real} ${each}`)) ?? verb
  return [real, topics.has(real) ? realVerb : verb, ...others]
}

export const topicsOf = (names: Iterable<string>): ReadonlySet<string> =>
  new Set(
    [...names].flatMap(name =>
      name
        .split(' ')
        .slice(0, -1)
        .map((_, at, all) => all.slice(0, at + 1).join(' ')),
    ),
  )

/** Every other spelling of a command, all hidden: `webhooks ls` of `webhook list`. By rule, so that new commands have theirs. */
export function aliasesOf(name: string, names: ReadonlySet<string>): string[] {
  const topics = topicsOf(names)
  const [topic = '', verb] = name.split(' ')
  if (verb === undefined) return []
  const heads = [...SHORTCUTS].filter(([, real]) => real.join(' ') === topic).map(([short]) => short)
  const spelled = [topic, pluralOf(topic), ...heads].flatMap(head =>
    [verb, ...VERBS.keys()].map(tail => `${head} ${tail}`),
  )
  const shortcuts = [...SHORTCUTS].filter(([, real]) => real.join(' ') === name).map(([short]) => short)
  const meant = (alias: string) => realWords(alias.split(' '), names, topics).join(' ') === name
  return [...new Set([...shortcuts, ...spelled])].filter(alias => alias !== name && meant(alias))
}

export const pluralOf = (topic: string): string => (topic.endsWith('y') ? topic.replace(/y$/, 'ies') : `${topic}s`)
