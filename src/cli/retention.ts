import {parseDurationMs} from '../domain/duration.ts'
import type {Retention} from '../domain/retention.ts'
import type {SettingKey} from './setting-keys.ts'
import type {Settings} from './settings.ts'

/** How long this instance keeps what is over: of whoever runs the server, like its target policy. */
export function instanceRetention(settings: Settings): Retention {
  const age = (key: SettingKey) => {
    const text = settings.text(key) as string
    return text === 'forever' ? null : parseDurationMs(text)
  }
  return {
    bodies: age('retention.bodies'),
    records: age('retention.records'),
    history: age('retention.history'),
    historyEnds: settings.isOn('retention.historyEnds'),
  }
}
