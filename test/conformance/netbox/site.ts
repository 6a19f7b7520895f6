import {createHmac} from 'node:crypto'
import type {ReceivedRequest} from '../../harness/receiver.ts'
import type {Row, Setting} from '../../harness/setting.ts'

/** Sites of NetBox, as an integration reports their changes at the command line. */

export const REQUEST_ID = '17af32f0-852a-46ca-a7d4-33ecd0c13de6'

export interface Change {
  readonly id?: number
  readonly name?: string
  readonly data?: object
  readonly before?: object
  readonly after?: object
  readonly flags?: readonly string[]
}

const json = (flag: string, value: object | undefined): string[] =>
  value === undefined ? [] : [flag, JSON.stringify(value)]

/** Words of `event send` for a change of a site. */
export const changeOf = (
  type: string,
  {id = 54, name = 'Köln-2', data, before, after, flags = []}: Change = {},
): string[] => [
  ...['event', 'send', type.includes('.') ? type : `dcim.site.${type}`],
  ...['--object-type', 'dcim.site', '--object-id', String(id), '--object-name', name],
  ...['--actor', 'admin', '--request-id', REQUEST_ID],
  ...json('--data', data ?? {id, name, slug: 'koeln-2', status: {value: 'active'}, tags: []}),
  ...json('--before', before),
  ...json('--after', after),
  ...flags,
]

/** Reports a change and waits for what comes of it. Answers the event with its deliveries. */
export async function report(setting: Setting, type: string, change: Change = {}): Promise<Row> {
  const result = await setting.hookctl([...changeOf(type, change), '--wait', '--json'])
  if (result.exitCode !== 0 && result.exitCode !== 7) throw new Error(result.stderr)
  return result.json<Row>()
}

export const netbox = (version = '4.6', ...flags: string[]): string[] => ['--platform', `netbox@${version}`, ...flags]

export const bodyOf = ({body}: ReceivedRequest): Row => JSON.parse(body.toString('utf8')) as Row

export const bodiesOf = ({receiver}: Setting): Row[] => receiver.requests.map(bodyOf)

export const hmac = (secret: string, body: Uint8Array): string =>
  createHmac('sha512', secret).update(body).digest('hex')

/** Answers the error of a command line that must be refused. */
export async function refused(
  setting: Setting,
  ...argv: string[]
): Promise<{code: string; message: string; hint?: string}> {
  const result = await setting.hookctl([...argv, '--json'])
  if (result.exitCode === 0) throw new Error(`not refused: ${argv.join(' ')}`)
  return result.error()
}
