import type {Command} from '@oclif/core/command'
import type {ReplayView} from '../api/replays.ts'
import {HookctlCommand} from './base-command.ts'

interface Waiting {
  readonly wait: boolean
  readonly timeout: number | undefined
}

/** A command that may follow a replay to its end. */
export abstract class ReplayCommand<T extends typeof Command = typeof Command> extends HookctlCommand<T> {
  /**
   * Follows a replay where it is asked to, or where this process is the one that sends, and says how it went. With a
   * server that sends, and without `--wait`, there is nothing to wait for.
   */
  protected async answerReplay(replay: ReplayView, {wait, timeout}: Waiting): Promise<ReplayView> {
    const client = await this.client()
    const isLocal = client.sender !== null
    if (!wait && !isLocal) {
      const sentence = `replay ${replay.id} is ${replay.state}: ${replay.total} to send again`
      return this.done(replay, sentence, [`hookctl replay show ${replay.id} --wait`])
    }
    const [{followReplay, sayFollowed}, {openProgress}] = await Promise.all([
      import('./bulk-replay.ts'),
      import('./progress.ts'),
    ])
    const {stderr, env} = this.surroundings
    const progress = await openProgress({stderr, env, quiet: this.isQuiet, notice: text => this.notice(text)})
    const followed = await followReplay(replay.id, {
      client,
      organization: this.organization,
      until: wait ? 'finished' : 'tried',
      timeoutMs: timeout ?? null,
      signal: this.interruption(),
      progress,
    })
    const {sentence, next, exitCode} = sayFollowed(followed, wait, isLocal)
    if (exitCode !== undefined) this.exitWith(exitCode)
    return this.done(followed.replay, sentence, next)
  }
}
