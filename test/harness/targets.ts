import {readFileSync} from 'node:fs'
import {isLocalName} from '../../src/domain/target-policy.ts'

/** One row of test/vectors/targets.txt: a URL, and what each policy says of it (`deny:private`, `allow:public`). */
export interface CorpusRow {
  readonly url: string
  readonly verdicts: {readonly public: string; readonly local: string}
}

const lines = readFileSync(new URL('../vectors/targets.txt', import.meta.url), 'utf8').split('\n')

/** The names of the corpus and what they lead to; none: the name does not exist. */
const zone: ReadonlyMap<string, readonly string[]> = new Map(
  lines
    .find(line => line.startsWith('# fake DNS zone: '))!
    .slice('# fake DNS zone: '.length)
    .split('; ')
    .map(entry => {
      const [name = '', addresses = ''] = entry.split('=')
      return [name, addresses === '(NXDOMAIN)' ? [] : addresses.split(',')]
    }),
)

/** As a resolver answers that knows the zone and nothing else. */
export async function resolveInZone(hostname: string): Promise<readonly string[]> {
  const addresses = zone.get(hostname)
  if (addresses === undefined) throw new Error(`the corpus has no ${hostname}`)
  return addresses
}

/** What a target of the corpus is dialled at, where it is. */
export const addressesOf = (hostname: string): readonly string[] =>
  isLocalName(hostname) ? ['127.0.0.1', '::1'] : (zone.get(hostname) ?? [hostname])

/** `"https://" + "a"*2100 + "/"` is written so to stay readable. */
const readUrl = (text: string): string =>
  text
    .split(' + ')
    .map(part => {
      const [literal = '', times = '1'] = part.split(/(?<=")\*/)
      return (JSON.parse(literal) as string).repeat(Number(times))
    })
    .join('')

export const corpus: readonly CorpusRow[] = lines
  .filter(line => line !== '' && !line.startsWith('#'))
  .map(line => {
    const [, underPublic = '', underLocal = '', url = ''] = /^(\S+)\s+(\S+)\s+(".*)$/.exec(line) ?? []
    return {url: readUrl(url), verdicts: {public: underPublic, local: underLocal}}
  })

/** Every name of the zone as `target check` takes it. */
export const resolveFlags: readonly string[] = [...zone]
  .filter(([name]) => !isLocalName(name))
  .flatMap(([name, addresses]) => ['--resolve', `${name}=${addresses.join(',')}`])
