import type {Metric, Sample} from '../services/metrics.ts'
import type {Reply} from './answer.ts'

/** Metrics in the text format of Prometheus, version 0.0.4. Source: prometheus.io, "Exposition formats". */
export const metricsReply = (metrics: readonly Metric[]): Reply => ({
  type: 'text/plain; version=0.0.4; charset=utf-8',
  body: metrics.map(metricText).join(''),
})

const metricText = ({name, type, help, samples}: Metric): string =>
  [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({suffix = '', labels, value}) => `${name}${suffix}${labelsText(labels)} ${value}`),
    '',
  ].join('\n')

function labelsText(labels: Sample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
