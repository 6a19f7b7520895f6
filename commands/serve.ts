import {HookctlCommand} from '../src/cli/base-command.ts'
import {choiceFlag, repeatFlag, textFlag} from '../src/cli/flags.ts'
import {
  DEFAULT_LISTEN,
  parseListen,
  proxyNotices,
  refusals,
  serveUntil,
  storeWarnings,
  warnings,
} from '../src/cli/serving.ts'
import {targetProxy} from '../src/cli/targets.ts'

export default class Serve extends HookctlCommand<typeof Serve> {
  static override summary = 'start the server: API and worker'
  static override description =
    'Listens on this machine only unless --listen says otherwise and targets.policy is stated, keeps its state in the store, and sends deliveries as they fall due. Where the store is a file, commands of the same user find it by themselves: its address and token stand beside it, for this user alone to read. On PostgreSQL give them --server and a token. Besides the API it serves the status page (/), /healthz, /metrics for Prometheus, /openapi.json and the addresses of sources (/in/…). Ctrl-C and SIGTERM finish what is in flight: exit code 130 and 0.'
  static override examples = [
    '<%= config.bin %> serve',
    'Any free port, told on one line of JSON, nothing sent until "worker enable":\n<%= config.bin %> serve --listen 127.0.0.1:0 --worker inactive --json',
  ]
  static override flags = {
    listen: textFlag({description: 'address and port to listen on', helpValue: 'HOST:PORT', default: DEFAULT_LISTEN}),
    'host-name': repeatFlag({description: 'another name it may be called by, for a proxy in front', helpValue: 'NAME'}),
    worker: choiceFlag({
      description: 'begin with sending on or off; as it was unless given',
      choices: ['active', 'inactive'],
    }),
    'log-level': choiceFlag({
      description: 'what is logged to stderr, as JSON lines',
      choices: ['debug', 'info', 'warn', 'error', 'silent'],
      default: 'warn',
    }),
  }

  async run() {
    const {flags} = this
    const stop = this.interruption()
    const embedded = await this.embedded(stop)
    const options = {
      listen: parseListen(flags.listen),
      hosts: flags['host-name'] ?? [],
      worker: flags.worker,
      logLevel: flags['log-level'],
    }
    await serveUntil(stop, embedded, options, async ({url, exposed, refused}) => {
      const ready = {ready: true, url, pid: process.pid, store: embedded.client.target.location}
      await this.write(this.wantsJson ? `${JSON.stringify(ready)}\n` : `listening on ${url}, state in ${ready.store}\n`)
      const notices = [...warnings(exposed), ...proxyNotices(targetProxy(this.settings))]
      for (const line of [...notices, ...(await storeWarnings(embedded)), ...refusals(await refused())])
        this.notice(line)
      this.hint('next: hookctl webhook create, hookctl delivery tail, hookctl web; Ctrl-C stops')
    })
    if (this.wasInterrupted()) this.endInterrupted()
    return undefined
  }
}
