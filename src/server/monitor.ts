import type {Caller} from '../services/deps.ts'
import type {Metric} from '../services/metrics.ts'
import {type App, addRoute, callerOf, createDoor, type DoorOptions, reply} from './door.ts'
import {metricsReply} from './metrics.ts'
import {noMonitorRoute} from './routes.ts'

export interface MonitorOptions extends DoorOptions {
  /** What a monitoring system is told. */
  readonly metrics: (caller: Caller) => Promise<readonly Metric[]>
}

/** What a process that only sends says of itself: that it is there, and how it is doing. */
export function createMonitor(options: MonitorOptions): App {
  const app = createDoor(options, noMonitorRoute)
  addMonitoring(app, options)
  return app
}

/** What a monitoring system asks for. */
export function addMonitoring(app: App, options: MonitorOptions): void {
  addRoute(app, 'GET', '/healthz', context => reply(context, {body: '{"status":"ok"}'}))
  addRoute(app, 'GET', '/metrics', async context =>
    reply(context, metricsReply(await options.metrics(await callerOf(context, options)))),
  )
}
