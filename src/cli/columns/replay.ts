import type {Output} from '../../api/operations.ts'
import type {ReplayView} from '../../api/replays.ts'
import type {Column} from '../output/column.ts'

const filterText = ({filter}: ReplayView): string =>
  Object.entries(filter)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? value.join(',') : String(value)}`)
    .join(' ')

const rateText = ({ratePerSecond}: ReplayView): string => (ratePerSecond === null ? 'unlimited' : `${ratePerSecond}/s`)

export const replayColumns: readonly Column<ReplayView>[] = [
  {key: 'id', whole: true},
  {key: 'state', kind: 'state', telling: true},
  {key: 'selection', title: 'what'},
  {key: 'total', align: 'right'},
  {key: 'waiting', align: 'right', spare: true},
  {key: 'unfinished', align: 'right', wide: true},
  {key: 'delivered', align: 'right'},
  {key: 'failed', align: 'right', telling: true},
  {key: 'refused', align: 'right', wide: true},
  {key: 'createdAt', title: 'created', kind: 'time'},
  {key: 'filter', wide: true, value: filterText},
  {key: 'untried', align: 'right', wide: true},
  {key: 'skipped', align: 'right', wide: true},
  {key: 'cancelled', align: 'right', wide: true},
  {key: 'ratePerSecond', title: 'rate', wide: true, value: rateText},
  {key: 'toUrl', title: 'to', wide: true},
  {key: 'finishedAt', title: 'finished', kind: 'time', wide: true},
]

type Preview = Output<'replay.preview'>

export const previewColumns: readonly Column<Preview>[] = [
  {key: 'count', title: 'to send again'},
  {key: 'oldestAt', title: 'oldest', kind: 'time'},
  {key: 'newestAt', title: 'newest', kind: 'time'},
  {key: 'left', title: 'left out', value: ({leftOut}) => sayLeftOut(leftOut).join('; ')},
]

export const previewWebhookColumns: readonly Column<Preview['webhooks'][number]>[] = [
  {key: 'webhook'},
  {key: 'count', align: 'right'},
  {key: 'oldestAt', title: 'oldest', kind: 'time'},
  {key: 'newestAt', title: 'newest', kind: 'time'},
]

const reasons: Readonly<Record<keyof Preview['leftOut'], string>> = {
  notOver: 'not over yet, --now takes them too',
  neverSent: 'skipped, never sent: --missing',
  notOriginal: 'replays, what they repeat counts',
  test: 'tests',
  contentGone: 'whose body is no longer kept',
  webhookOff: 'of webhooks that are off or paused',
  webhookDeleted: 'of deleted webhooks',
  noUrl: 'of webhooks without URL',
}

/** What is not sent again and why, for people. */
const sayLeftOut = (leftOut: Preview['leftOut']): string[] =>
  (Object.keys(reasons) as (keyof typeof reasons)[])
    .filter(reason => leftOut[reason] > 0)
    .map(reason => `${leftOut[reason]} ${reasons[reason]}`)
